"""Hair, brows and lashes: strands that carry their own tints, with a soft streak of light along them."""

from typing import Any

from .nodes import MaterialTree


def hair(name: str) -> Any:
    tree = MaterialTree(name)
    return tree.principled(
        {"Base Color": tree.attribute("Color").outputs["Color"], "Roughness": 0.5, "Specular IOR Level": 0.08, "Anisotropic": 0.6}
    )
