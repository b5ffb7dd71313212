"""Real servers: a worker of its own for each module of tests, offering the kinds of trial_server.py."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vivavoce.bridge.addresses import ServerAddress
from vivavoce.bridge.process import Worker

TRIAL_SERVER = Path(__file__).parent / "trial_server.py"
COMMAND = [sys.executable, str(TRIAL_SERVER)]
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(filter(None, [str(TRIAL_SERVER.parent), os.environ.get("PYTHONPATH", "")]))}


def is_running(pid: int) -> bool:
    """Whether a process computes still; one that only waits for its parent to take note does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(is_true: Callable[[], bool], timeout_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < deadline_s, "it did not happen"
        time.sleep(0.005)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    pytest.importorskip("fastapi", reason="the `server` extra is not installed")
    worker = Worker(COMMAND, ENVIRONMENT)
    yield worker
    worker.stop()


@pytest.fixture
def address(worker: Worker) -> ServerAddress:
    process = worker.process()
    wait_until(lambda: process.address() is not None)
    found = process.address()
    assert found is not None
    return found
