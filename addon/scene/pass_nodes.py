"""Nodes by which materials say albedo, normal, roughness, region and place at rest, each in a pass of its own (AOV)."""

from collections.abc import Iterable
from typing import Any

REGION_ATTRIBUTE, BEFORE_ATTRIBUTE = "vivavoce_region", "vivavoce_before"
"""Of faces: an index into REGION_NAMES. Of vertices: the place a frame before, in Blender's world."""
VALUES, VECTORS = ("VvSeen", "VvRegion", "VvRoughness"), ("VvAlbedo", "VvNormal", "VvAnchor", "VvBefore")
"""The passes' names; VvSeen is 1 where a surface wrote the others."""
_CLEAR_SHARE = 0.5
"""A surface that lets more than this through shows what lies behind it: a cornea shows its iris, a hair card its gaps."""
_CLEAR_KINDS = ("BSDF_TRANSPARENT", "BSDF_GLASS", "BSDF_REFRACTION")


def prepare_passes(scene: Any, materials: Iterable[Any], anchor: str, has_before: bool) -> None:
    """Let the scene's first view layer write what `rendered_frame` reads. Clear materials and such without nodes stay alone.

    anchor: the vertices' attribute with the place at rest (SMPL-X's axes). has_before: whether BEFORE_ATTRIBUTE is there.
    """
    layer: Any = scene.view_layers[0]
    layer.use_pass_z = True
    layer.use_pass_vector = not has_before
    layer.pass_alpha_threshold = _CLEAR_SHARE
    for names, kind in ((VALUES, "VALUE"), (VECTORS, "COLOR")):
        for name in names:
            aov = layer.aovs.get(name) or layer.aovs.add()
            aov.name, aov.type = name, kind
    scene.render.film_transparent = True
    for material in materials:
        if material is not None and material.use_nodes:
            _add_outputs(material.node_tree, anchor)


def _add_outputs(tree: Any, anchor: str) -> None:
    """Nodes for the passes, on a material whose surface is a principled or another coloured shader."""
    shader = _main_shader(tree)
    if shader is None:
        return
    mask = _mask(tree, shader)
    colour = shader.inputs.get("Base Color") or shader.inputs.get("Color")
    _add_output(tree, "VvSeen", mask, mask)
    _add_output(tree, "VvAlbedo", colour, mask)
    _add_output(tree, "VvRoughness", shader.inputs.get("Roughness"), mask)
    _add_output(tree, "VvNormal", tree.nodes.new("ShaderNodeNewGeometry").outputs["Normal"], mask)
    for name, attribute, socket in (
        ("VvRegion", REGION_ATTRIBUTE, "Fac"),
        ("VvAnchor", anchor, "Vector"),
        ("VvBefore", BEFORE_ATTRIBUTE, "Vector"),
    ):
        node = tree.nodes.new("ShaderNodeAttribute")
        node.attribute_name = attribute
        _add_output(tree, name, node.outputs[socket], mask)


def _main_shader(tree: Any) -> Any:
    """The shader that says a surface's colour; None where it is clear, as a cornea is, or has none."""
    kinds = {node.type for node in tree.nodes}
    if "BSDF_PRINCIPLED" not in kinds and kinds.intersection(_CLEAR_KINDS):
        return None
    found = [node for node in tree.nodes if node.type.startswith("BSDF_") or node.type in ("SUBSURFACE_SCATTERING", "EMISSION")]
    return max(found, key=lambda node: node.type == "BSDF_PRINCIPLED", default=None)


def _mask(tree: Any, shader: Any) -> Any:
    """An output socket: 1 where the surface is there, 0 where it lets light through."""
    opacity = shader.inputs.get("Alpha")
    for node in tree.nodes:
        if (
            node.type == "MIX_SHADER"
            and node.inputs[1].is_linked
            and node.inputs[1].links[0].from_node.type == "BSDF_TRANSPARENT"
        ):
            opacity = node.inputs[0]
    test = tree.nodes.new("ShaderNodeMath")
    test.operation = "GREATER_THAN"
    test.inputs[0].default_value, test.inputs[1].default_value = 1.0, _CLEAR_SHARE
    if opacity is not None:
        _follow(tree, opacity, test.inputs[0])
    return test.outputs[0]


def _add_output(tree: Any, name: str, source: Any, mask: Any) -> None:
    """An output for one pass: what an output socket gives, or an input socket takes, where the mask is 1."""
    if source is None:
        return
    scaled = tree.nodes.new("ShaderNodeVectorMath")
    scaled.operation = "SCALE"
    _follow(tree, source, scaled.inputs[0])
    tree.links.new(mask, scaled.inputs["Scale"])
    node = tree.nodes.new("ShaderNodeOutputAOV")
    node.aov_name = name
    tree.links.new(scaled.outputs[0], node.inputs["Value" if name in VALUES else "Color"])


def _follow(tree: Any, source: Any, target: Any) -> None:
    """Let `target` have what the socket `source` gives or takes; a value spreads over a vector's parts."""
    if source.is_output or source.is_linked:
        tree.links.new(source if source.is_output else source.links[0].from_socket, target)
        return
    value = source.default_value
    parts = list(value)[:3] if hasattr(value, "__len__") else value
    target.default_value = (parts,) * 3 if target.type == "VECTOR" and not isinstance(parts, list) else parts
