"""Any character in a glTF file as a Surface with its ARKit shape keys."""

import logging
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...bridge.data import ARKIT_NAMES
from ...bridge.data.named_regions import named_region
from ...bridge.errors import InvalidInput
from .gltf_file import GltfFile
from .surface import Surface

_logger = logging.getLogger(__name__)
_CLEAR_WORDS = ("cornea", "tearline", "occlusion")
_TRIANGLES = 4


@dataclass(frozen=True, eq=False)
class GltfCharacter:
    """surface: at rest. offsets (K, V, 3): metres at weight 1 of the ARKit shapes `blend_shape_names` that the file has."""

    surface: Surface
    blend_shape_names: tuple[str, ...]
    offsets: np.ndarray

    def deformed(self, blend_shapes: np.ndarray) -> np.ndarray:
        """The vertices (V, 3) under ARKit weights (52,) in ARKIT_NAMES' order."""
        order = [ARKIT_NAMES.index(name) for name in self.blend_shape_names]
        return self.surface.anchors + np.tensordot(np.asarray(blend_shapes, np.float32)[order], self.offsets, axes=1)


@dataclass(frozen=True, eq=False)
class _Part:
    """One primitive. vertices (V, 3): in the world; colours (V, 3) linear; texture (h, w, 3) linear; morphs: name -> (V, 3)."""

    vertices: np.ndarray
    triangles: np.ndarray
    uv: np.ndarray
    region: int
    roughness: float
    colours: np.ndarray
    texture: np.ndarray | None
    morphs: Mapping[str, np.ndarray]


def read_gltf(path: Path) -> GltfCharacter:
    """Regions are guessed by names; bones are left at rest; what is clear is left out. Raises InvalidInput."""
    try:
        file = GltfFile(path)
        parts = [part for mesh, node, place in file.placed_meshes() for part in _parts(file, mesh, node, place)]
    except (OSError, ValueError, KeyError, IndexError, TypeError, struct.error) as error:
        raise InvalidInput(f"{path.name} is no glTF file that can be read ({error}). Export it as .glb, uncompressed.") from error
    if not parts:
        raise InvalidInput(f"{path.name} holds no mesh of triangles.")
    names = tuple(name for name in ARKIT_NAMES if any(name in part.morphs for part in parts))
    if not names:
        _logger.warning("%s has no ARKit shape keys: its face will not move.", path.name)
    still = [np.zeros_like(part.vertices) for part in parts]
    offsets = [
        np.stack([part.morphs.get(name, rest) for name in names]) if names else rest[None][:0]
        for part, rest in zip(parts, still, strict=True)
    ]
    return GltfCharacter(_joined(parts), names, np.concatenate(offsets, axis=1).astype(np.float32))


def _joined(parts: list[_Part]) -> Surface:
    starts = np.cumsum([0, *[len(part.vertices) for part in parts[:-1]]])
    textured = np.cumsum([part.texture is not None for part in parts]) - 1
    texture_of = [index if part.texture is not None else -1 for part, index in zip(parts, textured, strict=True)]
    counts = [len(part.triangles) for part in parts]
    return Surface(
        triangles=np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=True)]),
        anchors=np.concatenate([part.vertices for part in parts]).astype(np.float32),
        region=np.repeat([part.region for part in parts], counts).astype(np.uint8),
        roughness=np.repeat([part.roughness for part in parts], counts).astype(np.float32),
        colours=np.concatenate([part.colours for part in parts]).astype(np.float32),
        texture_of=np.repeat(texture_of, counts),
        textures=[part.texture for part in parts if part.texture is not None],
        uv=np.concatenate([part.uv[part.triangles] for part in parts]),
    )


def _parts(file: GltfFile, mesh: dict[str, Any], node: str, place: np.ndarray) -> Iterator[_Part]:
    """The primitives of a mesh that are triangles and are not clear."""
    turn = place[:3, :3]
    for primitive in mesh["primitives"]:
        material = file.document["materials"][primitive["material"]] if "material" in primitive else {}
        if primitive.get("mode", _TRIANGLES) != _TRIANGLES or _is_clear(material.get("name", "")):
            continue
        shown = material.get("pbrMetallicRoughness", {})
        attributes = primitive["attributes"]
        positions = file.array(attributes["POSITION"])
        corners = file.array(primitive["indices"]) if "indices" in primitive else np.arange(len(positions))
        texture = shown.get("baseColorTexture")
        uv = file.array(attributes[f"TEXCOORD_{texture.get('texCoord', 0)}"]) if texture else np.zeros((len(positions), 2))
        colours = np.tile(np.asarray(shown.get("baseColorFactor", (1.0, 1.0, 1.0)))[:3], (len(positions), 1))
        if "COLOR_0" in attributes:
            colours = colours * file.array(attributes["COLOR_0"])[:, :3]
        yield _Part(
            vertices=positions @ turn.T + place[:3, 3],
            triangles=corners.astype(np.int64).reshape(-1, 3),
            uv=uv * [1.0, -1.0] + [0.0, 1.0],
            region=named_region(material.get("name", ""), mesh.get("name", ""), node),
            roughness=float(shown.get("roughnessFactor", 1.0)),
            colours=colours,
            texture=_linear(file.picture(texture["index"])) if texture else None,
            morphs={
                name: file.array(target["POSITION"]) @ turn.T
                for name, target in _targets(mesh, primitive)
                if "POSITION" in target
            },
        )


def _is_clear(material_name: str) -> bool:
    return any(word in material_name.lower() for word in _CLEAR_WORDS)


def _targets(mesh: dict[str, Any], primitive: dict[str, Any]) -> Iterator[tuple[str, dict[str, int]]]:
    """The primitive's shape keys by name."""
    return zip(mesh.get("extras", {}).get("targetNames", ()), primitive.get("targets", ()), strict=False)


def _linear(display: np.ndarray) -> np.ndarray:
    """sRGB 0..1 -> linear float32 (IEC 61966-2-1)."""
    return np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4).astype(np.float32)
