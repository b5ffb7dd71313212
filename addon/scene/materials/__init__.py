"""The open human's materials, one maker per material name of the asset, in one table."""

from collections.abc import Callable
from typing import Any

from . import cloth, eyes, hair, mouth, skin
from .plain import plain_materials

MATERIAL_MAKERS: dict[str, Callable[[], Any]] = {
    "skin": lambda: skin.skin("Vivavoce skin"),
    "lips": lambda: skin.skin("Vivavoce lips"),
    "mouth": lambda: mouth.flesh("Vivavoce mouth"),
    "sclera": eyes.sclera,
    "iris": eyes.iris,
    "pupil": eyes.pupil,
    "cornea": eyes.cornea,
    "teeth": mouth.teeth,
    "gums": lambda: mouth.flesh("Vivavoce gums"),
    "tongue": lambda: mouth.flesh("Vivavoce tongue"),
    "lashes": hair.lashes,
    "brows": lambda: hair.hair("Vivavoce brows"),
    "hair": lambda: hair.hair("Vivavoce hair"),
    "shirt": lambda: cloth.cloth("Vivavoce shirt"),
    "trousers": lambda: cloth.cloth("Vivavoce trousers"),
}

__all__ = ["MATERIAL_MAKERS", "plain_materials"]
