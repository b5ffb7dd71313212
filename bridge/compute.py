"""The process that computes: one per kind of job, kept warm, killed to cancel. `python -m vivavoce.bridge.compute`.

Orders come on standard input, each a pickle (from our own server, never from a file) behind its length in 8 bytes; answers
leave on standard output, one JSON object a line: {"progress", "stage"}, then {"done": true} or {"code", "message"}. When the
input ends, the server is gone and so is this process, whatever it was computing.
"""

import json
import os
import pickle
import queue
import signal
import struct
import subprocess
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, NoReturn

from .errors import VivavoceError
from .jobs import JobFiles, ReportProgress

LENGTH = struct.Struct("<Q")
MAX_MESSAGE_CHARACTERS = 4000
_REPORT_INTERVAL_S = 0.05


@dataclass(frozen=True)
class Order:
    """One job, or where `files` is missing a function that warms the process up."""

    function: Callable[..., None]
    options: Any = None
    files: JobFiles | None = None


def packed(order: Order) -> bytes:
    """An order as it goes through the pipe."""
    content = pickle.dumps(order)
    return LENGTH.pack(len(content)) + content


def main() -> None:
    orders, answers = _private_pipes()
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    # A thread, so that the end of the input is noticed in the middle of a computation too.
    threading.Thread(target=_read_orders, args=(orders, waiting), daemon=True).start()
    while True:
        answer = _carry_out(pickle.loads(waiting.get()), answers)
        if answer:
            _send(answers, answer)


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The two pipes to the server under numbers of their own: what a job prints goes to the log, what it starts reads nothing."""
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return orders, answers


def _read_orders(orders: IO[bytes], waiting: "queue.SimpleQueue[bytes]") -> None:
    while True:
        head = orders.read(LENGTH.size)
        content = orders.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
        if not content:
            _die()
        waiting.put(content)


def _die() -> NoReturn:
    """End at once, together with whatever a job has started."""
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(os.getpid())], capture_output=True, check=False)
    os._exit(1)


def _carry_out(order: Order, answers: IO[bytes]) -> dict[str, Any] | None:
    """What to answer; a warm-up has no answer, and what was wrong with it the next job will tell."""
    if order.files is None:
        try:
            order.function()
        except Exception:
            traceback.print_exc()
        return None
    try:
        order.function(order.options, order.files, _reporter(answers))
        if not order.files.output.is_file():
            raise VivavoceError("The job ended without a result. Report this as a fault of Vivavoce.")
    except VivavoceError as error:
        return _error_answer(error.code, str(error))
    except Exception as error:
        traceback.print_exc()
        message = f"The job failed on {type(error).__name__}: {error}. The server's log tells where."
        return _error_answer(VivavoceError.code, message)
    return {"done": True}


def _error_answer(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message[:MAX_MESSAGE_CHARACTERS]}


def _reporter(answers: IO[bytes]) -> ReportProgress:
    """Sends at most twenty reports a second, and each new stage."""
    last_time, last_stage = 0.0, ""

    def report(progress: float, stage: str) -> None:
        nonlocal last_time, last_stage
        now = time.monotonic()
        if stage != last_stage or now - last_time >= _REPORT_INTERVAL_S:
            last_time, last_stage = now, stage
            _send(answers, {"progress": float(progress), "stage": stage})

    return report


def _send(answers: IO[bytes], answer: dict[str, Any]) -> None:
    try:
        # "replace": file names may hold what is no character, and no answer could carry that further.
        answers.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        answers.flush()
    except OSError:
        _die()


if __name__ == "__main__":
    main()
