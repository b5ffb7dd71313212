"""Shapes that the worker makes for a head: from asking until they are there. Nothing here knows of bpy."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..bridge.client import Client
from ..bridge.formats.safe_npz import read_arrays
from ..bridge.formats.transfer_arrays import LIMITS, HeadShapes, shapes_from
from ..bridge.process import Worker
from .worker_job import WorkerJob


class TransferJob(WorkerJob):
    """A job of kind `transfer`."""

    def __init__(self, source: Worker | Client, options: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """arrays: a HeadRequest's. Raises WorkerLost where the worker cannot be started."""
        super().__init__(lambda folder, result: source.submit("transfer", options, arrays, result))

    def shapes(self) -> HeadShapes:
        """What came of a job that has ended. Raises what `answer` raises."""
        with self.answer() as path:
            return shapes_from(read_arrays(path, LIMITS))
