"""Hair, brows and lashes: dark strands with a soft streak of light along them."""

from typing import Any

from .nodes import MaterialTree


def hair(name: str) -> Any:
    """Strand-like variation across the surface in the vertex colour."""
    tree = MaterialTree(name)
    uv = tree.add("UVMap").outputs[0]
    strands = tree.noise(tree.add("Mapping", {"Vector": uv, "Scale": (180.0, 4.0, 1.0)}).outputs[0], 1.0, 4.0, 0.7)
    shade = tree.remapped(strands, 0.3, 0.7, 0.35, 1.5)
    colour = tree.mixed(1.0, tree.attribute("Color").outputs["Color"], _grey(tree, shade), "MULTIPLY")
    return tree.principled(
        {
            "Base Color": colour,
            "Roughness": 0.45,
            "Specular IOR Level": 0.35,
            "Anisotropic": 0.7,
            "Normal": tree.bumped(strands, 0.0015, 0.7),
        }
    )


def lashes() -> Any:
    tree = MaterialTree("Vivavoce lashes")
    return tree.principled({"Base Color": tree.attribute("Color").outputs["Color"], "Roughness": 0.6, "Specular IOR Level": 0.1})


def _grey(tree: MaterialTree, value: Any) -> Any:
    return tree.add("CombineColor", {0: value, 1: value, 2: value}).outputs[0]
