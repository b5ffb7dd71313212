"""Put a clip on the open human with dense and with reduced keys; prints how far from it curves and shape keys are.

Arguments: the clip, the scene's frame rate, the key error.
"""

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import enabled_extension
import numpy as np

bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.core.retiming import scene_frames  # noqa: E402
from vivavoce.addon.scene import performance  # noqa: E402
from vivavoce.addon.scene.open_human import build_open_human  # noqa: E402
from vivavoce.bridge.data import ARKIT_NAMES  # noqa: E402
from vivavoce.bridge.formats import read_clip  # noqa: E402
from vivavoce.bridge.formats.open_human import load_open_human  # noqa: E402

START = 7
clip, fps, key_error = read_clip(Path(sys.argv[1])), float(sys.argv[2]), float(sys.argv[3])
frames = scene_frames(clip.frame_count, clip.fps, fps, START)
human = load_open_human()
character = build_open_human(human, bpy.context.scene.collection)


def fcurves(animated: Any) -> dict[tuple[str, str, int], Any]:
    """(track, data path, index) -> F-Curve."""
    found = {}
    for track in animated.animation_data.nla_tracks:
        action = track.strips[0].action
        for curve in action.layers[0].strips[0].channelbag(action.slots[0]).fcurves:
            found[track.name, curve.data_path, curve.array_index] = curve
    return found


def curve_errors(error: float) -> dict[str, float]:
    """Write the clip; the greatest error of evaluated curves of shape keys and of bones, as a share of their swing; key count."""
    performance.apply_clip(clip, character, fps, START, key_error=error)
    worst, keys = {"shape_keys": 0.0, "bones": 0.0}, 0
    performed = performance.performed_curves(character, clip)[1]
    for layer in clip.layers:
        for kind, animated in {"shape_keys": character.main_face.data.shape_keys, "bones": character.armature}.items():
            curves = performed[animated].get(layer.name, [])
            written = fcurves(animated) if curves else {}
            for curve in curves:
                fcurve = written[f"Vivavoce {layer.name}", curve.data_path, curve.array_index]
                found = np.array([fcurve.evaluate(frame) for frame in frames])
                worst[kind] = max(worst[kind], float(np.abs(found - curve.values).max()) / curve.swing)
                keys += len(fcurve.keyframe_points)
    return {**worst, "keys": keys}


def shape_values() -> np.ndarray:
    """(F, 52), evaluated with the whole NLA at every sample."""
    blocks, values = character.main_face.data.shape_keys.key_blocks, np.zeros((len(frames), len(ARKIT_NAMES)))
    for row, frame in enumerate(frames):
        bpy.context.scene.frame_set(int(frame), subframe=frame - int(frame))
        values[row] = [blocks[name].value for name in ARKIT_NAMES]
    return values


said: dict[str, Any] = {"dense": curve_errors(0.0)}
wanted = clip.blend_shapes(ARKIT_NAMES)
said["dense_values"] = float(np.abs(shape_values() - wanted).max())
said["reduced"] = curve_errors(key_error)
reduced = shape_values()
said["reduced_values"] = float(np.abs(reduced - wanted).max())
said["lip_gap_m"] = [human.lip_gap_m(wanted).tolist(), human.lip_gap_m(reduced).tolist()]
points = [
    point
    for (track, *_), curve in fcurves(character.armature).items()
    if track == "Vivavoce head"
    for point in curve.keyframe_points
]
said["handle_types"] = sorted({kind for point in points for kind in (point.handle_left_type, point.handle_right_type)})
performance.apply_clip(clip, character, fps, START, as_layers=False, key_error=key_error)
said["baked_values"] = float(np.abs(shape_values() - wanted).max())
enabled_extension.disable()
print(json.dumps(said))
