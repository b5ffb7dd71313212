"""The eyeballs: a sclera with a recessed iris and a pupil, under a clear cornea; eyeLook shapes turn them."""

import numpy as np

from ...bridge.data import ARKIT_NAMES, EYE_LOOK_RAD
from ...bridge.data.rotation import axis_angle_to_matrix
from .parts import PALETTE, MeshPart, joined
from .skeleton import JOINT_NAMES

IRIS_RADIUS_M = 0.0062
PUPIL_RADIUS_M = 0.0025
_SEGMENTS = 40
_IRIS_SHADES = (0.30, 0.50, 0.95, 1.15, 0.60)
"""Brightness of the iris from its dark rim to the pupil's edge."""


def look_rotation(name: str, side: str) -> np.ndarray:
    """The turn of one eye at weight 1 of an eyeLook shape, (3,) axis-angle; zeros for other shapes and the other eye."""
    direction = name.removeprefix("eyeLook").removesuffix(side)
    if not name.startswith("eyeLook") or direction not in EYE_LOOK_RAD:
        return np.zeros(3)
    angle = EYE_LOOK_RAD[direction]
    if direction in ("Up", "Down"):
        return np.array([-angle if direction == "Up" else angle, 0.0, 0.0])
    outward = 1.0 if side == "Left" else -1.0
    return np.array([0.0, outward * (angle if direction == "Out" else -angle), 0.0])


def eyeballs(helper_vertices: dict[str, np.ndarray], eye_joints: dict[str, np.ndarray]) -> MeshPart:
    """Both eyes. helper_vertices: "Left" and "Right" -> MakeHuman's own eyeball (N, 3), which the lids fit; joints (3,) each."""
    pieces = []
    for side in ("Left", "Right"):
        centre, radius = _fitted_sphere(helper_vertices[side])
        pieces += [_ball(side, centre, radius, eye_joints[side]), _cornea(side, centre, radius, eye_joints[side])]
    return joined("eyes", pieces)


def _fitted_sphere(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Least-squares sphere through the back of an eyeball: centre (3,), radius."""
    points = points[points[:, 2] < np.quantile(points[:, 2], 0.75)]
    system = np.concatenate([2.0 * points, np.ones((len(points), 1))], axis=1)
    solution = np.linalg.lstsq(system, np.sum(points**2, axis=1), rcond=None)[0]
    return solution[:3], float(np.sqrt(solution[3] + solution[:3] @ solution[:3]))


def _ball(side: str, centre: np.ndarray, radius: float, joint: np.ndarray) -> MeshPart:
    limbus = np.arcsin(IRIS_RADIUS_M / radius)
    polar = np.linspace(np.pi, limbus, 18)
    rings = [(radius * np.sin(angle), radius * np.cos(angle)) for angle in polar]
    names = ["sclera"] * (len(polar) - 1)
    front = radius * np.cos(limbus)
    for share, depth, name in ((0.96, 0.0002, "iris"), (0.85, 0.0006, "iris"), (0.6, 0.0010, "iris")):
        rings.append((IRIS_RADIUS_M * share, front - depth))
        names.append(name)
    rings += [(PUPIL_RADIUS_M, front - 0.0012), (PUPIL_RADIUS_M * 0.9, front - 0.0022), (0.0, front - 0.003)]
    names += ["iris", "pupil", "pupil"]
    sclera = np.array(PALETTE["sclera"]) * np.interp(polar, [limbus, 0.9, 2.0], [1.0, 1.0, 0.75])[:, None] * [1.0, 0.99, 0.985]
    iris = np.array(PALETTE["iris"]) * np.array(_IRIS_SHADES)[:, None]
    colors = np.concatenate([sclera[:-1], iris, np.tile(PALETTE["pupil"], (2, 1))])
    return _revolved(side, centre, np.array(rings), names, colors, joint)


def _cornea(side: str, centre: np.ndarray, radius: float, joint: np.ndarray) -> MeshPart:
    limbus = np.arcsin(IRIS_RADIUS_M / radius)
    share = np.linspace(1.0, 0.0, 8)
    height = radius + 0.00025 + 0.0009 * np.cos(0.5 * np.pi * share) ** 1.5
    angle = share * limbus * 1.12
    rings = np.stack([height * np.sin(angle), height * np.cos(angle)], axis=1)
    return _revolved(side, centre, rings, ["cornea"] * 7, np.ones((8, 3)), joint)


def _revolved(
    side: str, centre: np.ndarray, rings: np.ndarray, names: list[str], colors: np.ndarray, joint: np.ndarray
) -> MeshPart:
    """A surface of revolution about +Z from rings (R, 2) of (radius, depth), outward faces, with shapes, weights and polar uv."""
    turn = np.linspace(0.0, 2.0 * np.pi, _SEGMENTS, endpoint=False)
    x, y = rings[:, :1] * np.cos(turn), rings[:, :1] * np.sin(turn)
    vertices = np.stack([x, y, np.repeat(rings[:, 1:], _SEGMENTS, axis=1)], axis=-1).reshape(-1, 3) + centre
    row, column = np.meshgrid(np.arange(len(rings) - 1), np.arange(_SEGMENTS), indexing="ij")
    after = (column + 1) % _SEGMENTS
    quads = np.stack(
        [row * _SEGMENTS + column, row * _SEGMENTS + after, (row + 1) * _SEGMENTS + after, (row + 1) * _SEGMENTS + column], -1
    )
    quads = quads.reshape(-1, 4)
    polar = np.arctan2(rings[:, 0], rings[:, 1]) / np.pi
    flat = 0.5 + 0.5 * polar[:, None, None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    weights = np.zeros((len(vertices), len(JOINT_NAMES)))
    weights[:, JOINT_NAMES.index(f"{side.lower()}_eye_smplhf")] = 1.0
    return MeshPart(
        "eyes", vertices, quads, flat.reshape(-1, 2)[quads], _look_shapes(side, vertices, joint), weights,
        np.full(len(vertices), "eyes", object), np.repeat(np.array(names, object), _SEGMENTS),
        np.repeat(colors, _SEGMENTS, axis=0),
    )  # fmt: skip


def _look_shapes(side: str, vertices: np.ndarray, joint: np.ndarray) -> np.ndarray:
    """(52, V, 3): the eyeball's turn about its joint at weight 1, as the offsets that a blend shape can hold."""
    shapes = np.zeros((len(ARKIT_NAMES), *vertices.shape))
    for index, name in enumerate(ARKIT_NAMES):
        rotation = look_rotation(name, side)
        if rotation.any():
            shapes[index] = (vertices - joint) @ axis_angle_to_matrix(rotation).T - (vertices - joint)
    return shapes
