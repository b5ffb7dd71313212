"""Blender's versions as data: each difference that this extension meets, with where Blender says so."""

from pathlib import Path
from typing import Any

import bpy

HAS_ACTION_SLOTS = bpy.app.version >= (4, 4, 0)
"""Actions hold layers, strips and slots: https://developer.blender.org/docs/release_notes/4.4/upgrading/slotted_actions/"""

HAS_SEQUENCER_STRIPS = bpy.app.version >= (4, 4, 0)
"""`sequences` became `strips`: https://developer.blender.org/docs/release_notes/4.4/python_api/"""

HAS_MEDIA_TYPE = bpy.app.version >= (5, 0, 0)
"""Movies are chosen by `media_type` first: https://developer.blender.org/docs/release_notes/5.0/python_api/"""

HAS_PANORAMAS = bpy.app.version >= (4, 5, 0)
"""Panoramic cameras are no longer Cycles's own: https://developer.blender.org/docs/release_notes/4.5/python_api/"""

HAS_PROGRESS_BAR = bpy.app.version >= (4, 0, 0)
"""`UILayout.progress`: https://developer.blender.org/docs/release_notes/4.0/python_api/"""

HAS_EXTENSIONS = bpy.app.version >= (4, 2, 0)
"""Extensions have a folder of their own, and a switch for the network: https://developer.blender.org/docs/release_notes/4.2/extensions/"""

EEVEE = "BLENDER_EEVEE" if bpy.app.version >= (5, 0, 0) else "BLENDER_EEVEE_NEXT"
"""EEVEE's name: https://developer.blender.org/docs/release_notes/5.0/python_api/"""


def may_use_network() -> bool:
    """Whether the artist lets Blender go online; where there is no such switch, it always may."""
    return bpy.app.online_access if HAS_EXTENSIONS else True


def user_folder(package: str, name: str) -> Path:
    """A folder for what the package keeps on this machine, made if need be. Add-ons of the old kind have none of their own."""
    if HAS_EXTENSIONS and package.startswith("bl_ext."):
        return Path(bpy.utils.extension_path_user(package, path=name, create=True))
    return Path(bpy.utils.user_resource("DATAFILES", path=str(Path("vivavoce", name)), create=True))


def new_slot(action: Any, animated: bpy.types.ID) -> Any:
    """A place in `action` for the curves of `animated`; None where an Action has but one."""
    return action.slots.new(id_type=animated.id_type, name=animated.name) if HAS_ACTION_SLOTS else None


def slot_channels(action: Any, slot: Any) -> Any:
    """What holds the `fcurves` and `groups` of a slot: its channelbag, or the Action itself where there are no slots."""
    if not HAS_ACTION_SLOTS:
        return action
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True)


def slot_curves(action: Any, slot: Any) -> list[Any]:
    """The F-Curves that an Action, or None, has for a slot. Nothing is made that is not there."""
    if action is None or not HAS_ACTION_SLOTS:
        return list(action.fcurves) if action else []
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    return [curve for bag in bags if slot is not None and bag.slot_handle == slot.handle for curve in bag.fcurves]


def action_curves(action: Any) -> list[Any]:
    """All F-Curves of an Action, of whichever slot."""
    if not HAS_ACTION_SLOTS:
        return list(action.fcurves)
    strips = [strip for layer in action.layers for strip in layer.strips]
    return [curve for strip in strips for channelbag in strip.channelbags for curve in channelbag.fcurves]


def filled_slot(action: Any, animated: bpy.types.ID) -> Any:
    """The slot of `action` that holds curves for datablocks of this type; None where there is none, or before Blender 4.4."""
    if not HAS_ACTION_SLOTS or action is None:
        return None
    filled = {bag.slot for layer in action.layers for strip in layer.strips for bag in strip.channelbags if len(bag.fcurves)}
    return next((slot for slot in action.slots if slot in filled and slot.target_id_type == animated.id_type), None)


def key_points(key: Any) -> Any:
    """The vertices of a shape key: `points` is a faster `data`, https://docs.blender.org/api/current/change_log.html"""
    return getattr(key, "points", key.data)


def sequencer_strips(scene: bpy.types.Scene) -> Any:
    """The collection of the scene's sequencer strips, made if need be."""
    editor: Any = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if HAS_SEQUENCER_STRIPS else editor.sequences


def is_retimed(strip: Any) -> bool:
    """Whether a sound strip plays faster or slower than its sound. Retiming keys took the place of `speed_factor`:
    https://docs.blender.org/api/current/change_log.html"""
    return len(getattr(strip, "retiming_keys", ())) > 0 or getattr(strip, "speed_factor", 1.0) != 1.0


def sound_delay_s(strip: Any) -> float:
    """How much later than its strip a sound begins: https://docs.blender.org/api/current/change_log.html"""
    return getattr(strip, "sound_offset", 0.0)


def identity(item: bpy.types.ID) -> int | str:
    """What a datablock can be known by after it has been renamed; old Blenders have but the name:
    https://docs.blender.org/api/current/bpy.types.ID.html"""
    return getattr(item, "session_uid", item.name)


def choose_movie_format(scene: bpy.types.Scene) -> None:
    """Make the scene's render output an MPEG-4 file."""
    settings: Any = scene.render.image_settings
    if HAS_MEDIA_TYPE:
        settings.media_type = "VIDEO"
    settings.file_format = "FFMPEG"


def choose_panorama(camera: Any) -> None:
    """Let a camera's data see all around, as an equirectangular picture."""
    camera.type = "PANO"
    (camera if HAS_PANORAMAS else camera.cycles).panorama_type = "EQUIRECTANGULAR"


def choose_layered_format(scene: bpy.types.Scene) -> None:
    """Make the scene's render output a plain OpenEXR file of floats with all passes in one part."""
    settings: Any = scene.render.image_settings
    if HAS_MEDIA_TYPE:
        settings.media_type = "MULTI_LAYER_IMAGE"
        settings.use_exr_interleave = True
    settings.file_format = "OPEN_EXR_MULTILAYER"
    settings.exr_codec, settings.color_depth = "NONE", "32"


def choose_still_format(scene: bpy.types.Scene, file_format: str) -> None:
    """Make the scene's render output a picture of one layer, such as OPEN_EXR."""
    settings: Any = scene.render.image_settings
    if HAS_MEDIA_TYPE:
        settings.media_type = "IMAGE"
    settings.file_format = file_format


def image_setting_names() -> tuple[str, ...]:
    """What `choose_still_format` and its callers change, in the order in which it can be put back."""
    return (*(("media_type",) if HAS_MEDIA_TYPE else ()), "file_format", "color_mode", "color_depth", "exr_codec")


def draw_progress(layout: Any, share: float, text: str) -> None:
    """A bar that is full at a share of 1, or the text with a number where layouts have no bars."""
    if HAS_PROGRESS_BAR:
        layout.progress(factor=share, text=text, translate=False)
    else:
        layout.label(text=f"{text} {share:.0%}", icon="SORTTIME", translate=False)
