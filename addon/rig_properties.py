"""What the extension keeps of a character's mapping in a .blend, so that an artist edits it in a list."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

from typing import Any

import bpy

_NUMBER = {"precision": 3, "step": 1}


def _show_again(row: Any, _: Any) -> None:
    """A row that is changed while its channel is previewed is seen at once."""
    from .scene.rigs.preview import show_preview

    if row.id_data.vivavoce.mapping.preview > 0.0:
        show_preview(row.id_data)


def _show(mapping: Any, _: Any) -> None:
    from .scene.rigs.preview import show_preview

    show_preview(mapping.id_data)


class VIVAVOCE_PG_mapping_row(bpy.types.PropertyGroup):
    """A channel and one part of the rig that it moves; several rows of one part add up."""

    source: bpy.props.StringProperty(
        name="Channel", description="An ARKit name as jawOpen, or an angle of a joint as head.y, radians", update=_show_again
    )
    factors: bpy.props.StringProperty(
        name="Times",
        description="Channels that this one is multiplied with: *jawOpen, or !jawOpen for what that leaves of 1",
        update=_show_again,
    )
    kind: bpy.props.EnumProperty(
        name="Kind",
        items=[
            ("shape_key", "Shape Key", "The value of a shape key"),
            ("bone_rotation", "Bone Rotation", "A turn of a bone, radians"),
            ("bone_location", "Bone Location", "A way of a bone, metres"),
            ("property", "Property", "A number of a control rig"),
        ],
        update=_show_again,
    )
    object: bpy.props.PointerProperty(name="Object", type=bpy.types.Object, update=_show_again)
    part: bpy.props.StringProperty(
        name="Part", description="The shape key, the bone, or the path of the property", update=_show_again
    )
    axis: bpy.props.EnumProperty(
        name="Axis",
        items=[
            ("none", "None", "Shape keys and properties have no axis"),
            ("x", "Left", "The character's own left"),
            ("y", "Up", "The character's up"),
            ("z", "Forward", "Where the character looks"),
            ("local_x", "Bone X", "The bone's own X axis"),
            ("local_y", "Bone Y", "The bone's own Y axis"),
            ("local_z", "Bone Z", "The bone's own Z axis"),
        ],
        update=_show_again,
    )
    gain: bpy.props.FloatProperty(
        name="Gain", description="What the channel is multiplied with", default=1.0, update=_show_again, **_NUMBER
    )
    offset: bpy.props.FloatProperty(name="Offset", description="What is added", update=_show_again, **_NUMBER)
    minimum: bpy.props.FloatProperty(name="Minimum", description="The part goes no lower", update=_show_again, **_NUMBER)
    maximum: bpy.props.FloatProperty(
        name="Maximum", description="The part goes no higher", default=1.0, update=_show_again, **_NUMBER
    )
    response: bpy.props.StringProperty(
        name="Response",
        description="Points joined by lines, as 0:0 0.5:0.2 1:1. Empty is a straight line",
        update=_show_again,
    )
    is_mirrored: bpy.props.BoolProperty(
        name="Both Sides", description="The channel of the other side moves the part of the other side", update=_show_again
    )


class VIVAVOCE_PG_mapping_joint(bpy.types.PropertyGroup):
    """A bone that turns as a joint of the performance does."""

    joint: bpy.props.StringProperty(name="Joint", description="A joint of SMPL-X, as head")
    object: bpy.props.PointerProperty(name="Object", type=bpy.types.Object)
    part: bpy.props.StringProperty(name="Bone")
    gain: bpy.props.FloatProperty(name="Amount", description="1 turns the bone as far as the performance", default=1.0, **_NUMBER)


class VIVAVOCE_PG_mapping(bpy.types.PropertyGroup):
    """The mapping that an artist made his own; without it a character is moved as its names say."""

    is_own: bpy.props.BoolProperty(options={"HIDDEN"})
    convention: bpy.props.StringProperty(options={"HIDDEN"})
    rows: bpy.props.CollectionProperty(type=VIVAVOCE_PG_mapping_row)
    joints: bpy.props.CollectionProperty(type=VIVAVOCE_PG_mapping_joint)
    row_index: bpy.props.IntProperty(name="Row", options={"HIDDEN"}, update=_show)
    preview: bpy.props.FloatProperty(
        name="Preview",
        description="Show the chosen row's channel at this value",
        min=0.0,
        max=1.0,
        subtype="FACTOR",
        update=_show,
    )


CLASSES = (VIVAVOCE_PG_mapping_row, VIVAVOCE_PG_mapping_joint, VIVAVOCE_PG_mapping)
