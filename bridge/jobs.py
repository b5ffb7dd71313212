"""Jobs: what they are, how they wait and how they end. No processes, files or network here: the table can be tested alone."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from .errors import InvalidInput, VivavoceError

ReportProgress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done."""


class UnknownJob(InvalidInput):
    """No job has this id, or it ended so long ago that it was forgotten."""


class QueueFull(VivavoceError):
    """So many jobs wait already that another one would wait too long."""


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def has_ended(self) -> bool:
        return self not in (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True)
class JobFiles:
    """Where a job reads and writes."""

    input: Path | None
    """The file that the caller gave, if any."""
    input_name: str
    """What the caller calls that file: its own name or path."""
    output: Path
    """The npz that the job must write."""


@dataclass(frozen=True)
class JobKind:
    """Work that a server offers. Functions are named to another process: define them at the top of a module."""

    name: str
    description: str
    options: type
    """A frozen dataclass; JSON options fill it, and its __post_init__ refuses what makes no sense."""
    function: Callable[[Any, JobFiles, ReportProgress], None]
    """Called with the options, the files and a progress report; writes `files.output`."""
    needs_input: bool = True
    """Whether a job of the kind makes no sense without a file."""
    warm_up: Callable[[], None] | None = None
    """Does once per process what every job of the kind needs, such as importing torch."""


@dataclass(frozen=True)
class JobError:
    """Why a job has no result: the code of an error class, and its message."""

    code: str
    message: str


@dataclass(frozen=True)
class JobStatus:
    """What is told about a job."""

    id: str
    kind: str
    state: JobState
    place: int
    """Place in the queue: 1 is next; 0 when the job does not wait."""
    progress: float
    """Share done, 0..1."""
    stage: str
    """What is being done, in words."""
    error: JobError | None = None
    """Only when failed."""


@dataclass
class _Job:
    id: str
    kind: str
    state: JobState = JobState.QUEUED
    progress: float = 0.0
    stage: str = ""
    error: JobError | None = None


class JobTable:
    """All jobs of a server, in the order they came. One job of a kind runs at a time; a job that has ended stays as it ended."""

    def __init__(self, on_change: Callable[[], None] = lambda: None, max_waiting: int = 256, max_ended: int = 64) -> None:
        self._jobs: dict[str, _Job] = {}
        self._on_change = on_change
        self._max_waiting = max_waiting
        self._max_ended = max_ended

    def add(self, kind: str) -> str:
        """The new job's id. Raises QueueFull."""
        if len(self._waiting(kind)) >= self._max_waiting:
            raise QueueFull(f"{self._max_waiting} jobs of kind {kind} wait already. Try again when some are done.")
        job = _Job(secrets.token_urlsafe(12), kind)
        self._jobs[job.id] = job
        self._on_change()
        return job.id

    def start_next(self, kind: str) -> str | None:
        """The id of the job that may run now; None where one of the kind runs or none waits."""
        if any(job.kind == kind and job.state is JobState.RUNNING for job in self._jobs.values()):
            return None
        waiting = self._waiting(kind)
        if not waiting:
            return None
        waiting[0].state = JobState.RUNNING
        self._on_change()
        return waiting[0].id

    def report(self, job_id: str, progress: float, stage: str) -> None:
        """Note how far a running job has come; progress never falls."""
        job = self._job(job_id)
        if job.state is JobState.RUNNING:
            job.progress = min(max(progress, job.progress), 1.0)
            job.stage = stage
            self._on_change()

    def finish(self, job_id: str) -> None:
        self._end(job_id, JobState.DONE)

    def fail(self, job_id: str, error: VivavoceError) -> None:
        self._end(job_id, JobState.FAILED, JobError(error.code, str(error)))

    def cancel(self, job_id: str) -> None:
        self._end(job_id, JobState.CANCELLED)

    def forget(self, job_id: str) -> None:
        """Drop a job that has ended."""
        if self._job(job_id).state.has_ended:
            del self._jobs[job_id]
            self._on_change()

    def surplus(self) -> list[str]:
        """The ids of those ended jobs that came longest ago and are too many to keep."""
        ended = [job.id for job in self._jobs.values() if job.state.has_ended]
        return ended[: max(len(ended) - self._max_ended, 0)]

    def status(self, job_id: str) -> JobStatus:
        """Raises UnknownJob."""
        job = self._job(job_id)
        place = self._waiting(job.kind).index(job) + 1 if job.state is JobState.QUEUED else 0
        return JobStatus(job.id, job.kind, job.state, place, job.progress, job.stage, job.error)

    def counts(self, kind: str) -> dict[str, int]:
        """How many jobs of a kind wait and run."""
        running = sum(job.kind == kind and job.state is JobState.RUNNING for job in self._jobs.values())
        return {"waiting": len(self._waiting(kind)), "running": running}

    def _end(self, job_id: str, state: JobState, error: JobError | None = None) -> None:
        job = self._job(job_id)
        if not job.state.has_ended:
            job.state, job.error = state, error
            if state is JobState.DONE:
                job.progress = 1.0
            self._on_change()

    def _job(self, job_id: str) -> _Job:
        if job_id not in self._jobs:
            raise UnknownJob("No job has this id. Jobs are forgotten when they are deleted, and some time after they end.")
        return self._jobs[job_id]

    def _waiting(self, kind: str) -> list[_Job]:
        return [job for job in self._jobs.values() if job.kind == kind and job.state is JobState.QUEUED]
