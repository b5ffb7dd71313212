"""A stretch of frames that the worker renders: from asking until they lie in a folder. Nothing here knows of bpy."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..bridge.client import Client
from ..bridge.formats import whole_file
from ..bridge.formats.render_bundle import rendered_frames
from ..bridge.process import Worker
from .worker_job import WorkerJob


class RenderJob(WorkerJob):
    """A job of kind `render`."""

    def __init__(self, source: Worker | Client, options: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """arrays: a RenderBundle's. Raises WorkerLost where the worker cannot be started."""
        super().__init__(lambda folder, result: source.submit("render", options, arrays, result))

    def write_frames(self, folder: Path, stem: str, first_frame: int) -> list[Path]:
        """Put what came of a job that has ended into `folder`, numbered from `first_frame`; returns the files in order.

        Raises what `answer` raises.
        """
        with self.answer() as result:
            folder.mkdir(parents=True, exist_ok=True)
            paths = []
            for index, (suffix, content) in enumerate(rendered_frames(result)):
                paths.append(folder / f"{stem}_{first_frame + index:05d}{suffix}")
                with whole_file(paths[-1]) as temporary:
                    temporary.write_bytes(content)
            return paths
