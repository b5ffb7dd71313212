"""What all jobs of a worker share, from asking until their file was read. Nothing here knows of bpy."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..bridge.client import RemoteJob
from ..bridge.errors import VivavoceError
from .light_engine import LightJob

_FAREWELL_STEPS = 25
_FAREWELL_STEP_S = 0.02

Ask = Callable[[Path, Path], RemoteJob | LightJob]
"""Is given a folder that lasts as long as the job, and the file that the result is written to."""


class WorkerJob:
    """A job that was asked for. Subclasses say what is asked, and read what comes of it."""

    def __init__(self, ask: Ask) -> None:
        """Raises what `ask` raises."""
        self._folder = tempfile.TemporaryDirectory(prefix="vivavoce-")
        self._result = Path(self._folder.name, "result.npz")
        try:
            self.remote = ask(Path(self._folder.name), self._result)
        except VivavoceError:
            self._folder.cleanup()
            raise

    @contextmanager
    def answer(self) -> Iterator[Path]:
        """The file of a job that has ended, while it is read. Raises what the worker raised, Cancelled, WorkerLost."""
        try:
            self.remote.wait()
            yield self._result
        finally:
            self._folder.cleanup()

    def abandon(self) -> None:
        """Cancel, without caring for the answer longer than half a second."""
        self.remote.cancel()
        for _ in range(_FAREWELL_STEPS):
            if self.remote.has_ended:
                break
            self.remote.poll(_FAREWELL_STEP_S)
        self._folder.cleanup()
