"""Errors as answers: every one leaves as {"code", "message"}, whoever raised it."""

import errno

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from ..errors import InvalidInput, VivavoceError
from ..jobs import QueueFull, UnknownJob
from .gate import Refused, error_body

_BODY_MAY_BE_UNREAD = (408, 413, 422)


def add_error_answers(app: FastAPI) -> None:
    """Answer with errors of ours instead of the framework's."""

    async def answer(request: Request, error: Exception) -> Response:
        status, told = _answer_to(error, request)
        headers = dict(getattr(error, "headers", None) or {})  # such as Allow
        if status in _BODY_MAY_BE_UNREAD:
            # What is left of a refused body is not read: the connection ends with the answer.
            headers["connection"] = "close"
        return Response(error_body(told), status, headers, media_type="application/json")

    for error_class in (Refused, VivavoceError, HTTPException, Exception):
        app.add_exception_handler(error_class, answer)


def _answer_to(error: Exception, request: Request) -> tuple[int, VivavoceError]:
    """The HTTP status, and the error to tell."""
    match error:
        case Refused():
            return error.status, error.error
        case UnknownJob():
            return 404, error
        case QueueFull():
            return 429, error
        case InvalidInput():
            return 422, error
        case HTTPException():
            asked = f"{request.method} {request.url.path}"
            return error.status_code, InvalidInput(f"{error.detail}: {asked}. The page /docs tells what can be asked.")
        case OSError() if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return 507, VivavoceError("The server's disk is full. Free some of it, or wait until other jobs are done.")
    return 500, VivavoceError(f"The server failed on {type(error).__name__}. Its log tells where; report it as a fault.")
