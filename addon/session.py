"""The one session: the worker that this Blender owns, and the jobs that it waits for. Nothing here knows of bpy."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..bridge.addresses import address_of
from ..bridge.client import Client, RemoteJob
from ..bridge.data import MotionClip
from ..bridge.errors import VivavoceError
from ..bridge.formats import read_npz
from ..bridge.process import Worker
from .core.backend_plan import BackendRequest
from .installation import Installation
from .light_engine import LightEngine, LightJob

OwnerIdentity = int | str
"""What tells a character's owner from all others, whatever its name becomes."""
WriteAudio = Callable[[Path], Path]
"""Is given a folder that lasts as long as the job, and returns the file with what is to be spoken, there or elsewhere."""

_FAREWELL_STEPS = 25
_FAREWELL_STEP_S = 0.02


@dataclass(frozen=True)
class Backend:
    """What does the work: a Python that has vivavoce, a server of somebody's, or where neither is given the light engine."""

    python: str = ""
    url: str = ""
    token: str = ""

    @property
    def is_light(self) -> bool:
        return not self.python and not self.url


class SpokenJob:
    """A line that is being performed, from asking to the clip."""

    def __init__(self, source: Worker | Client | LightEngine, options: dict[str, Any], write_audio: WriteAudio) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="vivavoce-")
        self._result = Path(self._folder.name, "clip.npz")
        try:
            self.remote: RemoteJob | LightJob = source.submit(
                "speak", options, write_audio(Path(self._folder.name)), self._result
            )
        except VivavoceError:
            self._folder.cleanup()
            raise

    def clip(self) -> MotionClip:
        """What came of a job that has ended. Raises what the worker raised, Cancelled, WorkerLost."""
        try:
            self.remote.wait()
            return read_npz(self._result)
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


class Session:
    """At most one worker, and at most one job a character."""

    def __init__(self) -> None:
        self.jobs: dict[OwnerIdentity, SpokenJob] = {}
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

    def install(self, request: BackendRequest) -> Installation:
        """Begin to install the backend, or to remove it. The worker ends first: it may run from the same files."""
        self._end_worker()
        self.installation = Installation(request)
        return self.installation

    def stop(self) -> None:
        """Abandon all jobs and the installation, and end the worker."""
        for job in self.jobs.values():
            job.abandon()
        self.jobs.clear()
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
