"""The client against real servers: what it sends arrives, what is raised there is raised here, and no poll waits."""

import socket
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.addresses import ServerAddress, address_of
from vivavoce.bridge.client import Client, RemoteJob
from vivavoce.bridge.errors import Cancelled, InvalidInput, ModelMissing, VivavoceError, WorkerLost
from vivavoce.bridge.http_steps import Connection, Exchange, Request
from vivavoce.bridge.jobs import JobState
from vivavoce.bridge.process import Worker

from .conftest import wait_until


def remote(address: ServerAddress) -> ServerAddress:
    """The same server as seen from a machine that shares no files with it."""
    return ServerAddress(address.host, address.port, address.token)


@pytest.fixture(params=["local", "remote"])
def client(request: pytest.FixtureRequest, address: ServerAddress) -> Client:
    return Client(address if request.param == "local" else remote(address))


def test_a_file_arrives_byte_for_byte(client: Client, tmp_path: Path):
    content = np.random.default_rng(0).integers(0, 256, 3_000_000, np.uint8)
    source = tmp_path / 'a "strange" näme.wav'
    source.write_bytes(content.tobytes())
    client.submit("hungry", {"factor": 2.0}, source, tmp_path / "result.npz").wait()
    result = np.load(tmp_path / "result.npz")
    np.testing.assert_array_equal(result["values"], content * np.float32(2))


def test_arrays_arrive(client: Client, tmp_path: Path):
    arrays = {"depth": np.random.default_rng(0).random((40, 30), np.float32), "empty": np.zeros((0, 3)), "one": np.array(1)}
    client.submit("hungry", {}, arrays, tmp_path / "result.npz").wait()
    sent = tmp_path / "sent.npz"
    sent.write_bytes(np.load(tmp_path / "result.npz")["values"].astype(np.uint8).tobytes())
    for name, values in np.load(sent, allow_pickle=False).items():
        np.testing.assert_array_equal(values, arrays[name])


def test_nothing_is_left_on_either_side(client: Client, address: ServerAddress, tmp_path: Path):
    client.submit("trial", {}, {"a": np.zeros(10)}, tmp_path / "result.npz").wait()
    assert address.exchange is not None
    assert not list(address.exchange.iterdir())
    assert not list(address.exchange.parent.glob("job-*"))
    assert [path.name for path in tmp_path.iterdir()] == ["result.npz"]


@pytest.mark.parametrize(
    ("how", "error_class", "words"),
    [
        ("invalid_input", InvalidInput, "too short"), ("model_missing", ModelMissing, "Install it"),
        ("bug", VivavoceError, "ZeroDivisionError"), ("exit", WorkerLost, "these are my last words"),
    ],
)  # fmt: skip
def test_what_a_job_raises_there_is_raised_here(
    client: Client, tmp_path: Path, how: str, error_class: type[VivavoceError], words: str
):
    job = client.submit("trial", {"error": how}, None, tmp_path / "result.npz")
    with pytest.raises(error_class, match=words) as raised:
        job.wait()
    assert type(raised.value) is error_class
    assert job.status.state is JobState.FAILED
    assert not list(tmp_path.iterdir())


def test_what_the_server_refuses_is_raised_here(client: Client, address: ServerAddress, tmp_path: Path):
    with pytest.raises(InvalidInput, match="secnds"):
        client.submit("trial", {"secnds": 1}, None, tmp_path / "result.npz").wait()
    with pytest.raises(InvalidInput, match="no jobs of kind"):
        client.submit("paint", {}, None, tmp_path / "result.npz").wait()
    with pytest.raises(InvalidInput, match="token"):
        Client(ServerAddress(address.host, address.port, "wrong")).health()
    with pytest.raises(InvalidInput, match="cannot be read"):
        client.submit("hungry", {}, tmp_path / "absent.wav", tmp_path / "result.npz").wait()


def test_progress_rises_and_the_stage_is_told(client: Client, tmp_path: Path):
    told: list[tuple[float, str]] = []
    job = client.submit("trial", {"seconds": 0.5}, None, tmp_path / "result.npz")
    job.wait(lambda progress, stage: told.append((progress, stage)))
    progress = [share for share, _ in told]
    assert progress == sorted(progress)
    assert any(0.1 < share < 0.9 and stage == "working" for share, stage in told)
    assert told[-1] == (1.0, "done")


def test_polling_alone_brings_the_result(client: Client, tmp_path: Path):
    job = client.submit("trial", {"seconds": 0.2}, None, tmp_path / "result.npz")
    wait_until(lambda: job.poll().state.has_ended)
    assert job.status.state is JobState.DONE
    assert (tmp_path / "result.npz").is_file()


