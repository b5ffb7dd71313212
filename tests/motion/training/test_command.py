"""What motion-train refuses before it begins."""

from pathlib import Path
from typing import Any

import pytest

from vivavoce.bridge.errors import InvalidInput
from vivavoce.commands.motion_train import MotionTrain


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("prior", {"prior": Path("prior.safetensors")}),
        ("lite", {"noise": 3.0}),
        ("diffusion", {"start": Path("weights")}),
        ("probabilistic", {"distil": Path("weights")}),
    ],
)
def test_an_option_of_another_model_is_refused(model: Any, options: dict[str, Any], tmp_path: Path) -> None:
    (name,) = options
    with pytest.raises(InvalidInput, match=f"--{name} belongs to"):
        MotionTrain(model, (tmp_path / "corpus.npz",), tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()
