from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the `motion` extra is not installed")

from vivavoce.bridge.lite.mel import mel_steps  # noqa: E402
from vivavoce.bridge.lite.network import LiteStream, read_lite_weights  # noqa: E402
from vivavoce.motion.models.lite import LiteConfig, LiteModel, write_lite_weights  # noqa: E402


def test_numpy_makes_the_lips_that_torch_makes(tmp_path: Path):
    torch.manual_seed(0)
    model = LiteModel(LiteConfig(width=24, dilations=(1, 2, 4), look_ahead=5)).eval()
    model.load_state_dict({name: tensor.half().float() for name, tensor in model.state_dict().items()})
    write_lite_weights(tmp_path / "lite.npz", model, "{}")
    mel = mel_steps((0.1 * np.random.default_rng(0).standard_normal(32_000)).astype(np.float32))
    with torch.inference_mode():
        wanted = model.lips(torch.from_numpy(mel)[None])[0].numpy()
    stream = LiteStream(read_lite_weights(tmp_path / "lite.npz"))
    pieces = [stream.feed(mel[start : start + 13]) for start in range(0, len(mel), 13)]
    made = np.concatenate(pieces)
    assert np.ptp(made) > 0.05
    np.testing.assert_allclose(made, wanted[: len(made)], atol=1e-4)
