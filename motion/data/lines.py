"""Lines to learn from: consecutive clips of a speaker, performed as one, in tables that are made once for each corpus."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

from ...bridge.data import AudioClip, PerformanceStyle, Phoneme
from ...bridge.errors import InvalidInput
from ...bridge.formats import whole_file
from ..articulation.mouth_shapes import MouthShapes, calibrated_mouth_shapes
from ..articulation.textbook_shapes import textbook_shapes
from ..speech.alignment import aligned_phonemes
from ..speech.prosody import prosody
from .corpus import SAMPLE_RATE, Corpus, CorpusClip
from .features import step_starts
from .splits import Split, split_by_sentence
from .targets import STEPS_PER_SECOND, Manner, captured_channels, contacts, drawn_emotion, performed_channels

TEACHERS: dict[str, Callable[[], MouthShapes]] = {"calibrated": calibrated_mouth_shapes, "textbook": textbook_shapes}
"""The mouth that performs synthetic speech: as calibrated on captured faces, or as textbooks have it."""
TABLE_NAMES = ("channels", "known", "contact", "emotion", "rows")
_CLIPS_PER_LINE = 4
_LINES_PER_MANNER = 2
_STEP_SAMPLES = SAMPLE_RATE // int(STEPS_PER_SECOND)
_VERSION = 1


@dataclass(frozen=True)
class Line:
    """Rows first..last of the tables. group: lines of one speaker in one manner share it."""

    group: str
    is_captured: bool
    first: int
    last: int


@dataclass(frozen=True)
class Recipe:
    """takes: how often each synthetic line is performed, in another manner and mood. teacher: one of TEACHERS."""

    split: Split = "train"
    takes: int = 2
    teacher: str = "calibrated"

    def __post_init__(self) -> None:
        if self.teacher not in TEACHERS or not 1 <= self.takes <= 20:
            raise InvalidInput(
                f"The teacher must be one of {', '.join(TEACHERS)}, and takes 1 to 20; not {self.teacher}, {self.takes}."
            )


def prepared_lines(
    corpus: Corpus, recipe: Recipe, report: Callable[[float, str], None]
) -> tuple[dict[str, np.ndarray], list[Line]]:
    """Memory-mapped tables over T steps at 50 Hz, and the lines in them.

    channels, known: (T, 48); contact: (T, 2), NaN where unknown; emotion: (T, 8); rows: (T,) of the corpus's features.
    """
    shapes = TEACHERS[recipe.teacher]()
    told = [_VERSION, corpus.fingerprint, asdict(recipe), [np.asarray(value).tolist() for value in asdict(shapes).values()]]
    name = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
    folder = corpus.path.with_name(f"{corpus.path.name}.lines") / name
    listing = folder / "lines.json"
    if not listing.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _prepare(corpus, recipe, shapes, folder, report)
    tables = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in TABLE_NAMES}
    return tables, [Line(**entry) for entry in json.loads(listing.read_text(encoding="utf-8"))]


def _prepare(corpus: Corpus, recipe: Recipe, shapes: MouthShapes, folder: Path, report: Callable[[float, str], None]) -> None:
    is_captured = "teacher" not in corpus.header.provenance
    starts = step_starts(corpus)
    spoken = _spoken_lines(corpus, recipe.split, 1 if is_captured else _CLIPS_PER_LINE)
    parts: dict[str, list[np.ndarray]] = {name: [] for name in TABLE_NAMES}
    lines: list[Line] = []
    for number, indices in enumerate(spoken):
        report(number / len(spoken), f"lines of {corpus.path.name}")
        clips = [corpus.clip(index) for index in indices]
        rows = np.concatenate([np.arange(starts[index], starts[index + 1]) for index in indices])
        group = f"{clips[0].label.speaker} {'' if is_captured else number // _LINES_PER_MANNER}"
        for take in range(1 if is_captured else recipe.takes):
            made = _captured(corpus, clips[0]) if is_captured else _performed(clips, group, take, shapes)
            first = lines[-1].last if lines else 0
            lines.append(Line(f"{group} {take}", is_captured, first, first + len(rows)))
            for name, table in {**made, "rows": rows}.items():
                parts[name].append(table)
    for name, tables in parts.items():
        with whole_file(folder / f"{name}.npy") as temporary, temporary.open("wb") as file:
            np.save(file, np.concatenate(tables) if tables else np.zeros(0))
    with whole_file(folder / "lines.json") as temporary:
        temporary.write_text(json.dumps([asdict(line) for line in lines]), encoding="utf-8")


def _spoken_lines(corpus: Corpus, split: Split, clips_per_line: int) -> list[list[int]]:
    """Clips of the split, up to `clips_per_line` that follow each other in the corpus and have one speaker."""
    wanted = [index for index, found in enumerate(split_by_sentence(corpus.labels)) if found == split]
    spoken: list[list[int]] = []
    for _, found in groupby(wanted, lambda index: corpus.labels[index].speaker):
        indices = list(found)
        spoken += [indices[start : start + clips_per_line] for start in range(0, len(indices), clips_per_line)]
    return spoken


def _performed(clips: Sequence[CorpusClip], group: str, take: int, shapes: MouthShapes) -> dict[str, np.ndarray]:
    """A synthetic line in a manner that its group shares, and in a mood of its own."""
    audio, phonemes = _joined(clips)
    key = f"{group} {take}"
    manner = Manner.drawn(np.random.default_rng(list(key.encode())))
    rng = np.random.default_rng(list(f"{key} {clips[0].label.name}".encode()))
    style = PerformanceStyle(drawn_emotion(rng), seed=int(rng.integers(2**31)))
    steps = len(audio.samples) // _STEP_SAMPLES
    channels = performed_channels(phonemes, prosody(audio), steps, style, manner, shapes)
    return _tables(channels, np.ones(channels.shape, bool), contacts(phonemes, steps), style)


def _captured(corpus: Corpus, clip: CorpusClip) -> dict[str, np.ndarray]:
    """A captured line; what was not captured of it is performed by the engine, without a mood."""
    audio, phonemes = _joined([replace(clip, phonemes=spoken_phonemes(clip))])
    steps = len(audio.samples) // _STEP_SAMPLES
    style = PerformanceStyle(seed=int.from_bytes(hashlib.sha256(clip.label.name.encode()).digest()[:3], "big"))
    performed = performed_channels(phonemes, prosody(audio), steps, style, Manner())
    channels, known = captured_channels(clip, corpus.header.curve_names, corpus.header.fps, performed)
    contact = contacts(phonemes, steps) if phonemes else np.full((steps, 2), np.nan)
    return _tables(channels, known, contact, style)


def spoken_phonemes(clip: CorpusClip) -> tuple[Phoneme, ...]:
    """What the corpus tells, or the English words of the label aligned; none where nobody knows."""
    if clip.phonemes or clip.label.language != "en" or not clip.label.sentence:
        return clip.phonemes
    return tuple(aligned_phonemes(clip.audio, clip.label.sentence))


def _tables(channels: np.ndarray, known: np.ndarray, contact: np.ndarray, style: PerformanceStyle) -> dict[str, np.ndarray]:
    emotion = style.emotion_at(np.arange(len(channels)) / STEPS_PER_SECOND)
    return {
        "channels": channels.astype(np.float16),
        "known": known,
        "contact": contact.astype(np.float16),
        "emotion": emotion.astype(np.float16),
    }


def _joined(clips: Sequence[CorpusClip]) -> tuple[AudioClip, list[Phoneme]]:
    """Clips one after another, each a whole number of steps long, so that their features stay where they are."""
    samples = [np.pad(clip.audio.samples, (0, -len(clip.audio.samples) % _STEP_SAMPLES)) for clip in clips]
    return AudioClip(np.concatenate(samples), SAMPLE_RATE), list(_shifted(clips, [len(each) / SAMPLE_RATE for each in samples]))


def _shifted(clips: Sequence[CorpusClip], durations_s: Sequence[float]) -> Iterator[Phoneme]:
    start_s = 0.0
    for clip, duration_s in zip(clips, durations_s, strict=True):
        for phoneme in clip.phonemes:
            yield Phoneme(phoneme.symbol, start_s + phoneme.start_s, start_s + min(phoneme.end_s, duration_s))
        start_s += duration_s
