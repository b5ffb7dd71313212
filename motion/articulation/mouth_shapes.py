"""MouthShapes: the calibrated shape of every viseme and how strongly and how far it pulls on its neighbours."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ...bridge.errors import InvalidInput
from .visemes import VISEME_NAMES

MOUTH_SHAPES_PATH = Path(__file__).parent / "mouth_shapes.json"

CHANNEL_ARTICULATORS: dict[str, str] = {
    "jawOpen": "jaw", "jawForward": "jaw",
    "mouthLowerDown": "lips", "mouthUpperUp": "lips", "tongueOut": "lips",
    "mouthFunnel": "width", "mouthPucker": "width", "mouthStretch": "width", "mouthSmile": "width",
}  # fmt: skip
"""What visemes shape, and which of three articulators moves it; each has a timing of its own. Left and right move together."""
CHANNEL_NAMES: tuple[str, ...] = tuple(CHANNEL_ARTICULATORS)
CHANNEL_INDEX: dict[str, int] = {name: index for index, name in enumerate(CHANNEL_NAMES)}
ARTICULATOR_NAMES: tuple[str, ...] = ("jaw", "lips", "width")
CHANNEL_ARTICULATOR_INDEX: np.ndarray = np.array([ARTICULATOR_NAMES.index(name) for name in CHANNEL_ARTICULATORS.values()])


@dataclass(frozen=True, eq=False)
class MouthShapes:
    """V visemes (VISEME_NAMES), C channels (CHANNEL_NAMES), A articulators (ARTICULATOR_NAMES); numpy arrays, or torch tensors
    while they are calibrated.

    targets: (V, C) blend-shape weights; below zero an aim beyond contact, as of lips that press (Löfqvist and Gracco 1997).
    strength: (V, A), dominance at the sound's heart, in octaves. reach_before_s, reach_after_s: (V, A), where it is one less.
    loudness_gain: (A,), octaves of movement per 10 dB. falloff: exponent of time in the dominance function.
    """

    targets: Any
    strength: Any
    reach_before_s: Any
    reach_after_s: Any
    loudness_gain: Any
    falloff: Any = 1.0
    provenance: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        visemes, articulators = len(VISEME_NAMES), len(ARTICULATOR_NAMES)
        shapes = {"targets": (visemes, len(CHANNEL_NAMES)), "loudness_gain": (articulators,)}
        shapes |= dict.fromkeys(("strength", "reach_before_s", "reach_after_s"), (visemes, articulators))
        for name, shape in shapes.items():
            found = tuple(getattr(self, name).shape)
            if found != shape:
                raise InvalidInput(f"Mouth shapes: {name} has shape {found} where {shape} is meant. Calibrate again.")


_ARRAYS = ("targets", "strength", "reach_before_s", "reach_after_s", "loudness_gain")


@cache
def calibrated_mouth_shapes() -> MouthShapes:
    """The shapes that ship with the project."""
    return read_mouth_shapes(MOUTH_SHAPES_PATH)


def read_mouth_shapes(path: Path) -> MouthShapes:
    content = json.loads(path.read_text(encoding="utf-8"))
    if (tuple(content["visemes"]), tuple(content["channels"])) != (VISEME_NAMES, CHANNEL_NAMES):
        raise InvalidInput(f"{path} was calibrated for other visemes or channels: run `vivavoce calibrate` again.")
    values = {name: np.array(content[name]) for name in _ARRAYS}
    return MouthShapes(**values, falloff=content["falloff"], provenance=content["provenance"])


def write_mouth_shapes(shapes: MouthShapes, path: Path) -> None:
    """Write the shapes as JSON, one viseme a line, with four decimals."""
    content = {"provenance": dict(shapes.provenance), "visemes": VISEME_NAMES, "channels": CHANNEL_NAMES}
    content |= {"articulators": ARTICULATOR_NAMES, "falloff": round(float(shapes.falloff), 4)}
    content |= {name: np.round(np.asarray(getattr(shapes, name), np.float64), 4).tolist() for name in _ARRAYS}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    text = re.sub(r"\[\s+([^\[\]]*?)\s+\]", lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", text)
    written = path.with_suffix(".part")
    written.write_text(text + "\n", encoding="utf-8")
    written.replace(path)
