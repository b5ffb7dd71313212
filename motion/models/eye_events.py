"""Eyes move in events: lids shut and open, the gaze jumps and holds. The diffusion model draws them as slow curves, and here
slow curves become events.

Few-step diffusion blurs what is rare and sudden: learnt as they are, blinks came half as often as they should and the gaze
drifted. A bump of half a second tells as well when a blink comes, and a smooth step where the eyes go next.
"""

from itertools import pairwise

import numpy as np
import torch
from scipy.ndimage import percentile_filter
from scipy.signal import find_peaks
from torch import Tensor
from torch.nn import functional

from .channels import BLINK, GAZE, GAZE_UNIT_RAD

SPREAD_FRAMES = 3.0
"""Standard deviation of the blur, at 25 fps."""
_REACH_FRAMES = 9
_LID = np.array([0.0, 0.5, 1.0, 1.0, 0.62, 0.3, 0.1, 0.0])
"""A blink at 25 fps: 80 ms to shut, 40 ms shut, so that every frame rate has a frame with lids shut, and 150 ms to open."""
_LID_ONSET = 2
BLINK_HEIGHT = float(_LID.sum() / (SPREAD_FRAMES * np.sqrt(2.0 * np.pi)))
"""Of the bump that a blink becomes."""
_LEAST_HEIGHT = 0.5
"""Of a bump that is a blink, as a share of the full one."""
_SHORTEST_GAP_FRAMES = 8
_LEAST_A_SECOND = 15.0 / 60.0
_BASE_FRAMES = 51
_SACCADE_RAD_S = 0.07
_LEAST_SACCADE_RAD = 0.014
_FPS = 25.0


def smeared(channels: Tensor) -> Tensor:
    """(B, F, 48) at 25 fps with blinks and gaze blurred, the ends held."""
    offsets = torch.arange(-_REACH_FRAMES, _REACH_FRAMES + 1, device=channels.device)
    kernel = torch.exp(-0.5 * (offsets / SPREAD_FRAMES).square())
    eyes = channels[..., BLINK.start : GAZE.stop].transpose(1, 2)
    padded = functional.pad(eyes, (_REACH_FRAMES, _REACH_FRAMES), "replicate")
    count = eyes.shape[1]
    blurred = functional.conv1d(padded, (kernel / kernel.sum()).expand(count, 1, -1), groups=count)
    return torch.cat([channels[..., : BLINK.start], blurred.transpose(1, 2), channels[..., GAZE.stop :]], dim=-1)


def with_events(channels: np.ndarray, blink_rate: float, rng: np.random.Generator) -> np.ndarray:
    """The channels with lids that blink and a gaze that holds. (F, 48) at 25 fps as drawn by the model -> (F, 48).

    blink_rate: a multiple of what was drawn, or of what is natural where that is more: in long calm lines the model blinks too
    seldom. Blinks that are too many are left out, those that are missing come at random moments between.
    """
    made = channels.copy()
    curve = channels[:, BLINK.start]
    peaks = blink_peaks(curve)
    base = np.clip(percentile_filter(curve, 20, _BASE_FRAMES, mode="nearest"), 0.0, 1.0)
    made[:, BLINK.start] = np.maximum(base, _lids(_at_rate(peaks, blink_rate, len(curve), rng), len(curve)))
    made[:, GAZE] = held_gaze(channels[:, GAZE])
    return made


def blink_peaks(curve: np.ndarray) -> np.ndarray:
    """(F,) slow curve -> (N,) frames in which lids shut."""
    padded = np.pad(curve, 1)
    height = _LEAST_HEIGHT * BLINK_HEIGHT
    peaks, _ = find_peaks(padded, height=height, prominence=0.4 * height, distance=_SHORTEST_GAP_FRAMES)
    return peaks - 1


def _at_rate(peaks: np.ndarray, rate: float, frame_count: int, rng: np.random.Generator) -> np.ndarray:
    """Blinks thinned, or with more at random moments that leave all room to open."""
    chance, places = rng.random(len(peaks)), rng.permutation(frame_count)
    expected = rate * max(float(len(peaks)), _LEAST_A_SECOND * frame_count / _FPS)
    if expected <= len(peaks):
        return peaks[chance * len(peaks) < expected]
    wanted = int(expected + rng.random())
    kept = sorted(peaks.tolist())
    for place in places[: 20 * wanted]:
        if len(kept) >= wanted:
            break
        at = int(np.searchsorted(kept, place))
        if all(abs(place - other) >= len(_LID) for other in kept[max(at - 1, 0) : at + 1]):
            kept.insert(at, int(place))
    return np.array(kept, np.int64)


def _lids(peaks: np.ndarray, frame_count: int) -> np.ndarray:
    """(F,) 0..1: one full movement of the lids around each peak."""
    lids = np.zeros(frame_count + 2 * len(_LID))
    for peak in peaks:
        at = peak - _LID_ONSET + len(_LID)
        np.maximum(lids[at : at + len(_LID)], _LID, out=lids[at : at + len(_LID)])
    return lids[len(_LID) : len(_LID) + frame_count]


def held_gaze(curve: np.ndarray) -> np.ndarray:
    """(F, 2) slow curve -> (F, 2) fixations with jumps of one frame between: jumps are where the curve is fastest, as in the
    velocity-threshold identification of saccades (Salvucci and Goldberg 2000), and lead as far as a saccade must."""
    if len(curve) < 3:
        return curve.copy()
    speed = np.linalg.norm(np.gradient(curve, axis=0), axis=1) * GAZE_UNIT_RAD * _FPS
    jumps = find_peaks(speed, height=_SACCADE_RAD_S, distance=3)[0].tolist()
    while True:
        places = _fixations(curve, [0, *jumps, len(curve)])
        sizes = np.linalg.norm(np.diff(places, axis=0), axis=1)
        if not len(sizes) or sizes.min() * GAZE_UNIT_RAD >= _LEAST_SACCADE_RAD:
            return np.repeat(places, np.diff([0, *jumps, len(curve)]), axis=0)
        # Neighbours that hardly differ are one fixation and a drift; joined, they may differ from the next.
        jumps = [jump for jump, size, left in zip(jumps, sizes, [np.inf, *sizes[:-1]], strict=True) if not _is_drift(size, left)]


def _is_drift(size: float, left: float) -> bool:
    """Of neighbouring drifts the first is undone at a time, so that a slow way far does not vanish as a whole."""
    return size * GAZE_UNIT_RAD < _LEAST_SACCADE_RAD <= left * GAZE_UNIT_RAD


def _fixations(curve: np.ndarray, borders: list[int]) -> np.ndarray:
    """(F, 2) and N + 1 borders -> (N, 2): the mean of each stretch, without its ends where the curve is on its way."""
    places = np.empty((len(borders) - 1, curve.shape[1]), curve.dtype)
    for index, (first, last) in enumerate(pairwise(borders)):
        inside = int(min(SPREAD_FRAMES, max(last - first - 1, 0) // 2))
        places[index] = curve[first + inside : max(last - inside, first + inside + 1)].mean(axis=0)
    return places
