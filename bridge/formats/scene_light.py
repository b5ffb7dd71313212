"""SceneLight <-> arrays by name, and a file that holds nothing but a light."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..data import Lamp, SceneLight
from ..data.scene_light import LAMP_KINDS
from ..errors import InvalidInput
from .safe_npz import SizeLimits, read_arrays, write_arrays

_LIMITS = SizeLimits(array_bytes=1 << 28, total_bytes=1 << 29)
_OF_LAMPS = ("kind", "to_world", "strength", "size", "cone_rad")


def light_arrays(light: SceneLight) -> dict[str, np.ndarray]:
    """environment (H, W, 3), and of N lamps: lamp_kind (N,) index into LAMP_KINDS, lamp_to_world (N, 4, 4) and so on."""
    lamps = light.lamps
    return {
        "environment": light.environment,
        "lamp_kind": np.array([LAMP_KINDS.index(lamp.kind) for lamp in lamps], np.uint8),
        "lamp_to_world": np.reshape([lamp.lamp_to_world for lamp in lamps], (-1, 4, 4)),
        "lamp_strength": np.reshape([lamp.strength for lamp in lamps], (-1, 3)),
        "lamp_size": np.reshape([lamp.size for lamp in lamps], (-1, 2)),
        "lamp_cone_rad": np.array([lamp.cone_rad for lamp in lamps], np.float64),
    }


def light_from_arrays(arrays: Mapping[str, np.ndarray]) -> SceneLight:
    """The inverse of `light_arrays`. Raises KeyError, IndexError, ValueError or InvalidInput where they are no light."""
    lamps = zip(*(arrays[f"lamp_{name}"] for name in _OF_LAMPS), strict=True)
    return SceneLight(
        arrays["environment"],
        tuple(
            Lamp(LAMP_KINDS[int(kind)], pose, strength, (float(size[0]), float(size[1])), float(cone))
            for kind, pose, strength, size, cone in lamps
        ),
    )


def write_scene_light(light: SceneLight, path: Path) -> None:
    """Write the light, whole or not at all."""
    write_arrays(path, light_arrays(light))


def read_scene_light(path: Path) -> SceneLight:
    """The light in an npz; a set of frames has one too. Raises InvalidInput naming the file where it holds none."""
    try:
        return light_from_arrays(read_arrays(path, _LIMITS, {"environment", *(f"lamp_{name}" for name in _OF_LAMPS)}))
    except (KeyError, IndexError, ValueError) as error:
        raise InvalidInput(f"{path}: this holds no light ({error}).") from error
