"""A character speaks with the zip alone; prints what was seen. Arguments: a folder of recordings, one to write csv files into."""

import json
import sys
from pathlib import Path

import bpy
import enabled_extension

recordings, folder = Path(sys.argv[1]), Path(sys.argv[2])
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.core.packing import unpacked_clip  # noqa: E402
from vivavoce.bridge.formats import write_clip  # noqa: E402

ops, scene = bpy.ops.vivavoce, bpy.context.scene
scene.render.fps = 60
ops.add_open_human()
rig, face = bpy.context.active_object, bpy.data.objects["Vivavoce Human"]
performance = rig.vivavoce.performance
said: dict[str, object] = {"backend": bpy.context.preferences.addons[enabled_extension.NAME].preferences.backend}
paths = sorted(path for path in recordings.iterdir() if path.suffix in (".wav", ".flac"))
for path in paths:
    performance.source, performance.audio_path = "FILE", str(path)
    ops.speak()
    write_clip(unpacked_clip(rig.vivavoce.takes[-1].clip), folder / f"{path.stem}.csv")
said["takes"], said["engines"] = len(rig.vivavoce.takes), sorted({take.engine for take in rig.vivavoce.takes})
said["tracks"] = [track.name for track in face.data.shape_keys.animation_data.nla_tracks]
first_frame = rig.vivavoce.takes[-1].start_frame
said["jaw_open"] = max(row[0] for row in enabled_extension.values(face, ["jawOpen"], range(first_frame, first_frame + 120)))

performance.seed = 7
ops.regenerate_layer(layer="blinks")
said["no_gaze"] = enabled_extension.complaint(ops.regenerate_layer, layer="gaze")

enabled_extension.disable()
print(json.dumps(said))
