"""The retargeter by name: a clip's channels go where a mapping says. Exact, and the same sample by sample."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ..data import ARKIT_INDEX, MotionClip, MotionLayer
from .curves import TargetCurves, TargetName
from .mapping import MappingRow, MappingTarget, RigMapping
from .mirror import with_mirrored_rows

_Parts = dict[TargetName, list[tuple[MappingRow, MappingTarget]]]


@dataclass(frozen=True, eq=False)
class LayeredCurves:
    """rest: one sample, the targets without any performance. layers: name -> what the layer adds to those before it."""

    rest: TargetCurves
    layers: Mapping[str, TargetCurves]


def retarget(clip: MotionClip, mapping: RigMapping) -> TargetCurves:
    """The composed performance on the targets of a mapping."""
    parts = _parts(mapping)
    return _curves(clip.fps, parts, _channels(clip.layers, parts, clip.frame_count), clip.frame_count)


def layered(clip: MotionClip, mapping: RigMapping) -> LayeredCurves:
    """The same, apart for every layer: rest and layers add up to `retarget` of the clip, whatever the mapping multiplies.

    A layer has curves for the targets that its channels move; one that moves none is left out.
    """
    parts = _parts(mapping)
    rest = _curves(clip.fps, parts, _channels((), parts, 1), 1)
    layers = {}
    for count, layer in enumerate(clip.layers):
        own = {target: rows for target, rows in parts.items() if _is_moved_by(layer, rows)}
        if own:
            before, after = (
                _curves(clip.fps, own, _channels(clip.layers[:end], own, clip.frame_count), clip.frame_count)
                for end in (count, count + 1)
            )
            layers[layer.name] = TargetCurves(clip.fps, tuple(own), after.values - before.values)
    return LayeredCurves(rest, layers)


def _parts(mapping: RigMapping) -> _Parts:
    """Target -> the rows that move it, with what each has for it."""
    parts: _Parts = {}
    for row in with_mirrored_rows(mapping).rows:
        for part in row.targets:
            parts.setdefault(part.target, []).append((row, part))
    return parts


def _row_channels(row: MappingRow) -> tuple[str, ...]:
    return (row.source, *(factor.channel for factor in row.factors))


def _is_moved_by(layer: MotionLayer, rows: Iterable[tuple[MappingRow, MappingTarget]]) -> bool:
    owned = {*layer.blend_shape_names, *layer.joint_names}
    return any(name in owned or name[:-2] in owned for row, _ in rows for name in _row_channels(row))


def _channels(layers: Iterable[MotionLayer], parts: _Parts, frame_count: int) -> dict[str, np.ndarray]:
    """Channel -> its composed values, (F,)."""
    names = dict.fromkeys(name for rows in parts.values() for row, _ in rows for name in _row_channels(row))
    clip = MotionClip(1.0, tuple(layers)) if layers else None
    channels = {name: np.zeros(frame_count, np.float32) for name in names}
    if clip is None:
        return channels
    shapes = [name for name in names if name in ARKIT_INDEX]
    channels.update(zip(shapes, clip.blend_shapes(shapes).T, strict=True))
    joints = list(dict.fromkeys(name[:-2] for name in names if name not in ARKIT_INDEX))
    rotations = dict(zip(joints, np.moveaxis(clip.joints(joints), 1, 0), strict=True))
    channels.update({name: rotations[name[:-2]][:, "xyz".index(name[-1])] for name in names if name not in ARKIT_INDEX})
    return channels


def _curves(fps: float, parts: _Parts, channels: Mapping[str, np.ndarray], frame_count: int) -> TargetCurves:
    values = np.zeros((frame_count, len(parts)), np.float32)
    for column, rows in enumerate(parts.values()):
        for row, part in rows:
            values[:, column] += part.contribution(channels[row.source]) * _product(row, channels)
        least, most = min(part.minimum for _, part in rows), max(part.maximum for _, part in rows)
        np.clip(values[:, column], least, most, out=values[:, column])
    return TargetCurves(fps, tuple(parts), values)


def _product(row: MappingRow, channels: Mapping[str, np.ndarray]) -> np.ndarray | float:
    """What the factors of a row leave of it, (F,); 1 where it has none."""
    product: np.ndarray | float = 1.0
    for factor in row.factors:
        product = product * factor.value(channels[factor.channel])
    return product
