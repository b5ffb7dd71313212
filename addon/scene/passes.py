"""G-buffers out of Cycles: each material says its albedo, normal, roughness, region and place at rest in passes of its own."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...bridge.data import Camera, GBuffer
from ..core.axes import z_up_to_y_up
from ..core.exr import read_exr
from . import compat

REGION_ATTRIBUTE, ANCHOR_ATTRIBUTE, BEFORE_ATTRIBUTE = "vivavoce_region", "rest_position", "vivavoce_before"
"""Of faces: an index into REGION_NAMES. Of vertices: the place at rest (SMPL-X's axes), and a frame before (Blender's)."""
_VALUES, _VECTORS = ("VvSeen", "VvRegion", "VvRoughness"), ("VvAlbedo", "VvNormal", "VvAnchor", "VvBefore")
_SHARPEST_PX = 0.01
"""The narrowest pixel filter that Cycles has: every sample goes through the pixel's centre."""
_USUAL_FILTER_PX = 1.5
_WIDEST_BLANK_PX = 4
_CLEAR_SHARE = 0.9
"""A surface that lets more than the rest of this through shows what lies behind it: a cornea shows its iris."""


def prepare_passes(scene: Any, materials: Iterable[Any]) -> None:
    """Let the scene's first view layer write what `rendered_gbuffer` reads. Materials without nodes or surface are left alone."""
    layer: Any = scene.view_layers[0]
    layer.use_pass_z = True
    layer.pass_alpha_threshold = _CLEAR_SHARE
    for names, kind in ((_VALUES, "VALUE"), (_VECTORS, "COLOR")):
        for name in names:
            aov = layer.aovs.get(name) or layer.aovs.add()
            aov.name, aov.type = name, kind
    scene.render.film_transparent = True
    for material in materials:
        if material is not None and material.use_nodes:
            _add_outputs(material.node_tree)


def _add_outputs(tree: Any) -> None:
    """Nodes for the passes, on a material whose surface is a principled or another coloured shader."""
    shader = _main_shader(tree)
    if shader is None:
        return
    colour = shader.inputs.get("Base Color") or shader.inputs.get("Color")
    one = tree.nodes.new("ShaderNodeValue").outputs[0]
    one.default_value = 1.0
    _add_output(tree, "VvSeen", "Value", one)
    _add_output(tree, "VvAlbedo", "Color", colour)
    _add_output(tree, "VvRoughness", "Value", shader.inputs.get("Roughness"))
    _add_output(tree, "VvNormal", "Color", tree.nodes.new("ShaderNodeNewGeometry").outputs["Normal"])
    for name, attribute, kind, socket in (
        ("VvRegion", REGION_ATTRIBUTE, "Value", "Fac"),
        ("VvAnchor", ANCHOR_ATTRIBUTE, "Color", "Vector"),
        ("VvBefore", BEFORE_ATTRIBUTE, "Color", "Vector"),
    ):
        node = tree.nodes.new("ShaderNodeAttribute")
        node.attribute_name = attribute
        _add_output(tree, name, kind, node.outputs[socket])


def _main_shader(tree: Any) -> Any:
    """The shader that says a surface's colour; None where it is clear, as a cornea is, or has none."""
    if any(node.type in ("BSDF_TRANSPARENT", "BSDF_GLASS", "BSDF_REFRACTION") for node in tree.nodes):
        return None
    found = [node for node in tree.nodes if node.type.startswith("BSDF_") or node.type in ("SUBSURFACE_SCATTERING", "EMISSION")]
    return max(found, key=lambda node: node.type == "BSDF_PRINCIPLED", default=None)


def _add_output(tree: Any, name: str, kind: str, source: Any) -> None:
    """An output for one pass: linked to an output socket, or to what an input socket takes."""
    if source is None:
        return
    node = tree.nodes.new("ShaderNodeOutputAOV")
    node.aov_name = name
    if source.is_output or source.is_linked:
        tree.links.new(source if source.is_output else source.links[0].from_socket, node.inputs[kind])
    else:
        node.inputs[kind].default_value = source.default_value


