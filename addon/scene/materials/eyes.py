"""Eyes: veined sclera, an iris of radial fibres with collarette and limbal ring, and a clear wet cornea over it."""

from typing import Any

from .nodes import MaterialTree

Colour = tuple[float, float, float]

IRIS_RADIUS_M = 0.0062
IRIS_COLOURS: tuple[Colour, Colour, Colour] = ((0.030, 0.045, 0.042), (0.21, 0.27, 0.235), (0.22, 0.115, 0.04))
"""Linear: between the fibres, of the fibres, and around the pupil."""


def sclera(name: str) -> Any:
    tree = MaterialTree(name)
    position, radius = tree.attribute("rest_position").outputs["Vector"], _radius(tree)
    veins = tree.add("TexVoronoi", {"Vector": _wavy(tree, position), "Scale": 420.0}, feature="DISTANCE_TO_EDGE").outputs[0]
    vein_share = tree.math("MULTIPLY", tree.remapped(veins, 0.0, 0.05, 0.35, 0.0), tree.remapped(radius, 1.1, 2.0))
    colour = tree.mixed(tree.remapped(radius, 1.2, 2.1, 0.0, 0.55), (0.74, 0.70, 0.66, 1.0), (0.62, 0.40, 0.35, 1.0))
    colour = tree.mixed(vein_share, colour, (0.50, 0.10, 0.08, 1.0))
    colour = tree.mixed(tree.remapped(radius, 0.98, 1.12, 0.75, 0.0), colour, (0.10, 0.09, 0.08, 1.0))
    return tree.principled(
        {
            "Base Color": colour,
            "Roughness": 0.22,
            "Subsurface Weight": 0.15,
            "Subsurface Scale": 0.002,
            "Coat Weight": 0.6,
            "Coat Roughness": 0.03,
        }
    )


def iris(name: str, colours: tuple[Colour, Colour, Colour] = IRIS_COLOURS) -> Any:
    """colours: between the fibres, of the fibres, and around the pupil."""
    dark, bright, around_pupil = ((*colour, 1.0) for colour in colours)
    tree = MaterialTree(name)
    radius, around = _radius(tree), _around(tree)
    stretch = tree.add("CombineXYZ", {0: 0.0, 1: 0.0, 2: tree.math("MULTIPLY", radius, 1.1)}).outputs[0]
    polar = tree.add("VectorMath", {0: around, 1: stretch}, operation="ADD").outputs[0]
    fibres = tree.remapped(tree.noise(polar, 9.0, 5.0, 0.7), 0.36, 0.66)
    crypts = tree.remapped(tree.noise(polar, 3.2, 2.0), 0.4, 0.62, 0.65, 1.1)
    colour = tree.mixed(fibres, dark, bright)
    inner = tree.math("MULTIPLY", tree.remapped(radius, 0.62, 0.40), tree.remapped(fibres, 0.0, 1.0, 0.55, 1.0))
    colour = tree.mixed(inner, colour, around_pupil)
    colour = tree.mixed(1.0, colour, tree.add("CombineColor", {0: crypts, 1: crypts, 2: crypts}).outputs[0], "MULTIPLY")
    colour = tree.mixed(tree.remapped(radius, 0.80, 1.0), colour, (0.008, 0.009, 0.010, 1.0))
    colour = tree.mixed(tree.remapped(radius, 0.40, 0.345), colour, (0.002, 0.002, 0.002, 1.0))
    return tree.principled({"Base Color": colour, "Roughness": 0.5, "Specular IOR Level": 0.2})


def pupil(name: str) -> Any:
    return MaterialTree(name).principled({"Base Color": (0.001, 0.001, 0.001, 1.0), "Roughness": 0.9})


def cornea(name: str) -> Any:
    """Light passes straight, highlights stay: cheap, free of caustics, and the iris is not lost at few samples."""
    tree = MaterialTree(name)
    gloss = tree.add("BsdfGlossy", {"Color": (1.0, 1.0, 1.0, 1.0), "Roughness": 0.05}).outputs[0]
    clear = tree.add("BsdfTransparent", {"Color": (1.0, 1.0, 1.0, 1.0)}).outputs[0]
    # Three times a real cornea's reflection: highlights of the size of one pixel must survive the denoiser.
    reflection = tree.math("MULTIPLY", tree.add("Fresnel", {"IOR": 1.38}).outputs[0], 3.0)
    return tree.finish(tree.add("MixShader", {0: tree.math("MINIMUM", reflection, 0.5), 1: clear, 2: gloss}).outputs[0])


def _radius(tree: MaterialTree) -> Any:
    """Distance from the eye's axis in iris radii; the attribute `eye_plane` holds the offset from the axis in metres."""
    length = tree.add("VectorMath", {0: tree.attribute("eye_plane").outputs["Vector"]}, operation="LENGTH").outputs["Value"]
    return tree.math("DIVIDE", length, IRIS_RADIUS_M)


def _around(tree: MaterialTree) -> Any:
    """The direction from the eye's axis as a unit vector: an angle without a seam."""
    plane = tree.attribute("eye_plane").outputs["Vector"]
    return tree.add("VectorMath", {0: plane}, operation="NORMALIZE").outputs[0]


def _wavy(tree: MaterialTree, position: Any) -> Any:
    """Positions shaken a little, so that veins wander."""
    noise = tree.add("TexNoise", {"Vector": position, "Scale": 500.0, "Detail": 2.0}).outputs["Color"]
    shake = tree.add("VectorMath", {0: noise, "Scale": 0.0018}, operation="SCALE").outputs[0]
    return tree.add("VectorMath", {0: position, 1: shake}, operation="ADD").outputs[0]
