"""Which Python the backend gets, and where an environment keeps it."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

WANTED_PYTHONS = ((3, 11),)
"""The versions that vivavoce runs on, best first; as `requires-python` in pyproject.toml allows."""

PYTHON_QUESTION = """
import json, os, sys
from importlib.util import find_spec
venv = find_spec("venv")
can_make = venv is not None and find_spec("ensurepip") is not None
# venv only warns where its launcher for Windows was left out, and makes environments without a Python.
if can_make and os.name == "nt":
    can_make = os.path.isfile(os.path.join(os.path.dirname(venv.origin), "scripts", "nt", "python.exe"))
print(json.dumps([*sys.version_info[:2], sys.maxsize > 2**32, can_make]))
"""
"""A program for `python -c` that prints what `interpreter` reads."""


@dataclass(frozen=True)
class Interpreter:
    """A Python on this machine."""

    command: tuple[str, ...]
    version: tuple[int, int]
    is_64_bit: bool = True
    makes_environments: bool = True
    """Whether it can make one with pip in it; Debian's cannot until python3-venv is installed."""


def interpreter(command: Sequence[str], answer: str) -> Interpreter | None:
    """What a Python answered to PYTHON_QUESTION; None where that is no answer."""
    try:
        major, minor, is_64_bit, makes_environments = json.loads(answer)
    except (ValueError, TypeError):
        return None
    return Interpreter(tuple(command), (major, minor), is_64_bit, makes_environments)


def python_candidates(blender_python: str, system: str) -> list[tuple[str, ...]]:
    """Commands that may start a Python that fits, best first. Blender's own is known to be there."""
    named: list[tuple[str, ...]] = []
    for major, minor in WANTED_PYTHONS:
        named.append(("py", f"-{major}.{minor}") if system == "Windows" else (f"python{major}.{minor}",))
    return [(blender_python,), *named, ("python3",), ("python",)]


def fitting_python(found: Iterable[Interpreter], has_uv: bool) -> Interpreter | None:
    """The first that runs vivavoce and can make an environment for it, which uv does for any."""
    fits = (item for item in found if item.version in WANTED_PYTHONS and item.is_64_bit and (has_uv or item.makes_environments))
    return next(fits, None)


def environment_python(environment: Path, os_name: str = os.name) -> Path:
    """Where a virtual environment has its Python. os_name: as `os.name` says it."""
    return environment / ("Scripts/python.exe" if os_name == "nt" else "bin/python")
