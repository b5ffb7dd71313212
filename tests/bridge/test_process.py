"""The worker's life: started when needed, lost with a reason, replaced, and never survived by anything of its own."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from vivavoce.bridge.client import RemoteJob
from vivavoce.bridge.errors import InvalidInput, WorkerLost
from vivavoce.bridge.jobs import JobState
from vivavoce.bridge.process import Worker

from .conftest import COMMAND, ENVIRONMENT, is_running, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def running_job(worker: Worker, folder: Path) -> tuple[RemoteJob, list[int]]:
    """A long job, and the ids of its process and of a child of that."""
    pids = folder / "pids"
    pids.unlink(missing_ok=True)
    job = worker.submit("trial", {"seconds": 60, "child": str(pids)}, None, folder / "result.npz")
    wait_until(lambda: job.poll().state is not JobState.QUEUED and pids.exists() and len(pids.read_text().split()) == 2)
    assert job.status.state is JobState.RUNNING, job.error
    return job, list(map(int, pids.read_text().split()))


def test_a_worker_killed_ten_times_in_mid_job_is_replaced_each_time(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "temp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temp"))
    worker.stop()
    for _ in range(10):
        job, pids = running_job(worker, tmp_path)
        os.kill(worker.process().pid, signal.SIGKILL)
        with pytest.raises(WorkerLost, match="signal 9"):
            job.wait()
        wait_until(lambda pids=pids: not any(map(is_running, pids)))
        assert not list(tmp_path.glob("*.npz"))
        worker.submit("trial", {}, None, tmp_path / "result.npz").wait()
        (tmp_path / "result.npz").unlink()
    worker.stop()
    assert not list((tmp_path / "temp").iterdir())


def test_modules_of_another_python_do_not_reach_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "numpy.py").write_text("raise ImportError('a module of the studio')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    worker = Worker(COMMAND, ENVIRONMENT)
    worker.submit("trial", {}, None, tmp_path / "result.npz").wait()
    worker.stop()
    assert (tmp_path / "result.npz").is_file()


def test_a_killed_computation_fails_its_job_and_the_next_one_runs(worker: Worker, tmp_path: Path):
    job, (computing, child) = running_job(worker, tmp_path)
    server = worker.process().pid
    os.kill(computing, signal.SIGKILL)
    with pytest.raises(WorkerLost, match="signal 9"):
        job.wait()
    wait_until(lambda: not is_running(child))
    worker.submit("trial", {}, None, tmp_path / "result.npz").wait()
    assert worker.process().pid == server


def test_stopping_ends_everything(worker: Worker, tmp_path: Path):
    _, pids = running_job(worker, tmp_path)
    server = worker.process().pid
    worker.stop()
    assert not any(map(is_running, [server, *pids]))
    worker.stop()


def test_what_a_killed_owner_left_behind_is_swept(tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    old, young = tmp_path / "vivavoce-worker-old", tmp_path / "vivavoce-worker-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "lock").touch()
    os.utime(old, (0, 0))
    worker.stop()
    worker.submit("trial", {}, None, tmp_path / "result.npz").wait()
    assert not old.exists()
    assert young.exists()


def test_two_workers_leave_each_other_alone(worker: Worker, tmp_path: Path):
    job, _ = running_job(worker, tmp_path)
    address = worker.process().address()
    assert address is not None
    assert address.exchange is not None
    os.utime(address.exchange.parent, (0, 0))
    other = Worker(COMMAND, ENVIRONMENT)
    other.submit("trial", {}, None, tmp_path / "other.npz").wait()
    other.stop()
    assert address.exchange.is_dir()
    assert job.poll().state is JobState.RUNNING
    worker.stop()


@pytest.mark.parametrize(
    ("code", "error_class", "words"),
    [
        ("import sys; sys.exit('no torch here')", WorkerLost, "no torch here"),
        ("print('hello'); import time; time.sleep(60)", WorkerLost, "no Vivavoce worker"),
        ("print('[1]'); import time; time.sleep(60)", WorkerLost, "no Vivavoce worker"),
        ("import time; time.sleep(60)", WorkerLost, "not ready after"),
        ('print(\'{"port":1,"protocol":0,"exchange":"/x","roots":[]}\'); input()', InvalidInput, "Update Vivavoce on"),
    ],
)
def test_a_worker_that_cannot_start_says_why(code: str, error_class: type[Exception], words: str, tmp_path: Path):
    worker = Worker([sys.executable, "-u", "-c", code], start_timeout_s=1.0)
    with pytest.raises(error_class, match=words):
        worker.submit("trial", {}, None, tmp_path / "result.npz").wait()
    worker.stop()


def test_a_missing_command_is_told(tmp_path: Path):
    with pytest.raises(WorkerLost, match="cannot be started"):
        Worker([str(tmp_path / "python")]).submit("trial", {}, None, tmp_path / "result.npz")


def test_polling_never_waits_while_the_worker_starts(worker: Worker, tmp_path: Path):
    worker.stop()
    job = worker.submit("trial", {}, None, tmp_path / "result.npz")
    polls = 0
    start_s = time.monotonic()
    while not job.poll().state.has_ended and time.monotonic() - start_s < 20:
        polls += 1
        time.sleep(0.001)
    assert job.status.state is JobState.DONE
    assert polls > 20
