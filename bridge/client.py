"""The side that asks: jobs on a server, advanced a little at a time by a timer, or waited for. Standard library and numpy."""

import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from .addresses import AddressSource, ServerAddress
from .errors import Cancelled, VivavoceError, WorkerLost
from .formats.atomic import whole_file
from .http_steps import ConnectionLost, Request, Steps, TakeBody
from .jobs import JobError, JobState, JobStatus, ReportProgress
from .questions import Question, error_of, headers_for, status_in
from .sending import file_request, npz_steps, path_request

JobInput = Path | Mapping[str, np.ndarray] | None
"""A file, arrays by name, or nothing."""

_SILENCE_S = 60.0
"""A server that follows a job says something every ten seconds."""
_EXPLANATION_S = 2.0
_WAIT_S = 0.02


class Client:
    """Asks a server that somebody else has started."""

    explains_losses = False

    def __init__(self, address: ServerAddress) -> None:
        self._address = address

    def address(self) -> ServerAddress:
        return self._address

    def submit(self, kind: str, options: Mapping[str, Any], job_input: JobInput, result: Path) -> "RemoteJob":
        """A job whose result will be the npz file `result`. Nothing is sent before the first poll."""
        return RemoteJob(self, kind, options, job_input, result)

    def health(self) -> dict[str, Any]:
        """Version, and how busy the server is. Waits for the answer."""
        return self._answer("/v1/health")

    def models(self) -> list[dict[str, Any]]:
        """What the server can do. Waits for the answer."""
        return self._answer("/v1/models")

    def _answer(self, path: str) -> Any:
        question = Question(self._address, Request("GET", path, headers_for(self._address)))
        deadline_s = time.monotonic() + _SILENCE_S
        for has_moved in question.steps():
            if time.monotonic() > deadline_s:
                raise WorkerLost("The server does not answer. Check that it runs, or try again.")
            if not has_moved:
                question.exchange.wait(_WAIT_S)
        return json.loads(question.body)


