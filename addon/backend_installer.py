"""Installs the backend in a process of its own: `python -I addon/backend_installer.py REQUEST`, a BackendRequest as JSON.

Standard output carries one JSON object a line, as that of `headless.py` does: {"progress": 0..1, "stage": text}, and for an
error {"code": its code, "message": text}. What the steps print goes to the log. It stops, with all it has started, when its
standard input ends.
"""

import importlib.util
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

if not __package__:  # started as a script: the root above it is the package
    _root = Path(__file__).resolve().parents[1]
    _spec = importlib.util.spec_from_file_location("vivavoce", _root / "__init__.py", submodule_search_locations=[str(_root)])
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules["vivavoce"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["vivavoce"])
    __package__ = "vivavoce.addon"

from ..bridge.errors import Cancelled, InvalidInput, VivavoceError
from .core import backend_output
from .core.backend_plan import ENVIRONMENT_NAME, BackendRequest, Machine, Step, check_disk_space, installation_steps
from .core.backend_python import PYTHON_QUESTION, Interpreter, interpreter, python_candidates
from .core.backend_state import LOG_NAME, BackendState, facts_from_answer, read_state, remaining_steps, write_state
from .core.backend_torch import NvidiaGpu, nvidia_gpu

_PROBE_S = 20.0
_PERIOD_S = 0.2
_LAST_WORDS_BYTES = 20_000
_HINDRANCES = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "PIP_TARGET", "PIP_PREFIX", "UV_PYTHON")
"""Variables that would lead pip or uv elsewhere than to the environment."""


