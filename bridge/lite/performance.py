"""The light engine: a recording and a style in, a MotionClip out, with numpy alone."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from ..data import LIPS_NAMES, AudioClip, MotionClip, MotionLayer, PerformanceStyle
from ..data.mood import timeline_text
from ..errors import InvalidInput
from .lips import lips_in_blocks
from .liveliness import blink_layer, head_layer, heard_voice, upper_face_layer
from .mel import SAMPLE_RATE
from .network import LiteWeights, read_lite_weights

ENGINE = "lite"
LITE_LAYERS: tuple[str, ...] = ("lips", "upper_face", "blinks", "head")
_STYLE_PARTS = ("seed", "mouth", "head", "eyes", "blinks")


def lite_performance(
    audio: AudioClip,
    style: PerformanceStyle,
    fps: float,
    layers: Sequence[str] = LITE_LAYERS,
    weights: LiteWeights | None = None,
    report: Callable[[float, str], None] = lambda share, stage: None,
) -> MotionClip:
    """One take of a recording at 16 kHz; the same audio, style and fps give the same clip. Memory beyond the clip is flat.

    `report` is called every 20 s of sound, with the share that is done; what it raises ends the performance.
    Raises InvalidInput where the recording is at another rate or too short, or where a layer is not one of LITE_LAYERS.
    """
    _check(audio, fps, layers)
    frame_count = max(math.ceil(audio.duration_s * fps - 1e-6), 1)
    lips, loudness_db = np.empty((frame_count, len(LIPS_NAMES)), np.float32), []
    made = 0
    for frames, heard_db in lips_in_blocks(audio, weights or read_lite_weights(), fps, style, frame_count):
        report(made / frame_count, "listening")
        frames = frames[: frame_count - made]
        lips[made : made + len(frames)] = frames
        made += len(frames)
        loudness_db.append(heard_db)
    voice, times_s = heard_voice(np.concatenate(loudness_db), audio.duration_s), np.arange(frame_count) / fps
    makers: dict[str, Callable[[], MotionLayer]] = {
        "lips": lambda: MotionLayer("lips", lips, LIPS_NAMES),
        "upper_face": lambda: upper_face_layer(voice, times_s, style),
        "blinks": lambda: blink_layer(voice, times_s, fps, style),
        "head": lambda: head_layer(voice, times_s, style),
    }
    performed = tuple(makers[name]() for name in LITE_LAYERS if name in layers)
    return MotionClip(fps, performed, metadata=_metadata(audio, style))


def _check(audio: AudioClip, fps: float, layers: Sequence[str]) -> None:
    if audio.sample_rate != SAMPLE_RATE:
        raise InvalidInput(f"The light engine listens at {SAMPLE_RATE} Hz, not {audio.sample_rate} Hz: resample the audio first.")
    if audio.duration_s < 0.05:
        raise InvalidInput("The recording is too short: give at least 0.05 s of sound.")
    if not (math.isfinite(fps) and 1.0 <= fps <= 1000.0):
        raise InvalidInput(f"The frame rate must lie between 1 and 1000 frames per second, not {fps}.")
    for name in layers:
        if name not in LITE_LAYERS:
            raise InvalidInput(f"The light engine makes no layer {name!r}, but {', '.join(LITE_LAYERS)}. A backend makes all.")
    if not layers:
        raise InvalidInput(f"Choose at least one layer: {', '.join(LITE_LAYERS)}.")


def _metadata(audio: AudioClip, style: PerformanceStyle) -> dict[str, str]:
    return {
        "engine": ENGINE,
        "audio": audio.source,
        "emotion": ",".join(f"{label}:{intensity:g}" for label, intensity in sorted(style.emotion.items())),
        "moods": timeline_text(style.moods),
        **{part: f"{getattr(style, part):g}" for part in _STYLE_PARTS},
    }
