"""Random scenes, drawn as plans: whose frames, in what light, from where. The same seed and number give the same plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...bridge.data import ARKIT_NAMES, EMOTION_NAMES, FACE_JOINT_NAMES, MotionClip, OpenHuman
from ...bridge.data.render_plan import FramePlan, PosePlan
from ...bridge.data.render_set import Role, Split
from .lights import posed_towards

AZIMUTH_DEG = (-75.0, 75.0)
ELEVATION_DEG = (-25.0, 35.0)
HEIGHT_M = (0.20, 0.55)
"""What a frame shows of a person's height, from close-up to bust."""
FOV_DEG = (12.0, 38.0)
_SEQUENCE_FRAMES = 8
_HEROES, _VIEWS = 2, 3
_SEQUENCE_SHARE = 0.15
_TURN_PER_FRAME_DEG = (-2.5, 2.5)


@dataclass(frozen=True)
class View:
    """Seen from the face: degrees to its left and up, what of the height is seen, the angle of view, and how far off centre."""

    azimuth_deg: float
    elevation_deg: float
    height_m: float
    fov_deg: float
    aside_m: tuple[float, float]


def drawn_frames(human: OpenHuman, clip: MotionClip, rng: np.random.Generator) -> tuple[FramePlan, ...]:
    """Heroes and views at moments of their own; in some sets 8 consecutive frames stand in place of the views."""
    is_sequence = rng.random() < _SEQUENCE_SHARE
    count = clip.frame_count
    moments = rng.permutation(np.arange(1, count))[: _HEROES + _VIEWS].tolist()
    frames = [_frame(human, clip, moment, drawn_hero_view(rng), 0.0, "hero") for moment in moments[:_HEROES]]
    if not is_sequence:
        return (*frames, *(_frame(human, clip, moment, drawn_view(rng), 0.0, "view") for moment in moments[_HEROES:]))
    start, view = int(rng.integers(1, count - _SEQUENCE_FRAMES)), drawn_view(rng)
    turn = rng.uniform(*_TURN_PER_FRAME_DEG) if rng.random() < 0.7 else 0.0
    start_deg = np.clip(view.azimuth_deg, AZIMUTH_DEG[0] + 20.0, AZIMUTH_DEG[1] - 20.0)
    for step in range(_SEQUENCE_FRAMES):
        moving = View(start_deg + turn * step, view.elevation_deg, view.height_m, view.fov_deg, view.aside_m)
        frames.append(_frame(human, clip, start + step, moving, turn, "sequence"))
    return tuple(frames)


def drawn_view(rng: np.random.Generator) -> View:
    height_m = float(np.exp(rng.uniform(*np.log(HEIGHT_M))))
    aside = rng.normal(0.0, 0.06, 2) * height_m
    return View(
        float(rng.uniform(*AZIMUTH_DEG)), float(rng.uniform(*ELEVATION_DEG)), height_m, float(rng.uniform(*FOV_DEG)),
        (float(aside[0]), float(aside[1])),
    )  # fmt: skip


def drawn_hero_view(rng: np.random.Generator) -> View:
    """Artists' reference frames: the whole head, seldom from far aside."""
    view = drawn_view(rng)
    return View(0.75 * view.azimuth_deg, 0.5 * view.elevation_deg, float(rng.uniform(0.28, 0.42)), view.fov_deg, view.aside_m)


def camera_pose(human: OpenHuman, view: View) -> np.ndarray:
    """(4, 4): a camera that looks at the person's face, or lower the more it shows."""
    target = face_centre(human) - np.array([0.0, 0.22 * (view.height_m - 0.25), 0.0])
    distance_m = 0.5 * view.height_m / np.tan(0.5 * np.radians(view.fov_deg))
    direction = direction_from(view.azimuth_deg, view.elevation_deg)
    pose = posed_towards(target + distance_m * direction, target)
    pose[:3, 3] += pose[:3, :2] @ np.array(view.aside_m)
    return pose


def face_centre(human: OpenHuman) -> np.ndarray:
    """(3,): a little below and behind the middle of the eyes, so that a head fills the frame."""
    eyes = [human.joint_positions[human.joint_names.index(f"{side}_eye_smplhf")] for side in ("left", "right")]
    return np.mean(eyes, axis=0) - np.array([0.0, 0.015, 0.03])


def direction_from(azimuth_deg: float, elevation_deg: float) -> np.ndarray:
    """(3,) unit, from the face outwards: azimuth 0 is ahead (+Z), positive to the character's left (+X)."""
    azimuth, elevation = np.radians([azimuth_deg, elevation_deg])
    return np.array([np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)])


def _frame(human: OpenHuman, clip: MotionClip, index: int, view: View, turned_deg: float, role: Role) -> FramePlan:
    earlier = View(view.azimuth_deg - turned_deg, view.elevation_deg, view.height_m, view.fov_deg, view.aside_m)
    return FramePlan(
        role=role,
        time_s=index / clip.fps,
        pose=_pose(human, clip, index),
        pose_before=_pose(human, clip, index - 1),
        camera=_rows(camera_pose(human, view)),
        camera_before=_rows(camera_pose(human, earlier)),
        fov_y_rad=float(np.radians(view.fov_deg)),
    )


def _rows(matrix: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in matrix)


def _pose(human: OpenHuman, clip: MotionClip, index: int) -> PosePlan:
    """The clip's sample; jaw and eyes move by blend shapes."""
    names = sorted({name for layer in clip.layers for name in layer.joint_names} - set(FACE_JOINT_NAMES))
    rotations = clip.joints(names)[index]
    weights = clip.blend_shapes(ARKIT_NAMES)[index]
    return PosePlan(
        tuple(round(float(weight), 5) for weight in weights),
        {
            name: (round(float(x), 6), round(float(y), 6), round(float(z), 6))
            for name, (x, y, z) in zip(names, rotations, strict=True)
            if name in human.joint_names
        },
    )


def emotion_of(emotion: Mapping[str, float]) -> tuple[float, ...]:
    """Intensities in EMOTION_NAMES' order; neutral is what the others leave of 1."""
    values = [float(emotion.get(name, 0.0)) for name in EMOTION_NAMES]
    values[0] = max(1.0 - sum(values[1:]), 0.0)
    return tuple(values)


def split_of_person(number: int) -> Split:
    """Of ten people two are for the test and one for validation, from the first ten on."""
    return ("train", "train", "test", "train", "train", "validation", "train", "test", "train", "train")[number % 10]


def split_of_set(number: int) -> Split:
    """From set 24 on ten in thirty are for the test, so that an evaluation exists early; from set 300 on one in twelve.

    One in twenty is for validation, from the first twenty on.
    """
    if number in range(24, 54, 3) or (number >= 300 and number % 12 == 0):
        return "test"
    return "validation" if number % 20 == 4 else "train"


def people_of(split: Split, count: int) -> Sequence[int]:
    """The numbers below `count` of the people who are in a split."""
    return [number for number in range(count) if split_of_person(number) == split]