class RemoteJob:
    """A job on a server, from before it is sent until its result lies in its file. `status` and `error` tell how it stands."""

    def __init__(self, source: AddressSource, kind: str, options: Mapping[str, Any], job_input: JobInput, result: Path) -> None:
        self.error: VivavoceError | None = None
        self.status = JobStatus("", kind, JobState.QUEUED, 0, 0.0, "waiting for the worker")
        self._source = source
        self._options, self._input, self._result = options, job_input, result
        self._address: ServerAddress | None = None
        self._question: Question | None = None
        self._last_move_s = time.monotonic()
        self._steps = self._conversation()

    @property
    def has_ended(self) -> bool:
        return self.status.state.has_ended

    def poll(self, budget_s: float = 0.001) -> JobStatus:
        """Go on for about `budget_s` seconds, never waiting: for a timer of a program that must not freeze."""
        deadline_s = time.perf_counter() + budget_s
        while not self.has_ended and self._has_moved() and time.perf_counter() < deadline_s:
            pass
        return self.status

    def wait(self, report: ReportProgress = lambda progress, stage: None) -> None:
        """Block until the result lies in its file. Raises what the server raised, WorkerLost, Cancelled."""
        while not self.has_ended:
            has_moved = self._has_moved()
            report(self.status.progress, self.status.stage)
            if not has_moved and not self.has_ended:
                self._wait_a_little()
        if self.error:
            raise self.error

    def cancel(self) -> None:
        """Stop the job. Polls go on until the server has confirmed it; the result's file stays as it was."""
        if self.has_ended:
            return
        is_on_its_way = not self.status.id and self._question is not None and self._question.exchange.is_sent
        if is_on_its_way:
            self._steps = self._cancellation_once_known(self._steps)
        else:
            # A server drops a request that came in half: only a job that has an id is left to be stopped there.
            self._steps.close()
            self._steps = self._cancellation()

    def _has_moved(self) -> bool:
        """One step. False where there is nothing to do but wait."""
        try:
            has_moved = next(self._steps)
            if has_moved:
                self._last_move_s = time.monotonic()
            else:
                self._check_alive()
            return has_moved
        except StopIteration:
            self.status = replace(self.status, state=JobState.DONE, progress=1.0, stage="done")
        except ConnectionLost as error:
            self._question = None
            self._steps = self._explanation(error)
        except VivavoceError as error:
            self._steps.close()
            self.error = error
            state = JobState.CANCELLED if isinstance(error, Cancelled) else JobState.FAILED
            self.status = replace(self.status, state=state, place=0, error=JobError(error.code, str(error)))
        return False

    def _wait_a_little(self) -> None:
        if self._question is None:
            time.sleep(_WAIT_S)
        else:
            self._question.exchange.wait(_WAIT_S)

    def _check_alive(self) -> None:
        """Raises WorkerLost where the server has ended or seems to hang."""
        self._source.address()
        if self._question is not None and time.monotonic() - self._last_move_s > _SILENCE_S:
            raise WorkerLost(f"The server has said nothing for {_SILENCE_S:g} s. Check that it runs, or try again.")

    def _explanation(self, error: ConnectionLost) -> Steps:
        """A connection mostly breaks because the worker has died; its owner may need a moment to know of what."""
        deadline_s = time.monotonic() + _EXPLANATION_S
        while self._source.explains_losses and time.monotonic() < deadline_s:
            yield False
        raise WorkerLost(str(error))

    def _conversation(self) -> Steps:
        """Steps from nothing to the result."""
        while (address := self._source.address()) is None:
            yield False
        self._address = address
        self.status = replace(self.status, stage="sending")
        yield from self._submitted(address)
        yield from self._followed(address)
        yield from self._fetched(address)
        yield from self._asked(address, "DELETE", self._path)

    def _submitted(self, address: ServerAddress) -> Steps:
        url_path, headers = f"/v1/jobs/{self.status.kind}", headers_for(address)
        if isinstance(self._input, Mapping):
            descriptor, name = tempfile.mkstemp(".npz", "vivavoce-", address.exchange)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    yield from npz_steps(file, self._input)
                build = path_request if address.exchange else file_request
                yield from self._sent(build(url_path, headers, self._options, Path(name)))
            finally:
                Path(name).unlink(missing_ok=True)
        elif self._input is None or address.can_read(self._input):
            yield from self._sent(path_request(url_path, headers, self._options, self._input))
        else:
            yield from self._sent(file_request(url_path, headers, self._options, self._input))

    def _sent(self, request: Request) -> Steps:
        question = self._new_question(request)
        yield from question.steps()
        self.status = status_in(question.body)

    def _followed(self, address: ServerAddress) -> Steps:
        """Steps until the server has ended the job. Raises what the job raised."""
        events = _Events()
        yield from self._asked(address, "GET", f"{self._path}/events", lambda data: self._hear(events.completed_by(data)))
        end = events.last
        if end is None or not end.state.has_ended:
            raise ConnectionLost("The server was ended before the job was done. Start it, then try again.")
        if end.error:
            raise error_of(end.error.code, end.error.message)
        if end.state is JobState.CANCELLED:
            raise Cancelled("The job was cancelled; nothing was written.")

    def _hear(self, statuses: list[JobStatus]) -> None:
        """The job goes on until its result is here, whatever the server calls done."""
        for status in statuses:
            is_over = status.state.has_ended
            self.status = replace(status, state=JobState.RUNNING, stage="fetching", error=None) if is_over else status

    def _fetched(self, address: ServerAddress) -> Steps:
        with whole_file(self._result) as temporary, temporary.open("wb") as file:
            yield from self._asked(address, "GET", f"{self._path}/result", file.write)

    def _asked(self, address: ServerAddress, method: str, path: str, take_body: TakeBody | None = None) -> Steps:
        yield from self._new_question(Request(method, path, headers_for(address)), take_body).steps()

    def _cancellation(self) -> Steps:
        if self._address is not None and self.status.id:
            yield from self._asked(self._address, "DELETE", self._path)
        raise Cancelled("The job was cancelled; nothing was written.")

    def _cancellation_once_known(self, steps: Steps) -> Steps:
        """The request is on its way: its answer tells the id under which the job can be stopped."""
        while not self.status.id:
            yield next(steps)
        steps.close()
        yield from self._cancellation()

    def _new_question(self, request: Request, take_body: TakeBody | None = None) -> Question:
        assert self._address is not None
        self._question = Question(self._address, request, take_body)
        return self._question

    @property
    def _path(self) -> str:
        return f"/v1/jobs/{self.status.id}"


class _Events:
    """Statuses out of a stream of server-sent events, which arrives in pieces of any size."""

    def __init__(self) -> None:
        self.last: JobStatus | None = None
        self._rest = b""

    def completed_by(self, data: bytes) -> list[JobStatus]:
        *events, self._rest = (self._rest + data).split(b"\n\n")
        statuses = [status_in(event.removeprefix(b"data: ")) for event in events if event.startswith(b"data: ")]
        self.last = statuses[-1] if statuses else self.last
        return statuses
