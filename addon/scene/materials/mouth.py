"""The inside of the mouth: wet flesh, tongue, gums and teeth."""

from typing import Any

from .nodes import MaterialTree


def flesh(name: str) -> Any:
    """Gums, tongue and mouth bag, each in its own vertex colour."""
    tree = MaterialTree(name)
    position = tree.attribute("rest_position").outputs["Vector"]
    colour = tree.mixed(
        tree.remapped(tree.noise(position, 300.0, 3.0), 0.35, 0.65, 0.0, 0.5),
        tree.attribute("Color").outputs["Color"],
        (0.55, 0.38, 0.36, 1.0),
        "MULTIPLY",
    )
    return tree.principled(
        {
            "Base Color": colour,
            "Roughness": 0.32,
            "Subsurface Weight": 0.2,
            "Subsurface Scale": 0.003,
            "Normal": tree.bumped(tree.noise(position, 1400.0, 2.0), 0.0003, 0.5),
        }
    )


def teeth(name: str) -> Any:
    tree = MaterialTree(name)
    position = tree.attribute("rest_position").outputs["Vector"]
    stain = tree.remapped(tree.noise(position, 150.0, 2.0), 0.4, 0.7, 0.0, 0.4)
    colour = tree.mixed(stain, tree.attribute("Color").outputs["Color"], (0.95, 0.86, 0.70, 1.0), "MULTIPLY")
    return tree.principled(
        {"Base Color": colour, "Roughness": 0.18, "Subsurface Weight": 0.2, "Subsurface Scale": 0.0015, "Coat Weight": 0.4}
    )
