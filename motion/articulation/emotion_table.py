"""What each emotion does to a face and to its behaviour, at full intensity.

Expressions follow the action units (AU) of FACS as Ekman and Friesen list them for each emotion, written as ARKit
weights; a name without a side stands for both. Mouth channels leave the jaw and the lips' opening to speech.
"""

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


EXPRESSIONS: dict[str, dict[str, float]] = {
    "neutral": {},
    # AU 6 + 12, a little 25
    "happy": {
        "mouthSmile": 0.8, "cheekSquint": 0.75, "eyeSquint": 0.4, "mouthDimple": 0.15, "mouthUpperUp": 0.08,
        "browInnerUp": 0.12, "browOuterUp": 0.15,
    },
    # AU 1 + 4 + 15 + 17, drooping lids
    "sad": {
        "browInnerUp": 0.9, "browDown": 0.25, "mouthFrown": 0.7, "mouthShrugLower": 0.35, "eyeSquint": 0.2,
        "eyeBlink": 0.16, "mouthPress": 0.1,
    },
    # AU 1 + 2 + 5 + 26
    "surprised": {"browInnerUp": 0.95, "browOuterUp": 0.95, "eyeWide": 0.8, "jawOpen": 0.08, "mouthUpperUp": 0.05},
    # AU 1 + 2 + 4 + 5 + 7 + 20
    "fear": {
        "browInnerUp": 0.9, "browOuterUp": 0.35, "browDown": 0.35, "eyeWide": 0.75, "eyeSquint": 0.1, "mouthStretch": 0.6,
        "mouthFrown": 0.2, "jawOpen": 0.03,
    },
    # AU 9 + 10 + 16 + 17, 4 and 6 with them
    "disgusted": {
        "noseSneer": 0.9, "mouthUpperUp": 0.3, "browDown": 0.6, "eyeSquint": 0.5, "cheekSquint": 0.45, "mouthFrown": 0.4,
        "mouthShrugLower": 0.2, "mouthLowerDown": 0.08,
    },
    # AU 4 + 5 + 7 + 23
    "angry": {
        "browDown": 1.0, "eyeSquint": 0.5, "eyeWide": 0.25, "noseSneer": 0.4, "mouthFrown": 0.4, "mouthPress": 0.35,
        "mouthStretch": 0.12, "jawForward": 0.12,
    },
    # AU 12 + 14 of one side; the other brow up
    "contempt": {
        "mouthSmileLeft": 0.5, "mouthDimpleLeft": 0.7, "mouthPressLeft": 0.25, "cheekSquintLeft": 0.3, "eyeSquint": 0.35,
        "browDownLeft": 0.35, "browOuterUpRight": 0.5, "noseSneerLeft": 0.15, "mouthLeft": 0.12,
    },
}  # fmt: skip

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
