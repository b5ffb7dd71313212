"""RigGeometry <-> npz: one way for files, for what a worker is sent, and for what Blender hands over."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..errors import InvalidInput
from ..formats.safe_npz import SizeLimits, read_arrays, write_arrays
from .curves import TargetName
from .geometry import ControlOffsets, RigBones, RigGeometry

GEOMETRY_VERSION = 1
LIMITS = SizeLimits(array_bytes=512 << 20, total_bytes=1 << 30)
_ARRAYS = {"vertices": "f", "triangles": "i", "vertex_mesh": "i"}
_CONTROL_ARRAYS = {"starts": "i", "indices": "i", "offsets": "f", "ranges": "f"}
_BONE_ARRAYS = {"parents": "i", "heads": "f", "skin_bones": "i", "skin_weights": "f"}


def geometry_arrays(geometry: RigGeometry) -> dict[str, np.ndarray]:
    """Every part of a geometry by its key."""
    arrays = {"rig_version": np.array(GEOMETRY_VERSION, np.int32), "mesh_names": np.array(geometry.mesh_names, np.str_)}
    arrays |= {name: getattr(geometry, name) for name in _ARRAYS}
    arrays |= {f"control_{name}": getattr(geometry.controls, name) for name in _CONTROL_ARRAYS}
    arrays |= {f"bone_{name}": getattr(geometry.bones, name) for name in _BONE_ARRAYS}
    arrays["control_targets"] = targets_array(geometry.controls.targets)
    arrays["bone_names"] = np.array(geometry.bones.names, np.str_)
    arrays["bone_objects"] = np.array(geometry.bones.objects, np.str_)
    return arrays


def geometry_from(arrays: Mapping[str, np.ndarray]) -> RigGeometry:
    """The inverse. Raises InvalidInput where a part is missing, of another kind, or does not fit the others."""
    wanted = {**_ARRAYS, **{f"control_{name}": kind for name, kind in _CONTROL_ARRAYS.items()}}
    wanted |= {f"bone_{name}": kind for name, kind in _BONE_ARRAYS.items()}
    texts = ("mesh_names", "control_targets", "bone_names", "bone_objects")
    if missing := sorted({"rig_version", *wanted, *texts} - set(arrays)):
        raise InvalidInput(f"This is no rig's geometry: {', '.join(missing)} are missing. Write it again from Blender.")
    if int(arrays["rig_version"].ravel()[0]) != GEOMETRY_VERSION:
        raise InvalidInput(f"The rig's geometry is of version {arrays['rig_version']}; this program reads {GEOMETRY_VERSION}.")
    if wrong := [name for name, kind in wanted.items() if arrays[name].dtype.kind not in {"i": "iu", "f": "f"}[kind]]:
        raise InvalidInput(f"The rig's geometry holds {', '.join(wrong)} in a wrong type. Write it again from Blender.")
    controls = {name: arrays[f"control_{name}"] for name in _CONTROL_ARRAYS}
    bones = {name: arrays[f"bone_{name}"] for name in _BONE_ARRAYS}
    return RigGeometry(
        **{name: arrays[name] for name in _ARRAYS},
        mesh_names=_texts(arrays["mesh_names"]),
        controls=ControlOffsets(targets_from(arrays["control_targets"]), **controls),
        bones=RigBones(_texts(arrays["bone_names"]), _texts(arrays["bone_objects"]), **bones),
    )


def targets_array(targets: tuple[TargetName, ...]) -> np.ndarray:
    """(N, 4) text: kind, object, name, axis."""
    return np.array([(item.kind, item.object, item.name, item.axis) for item in targets], np.str_).reshape(-1, 4)


def targets_from(array: np.ndarray) -> tuple[TargetName, ...]:
    """The inverse. Raises InvalidInput."""
    if array.ndim != 2 or array.shape[1] != 4:
        raise InvalidInput(f"Names of targets need four texts each, not an array of shape {array.shape}.")
    return tuple(TargetName(*(str(text) for text in row)) for row in array)


def write_geometry(geometry: RigGeometry, path: Path) -> None:
    """Write `path` whole or not at all."""
    write_arrays(path, geometry_arrays(geometry))


def read_geometry(path: Path) -> RigGeometry:
    """Raises InvalidInput where the file holds no rig."""
    return geometry_from(read_arrays(path, LIMITS))


def _texts(array: np.ndarray) -> tuple[str, ...]:
    return tuple(str(text) for text in array.ravel())
