"""Who may come in: every request is looked at here before the application sees it, and its body while it arrives."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput, VivavoceError
from ..protocol import PROTOCOL, PROTOCOL_HEADER, protocol_conflict

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

OPEN_PATHS = frozenset({"/docs", "/openapi.json"})
"""What a browser may read without the token: the description of the interface, which holds no secret."""

_BODY_TIMEOUT_S = 60.0


class Refused(Exception):
    """A request that is answered with an error at once; the rest of its body is never read. status: an HTTP status code."""

    def __init__(self, status: int, error: VivavoceError) -> None:
        super().__init__(str(error))
        self.status = status
        self.error = error


@dataclass(frozen=True)
class GateRules:
    """What a request must fulfil."""

    token: str
    """The bearer token that every request must carry."""
    host_names: frozenset[str]
    """Names under which this server may be addressed, in lower case, without ports."""
    max_body_bytes: int
    """No request's body may be larger, as claimed or as it comes."""


class Gate:
    """ASGI middleware that refuses what breaks the rules."""

    def __init__(self, application: Application, rules: GateRules) -> None:
        self._application = application
        self._rules = rules

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        try:
            headers = _headers(scope)
            _check_origin(headers, self._rules.host_names)
            if scope["path"] not in OPEN_PATHS:
                _check_token(headers, self._rules.token)
                _check_protocol(headers)
            _check_claimed_size(headers, self._rules.max_body_bytes)
        except Refused as refusal:
            await _answer(refusal, send)
        else:
            await self._application(scope, _measured(receive, self._rules.max_body_bytes), send)


def error_body(error: VivavoceError) -> bytes:
    """How an error travels: its code, which names its class, and its message."""
    return json.dumps({"code": error.code, "message": str(error)}).encode("ascii")


def _headers(scope: MutableMapping[str, Any]) -> dict[str, str]:
    """By lower-case name. Raises Refused where one that decides who comes in stands twice."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").lower()
        if name in headers and name in ("host", "origin", "authorization", "content-length", PROTOCOL_HEADER):
            raise Refused(400, InvalidInput(f"The header {name} stands twice in the request. Send it once."))
        headers[name] = raw_value.decode("latin-1")
    return headers


def _check_origin(headers: dict[str, str], host_names: frozenset[str]) -> None:
    """A web page that a browser shows must not reach this server, not even under a name that it has bent to this address."""
    host = headers.get("host", "")
    if _host_name(host) not in host_names:
        raise Refused(
            403, InvalidInput(f"This server is not called {host!r}. Start it with that name among its hosts, or use another.")
        )
    origin = headers.get("origin")
    if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
        raise Refused(403, InvalidInput(f"Requests from pages of {origin!r} are not answered. Use the program's own client."))


def _host_name(host: str) -> str:
    """Without the port: `[::1]:80` -> `::1`, `localhost:80` -> `localhost`."""
    name = host.lower().strip()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0]


def _check_token(headers: dict[str, str], token: str) -> None:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    is_right = hmac.compare_digest(given.strip().encode("utf-8"), token.encode("utf-8"))
    if scheme.lower() != "bearer" or not is_right:
        raise Refused(401, InvalidInput("The token is missing or wrong. Give the one that the server was started with."))


def _check_protocol(headers: dict[str, str]) -> None:
    """Who does not say a protocol, such as curl, is taken at their word."""
    given = headers.get(PROTOCOL_HEADER)
    if given is None:
        return
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Refused(400, InvalidInput(f"The header {PROTOCOL_HEADER} must be a whole number, not {given!r}."))
    conflict = protocol_conflict(client=int(given), server=PROTOCOL)
    if conflict:
        raise Refused(409, InvalidInput(conflict))


def _check_claimed_size(headers: dict[str, str], limit: int) -> None:
    claimed = headers.get("content-length", "0")
    if not (claimed.isascii() and claimed.isdigit()):
        raise Refused(400, InvalidInput("The header content-length must be a whole number."))
    if len(claimed) > 18 or int(claimed) > limit:
        raise Refused(413, _too_large(limit))


def _too_large(limit: int) -> InvalidInput:
    return InvalidInput(
        f"The request is larger than {limit / 1e6:g} MB. Split the line, or start the server with a higher limit."
    )


def _measured(receive: Receive, limit: int) -> Receive:
    """The same messages, until the body has grown beyond the limit or stops coming."""
    received, is_complete = 0, False

    async def measured_receive() -> Message:
        nonlocal received, is_complete
        if is_complete:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), _BODY_TIMEOUT_S)
        except TimeoutError:
            raise Refused(
                408, InvalidInput(f"Nothing of the request has come for {_BODY_TIMEOUT_S:g} s. Send it again.")
            ) from None
        received += len(message.get("body", b""))
        is_complete = not message.get("more_body", False)
        if received > limit:
            raise Refused(413, _too_large(limit))
        return message

    return measured_receive


async def _answer(refusal: Refused, send: Send) -> None:
    body = error_body(refusal.error)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