def rendered_frame(scene: Any, camera: Camera, before: Camera, samples: int) -> tuple[GBuffer, np.ndarray]:
    """The G-buffer with its pass of one sample, and the picture (H, W, 3) of `samples`, denoised and weighted by alpha.

    The scene's camera must be `camera`, its character stand as it does now, and BEFORE_ATTRIBUTE say where it was.
    Albedo, normal, roughness and alpha are means over each pixel; the rest is what lies at its centre.
    """
    sharp = _filled(_rendered(scene, 1, is_sharp=True))
    smooth = _rendered(scene, samples, is_sharp=False)
    is_seen = sharp["Combined"][..., 3] > 0.5
    share = np.maximum(smooth["VvSeen"], 1e-4)
    normal = z_up_to_y_up(smooth["VvNormal"][..., :3])
    was_px, _ = before.projected(z_up_to_y_up(sharp["VvBefore"][..., :3]))
    columns, rows = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    gbuffer = GBuffer(
        camera=camera,
        albedo=np.clip(smooth["VvAlbedo"][..., :3] / share, 0.0, 1.0),
        normal=normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6),
        depth_z_m=np.where(is_seen, sharp["Depth"][..., 0], np.inf),
        region=np.where(is_seen, np.round(sharp["VvRegion"][..., 0]), 0),
        roughness=np.clip((smooth["VvRoughness"] / share)[..., 0], 0.0, 1.0),
        motion_px=np.where(is_seen[..., None], np.stack([columns, rows], axis=-1) - was_px, 0.0),
        alpha=np.clip(smooth["Combined"][..., 3], 0.0, 1.0),
        anchor=np.where(is_seen[..., None], sharp["VvAnchor"][..., :3], 0.0),
        radiance=sharp["Combined"][..., :3],
    )
    return gbuffer, smooth["Combined"][..., :3]


def _filled(passes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where light was mirrored by a clear surface, its one sample tells nothing of what lies behind: a neighbour's does."""
    passes = {name: values.copy() for name, values in passes.items()}
    is_blank = (passes["Combined"][..., 3] > 0.5) & (passes["VvSeen"][..., 0] < 0.5)
    for _ in range(_WIDEST_BLANK_PX):
        for step, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
            if not is_blank.any():
                return passes
            is_told = is_blank & (np.roll(passes["VvSeen"], step, axis)[..., 0] > 0.5)
            for name in ("VvSeen", "VvRegion", "VvAnchor", "VvBefore", "Depth"):
                passes[name][is_told] = np.roll(passes[name], step, axis)[is_told]
            is_blank &= ~is_told
    return passes


def _rendered(scene: Any, samples: int, is_sharp: bool) -> dict[str, np.ndarray]:
    """Render the scene's camera: pass -> (H, W, C), rows downwards."""
    cycles = scene.cycles
    cycles.samples = samples
    cycles.use_denoising = not is_sharp
    cycles.filter_width = _SHARPEST_PX if is_sharp else _USUAL_FILTER_PX
    settings = scene.render.image_settings
    compat.choose_layered_format(scene)
    settings.exr_codec, settings.color_depth = "NONE", "32"
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        scene.render.filepath = str(Path(folder, "passes.exr"))
        bpy.ops.render.render(write_still=True)
        return _passes(read_exr(Path(folder, "passes.exr")))


def _passes(channels: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """`Layer.Pass.X` channels gathered by pass, in the order R, G, B, A or X, Y, Z."""
    order = "RGBAXYZV"
    gathered: dict[str, dict[str, np.ndarray]] = {}
    for name, values in channels.items():
        *_, passed, channel = name.split(".")
        gathered.setdefault(passed, {})[channel] = values
    return {
        name: np.stack([parts[channel] for channel in sorted(parts, key=order.index)], axis=-1)
        for name, parts in gathered.items()
    }
