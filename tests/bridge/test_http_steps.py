"""Answers as a timer meets them: whole in the socket's buffer before the first look."""

import socket
import threading
import time
from contextlib import suppress

import pytest

from vivavoce.bridge.http_steps import Connection, ConnectionLost, Exchange, Request


def asked(answer: bytes) -> bytes:
    """The body that an exchange takes when all of `answer` has come before it looks."""
    taken = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            # A client that refuses the answer closes with some of it unread.
            with connection, suppress(ConnectionResetError):
                connection.recv(4096)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        exchange = Exchange(Connection("127.0.0.1", server.getsockname()[1]), Request("GET", "/", {}), taken.extend)
        steps = exchange.steps()
        while not exchange.is_sent:
            next(steps)
        time.sleep(0.2)
        try:
            for _ in steps:
                pass
        finally:
            thread.join()
    return bytes(taken)


def test_a_head_may_come_together_with_much_of_the_body() -> None:
    body = bytes(range(256)) * 4096
    assert asked(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body) == body


def test_a_head_without_an_end_is_refused() -> None:
    with pytest.raises(ConnectionLost, match="no end"):
        asked(b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 300_000)
