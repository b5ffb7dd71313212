"""Real Blenders, each in a process of its own: bpy never enters the process of the tests."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(__file__).parent / "scripts"

RunScript = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if importlib.util.find_spec("bpy") is None:
        for item in items:
            if Path(item.path).parent == Path(__file__).parent:
                item.add_marker(pytest.mark.skip(reason="needs the bpy module: install the `blender` extra"))


def run_script(name: str, *arguments: str | Path, python: str = sys.executable, environment: dict[str, str] | None = None) -> Any:
    """Run scripts/<name>.py in a Blender; returns the JSON of the last line it prints."""
    command = [python, str(SCRIPTS / f"{name}.py"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})}, timeout=600)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module", params=["4.5", "5.0"])
def blender_python(request: pytest.FixtureRequest) -> str:
    """A Python that holds each Blender the extension supports: ours, and the one of $VIVAVOCE_BPY50_PYTHON."""
    if request.param == "4.5":
        return sys.executable
    python = os.environ.get("VIVAVOCE_BPY50_PYTHON")
    if not python:
        pytest.skip("set VIVAVOCE_BPY50_PYTHON to a Python that has bpy 5.0.1")
    return python
