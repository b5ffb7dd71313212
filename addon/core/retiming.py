"""Where a clip's samples lie on a scene's timeline: any clip rate on any scene rate, whole frames or not."""

import math

import numpy as np

_NTSC = 1000.0 / 1001.0
_SAME_RATE = 1e-4
"""Rates closer than this share are one rate written in two ways, such as 23.976 and 24000/1001."""


def scene_rate(fps: float) -> tuple[int, float]:
    """Frames per second as Blender holds them, (render.fps, render.fps_base): 23.976 -> (24, 1.001), 12.5 -> (13, 1.04)."""
    whole = math.ceil(fps - _SAME_RATE * fps)
    base = 1.0 / _NTSC if abs(fps / (whole * _NTSC) - 1.0) < _SAME_RATE else whole / fps
    return whole, base


def scene_frames(sample_count: int, clip_fps: float, scene_fps: float, start_frame: float = 1.0) -> np.ndarray:
    """The scene frame of every sample, (F,) float64: sample 0 is at `start_frame`, subframes where the rates differ."""
    ratio = scene_fps / clip_fps
    if abs(ratio - 1.0) < _SAME_RATE:
        ratio = 1.0
    return start_frame + np.arange(sample_count) * ratio


def last_frame(sample_count: int, clip_fps: float, scene_fps: float, start_frame: int = 1) -> int:
    """The last whole frame of a range that begins at `start_frame` and covers every sample's duration."""
    duration = scene_frames(sample_count + 1, clip_fps, scene_fps, 0.0)[-1]
    return start_frame + max(math.ceil(duration - 1e-6), 1) - 1
