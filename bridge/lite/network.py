"""The lite model's network in numpy: log-mel steps in, lips and contacts out, with the past of every layer as its only state."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data import LIPS_NAMES
from ..errors import InvalidInput, ModelMissing
from ..formats.safe_npz import SizeLimits, read_arrays
from .mel import STEP_WIDTH

LITE_WEIGHTS_PATH = Path(__file__).parents[2] / "addon" / "assets" / "lite.npz"
CONTACT_COUNT = 2
"""Lips held together; lower lip held to the teeth."""
OUTPUT_WIDTH = len(LIPS_NAMES) + CONTACT_COUNT
KERNEL = 3
_NORM_EPSILON = 1e-5
_LIMITS = SizeLimits(array_bytes=16 << 20, total_bytes=64 << 20)
_LARGEST_WIDTH, _LARGEST_DILATION, _LARGEST_LOOK_AHEAD = 1024, 64, 50


@dataclass(frozen=True, eq=False)
class LiteWeights:
    """tensors: by the names that torch gives them, float32. dilations: of the blocks. look_ahead: in steps of 20 ms."""

    tensors: Mapping[str, np.ndarray]
    dilations: tuple[int, ...]
    look_ahead: int
    facts: Mapping[str, object]


def read_lite_weights(path: Path = LITE_WEIGHTS_PATH) -> LiteWeights:
    """The bundled weights, or those of another file.

    Raises ModelMissing where there is no file, InvalidInput where it is damaged or no lite model.
    """
    if not path.is_file():
        raise ModelMissing(f"The light engine's weights are not at {path}. Install the extension again.")
    arrays = read_arrays(path, _LIMITS)
    try:
        dilations = tuple(int(dilation) for dilation in arrays["dilations"])
        look_ahead, facts = int(arrays["look_ahead"]), json.loads(str(arrays["facts"]))
        width = len(arrays["network.entry.bias"])
        if not (width <= _LARGEST_WIDTH and 0 <= look_ahead <= _LARGEST_LOOK_AHEAD and max(dilations) <= _LARGEST_DILATION):
            raise ValueError("its sizes are out of range")
        tensors = {name: _checked(arrays, name, shape) for name, shape in tensor_shapes(width, len(dilations)).items()}
    except (KeyError, ValueError, TypeError) as error:
        raise InvalidInput(f"{path} is no lite model ({error}). Install the extension again.") from error
    return LiteWeights(tensors, dilations, look_ahead, facts)


def tensor_shapes(width: int, block_count: int) -> dict[str, tuple[int, ...]]:
    """What the weights of a network with so many channels and blocks hold."""
    shapes: dict[str, tuple[int, ...]] = {
        "network.entry.weight": (width, STEP_WIDTH), "network.entry.bias": (width,),
        "network.exit_norm.weight": (width,), "network.exit_norm.bias": (width,),
        "exit.weight": (OUTPUT_WIDTH, width), "exit.bias": (OUTPUT_WIDTH,),
    }  # fmt: skip
    for block in range(block_count):
        shapes |= {
            f"network.blocks.{block}.norm.weight": (width,), f"network.blocks.{block}.norm.bias": (width,),
            f"network.blocks.{block}.convolution.weight": (width, width, KERNEL),
            f"network.blocks.{block}.convolution.bias": (width,),
            f"network.blocks.{block}.mix.weight": (width, width), f"network.blocks.{block}.mix.bias": (width,),
        }  # fmt: skip
    return shapes


def _checked(arrays: Mapping[str, np.ndarray], name: str, shape: tuple[int, ...]) -> np.ndarray:
    tensor = arrays[name]
    if tensor.shape != shape or tensor.dtype.kind != "f":
        raise ValueError(f"{name} has shape {tensor.shape}, not {shape}")
    return tensor.astype(np.float32)


class LiteStream:
    """Lips of a sound that goes on. What comes out lags what went in by the network's look-ahead."""

    def __init__(self, weights: LiteWeights) -> None:
        self._blocks = [_Block(weights, index) for index in range(len(weights.dilations))]
        self._entry = _Linear(weights.tensors, "network.entry")
        self._exit_norm = _Norm(weights.tensors, "network.exit_norm")
        self._exit = _Linear(weights.tensors, "exit")
        self._to_skip = weights.look_ahead

    def feed(self, mel: np.ndarray) -> np.ndarray:
        """(T, 160) log-mel steps -> (U, 31) weights of LIPS_NAMES and two contacts (lips closed, lip bitten), all 0..1."""
        hidden = self._entry(mel)
        for block in self._blocks:
            hidden = block(hidden)
        skipped = min(self._to_skip, len(hidden))
        self._to_skip -= skipped
        made = self._exit(self._exit_norm(hidden[skipped:]))
        lips, contacts = made[:, : len(LIPS_NAMES)], made[:, len(LIPS_NAMES) :]
        return np.concatenate([np.clip(lips, 0.0, 1.0), 1.0 / (1.0 + np.exp(-contacts))], axis=1)


class _Linear:
    def __init__(self, tensors: Mapping[str, np.ndarray], name: str) -> None:
        self._weight = np.ascontiguousarray(tensors[f"{name}.weight"].T)
        self._bias = tensors[f"{name}.bias"]

    def __call__(self, steps: np.ndarray) -> np.ndarray:
        return steps @ self._weight + self._bias


class _Norm:
    """Layer norm over the channels of each step."""

    def __init__(self, tensors: Mapping[str, np.ndarray], name: str) -> None:
        self._gain, self._bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]

    def __call__(self, steps: np.ndarray) -> np.ndarray:
        centred = steps - steps.mean(axis=1, keepdims=True)
        deviation = np.sqrt(np.square(centred).mean(axis=1, keepdims=True) + _NORM_EPSILON)
        return centred / deviation * self._gain + self._bias


class _Block:
    """Normalise, convolve over the past, rectify, mix, add; it remembers as much of the past as its kernel reaches."""

    def __init__(self, weights: LiteWeights, index: int) -> None:
        name = f"network.blocks.{index}"
        kernel = weights.tensors[f"{name}.convolution.weight"]
        self._norm = _Norm(weights.tensors, f"{name}.norm")
        self._taps = [np.ascontiguousarray(kernel[:, :, tap].T) for tap in range(KERNEL)]
        self._bias = weights.tensors[f"{name}.convolution.bias"]
        self._mix = _Linear(weights.tensors, f"{name}.mix")
        self._dilation = weights.dilations[index]
        self._past = np.zeros(((KERNEL - 1) * self._dilation, len(self._bias)), np.float32)

    def __call__(self, steps: np.ndarray) -> np.ndarray:
        heard = np.concatenate([self._past, self._norm(steps)])
        self._past = heard[len(heard) - len(self._past) :]
        starts = range(0, KERNEL * self._dilation, self._dilation)
        convolved = sum(heard[start : start + len(steps)] @ tap for start, tap in zip(starts, self._taps, strict=True))
        return steps + self._mix(np.maximum(convolved + self._bias, 0.0))
