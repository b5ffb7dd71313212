"""Faults told with the name of the file that they are in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import InvalidInput


@contextmanager
def faults_of(path: str | os.PathLike[str]) -> Iterator[None]:
    """Puts the file's name before the message of an InvalidInput that lacks it: MotionLayer and its like know of no file."""
    try:
        yield
    except InvalidInput as error:
        if str(error).startswith(f"{path}: "):
            raise
        raise InvalidInput(f"{path}: {error}") from error
