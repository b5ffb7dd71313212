"""MotionClip <-> npz: SMPL-X / AMASS keys that other importers read, and the layers, ARKit weights and phonemes beside them.

For others: poses (F, 165), trans (F, 3), betas, gender, mocap_frame_rate, surface_model_type, expressions (F, E); blendshapes
(F, 52) with blendshape_names. For us: format_version, fps, layer_names, and `<layer>.<part>` for every part of every layer.
The first group is composed from the second, which alone is read back. Files without format_version are read as AMASS files.
"""

import json
import os
from collections.abc import Mapping

import numpy as np

from ..data import ARKIT_NAMES, LAYER_NAMES, SMPLX_JOINT_NAMES, MotionClip, MotionLayer, Phoneme
from ..errors import InvalidInput
from .amass_npz import AMASS_KEYS, amass_clip
from .faults import faults_of
from .limits import MAX_ARRAY_BYTES, MAX_CLIP_BYTES, check_frame_count
from .npz_schema import FORMAT_VERSION, LAYER_PARTS, OUR_KEYS, check_amass_headers, check_our_headers
from .safe_npz import SizeLimits, array_headers, read_arrays, write_arrays

_LIMITS = SizeLimits(MAX_ARRAY_BYTES, MAX_CLIP_BYTES)
_BETA_COUNT = 16
_RESTING_EXPRESSION_COUNT = 10


def write_npz(clip: MotionClip, path: str | os.PathLike[str]) -> None:
    """Writes `path` whole or not at all; equal clips give equal bytes. Raises InvalidInput where layers' bases differ."""
    check_frame_count(clip.frame_count, path)
    write_arrays(path, {**_smplx_arrays(clip), **_arkit_arrays(clip), **_our_arrays(clip)})


def read_npz(path: str | os.PathLike[str]) -> MotionClip:
    """The clip in `path`: bit for bit what write_npz was given, or an SMPL-X / AMASS motion as joint layers.

    Raises InvalidInput naming file and key: no npz, pickled objects, wrong shapes, NaN, unknown names, too long.
    """
    with faults_of(path):
        if "format_version" not in array_headers(path, _LIMITS, names=("format_version",)):
            check_amass_headers(array_headers(path, _LIMITS, names=AMASS_KEYS), path)
            return amass_clip(read_arrays(path, _LIMITS, names=AMASS_KEYS))
        _check_version(path)
        check_our_headers(array_headers(path, _LIMITS), path)
        return _our_clip(read_arrays(path, _LIMITS, names=OUR_KEYS))


def _check_version(path: str | os.PathLike[str]) -> None:
    version = read_arrays(path, _LIMITS, names=("format_version",))["format_version"]
    if version.size != 1 or version != FORMAT_VERSION:
        raise InvalidInput(f"{path}: format_version is {version}; this version of Vivavoce reads {FORMAT_VERSION}. Update it.")


def _smplx_arrays(clip: MotionClip) -> dict[str, np.ndarray]:
    expression, _ = clip.expression()
    if expression.shape[1] == 0:
        expression = np.zeros((clip.frame_count, _RESTING_EXPRESSION_COUNT), np.float32)
    return {
        "poses": clip.joints(SMPLX_JOINT_NAMES).reshape(clip.frame_count, -1),
        "trans": clip.translation(),
        "betas": np.zeros(_BETA_COUNT, np.float32),
        "gender": np.array("neutral"),
        "surface_model_type": np.array("smplx"),
        "mocap_frame_rate": np.array(clip.fps, np.float64),
        "expressions": expression,
    }


def _arkit_arrays(clip: MotionClip) -> dict[str, np.ndarray]:
    return {"blendshapes": clip.blend_shapes(ARKIT_NAMES), "blendshape_names": np.array(ARKIT_NAMES)}


def _our_arrays(clip: MotionClip) -> dict[str, np.ndarray]:
    arrays = {
        "format_version": np.array(FORMAT_VERSION, np.int32),
        "fps": np.array(clip.fps, np.float64),
        "layer_names": np.array([layer.name for layer in clip.layers], np.str_),
        "phoneme_symbols": np.array([phoneme.symbol for phoneme in clip.phonemes], np.str_),
        "phoneme_starts_s": np.array([phoneme.start_s for phoneme in clip.phonemes], np.float64),
        "phoneme_ends_s": np.array([phoneme.end_s for phoneme in clip.phonemes], np.float64),
        "metadata": np.array(json.dumps(dict(clip.metadata), sort_keys=True)),
    }
    for layer in clip.layers:
        for part in LAYER_PARTS:
            values = getattr(layer, part)
            if values is not None:
                arrays[f"{layer.name}.{part}"] = np.array(values, np.str_) if isinstance(values, tuple | str) else values
    return arrays


def _our_clip(arrays: Mapping[str, np.ndarray]) -> MotionClip:
    spans = zip(arrays["phoneme_symbols"], arrays["phoneme_starts_s"], arrays["phoneme_ends_s"], strict=True)
    return MotionClip(
        fps=float(arrays["fps"]),
        layers=tuple(_our_layer(str(name), arrays) for name in arrays["layer_names"]),
        phonemes=tuple(Phoneme(str(symbol), float(start_s), float(end_s)) for symbol, start_s, end_s in spans),
        metadata=_metadata(str(arrays["metadata"])),
    )


def _our_layer(name: str, arrays: Mapping[str, np.ndarray]) -> MotionLayer:
    if name not in LAYER_NAMES or f"{name}.blend_shape_weights" not in arrays:
        raise InvalidInput(f"layer_names lists {name!r}, which the file does not hold. Known layers: {', '.join(LAYER_NAMES)}.")
    return MotionLayer(
        name,
        blend_shape_weights=arrays[f"{name}.blend_shape_weights"],
        blend_shape_names=tuple(str(blend_shape) for blend_shape in arrays[f"{name}.blend_shape_names"]),
        joint_rotations=arrays[f"{name}.joint_rotations"],
        joint_names=tuple(str(joint) for joint in arrays[f"{name}.joint_names"]),
        translation=arrays.get(f"{name}.translation"),
        expression=arrays.get(f"{name}.expression"),
        expression_basis=str(arrays[f"{name}.expression_basis"]),
    )


def _metadata(text: str) -> dict[str, str]:
    try:
        metadata = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"metadata is not JSON ({error}). Write the file again.") from error
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise InvalidInput("metadata must be a JSON object of texts. Write the file again.")
    return metadata
