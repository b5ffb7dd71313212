"""The bundled weights: small enough, whole, and telling how they were made."""

import pytest

torch = pytest.importorskip("torch")

from vivavoce.learning.checkpoint import read_checkpoint  # noqa: E402
from vivavoce.rendering.models.masks import KIND as MASKS  # noqa: E402
from vivavoce.rendering.models.masks import MASKS_NAME  # noqa: E402
from vivavoce.rendering.models.renderer import BUNDLED_WEIGHTS, Renderer  # noqa: E402
from vivavoce.rendering.models.residual import KIND, WEIGHTS_NAME  # noqa: E402
from vivavoce.rendering.training.masks import read_masks  # noqa: E402


def test_bundled_weights_tell_how_they_were_made() -> None:
    for name, kind in ((WEIGHTS_NAME, KIND), (MASKS_NAME, MASKS)):
        facts = read_checkpoint(BUNDLED_WEIGHTS / name, kind).facts
        assert facts["command"].startswith("vivavoce render-train")
        assert facts["data"]
    assert sum(path.stat().st_size for path in BUNDLED_WEIGHTS.iterdir()) < 16e6


def test_bundled_weights_fit_their_networks() -> None:
    assert Renderer.from_folder().model.config.view_experts > 0
    assert read_masks(BUNDLED_WEIGHTS).regions == 8
