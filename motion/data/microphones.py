"""Recordings as other microphones, rooms and voices would make them, so that hearing learns not to depend on these."""

from dataclasses import dataclass

import numpy as np
import soxr

from ...bridge.lite.mel import mel_centres_hz
from ..speech.load import SAMPLE_RATE

_SPEEDS = (0.86, 1.18)
"""Sound played faster or slower: another size of speaker, another rate of speech."""
_TRACTS = (0.84, 1.19)
"""Length of another speaker's vocal tract."""
_PLAIN_SHARE = 0.25
"""Of the excerpts, left as they are but for speed and level."""
_GAIN_DB = (-22.0, 8.0)
_EQ_DB, _EQ_BANDS = 5.0, 7
_TELEPHONE_CHANCE = 0.12
_TELEPHONE_HZ = (2800.0, 4200.0)
_ROOM_CHANCE = 0.35
_ROOM_S = (0.1, 0.6)
_NOISE_CHANCE = 0.6
_SNR_DB = (3.0, 35.0)


def drawn_speed(rng: np.random.Generator) -> float:
    """How many times as fast a recording is played."""
    return float(np.exp(rng.uniform(*np.log(_SPEEDS))))


@dataclass(frozen=True)
class Excerpt:
    """Where in a recording a crop comes from: it starts at start_s and goes `speed` times as fast."""

    start_s: float
    speed: float

    @classmethod
    def drawn(cls, duration_s: float, wanted_s: float, rng: np.random.Generator) -> "Excerpt":
        speed = drawn_speed(rng)
        return cls(float(rng.uniform(0.0, max(duration_s - wanted_s * speed, 0.0) + 0.2)), speed)

    def times_s(self, steps: np.ndarray, steps_per_second: float) -> np.ndarray:
        """Times in the recording of the crop's steps."""
        return self.start_s + self.speed * steps / steps_per_second

    def samples(self, recording: np.ndarray, count: int) -> np.ndarray:
        """(S,) at 16 kHz -> (count,), with silence where the recording has ended."""
        first = round(self.start_s * SAMPLE_RATE)
        heard = recording[first : first + int(count * self.speed) + 1]
        sped = soxr.resample(heard, SAMPLE_RATE * self.speed, SAMPLE_RATE, quality="MQ") if len(heard) else heard
        return np.pad(sped[:count], (0, count - min(len(sped), count))).astype(np.float32)


def recorded_elsewhere(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(S,) float32 -> (S,) float32 with another level, and mostly another microphone, room and noise."""
    gain = 10.0 ** (rng.uniform(*_GAIN_DB) / 20.0)
    if rng.random() >= _PLAIN_SHARE:
        samples = _through(samples, rng)
        if rng.random() < _NOISE_CHANCE:
            samples = samples + _noise(samples, rng)
    return np.clip(gain * samples, -1.0, 1.0).astype(np.float32)


def heard_from_another(steps: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Log-mel steps (T, 160) as a shorter or longer vocal tract would make them (Jaitly and Hinton 2013, VTLP): the spectrum is
    stretched along its frequencies, pitch and all; speech keeps its time."""
    centres_hz = mel_centres_hz()
    read_at_hz = centres_hz * np.exp(rng.uniform(*np.log(_TRACTS)))
    position = np.interp(read_at_hz, centres_hz, np.arange(len(centres_hz)))
    below, share = np.floor(position).astype(int), (position % 1.0).astype(np.float32)
    columns = steps.reshape(-1, len(centres_hz))
    above = np.minimum(below + 1, len(centres_hz) - 1)
    return (columns[:, below] * (1.0 - share) + columns[:, above] * share).reshape(steps.shape)


def _through(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A microphone's frequency response, and sometimes the echo of a room."""
    size = 1 << int(np.ceil(np.log2(len(samples) + _ROOM_S[1] * SAMPLE_RATE)))
    frequencies_hz = np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE)
    knots_hz = np.geomspace(60.0, 8000.0, _EQ_BANDS)
    response_db = np.interp(np.log(frequencies_hz + 1.0), np.log(knots_hz), _EQ_DB * rng.standard_normal(_EQ_BANDS))
    if rng.random() < _TELEPHONE_CHANCE:
        response_db -= 40.0 * np.clip((frequencies_hz / rng.uniform(*_TELEPHONE_HZ) - 1.0) * 4.0, 0.0, 1.0)
    response = 10.0 ** (response_db / 20.0) + 0j
    if rng.random() < _ROOM_CHANCE:
        response *= np.fft.rfft(_echo(rng), size)
    changed = np.fft.irfft(np.fft.rfft(samples, size) * response, size)[: len(samples)]
    return changed * np.sqrt(np.mean(samples**2) / max(np.mean(changed**2), 1e-12))


def _echo(rng: np.random.Generator) -> np.ndarray:
    """A room's impulse response: the direct sound, then noise that dies away."""
    seconds = rng.uniform(*_ROOM_S)
    times_s = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    echo = rng.standard_normal(len(times_s)) * np.exp(-6.9 * times_s / seconds)
    echo *= rng.uniform(0.1, 0.7) / np.sqrt(np.sum(echo**2))
    echo[0] = 1.0
    return echo


def _noise(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Noise whose spectrum falls by 0 to 2 powers of the frequency."""
    spectrum = np.fft.rfft(rng.standard_normal(len(samples)))
    spectrum *= (np.arange(len(spectrum)) + 20.0) ** -rng.uniform(0.0, 1.0)
    noise = np.fft.irfft(spectrum, len(samples))
    power = np.mean(samples**2) * 10.0 ** (-rng.uniform(*_SNR_DB) / 10.0)
    return noise * np.sqrt(power / max(np.mean(noise**2), 1e-12))
