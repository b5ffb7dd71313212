"""Speech synthesizers that tell exactly when each phone sounds: flite and festival, as programs of the system."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import soundfile

from ...bridge.data import SILENCE, Phoneme
from ...bridge.errors import ModelMissing, WorkerLost
from .espeak import espeak_speech
from .phone_sets import ipa
from .voices import Reading, SynthesizerName, Utterance, Voice

_ENCODINGS = {"cs": "iso-8859-2", "ru": "utf-8"}
_SECONDS_PER_SENTENCE = 30.0


def flite_speech(voice: Voice, readings: Sequence[Reading]) -> list[Utterance]:
    program = _program("flite")
    utterances = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        for reading in readings:
            stretch = f"duration_stretch={reading.stretch:.4f}"
            command = [program, "-voice", voice.code, "-t", reading.text, "--setf", stretch, "-psdur", "-o", str(path)]
            ends_s = re.findall(r"(\S+):([\d.]+)", _output(command))
            utterances.append(_utterance(path, ((phone, float(end_s)) for phone, end_s in ends_s), voice.language))
    return utterances


def festival_speech(voice: Voice, readings: Sequence[Reading]) -> list[Utterance]:
    """All readings in one process, for a voice takes a while to load."""
    program = _program("festival")
    with tempfile.TemporaryDirectory() as folder:
        stems = [Path(folder) / f"{number:04d}" for number in range(len(readings))]
        lines = [f"(voice_{voice.code})"]
        for stem, reading in zip(stems, readings, strict=True):
            text = reading.text.replace("\\", " ").replace('"', " ")
            lines += [
                f"(Parameter.set 'Duration_Stretch {reading.stretch:.4f})",
                f"(set! spoken (utt.synth (eval (list 'Utterance 'Text \"{text}\"))))",
                f'(utt.save.wave spoken "{stem}.wav" \'riff)',
                f'(utt.save.segs spoken "{stem}.lab")',
            ]
        script = Path(folder) / "speak.scm"
        script.write_bytes("\n".join(lines).encode(_ENCODINGS.get(voice.language, "iso-8859-15"), errors="replace"))
        _output([program, "-b", str(script)], timeout_s=_SECONDS_PER_SENTENCE * len(readings))
        return [
            _utterance(stem.with_suffix(".wav"), _labelled_ends_s(stem.with_suffix(".lab")), voice.language) for stem in stems
        ]


def _labelled_ends_s(path: Path) -> list[tuple[str, float]]:
    """Festival's label file: after a line `#`, the end, a colour and the phone."""
    rows = [line.split() for line in path.read_text(encoding="latin-1").splitlines()]
    return [(row[2], float(row[0])) for row in rows if len(row) == 3]


def _utterance(path: Path, ends_s: Iterable[tuple[str, float]], language: str) -> Utterance:
    samples, sample_rate = soundfile.read(path, dtype="float32")
    phonemes: list[Phoneme] = []
    clock_s = 0.0
    for phone, end_s in ends_s:
        end_s = min(max(end_s, clock_s), len(samples) / sample_rate)
        phonemes.append(Phoneme(ipa(phone, language), clock_s, end_s))
        clock_s = end_s
    phonemes.append(Phoneme(SILENCE, clock_s, max(len(samples) / sample_rate, clock_s)))
    return Utterance(samples.astype(np.float32), sample_rate, tuple(phonemes))


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ModelMissing(f"The synthesizer {name!r} is not installed. On Debian: apt-get install {name}, and its voices.")
    return found


def _output(command: Sequence[str], timeout_s: float = _SECONDS_PER_SENTENCE) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise WorkerLost(f"{command[0]} did not end within {timeout_s:.0f} s.") from error
    if done.returncode != 0:
        raise WorkerLost(f"{command[0]} ended with code {done.returncode}: {done.stderr.decode(errors='replace')[-500:].strip()}")
    return done.stdout.decode("utf-8", errors="replace")


SYNTHESIZERS: dict[SynthesizerName, Callable[[Voice, Sequence[Reading]], list[Utterance]]] = {
    "flite": flite_speech, "festival": festival_speech, "espeak": espeak_speech,
}  # fmt: skip
