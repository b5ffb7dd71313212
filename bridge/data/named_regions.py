"""Which region of a G-buffer a part of any character shows, by what its materials and objects are called."""

import re

from .gbuffer import REGION_NAMES

_WORDS = {
    "hair": "hair|brow|eyebrow|lash|eyelash|beard|mustache|moustache|ponytail|bangs|fur|scalp",
    "mouth": "teeth|tooth|tongue|gum|mouth|oral|denture|mouthbag",
    "eyes": "eye|iris|pupil|sclera|cornea|eyeball|conjunctiva",
    "lips": "lip",
    "hands": "hand|wrist|finger|nail|fingernail|glove",
    "clothes": "shirt|trouser|pant|cloth|clothes|clothing|suit|dress|shoe|jacket|coat|hat|scarf|collar|skirt|sweater|jean|"
    "uniform|garment|outfit|top|bottom|glass|glasses",
    "skin": "skin|body|head|face|flesh",
}
"""Region -> words in the names of materials and objects, the most telling region first."""


def named_region(*names: str) -> int:
    """Index into REGION_NAMES: what the first name with a telling word says (a material's, then its object's); else skin."""
    for name in names:
        words = set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower()))
        for region, pattern in _WORDS.items():
            if any(word + ending in words for word in pattern.split("|") for ending in ("", "s", "es")):
                return REGION_NAMES.index(region)
    return REGION_NAMES.index("skin")
