"""What a long run will need of the machine, and whether it is there: asked before the run, not after an hour."""

from pathlib import Path

import psutil

from ..bridge.errors import InvalidInput

_RESERVE_BYTES = 300_000_000
"""Left to the system and to other programs."""


def check_memory(wanted_bytes: float, of_what: str, remedy: str) -> None:
    """Raises InvalidInput, which names the work and how to need less, where the free memory would not do."""
    free_bytes = psutil.virtual_memory().available - _RESERVE_BYTES
    if wanted_bytes > free_bytes:
        raise InvalidInput(f"{of_what} needs about {_told(wanted_bytes)} of memory and {_told(free_bytes)} are free. {remedy}")


def check_disk(folder: Path, wanted_bytes: float, of_what: str) -> None:
    """Raises InvalidInput where the disk of `folder`, which may not exist yet, has too little room."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir())
    free_bytes = psutil.disk_usage(str(there)).free - _RESERVE_BYTES
    if wanted_bytes > free_bytes:
        raise InvalidInput(
            f"{of_what} needs about {_told(wanted_bytes)} on the disk of {there} and {_told(free_bytes)} are free. "
            "Free some of it, or write elsewhere."
        )


def _told(size_bytes: float) -> str:
    return f"{max(size_bytes, 0.0) / 1e9:.1f} GB"
