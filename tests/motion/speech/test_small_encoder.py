from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the `motion` extra is not installed")

from vivavoce.bridge.data import AudioClip  # noqa: E402
from vivavoce.bridge.errors import InvalidInput, ModelMissing  # noqa: E402
from vivavoce.learning.checkpoint import write_checkpoint  # noqa: E402
from vivavoce.motion.speech.encoder import speech_encoder, speech_features  # noqa: E402
from vivavoce.motion.speech.small_encoder import (  # noqa: E402
    SMALL_ENCODER_KIND,
    SMALL_ENCODERS,
    EncoderStream,
    SmallEncoder,
    SmallEncoderConfig,
    SmallEncoderNetwork,
    read_small_encoder,
)


def network(width: int = 16) -> SmallEncoderNetwork:
    torch.manual_seed(0)
    return SmallEncoderNetwork(SmallEncoderConfig(width=width, dilations=(1, 4))).eval()


def murmur(seconds: float) -> np.ndarray:
    return (0.1 * np.random.default_rng(0).standard_normal(int(seconds * 16_000))).astype(np.float32)


@pytest.mark.parametrize("look_ahead", [3, 13])
@pytest.mark.parametrize("block", [160, 1234, 16_000])
def test_streamed_features_are_those_of_the_whole(look_ahead: int, block: int):
    samples = murmur(3.0)
    whole = SmallEncoder(network(), look_ahead).window_features(torch.from_numpy(samples)).numpy()
    stream = EncoderStream(network(), look_ahead)
    made = np.concatenate([stream.feed(samples[start : start + block]) for start in range(0, len(samples), block)])
    assert len(whole) - len(made) <= look_ahead + 2
    np.testing.assert_allclose(made, whole[: len(made)], atol=1e-4)


@pytest.mark.parametrize("look_ahead", [3, 13])
def test_no_feature_knows_what_comes_after_its_look_ahead(look_ahead: int):
    samples = murmur(2.0)
    changed = samples.copy()
    changed[16_000:] = 0.0
    encoder = SmallEncoder(network(), look_ahead)
    first, second = (encoder.window_features(torch.from_numpy(each)) for each in (samples, changed))
    differs = (first - second).abs().amax(dim=1) > 1e-6
    untouched = 50 - look_ahead - 2
    assert not differs[:untouched].any()
    assert differs[untouched : untouched + 4].any()


def test_files_that_do_not_fit_are_refused(tmp_path: Path):
    with pytest.raises(ModelMissing):
        read_small_encoder(tmp_path / "none.safetensors")
    path = tmp_path / "encoder.safetensors"
    made = network()
    write_checkpoint(path, SMALL_ENCODER_KIND, made.config, made.state_dict(), {})
    np.testing.assert_array_equal(read_small_encoder(path).exit.weight.detach(), made.exit.weight.detach())
    write_checkpoint(path, SMALL_ENCODER_KIND, SmallEncoderConfig(width=8, dilations=(1, 4)), made.state_dict(), {})
    with pytest.raises(InvalidInput, match="does not fit"):
        read_small_encoder(path)
    write_checkpoint(path, "lite", made.config, made.state_dict(), {})
    with pytest.raises(InvalidInput, match="small encoder"):
        read_small_encoder(path)


@pytest.mark.parametrize("name", SMALL_ENCODERS)
def test_the_bundled_encoder_hears_much_of_what_the_default_one_hears(name: str):
    encoder = speech_encoder(name)
    assert encoder.width == 384
    assert sum(parameter.numel() for parameter in encoder.network.parameters()) <= 4_000_000
    assert speech_features(AudioClip(murmur(1.0), 16_000), encoder).shape == (50, 384)
