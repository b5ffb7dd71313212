"""A short way to say a node tree: each call adds one node and links or sets its inputs."""

from typing import Any

import bpy


class MaterialTree:
    """The node tree of a new material. `add` returns a node; `out` of a node is its first output."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree: Any = self.material.node_tree
        self.tree.nodes.clear()

    def add(self, kind: str, inputs: dict[str | int, Any] | None = None, **properties: Any) -> Any:
        """A node of type ShaderNode<kind>. An input is given by name or number: a socket is linked, a value set."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for name, value in properties.items():
            setattr(node, name, value)
        for name, value in (inputs or {}).items():
            if isinstance(value, bpy.types.NodeSocket):
                self.tree.links.new(value, node.inputs[name])
            else:
                node.inputs[name].default_value = value
        return node

    def attribute(self, name: str) -> Any:
        return self.add("Attribute", attribute_name=name)

    def math(self, operation: str, first: Any, second: Any = 0.0) -> Any:
        """The output of a math node."""
        return self.add("Math", {0: first, 1: second}, operation=operation).outputs[0]

    def noise(self, position: Any, scale_per_m: float, detail: float = 2.0, roughness: float = 0.5) -> Any:
        """Perlin noise around 0.5 with `scale_per_m` features a metre: its factor output."""
        return self.add("TexNoise", {"Vector": position, "Scale": scale_per_m, "Detail": detail, "Roughness": roughness}).outputs[
            0
        ]

    def remapped(self, value: Any, from_min: float, from_max: float, to_min: float = 0.0, to_max: float = 1.0) -> Any:
        """A number carried linearly from one span to another, clamped to the second."""
        return self.add(
            "MapRange", {"Value": value, "From Min": from_min, "From Max": from_max, "To Min": to_min, "To Max": to_max}
        ).outputs[0]

    def mixed(self, factor: Any, first: Any, second: Any, blend: str = "MIX") -> Any:
        """Two colours mixed: the colour output."""
        node = self.add("Mix", {0: factor, 6: first, 7: second}, data_type="RGBA", blend_type=blend)
        return node.outputs[2]

    def bumped(self, height: Any, distance_m: float, strength: float = 1.0, normal: Any = None) -> Any:
        """A normal disturbed by a height 0..1 that stands for `distance_m`."""
        inputs: dict[str | int, Any] = {"Height": height, "Distance": distance_m, "Strength": strength}
        if normal is not None:
            inputs["Normal"] = normal
        return self.add("Bump", inputs).outputs[0]

    def principled(self, inputs: dict[str | int, Any], **properties: Any) -> Any:
        """Finish with a principled shader; returns the material."""
        return self.finish(self.add("BsdfPrincipled", inputs, **properties).outputs[0])

    def finish(self, shader: Any) -> Any:
        """Link a shader to the output; returns the material."""
        self.add("OutputMaterial", {"Surface": shader})
        return self.material
