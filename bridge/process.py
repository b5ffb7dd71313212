"""The worker as its owner sees it: started when a job needs it, watched, replaced when it has died. Standard library alone."""

import json
import mmap
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from .addresses import ServerAddress
from .client import JobInput, RemoteJob
from .errors import InvalidInput, WorkerLost
from .protocol import PROTOCOL, TOKEN_VARIABLE, protocol_conflict

_LAST_WORDS_BYTES = 2000
_END_S = 3.0
_FOREIGN = ("PYTHONHOME", "PYTHONPATH")
"""What a studio sets for its own Python, and Blender with it, would lead the worker's to modules that are not its own."""


class Worker:
    """Owns at most one worker process at a time."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None, start_timeout_s: float = 60.0
    ) -> None:
        """command: what starts a server that ends with its parent, such as `python -m vivavoce serve --ends-with-parent`.
        environment: variables beside this process's; of those, what leads Python elsewhere is left out."""
        self._command = tuple(command)
        self._environment = dict(environment or {})
        self._start_timeout_s = start_timeout_s
        self._process: WorkerProcess | None = None

    def submit(self, kind: str, options: Mapping[str, Any], job_input: JobInput, result: Path) -> RemoteJob:
        """A job whose result will be the npz file `result`. Starts a worker where none lives; returns at once."""
        return RemoteJob(self.process(), kind, options, job_input, result)

    def process(self) -> "WorkerProcess":
        """The living process; a new one where there was none or it has died."""
        if self._process is None or not self._process.is_alive:
            self.stop()
            self._process = WorkerProcess(self._command, self._environment, self._start_timeout_s)
        return self._process

    def stop(self) -> None:
        """End the worker and all it computes; its temporary files are gone when this returns."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()


class WorkerProcess:
    """One worker from its start to its end."""

    explains_losses = True

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], start_timeout_s: float) -> None:
        self._token = secrets.token_urlsafe(32)
        self._start_timeout_s = start_timeout_s
        self._started_s = time.monotonic()
        self._address: ServerAddress | None = None
        self._folder: Path | None = None
        # Files without names, not pipes: nothing to drain, nothing to clean up, and reading them never blocks.
        self._output, self._log = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115
        inherited = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        try:
            self._process = subprocess.Popen(
                list(command), stdin=subprocess.PIPE, stdout=self._output, stderr=self._log,
                env={**inherited, **environment, TOKEN_VARIABLE: self._token},
                creationflags=subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0,
            )  # fmt: skip
        except OSError as error:
            raise WorkerLost(f"The worker cannot be started ({error}). Check the backend in the preferences.") from error

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def address(self) -> ServerAddress | None:
        """None while it starts. Raises WorkerLost with its last words where it has ended, InvalidInput where protocols differ."""
        if not self.is_alive:
            self._remove_folder()
            raise WorkerLost(f"The worker {_ending(self._process.returncode)}. {self._last_words()}")
        if self._address is None:
            self._address = self._announced_address()
            if self._address is None and time.monotonic() - self._started_s > self._start_timeout_s:
                self._kill()
                raise WorkerLost(f"The worker was not ready after {self._start_timeout_s:g} s. {self._last_words()}")
        return self._address

    def stop(self) -> None:
        """Ask it to end, and end it by force where it does not."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._kill()
        self._remove_folder()

    def _announced_address(self) -> ServerAddress | None:
        """What its first line says. Raises InvalidInput where it speaks another protocol."""
        line, newline, _ = _content(self._output).partition(b"\n")
        if not newline:
            return None
        try:
            ready = json.loads(line)
            conflict = protocol_conflict(client=PROTOCOL, server=ready["protocol"])
            exchange, roots = Path(ready["exchange"]), tuple(map(Path, ready["roots"]))
            address = ServerAddress("127.0.0.1", ready["port"], self._token, None, exchange, (exchange, *roots))
        except (ValueError, KeyError, TypeError) as error:
            self._kill()
            raise WorkerLost(f"What was started is no Vivavoce worker; it said {line[:200]!r}. Check the backend.") from error
        if conflict:
            self._kill()
            raise InvalidInput(conflict)
        self._folder = exchange.parent
        return address

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _last_words(self) -> str:
        text = _content(self._log)[-_LAST_WORDS_BYTES:].decode("utf-8", "replace").strip()
        return f"Its last words:\n{text}" if text else "It said nothing. Try again; the next job starts a new one."

    def _remove_folder(self) -> None:
        """A worker that was killed could not do it itself."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _content(file: IO[bytes]) -> bytes:
    """What has been written to a file so far, without moving the position at which its writer goes on."""
    size = os.fstat(file.fileno()).st_size
    if size == 0:
        return b""
    with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as view:
        return bytes(view)


def _ending(return_code: int) -> str:
    return f"was ended by signal {-return_code}" if return_code < 0 else f"ended with code {return_code}"
