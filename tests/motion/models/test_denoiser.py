"""The diffusion transformer's networks: what depends on what."""

import pytest
import torch

pytest.importorskip("einops")

from vivavoce.motion.models.denoiser import HEARING_REACH, Denoiser, DenoiserSize, Hearing, rotated, rotations

SIZE = DenoiserSize(channel_count=6, width=32, layer_count=2, head_count=2)


def untrained(seed: int = 0) -> Denoiser:
    torch.manual_seed(seed)
    denoiser = Denoiser(SIZE, hearing_width=16).eval().requires_grad_(False)
    for layer in denoiser.layers:
        layer.modulation.normal_(0.0, 0.1)
    return denoiser


def windows(count: int = 2) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(1)
    noisy, condition = (torch.randn(count, 50, width, generator=generator) for width in (6, 32))
    is_clean = torch.zeros(count, 50, dtype=torch.bool)
    return noisy, condition, torch.full((count,), 0.4), is_clean, torch.ones(count, 50, dtype=torch.bool)


def test_frames_that_are_not_there_tell_nothing():
    denoiser = untrained()
    noisy, condition, level, is_clean, is_there = windows()
    is_there[:, 40:] = False
    made = denoiser(noisy, condition, level, is_clean, is_there)
    noisy[:, 40:], condition[:, 40:] = 7.0, -3.0
    again = denoiser(noisy, condition, level, is_clean, is_there)
    torch.testing.assert_close(made[:, :40], again[:, :40])


def test_windows_of_a_batch_do_not_mix_and_the_noise_level_matters():
    denoiser = untrained()
    noisy, condition, level, is_clean, is_there = windows(3)
    level = torch.tensor([0.1, 0.5, 0.9])
    together = denoiser(noisy, condition, level, is_clean, is_there)
    for index in range(3):
        one = slice(index, index + 1)
        alone = denoiser(noisy[one], condition[one], level[one], is_clean[one], is_there[one])
        torch.testing.assert_close(alone, together[one], atol=1e-5, rtol=1e-4)
    other_level = denoiser(noisy[:1], condition[:1], torch.tensor([0.9]), is_clean[:1], is_there[:1])
    assert (other_level - together[:1]).abs().max() > 1e-3


def test_attention_sees_distances_and_not_places():
    vectors = torch.randn(2, 1, 8, generator=torch.Generator().manual_seed(0))
    products = []
    for start in (0.0, 90.0):
        query = rotated(vectors[0], rotations(torch.tensor([start]), 8))
        key = rotated(vectors[1], rotations(torch.tensor([start + 7.0]), 8))
        products.append((query * key).sum())
    torch.testing.assert_close(products[0], products[1], atol=1e-4, rtol=1e-4)


def test_a_line_is_heard_alike_in_blocks():
    torch.manual_seed(0)
    hearing = Hearing(feature_width=5, width=16, dropout=0.1).eval()
    features = torch.randn(1, 200, 5)
    whole = hearing(features)
    first, last = 30, 70
    block = hearing(features[:, 2 * (first - HEARING_REACH) : 2 * (last + HEARING_REACH)])
    torch.testing.assert_close(block[:, HEARING_REACH:-HEARING_REACH], whole[:, first:last], atol=1e-5, rtol=1e-4)


def test_impossible_sizes_are_told():
    with pytest.raises(ValueError, match="heads"):
        DenoiserSize(channel_count=6, width=30, layer_count=2, head_count=4)
