"""A tiny network in ncnn's files computes what torch computes, and files that are cut off are refused."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from vivavoce.bridge.errors import InvalidInput
from vivavoce.rendering.pictures import Picture
from vivavoce.rendering.upscaling.ncnn_network import NcnnNetwork
from vivavoce.rendering.upscaling.upscale import _in_tiles, _upscaled

PARAM = """7767517
6 7
Input data 0 1 data
Convolution conv 1 1 data a 0=3 1=3 4=1 5=1 6=81 9=2 -23310=1,2.000000e-01
Split split 1 2 a b c
Eltwise sum 2 1 b c d 0=1 -23301=2,5.000000e-01,2.000000e+00
PReLU slope 1 1 d e 0=3
Interp larger 1 1 e out 0=1 1=4.000000e+00 2=4.000000e+00
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    generator = np.random.default_rng(0)
    kernels = generator.normal(size=81).astype("<f2").tobytes() + b"\0\0"
    bias, slopes = (generator.normal(size=3).astype("<f4").tobytes() for _ in range(2))
    (tmp_path / "a.param").write_text(PARAM)
    (tmp_path / "a.bin").write_bytes((0x01306B47).to_bytes(4, "little") + kernels + bias + slopes)
    return tmp_path / "a.param", tmp_path / "a.bin"


def test_layers_compute_what_they_say(files: tuple[Path, Path]) -> None:
    content = files[1].read_bytes()
    kernels = torch.from_numpy(np.frombuffer(content[4:166], "<f2").astype(np.float32).reshape(3, 3, 3, 3))
    bias, slopes = torch.from_numpy(np.frombuffer(content[168:], "<f4").copy()).reshape(2, 3)
    picture = torch.rand(1, 3, 9, 7, generator=torch.Generator().manual_seed(1))
    inner = functional.leaky_relu(functional.conv2d(picture, kernels, bias, padding=1), 0.2)
    expected = functional.interpolate(functional.prelu(2.5 * inner, slopes), scale_factor=4)
    torch.testing.assert_close(NcnnNetwork(*files)(picture), expected)


def test_tiles_join_without_a_seam(files: tuple[Path, Path]) -> None:
    network = NcnnNetwork(*files)
    picture = torch.rand(1, 3, 140, 150, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(_in_tiles(network, picture), network(picture).clamp(0.0, 1.0))


def test_a_figure_has_its_own_colour_up_to_its_edge() -> None:
    """No rim of the black behind it, whatever lies beyond."""
    alpha = np.zeros((24, 24), np.float32)
    alpha[6:18, 6:18], alpha[5, 6:18] = 1.0, 0.3
    grey = Picture(0.5 * np.repeat(alpha[..., None], 3, axis=2), alpha)
    made = _upscaled(lambda tile: functional.interpolate(tile, scale_factor=4, mode="bilinear"), grey, "cpu")
    assert made.alpha.shape == (96, 96)
    there = made.alpha > 0.01
    np.testing.assert_allclose(made.colour[there] / made.alpha[there][:, None], 0.5, atol=1e-3)


@pytest.mark.parametrize("change", [lambda content: content[:-4], lambda content: content + b"more", lambda content: b""])
def test_weights_of_the_wrong_length_are_refused(files: tuple[Path, Path], change) -> None:
    files[1].write_bytes(change(files[1].read_bytes()))
    with pytest.raises(InvalidInput, match=r"a\.bin"):
        NcnnNetwork(*files)


def test_an_unknown_layer_is_refused(files: tuple[Path, Path]) -> None:
    files[0].write_text(PARAM.replace("PReLU", "Swish"))
    with pytest.raises(InvalidInput, match="Swish"):
        NcnnNetwork(*files)
