"""The FastAPI application: one path per kind of job, and what can be asked about a job."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Security
from fastapi.responses import StreamingResponse
from fastapi.security import HTTPBearer

from ..errors import ERROR_CLASSES, Cancelled, InvalidInput, VivavoceError
from ..jobs import JobKind, JobState, JobStatus, UnknownJob
from ..protocol import PROTOCOL, VERSION
from .answers import add_error_answers
from .folders import EXCHANGE_NAME, allowed_path
from .gate import Gate, GateRules, Refused
from .openapi import ERRORS, described, job_body
from .options import options_of, options_schema
from .scheduler import Scheduler
from .upload import job_request

_STILL_HERE_S = 10.0
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class ServerSettings:
    """What a server may do, for whom."""

    rules: GateRules
    folder: Path
    """The server's own, resolved: jobs live there, and callers on the same machine put files into its exchange folder."""
    roots: tuple[Path, ...] = ()
    """Resolved folders within which a caller may name a file by its path."""


def create_app(kinds: Sequence[JobKind], settings: ServerSettings) -> FastAPI:
    """The application that offers `kinds`. Its `state.scheduler` runs the jobs while the application lives."""
    scheduler = Scheduler(kinds, settings.folder)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        running = asyncio.create_task(scheduler.run())
        yield
        scheduler.changes.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    app = FastAPI(
        title="Vivavoce", version=VERSION, lifespan=lifespan, redoc_url=None, swagger_ui_oauth2_redirect_url=None,
        dependencies=[Security(HTTPBearer(auto_error=False, description="The token that the server was started with."))],
    )  # fmt: skip
    app.state.scheduler = scheduler
    for kind in kinds:
        _add_submission(app, kind, scheduler, settings)
    _add_job_questions(app, scheduler)
    _add_server_questions(app, scheduler)
    add_error_answers(app)
    app.add_middleware(Gate, rules=settings.rules)
    app.openapi = described(app, kinds)
    return app


def _add_submission(app: FastAPI, kind: JobKind, scheduler: Scheduler, settings: ServerSettings) -> None:
    async def submit(request: Request) -> JobStatus:
        folder = scheduler.new_folder()
        try:
            wanted = await job_request(request, folder)
            options = await asyncio.to_thread(options_of, kind, wanted.options)
            if wanted.path is not None:
                wanted.input = _adopted(allowed_path(wanted.path, (settings.folder / EXCHANGE_NAME, *settings.roots)), folder)
                wanted.input_name = wanted.input_name or wanted.path
            if kind.needs_input and wanted.input is None:
                raise InvalidInput(
                    f"A job of kind {kind.name} needs a file. Send it in the form's field input, or give its path."
                )
            return scheduler.submit(kind, options, wanted.input, wanted.input_name, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    app.post(
        f"/v1/jobs/{kind.name}", status_code=202, summary=f"Start a job: {kind.description}", operation_id=f"start_{kind.name}",
        responses=ERRORS, openapi_extra=job_body(kind),
    )(submit)  # fmt: skip


def _adopted(path: Path, folder: Path) -> Path:
    """A file of the exchange folder belongs to the job from now on; others stay where they are."""
    if path.parent.name != EXCHANGE_NAME or path.parent.parent != folder.parent:
        return path
    return path.replace(folder / "input")


def _add_job_questions(app: FastAPI, scheduler: Scheduler) -> None:
    @app.post("/v1/jobs/{kind}", include_in_schema=False)
    async def unknown_kind(kind: str) -> None:
        message = (
            f"This server offers no jobs of kind {kind!r}, only: {', '.join(scheduler.kinds)}. Update it, or choose another."
        )
        raise Refused(404, InvalidInput(message))

    @app.get("/v1/jobs/{job_id}", responses=ERRORS, summary="How a job stands")
    async def status(job_id: str) -> JobStatus:
        return scheduler.table.status(job_id)

    @app.delete("/v1/jobs/{job_id}", responses=ERRORS, summary="Cancel a job, or forget one that has ended")
    async def delete(job_id: str) -> JobStatus:
        return await scheduler.delete(job_id)

    @app.get(
        "/v1/jobs/{job_id}/events", responses=ERRORS | {200: {"content": {"text/event-stream": {}}}},
        response_class=StreamingResponse, summary="A stream of server-sent events: the job's status now and at every change",
    )  # fmt: skip
    async def events(job_id: str) -> StreamingResponse:
        scheduler.table.status(job_id)
        headers = {"cache-control": "no-store"}
        return StreamingResponse(_events(scheduler, job_id), media_type="text/event-stream", headers=headers)

    @app.get(
        "/v1/jobs/{job_id}/result", responses=ERRORS | {200: {"content": {"application/octet-stream": {}}}},
        response_class=StreamingResponse, summary="The result of a job that is done, an npz file",
    )  # fmt: skip
    async def result(job_id: str) -> StreamingResponse:
        path = scheduler.result_path(job_id)
        if path is None:
            raise Refused(409, _missing_result(scheduler.table.status(job_id)))
        size = path.stat().st_size
        return StreamingResponse(_chunks(path), media_type="application/octet-stream", headers={"content-length": str(size)})


def _add_server_questions(app: FastAPI, scheduler: Scheduler) -> None:
    @app.get("/v1/health", responses=ERRORS, summary="Version, and how busy the server is")
    async def health() -> dict[str, Any]:
        counts = {name: scheduler.table.counts(name) for name in scheduler.kinds}
        return {"version": VERSION, "protocol": PROTOCOL, "pid": os.getpid(), "jobs": counts}

    @app.get("/v1/models", responses=ERRORS, summary="What the server can do, and the options of each kind of job")
    async def models() -> list[dict[str, Any]]:
        kinds = scheduler.kinds.values()
        return [{"kind": kind.name, "description": kind.description, "options": options_schema(kind)} for kind in kinds]


async def _events(scheduler: Scheduler, job_id: str) -> AsyncIterator[bytes]:
    told: JobStatus | None = None
    with scheduler.changes.heard() as changed:
        while not scheduler.changes.is_closed:
            changed.clear()
            try:
                status = scheduler.table.status(job_id)
            except UnknownJob:
                return
            if status != told:
                yield f"data: {json.dumps(asdict(status))}\n\n".encode()
                told = status
            if status.state.has_ended:
                return
            try:
                await asyncio.wait_for(changed.wait(), _STILL_HERE_S)
            except TimeoutError:
                yield b": still here\n\n"


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _missing_result(status: JobStatus) -> VivavoceError:
    if status.error:
        return ERROR_CLASSES.get(status.error.code, VivavoceError)(status.error.message)
    if status.state is JobState.CANCELLED:
        return Cancelled("The job was cancelled and has no result.")
    return InvalidInput("The job is not done yet. Follow its events, then ask again.")
