"""The part of the preferences that installs the backend: what is there, what it is to be made of, and how far that is."""

import textwrap
from pathlib import Path
from typing import Any

from ...bridge.errors import Cancelled, InvalidInput
from ..core.backend_plan import BackendRequest, checked_source
from ..core.backend_state import read_state, version_conflict
from ..scene.compat import draw_progress
from ..session import session
from ..translations.interface import localised

_WIDTH = 100
"""Letters of a line in the preferences."""


def draw_installation(layout: Any, preferences: Any, request: BackendRequest) -> None:
    """Draw what the preferences say, the installation that is there, and whether what they ask for can be installed."""
    layout.prop(preferences, "source")
    layout.prop(preferences, "torch_build")
    state, run = read_state(Path(request.folder)), session.installation
    running = run.status if run is not None and not run.status.has_ended else None
    if run is not None and run.status.error is not None:
        _draw_sentences(layout, str(run.status.error), "INFO" if isinstance(run.status.error, Cancelled) else "ERROR")
    elif state.facts is not None and (conflict := version_conflict(state.facts)):
        _draw_sentences(layout, conflict, "ERROR")
    elif state.facts is not None:
        row = layout.row()
        row.label(text="Ready", icon="CHECKMARK")
        row.label(text=f"Vivavoce {state.facts.version}, PyTorch {state.facts.torch} ({state.facts.device})", translate=False)
    elif running is None and (obstacle := _obstacle(request)):
        _draw_sentences(layout, obstacle, "ERROR")
    elif running is None:
        layout.label(text="The backend takes minutes to install, and 2 to 10 GB of disk space", icon="INFO")
    row = layout.row(align=True)
    if running is not None:
        draw_progress(row, running.progress, localised(running.stage))
        row.operator("vivavoce.cancel_installation", text="", icon="X")
    else:
        text = "Reinstall" if state.facts else "Resume" if state.done else "Install"
        is_old = state.facts is not None and version_conflict(state.facts)
        row.operator("vivavoce.install_backend", text="Update" if is_old else text, icon="IMPORT")
        row.operator("vivavoce.remove_backend", icon="TRASH")
    row.operator("vivavoce.open_installation_log", icon="TEXT")


def _obstacle(request: BackendRequest) -> str:
    """Why the request cannot be met, as far as that is seen at a glance; empty where it can."""
    try:
        checked_source(request)
    except InvalidInput as error:
        return str(error)
    return ""


def _draw_sentences(layout: Any, text: str, icon: str) -> None:
    column = layout.column(align=True)
    for number, line in enumerate(textwrap.wrap(localised(text), _WIDTH)):
        column.label(text=line, icon="BLANK1" if number else icon, translate=False)
