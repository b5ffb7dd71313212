"""One maker per material name of the open human's asset, in one table."""

from collections.abc import Callable
from typing import Any

from . import cloth, eyes, hair, mouth, skin

MATERIAL_MAKERS: dict[str, Callable[[], Any]] = {
    "skin": lambda: skin.skin(material_name("skin")),
    "lips": lambda: skin.skin(material_name("lips")),
    "mouth": lambda: mouth.flesh(material_name("mouth")),
    "sclera": lambda: eyes.sclera(material_name("sclera")),
    "iris": lambda: eyes.iris(material_name("iris")),
    "pupil": lambda: eyes.pupil(material_name("pupil")),
    "cornea": lambda: eyes.cornea(material_name("cornea")),
    "teeth": lambda: mouth.teeth(material_name("teeth")),
    "gums": lambda: mouth.flesh(material_name("gums")),
    "tongue": lambda: mouth.flesh(material_name("tongue")),
    "lashes": lambda: hair.hair(material_name("lashes")),
    "brows": lambda: hair.hair(material_name("brows")),
    "hair": lambda: hair.hair(material_name("hair")),
    "shirt": lambda: cloth.cloth(material_name("shirt")),
    "trousers": lambda: cloth.cloth(material_name("trousers")),
}


def material_name(kind: str) -> str:
    """What the material of this name in the asset is called in Blender."""
    return f"Vivavoce {kind}"
