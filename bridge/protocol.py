"""What a worker and its clients must agree on before the first job: version, header names, and what stands in the ready line."""

VERSION = "0.1.0"
"""The project's version, as in pyproject.toml and blender_manifest.toml."""

PROTOCOL = 1
"""Counts up when a request or an answer changes its meaning; both sides must have the same."""

PROTOCOL_HEADER = "vivavoce-protocol"
TOKEN_VARIABLE = "VIVAVOCE_TOKEN"
"""Environment variable that hands the bearer token from parent to worker: a command line can be read by other users."""


def protocol_conflict(client: int, server: int) -> str | None:
    """What to do when client and server speak different protocols; None when they agree."""
    if client == server:
        return None
    older = "Vivavoce on the server" if client > server else "the Vivavoce that sent the request"
    return f"The request speaks protocol {client}, this server protocol {server}. Update {older}."
