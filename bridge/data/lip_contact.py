"""Closed and bitten lips as constraints on weights of LIPS_NAMES, whatever the mouth was about to do."""

from collections.abc import Sequence

import numpy as np

from .arkit import LIPS_NAMES

_COLUMN = {name: index for index, name in enumerate(LIPS_NAMES)}
_CLOSED_JAW_OPEN = 0.12
_BITING_JAW_OPEN = 0.1


def close_lips(weights: np.ndarray, held: np.ndarray) -> None:
    """Bring the lips together over whatever jaw there is, and press them. weights: (F, K), changed; held: (F,) 0..1."""
    _release(weights, held, ("mouthFunnel", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight"))
    _release(weights, held, ("tongueOut",))
    jaw_open = _limited_jaw(weights, held, _CLOSED_JAW_OPEN)
    _raise(weights, held * jaw_open, mouthClose=1.0)
    _raise(weights, held, mouthPressLeft=0.3, mouthPressRight=0.3, mouthRollLower=0.12, mouthRollUpper=0.1)


def bite_lip(weights: np.ndarray, bitten: np.ndarray) -> None:
    """Lay the lower lip to the upper teeth, which show. weights: (F, K), changed; bitten: (F,) 0..1."""
    _release(weights, bitten, ("mouthFunnel", "mouthLowerDownLeft", "mouthLowerDownRight", "tongueOut"))
    jaw_open = _limited_jaw(weights, bitten, _BITING_JAW_OPEN)
    _raise(weights, bitten * jaw_open, mouthClose=0.5)
    _raise(weights, bitten, mouthRollLower=0.35, mouthUpperUpLeft=0.12, mouthUpperUpRight=0.12)


def _limited_jaw(weights: np.ndarray, contact: np.ndarray, limit: float) -> np.ndarray:
    """Keep the jaw, (F,), from opening beyond the limit where there is contact."""
    jaw_open = weights[:, _COLUMN["jawOpen"]]
    jaw_open -= contact * np.maximum(jaw_open - limit, 0.0)
    return jaw_open


def _release(weights: np.ndarray, contact: np.ndarray, names: Sequence[str]) -> None:
    for name in names:
        weights[:, _COLUMN[name]] *= 1.0 - contact


def _raise(weights: np.ndarray, contact: np.ndarray, **amounts: float) -> None:
    """Set channels to at least their amount where there is full contact."""
    for name, amount in amounts.items():
        column = weights[:, _COLUMN[name]]
        np.maximum(column, amount * contact, out=column)
