"""One warm process that computes jobs for the server, seen from the server."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from .. import compute
from ..compute import Order, packed
from ..errors import ERROR_CLASSES, VivavoceError, WorkerLost
from ..jobs import ReportProgress

_MODULE = compute.__name__
_LAST_WORDS_BYTES = 2000
_MAX_ANSWER_BYTES = 1 << 20


class ComputeProcess:
    """Started when first needed. A job that is cancelled while it runs ends with its process."""

    def __init__(self, log_path: Path, warm_up: Callable[[], None] | None = None) -> None:
        self._log_path = log_path
        self._warm_up = warm_up
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> asyncio.subprocess.Process:
        """The running process, started anew where there is none; it warms up while nobody waits for it."""
        if self._process is None or self._process.returncode is not None:
            with self._log_path.open("wb") as log:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-m", _MODULE,
                    stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log, limit=_MAX_ANSWER_BYTES,
                    env=_environment(self._log_path.parent), **_own_group(),
                )  # fmt: skip
            if self._warm_up is not None:
                _stdin(self._process).write(packed(Order(self._warm_up)))
        return self._process

    async def run(self, order: Order, report: ReportProgress) -> None:
        """Carry out one job. Raises what the job raised, WorkerLost where its process died; kills it on any other end."""
        process = await self.start()
        log_start = self._log_path.stat().st_size
        try:
            _stdin(process).write(packed(order))
            answer = await _last_answer(process, report)
        except BaseException:
            await self.stop()
            raise
        if answer is None:
            _kill(process)
            await process.wait()
            raise WorkerLost(f"The process that computed the job {_ending(process.returncode)}. {self._last_words(log_start)}")
        if "code" in answer:
            raise ERROR_CLASSES.get(answer["code"], VivavoceError)(answer["message"])

    async def stop(self) -> None:
        """Kill the process, with what it has started, and wait until it is gone."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        _kill(process)
        await asyncio.shield(process.wait())

    def _last_words(self, log_start: int) -> str:
        text = self._log_path.read_bytes()[log_start:][-_LAST_WORDS_BYTES:].decode("utf-8", "replace").strip()
        return f"Its last words:\n{text}" if text else "It said nothing; often memory ran out. Try a shorter line, or try again."


def _environment(folder: Path) -> dict[str, str]:
    """Temporary files of a job lie in the server's own folder: a killed job cannot clean up."""
    return {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))}


def _own_group() -> dict[str, Any]:
    """Ctrl-C in a terminal reaches the server alone, and one signal reaches all that a job has started."""
    return {"creationflags": subprocess.CREATE_NO_WINDOW} if sys.platform == "win32" else {"start_new_session": True}


def _kill(process: asyncio.subprocess.Process) -> None:
    """What a job has started goes too, even where its process has ended before."""
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _stdin(process: asyncio.subprocess.Process) -> asyncio.StreamWriter:
    assert process.stdin is not None
    return process.stdin


async def _last_answer(process: asyncio.subprocess.Process, report: ReportProgress) -> dict[str, Any] | None:
    """Pass progress on until the job ends; None where the process ended first."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        answer = json.loads(line)
        if "progress" not in answer:
            return answer
        report(answer["progress"], answer["stage"])
    return None


def _ending(return_code: int | None) -> str:
    if return_code is not None and return_code < 0:
        return f"was ended by signal {-return_code}"
    return f"ended with code {return_code}"
