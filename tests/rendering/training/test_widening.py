"""A widened renderer paints what the narrow one does, and can then learn with all it has."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from torch import Tensor  # noqa: E402

from vivavoce.bridge.data import ARKIT_NAMES, EMOTION_NAMES  # noqa: E402
from vivavoce.bridge.errors import InvalidInput  # noqa: E402
from vivavoce.rendering.models.planes import PLANE_CHANNELS, PLANES  # noqa: E402
from vivavoce.rendering.models.residual import ResidualConfig, ResidualModel  # noqa: E402
from vivavoce.rendering.models.tokens import LOOK_CHANNELS, LOOK_SIDE_PX, POSE_WIDTH, Told  # noqa: E402
from vivavoce.rendering.training.widening import widened  # noqa: E402

NARROW = ResidualConfig(fine_width=8, widths=(8, 12, 16, 24), token_width=16, view_experts=2)


def drawn_model(config: ResidualConfig) -> ResidualModel:
    """With numbers everywhere, also where a training starts from nothing."""
    torch.manual_seed(1)
    model = ResidualModel(config)
    for values in model.parameters():
        values.data += 0.1 * torch.randn_like(values)
    return model.eval()


def told() -> Told:
    numbers = np.random.default_rng(2)

    def some(*shape: int) -> Tensor:
        return torch.from_numpy(numbers.normal(0.0, 0.5, shape)).float()

    look = some(1, 3, LOOK_CHANNELS, LOOK_SIDE_PX, LOOK_SIDE_PX).abs()
    has_look = torch.tensor([[True, True, False]])
    expression, emotion = some(1, len(ARKIT_NAMES)), some(1, len(EMOTION_NAMES))
    return Told(look, has_look, some(1, 2), some(1, POSE_WIDTH), expression, emotion, torch.tensor([1]))


def painted(model: ResidualModel) -> Tensor:
    planes = torch.rand(1, PLANE_CHANNELS, 32, 32, generator=torch.Generator().manual_seed(3))
    planes[:, PLANES["region"]] = (8.0 * planes[:, PLANES["region"]]).floor()
    noise = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(4))
    return model(noise, torch.ones(1), model.hear(planes, told()))


@pytest.mark.parametrize("change", [{}, {"view_experts": 0}, {"has_region_experts": False}, {"has_detail": False}])
def test_a_widened_renderer_paints_the_same(change: dict) -> None:
    narrow = drawn_model(ResidualConfig(**{**vars(NARROW), **change}))
    config, tensors = widened(narrow.state_dict(), narrow.config, (12, 16, 24, 32), 0)
    wide = ResidualModel(config).eval()
    wide.load_state_dict(tensors)
    with torch.inference_mode():
        torch.testing.assert_close(painted(wide), painted(narrow), rtol=1e-4, atol=1e-4)


def test_new_channels_learn() -> None:
    narrow = drawn_model(NARROW)
    config, tensors = widened(narrow.state_dict(), NARROW, (12, 16, 24, 32), 0)
    wide = ResidualModel(config)
    wide.load_state_dict(tensors)
    optimiser = torch.optim.Adam(wide.parameters(), 1e-2)
    for _ in range(3):
        optimiser.zero_grad()
        painted(wide).square().mean().backward()
        optimiser.step()
    heard = wide.rise[1].weight.grad
    assert heard is not None
    assert (heard[:, NARROW.widths[1] :].abs().amax(dim=(1, 2, 3)) > 0.0).all()


def test_it_is_never_made_narrower() -> None:
    tensors = ResidualModel(NARROW).state_dict()
    with pytest.raises(InvalidInput, match="none smaller"):
        widened(tensors, NARROW, (8, 12, 12, 24), 0)
    with pytest.raises(InvalidInput, match="as many"):
        widened(tensors, NARROW, (8, 12, 16), 0)
    with pytest.raises(InvalidInput, match="multiples of 4"):
        widened(tensors, NARROW, (8, 12, 18, 24), 0)
