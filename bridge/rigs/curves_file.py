"""TargetCurves <-> npz, and what a worker is sent to make them: a rig and a performance in one file."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..data import ARKIT_NAMES, MotionClip, MotionLayer
from ..errors import InvalidInput
from ..formats.safe_npz import read_arrays, write_arrays
from .curves import TargetCurves
from .geometry import RigGeometry
from .geometry_file import LIMITS, geometry_arrays, geometry_from, targets_array, targets_from
from .mapping import RigMapping
from .mapping_json import mapping_from_json, mapping_to_json

_CLIP_KEYS = ("clip_weights", "clip_fps")
_CURVE_KEYS = ("targets", "values", "fps")


def curves_arrays(curves: TargetCurves, mapping: RigMapping | None = None) -> dict[str, np.ndarray]:
    """By key; with the pose library that the curves may come from."""
    arrays = {"targets": targets_array(curves.targets), "values": curves.values, "fps": np.array(curves.fps)}
    return arrays if mapping is None else {**arrays, "mapping": np.array(mapping_to_json(mapping))}


def curves_from(arrays: Mapping[str, np.ndarray]) -> tuple[TargetCurves, RigMapping | None]:
    """The inverse. Raises InvalidInput."""
    if missing := sorted(set(_CURVE_KEYS) - set(arrays)):
        raise InvalidInput(f"These are no curves of a rig: {', '.join(missing)} are missing. Make them with `vivavoce retarget`.")
    curves = TargetCurves(float(arrays["fps"]), targets_from(arrays["targets"]), arrays["values"])
    return curves, mapping_from_json(str(arrays["mapping"])) if "mapping" in arrays else None


def write_curves(curves: TargetCurves, path: Path, mapping: RigMapping | None = None) -> None:
    """Write `path` whole or not at all."""
    write_arrays(path, curves_arrays(curves, mapping))


def read_curves(path: Path) -> tuple[TargetCurves, RigMapping | None]:
    """Raises InvalidInput where the file holds no curves."""
    return curves_from(read_arrays(path, LIMITS))


def request_arrays(clip: MotionClip, geometry: RigGeometry) -> dict[str, np.ndarray]:
    """What the worker's job `retarget` takes for input."""
    return {**geometry_arrays(geometry), "clip_weights": clip.blend_shapes(ARKIT_NAMES), "clip_fps": np.array(clip.fps)}


def request_from(arrays: Mapping[str, np.ndarray]) -> tuple[MotionClip, RigGeometry]:
    """The inverse; the clip has one layer. Raises InvalidInput."""
    if missing := sorted(set(_CLIP_KEYS) - set(arrays)):
        raise InvalidInput(f"The request holds no performance: {', '.join(missing)} are missing.")
    layer = MotionLayer("lips", arrays["clip_weights"], ARKIT_NAMES)
    return MotionClip(float(arrays["clip_fps"]), (layer,)), geometry_from(arrays)
