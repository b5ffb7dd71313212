"""Speech and style in, a MotionClip out. A line is heard once and performed as often as the artist wants takes."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..bridge.data import SILENCE, AudioClip, MotionClip, PerformanceStyle, Phoneme
from ..bridge.data.mood import timeline_text
from ..bridge.errors import InvalidInput
from .articulation.performance import PERFORMED_LAYERS, performed_layer
from .human.expression import with_smplx_face
from .speech.prosody import Prosody, prosody

ReportProgress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class Hearing:
    """What the engine hears in a line: everything that does not depend on style."""

    duration_s: float
    prosody: Prosody
    phonemes: tuple[Phoneme, ...]
    source: str = ""


def predict(
    audio: AudioClip,
    style: PerformanceStyle | None = None,
    *,
    fps: float = 30.0,
    text: str | None = None,
    layers: Sequence[str] = PERFORMED_LAYERS,
) -> MotionClip:
    """The performance of one line: `hear`, then `perform`. audio: 16 kHz mono; text: its English words, if known."""
    return perform(hear(audio, text), style or PerformanceStyle(), fps=fps, layers=layers)


def hear(audio: AudioClip, text: str | None = None, report: ReportProgress = lambda share, stage: None) -> Hearing:
    """Phonemes and prosody of a line. Raises InvalidInput where the text cannot be aligned with the audio."""
    report(0.0, "hearing the voice")
    heard = prosody(audio)
    if not heard.is_speech.any():
        return Hearing(audio.duration_s, heard, (Phoneme(SILENCE, 0.0, audio.duration_s),), audio.source)
    if text is not None:
        from .speech.alignment import aligned_phonemes

        report(0.1, "aligning the words")
        phonemes = aligned_phonemes(audio, text)
    else:
        from .speech.recognition import recognised_phonemes

        phonemes = recognised_phonemes(audio, heard, lambda share: report(0.1 + 0.9 * share, "recognising sounds"))
    return Hearing(audio.duration_s, heard, tuple(phonemes), audio.source)


def perform(
    hearing: Hearing, style: PerformanceStyle, *, fps: float = 30.0, layers: Sequence[str] = PERFORMED_LAYERS
) -> MotionClip:
    """One take. The same hearing, style and fps give the same clip, to the bit; each layer draws from its own seed."""
    for name in layers:
        if name not in PERFORMED_LAYERS:
            raise InvalidInput(f"No layer is called {name!r}. Choose from: {', '.join(PERFORMED_LAYERS)}.")
    if not (math.isfinite(fps) and 1.0 <= fps <= 1000.0):
        raise InvalidInput(f"The frame rate must lie between 1 and 1000 frames per second, not {fps}.")
    # A whole number of frames must not become one more by rounding: 2.4 s at 25 fps is 60 frames.
    frame_count = max(math.ceil(hearing.duration_s * fps - 1e-6), 1)
    made = [
        performed_layer(name, hearing.phonemes, hearing.prosody, fps, frame_count, style)
        for name in PERFORMED_LAYERS
        if name in layers
    ]
    performed = [with_smplx_face(layer) for layer in made]
    metadata = {
        "engine": "articulation",
        "audio": hearing.source,
        "emotion": ",".join(f"{label}:{intensity:g}" for label, intensity in sorted(style.emotion.items())),
        "moods": timeline_text(style.moods),
        **{part: f"{getattr(style, part):g}" for part in ("seed", "mouth", "head", "eyes", "blinks")},
    }
    return MotionClip(fps, tuple(performed), hearing.phonemes, metadata)