def main(arguments: list[str]) -> int:
    """Install what the request in the last argument asks for. Returns the exit code."""
    stop = threading.Event()
    threading.Thread(target=_wait_for_end_of_input, args=(stop,), daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        request = BackendRequest(**json.loads(arguments[-1]))
        with _only_one(Path(request.folder)):
            (remove if request.is_removal else install)(request, stop)
    except VivavoceError as error:
        _say(code=error.code, message=str(error))
        return error.exit_code
    return 0


def install(request: BackendRequest, stop: threading.Event) -> None:
    """Do the steps that are not done. Raises InvalidInput with what failed, Cancelled once `stop` is set."""
    _say(progress=0.0, stage="Looking at this machine")
    folder = Path(request.folder)
    machine = machine_around(request)
    steps = installation_steps(request, machine)
    state = read_state(folder)
    todo = remaining_steps(steps, state, folder)
    check_disk_space(todo, machine, request.folder)
    done = {step.name: step.digest for step in steps if step not in todo}
    write_state(folder, BackendState(done))
    total = sum(step.size_bytes for step in steps)
    with (folder / LOG_NAME).open("ab") as log:
        for step in todo:
            if step.name == "environment":
                log.truncate(0)
                shutil.rmtree(folder / ENVIRONMENT_NAME, ignore_errors=True)
            start = sum(item.size_bytes for item in steps[: steps.index(step)]) / total
            said = run_step(step, log, stop, (start, step.size_bytes / total))
            done[step.name] = step.digest
            # A package that fails its trial is no package: the two are done together.
            if step.name != "vivavoce":
                write_state(folder, BackendState(done, facts_from_answer(said) if step.name == "check" else None))
    _say(progress=1.0, stage="Installed")


def remove(request: BackendRequest, stop: threading.Event) -> None:
    """Take the environment away. Raises Cancelled once `stop` is set: what is left can be installed over or removed again."""
    _say(progress=0.0, stage="Removing")
    write_state(Path(request.folder), BackendState())
    environment = Path(request.folder, ENVIRONMENT_NAME)
    for folder in [*environment.glob("[Ll]ib*/**/site-packages/*"), environment]:
        if stop.is_set():
            raise Cancelled("Stopped. What is left can be removed again.")
        shutil.rmtree(folder, ignore_errors=True)
    if environment.exists():
        raise InvalidInput(f"{environment} is in use or protected. Close other Blenders, then try again.")
    _say(progress=1.0, stage="Removed")


def run_step(step: Step, log: IO[bytes], stop: threading.Event, part: tuple[float, float]) -> str:
    """Run one command, saying how far it is. part: where its progress starts, and how much it is. Returns what it printed."""
    folder = Path(log.name).parent
    log.write(f"\n$ {' '.join(step.command)}\n".encode())
    log.flush()
    start = log.seek(0, os.SEEK_END)
    with _temporary_folder(folder) as temporary, _started(step.command, log, temporary) as process:
        free_bytes, share, stage = shutil.disk_usage(folder).free, 0.0, step.label
        while process.poll() is None:
            if stop.wait(_PERIOD_S):
                raise Cancelled("Stopped. What is done is kept: press Resume to go on.")
            share = max(share, min((free_bytes - shutil.disk_usage(folder).free) / step.size_bytes, 0.95))
            stage = backend_output.doing(_end_of(log, start)) or stage
            _say(progress=part[0] + part[1] * share, stage=stage)
    said = _end_of(log, start)
    if process.returncode:
        raise InvalidInput(backend_output.failure(step.label, said))
    return said


def machine_around(request: BackendRequest) -> Machine:
    """Ask the machine what it has."""
    system = platform.system()
    return Machine(
        system=system,
        free_bytes=shutil.disk_usage(request.folder).free,
        interpreters=tuple(_interpreters(request.python, system)),
        uv=shutil.which("uv"),
        gpu=_nvidia_gpu(),
        has_rocm=Path("/dev/kfd").exists(),
    )


def _interpreters(blender_python: str, system: str) -> Iterator[Interpreter]:
    for command in python_candidates(blender_python, system):
        answer = _answer((*command, "-I", "-c", PYTHON_QUESTION))
        if found := interpreter(command, answer):
            yield found


def _nvidia_gpu() -> NvidiaGpu | None:
    return nvidia_gpu(_answer(("nvidia-smi", "--query-gpu=driver_version,compute_cap", "--format=csv,noheader")))


def _answer(command: tuple[str, ...]) -> str:
    """What a command prints; nothing where it is not there, fails or takes too long."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        return subprocess.run([program, *command[1:]], capture_output=True, text=True, timeout=_PROBE_S, **_own_group()).stdout
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""


@contextmanager
def _started(command: tuple[str, ...], log: IO[bytes], temporary: Path) -> Iterator[subprocess.Popen[Any]]:
    """A process that is gone, with all it has started, when the block ends."""
    environment = {name: value for name, value in os.environ.items() if name not in _HINDRANCES}
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)) | {"PIP_USER": "0"}
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment, **_own_group()
        )
    except OSError as error:
        raise InvalidInput(f"{command[0]} cannot be started ({error}). Press Reinstall.") from error
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[Any]) -> None:
    """End a process and what it has started, such as the builder of a package."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, **_own_group())
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _own_group() -> dict[str, Any]:
    return {"creationflags": subprocess.CREATE_NO_WINDOW} if sys.platform == "win32" else {"start_new_session": True}


@contextmanager
def _temporary_folder(parent: Path) -> Iterator[Path]:
    """For what pip unpacks: a pip that is killed cannot clean up."""
    folder = parent / "temp"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Raises InvalidInput where another Blender installs into the folder; the system unlocks it whoever is killed."""
    with (folder / "lock").open("wb") as lock:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InvalidInput("Another Blender is installing the backend already. Wait for it.") from error
        yield


def _end_of(log: IO[bytes], start: int) -> str:
    """The end of what was written to the log since `start`."""
    with open(log.name, "rb") as reader:
        reader.seek(max(start, os.fstat(reader.fileno()).st_size - _LAST_WORDS_BYTES))
        return reader.read().decode("utf-8", "replace")


def _wait_for_end_of_input(stop: threading.Event) -> None:
    # The descriptor itself: a thread that waits in sys.stdin holds a lock that ends the interpreter badly.
    while os.read(0, 1024):
        pass
    stop.set()


def _say(**fields: Any) -> None:
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
