"""How a character is re-rendered: what gives its look, from where, how well, and where the frames go."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

from typing import Any

import bpy

from .still_preview import ask_for_still

_HERO = {
    "subtype": "FILE_PATH",
    "description": "A finished picture of the character, with the .json beside it that says from where",
}


def _orbit_changed(settings: Any, context: Any) -> None:
    if settings.follows_orbit:
        ask_for_still(context)


class VIVAVOCE_PG_rerender(bpy.types.PropertyGroup):
    """Of one character."""

    mode: bpy.props.EnumProperty(
        name="Light",
        items=[
            ("look", "From Hero Frames", "Hero frames show the character's look and light; nothing else is known"),
            ("scene", "From This Scene", "This scene's lamps and world light the character; hero frames sharpen its look"),
        ],
    )
    hero_1: bpy.props.StringProperty(name="Hero Frame", **_HERO)
    hero_2: bpy.props.StringProperty(name="Second", **_HERO)
    hero_3: bpy.props.StringProperty(name="Third", **_HERO)
    camera: bpy.props.EnumProperty(
        name="Camera",
        items=[
            ("SCENE", "Scene's Camera", "The scene's active camera, with its animation"),
            ("ORBIT", "Orbit", "A camera that looks at the face from the angles below"),
        ],
    )
    azimuth: bpy.props.FloatProperty(
        name="Azimuth", description="Where the orbit looks from; positive is the character's left", subtype="ANGLE",
        min=-1.31, max=1.31, update=_orbit_changed,
    )  # fmt: skip
    elevation: bpy.props.FloatProperty(
        name="Elevation", description="How high the orbit looks from", subtype="ANGLE", min=-0.44, max=0.61, update=_orbit_changed
    )
    follows_orbit: bpy.props.BoolProperty(
        name="Preview Follows", description="Render a small still whenever the orbit's angles change", default=False
    )
    uses_scene_range: bpy.props.BoolProperty(
        name="Scene's Range", description="Render the frames from the scene's start to its end", default=True
    )
    frame_start: bpy.props.IntProperty(name="Start", description="The first frame to render", default=1)
    frame_end: bpy.props.IntProperty(name="End", description="The last frame to render", default=24)
    height: bpy.props.IntProperty(
        name="Height", description="Of the frames, in pixels; the width follows the scene's format", min=64, max=2048, default=512
    )
    quality: bpy.props.EnumProperty(
        name="Quality",
        items=[
            ("draft", "Draft", "The analytic base alone: the light and the hero frames' colour, without a network"),
            ("normal", "Normal", "The network, in one step: nearest to the truth on average"),
            ("best", "Best", "The network, in four steps, which draw detail where one averages it"),
        ],
        default="normal",
    )
    picture_format: bpy.props.EnumProperty(
        name="Format", items=[("png", "PNG", "8 bits, as a screen shows it"), ("exr", "EXR", "16 bits, linear light")]
    )
    folder: bpy.props.StringProperty(
        name="Folder", subtype="DIR_PATH", description="Where frames are kept", default="//rerender/"
    )


CLASSES = (VIVAVOCE_PG_rerender,)
