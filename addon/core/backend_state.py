"""What of an installation is done: a small file beside the environment, so that a stopped installation goes on where it was."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ...bridge.errors import InvalidInput
from ...bridge.formats.atomic import whole_file
from ...bridge.protocol import PROTOCOL, VERSION, protocol_conflict
from .backend_plan import ENVIRONMENT_NAME, Step
from .backend_python import environment_python

_FILE_NAME = "state.json"
LOG_NAME = "install.log"


@dataclass(frozen=True)
class BackendFacts:
    """What an installation said of itself when it was tried out."""

    version: str
    protocol: int
    torch: str
    device: str
    """cuda, mps or cpu."""


@dataclass(frozen=True)
class BackendState:
    """done: name of a step -> its digest. facts: only when all steps are done."""

    done: Mapping[str, str] = field(default_factory=dict)
    facts: BackendFacts | None = None


def read_state(folder: Path) -> BackendState:
    """The state that a folder keeps; nothing done where it has none that can be read."""
    try:
        said = json.loads((folder / _FILE_NAME).read_text(encoding="utf-8"))
        return BackendState(dict(said["done"]), BackendFacts(**said["facts"]) if said["facts"] else None)
    except (OSError, ValueError, KeyError, TypeError):
        return BackendState()


def write_state(folder: Path, state: BackendState) -> None:
    with whole_file(folder / _FILE_NAME) as path:
        path.write_text(json.dumps(asdict(state)), encoding="utf-8")


def remaining_steps(steps: Sequence[Step], state: BackendState, folder: Path) -> tuple[Step, ...]:
    """The steps that are not done.

    All of them where all are done, where the environment has gone, or where another build of PyTorch lies in it: pip takes
    what is there for good enough.
    """
    todo = tuple(step for step in steps if state.done.get(step.name) != step.digest)
    is_there = environment_python(folder / ENVIRONMENT_NAME).is_file()
    is_other = any(step.name in state.done for step in todo if step.name in ("environment", "torch"))
    return todo if todo and is_there and not is_other else tuple(steps)


def facts_from_answer(answer: str) -> BackendFacts:
    """What CHECK printed last. Raises InvalidInput where that is not of this extension's version."""
    try:
        facts = BackendFacts(**json.loads(answer.strip().splitlines()[-1]))
    except (IndexError, ValueError, TypeError) as error:
        raise InvalidInput("What was installed does not answer. Open the log, and press Reinstall.") from error
    if conflict := version_conflict(facts):
        raise InvalidInput(conflict)
    return facts


def version_conflict(facts: BackendFacts) -> str | None:
    """What to do where backend and extension are of different versions; None where they agree."""
    if facts.version == VERSION and protocol_conflict(PROTOCOL, facts.protocol) is None:
        return None
    return (
        f"The backend is Vivavoce {facts.version}, the extension {VERSION}. Press Update in Preferences > Add-ons > Vivavoce; "
        "where the source is a folder or a wheel, get that version of it first."
    )


def installed_python(folder: Path) -> Path:
    """The Python of a finished installation. Raises InvalidInput where there is none, or one that does not fit."""
    state, python = read_state(folder), environment_python(folder / ENVIRONMENT_NAME)
    if state.facts is None:
        raise InvalidInput("Press Install in Preferences > Add-ons > Vivavoce, or choose another backend there.")
    if not python.is_file():
        raise InvalidInput("The backend's Python has gone. Press Reinstall in Preferences > Add-ons > Vivavoce.")
    if conflict := version_conflict(state.facts):
        raise InvalidInput(conflict)
    return python
