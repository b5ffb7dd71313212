"""What the extension keeps in a .blend: for every character how it is to speak, and the takes it has."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

from collections.abc import Callable

import bpy

from ..bridge.data import ENGINE_NAMES
from . import render_properties, review_properties, rig_properties

_INTENSITY = {"min": 0.0, "max": 1.0, "subtype": "FACTOR", "description": "Intensity of this emotion. Key it: moods blend"}
_ENGINE_TEXTS = {
    "probabilistic": ("Drawn", "A learned face, drawn anew with every seed; blinks, gaze and head by rule"),
    "diffusion": ("Diffusion", "Face, head, gaze and blinks by a learned diffusion model: livelier, and slower"),
    "articulation": ("Rules", "The mouth by phonetic rules: the same lips with every seed"),
}
_AMPLITUDE = {"min": 0.0, "max": 4.0, "soft_max": 2.0, "default": 1.0}


class VIVAVOCE_PG_performance(bpy.types.PropertyGroup):
    """What is said, and how."""

    source: bpy.props.EnumProperty(
        name="Source",
        items=[
            ("STRIP", "Sound Strip", "A sound strip of this scene's sequencer"),
            ("FILE", "File", "A recording, which becomes a sound strip at the current frame"),
        ],
    )
    strip: bpy.props.StringProperty(name="Strip", description="The sound strip that the character speaks")
    audio_path: bpy.props.StringProperty(name="Recording", subtype="FILE_PATH", description="The recording to be spoken")
    text: bpy.props.StringProperty(name="Text", description="The English words that are spoken, if known: they sharpen the lips")
    happy: bpy.props.FloatProperty(name="Happy", **_INTENSITY)
    sad: bpy.props.FloatProperty(name="Sad", **_INTENSITY)
    surprised: bpy.props.FloatProperty(name="Surprised", **_INTENSITY)
    fear: bpy.props.FloatProperty(name="Fear", **_INTENSITY)
    disgusted: bpy.props.FloatProperty(name="Disgusted", **_INTENSITY)
    angry: bpy.props.FloatProperty(name="Angry", **_INTENSITY)
    contempt: bpy.props.FloatProperty(name="Contempt", **_INTENSITY)
    moods: bpy.props.StringProperty(description="Of a take: the moods that it was made with", options={"HIDDEN"})
    mouth: bpy.props.FloatProperty(name="Mouth", description="Amplitude of lips and jaw; lips still close", **_AMPLITUDE)
    head: bpy.props.FloatProperty(name="Head", description="Amplitude of head motion", **_AMPLITUDE)
    eyes: bpy.props.FloatProperty(name="Eyes", description="Amplitude of gaze and of the upper face", **_AMPLITUDE)
    blinks: bpy.props.FloatProperty(name="Blinks", description="Blink rate, as a multiple of the natural one", **_AMPLITUDE)
    seed: bpy.props.IntProperty(name="Seed", description="Another seed is another take", min=0)
    engine: bpy.props.EnumProperty(
        name="Engine",
        description="Who performs, where there is a backend",
        items=[(name, *_ENGINE_TEXTS[name]) for name in ENGINE_NAMES],
    )
    variation: bpy.props.FloatProperty(
        name="Variation", description="How freely a learned face is drawn; 0 is the same with every seed", min=0.0, max=2.0,
        soft_max=1.0, default=0.2,
    )  # fmt: skip


class VIVAVOCE_PG_stretch(bpy.types.PropertyGroup):
    """A part of a recording, and when in a take it is heard; seconds."""

    sound: bpy.props.PointerProperty(type=bpy.types.Sound)
    path: bpy.props.StringProperty(subtype="FILE_PATH", options={"HIDDEN"})
    at_s: bpy.props.FloatProperty(options={"HIDDEN"})
    skip_s: bpy.props.FloatProperty(options={"HIDDEN"})
    duration_s: bpy.props.FloatProperty(options={"HIDDEN"})


class VIVAVOCE_PG_take(bpy.types.PropertyGroup):
    """One performance that can be put back on its character; `name` tells it from the others."""

    clip: bpy.props.StringProperty(options={"HIDDEN"})
    engine: bpy.props.StringProperty(name="Engine", description="What performed the take")
    start_frame: bpy.props.IntProperty(name="Start Frame")
    made_with: bpy.props.PointerProperty(type=VIVAVOCE_PG_performance)
    readout: bpy.props.PointerProperty(type=review_properties.VIVAVOCE_PG_readout)
    spoken: bpy.props.CollectionProperty(type=VIVAVOCE_PG_stretch)


class VIVAVOCE_PG_character(bpy.types.PropertyGroup):
    """Kept on the armature of a character, or on its face where it has none."""

    performance: bpy.props.PointerProperty(type=VIVAVOCE_PG_performance)
    takes: bpy.props.CollectionProperty(type=VIVAVOCE_PG_take)
    take_index: bpy.props.IntProperty(name="Take", options={"HIDDEN"})
    applied_take: bpy.props.StringProperty(options={"HIDDEN"})
    review: bpy.props.PointerProperty(type=review_properties.VIVAVOCE_PG_review)
    mapping: bpy.props.PointerProperty(type=rig_properties.VIVAVOCE_PG_mapping)
    rerender: bpy.props.PointerProperty(type=render_properties.VIVAVOCE_PG_rerender)
    key_density: bpy.props.EnumProperty(
        name="Keys",
        description="How takes are written from now on",
        items=[
            ("DENSE", "Every Sample", "A key at every sample of the take: exact"),
            ("REDUCED", "Reduced", "Few keys with handles, easy to edit: within the error below at every sample"),
        ],
    )
    key_error: bpy.props.FloatProperty(
        name="Key Error",
        description="How far curves may be from the take: 1 % of a shape key's full weight, of a head turn of 11 degrees",
        subtype="PERCENTAGE",
        min=0.01,
        max=20.0,
        default=1.0,
        precision=2,
    )


CLASSES = (
    *review_properties.CLASSES, *rig_properties.CLASSES, *render_properties.CLASSES, VIVAVOCE_PG_performance,
    VIVAVOCE_PG_stretch, VIVAVOCE_PG_take, VIVAVOCE_PG_character,
)  # fmt: skip


def attach() -> Callable[[], None]:
    """Give every object a place for a character's properties; returns what takes it away."""
    bpy.types.Object.vivavoce = bpy.props.PointerProperty(type=VIVAVOCE_PG_character)  # type: ignore[attr-defined]
    return _detach


def _detach() -> None:
    del bpy.types.Object.vivavoce  # type: ignore[attr-defined]
