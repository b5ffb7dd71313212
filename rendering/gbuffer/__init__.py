"""G-buffers without Blender: a posed surface (surface.py; human.py of the open human, gltf.py of any file) is rasterised."""

from .gltf import GltfCharacter, read_gltf
from .human import human_surface
from .rasterise import Rasteriser, Stance
from .surface import Surface

__all__ = ["GltfCharacter", "Rasteriser", "Stance", "Surface", "human_surface", "read_gltf"]
