"""The table: an engine that performs the truth has no error, draws are told apart, and what was not captured is not judged."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors")

from vivavoce.bridge.data import (
    ARKIT_INDEX,
    ARKIT_NAMES,
    BLINK_NAMES,
    EMOTION_NAMES,
    LIPS_NAMES,
    AudioClip,
    MotionClip,
    MotionLayer,
    PerformanceStyle,
)
from vivavoce.bridge.errors import InvalidInput, ModelMissing
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.commands.motion_eval import MotionEval, run
from vivavoce.motion.data.corpus import OPENING, SAMPLE_RATE, ClipLabel, Corpus, CorpusClip, CorpusHeader, write_corpus
from vivavoce.motion.data.splits import HELD_OUT_SPEAKER, split_by_sentence
from vivavoce.motion.evaluation.candidates import Candidate, Performer, candidates, loudness
from vivavoce.motion.evaluation.evaluate import TRUTH, Judging, Row, evaluated_corpus, rows_as_records
from vivavoce.motion.evaluation.performances import Performed
from vivavoce.motion.evaluation.real_mouths import real_mouth_scores
from vivavoce.motion.evaluation.scores import MEASURES, Judge, Scores, correlation, mean_scores
from vivavoce.motion.evaluation.truths import held_out, truth_of
from vivavoce.motion.metrics import face_mesh

FPS = 25.0
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
HUMAN = load_open_human()


def spoken(seed: int, seconds: float = 2.0) -> AudioClip:
    """Syllables of a harsh tone, four a second, over a little noise."""
    times_s = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tone = np.sign(np.sin(2 * np.pi * (110 + 10 * seed) * times_s)) * np.maximum(np.sin(2 * np.pi * 4 * times_s), 0.0)
    noise = np.random.default_rng(seed).standard_normal(len(times_s))
    return AudioClip((0.2 * tone + 1e-4 * noise).astype(np.float32), SAMPLE_RATE, f"line {seed}")


def mouth(audio: AudioClip, fps: float = FPS) -> np.ndarray:
    """(F, 29) what the made-up truth does: the jaw opens four times a second, as far as the line's name says."""
    times_s = np.arange(round(audio.duration_s * fps)) / fps
    weights = np.zeros((len(times_s), len(LIPS_NAMES)), np.float32)
    number = int(audio.source.split()[-1])
    weights[:, LIPS_NAMES.index("jawOpen")] = (0.2 + 0.02 * (number % 10)) * np.maximum(np.sin(2 * np.pi * 4 * times_s), 0.0)
    return weights


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return made_corpus(tmp_path / "made.safetensors", LIPS_NAMES, {"source": "made by a test"})


def made_corpus(path: Path, names: tuple[str, ...], provenance: Mapping[str, str]) -> Corpus:
    clips = []
    for number in range(60):
        audio = spoken(number)
        lips = mouth(audio)
        jaw = lips[:, LIPS_NAMES.index("jawOpen")]
        columns = [lips[:, LIPS_NAMES.index(name)] if name in LIPS_NAMES else jaw for name in names]
        label = ClipLabel(audio.source, "anne", f"sentence {number}", "en")
        audio = AudioClip(audio.samples, SAMPLE_RATE, audio.source)
        clips.append(CorpusClip(label, audio, np.stack(columns, axis=1), np.ones(len(lips), bool)))
    write_corpus(path, CorpusHeader(FPS, names, provenance), clips)
    return Corpus(path)


def knowing(error: float = 0.0, spread: float = 0.0) -> Candidate:
    """An engine that performs the truth, with the jaw off by `error` and by draws of `spread`."""

    def engine(audio: AudioClip) -> Performer:
        def perform(style: PerformanceStyle, fps: float) -> MotionClip:
            weights = mouth(audio, fps)
            drawn = spread * np.random.default_rng(style.seed).standard_normal()
            weights[:, LIPS_NAMES.index("jawOpen")] += error + drawn
            return MotionClip(fps, (MotionLayer("lips", np.clip(weights, 0.0, 1.0), LIPS_NAMES),))

        return perform

    return engine


def by_engine(rows: list[Row]) -> dict[str, Scores]:
    return {row.engine: row.scores for row in rows}


