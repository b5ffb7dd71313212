"""The three tests of training, for the two networks that hear log-mel: they overfit, they resume, they are saved as they are."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the `motion` extra is not installed")

from vivavoce.bridge.data import LIPS_NAMES, AudioClip, PerformanceStyle, Phoneme  # noqa: E402
from vivavoce.bridge.errors import InvalidInput  # noqa: E402
from vivavoce.bridge.lite.mel import mel_steps  # noqa: E402
from vivavoce.bridge.lite.network import LiteStream, read_lite_weights  # noqa: E402
from vivavoce.learning import run as training_run  # noqa: E402
from vivavoce.learning.run import Schedule, TrainingRun  # noqa: E402
from vivavoce.motion.data.corpus import ClipLabel, Corpus, CorpusClip, CorpusHeader, write_corpus  # noqa: E402
from vivavoce.motion.data.hearing import HearingExamples  # noqa: E402
from vivavoce.motion.engines import BUNDLED_WEIGHTS  # noqa: E402
from vivavoce.motion.models.channels import LIPS  # noqa: E402
from vivavoce.motion.models.lite import LiteConfig  # noqa: E402
from vivavoce.motion.models.perform_codes import CodePerformer  # noqa: E402
from vivavoce.motion.speech.small_encoder import SmallEncoderConfig, read_small_encoder  # noqa: E402
from vivavoce.motion.training.encoder import EncoderPupil, train_encoder, write_encoder  # noqa: E402
from vivavoce.motion.training.lite import LitePupil, train_lite, write_lite  # noqa: E402

LITE = LiteConfig(width=16, dilations=(1, 2), look_ahead=3, dropout=0.1)
ENCODER = SmallEncoderConfig(width=16, dilations=(1, 2), look_aheads=(1, 3), dropout=0.1)
SHORT = Schedule(steps=6, batch_size=2)


class Stopped(Exception):
    pass


def report_nothing(share: float, stage: str) -> None:
    pass


def stop_at_third(share: float, stage: str) -> None:
    if stage == "step 3":
        raise Stopped


def murmured_clip(number: int) -> CorpusClip:
    """A second and a half of noise that a mouth follows: open when loud, closed in the middle for an m."""
    rng = np.random.default_rng(number)
    times_s = np.arange(24_000) / 16_000
    loudness = np.where(np.abs(times_s - 0.75) < 0.1, 0.1, 0.5 - 0.5 * np.cos(2.0 * np.pi * 3.0 * times_s))
    samples = (0.2 * loudness * rng.standard_normal(24_000)).astype(np.float32)
    curves = np.zeros((75, len(LIPS_NAMES)), np.float32)
    curves[:, LIPS_NAMES.index("jawOpen")] = 0.6 * loudness[::320]
    phonemes = (Phoneme("a", 0.0, 0.65), Phoneme("m", 0.65, 0.85), Phoneme("i", 0.85, 1.5))
    label = ClipLabel(f"clip {number}", f"voice {number % 2}", f"sentence {number}", "en")
    return CorpusClip(label, AudioClip(samples, 16_000), curves, np.ones(75, bool), phonemes)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> HearingExamples:
    path = tmp_path_factory.mktemp("corpus") / "murmurs.safetensors"
    write_corpus(path, CorpusHeader(50.0, LIPS_NAMES, {"teacher": "a test"}), [murmured_clip(number) for number in range(4)])
    return HearingExamples([path], "whisper-tiny")


def equal_weights(first: TrainingRun, second: TrainingRun) -> bool:
    return all(torch.equal(first.averaged[name], second.averaged[name]) for name in first.averaged)


def test_a_batch_tells_what_is_known(examples: HearingExamples):
    batch = examples.batch(np.random.default_rng(0), 8, 100, 5)
    assert batch.mel.shape == (8, 105, 160)
    assert batch.features.shape == (8, 100, 384)
    beyond_the_end = batch.heard == 0.0
    assert beyond_the_end.any()
    assert not batch.known[beyond_the_end].any()
    assert (batch.viseme[beyond_the_end] == -1).all()
    assert batch.contact[beyond_the_end].isnan().all()
    assert 0.0 < batch.contact[~beyond_the_end].mean() < 0.5


def test_a_teacher_performs_synthetic_lines(examples: HearingExamples):
    path = examples._sources[0].corpus.path
    taught = HearingExamples([path], "whisper-tiny", teacher=BUNDLED_WEIGHTS)
    by_curves, by_teacher = (each.batch(np.random.default_rng(0), 4, 60, 5) for each in (examples, taught))
    torch.testing.assert_close(by_teacher.mel, by_curves.mel)
    torch.testing.assert_close(by_teacher.contact, by_curves.contact, equal_nan=True)
    assert (by_teacher.lips - by_curves.lips).abs().max() > 0.05
    assert taught.fingerprints["murmurs"] == examples.fingerprints["murmurs"]
    assert "teacher" in taught.fingerprints.keys() - examples.fingerprints.keys()
    features, starts = taught._sources[0].features, taught._sources[0].starts
    neutral = PerformanceStyle().emotion_at(np.zeros(starts[1]))
    performed = CodePerformer.from_folder(BUNDLED_WEIGHTS).perform(features[: starts[1]], neutral)[:, LIPS]
    lips, known, _ = taught._sources[0].labels(0, Corpus(path).clip(0))
    np.testing.assert_allclose(lips, performed, atol=1e-3)
    assert known.all()


def test_a_teacher_must_hear_alike(examples: HearingExamples):
    with pytest.raises(InvalidInput, match="hears through whisper-tiny, not through small"):
        HearingExamples([examples._sources[0].corpus.path], "small", teacher=BUNDLED_WEIGHTS)


def test_the_lite_model_learns_one_batch(examples: HearingExamples):
    torch.manual_seed(0)
    batch = examples.batch(np.random.default_rng(0), 2, 70, LITE.look_ahead)
    pupil = LitePupil(LITE, batch).eval()
    before, _ = pupil.loss(batch)
    optimiser = torch.optim.AdamW(pupil.parameters(), 1e-2)
    for _ in range(150):
        loss, _ = pupil.loss(batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    after, parts = pupil.loss(batch)
    assert after < 0.4 * before
    assert parts["timing"] < 0.1


def test_the_encoder_learns_one_batch(examples: HearingExamples):
    torch.manual_seed(0)
    batch = examples.batch(np.random.default_rng(0), 2, 70, 3)
    pupil = EncoderPupil(SmallEncoderConfig(width=64, dilations=(1, 2), look_aheads=(3,)), batch).eval()
    optimiser = torch.optim.AdamW(pupil.parameters(), 1e-2)
    for _ in range(200):
        loss, _ = pupil.loss(batch, 3)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    _, parts = pupil.loss(batch, 3)
    assert parts["cosine"] > 0.8
    assert parts["viseme"] < 0.3


def test_resumed_runs_equal_uninterrupted_ones(examples: HearingExamples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training_run, "_SAVE_EVERY", 1)
    whole = train_lite(examples, tmp_path / "whole", LITE, SHORT, report_nothing)
    with pytest.raises(Stopped):
        train_lite(examples, tmp_path / "stopped", LITE, SHORT, stop_at_third)
    assert equal_weights(whole, train_lite(examples, tmp_path / "stopped", LITE, SHORT, report_nothing))
    whole = train_encoder(examples, tmp_path / "encoder", ENCODER, SHORT, report_nothing)
    with pytest.raises(Stopped):
        train_encoder(examples, tmp_path / "stopped encoder", ENCODER, SHORT, stop_at_third)
    assert equal_weights(whole, train_encoder(examples, tmp_path / "stopped encoder", ENCODER, SHORT, report_nothing))


def test_what_is_saved_predicts_what_was_trained(examples: HearingExamples, tmp_path: Path):
    mel = mel_steps(murmured_clip(1).audio.samples)
    steps = torch.from_numpy(mel)[None]
    run = train_lite(examples, tmp_path / "lite", LITE, SHORT, report_nothing)
    run.model.load_state_dict(run.averaged)
    with torch.inference_mode():
        wanted = run.model.eval().model.lips(steps)[0].numpy()
    made = LiteStream(read_lite_weights(write_lite(run, tmp_path, {"command": "a test"}))).feed(mel)
    np.testing.assert_allclose(made, wanted[: len(made)], atol=2e-3)
    run = train_encoder(examples, tmp_path / "encoder", ENCODER, SHORT, report_nothing)
    run.model.load_state_dict(run.averaged)
    saved = read_small_encoder(write_encoder(run, tmp_path, {"command": "a test"}))
    with torch.inference_mode():
        np.testing.assert_allclose(saved(steps, 3)[0], run.model.eval().network(steps, 3)[0], atol=2e-2)


def test_an_encoder_starts_from_what_a_lite_model_hears(examples: HearingExamples, tmp_path: Path):
    lite = write_lite(train_lite(examples, tmp_path / "lite", LITE, SHORT, report_nothing), tmp_path, {})
    run = train_encoder(examples, tmp_path / "encoder", ENCODER, Schedule(steps=1, learning_rate=1e-9), report_nothing, lite)
    entry = torch.from_numpy(read_lite_weights(lite).tensors["network.entry.weight"])
    torch.testing.assert_close(run.averaged["network.network.entry.weight"], entry, atol=1e-6, rtol=0.0)
