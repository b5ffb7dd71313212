"""Rigs that nobody wants, each given a clip. Argument: the clip."""

import json
import sys
from typing import Any

import bpy
import enabled_extension

clip = sys.argv[1]
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from small_rigs import DOWN, OUT, armature, mesh  # noqa: E402

from vivavoce.addon.core.rigs.coverage import blocked  # noqa: E402
from vivavoce.addon.scene.character import character_around, rig_around  # noqa: E402
from vivavoce.addon.scene.rigs.mapping_files import survey_of  # noqa: E402
from vivavoce.addon.scene.rigs.telling import told  # noqa: E402
from vivavoce.bridge.data import ARKIT_NAMES  # noqa: E402

ops = bpy.ops.vivavoce
FACE = {name: DOWN if name == "jawOpen" else OUT for name in ARKIT_NAMES[14:22]}
BONES = {"neck": (0.0, 0.0, 1.4), "head": (0.0, 0.0, 1.5), "jaw": (0.0, 0.02, 1.55)}
SKIN = {"head": slice(12, 24), "jaw": slice(0, 12)}


def given(item: Any) -> str:
    """Put the clip on an object's character; what Blender says where it cannot."""
    bpy.context.view_layer.objects.active = item
    try:
        ops.import_motion(filepath=clip)
    except RuntimeError as error:
        return str(error)
    return ""


said: dict[str, Any] = {}

prop = armature("Crane", {"Bone": (0.0, 0.0, 1.0), "Bone.001": (0.0, 0.0, 1.2)})
mesh("Crane Mesh", {"Key 1": DOWN}, prop)
animated = [item.name for item in bpy.data.objects if item.animation_data]
said["no_face"] = {"error": given(prop), "animated": animated, "said": " ".join(told(rig_around(prop)).sentences)}

empty = mesh("Empty Face", {name: (0.0, 0.0, 0.0) if name == "jawOpen" else way for name, way in FACE.items()})
given(empty)
said["empty_keys"] = {"findings": " ".join(finding.text for finding in empty.vivavoce.review.findings)}
said["empty_keys"]["findings"] += " ".join(blocked(survey_of(rig_around(empty)), rig_around(empty).mapping))

twins = bpy.data.objects.new("Twins", None)
bpy.context.collection.objects.link(twins)
first, second = mesh("Head", FACE, twins), mesh("Head", FACE, twins)
given(first)
targets = [target.name for target in character_around(first).mapping.targets]
said["duplicates"] = {"parts": [name for name in targets if name == "jawOpen"], "names": [first.name, second.name]}

uneven = armature("Uneven", BONES)
uneven.scale = (1.0, 1.0, 1.6)
mesh("Uneven Face", {}, uneven, SKIN)
given(uneven)
said["uneven"] = {"said": " ".join(told(rig_around(uneven)).sentences), "head": uneven.vivavoce.review.head}

circle = armature("Circle", BONES)
mesh("Circle Face", {}, circle, SKIN)
for bone, other in (("jaw", "neck"), ("neck", "jaw")):
    constraint = circle.pose.bones[bone].constraints.new("COPY_SCALE")
    constraint.target, constraint.subtarget = circle, other
given(circle)
rig = rig_around(circle)
said["circle"] = {"blocked": " ".join(blocked(survey_of(rig), rig.mapping)), "taken": len(circle.vivavoce.takes)}

many = armature("Many", {**BONES, **{f"hair.{number:04d}": (0.0, 0.1, 1.6) for number in range(5000)}})
mesh("Many Face", {}, many, SKIN)
given(many)
said["many_bones"] = {"mouth": many.vivavoce.review.mouth, "rows": len(character_around(many).mapping.rows)}
enabled_extension.disable()
print(json.dumps(said))
