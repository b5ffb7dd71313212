"""The bricks of the renderer: what they promise of light, noise, experts and mirrors."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from vivavoce.bridge.data.gbuffer import REGION_NAMES  # noqa: E402
from vivavoce.rendering.conditioning import mirrored_planes, mirrored_told  # noqa: E402
from vivavoce.rendering.models.detail import detail_map  # noqa: E402
from vivavoce.rendering.models.diffusion import grain_strength, schedule, warped  # noqa: E402
from vivavoce.rendering.models.layers import RegionExperts, ViewExperts, ViewGate  # noqa: E402
from vivavoce.rendering.models.masks import MASK_POINTS, MaskConfig, MaskPredictor  # noqa: E402
from vivavoce.rendering.models.planes import PLANE_CHANNELS, PLANES, candidates  # noqa: E402
from vivavoce.rendering.models.surface_noise import CELL_M, surface_noise  # noqa: E402
from vivavoce.rendering.models.tokens import LOOK_CHANNELS, LOOK_SIDE_PX, Told  # noqa: E402
from vivavoce.rendering.models.tone import decoded, encoded  # noqa: E402


def test_encoding_comes_back_even_far_above_white() -> None:
    light = torch.tensor([0.0, 1e-3, 0.18, 1.0, 40.0])
    torch.testing.assert_close(decoded(encoded(light)), light, rtol=1e-4, atol=1e-6)
    assert encoded(light)[0] == 0.0
    assert encoded(light)[3] == pytest.approx(1.0)


def test_noise_is_normal_belongs_to_the_surface_and_does_not_jump() -> None:
    anchors = np.random.default_rng(0).uniform(-0.2, 0.2, (200, 200, 3))
    noise = surface_noise(anchors, seed=1)
    assert np.abs(noise.mean(axis=(0, 1))).max() < 0.03
    assert np.abs(noise.std(axis=(0, 1)) - 1.0).max() < 0.03
    assert np.array_equal(surface_noise(anchors[::-1], seed=1)[::-1], noise)
    assert np.abs(surface_noise(anchors, seed=2) - noise).mean() > 0.5
    moved = surface_noise(anchors + 0.002 * CELL_M, seed=1)
    assert np.abs(moved - noise).max() < 0.1
    anchors[::2] = 0.0
    partly = surface_noise(anchors, seed=1)
    assert np.array_equal(partly[1::2], noise[1::2])
    assert (partly[::2] == partly[0, 0]).all()


def test_the_strength_of_grain_is_its_deviation_wherever_it_lies() -> None:
    torch.manual_seed(0)
    grain = 0.05 * torch.randn(1, 3, 96, 96)
    slope = torch.linspace(0.2, 0.8, 96).expand(1, 3, 96, 96)
    inside = (..., slice(16, 80), slice(16, 80))
    assert grain_strength(slope)[inside].max() < 0.005
    assert grain_strength(slope + grain)[inside].mean() == pytest.approx(0.05, rel=0.1)
    elsewhere = grain_strength(slope + grain.roll(5, dims=-1))[inside]
    assert (elsewhere.mean() - grain_strength(slope + grain)[inside].mean()).abs() < 0.002


def test_blended_kernels_are_blended_experts() -> None:
    torch.manual_seed(0)
    experts = ViewExperts(6, 3)
    picture, share = torch.randn(2, 6, 9, 9), torch.softmax(torch.randn(2, 3), dim=1)
    alone = [experts(picture, torch.eye(3)[index].expand(2, 3)) for index in range(3)]
    wanted = sum(share[:, index, None, None, None] * made for index, made in enumerate(alone))
    torch.testing.assert_close(experts(picture, share), wanted, rtol=1e-4, atol=1e-5)


def test_the_nearest_expert_speaks_most() -> None:
    gate = ViewGate(4)
    share = gate(gate.place.detach())
    assert share.argmax(dim=1).tolist() == [0, 1, 2, 3]
    torch.testing.assert_close(share.sum(dim=1), torch.ones(4))


def test_an_expert_is_heard_in_its_region_alone() -> None:
    experts = RegionExperts(4, 2)
    picture = torch.randn(1, 4, 6, 6)
    mask = torch.zeros(1, 2, 6, 6)
    mask[:, 0, :3], mask[:, 1, 3:] = 1.0, 1.0
    torch.testing.assert_close(experts(picture, mask), picture)
    with torch.no_grad():
        experts.out[1] = torch.eye(4)
    changed = (experts(picture, mask) - picture).abs().amax(dim=(0, 1, 3)) > 0.0
    assert changed.tolist() == [False] * 3 + [True] * 3


def test_detail_has_no_broad_brightness() -> None:
    ramp = torch.linspace(0, 1, 64).expand(3, 64, 64)
    edge = (torch.arange(64) % 4 < 2).float().expand(3, 64, 64)
    assert detail_map(ramp)[:, 20:40, 20:40].abs().mean() < 0.1 * detail_map(edge).abs().mean()


def test_a_perfect_sample_corrects_the_base() -> None:
    planes = torch.zeros(1, PLANE_CHANNELS, 48, 48)
    planes[:, PLANES["alpha"]] = 1.0
    planes[:, PLANES["base"]] = 0.2
    base, corrected = torch.full((1, 1, 3, 48, 48), 0.2), torch.full((1, 3, 3, 48, 48), 0.4)
    torch.testing.assert_close(decoded(candidates(planes)), base.expand(1, 4, -1, -1, -1), rtol=0.01, atol=0.0)
    planes[:, PLANES["radiance"]] = planes[:, PLANES["denoised"]] = 0.4
    torch.testing.assert_close(decoded(candidates(planes)), torch.cat([base, corrected], dim=1), rtol=0.01, atol=0.0)


def test_what_heroes_carry_is_a_candidate() -> None:
    planes = torch.zeros(1, PLANE_CHANNELS, 8, 8)
    planes[:, PLANES["base"]] = 0.2
    planes[:, PLANES["carried"]] = 0.1
    difference = candidates(planes) - encoded(planes[:, PLANES["base"]])[:, None]
    torch.testing.assert_close(difference.amax(dim=(0, 2, 3, 4)), torch.tensor([0.1, 0.0, 0.0, 0.0]))


def test_a_mirror_of_a_mirror_is_the_frame() -> None:
    planes = torch.randn(2, PLANE_CHANNELS, 8, 8)
    torch.testing.assert_close(mirrored_planes(mirrored_planes(planes)), planes)
    look = torch.randn(2, 3, LOOK_CHANNELS, LOOK_SIDE_PX, LOOK_SIDE_PX)
    told = Told(
        look, torch.ones(2, 3) > 0, torch.randn(2, 2), torch.randn(2, 6), torch.rand(2, 52), torch.rand(2, 8), torch.ones(2)
    )
    back = mirrored_told(mirrored_told(told))
    for name in vars(told):
        torch.testing.assert_close(getattr(back, name), getattr(told, name))
    assert (mirrored_told(told).view[:, 0] == -told.view[:, 0]).all()


def test_a_frame_is_carried_along_its_motion() -> None:
    before = torch.rand(1, 3, 12, 12)
    motion = torch.zeros(1, 2, 12, 12)
    motion[:, 0], motion[:, 1] = 2.0, 1.0
    torch.testing.assert_close(warped(before, motion)[..., 1:, 2:], before[..., :-1, :-2])


def test_the_schedule_ends_in_noise_alone() -> None:
    kept = schedule().alphas_cumprod
    assert kept[-1] == 0.0
    assert kept[0] > 0.99


def test_masks_have_the_wanted_size_and_the_regions() -> None:
    predictor = MaskPredictor(MaskConfig(width=8, told_width=8))
    mask = predictor.mask(torch.rand(2, MASK_POINTS, 3), torch.rand(2, 52), (40, 50))
    assert mask.shape == (2, 40, 50)
    assert int(mask.max()) < len(REGION_NAMES)
