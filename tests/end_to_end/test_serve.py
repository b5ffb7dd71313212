"""`vivavoce serve` as Blender and as a team use it: real processes, real recordings."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from vivavoce.bridge.addresses import address_of
from vivavoce.bridge.client import Client
from vivavoce.bridge.data import PerformanceStyle
from vivavoce.bridge.errors import InvalidInput, WorkerLost
from vivavoce.bridge.formats import read_npz, write_npz
from vivavoce.bridge.process import Worker

pytest.importorskip("fastapi", reason="the `server` extra is not installed")
pytest.importorskip("torch", reason="the `motion` extra is not installed")

LINE = Path(__file__).resolve().parents[2] / "addon" / "assets" / "demo_line.flac"
SERVE = [sys.executable, "-m", "vivavoce", "serve"]
TOKEN = "a token of the team".replace(" ", "-")


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker([*SERVE, "--ends-with-parent"])
    yield worker
    worker.stop()


def test_the_worker_speaks_as_the_library_does(worker: Worker, tmp_path: Path):
    from vivavoce.motion.predict import predict
    from vivavoce.motion.speech.load import load_audio

    options = {"style": {"emotion": {"happy": 0.5}, "seed": 3}, "fps": 23.976, "layers": ["lips", "blinks"]}
    worker.submit("speak", options, LINE, tmp_path / "worker.npz").wait()
    style = PerformanceStyle({"happy": 0.5}, seed=3)
    write_npz(predict(load_audio(LINE), style, fps=23.976, layers=["lips", "blinks"]), tmp_path / "library.npz")
    assert (tmp_path / "worker.npz").read_bytes() == (tmp_path / "library.npz").read_bytes()


def test_every_layer_that_is_performed_can_be_asked_for():
    from vivavoce.commands.worker_jobs import SpokenLayer
    from vivavoce.motion.predict import PERFORMED_LAYERS

    assert get_args(SpokenLayer) == PERFORMED_LAYERS


def test_the_worker_takes_moods(worker: Worker, tmp_path: Path):
    moods = [{"time_s": 0.5, "emotion": {"happy": 1}}, {"time_s": 1.5}]
    worker.submit("speak", {"style": {"moods": moods}, "layers": ["upper_face"]}, LINE, tmp_path / "clip.npz").wait()
    cheeks = read_npz(tmp_path / "clip.npz").blend_shapes(["cheekSquintLeft"])[[10, -1], 0]
    assert cheeks[0] > 0.3 > cheeks[1]


def test_takes_through_one_process_equal_takes_through_two(worker: Worker, tmp_path: Path):
    for seed in (1, 2, 1):
        worker.submit("speak", {"style": {"seed": seed}}, LINE, tmp_path / f"{seed}.npz").wait()
    worker.stop()
    worker.submit("speak", {"style": {"seed": 1}}, LINE, tmp_path / "fresh.npz").wait()
    assert (tmp_path / "fresh.npz").read_bytes() == (tmp_path / "1.npz").read_bytes()
    assert (tmp_path / "2.npz").read_bytes() != (tmp_path / "1.npz").read_bytes()


def test_what_is_wrong_with_a_recording_is_told_under_its_own_name(worker: Worker, tmp_path: Path):
    (tmp_path / "broken.wav").write_bytes(b"RIFF" + bytes(range(256)) * 20)
    with pytest.raises(InvalidInput) as raised:
        worker.submit("speak", {}, tmp_path / "broken.wav", tmp_path / "result.npz").wait()
    assert "broken.wav" in str(raised.value)
    assert "vivavoce-worker" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fps": 0}, "frame rate"),
        ({"layers": ["legs"]}, "upper_face"),
        ({"style": {"emotion": {"glad": 1}}}, "glad"),
        ({"style": {"moods": [{"time_s": 1.0, "emotion": {"glad": 1}}]}}, "glad"),
        ({"style": {"moods": [{"time_s": 1.0}, {"time_s": 1.0}]}}, "follow each other"),
        ({"style": {"moods": [{"time_s": 1.0, "mood": {}}]}}, "no option has this name"),
        ({"style": {"moods": [{"emotion": {"sad": 1}}]}}, "time_s"),
        ({"style": {"moods": [{"time_s": 1.0}], "emotion": {"sad": 1}}}, "exclude each other"),
        ({"take": 1}, "take"),
    ],
)
def test_options_are_checked_before_anything_is_computed(worker: Worker, options: dict, words: str, tmp_path: Path):
    job = worker.submit("speak", options, LINE, tmp_path / "result.npz")
    with pytest.raises(InvalidInput, match=words):
        job.wait()
    assert job.status.id == ""


@pytest.mark.parametrize("token", [None, "short", "with a space in it"])
def test_others_are_not_served_without_a_token(token: str | None):
    environment = {name: value for name, value in os.environ.items() if name != "VIVAVOCE_TOKEN"}
    environment |= {"VIVAVOCE_TOKEN": token} if token else {}
    result = subprocess.run([*SERVE, "--host", "0.0.0.0"], capture_output=True, text=True, timeout=60, env=environment)
    assert result.returncode == 2
    assert "VIVAVOCE_TOKEN" in result.stderr
    assert result.stdout == ""


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_team_is_served_over_tls(tmp_path: Path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", *name]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server = subprocess.Popen(
        [*SERVE, "--host", "0.0.0.0", "--certificate", certificate, "--key", key], stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL, env={**os.environ, "VIVAVOCE_TOKEN": TOKEN},
    )  # fmt: skip
    assert server.stdout is not None
    url = f"https://localhost:{json.loads(server.stdout.readline())['port']}"
    Client(address_of(url, TOKEN, certificate)).submit("speak", {}, LINE, tmp_path / "result.npz").wait()
    assert (tmp_path / "result.npz").is_file()
    with pytest.raises(WorkerLost, match="certificate"):
        Client(address_of(url, TOKEN)).health()
    with pytest.raises(InvalidInput, match="token"):
        Client(address_of(url, "another-token", certificate)).health()
    server.send_signal(signal.SIGTERM)
    assert server.wait(10) == 0
