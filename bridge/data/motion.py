"""MotionClip: a performance as a stack of named layers that an artist edits, mutes and regenerates apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..errors import InvalidInput
from .arkit import ARKIT_INDEX
from .phoneme import Phoneme
from .rotation import composed_rotations
from .smplx_joints import SMPLX_JOINT_INDEX

LAYER_NAMES: tuple[str, ...] = ("lips", "upper_face", "blinks", "gaze", "head", "gestures")


def _frozen_array(values: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        array = np.array(values, dtype=np.float32)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class MotionLayer:
    """One layer of F frames. Every part may be empty: K, J or E is then 0.

    blend_shape_weights: (F, K), ARKit 0..1. joint_rotations: (F, J, 3), axis-angle in radians relative to the rest pose,
    SMPL-X axes (Y up, facing +Z). translation: (F, 3) metres. expression: (F, E) coefficients in `expression_basis`.
    """

    name: str
    blend_shape_weights: np.ndarray
    blend_shape_names: tuple[str, ...] = ()
    joint_rotations: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 3), np.float32))
    joint_names: tuple[str, ...] = ()
    translation: np.ndarray | None = None
    expression: np.ndarray | None = None
    expression_basis: str = ""

    def __post_init__(self) -> None:
        if self.name not in LAYER_NAMES:
            raise InvalidInput(f"No layer is called {self.name!r}. Choose from: {', '.join(LAYER_NAMES)}.")
        frames = len(self.blend_shape_weights)
        joint_rotations = self.joint_rotations
        if not self.joint_names and not joint_rotations.size:
            joint_rotations = np.zeros((frames, 0, 3), np.float32)
        shapes = {
            "blend_shape_weights": (self.blend_shape_weights, (frames, len(self.blend_shape_names))),
            "joint_rotations": (joint_rotations, (frames, len(self.joint_names), 3)),
            "translation": (self.translation, (frames, 3)),
            "expression": (self.expression, (frames, None)),
        }
        for part, (array, shape) in shapes.items():
            if array is None:
                continue
            if array.ndim != len(shape) or any(want not in (None, size) for want, size in zip(shape, array.shape, strict=True)):
                raise InvalidInput(f"Layer {self.name!r}: {part} has shape {array.shape} where {shape} is meant.")
            frozen = _frozen_array(array)
            if not np.isfinite(frozen).all():
                raise InvalidInput(f"Layer {self.name!r}: {part} holds values that are not finite float32 numbers.")
            object.__setattr__(self, part, frozen)
        for kind, names, vocabulary in (
            ("blend shape", self.blend_shape_names, ARKIT_INDEX),
            ("joint", self.joint_names, SMPLX_JOINT_INDEX),
        ):
            unknown = [name for name in names if name not in vocabulary]
            if unknown or len(set(names)) != len(names):
                raise InvalidInput(f"Layer {self.name!r} has an unknown or repeated {kind}: {', '.join(unknown or names)}.")
        if (self.expression is None) != (self.expression_basis == ""):
            raise InvalidInput(f"Layer {self.name!r}: expression coefficients need the name of their basis, and only they do.")

    @property
    def frame_count(self) -> int:
        return len(self.blend_shape_weights)

    def blend_shape(self, name: str) -> np.ndarray:
        """One channel, (F,): zeros where the layer does not hold it."""
        if name in self.blend_shape_names:
            return self.blend_shape_weights[:, self.blend_shape_names.index(name)]
        return np.zeros(self.frame_count, np.float32)


@dataclass(frozen=True, eq=False)
class MotionClip:
    """Layers of equal length at `fps` samples a second; sample `index` is at index / fps seconds of the audio.

    phonemes: what was heard, where the maker knew. metadata: how the clip was made (audio, seed, engine), text to text.
    """

    fps: float
    layers: tuple[MotionLayer, ...]
    phonemes: tuple[Phoneme, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (np.isfinite(self.fps) and 0.0 < self.fps <= 1000.0):
            raise InvalidInput(f"The frame rate must lie between 0 and 1000 frames per second, not {self.fps}.")
        if not self.layers:
            raise InvalidInput("A motion clip needs at least one layer.")
        names = [layer.name for layer in self.layers]
        if len(set(names)) != len(names):
            raise InvalidInput(f"A layer stands twice in the clip: {', '.join(names)}.")
        if len({layer.frame_count for layer in self.layers}) != 1:
            raise InvalidInput("The layers of a clip must have equal length.")

    @property
    def frame_count(self) -> int:
        return self.layers[0].frame_count

    @property
    def duration_s(self) -> float:
        return self.frame_count / self.fps

    @property
    def times_s(self) -> np.ndarray:
        """(F,) float64: the time of every sample."""
        return np.arange(self.frame_count) / self.fps

    def layer(self, name: str) -> MotionLayer:
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise InvalidInput(f"The clip has no layer {name!r}; it has: {', '.join(layer.name for layer in self.layers)}.")

    def with_layers(self, layers: Sequence[MotionLayer]) -> "MotionClip":
        return replace(self, layers=tuple(layers))

    def blend_shapes(self, names: Sequence[str]) -> np.ndarray:
        """The composed weights of the named blend shapes, (F, K): layers add, and the sum is clamped to 0..1."""
        total = np.zeros((self.frame_count, len(names)), np.float32)
        for layer in self.layers:
            for column, name in enumerate(names):
                if name in layer.blend_shape_names:
                    total[:, column] += layer.blend_shape(name)
        return np.clip(total, 0.0, 1.0)

    def joints(self, names: Sequence[str]) -> np.ndarray:
        """The composed rotations of the named joints, (F, J, 3) axis-angle: later layers turn on top of earlier ones."""
        total = np.zeros((self.frame_count, len(names), 3), np.float32)
        for layer in self.layers:
            for column, name in enumerate(names):
                if name in layer.joint_names:
                    rotation = layer.joint_rotations[:, layer.joint_names.index(name)]
                    total[:, column] = composed_rotations(total[:, column], rotation)
        return total

    def translation(self) -> np.ndarray:
        """The summed translation, (F, 3) metres."""
        parts = [layer.translation for layer in self.layers if layer.translation is not None]
        return np.sum(parts, axis=0) if parts else np.zeros((self.frame_count, 3), np.float32)

    def expression(self) -> tuple[np.ndarray, str]:
        """The summed expression coefficients (F, E) and their basis; (F, 0) and "" where no layer has any."""
        parts = [layer.expression for layer in self.layers if layer.expression is not None]
        bases = {layer.expression_basis for layer in self.layers if layer.expression is not None}
        if len(bases) > 1:
            raise InvalidInput(f"The layers' expressions belong to different bases: {', '.join(sorted(bases))}.")
        if not parts:
            return np.zeros((self.frame_count, 0), np.float32), ""
        if len({part.shape[1] for part in parts}) > 1:
            raise InvalidInput(f"The layers' expressions in {bases.pop()!r} differ in their number of coefficients.")
        return np.stack(parts).sum(axis=0, dtype=np.float32), bases.pop()
