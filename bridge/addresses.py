"""Where a server is."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from .errors import InvalidInput


@dataclass(frozen=True)
class ServerAddress:
    """Where a server is, and what it lets us do."""

    host: str
    port: int
    token: str
    tls: ssl.SSLContext | None = None
    exchange: Path | None = None
    """A folder on this machine from which the server takes files over."""
    roots: tuple[Path, ...] = ()
    """Folders on this machine whose files the server reads by their path."""

    def can_read(self, path: Path) -> bool:
        """Whether the server may read the file under its path."""
        resolved = path.resolve()
        return any(resolved.is_relative_to(root) for root in self.roots)


def address_of(url: str, token: str, certificate: Path | None = None) -> ServerAddress:
    """The address in `https://gpu.studio:8443`; `certificate` is trusted beside the system's. Raises InvalidInput."""
    parts = urlsplit(url if "//" in url else f"http://{url}")
    try:
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        tls = ssl.create_default_context() if parts.scheme == "https" else None
        if tls and certificate:
            tls.load_verify_locations(certificate)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInput(f"{url} is no address of a server, or its certificate cannot be read ({error}).") from error
    if not parts.hostname or not token or not token.isascii() or not token.isprintable():
        raise InvalidInput("A server needs an address such as https://gpu.studio:8443, and the token it was started with.")
    return ServerAddress(parts.hostname, port, token, tls)


class AddressSource(Protocol):
    """What knows where a server is."""

    explains_losses: bool
    """Whether `address` will raise the reason when the server has died."""

    def address(self) -> ServerAddress | None:
        """None while the server starts. Raises WorkerLost where it has ended."""
        ...
