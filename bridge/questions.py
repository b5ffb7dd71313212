"""One question to a server and its answer: headers on the way out, errors and statuses on the way back."""

import json

from .addresses import ServerAddress
from .errors import ERROR_CLASSES, VivavoceError, WorkerLost
from .http_steps import Connection, Exchange, Request, Steps, TakeBody
from .jobs import JobError, JobState, JobStatus
from .protocol import PROTOCOL, PROTOCOL_HEADER


class Question:
    """An exchange whose errors are raised as the server raised them."""

    def __init__(self, address: ServerAddress, request: Request, take_body: TakeBody | None = None) -> None:
        self.body = bytearray()
        self._take_body = take_body or self.body.extend
        self.exchange = Exchange(Connection(address.host, address.port, address.tls), request, self._take)

    def steps(self) -> Steps:
        yield from self.exchange.steps()
        head = self.exchange.head
        if head is not None and head.status >= 400:
            raise _error_in(self.body, head.status)

    def _take(self, data: bytes) -> None:
        is_answer = self.exchange.head is not None and self.exchange.head.status < 400
        (self._take_body if is_answer else self.body.extend)(data)


def headers_for(address: ServerAddress) -> dict[str, str]:
    """What every request carries."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    return {
        "host": f"{host}:{address.port}",
        "authorization": f"Bearer {address.token}",
        PROTOCOL_HEADER: str(PROTOCOL),
    }


def status_in(content: bytes | bytearray) -> JobStatus:
    """The job's status in an answer or an event."""
    try:
        fields = json.loads(content)
        error = fields["error"] and JobError(**fields["error"])
        return JobStatus(**{**fields, "state": JobState(fields["state"]), "error": error})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WorkerLost("What answers there is no Vivavoce server. Check the address.") from error


def _error_in(content: bytes | bytearray, status: int) -> VivavoceError:
    try:
        fields = json.loads(content)
        return error_of(fields["code"], fields["message"])
    except (ValueError, KeyError, TypeError):
        return WorkerLost(f"The server answered with status {status} and nothing else. Check the address.")


def error_of(code: str, message: str) -> VivavoceError:
    """An error of the class that the server raised."""
    return ERROR_CLASSES.get(code, VivavoceError)(message)
