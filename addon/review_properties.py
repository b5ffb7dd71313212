"""What the extension has found out about a take, and about its character as it moves in the scene."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

import bpy

from .core.proof import UNKNOWN


class VIVAVOCE_PG_readout(bpy.types.PropertyGroup):
    """What can be told of a take without seeing it (`bridge/readout.py`)."""

    closures_made: bpy.props.IntProperty(name="Closures Made", description="How many of p b m close the lips")
    closures_wanted: bpy.props.IntProperty(name="Closures Wanted", description="How many p b m were heard")
    has_lag: bpy.props.BoolProperty(options={"HIDDEN"})
    lag_ms: bpy.props.FloatProperty(name="Lag", description="How much later the mouth is than the sound, in milliseconds")
    pause_motion: bpy.props.FloatProperty(
        name="Motion in Pauses", description="Speed of the lips in pauses, as a share of that in speech", default=UNKNOWN
    )
    clipped: bpy.props.StringProperty(name="Clipped", description="Shapes that the take wants beyond their limit")
    is_told: bpy.props.BoolProperty(options={"HIDDEN"})


class VIVAVOCE_PG_finding(bpy.types.PropertyGroup):
    """Something that keeps the take from being seen; `kind` is what the operator Mend is given, or empty where nothing can be."""

    kind: bpy.props.StringProperty(options={"HIDDEN"})
    text: bpy.props.StringProperty(options={"HIDDEN"})


class VIVAVOCE_PG_review(bpy.types.PropertyGroup):
    """What of the applied take was seen on the evaluated meshes (`scene/proof.py`)."""

    mouth: bpy.props.FloatProperty(name="Mouth", description="Share of the strongest opening that is seen", default=UNKNOWN)
    head: bpy.props.FloatProperty(name="Head", description="Share of the strongest turn that is seen", default=UNKNOWN)
    findings: bpy.props.CollectionProperty(type=VIVAVOCE_PG_finding)


CLASSES = (VIVAVOCE_PG_readout, VIVAVOCE_PG_finding, VIVAVOCE_PG_review)
