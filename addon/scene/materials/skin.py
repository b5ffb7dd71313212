"""Skin and lips: blood and pigment under the surface, fine relief on it. Positions are at rest, so nothing swims.

Textures are few and of few octaves: at the handful of samples that a processor can afford they are a third of the time.
"""

from typing import Any

from .nodes import MaterialTree

SUBSURFACE_RADIUS_M = (0.0045, 0.0016, 0.0009)
"""How far red, green and blue wander under skin; about half of measured values, which look waxy in soft light."""


def skin(name: str, roughness: float = 0.0, subsurface: float = 0.35) -> Any:
    """The material of face, body and lips; the attribute `lips` says where it is wet and lined.

    roughness: against the usual. subsurface: the share of light that wanders.
    """
    tree = MaterialTree(name)
    position, lips = tree.attribute("rest_position").outputs["Vector"], tree.attribute("lips").outputs["Fac"]
    patches = tree.noise(position, 38.0, 2.0, 0.6)
    oil = tree.remapped(patches, 0.35, 0.65, 0.52 + roughness, 0.40 + roughness)
    return tree.principled(
        {
            "Base Color": _mottled(tree, position, patches, lips),
            "Roughness": tree.math("SUBTRACT", oil, tree.math("MULTIPLY", lips, 0.15)),
            "IOR": 1.4,
            "Specular IOR Level": 0.5,
            "Subsurface Weight": subsurface,
            "Subsurface Radius": tuple(length / SUBSURFACE_RADIUS_M[0] for length in SUBSURFACE_RADIUS_M),
            "Subsurface Scale": SUBSURFACE_RADIUS_M[0],
            "Normal": _relief(tree, position, lips),
        },
        subsurface_method="BURLEY",
    )


def _mottled(tree: MaterialTree, position: Any, patches: Any, lips: Any) -> Any:
    """Skin is never one colour: broad patches of blood, small ones of pigment."""
    colour = tree.attribute("Color").outputs["Color"]
    blood = tree.remapped(patches, 0.42, 0.70, 0.0, 0.40)
    colour = tree.mixed(blood, colour, (0.92, 0.60, 0.52, 1.0), "MULTIPLY")
    pigment = tree.remapped(tree.noise(position, 380.0, 1.0), 0.50, 0.75, 0.0, 0.20)
    colour = tree.mixed(pigment, colour, (0.66, 0.48, 0.38, 1.0), "MULTIPLY")
    return tree.mixed(tree.math("MULTIPLY", lips, 0.22), colour, (0.54, 0.27, 0.205, 1.0))


def _relief(tree: MaterialTree, position: Any, lips: Any) -> Any:
    """Grain on skin, upright lines on lips: one noise whose space is stretched where lips are."""
    on_skin, on_lips = (560.0, 560.0, 560.0), (1000.0, 150.0, 150.0)
    stretch = tree.add("Mix", {0: tree.remapped(lips, 0.2, 0.7), 4: on_skin, 5: on_lips}, data_type="VECTOR").outputs[1]
    place = tree.add("VectorMath", {0: position, 1: stretch}, operation="MULTIPLY").outputs[0]
    return tree.bumped(tree.noise(place, 1.0, 1.0), 0.0003, 0.6)
