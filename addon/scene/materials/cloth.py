"""Woven cloth: a fine weave in relief, a soft sheen at the edges."""

from typing import Any

from .nodes import MaterialTree


def cloth(name: str) -> Any:
    tree = MaterialTree(name)
    position = tree.attribute("rest_position").outputs["Vector"]
    knit = tree.noise(tree.add("Mapping", {"Vector": position, "Scale": (1500.0, 1500.0, 500.0)}).outputs[0], 1.0, 2.0)
    worn = tree.remapped(tree.noise(position, 14.0, 4.0, 0.6), 0.3, 0.7, 0.15, 0.5)
    colour = tree.mixed(worn, tree.attribute("Color").outputs["Color"], (0.75, 0.75, 0.75, 1.0), "MULTIPLY")
    return tree.principled(
        {
            "Base Color": colour,
            "Roughness": 0.85,
            "Specular IOR Level": 0.2,
            "Sheen Weight": 0.12,
            "Sheen Roughness": 0.45,
            "Normal": tree.bumped(knit, 0.0008, 0.6),
        }
    )