def test_only_what_is_held_out_is_judged(corpus: Corpus) -> None:
    indices = held_out(corpus, 100)
    split = split_by_sentence(corpus.labels)
    assert indices == [index for index, kind in enumerate(split) if kind == "validation"]
    assert len(held_out(corpus, 2)) == 2
    (row,) = evaluated_corpus(corpus, {"knowing": knowing()}, HUMAN, Judging(2, 2))
    assert (row.data, row.clips) == ("made", 2)
    assert row.seconds == pytest.approx(4.0)


def test_who_performs_the_truth_has_no_error(corpus: Corpus) -> None:
    (row,) = evaluated_corpus(corpus, {"knowing": knowing()}, HUMAN, Judging(draws=4))
    errors = (row.scores.lve, row.scores.mve, row.scores.mod, row.scores.mee, row.scores.ce, row.scores.diversity)
    np.testing.assert_allclose(errors, 0.0, atol=2e-2)  # The corpus keeps curves in half precision.
    assert row.scores.r0 > 0.999
    assert np.isnan(row.scores.fdd)


def test_a_larger_error_costs_more(corpus: Corpus) -> None:
    engines = {"near": knowing(0.05), "far": knowing(0.1)}
    found = by_engine(evaluated_corpus(corpus, engines, HUMAN, Judging(draws=2)))
    assert found["far"].lve == pytest.approx(2.0 * found["near"].lve, rel=0.05)
    assert found["far"].mod > found["near"].mod > 0.5


def test_draws_have_a_mean_and_a_best(corpus: Corpus) -> None:
    found = by_engine(evaluated_corpus(corpus, {"drawing": knowing(0.05, 0.02)}, HUMAN, Judging(draws=6)))
    assert set(found) == {"drawing", "drawing, mean of 6", "drawing, best of 6"}
    assert found["drawing"].diversity > 0.0
    assert found["drawing"].mee == pytest.approx(found["drawing, mean of 6"].lve)
    assert found["drawing"].ce == pytest.approx(found["drawing, best of 6"].lve)
    assert found["drawing"].ce <= found["drawing"].lve


def test_an_opening_alone_judges_no_lips(tmp_path: Path) -> None:
    corpus = made_corpus(tmp_path / "opening.safetensors", ("eyeBlinkLeft", OPENING), {})
    (row,) = evaluated_corpus(corpus, {"knowing": knowing()}, HUMAN, Judging(draws=2))
    assert np.isnan([row.scores.lve, row.scores.mve, row.scores.mee, row.scores.fdd]).all()
    assert row.scores.r0 > 0.99
    assert row.scores.mod < 1.0


def test_the_teacher_moves_the_rest_of_a_synthetic_face(tmp_path: Path) -> None:
    corpus = made_corpus(tmp_path / "taught.safetensors", LIPS_NAMES, {"teacher": "the articulation engine"})
    truth = truth_of(corpus, 0, HUMAN)
    assert truth.has_upper_face
    assert truth.weights[:, ARKIT_INDEX["browInnerUp"]].std() > 0.0
    assert truth.head_rotation is not None
    assert truth.weights.shape == (50, len(ARKIT_NAMES))
    found = by_engine(evaluated_corpus(corpus, {"knowing": knowing()}, HUMAN, Judging(2, 2)))
    assert found["knowing"].fdd > 0.0
    assert found["knowing"].ba == 0.0
    assert 0.0 < found[TRUTH].ba <= 1.0


def test_a_blink_is_no_deviation_of_the_upper_face(tmp_path: Path) -> None:
    corpus = made_corpus(tmp_path / "taught.safetensors", LIPS_NAMES, {"teacher": "the articulation engine"})
    truth = truth_of(corpus, 0, HUMAN)
    blinking = truth.weights.copy()
    blinking[10:15, [ARKIT_INDEX[name] for name in BLINK_NAMES]] = 1.0
    frowning = truth.weights.copy()
    frowning[10:15, ARKIT_INDEX["browDownLeft"]] = 1.0
    judge, still = Judge(truth, face_mesh(HUMAN), HUMAN), np.zeros((50, 3))
    assert judge.scores(Performed(blinking, still)).fdd == 0.0
    assert judge.scores(Performed(frowning, still)).fdd > 0.05


