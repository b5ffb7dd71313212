"""G-buffers out of Cycles: what materials say of themselves, rendered and gathered into a GBuffer."""

import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...bridge.data import Camera, GBuffer
from ..core.axes import z_up_to_y_up
from ..core.exr import read_exr
from . import compat
from .pass_nodes import VALUES, VECTORS

_SHARPEST_PX = 0.01
"""The narrowest pixel filter that Cycles has: every sample goes through the pixel's centre."""
_USUAL_FILTER_PX = 1.5
_WIDEST_BLANK_PX = 4
_FILLED = frozenset({*VALUES, *VECTORS, "Depth", "Vector"})
_LEAST_SEEN = 0.02
_MEANS = ("Combined", "VvSeen", "VvAlbedo", "VvNormal", "VvRoughness")
_NEIGHBOUR_SHARE = 0.19
"""Of each neighbour in a pixel's mean: of some that were tried, what came nearest to frames of 8 samples at their edges."""


def rendered_frame(
    scene: Any, camera: Camera, before: Camera | None, samples: int | None, to_character: np.ndarray | None = None
) -> tuple[GBuffer, np.ndarray]:
    """The G-buffer with its pass of one sample, and the picture (H, W, 3) of `samples`, denoised and weighted by alpha.

    Without `samples` one render is all: the picture is the sample, and means over pixels are guessed from their neighbours.

    The scene's camera must be `camera`, and `prepare_passes` done. before: the camera a frame before, where BEFORE_ATTRIBUTE
    says where the character was; without it Cycles' own motion is read. to_character (4, 4): from Blender's world to the
    character's axes (Z up), those of `camera`; without it they are the same. Albedo, normal, roughness and alpha are means
    over each pixel; the rest is what lies at its centre.
    """
    sharp = _filled(_rendered(scene, 1, is_sharp=True))
    smooth = _softened(sharp) if samples is None else _filled(_rendered(scene, samples, is_sharp=False))
    is_seen = sharp["Combined"][..., 3] > 0.5
    share = np.maximum(smooth["VvSeen"], 1e-4)
    turn, scale = np.eye(3), 1.0
    if to_character is not None:
        scale = float(np.cbrt(np.linalg.det(to_character[:3, :3])))
        turn = to_character[:3, :3] / scale
    normal = z_up_to_y_up(smooth["VvNormal"][..., :3] @ turn.T)
    gbuffer = GBuffer(
        camera=camera,
        albedo=np.clip(smooth["VvAlbedo"][..., :3] / share, 0.0, 1.0),
        normal=normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6),
        depth_z_m=np.where(is_seen, sharp["Depth"][..., 0] * scale, np.inf),
        region=np.where(is_seen, np.round(sharp["VvRegion"][..., 0]), 0),
        roughness=np.clip((smooth["VvRoughness"] / share)[..., 0], 0.0, 1.0),
        motion_px=np.where(is_seen[..., None], _motion_px(sharp, before), 0.0),
        alpha=np.clip(smooth["Combined"][..., 3], 0.0, 1.0),
        anchor=np.where(is_seen[..., None], sharp["VvAnchor"][..., :3], 0.0),
        radiance=sharp["Combined"][..., :3],
    )
    return gbuffer, smooth["Combined"][..., :3]


def _motion_px(passes: dict[str, np.ndarray], before: Camera | None) -> np.ndarray:
    """(H, W, 2): columns and rows from where each point was a frame before."""
    if before is None:
        # Cycles says where a point was, less where it is, with rows upwards.
        return passes["Vector"][..., :2] * [-1.0, 1.0]
    was_px, _ = before.projected(z_up_to_y_up(passes["VvBefore"][..., :3]))
    height, width = was_px.shape[:2]
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return np.stack([columns, rows], axis=-1) - was_px


def _filled(passes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where light was mirrored by a clear surface, its samples tell nothing of what lies behind: a neighbour's do."""
    passes = {name: values.copy() for name, values in passes.items()}
    is_blank = (passes["Combined"][..., 3] > 0.5) & (passes["VvSeen"][..., 0] < _LEAST_SEEN)
    for _ in range(_WIDEST_BLANK_PX):
        for step, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
            if not is_blank.any():
                return passes
            is_told = is_blank & (np.roll(passes["VvSeen"], step, axis)[..., 0] >= _LEAST_SEEN)
            for name in passes.keys() & _FILLED:
                passes[name][is_told] = np.roll(passes[name], step, axis)[is_told]
            is_blank &= ~is_told
    return passes


def _softened(passes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Point samples as means over pixels would nearly be."""
    softened = {name: passes[name] for name in _MEANS}
    for axis in (0, 1):
        for name, values in softened.items():
            edge = [(1, 1) if side == axis else (0, 0) for side in range(values.ndim)]
            wide = np.pad(values, edge, mode="edge")
            first, last = (wide.take(range(start, start + values.shape[axis]), axis) for start in (0, 2))
            softened[name] = (1.0 - 2.0 * _NEIGHBOUR_SHARE) * values + _NEIGHBOUR_SHARE * (first + last)
    return softened


def _rendered(scene: Any, samples: int, is_sharp: bool) -> dict[str, np.ndarray]:
    """Render the scene's camera: pass -> (H, W, C), rows downwards."""
    cycles = scene.cycles
    cycles.samples = samples
    cycles.use_denoising = not is_sharp
    cycles.filter_width = _SHARPEST_PX if is_sharp else _USUAL_FILTER_PX
    compat.choose_layered_format(scene)
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        scene.render.filepath = str(Path(folder, "passes.exr"))
        bpy.ops.render.render(write_still=True)
        return _passes(read_exr(Path(folder, "passes.exr")))


def _passes(channels: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """`Layer.Pass.X` channels gathered by pass, in the order R, G, B, A or X, Y, Z, W."""
    order = "RGBAXYZWV"
    gathered: dict[str, dict[str, np.ndarray]] = {}
    for name, values in channels.items():
        *_, passed, channel = name.split(".")
        gathered.setdefault(passed, {})[channel] = values
    return {
        name: np.stack([parts[channel] for channel in sorted(parts, key=order.index)], axis=-1)
        for name, parts in gathered.items()
    }
