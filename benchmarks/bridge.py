"""How fast the bridge is: an empty job's round trip, a G-buffer's way to the worker and back, the worker's start, a poll.

    python benchmarks/bridge.py [--jobs 200] [--buffers 5]

Every figure stands beside a bare one measured next to it: an echo over a loopback socket, a copy of the same bytes over a
loopback socket into a file, a Python that starts and ends.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vivavoce.bridge.addresses import AddressSource, ServerAddress
from vivavoce.bridge.client import Client, RemoteJob
from vivavoce.bridge.formats.mapped_npz import mapped_arrays
from vivavoce.bridge.formats.safe_npz import SizeLimits
from vivavoce.bridge.jobs import JobFiles, JobKind, ReportProgress
from vivavoce.bridge.process import Worker, WorkerProcess

HEIGHT_PX, WIDTH_PX = 1080, 1920
CHANNELS = {"color": 4, "albedo": 3, "normal": 3, "position": 3, "motion": 2, "depth": 1}
"""A G-buffer of one frame in float32: 133 MB."""


_TIMER_S = 0.002


@dataclass(frozen=True)
class NoOptions:
    """Nothing to choose."""


def empty(options: NoOptions, files: JobFiles, report: ReportProgress) -> None:
    """Write the smallest result."""
    files.output.write_bytes(b"")


def take(options: NoOptions, files: JobFiles, report: ReportProgress) -> None:
    """Touch every value of the input, as a renderer would."""
    assert files.input is not None
    arrays = mapped_arrays(files.input, SizeLimits(1 << 30, 1 << 30))
    np.savez(files.output, sums=np.array([values.sum() for values in arrays.values()]))


def give(options: NoOptions, files: JobFiles, report: ReportProgress) -> None:
    """A result as large as a G-buffer."""
    np.savez(files.output, frame=np.zeros((HEIGHT_PX, WIDTH_PX, sum(CHANNELS.values())), np.float32))


def serve_trials() -> None:
    """What the worker's process runs; the functions must be found under this module's name by the processes that compute."""
    import bridge as benchmark
    from vivavoce.bridge.server.run import Binding, serve

    functions = (benchmark.empty, benchmark.take, benchmark.give)
    kinds = [JobKind(function.__name__, "", benchmark.NoOptions, function, needs_input=False) for function in functions]
    serve(kinds, Binding(os.environ.pop("VIVAVOCE_TOKEN"), ends_with_parent=True))


def seconds(work: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    work()
    return time.perf_counter() - start_s


def median(work: Callable[[], object], count: int) -> float:
    return statistics.median(seconds(work) for _ in range(count))


def ready(process: WorkerProcess) -> ServerAddress:
    while (address := process.address()) is None:
        time.sleep(0.002)
    return address


class LoopbackSink:
    """A bare socket whose other end writes what comes to a file and answers one byte after `size` bytes."""

    def __init__(self, size: int, path: Path) -> None:
        self._size, self._path = size, path
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
        self._socket = socket.create_connection(listener.getsockname())
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes | memoryview) -> None:
        self._socket.sendall(data)
        self._socket.recv(1)

    def _serve(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer = memoryview(bytearray(1 << 18))
        while True:
            left = self._size
            with self._path.open("wb") as file:
                while left and (count := connection.recv_into(buffer, min(left, len(buffer)))):
                    file.write(buffer[:count])
                    left -= count
            if left:
                return
            connection.sendall(b"k")


def report(name: str, value: str, goal: str, beside: str, ratio: float) -> None:
    print(f"{name:42} {value:>12}  goal {goal:>10}  beside {beside:28} ratio {ratio:8.2f}", flush=True)


def measure_start(command: list[str], name: str) -> None:
    worker = Worker(command, {"PYTHONPATH": str(Path(__file__).parent)})
    bare_s = median(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 5)

    def start() -> None:
        ready(worker.process())

    times = []
    for _ in range(5):
        times.append(seconds(start))
        worker.stop()
    taken_s = statistics.median(times)
    report(name, f"{taken_s:.2f} s", "< 4 s", f"empty Python {bare_s * 1e3:.0f} ms", taken_s / bare_s)


def measure_round_trip(source: AddressSource, result: Path, folder: Path, count: int) -> None:
    def job() -> None:
        RemoteJob(source, "empty", {}, None, result).wait()

    job()
    sink = LoopbackSink(1, folder / "echo")
    bare_s, taken_s = median(lambda: sink.send(b"x"), count), median(job, count)
    report(
        "round trip of an empty job", f"{taken_s * 1e3:.2f} ms", "< 5 ms", f"socket echo {bare_s * 1e3:.3f} ms", taken_s / bare_s
    )


def measure_polls(source: AddressSource, result: Path, folder: Path, count: int) -> None:
    """As a timer of Blender's sees them."""
    polls: list[float] = []
    for _ in range(count):
        remote = RemoteJob(source, "empty", {}, None, result)
        while not remote.has_ended:
            polls.append(seconds(remote.poll))
            time.sleep(_TIMER_S)
    sink = LoopbackSink(1, folder / "echo")
    echoes = sorted(seconds(lambda: sink.send(b"x")) for _ in polls)
    polls.sort()
    for name, share in {"a poll, 99 of 100": 0.99, "the longest poll": 1.0}.items():
        taken_s, bare_s = (times[min(int(len(times) * share), len(times) - 1)] for times in (polls, echoes))
        report(name, f"{taken_s * 1e3:.2f} ms", "< 2 ms", f"socket echo {bare_s * 1e3:.3f} ms", taken_s / bare_s)


def measure_throughput(local: Client, remote: Client, folder: Path, count: int) -> None:
    generator = np.random.default_rng(0)
    arrays = {name: generator.random((HEIGHT_PX, WIDTH_PX, size), np.float32) for name, size in CHANNELS.items()}
    size = sum(array.nbytes for array in arrays.values())
    sink = LoopbackSink(size, folder / "sink")
    content = b"".join(array.tobytes() for array in arrays.values())
    bare_s = median(lambda: sink.send(content), count)
    beside = f"socket to file {size / bare_s / 1e6:.0f} MB/s"
    result = folder / "result.npz"
    ways = {
        "1080p G-buffer in, through the exchange": (local, "take", arrays),
        "1080p G-buffer in, over HTTP": (remote, "take", arrays),
        "1080p result out, over HTTP": (local, "give", None),
    }
    for name, (client, kind, given) in ways.items():
        client.submit(kind, {}, given, result).wait()
        taken_s = median(lambda: client.submit(kind, {}, given, result).wait(), count)  # noqa: B023 - called before the next
        report(name, f"{size / taken_s / 1e6:.0f} MB/s", "> 500 MB/s", beside, bare_s / taken_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--buffers", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve_trials()
        return
    measure_start([sys.executable, "-m", "vivavoce", "serve", "--ends-with-parent"], "start of `vivavoce serve` to ready")
    worker = Worker([sys.executable, __file__, "--serve"], {"PYTHONPATH": str(Path(__file__).parent)})
    try:
        process = worker.process()
        address = ready(process)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            measure_round_trip(process, folder / "result.npz", folder, options.jobs)
            remote = replace(address, exchange=None, roots=())
            measure_polls(process, folder / "result.npz", folder, options.jobs)
            measure_throughput(Client(address), Client(remote), folder, options.buffers)
    finally:
        worker.stop()


if __name__ == "__main__":
    main()
