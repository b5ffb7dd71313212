"""The one session: the worker that this Blender owns, and the jobs that it waits for. Nothing here knows of bpy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..bridge.addresses import address_of
from ..bridge.client import Client
from ..bridge.data import MotionClip
from ..bridge.errors import InvalidInput
from ..bridge.formats import read_npz
from ..bridge.process import Worker
from .core.backend_plan import BackendRequest
from .installation import Installation
from .light_engine import LightEngine
from .render_job import RenderJob
from .transfer_job import TransferJob
from .worker_job import WorkerJob

OwnerIdentity = int | str
"""What tells a character's owner from all others, whatever its name becomes."""
WriteAudio = Callable[[Path], Path]
"""Is given a folder that lasts as long as the job, and returns the file with what is to be spoken, there or elsewhere."""


@dataclass(frozen=True)
class Backend:
    """What does the work: a Python that has vivavoce, a server of somebody's, or where neither is given the light engine."""

    python: str = ""
    url: str = ""
    token: str = ""

    @property
    def is_light(self) -> bool:
        return not self.python and not self.url


class SpokenJob(WorkerJob):
    """A line that is being performed, from asking to the clip."""

    def __init__(self, source: Worker | Client | LightEngine, options: dict[str, Any], write_audio: WriteAudio) -> None:
        super().__init__(lambda folder, result: source.submit("speak", options, write_audio(folder), result))

    def clip(self) -> MotionClip:
        """What came of a job that has ended. Raises what `answer` raises."""
        with self.answer() as path:
            return read_npz(path)


@dataclass
class Still:
    """The preview of a re-rendering: its job, whether another is wanted after it, and why the last one failed."""

    job: RenderJob | None = None
    is_wanted: bool = False
    complaint: str = ""

    def abandon(self) -> None:
        self.is_wanted = False
        if self.job is not None:
            self.job.abandon()
            self.job = None


class Session:
    """At most one worker, and at most one job a character."""

    def __init__(self) -> None:
        self.jobs: dict[OwnerIdentity, SpokenJob] = {}
        self.renders: dict[OwnerIdentity, RenderJob] = {}
        self.still = Still()
        self.transfer: TransferJob | None = None
        """The shapes that are being made for a head."""
        self.complaints: dict[OwnerIdentity, str] = {}
        """Why a character's last job failed."""
        self.installation: Installation | None = None
        """The last installation of the backend that was begun, ended or not."""
        self._worker: Worker | None = None
        self._backend = Backend()

    def speak(self, owner: OwnerIdentity, backend: Backend, options: dict[str, Any], write_audio: WriteAudio) -> SpokenJob:
        """Ask for a performance. Raises what `write_audio` raises, and WorkerLost where the worker cannot be started."""
        self.complaints.pop(owner, None)
        job = SpokenJob(self._source(backend), options, write_audio)
        self.jobs[owner] = job
        return job

    def render(
        self, owner: OwnerIdentity, backend: Backend, options: dict[str, Any], arrays: Mapping[str, np.ndarray]
    ) -> RenderJob:
        """Ask for a character's frames. Raises as `start_render` does."""
        self.renders[owner] = job = self.start_render(backend, options, arrays)
        return job

    def start_render(self, backend: Backend, options: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> RenderJob:
        """Ask for frames that belong to nobody. Raises InvalidInput without a backend, WorkerLost where none can be started."""
        source = self._source(backend)
        if isinstance(source, LightEngine):
            raise InvalidInput("Re-rendering needs a backend: choose one in Preferences > Add-ons > Vivavoce")
        return RenderJob(source, options, arrays)

    def start_transfer(self, backend: Backend, options: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> TransferJob:
        """Ask for a head's shapes. Raises InvalidInput without a backend, WorkerLost where none can be started."""
        source = self._source(backend)
        if isinstance(source, LightEngine):
            raise InvalidInput("Making shapes needs a backend: choose one in Preferences > Add-ons > Vivavoce")
        self.transfer = TransferJob(source, options, arrays)
        return self.transfer

    def end_transfer(self) -> None:
        if self.transfer is not None:
            self.transfer.abandon()
            self.transfer = None

    def install(self, request: BackendRequest) -> Installation:
        """Begin to install the backend, or to remove it. The worker ends first: it may run from the same files."""
        self._end_worker()
        self.installation = Installation(request)
        return self.installation

    def stop(self) -> None:
        """Abandon all jobs and the installation, and end the worker."""
        for job in (*self.jobs.values(), *self.renders.values()):
            job.abandon()
        self.jobs.clear()
        self.renders.clear()
        self.still.abandon()
        self.end_transfer()
        self.complaints.clear()
        if self.installation is not None:
            self.installation.abandon()
            self.installation = None
        self._end_worker()

    def _end_worker(self) -> None:
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def _source(self, backend: Backend) -> Worker | Client | LightEngine:
        if backend.is_light:
            return LightEngine()
        if backend.url:
            return Client(address_of(backend.url, backend.token))
        if self._worker is None or backend != self._backend:
            self._end_worker()
            command = [backend.python, "-m", "vivavoce", "serve", "--ends-with-parent"]
            self._worker, self._backend = Worker(command), backend
        return self._worker


session = Session()
