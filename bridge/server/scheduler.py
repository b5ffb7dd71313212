"""Decides which job runs when: per kind one queue, one warm process, one running job."""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..compute import Order
from ..errors import VivavoceError
from ..jobs import JobFiles, JobKind, JobState, JobStatus, JobTable
from .compute_process import ComputeProcess

_logger = logging.getLogger(__name__)


class Changes:
    """Wakes all who wait for something to change."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()
        self.is_closed = False

    def tell(self) -> None:
        for listener in self._listeners:
            listener.set()

    def close(self) -> None:
        """The last change: nothing will come any more."""
        self.is_closed = True
        self.tell()

    @contextmanager
    def heard(self) -> Iterator[asyncio.Event]:
        """An event that is set at every change while the block runs."""
        listener = asyncio.Event()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.remove(listener)


class Scheduler:
    """Runs jobs. Each job owns a folder with its input and output, which lives as long as the job is known."""

    def __init__(self, kinds: Sequence[JobKind], folder: Path) -> None:
        self.kinds: Mapping[str, JobKind] = {kind.name: kind for kind in kinds}
        self.changes = Changes()
        self.table = JobTable(on_change=self.changes.tell)
        self._folder = folder
        self._orders: dict[str, Order] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def new_folder(self) -> Path:
        """An empty folder for a job to come; its name is never used again, as a job keeps its folder's name beyond its files."""
        return Path(tempfile.mkdtemp(prefix="job-", dir=self._folder))

    def submit(self, kind: JobKind, options: Any, input_path: Path | None, input_name: str, folder: Path) -> JobStatus:
        """Queue a job, whose files will lie in `folder`. Raises QueueFull."""
        job_id = self.table.add(kind.name)
        self._orders[job_id] = Order(kind.function, options, JobFiles(input_path, input_name, folder / "result.npz"))
        for surplus in self.table.surplus():
            self._forget(surplus)
        return self.table.status(job_id)

    async def delete(self, job_id: str) -> JobStatus:
        """Cancel a job that waits or runs; forget one that has ended. Its process and files are gone when this returns."""
        status = self.table.status(job_id)
        self.table.cancel(job_id)
        task = self._running.get(job_id)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        if status.state.has_ended:
            self._forget(job_id)
        else:
            self._remove_files(job_id)
            status = self.table.status(job_id)
        return status

    def result_path(self, job_id: str) -> Path | None:
        """Where the result lies; None while, or because, there is none."""
        if self.table.status(job_id).state is not JobState.DONE:
            return None
        return _files(self._orders[job_id]).output

    async def run(self) -> None:
        """Run jobs until cancelled; then every process is ended."""
        async with asyncio.TaskGroup() as group:
            for kind in self.kinds.values():
                group.create_task(self._run_kind(kind))

    async def _run_kind(self, kind: JobKind) -> None:
        process = ComputeProcess(self._folder / f"{kind.name}.log", kind.warm_up)
        try:
            with self.changes.heard() as changed:
                while True:
                    changed.clear()
                    job_id = self.table.start_next(kind.name)
                    if job_id is None:
                        await changed.wait()
                        continue
                    self._running[job_id] = task = asyncio.create_task(self._run_job(job_id, process))
                    await asyncio.wait([task])
                    del self._running[job_id]
                    # Where a cancelled job took its process along, the next one warms up before it is needed.
                    with suppress(OSError):
                        await process.start()
        finally:
            for task in self._running.values():
                task.cancel()
            await process.stop()

    async def _run_job(self, job_id: str, process: ComputeProcess) -> None:
        def report(progress: float, stage: str) -> None:
            self.table.report(job_id, progress, stage)

        try:
            await process.run(self._orders[job_id], report)
        except VivavoceError as error:
            self._fail(job_id, error)
        except Exception as error:
            _logger.exception("A job could not be run")
            self._fail(job_id, VivavoceError(f"The server could not run the job ({type(error).__name__}: {error})."))
        else:
            self._remove_input(job_id)
            self.table.finish(job_id)

    def _fail(self, job_id: str, error: VivavoceError) -> None:
        self._remove_files(job_id)
        self.table.fail(job_id, error)

    def _forget(self, job_id: str) -> None:
        self._remove_files(job_id)
        del self._orders[job_id]
        self.table.forget(job_id)

    def _remove_input(self, job_id: str) -> None:
        files = _files(self._orders[job_id])
        if files.input is not None and files.input.parent == files.output.parent:
            files.input.unlink(missing_ok=True)

    def _remove_files(self, job_id: str) -> None:
        with suppress(FileNotFoundError):
            shutil.rmtree(_files(self._orders[job_id]).output.parent)


def _files(order: Order) -> JobFiles:
    assert order.files is not None
    return order.files
