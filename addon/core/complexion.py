"""Colours of the open human per vertex, in linear RGB: what the materials refine, and what formats without materials carry."""

import numpy as np

from ...bridge.data.open_human import OpenHuman

MATERIAL_COLOURS: dict[str, tuple[float, float, float]] = {
    "skin": (0.50, 0.285, 0.195),
    "lips": (0.50, 0.285, 0.195),
    "mouth": (0.30, 0.075, 0.065),
    "sclera": (0.74, 0.70, 0.66),
    "iris": (0.105, 0.125, 0.11),
    "pupil": (0.003, 0.003, 0.003),
    "cornea": (1.0, 1.0, 1.0),
    "teeth": (0.72, 0.66, 0.55),
    "gums": (0.42, 0.13, 0.12),
    "tongue": (0.42, 0.13, 0.12),
    "lashes": (0.012, 0.009, 0.008),
    "brows": (0.035, 0.020, 0.013),
    "hair": (0.035, 0.020, 0.013),
    "shirt": (0.055, 0.085, 0.115),
    "trousers": (0.045, 0.045, 0.05),
}
_BLOOD = np.array([0.52, 0.17, 0.13])
_VERMILION = np.array([0.40, 0.125, 0.115])
_LID = np.array([0.40, 0.20, 0.155])


def vertex_colours(human: OpenHuman) -> np.ndarray:
    """(V, 3) linear RGB: each material's colour, and on skin the blood in cheeks, nose, ears, lids and lips."""
    colours = np.ones((len(human.vertices), 3))
    for index, name in enumerate(human.material_names):
        colours[np.unique(human.faces[human.face_material == index])] = MATERIAL_COLOURS[name]
    skin = np.isin(human.vertex_region, [human.region_names.index(name) for name in ("skin", "lips")])
    for share, colour in ((flush(human), _BLOOD), (0.7 * lids(human), _LID), (0.85 * lips(human), _VERMILION)):
        share = np.where(skin, share, 0.0)[:, None]
        colours = colours * (1.0 - share) + share * colour
    return colours


def lips(human: OpenHuman) -> np.ndarray:
    """(V,) 0..1: the red of the lips, soft at its border."""
    return _softened(human, (human.vertex_region == human.region_names.index("lips")).astype(float), rounds=1)


def lids(human: OpenHuman) -> np.ndarray:
    """(V,) 0..1: the thin skin that moves when the eyes close."""
    motion = _motion(human, "eyeBlinkLeft") + _motion(human, "eyeBlinkRight")
    return np.clip(motion * 1.5, 0.0, 1.0)


def flush(human: OpenHuman) -> np.ndarray:
    """(V,) 0..1: where blood shows through: cheeks, the tip and wings of the nose, ears, a little on the chin."""
    left, right = (human.joint_positions[human.joint_names.index(f"{side}_eye_smplhf")] for side in ("left", "right"))
    head = human.vertices - 0.5 * (left + right)
    face = np.abs(head[:, 0]) < 0.02
    level = face & (head[:, 1] > -0.06) & (head[:, 1] < -0.02)
    nose_tip = human.vertices[np.flatnonzero(level)[np.argmax(human.vertices[level, 2])]]
    side = np.where(head[:, 0] > 0.0, 1.0, -1.0)
    cheek = np.stack([side * 0.047, np.full(len(head), -0.043), np.full(len(head), 0.01)], axis=1)
    ears = (np.abs(head[:, 0]) > 0.072) & (np.abs(head[:, 1] + 0.02) < 0.05)
    return np.clip(
        0.30 * _blob(head - cheek, 0.024) + 0.38 * _blob(human.vertices - nose_tip, 0.017) + 0.35 * _softened(human, ears, 2),
        0.0,
        1.0,
    )


def _blob(offset: np.ndarray, radius_m: float) -> np.ndarray:
    return np.exp(-np.sum(offset**2, axis=1) / (2.0 * radius_m**2))


def _motion(human: OpenHuman, name: str) -> np.ndarray:
    length = np.linalg.norm(human.blend_shape(name), axis=1)
    return length / max(length.max(), 1e-9)


def _softened(human: OpenHuman, mask: np.ndarray, rounds: int) -> np.ndarray:
    """A mask (V,) blurred over the mesh: each round gives a vertex the mean of itself and its faces' corners."""
    values = mask.astype(float)
    for _ in range(rounds):
        face_mean = values[human.faces].mean(axis=1)
        total, count = np.zeros(len(values)), np.zeros(len(values))
        for corner in human.faces.T:
            np.add.at(total, corner, face_mean)
            np.add.at(count, corner, 1.0)
        values = 0.5 * values + 0.5 * total / np.maximum(count, 1.0)
    return values
