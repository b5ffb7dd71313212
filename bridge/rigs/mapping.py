"""The mapping document: which channel of a performance moves which parts of a rig, by how much."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..data import ARKIT_INDEX, SMPLX_JOINT_INDEX
from ..errors import InvalidInput
from .curves import TargetName

MAPPING_VERSION = 1
_COMPONENTS = "xyz"


@dataclass(frozen=True)
class MappingFactor:
    """What a row is multiplied with, as correctives are: gain times another channel within 0..1, or what that leaves of 1."""

    channel: str
    is_complement: bool = False
    gain: float = 1.0

    def __post_init__(self) -> None:
        check_channel(self.channel)
        if not math.isfinite(self.gain):
            raise InvalidInput(f"The factor {self.channel} needs a finite gain.")

    def value(self, channel: np.ndarray) -> np.ndarray:
        """(F,) -> (F,) within 0..1."""
        value = np.clip(self.gain * channel, 0.0, 1.0)
        return 1.0 - value if self.is_complement else value


@dataclass(frozen=True)
class MappingTarget:
    """One part of a rig that a row moves, and how a channel's value c becomes its contribution.

    The contribution is gain * response(c) + offset. response: points (c, value) joined by lines, held beyond the first and the
    last; empty is c itself. Contributions of several rows add up, and the sum stays within minimum..maximum (of several rows: the
    least and the greatest). is_mirrored: the channel of the other side moves the part of the other side, though no row says so.
    """

    target: TargetName
    gain: float = 1.0
    offset: float = 0.0
    minimum: float = 0.0
    maximum: float = 1.0
    response: tuple[tuple[float, float], ...] = ()
    is_mirrored: bool = False

    def __post_init__(self) -> None:
        numbers = [self.gain, self.offset, self.minimum, self.maximum, *(value for point in self.response for value in point)]
        if not all(math.isfinite(number) for number in numbers):
            raise InvalidInput(f"The target {self.target.name!r} has a number that is not finite.")
        if self.minimum > self.maximum:
            raise InvalidInput(f"The target {self.target.name!r} has a minimum above its maximum.")
        if any(after[0] <= before[0] for before, after in pairwise(self.response)):
            raise InvalidInput(f"The response of {self.target.name!r} needs points whose first numbers rise.")

    def contribution(self, channel: np.ndarray) -> np.ndarray:
        """(F,) -> (F,)."""
        if self.response:
            inputs, outputs = zip(*self.response, strict=True)
            channel = np.interp(channel, inputs, outputs)
        return self.gain * channel + self.offset


@dataclass(frozen=True)
class MappingRow:
    """A channel and what it moves.

    source: an ARKit name, or `<SMPL-X joint>.<x|y|z>`, a component of that joint's rotation vector in radians.
    """

    source: str
    targets: tuple[MappingTarget, ...]
    factors: tuple[MappingFactor, ...] = ()

    def __post_init__(self) -> None:
        check_channel(self.source)


@dataclass(frozen=True)
class JointTarget:
    """A bone that turns as a SMPL-X joint does, its whole rotation, times gain."""

    joint: str
    object: str
    bone: str
    gain: float = 1.0

    def __post_init__(self) -> None:
        if self.joint not in SMPLX_JOINT_INDEX:
            raise InvalidInput(f"No joint is called {self.joint!r}; joints have SMPL-X's names, such as head.")
        if not (math.isfinite(self.gain) and self.bone):
            raise InvalidInput(f"The joint {self.joint} needs a bone and a finite gain.")


@dataclass(frozen=True)
class RigMapping:
    """convention: what the rig was recognised as, for people to read. rows add up; joints: neck, head and body."""

    convention: str = ""
    rows: tuple[MappingRow, ...] = ()
    joints: tuple[JointTarget, ...] = ()
    version: int = MAPPING_VERSION

    def __post_init__(self) -> None:
        if self.version != MAPPING_VERSION:
            raise InvalidInput(f"The mapping is of version {self.version}; this program reads version {MAPPING_VERSION}.")

    @property
    def targets(self) -> tuple[TargetName, ...]:
        """Every part that some row moves, in the order of the rows."""
        return tuple(dict.fromkeys(target.target for row in self.rows for target in row.targets))

    def with_joints(self, joints: Sequence[JointTarget]) -> "RigMapping":
        return replace(self, joints=tuple(joints))

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.source for row in self.rows))


def check_channel(name: str) -> None:
    """Raise InvalidInput unless a performance has a channel of this name."""
    joint, _, component = name.rpartition(".")
    if name not in ARKIT_INDEX and not (joint in SMPLX_JOINT_INDEX and component in _COMPONENTS and component):
        raise InvalidInput(f"No channel is called {name!r}: give an ARKit name as jawOpen or a joint's angle as head.y.")
