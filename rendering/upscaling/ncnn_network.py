"""A convolutional network in ncnn's two files (.param: the graph as text; .bin: the weights), run by torch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...bridge.errors import InvalidInput

_MAGIC = "7767517"
_HALF_TAG = 0x01306B47
_LEAKY = 2
_LAYER_LIMIT = 20_000
Parameters = dict[int, str]
"""A layer's numbers by ncnn's keys; arrays have keys from -23300 downwards and begin with their length."""


@dataclass(frozen=True, eq=False)
class _Layer:
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parameters: Parameters
    weights: tuple[Tensor, ...] = ()


class NcnnNetwork:
    """Layers in the order they run. https://github.com/Tencent/ncnn/wiki/param-and-model-file-structure"""

    def __init__(self, param: Path, weights: Path, device: str = "cpu") -> None:
        """Raises InvalidInput where the files are no network that can be read, or are cut off."""
        try:
            lines = param.read_text(encoding="ascii").split("\n")
            content = memoryview(weights.read_bytes())
            if lines[0].strip() != _MAGIC or len(lines) > _LAYER_LIMIT:
                raise ValueError("the graph is not in ncnn's text format")
            self._layers, rest = [], content
            for line in filter(str.strip, lines[2:]):
                layer, rest = _with_weights(_layer(line), rest, device)
                self._layers.append(layer)
            if len(rest):
                raise ValueError(f"{len(rest)} bytes of weights are left over")
        except (OSError, ValueError, KeyError, IndexError) as error:
            raise InvalidInput(f"{param} and {weights.name} are no network ({error}). Install their package anew.") from error

    def __call__(self, picture: Tensor) -> Tensor:
        """(B, 3, H, W) -> (B, 3, s H, s W), values 0..1."""
        blobs: dict[str, Tensor] = {}
        for layer in self._layers:
            if layer.kind == "Input":
                blobs[layer.outputs[0]] = picture
            else:
                # Every blob has one reader (Split makes copies), so that what was read can go.
                result = _KINDS[layer.kind](layer, [blobs.pop(name) for name in layer.inputs])
                blobs.update(dict.fromkeys(layer.outputs, result))
        return next(iter(blobs.values()))


def _layer(line: str) -> _Layer:
    kind, _, input_count, output_count, *rest = line.split()
    if kind != "Input" and kind not in _KINDS:
        raise ValueError(f"layers of kind {kind} are unknown")
    split, end = int(input_count), int(input_count) + int(output_count)
    pairs = (item.partition("=") for item in rest[end:])
    return _Layer(kind, tuple(rest[:split]), tuple(rest[split:end]), {int(key): value for key, _, value in pairs})


def _with_weights(layer: _Layer, rest: memoryview, device: str) -> tuple[_Layer, memoryview]:
    """The layer with its part of the file, and what is left of the file."""
    own = layer.parameters
    if layer.kind == "Convolution":
        count, kernel, size = int(own[0]), int(own[1]), int(own[6])
        kernels, rest = _tagged(rest, size)
        bias, rest = _floats(rest, count)
        weights = (kernels.reshape(count, size // (count * kernel * kernel), kernel, kernel), bias)
    elif layer.kind == "PReLU":
        slopes, rest = _floats(rest, int(own[0]))
        weights = (slopes,)
    else:
        return layer, rest
    tensors = tuple(torch.from_numpy(array.astype(np.float32)).to(device) for array in weights)
    return _Layer(layer.kind, layer.inputs, layer.outputs, own, tensors), rest


def _tagged(rest: memoryview, count: int) -> tuple[np.ndarray, memoryview]:
    """Numbers behind a tag that tells their width; half ones are filled up to a multiple of four bytes."""
    tag = int.from_bytes(rest[:4], "little")
    if tag == 0:
        return _floats(rest[4:], count)
    if tag != _HALF_TAG:
        raise ValueError("the weights are packed in an unknown way")
    return np.frombuffer(rest[4:], "<f2", count), rest[4 + (2 * count + 3) // 4 * 4 :]


def _floats(rest: memoryview, count: int) -> tuple[np.ndarray, memoryview]:
    return np.frombuffer(rest, "<f4", count), rest[4 * count :]


def _array(parameters: Parameters, key: int) -> list[float]:
    return [float(value) for value in parameters[-23300 - key].split(",")[1:]]


def _convolution(layer: _Layer, inputs: list[Tensor]) -> Tensor:
    result = functional.conv2d(inputs[0], *layer.weights, padding=int(layer.parameters.get(4, "0")))
    if int(layer.parameters.get(9, "0")) == _LEAKY:
        result = functional.leaky_relu_(result, _array(layer.parameters, 10)[0])
    return result


def _interpolation(layer: _Layer, inputs: list[Tensor]) -> Tensor:
    mode = {1: "nearest", 2: "bilinear"}[int(layer.parameters[0])]
    return functional.interpolate(inputs[0], scale_factor=float(layer.parameters[1]), mode=mode)


def _weighted_sum(layer: _Layer, inputs: list[Tensor]) -> Tensor:
    gains = _array(layer.parameters, 1)
    return gains[0] * inputs[0] + gains[1] * inputs[1]


_KINDS: dict[str, Callable[[_Layer, list[Tensor]], Tensor]] = {
    "BinaryOp": lambda layer, inputs: inputs[0] + inputs[1],
    "Concat": lambda layer, inputs: torch.cat(inputs, dim=1),
    "Convolution": _convolution,
    "Eltwise": _weighted_sum,
    "Interp": _interpolation,
    "PixelShuffle": lambda layer, inputs: functional.pixel_shuffle(inputs[0], int(layer.parameters[0])),
    "PReLU": lambda layer, inputs: functional.prelu(inputs[0], layer.weights[0]),
    "Split": lambda layer, inputs: inputs[0],
}
