"""Processor seconds to put a minute of speech on the open human with all layers, dense and with reduced keys, and to check it,
beside what Blender itself needs to write as many keys into bare F-Curves.

python benchmarks/apply.py
"""

import time
from collections.abc import Callable
from typing import Any

import bpy
import numpy as np

from vivavoce.addon.scene.character import Character
from vivavoce.addon.scene.open_human import build_open_human
from vivavoce.addon.scene.performance import apply_clip
from vivavoce.addon.scene.proof import seen_motion
from vivavoce.bridge.data import ARKIT_NAMES, BLINK_NAMES, GAZE_NAMES, LIPS_NAMES, UPPER_FACE_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.bridge.readout import clip_readout

DURATION_S = 60.0
KEY_ERROR = 0.01
GOAL_S = 0.5
REPEATS = 3


def spoken_clip(fps: float) -> MotionClip:
    """All layers, moving as speech does: syllables four times a second, phrases with pauses, blinks, a head that drifts."""
    rng = np.random.default_rng(0)
    count = round(DURATION_S * fps)
    time_s = np.arange(count) / fps
    speaks = np.clip(4.0 * np.sin(0.9 * time_s) + 2.0, 0.0, 1.0)[:, None]

    def moving(names: tuple[str, ...], rate_hz: float, size: float) -> np.ndarray:
        knots = rng.gamma(0.6, size, (int(DURATION_S * rate_hz) + 2, len(names)))
        place = time_s * rate_hz
        first, share = place.astype(int), (place % 1.0)[:, None]
        share = share * share * (3.0 - 2.0 * share)
        return np.clip((1.0 - share) * knots[first] + share * knots[first + 1], 0.0, 1.0)

    blink = np.exp(-(((time_s[:, None] % 3.7 - 1.8) / 0.06) ** 2)).repeat(2, axis=1)
    turns = (moving(("x",) * 6, 1.5, 0.1) - 0.05).reshape(count, 2, 3)
    layers = (
        MotionLayer("lips", speaks * moving(LIPS_NAMES, 8.0, 0.2), LIPS_NAMES),
        MotionLayer("upper_face", speaks * moving(UPPER_FACE_NAMES, 2.0, 0.2), UPPER_FACE_NAMES),
        MotionLayer("blinks", blink, BLINK_NAMES),
        MotionLayer("gaze", moving(GAZE_NAMES, 1.0, 0.2), GAZE_NAMES),
        MotionLayer("head", np.zeros((count, 0)), (), turns, ("neck", "head")),
    )
    return MotionClip(fps, layers)


def fresh_human() -> Character:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return build_open_human(load_open_human(), bpy.context.scene.collection)


def write_bare_keys(clip: MotionClip) -> None:
    """The yardstick: as many keys in as many curves, and nothing else."""
    keys = np.stack([np.arange(clip.frame_count), np.zeros(clip.frame_count)], axis=1).astype(np.float32).ravel()
    action: Any = bpy.data.actions.new("bare")
    slot = action.slots.new(id_type="KEY", name="bare")
    channels = action.layers.new("Layer").strips.new(type="KEYFRAME").channelbag(slot, ensure=True)
    for layer in clip.layers:
        for name in (*layer.blend_shape_names, *(f"{joint}{index}" for joint in layer.joint_names for index in range(4))):
            fcurve = channels.fcurves.new(f'key_blocks["{name}"].value')
            fcurve.keyframe_points.add(clip.frame_count)
            fcurve.keyframe_points.foreach_set("co", keys)
            fcurve.update()
    bpy.data.actions.remove(action)


def seconds(work: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def measure(fps: float) -> None:
    clip, character = spoken_clip(fps), fresh_human()
    bare = seconds(lambda: write_bare_keys(clip))
    print(f"{clip.frame_count} samples at {fps:g} fps, {len(ARKIT_NAMES)} shapes, 2 joints; bare keys {bare:.3f} s")
    works: dict[str, Callable[[], Any]] = {
        "dense": lambda: apply_clip(clip, character, fps),
        "reduced": lambda: apply_clip(clip, character, fps, key_error=KEY_ERROR),
        "check": lambda: (seen_motion(character, clip, fps, 1), clip_readout(clip, load_open_human())),
    }
    for name, work in works.items():
        took = seconds(work)
        print(f"  {name:8} {took:6.3f} s  ratio {took / bare:5.1f}  (goal {GOAL_S:g} s)")


def main() -> None:
    for fps in (24.0, 60.0):
        measure(fps)


if __name__ == "__main__":
    main()
