"""A stretch of frames that the worker renders: from asking until they lie in a folder. Nothing here knows of bpy."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..bridge.client import Client, RemoteJob
from ..bridge.errors import VivavoceError
from ..bridge.formats import whole_file
from ..bridge.formats.render_bundle import rendered_frames
from ..bridge.process import Worker

_FAREWELL_STEPS = 25
_FAREWELL_STEP_S = 0.02


class RenderJob:
    """A job of kind `render`."""

    def __init__(self, source: Worker | Client, options: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """arrays: a RenderBundle's. Raises WorkerLost where the worker cannot be started."""
        self._folder = tempfile.TemporaryDirectory(prefix="vivavoce-")
        self._result = Path(self._folder.name, "frames.npz")
        try:
            self.remote: RemoteJob = source.submit("render", options, arrays, self._result)
        except VivavoceError:
            self._folder.cleanup()
            raise

    def write_frames(self, folder: Path, stem: str, first_frame: int) -> list[Path]:
        """Put what came of a job that has ended into `folder`, numbered from `first_frame`; returns the files in order.

        Raises what the worker raised, Cancelled, WorkerLost.
        """
        try:
            self.remote.wait()
            folder.mkdir(parents=True, exist_ok=True)
            paths = []
            for index, (suffix, content) in enumerate(rendered_frames(self._result)):
                paths.append(folder / f"{stem}_{first_frame + index:05d}{suffix}")
                with whole_file(paths[-1]) as temporary:
                    temporary.write_bytes(content)
            return paths
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
