"""Random people: anny's parameters for adults of every phenotype, with faces of their own."""

from dataclasses import dataclass

import numpy as np

_AGE = (0.60, 0.95)
"""anny's age: young adults stand at 0.62, the old at 1."""
_FACE_CHANGES = (
    "chin-bones-incr", "chin-height-incr", "chin-prominent-incr", "chin-width-incr", "chin-prognathism-incr", "chin-cleft-incr",
    "eyebrows-angle-up", "eyebrows-trans-up", "eyebrows-trans-forward",
    "forehead-nubian-incr", "forehead-scale-vert-incr", "forehead-temple-incr", "forehead-trans-forward",
    "head-angle-out", "head-fat-incr", "head-scale-depth-incr", "head-scale-horiz-incr", "head-scale-vert-incr",
    "mouth-angles-up", "mouth-cupidsbow-incr", "mouth-lowerlip-height-incr", "mouth-lowerlip-volume-incr",
    "mouth-lowerlip-width-incr", "mouth-philtrum-volume-incr", "mouth-scale-horiz-incr", "mouth-scale-vert-incr",
    "mouth-trans-up", "mouth-upperlip-height-incr", "mouth-upperlip-volume-incr", "mouth-upperlip-width-incr",
    "nose-base-up", "nose-curve-convex", "nose-flaring-incr", "nose-greek-incr", "nose-hump-incr", "nose-nostrils-angle-up",
    "nose-nostrils-width-incr", "nose-point-up", "nose-point-width-incr", "nose-scale-depth-incr", "nose-scale-horiz-incr",
    "nose-scale-vert-incr", "nose-septumangle-incr", "nose-trans-up", "nose-volume-incr", "nose-width1-incr",
    "nose-width2-incr", "nose-width3-incr", "neck-scale-horiz-incr", "neck-scale-depth-incr",
)  # fmt: skip
_PAIRED_CHANGES = (
    "cheek-bones-incr", "cheek-inner-incr", "cheek-trans-up", "cheek-volume-incr", "ear-lobe-incr", "ear-rot-forward",
    "ear-scale-incr", "ear-shape-round", "ear-wing-incr", "eye-bag-incr", "eye-corner1-up", "eye-corner2-up",
    "eye-epicanthus-out", "eye-eyefold-up", "eye-height2-incr", "eye-scale-incr", "eye-trans-out", "eye-trans-up",
)  # fmt: skip
"""Changes of both sides alike: l- and r- before them."""
_CHANGED_SHARE = 0.5
_LARGEST_CHANGE = 0.55


@dataclass(frozen=True)
class Person:
    """phenotype and local_changes as `load_source` wants them."""

    phenotype: dict[str, float]
    local_changes: dict[str, float]


def random_person(rng: np.random.Generator) -> Person:
    """An adult: gender, age, build and origin drawn apart from each other, then about half of the face's details changed."""
    origin = rng.dirichlet((0.6, 0.6, 0.6))
    gender = rng.choice([rng.uniform(0.0, 0.25), rng.uniform(0.75, 1.0)])
    phenotype = {
        "gender": gender,
        "age": rng.uniform(*_AGE),
        "muscle": rng.uniform(0.3, 0.75),
        "weight": rng.uniform(0.25, 0.75),
        "proportions": rng.uniform(0.3, 1.0),
        **dict(zip(("african", "asian", "caucasian"), origin, strict=True)),
    }
    changes = {name: _change(rng) for name in _FACE_CHANGES}
    for name in _PAIRED_CHANGES:
        changes[f"l-{name}"] = changes[f"r-{name}"] = _change(rng)
    return Person({name: float(value) for name, value in phenotype.items()}, changes)


def _change(rng: np.random.Generator) -> float:
    value = rng.uniform(-_LARGEST_CHANGE, _LARGEST_CHANGE)
    return float(value) if rng.random() < _CHANGED_SHARE else 0.0
