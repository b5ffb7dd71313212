"""G-buffers without Blender: a posed surface (surface.py; human.py of the open human, gltf.py of any file) is rasterised."""

from .gltf import GltfCharacter, read_gltf
from .human import ShownHuman, shown_human
from .rasterise import Rasteriser, Stance
from .surface import Surface

__all__ = ["GltfCharacter", "Rasteriser", "ShownHuman", "Stance", "Surface", "read_gltf", "shown_human"]
