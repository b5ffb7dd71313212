"""What pip and uv print, in words for an artist."""

import re

_DOING = re.compile(
    r"^\s*(?:(?P<verb>Downloading|Collecting|Processing|Building) (?:wheel for )?(?P<what>\S+)"
    r"|Installing collected packages).*\n",
    re.MULTILINE,
)

_CAUSES: tuple[tuple[str, str], ...] = (
    (
        r"No space left on device|Errno 28|not enough space on the disk|os error (28|112)",
        "The disk is full. Make room, then try again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|invalid peer certificate|SSLError",
        "The index's certificate is not trusted here, as behind a company's proxy. Set pip's cert option (or SSL_CERT_FILE), "
        "then try again.",
    ),
    (
        r"Failed to establish a new connection|name resolution|getaddrinfo failed|Network is unreachable|ConnectTimeoutError"
        r"|Connection (refused|reset|aborted)|ReadTimeoutError|ProxyError|error sending request|dns error|Could not connect"
        r"|IncompleteRead|incomplete-download|network was disabled|network connectivity is disabled",
        "The index cannot be reached. Check the network, a proxy or a firewall, then try again: what was fetched is kept.",
    ),
    (
        r"requires a different Python|Requires-Python|does not satisfy Python",
        "The source asks for another Python than this extension does. Take the source of the extension's own version.",
    ),
    (
        r"Long Path|path too long|File ?name too long|WinError 206",
        "A path is too long for Windows. Turn on long paths (search for 'LongPathsEnabled'), then try again.",
    ),
    (
        r"WinError (5|32)\b|Access is denied|Permission denied",
        "A file is in use or protected, at times by a virus scanner. Close other Blenders, then try again.",
    ),
    (
        r"ensurepip is not available|No module named (ensurepip|pip|venv)\b",
        "The Python that was found cannot make environments. On Debian and Ubuntu install python3-venv; elsewhere install uv.",
    ),
    (
        r"DO NOT MATCH THE HASHES|[Hh]ash mismatch",
        "A download came damaged. Try again.",
    ),
)
_NOT_FOUND = re.compile(
    r"(?:No matching distribution found for|[Bb]ecause) (?P<what>[^\s(]+)(?: was not found| \(|$|\s)", re.MULTILINE
)


def doing(output: str) -> str:
    """What the last telling line of pip or uv says: `Downloading torch-2.13.0...whl`; empty where none tells anything."""
    lines = list(_DOING.finditer(output))
    if not lines:
        return ""
    found = lines[-1]
    return f"{found['verb']} {found['what'].rpartition('/')[2]}" if found["verb"] else "Installing what was fetched"


def failure(label: str, output: str) -> str:
    """Why a step failed and what to do. label: the step, in words; output: the end of what it printed."""
    for pattern, remedy in _CAUSES:
        if re.search(pattern, output):
            return f"{label} failed. {remedy}"
    if found := _NOT_FOUND.search(output):
        return f"{label} failed. There is no {found['what']} for this machine. Choose another source or build of PyTorch."
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "it said nothing")
    return f"{label} failed: {last[:300]}. Open the log for all of it, then try again."
