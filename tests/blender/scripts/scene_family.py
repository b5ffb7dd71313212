"""Which meshes of a head without bones are rendered as the character; prints their names."""

import json

import bpy
import enabled_extension
from small_rigs import DOWN, OUT, UP, mesh

bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.scene.character import character_of_scene  # noqa: E402
from vivavoce.addon.scene.scene_frames import character_meshes  # noqa: E402

root = bpy.data.objects.new("Root", None)
bpy.context.collection.objects.link(root)
mesh("Face", {"jawOpen": DOWN, "mouthFunnel": OUT, "mouthSmileLeft": UP, "mouthSmileRight": UP, "mouthClose": UP}, root)
mesh("Hair", {}, root)
mesh("Wall", {})
names = sorted(item.name for item in character_meshes(character_of_scene("the scene")))
enabled_extension.disable()
print(json.dumps(names))
