"""The speech encoders: equal to the libraries they come from, flat over windows, and plain about what is missing."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from vivavoce.bridge.data import AudioClip  # noqa: E402
from vivavoce.bridge.errors import InvalidInput, ModelMissing  # noqa: E402
from vivavoce.motion.speech import encoder as encoders  # noqa: E402
from vivavoce.motion.speech import whisper_weights  # noqa: E402
from vivavoce.motion.speech.ctranslate2_file import read_ctranslate2  # noqa: E402
from vivavoce.motion.speech.encoder import speech_encoder, speech_features  # noqa: E402
from vivavoce.motion.speech.log_mel import log_mel  # noqa: E402
from vivavoce.motion.speech.transformers_folder import whisper_from_folder  # noqa: E402

SAMPLE_RATE = 16_000


def voice(seconds: float, seed: int = 0) -> AudioClip:
    """A buzz with moving formants, loud and soft in turn, over a little noise."""
    times_s = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    noise = np.random.default_rng(seed).normal(0.0, 0.003, len(times_s))
    buzz = sum(np.sin(2 * np.pi * 120 * k * times_s) / (1 + abs(k - 6 - 4 * np.sin(3 * times_s))) for k in range(1, 25))
    samples = 0.1 * buzz * (0.6 + 0.4 * np.sin(7 * times_s)) + noise
    return AudioClip(samples.astype(np.float32), SAMPLE_RATE)


@pytest.fixture
def whisper() -> encoders.SpeechEncoder:
    if whisper_weights.packaged_model() is None:
        pytest.skip(f"{whisper_weights.PACKAGE_PIN} is not installed")
    return speech_encoder()


def tiny_folder(kind: str, folder: Path) -> Path:
    """A model of real structure and random weights, as `save_pretrained` writes it."""
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    sizes = {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 48}
    convolutions = {"conv_dim": (16,) * 7, "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4}
    if kind == "hubert":
        model = transformers.HubertModel(transformers.HubertConfig(**sizes, **convolutions))
    elif kind == "wav2vec2":
        model = transformers.Wav2Vec2Model(transformers.Wav2Vec2Config(**sizes, **convolutions))
    else:
        parts = {"num_mel_bins": 128, "d_model": 32, "vocab_size": 50, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
        layers = {"encoder_layers": 2, "decoder_layers": 1, "encoder_attention_heads": 4, "decoder_attention_heads": 4}
        ffn = {"encoder_ffn_dim": 128, "decoder_ffn_dim": 64, "decoder_start_token_id": 1}
        model = transformers.WhisperModel(transformers.WhisperConfig(**parts, **layers, **ffn))
    model.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("band_count", [80, 128])
def test_log_mel_is_that_of_transformers(band_count: int) -> None:
    transformers = pytest.importorskip("transformers")
    clip = voice(30.0)
    extractor = transformers.WhisperFeatureExtractor(feature_size=band_count)
    theirs = extractor(clip.samples, sampling_rate=SAMPLE_RATE, return_tensors="np").input_features[0]
    np.testing.assert_allclose(log_mel(torch.from_numpy(clip.samples), band_count).numpy(), theirs, atol=2e-4)


def test_whisper_is_that_of_transformers(tmp_path: Path) -> None:
    folder = tiny_folder("whisper", tmp_path)
    import transformers

    mel = torch.randn(1, 128, 3000, generator=torch.Generator().manual_seed(0))
    theirs = transformers.WhisperModel.from_pretrained(folder).eval().encoder(mel).last_hidden_state
    torch.testing.assert_close(whisper_from_folder(folder)(mel), theirs, atol=1e-4, rtol=1e-4)


def test_packaged_whisper_is_that_of_ctranslate2(whisper: encoders.SpeechEncoder) -> None:
    ctranslate2 = pytest.importorskip("ctranslate2")
    path = whisper_weights.packaged_model()
    assert path is not None
    mel = log_mel(torch.from_numpy(voice(30.0).samples)).numpy()
    model = ctranslate2.models.Whisper(str(path.parent), compute_type="float32", intra_threads=1)
    theirs = np.array(model.encode(ctranslate2.StorageView.from_array(mel[None]), to_cpu=True))[0]
    np.testing.assert_allclose(whisper_weights.whisper_tiny()(torch.from_numpy(mel[None]))[0].numpy(), theirs, atol=0.02)


def test_the_default_stops_after_two_layers(whisper: encoders.SpeechEncoder) -> None:
    samples = torch.from_numpy(voice(2.0).samples)
    model = whisper_weights.whisper_tiny()
    model.layers = model.layers[:2]
    model.norm = torch.nn.Identity()  # type: ignore[assignment]
    torch.testing.assert_close(whisper.window_features(samples), model(log_mel(samples)[None])[0])


@pytest.mark.parametrize("seconds", [0.05, 0.21, 3.333])
def test_a_feature_every_20_ms(whisper: encoders.SpeechEncoder, seconds: float) -> None:
    clip = voice(seconds)
    features = speech_features(clip, whisper)
    assert features.shape == (int(np.ceil(len(clip.samples) / 320)), 384)
    assert np.isfinite(features).all()


def test_windows_report_and_leave_memory_flat(whisper: encoders.SpeechEncoder) -> None:
    clip = voice(60.0)
    shares: list[float] = []
    features = speech_features(clip, whisper, report=shares.append)
    windows = list(encoders.feature_windows(clip, whisper))
    assert max(map(len, windows)) <= 1300
    np.testing.assert_array_equal(np.concatenate(windows), features)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_silence_has_features(whisper: encoders.SpeechEncoder) -> None:
    assert np.isfinite(speech_features(AudioClip(np.zeros(16_000, np.float32), SAMPLE_RATE), whisper)).all()


@pytest.mark.parametrize("kind", ["hubert", "wav2vec2", "whisper"])
def test_encoders_of_ones_own(tmp_path: Path, kind: str) -> None:
    encoder = speech_encoder(tiny_folder(kind, tmp_path))
    clip = voice(27.3)
    features = speech_features(clip, encoder)
    assert encoder.width == 32
    assert features.shape == (1365, 32)
    np.testing.assert_array_equal(features, speech_features(clip, encoder))


@pytest.mark.parametrize("kind", ["hubert", "wav2vec2"])
def test_waveform_features_are_centred(tmp_path: Path, kind: str) -> None:
    """A click changes the features around its own time: the ones before it as much as the ones after."""
    encoder = speech_encoder(tiny_folder(kind, tmp_path))
    convolutions = encoder.model.feature_extractor  # type: ignore[attr-defined]
    samples = torch.zeros(320 * 40)
    samples[320 * 20] = 1.0
    padded = torch.nn.functional.pad(samples, (200, 200))[None]
    change = (convolutions(padded) - convolutions(torch.zeros_like(padded))).abs().sum(dim=1)[0]
    assert change.argmax() == 20


def test_bad_folders_say_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    with pytest.raises(ModelMissing, match=r"config\.json"):
        speech_encoder(tmp_path / "nowhere")
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InvalidInput, match="does not describe"):
        speech_encoder(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(InvalidInput, match="Speech encoders here are"):
        speech_encoder(tmp_path)
    folder = tiny_folder("hubert", tmp_path / "cut")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(InvalidInput, match="cannot be read"):
        speech_encoder(folder)


def test_wrong_packaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"\6\0\0\0 something else")
    with pytest.raises(InvalidInput, match="force-reinstall"):
        whisper_weights.packaged_weights(path)
    for content in (
        b"",
        b"\1\0\0\0",
        b"\6\0\0\0\xff\xff",
        b"\6\0\0\0\2\0a\0\3\0\0\0\1\0\0\0\2\0b\0\1\xff\xff\xff\x7f\0\xff\xff\xff\xff",
    ):
        path.write_bytes(content)
        with pytest.raises(InvalidInput, match=r"CTranslate2|damaged"):
            read_ctranslate2(path)


def test_other_sample_rates_are_refused(whisper: encoders.SpeechEncoder) -> None:
    with pytest.raises(InvalidInput, match="16000 Hz"):
        speech_features(AudioClip(np.zeros(48_000, np.float32), 48_000), whisper)
