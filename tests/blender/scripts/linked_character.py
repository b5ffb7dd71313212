"""A character linked from a library file, overridden, made local; prints why it cannot perform. Arguments: a clip, a folder."""

import json
import sys
from pathlib import Path
from typing import Any

import bpy
import enabled_extension

clip, folder = sys.argv[1], Path(sys.argv[2])
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
ops = bpy.ops.vivavoce
hero = bpy.data.collections.new("Hero")
bpy.context.scene.collection.children.link(hero)
bpy.context.view_layer.active_layer_collection = bpy.context.view_layer.layer_collection.children["Hero"]
ops.add_open_human()
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "library.blend"))


def rig(items: Any) -> Any:
    found = next(item for item in items if item.type == "ARMATURE")
    bpy.context.view_layer.objects.active = found
    return found


def imported() -> str:
    return enabled_extension.complaint(ops.import_motion, filepath=clip)


bpy.ops.wm.read_homefile(use_empty=True)
with bpy.data.libraries.load(str(folder / "library.blend"), link=True) as (_, wanted):
    wanted.collections = ["Hero"]
linked = wanted.collections[0]
bpy.context.scene.collection.children.link(linked)
rig(linked.all_objects)
said: dict[str, Any] = {"linked": imported()}
overridden = linked.override_hierarchy_create(bpy.context.scene, bpy.context.view_layer, do_fully_editable=True)
rig(overridden.all_objects)
said["overridden"] = imported()
bpy.context.scene.collection.children.unlink(linked)
bpy.context.view_layer.update()
bpy.ops.object.select_all(action="SELECT")
bpy.ops.object.make_local(type="ALL")
local = rig(bpy.context.scene.objects)
said["local"] = imported()
said["seen"] = [local.vivavoce.review.mouth, local.vivavoce.review.head]
enabled_extension.disable()
print(json.dumps(said))
