"""A real server with kinds of jobs that succeed, fail, crash and never end. `python trial_server.py [BINDING FIELDS AS JSON]`."""

import ctypes
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vivavoce.bridge.errors import InvalidInput, ModelMissing
from vivavoce.bridge.jobs import JobFiles, JobKind, ReportProgress
from vivavoce.bridge.protocol import TOKEN_VARIABLE


@dataclass(frozen=True)
class Trial:
    """Options of a trial job."""

    seconds: float = 0.0
    """How long it takes."""
    factor: float = 1.0
    """What the result is multiplied with."""
    error: str = ""
    """How it ends: invalid_input, model_missing, bug, exit, or nothing for well."""
    holds_lock: bool = False
    """Compute in C without ever letting Python run."""
    child: str = ""
    """File to write the process ids of this job and of a child that it starts to."""

    def __post_init__(self) -> None:
        if self.seconds < 0:
            raise InvalidInput(f"A job cannot take {self.seconds} seconds. Give a positive number.")


def trial(options: Trial, files: JobFiles, report: ReportProgress) -> None:
    """The input's bytes as numbers, times a factor, after a while; or an error."""
    if options.child:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(options.child).write_text(f"{os.getpid()} {child.pid}")
    if options.holds_lock:
        ctypes.PyDLL(None).sleep(600)
    end_s = time.monotonic() + options.seconds
    while (left_s := end_s - time.monotonic()) > 0:
        report(1.0 - left_s / options.seconds, "working")
        files.output.write_bytes(b"half a result")
        time.sleep(min(left_s, 0.01))
    fail(options.error)
    content = files.input.read_bytes() if files.input else b""
    values = np.frombuffer(content, np.uint8) * np.float32(options.factor)
    np.savez(files.output, values=values, input_name=np.array(files.input_name), pid=np.array(os.getpid()))


def fail(how: str) -> None:
    if how == "invalid_input":
        raise InvalidInput("The line is too short. Record a longer one.")
    if how == "model_missing":
        raise ModelMissing("No model here. Install it.")
    if how == "bug":
        raise ZeroDivisionError("a bug")
    if how == "exit":
        print("these are my last words", flush=True)
        os._exit(7)


def kinds() -> list[JobKind]:
    """Under their importable module, for the processes that compute them."""
    from trial_server import Trial, trial

    return [
        JobKind("trial", "for tests", Trial, trial, needs_input=False),
        JobKind("other", "for tests, of another kind", Trial, trial, needs_input=False),
        JobKind("hungry", "for tests, wants a file", Trial, trial),
    ]


if __name__ == "__main__":
    from vivavoce.bridge.server.run import Binding, serve

    settings = {"ends_with_parent": True, **json.loads(sys.argv[1] if sys.argv[1:] else "{}")}
    settings["roots"] = tuple(map(Path, settings.get("roots", ())))
    serve(kinds(), Binding(os.environ.pop(TOKEN_VARIABLE), **settings))
