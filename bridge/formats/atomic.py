"""Files that are whole or absent: write beside the target, then rename."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import InvalidInput


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a free name in the folder of `path`, with its suffix, for the block to write; on success it replaces `path`.

    Whatever ends the block early, Ctrl-C included, removes what was written and leaves `path` as it was.
    Raises InvalidInput where the folder is missing or another program holds `path` open (Windows).
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise InvalidInput(f"{target}: the folder {target.parent} does not exist. Create it first.")
    if target.is_dir():
        raise InvalidInput(f"{target} is a folder. Give the name of a file.")
    temporary = target.with_name(f".vivavoce-{secrets.token_hex(8)}{target.suffix}")
    try:
        yield temporary
        os.replace(temporary, target)
    except BaseException as error:
        # Windows refuses to remove a file that the failing block still holds open: its own error matters more.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, PermissionError):
            raise InvalidInput(f"{target} cannot be written: it is protected or open in another program.") from error
        raise
