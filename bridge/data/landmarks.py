"""The 51 face landmarks (iBUG's, without the contour) and SMPL-X's 21 extra vertices, found on the open human."""

import numpy as np

from .open_human import OpenHuman

_RIGHT_BROW = ((-50.0, 18.4), (-42.0, 22.4), (-32.0, 22.6), (-21.0, 20.4), (-9.5, 17.0))
_NOSE = (
    (0.0, 0.0),
    (0.0, -11.0),
    (0.0, -22.0),
    (0.0, -33.0),
    (-11.0, -43.0),
    (-6.0, -45.0),
    (0.0, -46.5),
    (6.0, -45.0),
    (11.0, -43.0),
)
_EYE_DEGREES = (180.0, 120.0, 60.0, 0.0, -60.0, -120.0)
_OUTER_LIPS_DEGREES = (180.0, 145.0, 110.0, 90.0, 70.0, 35.0, 0.0, -35.0, -65.0, -90.0, -115.0, -145.0)
_INNER_LIPS_DEGREES = (180.0, 120.0, 90.0, 60.0, 0.0, -60.0, -90.0, -120.0)
RIGHT_EYE, LEFT_EYE, OUTER_LIPS, INNER_LIPS = (tuple(range(*span)) for span in ((19, 25), (25, 31), (31, 43), (43, 51)))
"""Landmarks that go around something, in order."""
RIGHT_BROW, LEFT_BROW = tuple(range(5)), tuple(range(5, 10))
MIRRORED_LANDMARKS = (
    *range(9, -1, -1), *range(10, 14), *range(18, 13, -1), 28, 27, 26, 25, 30, 29, 22, 21, 20, 19, 24, 23,
    *range(37, 30, -1), *range(42, 37, -1), *range(47, 42, -1), *range(50, 47, -1),
)  # fmt: skip
"""The landmark on the other side of the face, for each."""
_CANDIDATES, _BESIDE_M, _BEHIND_M = 32, 0.002, 0.004
_EYE_RADII_MM, _OUTER_LIPS_RADII_MM, _INNER_LIPS_RADII_MM = (14.5, 5.5), (26.0, 10.5), (20.0, 0.8)


def landmark_vertices(human: OpenHuman) -> np.ndarray:
    """(51,) vertex ids: brows, nose, eyes, outer and inner lips, in iBUG's order (the character's right comes first)."""
    left, right = (human.joint_positions[human.joint_names.index(f"{side}_eye_smplhf")] for side in ("left", "right"))
    middle, mouth = 0.5 * (left + right), human.vertices[human.lip_pairs].mean(axis=(0, 1))
    mirrored = tuple((-x, y) for x, y in reversed(_RIGHT_BROW))
    flat = [middle[:2] + 1e-3 * np.array(point) for point in (*_RIGHT_BROW, *mirrored, *_NOSE)]
    for centre, radii, degrees in (
        (right, _EYE_RADII_MM, _EYE_DEGREES),
        (left, _EYE_RADII_MM, _EYE_DEGREES),
        (mouth, _OUTER_LIPS_RADII_MM, _OUTER_LIPS_DEGREES),
        (mouth, _INNER_LIPS_RADII_MM, _INNER_LIPS_DEGREES),
    ):
        angle = np.radians(degrees)
        flat += list(centre[:2] + 1e-3 * np.stack([radii[0] * np.cos(angle), radii[1] * np.sin(angle)], axis=1))
    skin = np.unique(human.faces[human.face_part == human.part_names.index("body")])
    front = skin[human.vertices[skin, 2] > middle[2] - 0.02]
    return front[_frontmost(human.vertices[front], np.array(flat))]


def _frontmost(vertices: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The vertex nearest to each place (L, 2) seen from the front, none that lies behind others: not inside lids or lips."""
    apart = np.linalg.norm(vertices[None, :, :2] - places[:, None], axis=-1)
    near = np.argsort(apart, axis=1, kind="stable")[:, :_CANDIDATES]
    distances = np.take_along_axis(apart, near, axis=1)
    depth = vertices[near, 2]
    surface = np.where(distances < distances[:, :1] + _BESIDE_M, depth, -np.inf).max(axis=1, keepdims=True)
    hidden = depth < surface - _BEHIND_M
    return near[np.arange(len(near)), np.where(hidden, np.inf, distances).argmin(axis=1)]


def extra_vertices(human: OpenHuman) -> dict[str, int]:
    """SMPL-X's named extra vertices on the open human: nose, eyes, ears, finger tips, toes and heels."""
    body = np.unique(human.faces[human.face_part == human.part_names.index("body")])
    points, joints = human.vertices[body], dict(zip(human.joint_names, human.joint_positions, strict=True))
    found = {"nose": int(landmark_vertices(human)[13])}
    for side, letter, sign in (("left", "l", 1.0), ("right", "r", -1.0)):
        eye = joints[f"{side}_eye_smplhf"]
        foot = joints[f"{side}_foot"]
        found[f"{letter}eye"] = _nearest(body, points, eye + np.array([0.0, 0.0, 0.03]))
        found[f"{letter}ear"] = _nearest(body, points, eye + np.array([sign * 0.06, -0.02, -0.08]))
        for finger in ("thumb", "index", "middle", "ring", "pinky"):
            tip, knuckle = joints[f"{side}_{finger}3"], joints[f"{side}_{finger}2"]
            found[f"{letter}{finger}"] = _nearest(body, points, tip + 1.2 * (tip - knuckle))
        capital = letter.upper()
        found[f"{capital}BigToe"] = _nearest(body, points, foot + np.array([-sign * 0.02, -0.02, 0.08]))
        found[f"{capital}SmallToe"] = _nearest(body, points, foot + np.array([sign * 0.045, -0.02, 0.04]))
        found[f"{capital}Heel"] = _nearest(body, points, joints[f"{side}_ankle"] + np.array([0.0, -0.06, -0.06]))
    return found


def _nearest(ids: np.ndarray, points: np.ndarray, place: np.ndarray) -> int:
    return int(ids[np.linalg.norm(points - place, axis=1).argmin()])
