"""Binds a port, says so in one line, and serves until the parent or the user ends it."""

import json
import os
import socket
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from ..errors import InvalidInput
from ..jobs import JobKind
from ..protocol import PROTOCOL, VERSION
from .app import ServerSettings, create_app
from .folders import worker_folder
from .gate import GateRules

_LAST_EVENTS_S = 2
_KEEP_ALIVE_S = 30
_FORCED_END_S = 5.0
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Binding:
    """Where a server listens, and for whom."""

    token: str
    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one."""
    names: tuple[str, ...] = ()
    """Further names that callers may use for this machine."""
    certificate: Path | None = None
    key: Path | None = None
    roots: tuple[Path, ...] = ()
    max_body_bytes: int = 1 << 30
    ends_with_parent: bool = False
    """Whether the end of standard input ends the server."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def serve(kinds: Sequence[JobKind], binding: Binding) -> None:
    """Serve `kinds` until told to end. Raises InvalidInput where the address cannot be had or a root is no folder."""
    roots = tuple(_resolved_root(root) for root in binding.roots)
    with _listening(binding) as listener, worker_folder() as folder:
        rules = GateRules(binding.token, host_names(binding), binding.max_body_bytes)
        app = create_app(kinds, ServerSettings(rules, folder, roots))
        ready = {
            "port": listener.getsockname()[1], "pid": os.getpid(), "version": VERSION, "protocol": PROTOCOL,
            "exchange": str(folder / "exchange"), "roots": [str(root) for root in roots],
        }  # fmt: skip
        server = _Server(_uvicorn_config(app, binding), app, json.dumps(ready))
        if binding.ends_with_parent:
            threading.Thread(target=_follow_parent, args=(server,), daemon=True).start()
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says when it is ready, and lets those who follow a job go before it waits for them."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, ready_line: str) -> None:
        super().__init__(config)
        self._app = app
        self._ready_line = ready_line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._ready_line, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.scheduler.changes.close()
        await super().shutdown(sockets)


def host_names(binding: Binding) -> frozenset[str]:
    """The names under which this server may be addressed."""
    names = {name.lower() for name in (binding.host, *binding.names)} | LOOPBACK_NAMES
    if not is_loopback(binding.host):
        names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
    return frozenset(names - {"0.0.0.0", "::", ""})


def _listening(binding: Binding) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in binding.host else socket.AF_INET
        return socket.create_server((binding.host, binding.port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        raise InvalidInput(
            f"Port {binding.port} of {binding.host} cannot be had ({error}). Choose another host or port."
        ) from error


def _resolved_root(root: Path) -> Path:
    if not root.is_dir():
        raise InvalidInput(f"{root} is no folder. Give folders that callers may read from.")
    return root.resolve()


def _uvicorn_config(app: FastAPI, binding: Binding) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, ws="none", lifespan="on", proxy_headers=False,
        timeout_graceful_shutdown=_LAST_EVENTS_S, timeout_keep_alive=_KEEP_ALIVE_S,
        ssl_certfile=binding.certificate, ssl_keyfile=binding.key,
    )  # fmt: skip


def _follow_parent(server: uvicorn.Server) -> None:
    """Ends the server when standard input ends: the system closes it with the parent, however that ended."""
    while sys.stdin.buffer.read(1 << 16):
        pass
    server.should_exit = True
    threading.Timer(_FORCED_END_S, os._exit, args=(1,)).start()
