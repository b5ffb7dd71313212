"""Folders on the server: its own temporary one, gone when it ends, and those that callers may read from."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ..errors import InvalidInput

_PREFIX = "vivavoce-worker-"
_LOCK_NAME = "lock"
_YOUNG_S = 60.0
EXCHANGE_NAME = "exchange"


@contextmanager
def worker_folder() -> Iterator[Path]:
    """A private folder while the block runs, locked so that others see that its owner lives; dead owners' folders are removed."""
    _sweep(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    (folder / EXCHANGE_NAME).mkdir(mode=0o700)
    try:
        with (folder / _LOCK_NAME).open("wb") as lock:
            _is_locked(lock)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def allowed_path(path: str, roots: Sequence[Path]) -> Path:
    """The file that `path` names, all links followed. Raises InvalidInput unless it lies within one of the resolved roots."""
    try:
        resolved = Path(path).resolve(strict=True) if Path(path).is_absolute() else None
        is_file = resolved is not None and resolved.is_file()
    except (OSError, ValueError, RuntimeError):
        resolved, is_file = None, False
    # One answer for "absent" and "not yours": a caller must not learn what lies elsewhere.
    if resolved is None or not is_file or not any(resolved.is_relative_to(root) for root in roots):
        raise InvalidInput(
            "The path names no file that this server may read. Give an absolute path within its roots, or send the file itself."
        )
    return resolved


def _sweep(parent: Path) -> None:
    """Remove what servers that were killed have left behind."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime < _YOUNG_S:
                continue
            with (folder / _LOCK_NAME).open("r+b") as lock:
                is_abandoned = _is_locked(lock)
            if is_abandoned:
                shutil.rmtree(folder)


def _is_locked(lock: IO[bytes]) -> bool:
    """Whether this process could lock the file; the system unlocks it when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
