"""The vector that the motion models speak: one face and head at one moment, the same for every identity."""

from collections.abc import Sequence

import numpy as np
from scipy.signal import resample_poly
from scipy.spatial.transform import Rotation

from ...bridge.data import BLINK_NAMES, EYE_LOOK_RAD, GAZE_NAMES, LIPS_NAMES, UPPER_FACE_NAMES, MotionClip, MotionLayer

GAZE_UNIT_RAD = 0.5
HEAD_UNIT_RAD = 0.2
CHANNEL_NAMES: tuple[str, ...] = (
    *LIPS_NAMES, *UPPER_FACE_NAMES, "blink", "gaze_left", "gaze_up", "head_pitch", "head_yaw", "head_roll",
)  # fmt: skip
"""ARKit weights; lids shut; where the eyes look, in units of .5 rad; the head's axis-angle, in units of .2 rad."""
CHANNEL_INDEX = {name: index for index, name in enumerate(CHANNEL_NAMES)}
LIPS = slice(0, len(LIPS_NAMES))
UPPER_FACE = slice(LIPS.stop, LIPS.stop + len(UPPER_FACE_NAMES))
BLINK = slice(UPPER_FACE.stop, UPPER_FACE.stop + 1)
GAZE = slice(BLINK.stop, BLINK.stop + 2)
HEAD = slice(GAZE.stop, GAZE.stop + 3)
FACE = slice(0, UPPER_FACE.stop)

OPENING_WEIGHTS = {
    "jawOpen": 1.0, "mouthClose": -1.0, "mouthFunnel": 0.15,
    **{f"mouth{part}{side}": 0.175 for part in ("LowerDown", "UpperUp") for side in ("Left", "Right")},
}  # fmt: skip
"""How far a channel opens the lips, as a share of what jawOpen at 1 does."""
OPENING_OF_LIPS = np.array([OPENING_WEIGHTS.get(name, 0.0) for name in LIPS_NAMES], np.float32)
"""The same in the order of LIPS_NAMES, (29,)."""
HEAD_JOINT_SHARES = {"spine3": 0.12, "neck": 0.38, "head": 0.5}
"""Of the head's turn that each joint carries."""


def channels_of(clip: MotionClip, fps: float) -> np.ndarray:
    """A clip as the models see it: (F, 48) float32 at `fps`, which may differ from the clip's; absent parts are 0."""
    columns = np.zeros((clip.frame_count, len(CHANNEL_NAMES)), np.float32)
    columns[:, FACE] = clip.blend_shapes((*LIPS_NAMES, *UPPER_FACE_NAMES))
    columns[:, BLINK] = clip.blend_shapes(BLINK_NAMES).mean(axis=1, keepdims=True)
    columns[:, GAZE] = look_rad(clip.blend_shapes(GAZE_NAMES)) / GAZE_UNIT_RAD
    columns[:, HEAD] = _head_turn_rad(clip) / HEAD_UNIT_RAD
    return resampled(columns, clip.fps, fps)


def lip_opening(channels: np.ndarray) -> np.ndarray:
    """How far the lips part: (..., 29 or more) channels -> (...), 1 as far as jawOpen at 1."""
    return np.maximum(channels[..., LIPS] @ OPENING_OF_LIPS, 0.0)


def _head_turn_rad(clip: MotionClip) -> np.ndarray:
    turns = clip.joints(tuple(HEAD_JOINT_SHARES)).astype(np.float64)
    composed = Rotation.identity(clip.frame_count)
    for joint in range(turns.shape[1]):
        composed = composed * Rotation.from_rotvec(turns[:, joint])
    return composed.as_rotvec()


def look_rad(weights: np.ndarray) -> np.ndarray:
    """(F, 8) weights in the order of GAZE_NAMES -> (F, 2) radians to the character's left and up, the mean of both eyes."""
    column = {name: weights[:, index] for index, name in enumerate(GAZE_NAMES)}
    left = (
        EYE_LOOK_RAD["Out"] * (column["eyeLookOutLeft"] - column["eyeLookOutRight"])
        + EYE_LOOK_RAD["In"] * (column["eyeLookInRight"] - column["eyeLookInLeft"])
    )  # fmt: skip
    up = sum(EYE_LOOK_RAD["Up"] * column[f"eyeLookUp{side}"] for side in ("Left", "Right"))
    down = sum(EYE_LOOK_RAD["Down"] * column[f"eyeLookDown{side}"] for side in ("Left", "Right"))
    return 0.5 * np.stack([left, up - down], axis=1)


