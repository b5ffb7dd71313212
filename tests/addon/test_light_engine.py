import time
from pathlib import Path

import numpy as np
import pytest

from vivavoce.addon.light_engine import LightEngine
from vivavoce.bridge.errors import Cancelled, InvalidInput
from vivavoce.bridge.formats import read_npz
from vivavoce.bridge.jobs import JobState

OPTIONS = {"style": {"moods": [{"time_s": 0.0, "emotion": {"happy": 0.5}}], "seed": 3, "mouth": 1.0}, "fps": 24.0, "text": None}


def murmur(path: Path) -> np.ndarray:
    return (0.05 * np.random.default_rng(0).standard_normal(32_000)).astype(np.float32)


def endless(path: Path) -> np.ndarray:
    return np.zeros(16_000 * 7200, np.float32)


def unreadable(path: Path) -> np.ndarray:
    raise InvalidInput(f"Blender cannot read {path.name}.")


def test_a_job_ends_with_a_clip_of_the_light_engine(tmp_path: Path):
    job = LightEngine(murmur).submit("speak", OPTIONS, Path("line.wav"), tmp_path / "clip.npz")
    while not job.has_ended:
        job.poll(0.001)
        time.sleep(0.005)
    job.wait()
    clip = read_npz(tmp_path / "clip.npz")
    assert clip.metadata["engine"] == "lite"
    assert clip.metadata["audio"] == "line.wav"
    assert (clip.frame_count, clip.fps) == (48, 24.0)
    assert [layer.name for layer in clip.layers] == ["lips", "upper_face", "blinks", "head"]


def test_one_layer_alone(tmp_path: Path):
    job = LightEngine(murmur).submit("speak", {**OPTIONS, "layers": ["blinks"]}, Path("line.wav"), tmp_path / "clip.npz")
    job.wait()
    assert [layer.name for layer in read_npz(tmp_path / "clip.npz").layers] == ["blinks"]


def test_cancelling_stops_soon_and_writes_nothing(tmp_path: Path):
    job = LightEngine(endless).submit("speak", OPTIONS, Path("line.wav"), tmp_path / "clip.npz")
    job.cancel()
    with pytest.raises(Cancelled):
        job.wait()
    assert job.status.state is JobState.CANCELLED
    assert not list(tmp_path.iterdir())


def test_what_it_cannot_do_is_told(tmp_path: Path):
    job = LightEngine(unreadable).submit("speak", OPTIONS, Path("line.xyz"), tmp_path / "clip.npz")
    with pytest.raises(InvalidInput, match="cannot read"):
        job.wait()
    job = LightEngine(murmur).submit("speak", {**OPTIONS, "layers": ["gaze"]}, Path("line.wav"), tmp_path / "clip.npz")
    with pytest.raises(InvalidInput, match="gaze"):
        job.wait()
    assert job.status.state is JobState.FAILED
    with pytest.raises(InvalidInput, match="backend"):
        LightEngine(murmur).submit("render", {}, Path("line.wav"), tmp_path / "clip.npz")
