"""PreparedFrame: a frame of a render set with its base and light buffers, computed once and kept for every crop drawn from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ...bridge.errors import InvalidInput
from ...bridge.formats import whole_file
from ..models.planes import PLANES

SURFACE = slice(0, PLANES["region"].stop)
LIT = slice(PLANES["albedo"].start, PLANES["detail"].stop)
"""The planes that the surface alone decides, and those that depend on how the light is known."""
SAMPLED = slice(PLANES["radiance"].start, PLANES["denoised"].stop)
"""The planes of the one sample."""
KINDS = ("look", "scene")
"""How the light is known: fitted to hero frames, or told by the scene."""


@dataclass(frozen=True)
class PreparedFrame:
    """A file of half floats; windows of it are read without the rest.

    surface, look, scene: parts of PLANES, directions in the frame's own camera; look only where the set has another hero frame.
    sampled: radiance and denoised, where there is a sample. truth (3): linear. true_detail (1), noise (3), motion_px (2).
    told_*: as Told, in the frame's own camera. to_reference (3, 3): from its camera to the first hero's. before: the frame before
    this one in a sequence.
    """

    path: Path

    @cached_property
    def _file(self) -> "safe_open":
        try:
            return safe_open(self.path, "pt")
        except (SafetensorError, OSError) as error:
            raise InvalidInput(f"{self.path} cannot be read ({error}). Remove it, and it is made again.") from error

    @cached_property
    def facts(self) -> dict[str, str]:
        return self._file.metadata()

    @cached_property
    def has_heroes(self) -> bool:
        """Whether hero frames told of the colour where the light is known; where it is fitted they always did."""
        return self.facts["heroes"] == "yes"

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind in KINDS if kind in self._file.keys())  # noqa: SIM118

    @cached_property
    def has_sample(self) -> bool:
        return "sampled" in self._file.keys()  # noqa: SIM118

    @cached_property
    def before(self) -> "PreparedFrame | None":
        name = self.facts["before"]
        return PreparedFrame(self.path.with_name(name)) if name else None

    @cached_property
    def size(self) -> tuple[int, int]:
        return tuple(self._file.get_slice("truth").get_shape()[1:])

    def tensor(self, name: str) -> Tensor:
        return self._file.get_tensor(name).float()

    def window(self, name: str, rows: slice, columns: slice) -> Tensor:
        """(C, h, w) float32"""
        return self._file.get_slice(name)[:, rows, columns].float()


def write_prepared(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, str]) -> None:
    """Write a frame, whole or not at all."""
    with whole_file(path) as temporary:
        save_file({name: tensor.half().contiguous() for name, tensor in tensors.items()}, temporary, dict(facts))


def prepared_frames(folder: Path) -> tuple[PreparedFrame, ...]:
    """All that lie in a folder now. Raises InvalidInput where there is none."""
    frames = tuple(PreparedFrame(path) for path in sorted(folder.glob("*.safetensors")))
    if not frames:
        raise InvalidInput(f"{folder} holds no prepared frames.")
    return frames


def without_nan(values: Tensor) -> Tensor:
    return torch.nan_to_num(values, nan=0.0, posinf=6e4, neginf=-6e4)