def look_weights(look: np.ndarray) -> np.ndarray:
    """The inverse: (F, 2) radians to the left and up -> (F, 8) weights 0..1 in the order of GAZE_NAMES."""
    left, up = look.T
    towards = {
        "eyeLookOutLeft": left / EYE_LOOK_RAD["Out"], "eyeLookInLeft": -left / EYE_LOOK_RAD["In"],
        "eyeLookInRight": left / EYE_LOOK_RAD["In"], "eyeLookOutRight": -left / EYE_LOOK_RAD["Out"],
        **{f"eyeLookUp{side}": up / EYE_LOOK_RAD["Up"] for side in ("Left", "Right")},
        **{f"eyeLookDown{side}": -up / EYE_LOOK_RAD["Down"] for side in ("Left", "Right")},
    }  # fmt: skip
    return np.clip(np.stack([towards[name] for name in GAZE_NAMES], axis=1), 0.0, 1.0)


def layers_of(channels: np.ndarray, names: Sequence[str]) -> list[MotionLayer]:
    """The named layers of (F, 48) channels, at their frame rate."""
    turn = np.asarray(channels[:, HEAD], np.float64) * HEAD_UNIT_RAD
    shares = np.array(list(HEAD_JOINT_SHARES.values()))
    nothing = np.zeros((len(channels), 0))
    made = {
        "lips": lambda: MotionLayer("lips", np.clip(channels[:, LIPS], 0.0, 1.0), LIPS_NAMES),
        "upper_face": lambda: MotionLayer("upper_face", np.clip(channels[:, UPPER_FACE], 0.0, 1.0), UPPER_FACE_NAMES),
        "blinks": lambda: MotionLayer("blinks", np.clip(np.repeat(channels[:, BLINK], 2, axis=1), 0.0, 1.0), BLINK_NAMES),
        "gaze": lambda: MotionLayer("gaze", look_weights(channels[:, GAZE] * GAZE_UNIT_RAD), GAZE_NAMES),
        "head": lambda: MotionLayer("head", nothing, (), turn[:, None] * shares[:, None], tuple(HEAD_JOINT_SHARES)),
    }
    return [made[name]() for name in names]


def resampled(values: np.ndarray, fps: float, wanted_fps: float, frame_count: int | None = None) -> np.ndarray:
    """(F, C) at one frame rate -> (G, C) float32 at another, sample 0 at the same time; G fills the same duration if None.

    To a whole fraction of the frame rate the curves are low-passed first; else they are Catmull-Rom splines through the samples.
    """
    if frame_count is None:
        frame_count = max(int(np.ceil(len(values) / fps * wanted_fps - 1e-6)), 1)
    if wanted_fps == fps and frame_count == len(values):
        return np.asarray(values, np.float32)
    if wanted_fps < fps and (fps / wanted_fps).is_integer() and len(values) > 1:
        values, fps = resample_poly(values, 1, int(fps / wanted_fps), axis=0, padtype="edge"), wanted_fps
    at = np.minimum(np.arange(frame_count) * (fps / wanted_fps), len(values) - 1)
    index = at.astype(np.int64)
    taps = _catmull_rom_taps((at - index).astype(np.float32))
    around = [np.clip(index + offset, 0, len(values) - 1) for offset in (-1, 0, 1, 2)]
    reached = np.empty((frame_count, values.shape[1]), np.float32)
    for column in range(values.shape[1]):
        curve = np.asarray(values[:, column], np.float32)
        reached[:, column] = sum(tap * curve[near] for tap, near in zip(taps, around, strict=True))
    return reached


def _catmull_rom_taps(share: np.ndarray) -> list[np.ndarray]:
    """Weights of the four samples around, (G,) each, `share` 0..1 of the way between the middle two (Catmull and Rom 1974)."""
    square, cube = share**2, share**3
    return [
        0.5 * (-cube + 2.0 * square - share),
        0.5 * (3.0 * cube - 5.0 * square + 2.0),
        0.5 * (-3.0 * cube + 4.0 * square + share),
        0.5 * (cube - square),
    ]