def cancelled_after(client: Client, delay_s: float, result: Path) -> RemoteJob:
    job = client.submit("trial", {"seconds": 30}, None, result)
    end_s = time.monotonic() + delay_s
    while time.monotonic() < end_s:
        job.poll()
    job.cancel()
    wait_until(lambda: job.poll().state.has_ended, timeout_s=5.0)
    return job


def test_cancelling_at_twenty_random_moments_leaves_nothing(client: Client, address: ServerAddress, tmp_path: Path):
    assert address.exchange is not None
    for delay_s in np.random.default_rng(0).exponential(0.02, 20):
        job = cancelled_after(client, delay_s, tmp_path / "result.npz")
        with pytest.raises(Cancelled):
            job.wait()
    wait_until(lambda: Client(address).health()["jobs"]["trial"] == {"waiting": 0, "running": 0})
    assert not list(address.exchange.parent.glob("job-*"))
    assert not list(tmp_path.iterdir())
    client.submit("trial", {}, None, tmp_path / "result.npz").wait()


def test_a_cancelled_job_keeps_the_earlier_result(client: Client, tmp_path: Path):
    (tmp_path / "result.npz").write_bytes(b"earlier")
    cancelled_after(client, 0.1, tmp_path / "result.npz")
    assert (tmp_path / "result.npz").read_bytes() == b"earlier"


def test_a_second_client_waits_its_turn(address: ServerAddress, tmp_path: Path):
    first = Client(address).submit("trial", {"seconds": 0.5}, None, tmp_path / "first.npz")
    wait_until(lambda: first.poll().state is JobState.RUNNING)
    second = Client(address).submit("trial", {}, None, tmp_path / "second.npz")
    wait_until(lambda: second.poll().place == 1)
    second.wait()
    first.wait()
    assert (tmp_path / "second.npz").stat().st_mtime >= (tmp_path / "first.npz").stat().st_mtime - 0.1


def test_nobody_there_is_told(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    job = Client(ServerAddress("127.0.0.1", port, "token")).submit("trial", {}, None, tmp_path / "result.npz")
    with pytest.raises(WorkerLost, match="No server answers"):
        job.wait()


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"HTTP/1.1 200 OK\r\n", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", b"HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\n{}",
        b"x" * 200_000,
    ],
)  # fmt: skip
def test_what_is_no_vivavoce_server_is_told(answer: bytes, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = ServerAddress("127.0.0.1", listener.getsockname()[1], "token")
        job = Client(address).submit("trial", {}, None, tmp_path / "result.npz")
        job.poll(0.01)
        connection, _ = listener.accept()
        with connection:
            connection.recv(1 << 16)
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            with pytest.raises(WorkerLost):
                job.wait()


@pytest.mark.parametrize("piece_bytes", [1, 2, 3, 7, 1000])
def test_a_chunked_answer_is_put_together_from_any_pieces(piece_bytes: int):
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n10;x=y\r\n0123456789abcdef\r\n0\r\n\r\n"
    body = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        steps = Exchange(Connection("127.0.0.1", port), Request("GET", "/", {}), body.extend).steps()
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(answer), piece_bytes):
            # The client hangs up at the last chunk, before the empty line that ends the answer.
            with suppress(BrokenPipeError):
                connection.sendall(answer[start : start + piece_bytes])
            for has_moved in steps:
                if not has_moved:
                    break
        connection.close()
        for _ in steps:
            pass
    assert body == b"abcd0123456789abcdef"


@pytest.mark.parametrize("url", ["ftp://there", "http://", "http://host:99999", "https://host:port"])
def test_an_address_that_is_none_is_told(url: str):
    with pytest.raises(InvalidInput):
        address_of(url, "token")


def test_an_address_names_host_port_and_protocol():
    address = address_of("https://gpu.studio:8443", "token")
    assert (address.host, address.port, isinstance(address.tls, ssl.SSLContext)) == ("gpu.studio", 8443, True)
    assert address_of("gpu.studio", "token").port == 80


def test_the_client_needs_nothing_but_numpy():
    code = "import sys, vivavoce.bridge.client, vivavoce.bridge.process; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"fastapi", "uvicorn", "pydantic", "starlette", "torch"} & set(loaded)


def test_a_worker_that_dies_behind_a_static_address_is_lost(worker: Worker, address: ServerAddress, tmp_path: Path):
    job = Client(remote(address)).submit("trial", {"seconds": 30}, None, tmp_path / "result.npz")
    wait_until(lambda: job.poll().state is JobState.RUNNING)
    worker.stop()
    with pytest.raises(WorkerLost):
        job.wait()
    assert not list(tmp_path.iterdir())
