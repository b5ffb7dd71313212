"""A body clip on armatures of several names and rests; prints how far hands and heads are from the source's directions, degrees.

Arguments: the clip, then `<convention> <A|T>`, `rigify human` or a path of an fbx, each one argument.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import bpy
import enabled_extension
import numpy as np

bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from made_bodies import imported_body, named_body, rigify_rig, turn_and_shrink  # noqa: E402

from vivavoce.addon.core.axes import z_up_to_y_up  # noqa: E402
from vivavoce.addon.core.rigs.body_source import composed_along, joint_positions  # noqa: E402
from vivavoce.addon.core.rigs.swing import swing  # noqa: E402
from vivavoce.addon.scene.character import Character  # noqa: E402
from vivavoce.addon.scene.performance import apply_clip  # noqa: E402
from vivavoce.addon.scene.rigs.body import body_of  # noqa: E402
from vivavoce.bridge.data import SMPLX_JOINT_INDEX, SMPLX_JOINT_NAMES, MotionClip  # noqa: E402
from vivavoce.bridge.data.rotation import axis_angle_to_matrix  # noqa: E402
from vivavoce.bridge.formats import read_clip  # noqa: E402

SIDES = ("left", "right")


def directions(place: Any) -> np.ndarray:
    """Left wrist from its shoulder, right wrist, head from between the shoulders: (3, 3). place: SMPL-X joint -> (3,)."""
    wrists = [place(f"{side}_wrist") - place(f"{side}_shoulder") for side in SIDES]
    return np.stack([*wrists, place("head") - 0.5 * (place("left_shoulder") + place("right_shoulder"))])


def source_directions(clip: MotionClip) -> np.ndarray:
    """(1 + F, 3, 3): at rest, then of each sample."""
    local = axis_angle_to_matrix(clip.joints(SMPLX_JOINT_NAMES))
    positions = joint_positions(composed_along(np.concatenate([np.eye(3) + 0.0 * local[:1], local])))
    return np.stack([directions(lambda joint, at=at: at[SMPLX_JOINT_INDEX[joint]]) for at in positions])


def rig_directions(armature: Any, joints: dict[str, str]) -> np.ndarray:
    """(3, 3) of the evaluated pose, in the world and SMPL-X's axes."""
    pose = armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
    world = armature.matrix_world
    return directions(lambda joint: z_up_to_y_up(np.array(world @ pose[joints[joint]].matrix.translation)))


def most_off_deg(clip: MotionClip, armature: Any) -> list[float]:
    body = body_of(armature)
    assert body is not None
    rest = rig_directions(armature, dict(body.bones.joints))
    apply_clip(clip, Character((), armature), clip.fps, start_frame=1)
    found = []
    for frame in range(1, clip.frame_count + 1):
        bpy.context.scene.frame_set(frame)
        found.append(rig_directions(armature, dict(body.bones.joints)))
    wanted = source_directions(clip)
    # A head is carried as the character carries it: from there it turns as the source's does.
    head = swing(wanted[:1, 2], wanted[1:, 2]) @ rest[2]
    wanted = np.concatenate([wanted[1:, :2], head[:, None]], axis=1)
    cosines = np.sum(wanted * found, axis=-1) / np.linalg.norm(wanted, axis=-1) / np.linalg.norm(found, axis=-1)
    return np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0))).max(axis=0).tolist()


clip = read_clip(Path(sys.argv[1]))
bpy.context.scene.render.fps = round(clip.fps)
said = {}
for wanted in sys.argv[2:]:
    if wanted.endswith(".fbx"):
        armature = imported_body(Path(wanted))
    elif wanted.startswith("rigify "):
        armature = rigify_rig(wanted.removeprefix("rigify "), with_modular_face=True)
    else:
        armature = named_body(*wanted.split(" "))
        if wanted.endswith("A"):
            turn_and_shrink(armature)
    said[wanted] = most_off_deg(clip, armature)
enabled_extension.disable()
print(json.dumps(said), flush=True)
# Blender's module hangs at exit where Rigify has been enabled.
os._exit(0)
