"""Rigs made of the open human: its head with whatever shapes a test wants to leave it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np

from vivavoce.bridge.data import ARKIT_NAMES, MotionClip, MotionLayer, OpenHuman
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.bridge.rigs import TargetName
from vivavoce.bridge.rigs.geometry import NO_BONES, RigBones, RigGeometry, sparse_controls
from vivavoce.motion.retarget.laid_on import laid_on
from vivavoce.motion.retarget.wanted import WantedFace
from vivavoce.motion.transfer.mesh import triangulated

PARTS = ("body", "eyes", "teeth", "tongue")


def both(name: str, weight: float) -> dict[str, float]:
    return {f"{name}Left": weight, f"{name}Right": weight}


VISEMES: dict[str, dict[str, float]] = {
    "viseme_PP": {"jawOpen": 0.05, "mouthClose": 0.05, **both("mouthPress", 0.6), "mouthRollLower": 0.3, "mouthRollUpper": 0.3},
    "viseme_FF": {"jawOpen": 0.08, "mouthRollLower": 0.6, **both("mouthUpperUp", 0.25)},
    "viseme_TH": {"jawOpen": 0.15, **both("mouthLowerDown", 0.2), "tongueOut": 0.4},
    "viseme_DD": {"jawOpen": 0.14, **both("mouthUpperUp", 0.1), **both("mouthLowerDown", 0.2)},
    "viseme_kk": {"jawOpen": 0.2, **both("mouthLowerDown", 0.15), **both("mouthStretch", 0.1)},
    "viseme_CH": {"jawOpen": 0.1, "mouthFunnel": 0.5, "mouthPucker": 0.25, **both("mouthLowerDown", 0.2)},
    "viseme_SS": {"jawOpen": 0.05, **both("mouthStretch", 0.35), **both("mouthLowerDown", 0.35), **both("mouthUpperUp", 0.15)},
    "viseme_nn": {"jawOpen": 0.14, **both("mouthLowerDown", 0.12)},
    "viseme_RR": {"jawOpen": 0.1, "mouthFunnel": 0.3, "mouthPucker": 0.2},
    "viseme_aa": {"jawOpen": 0.6, **both("mouthLowerDown", 0.15)},
    "viseme_E": {"jawOpen": 0.3, **both("mouthStretch", 0.3), **both("mouthSmile", 0.2), **both("mouthLowerDown", 0.2)},
    "viseme_I": {"jawOpen": 0.14, **both("mouthSmile", 0.4), **both("mouthStretch", 0.25), **both("mouthLowerDown", 0.25)},
    "viseme_O": {"jawOpen": 0.4, "mouthFunnel": 0.5, "mouthPucker": 0.3},
    "viseme_U": {"jawOpen": 0.15, "mouthPucker": 0.9, "mouthFunnel": 0.3},
}


@cache
def human() -> OpenHuman:
    return load_open_human()


@cache
def head() -> tuple[np.ndarray, np.ndarray]:
    """Vertices (N,) of the open human that make its head and body without clothes and hair, and their triangles."""
    wanted = [human().part_names.index(name) for name in PARTS]
    used, faces = np.unique(human().faces[np.isin(human().face_part, wanted)], return_inverse=True)
    return used, triangulated(faces.reshape(-1, 4))


def rig(shapes: Mapping[str, Mapping[str, float]], bones: RigBones = NO_BONES) -> RigGeometry:
    """The open human's head with keys that are mixtures of its blend shapes."""
    used, triangles = head()
    offsets = [
        np.sum([amount * human().blend_shape(name)[used] for name, amount in mix.items()], axis=0) for mix in shapes.values()
    ]
    targets = tuple(TargetName("shape_key", "Head", name) for name in shapes)
    controls = sparse_controls(targets, np.array(offsets).reshape(-1, len(used), 3), np.array([[0.0, 1.0]] * len(targets)))
    return RigGeometry(human().vertices[used], triangles, np.zeros(len(used), np.int32), ("Head",), controls, bones)


@cache
def wanted() -> WantedFace:
    """What the open human's shapes are on the open human's own head: exactly, and not as they are laid on other heads."""
    laid = laid_on(human(), rig({}))
    return replace(laid, offsets=np.stack([human().blend_shape(name)[head()[0][laid.vertices]] for name in ARKIT_NAMES]))


def talking_clip(seconds: float = 4.0, fps: float = 30.0) -> MotionClip:
    """Openings and roundings that come and go, with lips shut twice a second."""
    times = np.arange(int(seconds * fps)) / fps
    swing = 0.5 - 0.5 * np.cos(2.0 * np.pi * 2.0 * times)
    shut = np.clip(1.6 - 8.0 * np.abs((times % 0.5) / 0.5 - 0.95), 0.0, 1.0)
    weights = np.zeros((len(times), len(ARKIT_NAMES)))
    values = {"jawOpen": 0.45 * swing, "mouthFunnel": 0.3 * swing * np.sin(times), "mouthSmileLeft": 0.3 * np.cos(times)}
    values |= {"mouthSmileRight": values["mouthSmileLeft"], "mouthLowerDownLeft": 0.2 * swing, "mouthLowerDownRight": 0.2 * swing}
    for name, value in values.items():
        weights[:, ARKIT_NAMES.index(name)] = np.clip(value, 0.0, 1.0) * (1.0 - shut * (name != "jawOpen")) * (1.0 - 0.8 * shut)
    weights[:, ARKIT_NAMES.index("mouthClose")] = weights[:, ARKIT_NAMES.index("jawOpen")] * shut
    return MotionClip(fps, (MotionLayer("lips", weights, ARKIT_NAMES),))
