"""Compute seconds per second of speech on one thread: the motion models beside published architectures, in one run.

    python benchmarks/motion.py [--seconds 30] [--repeats 3] [--weights motion/weights]

JoyVASA and ProbTalk3D are rebuilt at the sizes that their papers state, with random weights, which take as long as trained ones:
HuBERT-base, then JoyVASA's transformer decoder (8 layers, 256 wide, 8 heads, 50 denoising steps with guidance, windows of 100
frames after 25) or ProbTalk3D's transformer (12 layers, 256 wide) with its quantiser and decoder (6 layers). The feed-forward
parts of JoyVASA and of ProbTalk3D's second stage are not stated: 4 times the width is taken. Every system hears the sound itself.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from vivavoce.bridge.data import AudioClip, PerformanceStyle
from vivavoce.motion.engines import BUNDLED_WEIGHTS
from vivavoce.motion.speech.load import load_audio

SAMPLE_RATE = 16_000
DEMO_LINE = Path(__file__).resolve().parents[1] / "addon" / "assets" / "demo_line.flac"
WIDTH = 256
System = Callable[[AudioClip], object]


def hubert_base() -> nn.Module:
    """HuBERT-base's encoder: 95 million parameters, untrained."""
    from transformers import HubertConfig, HubertModel

    return HubertModel(HubertConfig()).eval()


def at_25_fps(hidden: Tensor, frame_count: int) -> Tensor:
    """(B, T, D) -> (B, F, D)"""
    return nn.functional.interpolate(hidden.transpose(1, 2), frame_count, mode="linear").transpose(1, 2)


def joyvasa() -> System:
    """Windows of 4 s, each heard and denoised with 1 s before it; twice a step, with and without the sound."""
    window, before, steps, channels = 100, 25, 50, 70
    encoder, into, motion = hubert_base(), nn.Linear(768, WIDTH), nn.Linear(channels, WIDTH)
    layer = nn.TransformerDecoderLayer(WIDTH, 8, 4 * WIDTH, batch_first=True)
    denoiser, out = nn.TransformerDecoder(layer, 8).eval(), nn.Linear(WIDTH, channels)
    own_frame = ~torch.eye(before + window, dtype=torch.bool)

    def performed(audio: AudioClip) -> Tensor:
        made = []
        samples = torch.from_numpy(np.array(audio.samples))
        for start in range(0, len(samples), 4 * SAMPLE_RATE):
            heard = torch.zeros(5 * SAMPLE_RATE)
            first = max(start - SAMPLE_RATE, 0)
            piece = samples[first : start + 4 * SAMPLE_RATE]
            heard[: len(piece)] = piece
            memory = into(at_25_fps(encoder(heard[None]).last_hidden_state, before + window)).expand(2, -1, -1)
            latent = torch.randn(1, before + window, channels)
            for _ in range(steps):
                hidden = motion(latent).expand(2, -1, -1)
                with_sound, without = out(denoiser(hidden, memory, memory_mask=own_frame)).chunk(2)
                latent = latent + 0.01 * (without + 2.0 * (with_sound - without))
            made.append(latent[:, before:])
        return torch.cat(made, dim=1)

    return performed


def probtalk3d() -> System:
    """The whole line at once, as its code does it."""
    encoder, into = hubert_base(), nn.Linear(768, WIDTH)
    second = nn.TransformerEncoder(nn.TransformerEncoderLayer(WIDTH, 8, 4 * WIDTH, batch_first=True), 12).eval()
    decoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(WIDTH, 8, 384, batch_first=True), 6).eval()
    codebook, to_code, from_code, out = torch.randn(256, 128), nn.Linear(WIDTH, 128), nn.Linear(128, WIDTH), nn.Linear(WIDTH, 53)

    def performed(audio: AudioClip) -> Tensor:
        hidden = encoder(torch.from_numpy(np.array(audio.samples))[None]).last_hidden_state
        latent = to_code(second(into(at_25_fps(hidden, round(audio.duration_s * 25)))))
        distances = torch.cdist(latent, codebook[None])
        drawn = torch.distributions.Categorical(logits=-distances.square() / 0.2).sample()
        return out(decoder(from_code(codebook[drawn])))

    return performed


def diffusion(weights: Path) -> System:
    """The default encoder and the diffusion transformer."""
    from vivavoce.motion.models.diffusion_performer import DiffusionPerformer
    from vivavoce.motion.speech.encoder import speech_encoder, speech_features

    performer = DiffusionPerformer.from_checkpoint(weights / "diffusion.safetensors")
    encoder = speech_encoder(performer.encoder)
    return lambda audio: performer.perform(speech_features(audio, encoder), PerformanceStyle())


def probabilistic(weights: Path) -> System:
    """The default encoder, the probabilistic model and its prior, and the contacts of the lips."""
    from vivavoce.motion.models.perform_codes import STEPS_PER_SECOND, CodePerformer
    from vivavoce.motion.speech.encoder import speech_encoder, speech_features

    performer, style = CodePerformer.from_folder(weights), PerformanceStyle()
    encoder = speech_encoder(performer.encoder)

    def performed(audio: AudioClip) -> np.ndarray:
        features = speech_features(audio, encoder)
        performer.contact_probability(features)
        emotion = style.emotion_at(np.arange(len(features)) / STEPS_PER_SECOND)
        return performer.perform(features, emotion, None, style.variation, style.seed)

    return performed


def lite() -> System:
    """The whole performance in numpy alone."""
    from vivavoce.bridge.lite.network import read_lite_weights
    from vivavoce.bridge.lite.performance import lite_performance

    weights = read_lite_weights()
    return lambda audio: lite_performance(audio, PerformanceStyle(), 30.0, weights=weights)


def real_time_factors(system: System, audio: AudioClip, repeats: int) -> list[float]:
    """Of each repeat, in processor time, which others on the machine do not change."""
    factors = []
    with torch.inference_mode():
        system(audio)
        for _ in range(repeats):
            start = time.process_time()
            system(audio)
            factors.append((time.process_time() - start) / audio.duration_s)
    return factors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--weights", type=Path, default=BUNDLED_WEIGHTS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    samples = np.asarray(load_audio(DEMO_LINE).samples)
    audio = AudioClip(np.resize(samples, round(options.seconds * SAMPLE_RATE)), SAMPLE_RATE)
    makers: dict[str, Callable[[], System]] = {
        "JoyVASA, rebuilt": joyvasa,
        "ProbTalk3D, rebuilt": probtalk3d,
        "encoder + diffusion": lambda: diffusion(options.weights),
        "encoder + probabilistic": lambda: probabilistic(options.weights),
        "lite, numpy": lite,
    }
    rivals = {"encoder + diffusion": "JoyVASA, rebuilt", "encoder + probabilistic": "ProbTalk3D, rebuilt"}
    measured: dict[str, float] = {}
    print(f"{'system':<26}{'real-time factor':>18}{'worst':>8}   times faster", flush=True)
    for name, make in makers.items():
        factors = real_time_factors(make(), audio, options.repeats)
        measured[name] = float(np.median(factors))
        rival = rivals.get(name)
        ratio = f"{measured[rival] / measured[name]:.1f} than {rival}" if rival else ""
        print(f"{name:<26}{measured[name]:>18.4f}{max(factors):>8.4f}   {ratio}", flush=True)


if __name__ == "__main__":
    main()
