"""BVH files from strangers as plain tables: the grammar alone, bounded, every fault named by its line."""

import os
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TextIO

import numpy as np

from ..errors import InvalidInput
from .frame_rates import simplest_rate
from .limits import MAX_FRAMES

_MAX_LINE_CHARACTERS = 64 * 1024
_MAX_HIERARCHY_LINES = 10_000
_MAX_JOINTS = 512
_END_SITE = -1
_FLOAT_PRECISION = 1e-15
_SHORTEST_FRAME_S = 1e-6
_CHANNELS = frozenset(f"{axis}{kind}" for axis in "XYZ" for kind in ("position", "rotation"))


@dataclass(frozen=True)
class BvhJoint:
    """One joint: parent is an index or -1; offset from the parent in the file's unit; channels in the file's order."""

    name: str
    parent: int
    offset: tuple[float, ...] = (0.0, 0.0, 0.0)
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class BvhMotion:
    """values: (F, C) float64, the channels of all joints in the order of `joints`; degrees, and the file's unit of length."""

    joints: tuple[BvhJoint, ...]
    fps: float
    values: np.ndarray

    def channels(self, joint: int, names: Sequence[str]) -> np.ndarray:
        """(F, len(names)): the named channels of one joint, which must have them."""
        first = sum(len(before.channels) for before in self.joints[:joint])
        return self.values[:, [first + self.joints[joint].channels.index(name) for name in names]]


class _Lines:
    """The file's lines that hold anything, stripped and bounded; knows where it is."""

    def __init__(self, file: TextIO, path: Path) -> None:
        self._file, self._path, self._number = file, path, 0

    def __iter__(self) -> Iterator[list[str]]:
        while line := self._file.readline(_MAX_LINE_CHARACTERS):
            self._number += 1
            if len(line) == _MAX_LINE_CHARACTERS:
                raise self.fault(f"is longer than {_MAX_LINE_CHARACTERS:,} characters")
            if words := line.split():
                yield words

    def fault(self, what: str) -> InvalidInput:
        return InvalidInput(f"{self._path}: line {self._number} {what}. Export the BVH again.")


def read_bvh_text(path: str | os.PathLike[str]) -> BvhMotion:
    """Raises InvalidInput where the file is missing, no BVH, too large, cut short, or holds numbers that are not finite."""
    path = Path(path)
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file. Check the name.")
    try:
        with path.open(encoding="utf-8-sig") as file:
            lines = _Lines(file, path)
            rows = iter(lines)
            joints = _joints(rows, lines)
            frame_count, fps = _motion_header(rows, lines)
            return BvhMotion(joints, fps, _values(rows, lines, frame_count, sum(len(joint.channels) for joint in joints)))
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path}: this is no text file, so no BVH ({error}).") from error


def _joints(rows: Iterator[list[str]], lines: _Lines) -> tuple[BvhJoint, ...]:
    """The hierarchy up to and with the line MOTION; End Sites are left out."""
    if next(rows, [""])[0].upper() != "HIERARCHY":
        raise lines.fault("is not HIERARCHY, with which a BVH begins")
    joints: list[BvhJoint] = []
    open_blocks: list[int] = []
    announced: int | None = None
    for count, (keyword, *words) in enumerate(rows):
        inside = open_blocks[-1] if open_blocks else None
        match keyword.upper():
            case "ROOT" if words and not joints:
                announced = len(joints)
                joints.append(BvhJoint(" ".join(words), -1))
            case "JOINT" if words and announced is None and inside not in (None, _END_SITE):
                announced = len(joints)
                joints.append(BvhJoint(" ".join(words), inside))
            case "END" if announced is None and inside not in (None, _END_SITE):
                announced = _END_SITE
            case "{" if announced is not None:
                open_blocks.append(announced)
                announced = None
            case "}" if open_blocks and announced is None:
                open_blocks.pop()
            case "OFFSET" | "CHANNELS" if inside is not None and announced is None:
                if inside != _END_SITE:
                    joints[inside] = _with_line(joints[inside], keyword.upper(), words, lines)
            case "MOTION" if joints and not open_blocks and announced is None:
                return tuple(joints)
            case _:
                raise lines.fault(f"has {keyword[:40]!r} where a BVH's hierarchy does not allow it")
        if count > _MAX_HIERARCHY_LINES or len(joints) > _MAX_JOINTS:
            raise lines.fault(f"goes beyond {_MAX_JOINTS} joints, which is the limit")
    raise lines.fault("is the last one, and MOTION has not come")


def _with_line(joint: BvhJoint, keyword: str, words: Sequence[str], lines: _Lines) -> BvhJoint:
    if keyword == "OFFSET":
        return replace(joint, offset=_numbers(words, 3, lines))
    channels = tuple(word[0].upper() + word[1:].lower() for word in words[1:])
    if words[:1] != [str(len(channels))] or len(set(channels)) != len(channels) or not _CHANNELS.issuperset(channels):
        raise lines.fault("lists channels of which some are unknown, doubled or missing")
    return replace(joint, channels=channels)


def _motion_header(rows: Iterator[list[str]], lines: _Lines) -> tuple[int, float]:
    """How many frames the file claims to have, and the plainest rate that its printed Frame Time allows."""
    frames, time = next(rows, []), next(rows, [])
    if len(frames) != 2 or frames[0].lower() != "frames:" or not frames[1].isdecimal() or len(frames[1]) > len(str(MAX_FRAMES)):
        raise lines.fault(f"should follow on 'Frames: N', N up to {MAX_FRAMES:,}")
    if [word.lower() for word in time[:2]] != ["frame", "time:"]:
        raise lines.fault("should be 'Frame Time: seconds'")
    (seconds,) = _numbers(time[2:], 1, lines)
    if not 1 <= int(frames[1]) <= MAX_FRAMES or seconds < _SHORTEST_FRAME_S:
        raise lines.fault(f"ends a header without frames, with more than {MAX_FRAMES:,}, or without time between them")
    half_digit = max(0.5 * 10.0 ** int(Decimal(time[2]).as_tuple().exponent), _FLOAT_PRECISION * seconds)
    longest, shortest = seconds + half_digit, max(seconds - half_digit, 0.5 * seconds)
    return int(frames[1]), simplest_rate(1.0 / seconds, 1.0 / longest, 1.0 / shortest)


def _values(rows: Iterator[list[str]], lines: _Lines, frame_count: int, channel_count: int) -> np.ndarray:
    """(F, C) float64, read as the lines come: what the header claims takes no memory."""
    numbers = array("d")
    for words in rows:
        if len(numbers) == frame_count * channel_count:
            raise lines.fault(f"comes after the {frame_count} frames that the header claims")
        numbers.extend(_numbers(words, channel_count, lines))
    if len(numbers) != frame_count * channel_count:
        raise lines.fault(f"is the last one, and the {frame_count} frames that the header claims are not complete")
    return np.frombuffer(numbers).reshape(frame_count, channel_count)


def _numbers(words: Sequence[str], count: int, lines: _Lines) -> tuple[float, ...]:
    try:
        numbers = tuple(map(float, words))
    except ValueError as error:
        raise lines.fault(f"holds something that is not a number ({error})") from error
    if len(numbers) != count or not all(map(isfinite, numbers)):
        raise lines.fault(f"should hold {count} finite numbers")
    return numbers