def test_a_line_is_asked_for_in_its_emotion(tmp_path: Path) -> None:
    audio = spoken(0)
    label = ClipLabel("line", f"anne{HELD_OUT_SPEAKER}", "", "en", "angry", 2 / 3)
    path = tmp_path / "angry.safetensors"
    write_corpus(path, CorpusHeader(FPS, LIPS_NAMES), [CorpusClip(label, audio, mouth(audio), np.ones(50, bool))])
    asked: list[PerformanceStyle] = []

    def engine(audio: AudioClip) -> Performer:
        def perform(style: PerformanceStyle, fps: float) -> MotionClip:
            asked.append(style)
            return loudness(audio)(style, fps)

        return perform

    evaluated_corpus(Corpus(path), {"any": engine}, HUMAN, Judging(draws=2, variation=0.5))
    assert [style.emotion for style in asked] == [{"angry": 2 / 3}] * 2
    assert [(style.seed, style.variation) for style in asked] == [(0, 0.5), (1, 0.5)]


def test_the_mean_is_by_length_and_of_what_is_known() -> None:
    mean = mean_scores([Scores(lve=1.0), Scores(lve=4.0, ba=0.5)], [2.0, 1.0])
    assert (mean.lve, mean.ba) == (pytest.approx(2.0), pytest.approx(0.5))
    assert np.isnan(mean.fdd)
    assert correlation(np.arange(5.0), -np.arange(5.0)) == pytest.approx(-1.0)
    assert correlation(np.arange(5.0), np.ones(5)) == 0.0


def test_records_are_plain() -> None:
    (record,) = rows_as_records([Row("made", "one", 3, 4.5678, Scores(lve=1.23456))])
    assert record["lve"] == 1.2346
    assert record["mve"] is None
    assert set(MEASURES) < set(record)
    json.dumps(record)


def test_loudness_moves_the_jaw_with_the_voice() -> None:
    audio = spoken(0, 3.0)
    clip = loudness(audio)(PerformanceStyle(), 30.0)
    assert clip.frame_count == 90
    jaw = clip.layer("lips").blend_shape("jawOpen")
    assert 0.1 < jaw.max() <= 0.4
    silent = loudness(AudioClip(np.zeros(SAMPLE_RATE, np.float32), SAMPLE_RATE))(PerformanceStyle(), 30.0)
    assert not silent.layer("lips").blend_shape_weights.any()


def test_the_command_writes_its_table(corpus: Corpus, tmp_path: Path) -> None:
    run(MotionEval(corpora=(corpus.path,), engines=("loudness",), limit=2, draws=2, out=tmp_path / "table"))
    (record,) = json.loads((tmp_path / "table.json").read_text())
    assert record["engine"] == "loudness"
    assert (tmp_path / "table.csv").read_text().startswith("data,engine,clips,seconds,lve")


def test_the_command_tells_emotions_apart(corpus: Corpus, tmp_path: Path) -> None:
    run(MotionEval(corpora=(corpus.path,), engines=("loudness",), limit=4, emotions=True, out=tmp_path / "emotions"))
    records = json.loads((tmp_path / "emotions.json").read_text())
    assert [record["emotion"] for record in records] == list(EMOTION_NAMES)
    assert {record["mm at 1"] for record in records} == {0.0}
    with pytest.raises(InvalidInput, match="--corpora"):
        MotionEval(grid=tmp_path, emotions=True)


def test_what_needs_no_weights_performs() -> None:
    audio = spoken(0, 1.0)
    for name in ("articulation", "lite"):
        clip = candidates()[name](audio)(PerformanceStyle(), 25.0)
        assert clip.frame_count == 25
    with pytest.raises(ModelMissing):
        candidates(Path("nowhere"))["probabilistic"](audio)


def test_nonsense_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="what to judge on"):
        MotionEval()
    with pytest.raises(InvalidInput, match="No engine is called"):
        run(MotionEval(corpora=(corpus.path,), engines=("nobody",)))
    with pytest.raises(InvalidInput, match=r"eval_lipsync\.py"):
        real_mouth_scores(tmp_path, loudness, PerformanceStyle())
    small = made_corpus(tmp_path / "all.safetensors", LIPS_NAMES, {})
    write_corpus(small.path, small.header, [small.clip(split_by_sentence(small.labels).index("train"))])
    with pytest.raises(InvalidInput, match="kept for validation"):
        evaluated_corpus(Corpus(small.path), {"loudness": loudness}, HUMAN, Judging())


def test_real_mouths_by_their_own_script() -> None:
    if not (DATA / "grid").is_dir():
        pytest.skip(f"no captured mouths in {DATA / 'grid'}")
    clips, seconds, scores = real_mouth_scores(DATA / "grid", loudness, PerformanceStyle())
    assert clips == 10
    assert seconds > 10.0
    assert 0.2 < scores.r0 < 0.5
    assert 0.5 < scores.auc < 0.8
