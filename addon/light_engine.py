"""The light engine as a source of jobs: without a backend it performs in a thread of Blender. Nothing here knows of bpy."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..bridge.data import AudioClip, Mood, PerformanceStyle
from ..bridge.errors import Cancelled, InvalidInput, VivavoceError
from ..bridge.formats import write_npz
from ..bridge.jobs import JobError, JobState, JobStatus
from ..bridge.lite.mel import SAMPLE_RATE, resampled
from ..bridge.lite.performance import LITE_LAYERS, lite_performance

NAME = "Light engine"
Decode = Callable[[Path], np.ndarray]
"""A recording's path -> (S,) float32, mono at 16 kHz. Called in the job's thread. Raises InvalidInput where it cannot be read."""

_PIECE_S, _OVERLAP_S = 4, 1
"""Whole seconds: Blender finds other places in a file only to the next sample."""


def decoded(path: Path) -> np.ndarray:
    """What Blender's audio module hears in a file. In pieces, so that Blender's own thread is never kept waiting for long."""
    import aud

    pieces: list[np.ndarray] = []
    try:
        sound = aud.Sound(str(path)).rechannel(1)
        rate = int(sound.specs[0])
        while True:
            start_s = len(pieces) * _PIECE_S
            lead_s = min(_OVERLAP_S, start_s)
            heard = sound.limit(start_s - lead_s, start_s + _PIECE_S + _OVERLAP_S).data()[:, 0]
            pieces.append(resampled(heard, rate)[lead_s * SAMPLE_RATE : (lead_s + _PIECE_S) * SAMPLE_RATE])
            if len(pieces[-1]) < _PIECE_S * SAMPLE_RATE:
                return np.concatenate(pieces)
    except aud.error as error:
        raise InvalidInput(f"Blender cannot read {path.name} ({error}). Convert it to wav.") from error


class LightJob:
    """A performance in a thread. It is asked and watched as a RemoteJob is."""

    def __init__(self, options: Mapping[str, Any], audio: Path, result: Path, decode: Decode) -> None:
        self.error: VivavoceError | None = None
        self.status = JobStatus("light", "speak", JobState.RUNNING, 0, 0.0, "listening")
        self._is_cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(dict(options), audio, result, decode), daemon=True)
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        return self.status.state.has_ended

    def poll(self, budget_s: float = 0.001) -> JobStatus:
        """How it stands; nothing is waited for."""
        return self.status

    def wait(self) -> None:
        """Block until the result lies in its file. Raises InvalidInput, Cancelled."""
        self._thread.join()
        if self.error:
            raise self.error

    def cancel(self) -> None:
        """Stop at the next block of sound; no file is written."""
        self._is_cancelled.set()

    def _run(self, options: dict[str, Any], audio: Path, result: Path, decode: Decode) -> None:
        try:
            style, layers = _style(options["style"]), tuple(options.get("layers", LITE_LAYERS))
            heard = AudioClip(decode(audio), SAMPLE_RATE, audio.name)
            clip = lite_performance(heard, style, float(options["fps"]), layers, report=self._report)
            self._report(1.0, "done")
            write_npz(clip, result)
            self.status = replace(self.status, state=JobState.DONE, progress=1.0, stage="done")
        except VivavoceError as error:
            self._end(error)
        except Exception as error:  # A thread's edge: what ended it must reach the artist.
            self._end(VivavoceError(f"The light engine failed on {type(error).__name__}: {error}."))

    def _end(self, error: VivavoceError) -> None:
        self.error = error
        state = JobState.CANCELLED if isinstance(error, Cancelled) else JobState.FAILED
        self.status = replace(self.status, state=state, error=JobError(error.code, str(error)))

    def _report(self, share: float, stage: str) -> None:
        if self._is_cancelled.is_set():
            raise Cancelled("The job was cancelled; nothing was written.")
        self.status = replace(self.status, progress=share, stage=stage)


class LightEngine:
    """Takes the jobs that a worker would take, of kind `speak` alone."""

    def __init__(self, decode: Decode = decoded) -> None:
        self._decode = decode

    def submit(self, kind: str, options: Mapping[str, Any], audio: Path, result: Path) -> LightJob:
        """Begin to perform. The options are a worker's; a text is not used."""
        if kind != "speak":
            raise InvalidInput(f"The light engine cannot {kind}. Choose a backend in Preferences > Add-ons > Vivavoce.")
        return LightJob(options, audio, result, self._decode)


def _style(fields: Mapping[str, Any]) -> PerformanceStyle:
    moods = tuple(Mood(**mood) for mood in fields.get("moods", ()))
    return PerformanceStyle(**{**fields, "moods": moods})
