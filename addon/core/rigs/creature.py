"""Seven channels for faces that are no human's: a muzzle, a beak, a jaw alone, ears. A performance is reduced to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from ....bridge.data import MotionClip
from ....bridge.rigs import MappingRow, MappingTarget, RigMapping, TargetName, retarget
from .formula import Term, formula

_FORMULAS = {
    "open": "jawOpen - mouthClose",
    "close": "1.7 mouthPressLeft + 1.7 mouthPressRight",
    "wide": "0.6 mouthStretchLeft + 0.6 mouthStretchRight + 0.5 mouthSmileLeft + 0.5 mouthSmileRight",
    "round": "mouthPucker + 0.8 mouthFunnel",
    "brow": "0.5 browInnerUp + 0.25 browOuterUpLeft + 0.25 browOuterUpRight - 0.5 browDownLeft - 0.5 browDownRight",
    "ear": "0.4 browInnerUp + 0.2 browOuterUpLeft + 0.2 browOuterUpRight + 0.2 eyeWideLeft + 0.2 eyeWideRight"
    " - 0.3 browDownLeft - 0.3 browDownRight - 0.2 noseSneerLeft - 0.2 noseSneerRight",
    "blink": "0.5 eyeBlinkLeft + 0.5 eyeBlinkRight",
}
"""Ears go up with what surprises and back with what angers, as a dog's or a cat's do."""
_SIGNED = frozenset({"brow", "ear"})
CREATURE_CHANNELS = tuple(_FORMULAS)


@dataclass(frozen=True)
class CreaturePart:
    """A part of a rig and its value at the full channel, as `TargetName` says: a weight, radians, metres."""

    target: TargetName
    full: float


def creature_mapping(parts: Mapping[str, Iterable[CreaturePart]]) -> RigMapping:
    """Channel of CREATURE_CHANNELS -> what it moves, as a mapping of ARKit's channels."""
    rows = [row for channel, own in parts.items() for part in own for row in creature_rows(channel, part)]
    return RigMapping("Creature", tuple(rows))


def creature_rows(channel: str, part: CreaturePart) -> list[MappingRow]:
    """The rows by which one of CREATURE_CHANNELS moves a part; `brow` and `ear` move it the other way too."""
    least, most = sorted((-part.full if channel in _SIGNED else 0.0, part.full))
    return [
        MappingRow(term.channel, (MappingTarget(part.target, term.gain * part.full, 0.0, least, most),), term.factors)
        for term in _terms(channel)
    ]


def creature_sources(channel: str) -> frozenset[str]:
    """The ARKit channels that one of CREATURE_CHANNELS is made of."""
    return frozenset(term.channel for term in _terms(channel))


def creature_channels(clip: MotionClip) -> np.ndarray:
    """A performance reduced to CREATURE_CHANNELS: (F, 7), within 0..1, `brow` and `ear` within -1..1."""
    targets = {channel: TargetName("property", "", f'["{channel}"]') for channel in CREATURE_CHANNELS}
    curves = retarget(clip, creature_mapping({channel: [CreaturePart(target, 1.0)] for channel, target in targets.items()}))
    return np.stack([curves.column(target) for target in targets.values()], axis=1)


@cache
def _terms(channel: str) -> tuple[Term, ...]:
    return formula(_FORMULAS[channel])
