"""How bright a network sees light: evenly to the eye, without an end above white."""

from torch import Tensor

_TOE = 0.004
_POWER = 1.0 / 2.4
_FLOOR = _TOE**_POWER
_GAIN = 1.0 / ((1.0 + _TOE) ** _POWER - _FLOOR)


def encoded(linear: Tensor) -> Tensor:
    """Linear light of any shape, 0 and up -> 0 at black, 1 at white; close to what a screen shows, but without a limit."""
    return ((linear.clamp(min=0.0) + _TOE) ** _POWER - _FLOOR) * _GAIN


def decoded(values: Tensor) -> Tensor:
    """The way back; what is below black is black."""
    return (values.clamp(min=0.0) / _GAIN + _FLOOR) ** (1.0 / _POWER) - _TOE
