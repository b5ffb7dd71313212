"""An artist's way through a mapping on small characters of every kind. Arguments: a clip, a folder to write into."""

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import enabled_extension
import numpy as np

clip, folder = sys.argv[1], Path(sys.argv[2])
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from small_rigs import DOWN, OUT, UP, armature, mesh  # noqa: E402

from vivavoce.addon.scene import proof, takes  # noqa: E402
from vivavoce.addon.scene.character import character_around  # noqa: E402
from vivavoce.addon.scene.rigs.telling import told  # noqa: E402
from vivavoce.bridge.formats import read_clip  # noqa: E402
from vivavoce.bridge.rigs import MappingRow, MappingTarget, RigMapping, TargetCurves, TargetName  # noqa: E402
from vivavoce.bridge.rigs.curves_file import write_curves  # noqa: E402

ops = bpy.ops.vivavoce


def use(item: Any) -> None:
    bpy.context.view_layer.objects.active = item


def seen(item: Any) -> dict[str, Any]:
    """What the character is, what is told of it, and how much of the clip is seen after the clip is put on it."""
    use(item)
    ops.import_motion(filepath=clip)
    character = character_around(item)
    found = told(character)
    motions = proof.seen_motion(character, read_clip(Path(clip)), takes.scene_fps(), 1)
    shares: dict[str, list[float]] = {}
    for motion in motions:
        shares.setdefault(motion.part, []).append(motion.share)
    return {"convention": found.convention, "shown": found.shown, "said": found.sentences, "shares": shares}


BONES = {"neck": (0.0, 0.0, 1.4), "head": (0.0, 0.0, 1.5), "jaw": (0.0, 0.02, 1.55)}
said: dict[str, Any] = {}

# A face of bones alone, its bones rolled, its object turned as importers leave it.
rig = armature("Bones", BONES, roll=0.7)
mesh("Bone Face", {}, rig, {"head": slice(12, 24), "jaw": slice(0, 12)})
said["bones"] = seen(rig)
for modifier in bpy.data.objects["Bone Face"].modifiers:
    modifier.show_viewport = False
ops.prove()
said["modifier"] = [finding.kind for finding in rig.vivavoce.review.findings]
ops.mend(finding="MODIFIER")
said["modifier_mended"] = [finding.kind for finding in rig.vivavoce.review.findings]
rig.pose.bones["jaw"].driver_add("rotation_quaternion", 1).driver.expression = "0"
ops.prove()
said["bone_driver"] = [finding.kind for finding in rig.vivavoce.review.findings]
ops.mend(finding="DRIVER")

# Four meshes under an empty, spelled in two ways; the teeth have no shapes.
root = bpy.data.objects.new("Root", None)
bpy.context.collection.objects.link(root)
head_keys = {"jawOpen": DOWN, "mouthClose": UP, "mouthPucker": OUT, "eyeBlinkLeft": OUT, "eyeBlinkRight": OUT, "mouthFunnel": OUT}
mesh("Face", head_keys, root)
mesh("Tongue", {"Tongue_Jaw_Open": DOWN, "Tongue_TongueOut": OUT}, root)
mesh("Lashes", {"eyeBlink_L": OUT, "eyeBlink_R": OUT}, root)
mesh("Teeth", {}, root)
said["meshes"] = seen(bpy.data.objects["Lashes"])
said["meshes_moved"] = sorted(face.name for face in character_around(bpy.data.objects["Teeth"]).faces)

# Vowels: mapped as their names say, then by hand, shared, and given back.
vowels = mesh("Vowels", {"A": DOWN, "I": OUT, "U": OUT, "E": DOWN, "O": DOWN})
said["vowels"] = seen(vowels)
ops.edit_mapping()
kept = vowels.vivavoce.mapping
said["rows"] = len(kept.rows)
for index, row in enumerate(kept.rows):
    if (row.source, row.part) == ("jawOpen", "A"):
        row.gain, kept.row_index = 0.5, index
kept.preview = 1.0
said["preview"] = vowels.data.shape_keys.key_blocks["A"].value
kept.rows[kept.row_index].gain = 0.25
said["preview_again"] = vowels.data.shape_keys.key_blocks["A"].value
kept.preview = 0.0
said["preview_ended"] = vowels.data.shape_keys.key_blocks["A"].value
ops.export_mapping(filepath=str(folder / "vowels.json"))
ops.add_mapping_row()
said["rows_added"] = len(kept.rows)
ops.remove_mapping_row()
ops.forget_mapping()
said["forgotten"] = kept.is_own

# What was solved for elsewhere: curves of shape keys as they are, poses of bones as the mapping.
solved = str(folder / "curves.npz")
write_curves(TargetCurves(24.0, (TargetName("shape_key", "Vowels", "A"),), np.full((48, 1), 0.4)), Path(solved))
ops.use_solved(filepath=solved)
bpy.context.scene.frame_set(10)
said["solved_curves"] = vowels.data.shape_keys.key_blocks["A"].value
turn = MappingTarget(TargetName("bone_rotation", "Bones", "jaw", "x"), 0.2, minimum=-1.0)
poses = RigMapping("poses", (MappingRow("jawOpen", (turn,)),))
write_curves(TargetCurves(24.0, (turn.target,), np.zeros((48, 1))), Path(solved), poses)
use(rig)
ops.use_solved(filepath=solved)
said["solved_poses"] = [rig.vivavoce.mapping.rows[0].part, len(rig.vivavoce.mapping.joints), rig.vivavoce.review.mouth]
other = mesh("Other", {"MTH_A": DOWN, "MTH_I": OUT, "MTH_U": OUT, "MTH_E": DOWN, "MTH_O": DOWN})
use(other)
ops.import_mapping(filepath=str(folder / "vowels.json"))
said["shared"] = sorted({row.part for row in other.vivavoce.mapping.rows})
ops.use_preset(preset="vrm")
said["preset"] = len(other.vivavoce.mapping.rows)
try:
    ops.use_preset(preset="rocketbox")
except RuntimeError as error:
    said["wrong_preset"] = str(error)
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "kept.blend"))
bpy.ops.wm.open_mainfile(filepath=str(folder / "kept.blend"))
said["reopened"] = len(bpy.data.objects["Other"].vivavoce.mapping.rows)
enabled_extension.disable()
print(json.dumps(said))
