"""HTTP/1.1 that never blocks, in the standard library: an exchange is a generator that a timer can advance a little at a time.

A step yields True when it has moved and may go on, False when it waits for the network. An exchange has its own connection.
"""

import http.client
import io
import selectors
import socket
import ssl
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from .errors import InvalidInput, WorkerLost

Steps = Generator[bool, None, None]
TakeBody = Callable[[bytes], object]

_CHUNK_BYTES = 256 * 1024
_MAX_HEAD_BYTES = 64 * 1024
_WOULD_BLOCK = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class ConnectionLost(WorkerLost):
    """The other side went away before its answer was complete."""


@dataclass(frozen=True)
class Request:
    """What is asked. body: chunks of together `body_bytes` bytes."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Iterable[bytes | memoryview] = ()
    body_bytes: int = 0


@dataclass(frozen=True)
class Head:
    """How an answer begins: its status and its headers by lower-case name."""

    status: int
    headers: Mapping[str, str]


class Connection:
    """A socket that never blocks, with TLS where a context is given. Only the look-up of a host's name may take time."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            self._socket: socket.socket = socket.socket(family, kind, protocol)
        except OSError as error:
            raise InvalidInput(f"No server can be found under {host}:{port} ({error}). Check the address.") from error
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(BlockingIOError):
            self._socket.connect(address)
        self._tls, self._host = tls, host

    def close(self) -> None:
        self._socket.close()

    def opened(self) -> Steps:
        """Steps until bytes can be sent. Raises ConnectionLost."""
        while not self._is_ready(selectors.EVENT_WRITE, 0.0):
            yield False
        fault = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if fault:
            raise ConnectionLost(f"No server answers there (error {fault}). Start it, or check the address.")
        if self._tls is None:
            return
        try:
            secured = self._tls.wrap_socket(self._socket, server_hostname=self._host, do_handshake_on_connect=False)
            self._socket = secured
            while not _has_shaken_hands(secured):
                yield False
        except (ssl.SSLError, OSError) as error:
            raise ConnectionLost(f"No trusted connection to {self._host} ({error}). Check the server's certificate.") from error

    def send(self, data: memoryview) -> int:
        """The number of bytes that could be sent now."""
        try:
            return self._socket.send(data)
        except _WOULD_BLOCK:
            return 0

    def receive(self) -> bytes | None:
        """What has come; nothing more will come after b"", nothing has come yet where None."""
        try:
            return self._socket.recv(_CHUNK_BYTES)
        except _WOULD_BLOCK:
            return None

    def wait(self, timeout_s: float, is_sending: bool) -> None:
        """Block until something can be received, or sent, for at most `timeout_s`."""
        self._is_ready(selectors.EVENT_READ | (selectors.EVENT_WRITE if is_sending else 0), timeout_s)

    def _is_ready(self, events: int, timeout_s: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, events)
            return bool(selector.select(timeout_s))


class Exchange:
    """One request and its answer. `steps` carries it out; `is_sent` and `head` tell how far it is."""

    def __init__(self, connection: Connection, request: Request, take_body: TakeBody) -> None:
        self.head: Head | None = None
        self._connection = connection
        self._request = request
        self._take_body = take_body
        self._received = bytearray()
        self.is_sent = False

    def wait(self, timeout_s: float) -> None:
        """Block until there may be something to do."""
        self._connection.wait(timeout_s, not self.is_sent)

    def steps(self) -> Steps:
        """Raises ConnectionLost where the other side ends before its answer does."""
        try:
            yield from self._connection.opened()
            yield from self._sent()
            yield from self._head_received()
            yield from self._body_received()
        except OSError as error:
            raise ConnectionLost(f"The connection broke ({error}).") from error
        except (ValueError, http.client.HTTPException) as error:
            raise ConnectionLost(f"What answers there is no Vivavoce server ({error}). Check the address.") from error
        finally:
            self._connection.close()

    def _sent(self) -> Steps:
        for chunk in chain((self._head_bytes(),), self._request.body):
            rest = memoryview(chunk)
            while rest:
                try:
                    count = self._connection.send(rest)
                except OSError:
                    # A server that refuses a large body answers and closes: its answer may be here already.
                    self.is_sent = True
                    return
                rest = rest[count:]
                yield count > 0
        self.is_sent = True

    def _head_bytes(self) -> bytes:
        headers = {**self._request.headers, "connection": "close", "content-length": str(self._request.body_bytes)}
        lines = [
            f"{self._request.method} {self._request.path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _more_received(self) -> Steps:
        while (data := self._connection.receive()) is None:
            yield False
        if not data:
            raise ConnectionLost(
                "The server ended before its answer did." if self.head else "The server ended without an answer."
            )
        self._received += data
        yield True

    def _head_received(self) -> Steps:
        while (end := self._received.find(b"\r\n\r\n")) < 0:
            # Checked here: what is received with the end of the head may be much of the body too.
            if len(self._received) > _MAX_HEAD_BYTES:
                raise ValueError("its answer has no end")
            yield from self._more_received()
        status_line, _, fields = bytes(self._received[: end + 4]).partition(b"\r\n")
        del self._received[: end + 4]
        version, _, rest = status_line.decode("latin-1").partition(" ")
        if not version.startswith("HTTP/1."):
            raise ValueError(f"its answer begins with {version[:20]!r}")
        headers = {name.lower(): value for name, value in http.client.parse_headers(io.BytesIO(fields)).items()}
        self.head = Head(int(rest[:3]), headers)

    def _body_received(self) -> Steps:
        assert self.head is not None
        if self.head.headers.get("transfer-encoding", "").lower() == "chunked":
            yield from self._chunked_body_received()
        else:
            yield from self._counted_received(int(self.head.headers.get("content-length", "0")))

    def _counted_received(self, count: int) -> Steps:
        while count > 0:
            if not self._received:
                yield from self._more_received()
            part = bytes(self._received[:count])
            del self._received[: len(part)]
            count -= len(part)
            self._take_body(part)

    def _chunked_body_received(self) -> Steps:
        while True:
            while (end := self._received.find(b"\r\n")) < 0:
                yield from self._more_received()
            size = int(bytes(self._received[:end]).partition(b";")[0], 16)
            del self._received[: end + 2]
            if size == 0:
                return
            yield from self._counted_received(size)
            while len(self._received) < 2:
                yield from self._more_received()
            del self._received[:2]


def _has_shaken_hands(secured: ssl.SSLSocket) -> bool:
    try:
        secured.do_handshake()
    except _WOULD_BLOCK:
        return False
    return True
