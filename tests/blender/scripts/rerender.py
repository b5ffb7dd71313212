"""A take is re-rendered; prints what was seen. Arguments: the worker's Python, and a folder to write into."""

import json
import sys
import time
from pathlib import Path

import bpy
import enabled_extension
import numpy as np

python, folder = sys.argv[1], Path(sys.argv[2])
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon import still_preview  # noqa: E402
from vivavoce.addon.operators.base import active_character  # noqa: E402
from vivavoce.addon.scene.compat import sequencer_strips  # noqa: E402
from vivavoce.addon.scene.stage import build_stage  # noqa: E402
from vivavoce.addon.session import session  # noqa: E402
from vivavoce.bridge.data import MotionClip, MotionLayer  # noqa: E402
from vivavoce.bridge.formats import write_clip  # noqa: E402

ops, scene = bpy.ops.vivavoce, bpy.context.scene
ops.add_open_human()
rig = bpy.context.active_object
settings = rig.vivavoce.rerender
preferences = bpy.context.preferences.addons[enabled_extension.NAME].preferences
said: dict[str, object] = {"no_take": enabled_extension.complaint(ops.rerender)}
clip = MotionClip(24.0, (MotionLayer("lips", np.linspace(0.0, 1.0, 12)[:, None], ("jawOpen",)),))
write_clip(clip, folder / "clip.npz")
ops.import_motion(filepath=str(folder / "clip.npz"))
said["light_engine"] = enabled_extension.complaint(ops.rerender)
preferences.backend, preferences.python = "PYTHON", python
settings.folder = str(folder / "frames")
settings.quality, settings.height, settings.uses_scene_range = "draft", 64, False
settings.frame_start, settings.frame_end = 4, 6
said["no_hero"] = enabled_extension.complaint(ops.rerender)
said["no_camera"] = enabled_extension.complaint(ops.render_hero)

rig.location = (0.4, 0.2, 0.1)
rig.rotation_euler = (0.0, 0.0, 0.3)
bpy.context.view_layer.update()
build_stage(scene, active_character(bpy.context))
scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", 2, False
scene.render.resolution_x = scene.render.resolution_y = 64
before = (scene.render.filepath, scene.render.image_settings.file_format, scene.render.film_transparent)
scene.frame_set(5)
ops.render_hero()
said["settings_kept"] = before == (scene.render.filepath, scene.render.image_settings.file_format, scene.render.film_transparent)
said["hero"] = [Path(settings.hero_1).name, Path(f"{settings.hero_1}.json").is_file()]

ops.rerender()
said["frames"] = sorted(path.name for path in (folder / "frames").iterdir() if path.suffix == ".png")
strip = next(strip for strip in sequencer_strips(scene) if strip.type == "IMAGE")
said["strip"] = [strip.frame_final_start, strip.frame_final_end, len(strip.elements)]


def pixels(path: str) -> np.ndarray:
    image = bpy.data.images.load(path)
    return np.array(image.pixels[:]).reshape(image.size[1], image.size[0], 4)


# The same frame by Cycles and anew: the figure must lie on the figure.
hero, frame = (pixels(path)[..., 3] > 0.5 for path in (settings.hero_1, str(folder / "frames" / said["frames"][1])))
said["overlap"] = float((hero & frame).sum() / (hero | frame).sum())

# Under the scene's own light, from the orbit, without a hero frame.
hero_path, settings.hero_1, settings.mode, settings.camera = settings.hero_1, "", "scene", "ORBIT"
settings.frame_end = 4
settings.folder = str(folder / "lit")
ops.rerender()
lit = pixels(str(next((folder / "lit").glob("*.png"))))
said["lit"] = float(lit[lit[..., 3] > 0.9][:, :3].mean())
settings.hero_1, settings.mode, settings.frame_end, settings.folder = hero_path, "look", 6, str(folder / "frames")

settings.follows_orbit = True
settings.azimuth = 0.6
settings.azimuth = 0.7
deadline = time.monotonic() + 120.0
while still_preview.step() is not None and time.monotonic() < deadline:
    time.sleep(0.02)
still = bpy.data.images.get(still_preview.IMAGE_NAME)
said["still"] = [*still.size] if still else session.still.complaint

settings.frame_end = 1
said["empty_range"] = enabled_extension.complaint(ops.rerender)
Path(settings.hero_1).unlink()
settings.frame_end = 6
said["hero_gone"] = enabled_extension.complaint(ops.rerender)
enabled_extension.disable()
said["jobs_left"] = len(session.renders)
print(json.dumps(said))
