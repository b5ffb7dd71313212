"""The installation of the backend as Blender sees it: a process that is watched without waiting. Nothing here knows of bpy."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..bridge.errors import ERROR_CLASSES, Cancelled, VivavoceError, WorkerLost
from .core.backend_plan import BackendRequest
from .core.backend_state import LOG_NAME

_PROGRAM = Path(__file__).with_name("backend_installer.py")
_MOST_BYTES = 65_536
"""What one look reads at most: a step of a timer stays short however much was said."""
_FAREWELL_S = 5.0


@dataclass(frozen=True)
class InstallationStatus:
    """How far it is."""

    progress: float = 0.0
    """0..1"""
    stage: str = ""
    has_ended: bool = False
    error: VivavoceError | None = None
    """Why it ended early, Cancelled included."""


class Installation:
    """One run of `backend_installer.py`, from asking to its end."""

    def __init__(self, request: BackendRequest) -> None:
        """Starts at once. Raises WorkerLost where that cannot be done."""
        folder = Path(request.folder)
        self.status = InstallationStatus(stage="Starting")
        try:
            # A file, not a pipe: reading it never blocks, and the installer never waits for it to be read.
            number, name = tempfile.mkstemp(".jsonl", "messages-", folder)
            with open(number, "wb") as messages, (folder / LOG_NAME).open("ab") as log:
                self._process = subprocess.Popen(
                    [request.python, "-I", str(_PROGRAM), request.to_json()],
                    stdin=subprocess.PIPE, stdout=messages, stderr=log, **_own_group(),
                )  # fmt: skip
        except OSError as error:
            raise WorkerLost(f"The installer cannot be started ({error}). Use an environment of yours instead.") from error
        self._messages_path = Path(name)
        self._messages = self._messages_path.open("rb")
        self._rest = b""

    def poll(self) -> InstallationStatus:
        """The status now; never waits."""
        if self.status.has_ended:
            return self.status
        return_code = self._process.poll()
        said = self._messages.read(_MOST_BYTES)
        *lines, self._rest = (self._rest + said).split(b"\n")
        if lines:
            self.status = _status_from_message(json.loads(lines[-1]))
        if return_code is not None and not said:
            if return_code and self.status.error is None:
                lost = WorkerLost(f"The installer ended with code {return_code}. Open the log, then try again.")
                self.status = replace(self.status, error=lost)
            self.status = replace(self.status, has_ended=True)
            self._close()
        return self.status

    def wait(self) -> None:
        """Until it has ended. Raises what it ended with."""
        while not self.poll().has_ended:
            time.sleep(0.05)
        if self.status.error is not None:
            raise self.status.error

    def cancel(self) -> None:
        """Ask it to stop; `poll` tells when it has."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def abandon(self) -> None:
        """Stop it, and return when it has ended."""
        self.cancel()
        try:
            self._process.wait(_FAREWELL_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.status = InstallationStatus(has_ended=True, error=Cancelled("Stopped. What is done is kept."))
        self._close()

    def _close(self) -> None:
        self._messages.close()
        self._messages_path.unlink(missing_ok=True)
        if self._process.stdin is not None:
            self._process.stdin.close()


def _own_group() -> dict[str, Any]:
    """Ctrl-C in a terminal reaches Blender alone, and the installer stops in order."""
    return {"creationflags": subprocess.CREATE_NO_WINDOW} if sys.platform == "win32" else {"start_new_session": True}


def _status_from_message(message: dict[str, object]) -> InstallationStatus:
    """What one line says: progress, or the error that ends the installation."""
    if "code" in message:
        error = ERROR_CLASSES.get(str(message["code"]), VivavoceError)(str(message["message"]))
        return InstallationStatus(error=error)
    return InstallationStatus(float(str(message["progress"])), str(message["stage"]))
