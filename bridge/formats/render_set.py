"""RenderSet <-> npz of half floats: lengths are kept against an origin near the face, where a half is a tenth of a millimetre.

Arrays over N frames of (H, W) pixels: `truth`, the G-buffer's by their names, `depth_z_m` and `anchor` less `<name>_origin`.
"""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from ..data import Camera, GBuffer
from ..data.render_set import ROLES, SPLITS, RenderFrame, RenderSet
from ..errors import InvalidInput
from .safe_npz import SizeLimits, read_arrays, write_arrays
from .scene_light import light_arrays, light_from_arrays

FORMAT_VERSION = 1
_LIMITS = SizeLimits(array_bytes=2 << 30, total_bytes=8 << 30)
_LARGEST_HALF = 6e4
_CHANNELS = tuple(item.name for item in fields(GBuffer)[1:])
_POSE = ("time_s", "blend_shapes", "joint_rotations", "joint_positions", "head_to_world")


def write_render_set(path: Path, made: RenderSet) -> None:
    """Write a set, whole or not at all; equal sets give equal bytes."""
    arrays = {
        "format_version": np.array(FORMAT_VERSION),
        "name": np.array(made.name),
        "split": np.array(SPLITS.index(made.split), np.uint8),
        "identity": np.array(made.identity),
        "samples": np.array(made.samples),
        "emotion": np.asarray(made.emotion, np.float32),
        "joint_names": np.array(made.joint_names),
        "role": np.array([ROLES.index(frame.role) for frame in made.frames], np.uint8),
    }
    for name in _POSE:
        arrays[name] = np.stack([np.asarray(getattr(frame, name), np.float32) for frame in made.frames])
    cameras = [frame.gbuffer.camera for frame in made.frames]
    arrays["camera_to_world"] = np.stack([camera.camera_to_world for camera in cameras])
    arrays["fov_y_rad"] = np.array([camera.fov_y_rad for camera in cameras])
    write_arrays(path, arrays | light_arrays(made.light) | _pixel_arrays(made.frames))


def _pixel_arrays(frames: Sequence[RenderFrame]) -> dict[str, np.ndarray]:
    """Channels over all frames; where nothing is, lengths are 0."""
    arrays = {"truth": _halves([frame.truth for frame in frames])}
    is_seen = np.stack([np.isfinite(frame.gbuffer.depth_z_m) for frame in frames])
    for name in _CHANNELS:
        given = [getattr(frame.gbuffer, name) for frame in frames]
        if any(values is None for values in given):
            continue
        values = np.stack(given)
        if name == "region":
            arrays[name] = values
            continue
        if name == "depth_z_m":
            origin = np.array([_middle(depth[seen]) for depth, seen in zip(values, is_seen, strict=True)], np.float32)
            values = np.where(is_seen, values - origin[:, None, None], 0.0)
            arrays["depth_z_m_origin"], arrays["is_seen"] = origin, is_seen
        elif name == "anchor":
            origin = np.array(_middle(values[is_seen]), np.float32)
            values = np.where(is_seen[..., None], values - origin, 0.0)
            arrays["anchor_origin"] = origin
        arrays[name] = _halves(values)
    return arrays


def _middle(values: np.ndarray) -> np.ndarray:
    return np.median(values, axis=0) if len(values) else np.zeros(values.shape[1:])


def _halves(values: Sequence[np.ndarray] | np.ndarray) -> np.ndarray:
    return np.clip(values, -_LARGEST_HALF, _LARGEST_HALF).astype(np.float16)


def read_render_set(path: Path) -> RenderSet:
    """The set in `path`. Raises InvalidInput naming the file where it holds none."""
    arrays = read_arrays(path, _LIMITS)
    if int(arrays.get("format_version", -1)) != FORMAT_VERSION:
        raise InvalidInput(f"{path}: this is no set of frames of version {FORMAT_VERSION}. Render it again with render-data.")
    try:
        frames = tuple(_frame(arrays, index) for index in range(len(arrays["role"])))
        return RenderSet(
            name=str(arrays["name"]),
            split=SPLITS[int(arrays["split"])],
            identity=str(arrays["identity"]),
            samples=int(arrays["samples"]),
            light=light_from_arrays(arrays),
            emotion=arrays["emotion"],
            joint_names=tuple(str(name) for name in arrays["joint_names"]),
            frames=frames,
        )
    except (KeyError, IndexError, ValueError) as error:
        raise InvalidInput(f"{path}: this set of frames is damaged ({error}). Remove it and render it again.") from error


def _frame(arrays: dict[str, np.ndarray], index: int) -> RenderFrame:
    height, width = arrays["truth"].shape[1:3]
    camera = Camera(arrays["camera_to_world"][index], float(arrays["fov_y_rad"][index]), width, height)
    channels = {name: arrays[name][index] for name in _CHANNELS if name in arrays}
    is_seen = arrays["is_seen"][index]
    depth_m = channels["depth_z_m"].astype(np.float32) + arrays["depth_z_m_origin"][index]
    channels["depth_z_m"] = np.where(is_seen, depth_m, np.inf)
    channels["anchor"] = np.where(is_seen[..., None], channels["anchor"].astype(np.float32) + arrays["anchor_origin"], 0.0)
    pose = {name: arrays[name][index] for name in _POSE[1:]}
    return RenderFrame(
        gbuffer=GBuffer(camera, **channels),
        truth=arrays["truth"][index].astype(np.float32),
        role=ROLES[int(arrays["role"][index])],
        time_s=float(arrays["time_s"][index]),
        **pose,
    )
