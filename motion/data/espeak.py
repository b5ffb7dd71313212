"""eSpeak NG through its C library, which alone tells when each phoneme sounds."""

import ctypes
import ctypes.util
from collections.abc import Sequence
from functools import cache

import numpy as np

from ...bridge.data import SILENCE, Phoneme
from ...bridge.data.ipa import sounds
from ...bridge.errors import ModelMissing, WorkerLost
from .voices import Reading, Utterance, Voice

_RETRIEVAL = 1
_PHONEMES_IN_IPA = 0x0003
_CHARS_UTF8 = 1
_LIST_END, _PHONEME, _END = 0, 7, 5
_RATE_PARAMETER = 1
_USUAL_RATE = 165.0
_SHORTEST_PAUSE_S = 0.08
_LONGEST_CLOSURE_S = 0.08
_EARLY_S = 0.005
_SILENT_LEVEL = 0.002


class _Identity(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("text", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """espeak_EVENT in speak_lib.h; audio_position is in milliseconds."""

    _fields_ = (
        ("kind", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int), ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int), ("sample", ctypes.c_int), ("user_data", ctypes.c_void_p), ("identity", _Identity),
    )  # fmt: skip


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@cache
def _library() -> tuple[ctypes.CDLL, int]:
    """The library and its sample rate; it can be started once in a process."""
    name = ctypes.util.find_library("espeak-ng")
    if name is None:
        raise ModelMissing("The synthesizer 'espeak-ng' is not installed. On Debian: apt-get install espeak-ng libespeak-ng1.")
    library = ctypes.CDLL(name)
    sample_rate = library.espeak_Initialize(_RETRIEVAL, 0, None, _PHONEMES_IN_IPA)
    if sample_rate <= 0:
        raise ModelMissing("eSpeak NG does not start: its voice data are missing. On Debian: apt-get install espeak-ng-data.")
    return library, sample_rate


def espeak_speech(voice: Voice, readings: Sequence[Reading]) -> list[Utterance]:
    library, sample_rate = _library()
    if library.espeak_SetVoiceByName(voice.code.encode()) != 0:
        raise ModelMissing(f"eSpeak NG has no voice {voice.code!r}.")
    return [_spoken(library, sample_rate, reading) for reading in readings]


def _spoken(library: ctypes.CDLL, sample_rate: int, reading: Reading) -> Utterance:
    blocks: list[np.ndarray] = []
    starts_s: list[tuple[str, float]] = []

    def receive(samples: object, count: int, events: object) -> int:
        if count > 0:
            blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())  # type: ignore[arg-type]
        index = 0
        while events[index].kind != _LIST_END:  # type: ignore[index]
            event = events[index]  # type: ignore[index]
            if event.kind == _PHONEME:
                starts_s.append(
                    (event.identity.text.decode("utf-8", errors="ignore").replace("??", "ʔ"), event.audio_position / 1000.0)
                )
            index += 1
        return 0

    library.espeak_SetParameter(_RATE_PARAMETER, round(_USUAL_RATE / reading.stretch), 0)
    callback = _Callback(receive)
    library.espeak_SetSynthCallback(callback)
    text = reading.text.encode()
    if library.espeak_Synth(text, len(text) + 1, 0, 0, 0, _CHARS_UTF8, None, None) != 0 or library.espeak_Synchronize() != 0:
        raise WorkerLost(f"eSpeak NG does not speak {reading.text!r}.")
    samples = np.concatenate(blocks).astype(np.float32) / 32768.0
    sounding_s = np.flatnonzero(np.abs(samples) > _SILENT_LEVEL) / sample_rate
    starts_s = [(name, _closure_start_s(name, start_s, sounding_s)) for name, start_s in starts_s]
    return Utterance(samples, sample_rate, _tiled(starts_s, len(samples) / sample_rate))


def _closure_start_s(name: str, start_s: float, sounding_s: np.ndarray) -> float:
    """eSpeak tells of a stop when it bursts; its closure is the silence before."""
    if not (sounds(name) and sounds(name)[0].manner == "stop"):
        return start_s
    before = np.searchsorted(sounding_s, start_s - _EARLY_S) - 1
    silent_since_s = float(sounding_s[before]) if before >= 0 else 0.0
    return max(silent_since_s, start_s - _LONGEST_CLOSURE_S) if silent_since_s < start_s - 2 * _EARLY_S else start_s


def _tiled(starts_s: Sequence[tuple[str, float]], duration_s: float) -> tuple[Phoneme, ...]:
    """Each phoneme lasts to the start of the next. A nameless event is a pause, or, where short, more of the sound before;
    a name in brackets is a change of language."""
    starts_s = [(name, min(start_s, duration_s)) for name, start_s in starts_s if not name.startswith("(")]
    merged: list[tuple[str, float]] = [(SILENCE, 0.0)]
    for (name, start_s), (_, next_s) in zip(starts_s, [*starts_s[1:], ("", duration_s)], strict=True):
        is_pause = not name.strip("_:!|")
        if is_pause and (next_s - start_s < _SHORTEST_PAUSE_S or merged[-1][0] == SILENCE):
            continue
        merged.append((SILENCE if is_pause else name, max(start_s, merged[-1][1])))
    ends_s = [start_s for _, start_s in merged[1:]] + [duration_s]
    return tuple(Phoneme(name, start_s, end_s) for (name, start_s), end_s in zip(merged, ends_s, strict=True))
