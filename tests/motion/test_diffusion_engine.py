"""The diffusion engine with its bundled weights: lips that follow, eyes and head that live, amplitudes that keep apart."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("diffusers")

from vivavoce.bridge.data import BLINK_NAMES, MotionClip, PerformanceStyle
from vivavoce.bridge.formats import write_clip
from vivavoce.motion.engines import BUNDLED_WEIGHTS, engine
from vivavoce.motion.hearing import Hearing
from vivavoce.motion.models import diffusion_performer
from vivavoce.motion.models.channels import HEAD, LIPS, UPPER_FACE
from vivavoce.motion.models.diffusion_performer import DiffusionPerformer
from vivavoce.motion.predict import hear, perform, predict
from vivavoce.motion.speech.load import load_audio

DEMO_LINE = Path(__file__).parents[2] / "addon" / "assets" / "demo_line.flac"
GRID = Path(__file__).resolve().parents[3] / "shared" / "data" / "grid"

pytestmark = pytest.mark.skipif(
    not (BUNDLED_WEIGHTS / "diffusion.safetensors").exists(), reason="the diffusion weights are not in this checkout"
)


@pytest.fixture(scope="module")
def heard() -> Hearing:
    return hear(load_audio(DEMO_LINE), by=engine("diffusion"))


def weights(clip: MotionClip, layer: str) -> np.ndarray:
    return np.asarray(clip.layer(layer).blend_shape_weights)


def test_mouths_follow_real_mouths(tmp_path: Path):
    if not GRID.is_dir():
        pytest.skip(f"no captured mouths at {GRID}")
    for line in sorted(GRID.glob("*.wav")):
        write_clip(predict(load_audio(line), fps=60.0, by=engine("diffusion")), tmp_path / f"{line.stem}.csv")
    report = tmp_path / "scores.json"
    command = [sys.executable, str(GRID / "eval_lipsync.py"), str(tmp_path), "--unit", "arkit", "--json", str(report)]
    subprocess.run(command, check=True, capture_output=True)
    scores = json.loads(report.read_text())["summary"]
    assert scores["r0"] >= 0.74
    assert scores["f1_pool"] >= 0.70
    assert scores["auc"] >= 0.90


def test_a_take_is_repeated_to_the_bit_and_a_still_head_changes_no_lip(heard: Hearing):
    usual, again, still = (perform(heard, PerformanceStyle(head=head), by=engine("diffusion")) for head in (1.0, 1.0, 0.0))
    for layer in usual.layers:
        np.testing.assert_array_equal(layer.blend_shape_weights, again.layer(layer.name).blend_shape_weights)
    assert np.abs(weights(still, "lips") - weights(usual, "lips")).max() <= 1e-6
    assert not np.any(still.layer("head").joint_rotations)
    assert np.ptp(usual.layer("head").joint_rotations, axis=0).max() > 0.005


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0])
def test_lips_shut_at_every_closure_whatever_is_drawn(heard: Hearing, fps: float):
    assert len(heard.closures.start_s) > 0
    for seed in range(3):
        clip = perform(heard, PerformanceStyle(seed=seed, variation=1.0), fps=fps, by=engine("diffusion"))
        held = heard.closures.widened(fps).strength(clip.times_s) > 0.999
        apart = clip.blend_shapes(("jawOpen",)) - clip.blend_shapes(("mouthClose",))
        assert held.any()
        assert apart[held].max() < 1e-3


def test_borders_of_sections_are_no_faster_than_the_rest(heard: Hearing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(diffusion_performer, "_SECTION_FRAMES", 250)
    performer = DiffusionPerformer.from_checkpoint(BUNDLED_WEIGHTS / "diffusion.safetensors")
    features = np.tile(np.asarray(heard.features), (25, 1))
    made = performer.perform(features, PerformanceStyle(variation=1.0))
    for part in (LIPS, UPPER_FACE, HEAD):
        speed = np.linalg.norm(np.diff(made[:, part], axis=0), axis=1)
        assert speed[249::250].mean() < speed.mean() + 0.75 * speed.std()
        assert speed[249::250].max() <= np.percentile(speed, 99.9)


def test_lids_shut_fully_and_open_again():
    audio = load_audio(DEMO_LINE)
    long = type(audio)(np.tile(np.asarray(audio.samples), 10), audio.sample_rate)
    clip = predict(long, PerformanceStyle(), by=engine("diffusion"))
    lids = clip.blend_shapes(BLINK_NAMES)[:, 0]
    is_shut = lids > 0.99
    per_minute = np.count_nonzero(is_shut[1:] & ~is_shut[:-1]) / long.duration_s * 60.0
    assert 6.0 < per_minute < 30.0
    assert np.percentile(lids, 60) < 0.2
