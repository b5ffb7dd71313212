"""Shapes that the worker makes for a head: from asking until they are there. Nothing here knows of bpy."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..bridge.client import Client, RemoteJob
from ..bridge.errors import VivavoceError
from ..bridge.formats.safe_npz import read_arrays
from ..bridge.formats.transfer_arrays import LIMITS, HeadShapes, shapes_from
from ..bridge.process import Worker

_FAREWELL_S = 0.5


class TransferJob:
    """A job of kind `transfer`."""

    def __init__(self, source: Worker | Client, options: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """arrays: a HeadRequest's. Raises WorkerLost where the worker cannot be started."""
        self._folder = tempfile.TemporaryDirectory(prefix="vivavoce-")
        self._result = Path(self._folder.name, "shapes.npz")
        try:
            self.remote: RemoteJob = source.submit("transfer", options, arrays, self._result)
        except VivavoceError:
            self._folder.cleanup()
            raise

    def shapes(self) -> HeadShapes:
        """What came of a job that has ended. Raises what the worker raised, Cancelled, WorkerLost."""
        try:
            self.remote.wait()
            return shapes_from(read_arrays(self._result, LIMITS))
        finally:
            self._folder.cleanup()

    def abandon(self) -> None:
        """Cancel, without caring for the answer longer than half a second."""
        self.remote.cancel()
        if not self.remote.has_ended:
            self.remote.poll(_FAREWELL_S)
        self._folder.cleanup()
