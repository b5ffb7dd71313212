"""What each emotion does to a face and to its behaviour, at full intensity.

Expressions follow the action units (AU) of FACS as Ekman and Friesen list them for each emotion, written as ARKit
weights; a name without a side stands for both. Mouth channels leave the jaw and the lips' opening to speech.
eyeWide stays under 0.8, where a blink still shuts the lids.
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
        "mouthSmile": 0.95, "cheekSquint": 0.95, "eyeSquint": 0.45, "mouthDimple": 0.15, "mouthUpperUp": 0.15,
        "browInnerUp": 0.15, "browOuterUp": 0.25,
    },
    # AU 1 + 4 + 15 + 17, drooping lids
    "sad": {
        "browInnerUp": 1.0, "browDown": 0.25, "mouthFrown": 1.0, "mouthShrugLower": 0.5, "eyeSquint": 0.3, "eyeBlink": 0.2,
        "cheekSquint": 0.2,
    },
    # AU 1 + 2 + 5 + 26
    "surprised": {"browInnerUp": 1.0, "browOuterUp": 1.0, "eyeWide": 0.8, "jawOpen": 0.09, "mouthUpperUp": 0.08},
    # AU 1 + 2 + 4 + 5 + 7 + 20
    "fear": {
        "browInnerUp": 1.0, "browOuterUp": 0.3, "browDown": 0.4, "eyeWide": 0.75, "eyeSquint": 0.15, "mouthStretch": 0.9,
        "mouthFrown": 0.45, "mouthLowerDown": 0.2, "jawOpen": 0.03,
    },
    # AU 9 + 10 + 16 + 17, 4 and 6 with them
    "disgusted": {
        "noseSneer": 1.0, "mouthUpperUp": 0.35, "browDown": 0.8, "eyeSquint": 0.7, "cheekSquint": 0.6, "mouthFrown": 0.7,
        "mouthShrugLower": 0.4, "mouthLowerDown": 0.1,
    },
    # AU 4 + 5 + 7 + 17 + 23
    "angry": {
        "browDown": 1.0, "eyeSquint": 0.65, "eyeWide": 0.3, "noseSneer": 0.7, "mouthFrown": 0.7, "mouthShrugLower": 0.35,
        "mouthPress": 0.15, "mouthStretch": 0.3, "jawForward": 0.2,
    },
    # AU 12 + 14 of one side; the other brow up
    "contempt": {
        "mouthSmileLeft": 0.7, "mouthDimpleLeft": 0.5, "mouthPressLeft": 0.3, "mouthFrownRight": 0.25, "mouthLeft": 0.2,
        "cheekSquintLeft": 0.5, "noseSneerLeft": 0.3, "eyeSquint": 0.5, "browDownLeft": 0.6, "browOuterUpRight": 0.8,
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
