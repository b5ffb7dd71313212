"""What each emotion does to the behaviour of head, eyes, lids and brows. What it does to a face: bridge/data/expressions.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Manner:
    """How someone behaves. Rates and gains multiply; a neutral speaker has 1."""

    head_posture_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Nod (+ is down), turn (+ is to its own left), tilt (+ is to its own right shoulder)."""
    head_gain: float = 1.0
    """Amplitude of head motion."""
    blink_rate: float = 1.0
    aversion: float = 1.0
    """How often the eyes leave the listener."""
    gaze_deg: float = 0.0
    """Where they then tend to go: degrees up."""
    brow_gain: float = 1.0
    """Amplitude of brow raises in speech."""


MANNERS: dict[str, Manner] = {
    "neutral": Manner(),
    "happy": Manner((-1.5, 0.0, 2.0), head_gain=1.25, blink_rate=1.1, aversion=0.8, brow_gain=1.2),
    "sad": Manner((6.0, 0.0, 2.5), head_gain=0.6, blink_rate=0.8, aversion=1.8, gaze_deg=-9.0, brow_gain=0.6),
    "surprised": Manner((-3.5, 0.0, 0.0), head_gain=1.1, blink_rate=0.6, aversion=0.4, brow_gain=1.1),
    "fear": Manner((-2.5, 2.0, 0.0), head_gain=0.8, blink_rate=1.5, aversion=1.7, brow_gain=0.7),
    "disgusted": Manner((-2.5, 5.0, -1.5), head_gain=0.9, aversion=1.3, gaze_deg=-3.0, brow_gain=0.7),
    "angry": Manner((3.5, 0.0, 0.0), head_gain=1.3, blink_rate=0.6, aversion=0.4, brow_gain=0.5),
    "contempt": Manner((-4.0, 3.0, -3.0), head_gain=0.8, blink_rate=0.85, aversion=0.9, gaze_deg=-2.0, brow_gain=0.9),
}
