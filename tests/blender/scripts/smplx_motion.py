"""Import an AMASS file onto the open human; prints where its pelvis stands and how its head is turned. Argument: the file."""

import json
import sys
from typing import Any

import bpy
import enabled_extension

bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
scene, ops = bpy.context.scene, bpy.ops.vivavoce
scene.render.fps = 30
ops.add_open_human()
rig = bpy.context.active_object
rest = rig.data.bones["pelvis"].matrix_local.translation
ops.import_motion(filepath=sys.argv[1], start_frame=1)
said: dict[str, Any] = {"pelvis": [], "up": [], "head_rad": []}
for frame in range(1, 31):
    scene.frame_set(frame)
    bones = rig.pose.bones
    turn = (bones["pelvis"].matrix @ bones["pelvis"].bone.matrix_local.inverted()).to_3x3()
    said["pelvis"].append(list(bones["pelvis"].matrix.translation - rest))
    said["up"].append(list(turn.col[2]))
    said["head_rad"].append(bones["head"].matrix_basis.to_quaternion().angle)
review = rig.vivavoce.review
said["review"] = [review.mouth, review.head, [finding.text for finding in review.findings]]
enabled_extension.disable()
print(json.dumps(said))
