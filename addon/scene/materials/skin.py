"""Skin and lips: blood and pigment under the surface, pores and fine lines on it. Positions are at rest, so nothing swims."""

from typing import Any

from .nodes import MaterialTree

SUBSURFACE_RADIUS_M = (0.0040, 0.0016, 0.0009)
"""How far red, green and blue wander under skin; about half of measured values, which look waxy at few samples."""


def skin(name: str) -> Any:
    """The material of face, body and lips; the attribute `lips` says where it is wet and lined."""
    tree = MaterialTree(name)
    position, lips = tree.attribute("rest_position").outputs["Vector"], tree.attribute("lips").outputs["Fac"]
    base = _mottled(tree, tree.attribute("Color").outputs["Color"], position)
    oil = tree.remapped(tree.noise(position, 60.0, 3.0), 0.35, 0.65, 0.40, 0.54)
    roughness = tree.math("SUBTRACT", oil, tree.math("MULTIPLY", lips, 0.16))
    return tree.principled(
        {
            "Base Color": base,
            "Roughness": roughness,
            "IOR": 1.4,
            "Specular IOR Level": 0.45,
            "Subsurface Weight": 0.35,
            "Subsurface Radius": tuple(length / SUBSURFACE_RADIUS_M[0] for length in SUBSURFACE_RADIUS_M),
            "Subsurface Scale": SUBSURFACE_RADIUS_M[0],
            "Sheen Weight": 0.06,
            "Sheen Roughness": 0.4,
            "Normal": _relief(tree, position, lips),
        }
    )


def _mottled(tree: MaterialTree, colour: Any, position: Any) -> Any:
    """Skin is never one colour: broad patches of blood, small freckling of pigment."""
    blood = tree.remapped(tree.noise(position, 45.0, 4.0, 0.6), 0.35, 0.7, 0.0, 0.32)
    colour = tree.mixed(blood, colour, (0.86, 0.52, 0.46, 1.0), "MULTIPLY")
    pale = tree.remapped(tree.noise(position, 22.0, 3.0), 0.5, 0.75, 0.0, 0.16)
    colour = tree.mixed(pale, colour, (0.62, 0.43, 0.31, 1.0))
    freckles = tree.remapped(tree.noise(position, 420.0, 2.0, 0.7), 0.58, 0.75, 0.0, 0.28)
    return tree.mixed(freckles, colour, (0.62, 0.45, 0.36, 1.0), "MULTIPLY")


def _relief(tree: MaterialTree, position: Any, lips: Any) -> Any:
    """Pores on skin, upright lines on lips."""
    pores = tree.add("TexVoronoi", {"Vector": position, "Scale": 850.0, "Randomness": 1.0}).outputs["Distance"]
    grain = tree.math("ADD", tree.noise(position, 520.0, 3.0, 0.6), tree.math("MULTIPLY", pores, 0.5))
    upright = tree.add("Mapping", {"Vector": position, "Scale": (900.0, 120.0, 90.0)}).outputs[0]
    lines = tree.noise(upright, 1.0, 2.0)
    lip_share = tree.remapped(lips, 0.2, 0.7)
    height = tree.add("Mix", {0: lip_share, 2: grain, 3: lines}, data_type="FLOAT").outputs[0]
    return tree.bumped(height, 0.00035, 0.55)
