"""Speech and style in, a MotionClip out. A line is heard once and performed as often as the artist wants takes."""

import math
from collections.abc import Callable, Sequence

from ..bridge.data import SILENCE, AudioClip, MotionClip, PerformanceStyle, Phoneme
from ..bridge.data.mood import timeline_text
from ..bridge.errors import InvalidInput
from .articulation.closures import lip_bites, lip_closures
from .articulation.performance import PERFORMED_LAYERS
from .engines import engine
from .engines.performer import Engine
from .hearing import Hearing
from .human.expression import with_smplx_face
from .speech.prosody import prosody

ReportProgress = Callable[[float, str], None]


def predict(
    audio: AudioClip,
    style: PerformanceStyle | None = None,
    *,
    fps: float = 30.0,
    text: str | None = None,
    layers: Sequence[str] = PERFORMED_LAYERS,
    by: Engine | None = None,
) -> MotionClip:
    """The performance of one line: `hear`, then `perform`. audio: 16 kHz mono; text: its English words, if known."""
    by = by or engine()
    return perform(hear(audio, text, by=by), style or PerformanceStyle(), fps=fps, layers=layers, by=by)


def hear(
    audio: AudioClip,
    text: str | None = None,
    report: ReportProgress = lambda share, stage: None,
    by: Engine | None = None,
) -> Hearing:
    """A line as an engine hears it, the default one unless `by` is given. Raises InvalidInput where text and audio do not fit."""
    by = by or engine()
    report(0.0, "hearing the voice")
    heard = prosody(audio)
    if not heard.is_speech.any():
        silence = (Phoneme(SILENCE, 0.0, audio.duration_s),)
        return Hearing(audio.duration_s, heard, silence, lip_closures(()), lip_bites(()), audio.source, "articulation")
    return by.hear(audio, text, heard, report)


def perform(
    hearing: Hearing,
    style: PerformanceStyle,
    *,
    fps: float = 30.0,
    layers: Sequence[str] = PERFORMED_LAYERS,
    style_clip: MotionClip | None = None,
    by: Engine | None = None,
) -> MotionClip:
    """One take. The same hearing, style and fps give the same clip, to the bit; each layer draws from its own seed.

    by: the engine that heard the line. A line without speech is idled through by rule, whatever the engine.
    """
    for name in layers:
        if name not in PERFORMED_LAYERS:
            raise InvalidInput(f"No layer is called {name!r}. Choose from: {', '.join(PERFORMED_LAYERS)}.")
    if not (math.isfinite(fps) and 1.0 <= fps <= 1000.0):
        raise InvalidInput(f"The frame rate must lie between 1 and 1000 frames per second, not {fps}.")
    # A whole number of frames must not become one more by rounding: 2.4 s at 25 fps is 60 frames.
    frame_count = max(math.ceil(hearing.duration_s * fps - 1e-6), 1)
    performer = by if by is not None and by.name == hearing.engine else engine(hearing.engine)
    ordered = [name for name in PERFORMED_LAYERS if name in layers]
    made = performer.layers(hearing, style, fps, frame_count, ordered, style_clip)
    performed = [with_smplx_face(layer) for layer in made]
    metadata = {
        "engine": hearing.engine,
        "audio": hearing.source,
        "emotion": ",".join(f"{label}:{intensity:g}" for label, intensity in sorted(style.emotion.items())),
        "moods": timeline_text(style.moods),
        **{part: f"{getattr(style, part):g}" for part in ("seed", "variation", "mouth", "head", "eyes", "blinks")},
    }
    return MotionClip(fps, tuple(performed), hearing.phonemes, metadata)
