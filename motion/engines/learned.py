"""The learned engines: both hear contacts with the probabilistic model's ear, and hold the lips at them whatever is performed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.ndimage import distance_transform_edt

from ...bridge.curves import eased
from ...bridge.data import AudioClip, MotionClip, MotionLayer, PerformanceStyle, Phoneme
from ...bridge.data.lip_contact import bite_lip, close_lips
from ...bridge.errors import InvalidInput
from ..articulation.closures import Contacts, heard_contacts, lip_bites, lip_closures
from ..articulation.performance import performed_layer
from ..hearing import Hearing
from ..models.channels import CHANNEL_INDEX, CHANNEL_NAMES, FACE, LIPS, OPENING_WEIGHTS, UPPER_FACE, layers_of, resampled
from ..models.diffusion import FPS
from ..models.diffusion_performer import DiffusionPerformer
from ..models.perform_codes import STEPS_PER_SECOND, CodePerformer
from ..speech.encoder import FEATURES_PER_SECOND, SpeechEncoder, speech_encoder, speech_features
from ..speech.prosody import Prosody
from .performer import ReportProgress

_OPENERS = [CHANNEL_INDEX[name] for name, weight in OPENING_WEIGHTS.items() if weight > 0.0]
_RESTED_SHARE = 0.85
"""Of what a mouth stands open by that it loses at rest. Who was captured read word after word, and hardly rested."""
_REST_BEGINS_S, _REST_EASES_S = 0.2, 0.35


class ProbabilisticEngine:
    """Mouth and upper face by drawn codes; blinks, gaze and head by rule, as chance and the voice have them."""

    name = "probabilistic"

    def __init__(self, weights: Path, encoder: str | None) -> None:
        self.performer = CodePerformer.from_folder(weights)
        self.encoder = _fitting_encoder(self.performer, encoder)

    def hear(self, audio: AudioClip, text: str | None, heard: Prosody, report: ReportProgress) -> Hearing:
        features = speech_features(audio, self.encoder, lambda share: report(0.1 + 0.8 * share, "listening"), np.float16)
        if text is not None:
            from ..speech.alignment import aligned_phonemes

            report(0.9, "aligning the words")
            phonemes = tuple(aligned_phonemes(audio, text))
            closures, bites = lip_closures(phonemes), lip_bites(phonemes)
        else:
            probability = self.performer.contact_probability(features)
            closures, bites = (heard_contacts(probability[:, kind], FEATURES_PER_SECOND) for kind in range(2))
            phonemes = _as_phonemes(closures, bites, audio.duration_s)
        return Hearing(audio.duration_s, heard, phonemes, closures, bites, audio.source, self.name, features)

    def layers(
        self,
        hearing: Hearing,
        style: PerformanceStyle,
        fps: float,
        frame_count: int,
        names: Sequence[str],
        style_clip: MotionClip | None = None,
    ) -> list[MotionLayer]:
        assert hearing.features is not None
        emotion = style.emotion_at(np.arange(len(hearing.features)) / STEPS_PER_SECOND)
        code = None if style_clip is None else self.performer.style_of(style_clip)
        channels = np.zeros((frame_count, len(CHANNEL_NAMES)), np.float32)
        if {"lips", "upper_face"} & set(names):
            face = self.performer.perform(hearing.features, emotion, code, style.variation, style.seed)
            channels[:, FACE] = resampled(face, STEPS_PER_SECOND, fps, frame_count)
        channels[:, LIPS] *= style.mouth
        channels[:, UPPER_FACE] *= style.eyes
        made = {layer.name: layer for layer in layers_of(_held(channels, hearing, fps), ("lips", "upper_face"))}
        return [
            made[name] if name in made else performed_layer(name, hearing.phonemes, hearing.prosody, fps, frame_count, style)
            for name in names
        ]


class DiffusionEngine(ProbabilisticEngine):
    """Everything by the diffusion transformer."""

    name = "diffusion"

    def __init__(self, weights: Path, encoder: str | None) -> None:
        super().__init__(weights, encoder)
        self.diffusion = DiffusionPerformer.from_checkpoint(weights / "diffusion.safetensors")
        if self.diffusion.encoder != self.performer.encoder:
            raise InvalidInput(
                f"The diffusion model in {weights} hears through {self.diffusion.encoder!r}, the probabilistic one through "
                f"{self.performer.encoder!r}. Train both with one encoder."
            )

    def layers(
        self,
        hearing: Hearing,
        style: PerformanceStyle,
        fps: float,
        frame_count: int,
        names: Sequence[str],
        style_clip: MotionClip | None = None,
    ) -> list[MotionLayer]:
        assert hearing.features is not None
        code = None if style_clip is None else self.diffusion.style_of(style_clip)
        performed = self.diffusion.perform(hearing.features, style, code)
        channels = resampled(performed, FPS, fps, frame_count)
        return layers_of(_held(channels, hearing, fps), names)


def _fitting_encoder(performer: CodePerformer, place: str | None) -> SpeechEncoder:
    """The encoder that the model was trained with. Raises InvalidInput where `place` holds another one."""
    wanted = performer.encoder
    if place is not None and Path(place).name != wanted:
        raise InvalidInput(f"These weights hear through {wanted!r}, not {Path(place).name!r}. Train others with that encoder.")
    encoder = speech_encoder(place or wanted)
    if encoder.width != performer.model.config.feature_width:
        raise InvalidInput(
            f"The encoder's features are {encoder.width} wide, the weights expect {performer.model.config.feature_width}."
        )
    return encoder


def _rest(heard: Prosody, times_s: np.ndarray) -> np.ndarray:
    """How far the mouth is at rest, (F,) 0..1: not in pauses between words, wholly some time before and after speech."""
    far_s = heard.hop_s * np.asarray(distance_transform_edt(~heard.is_speech))
    far_s = np.interp(times_s, heard.times_s, far_s)
    return eased((far_s - _REST_BEGINS_S) / _REST_EASES_S)


def _as_phonemes(closures: Contacts, bites: Contacts, duration_s: float) -> tuple[Phoneme, ...]:
    """Contacts in the words of phonemes, in order of time."""
    spans = [
        (start_s, end_s, symbol)
        for symbol, contacts in (("p", closures), ("f", bites))
        for start_s, end_s in zip(contacts.start_s.tolist(), contacts.end_s.tolist(), strict=True)
    ]
    return tuple(
        Phoneme(symbol, max(start_s, 0.0), min(max(end_s, start_s + 0.01), duration_s))
        for start_s, end_s, symbol in sorted(spans)
        if start_s < duration_s
    )


def _held(channels: np.ndarray, hearing: Hearing, fps: float) -> np.ndarray:
    """(F, 48) channels at `fps`, with the lips held at every contact and at rest far from speech."""
    times_s = np.arange(len(channels)) / fps
    lips = np.clip(channels[:, LIPS], 0.0, 1.0).astype(np.float64)
    lips[:, _OPENERS] *= 1.0 - _RESTED_SHARE * _rest(hearing.prosody, times_s)[:, None]
    bite_lip(lips, hearing.bites.widened(fps).strength(times_s))
    close_lips(lips, hearing.closures.widened(fps).strength(times_s))
    channels = channels.copy()
    channels[:, LIPS] = lips
    return channels
