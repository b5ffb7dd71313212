"""`vivavoce serve`: the worker of a Blender on this machine, or a team's server."""

import os
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..bridge.errors import InvalidInput, ModelMissing
from ..bridge.protocol import TOKEN_VARIABLE
from .worker_jobs import job_kinds

_SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Serve:
    """Options of `vivavoce serve`. The token that callers must give is read from $VIVAVOCE_TOKEN, never from an option."""

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 for all of this machine's. Anything but this machine alone demands a token."""
    port: int = 0
    """Port to listen on; 0 takes a free one. The first line on standard output tells it."""
    names: tuple[str, ...] = ()
    """Further names and addresses under which callers reach this machine."""
    certificate: Path | None = None
    """PEM file of the certificate, for https."""
    key: Path | None = None
    """PEM file of the certificate's key."""
    roots: tuple[Path, ...] = ()
    """Folders whose files a caller may name by their path instead of sending them."""
    max_upload_mb: int = 1024
    """The largest request, in megabytes."""
    ends_with_parent: bool = False
    """End when standard input ends, as it does when the program that started this one ends."""

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise InvalidInput(f"A port lies between 0 and 65535, not {self.port}.")
        if self.max_upload_mb < 1:
            raise InvalidInput(f"The largest request must have at least 1 MB, not {self.max_upload_mb}.")
        if (self.certificate is None) != (self.key is None):
            raise InvalidInput("https needs both --certificate and --key.")
        for path in (self.certificate, self.key):
            if path is not None and not path.is_file():
                raise InvalidInput(f"There is no file {path}.")


def run(config: Serve) -> None:
    """Serve until told to end."""
    try:
        from ..bridge.server.run import Binding, is_loopback, serve
    except ModuleNotFoundError as error:
        raise ModelMissing(f"{error.name} is missing. Install the server with pip install 'vivavoce[server]'.") from error
    token = os.environ.pop(TOKEN_VARIABLE, "")
    if is_loopback(config.host) and not token:
        token = secrets.token_urlsafe(32)
        print(f"No token in ${TOKEN_VARIABLE}; this run's is: {token}", file=sys.stderr)
    check_token(token)
    if not is_loopback(config.host) and config.certificate is None:
        print("Without --certificate and --key, all that is said here can be overheard on the network.", file=sys.stderr)
    binding = Binding(
        token, config.host, config.port, config.names, config.certificate, config.key, config.roots,
        max_body_bytes=config.max_upload_mb * 1_000_000, ends_with_parent=config.ends_with_parent,
    )  # fmt: skip
    # Being told to end is how a server ends.
    with suppress(KeyboardInterrupt):
        serve(job_kinds(), binding)


def check_token(token: str) -> None:
    """Raises InvalidInput unless the token is long enough to be secret and fits a header."""
    if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise InvalidInput(
            f"A server that others can reach needs a token of at least {_SHORTEST_TOKEN} plain characters in ${TOKEN_VARIABLE}. "
            'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
