"""Motion files: onto the active character, and from its applied take."""

from pathlib import Path
from typing import Any, ClassVar

import bpy
from bpy_extras.io_utils import ExportHelper, ImportHelper

from ...bridge.formats import FORMATS, read_clip, read_livelink_csv, write_clip
from ..core.packing import unpacked_clip
from ..core.retiming import last_frame
from ..core.standing import motion_in_place, standing_motion
from ..scene import takes
from ..scene.export import export_frames
from .base import CharacterOperator, active_character
from .mend import report_review

_WRITTEN = (*FORMATS, ".glb", ".fbx")

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false


class VIVAVOCE_OT_import_motion(CharacterOperator, ImportHelper):
    bl_idname = "vivavoce.import_motion"
    bl_label = "Import Motion"
    bl_description = "Put a motion file on the character as a new take: npz (also SMPL-X and AMASS), Live Link Face csv, bvh"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    filter_glob: bpy.props.StringProperty(default=";".join(f"*{suffix}" for suffix in FORMATS), options={"HIDDEN"})
    start_frame: bpy.props.IntProperty(name="Start Frame", description="Where the motion begins", default=1)
    stands: bpy.props.BoolProperty(
        name="Stand Upright in Place",
        description="Set bodies upright that lie along the file's Z, as in AMASS, and let them start where the character stands",
        default=True,
    )
    walks: bpy.props.BoolProperty(
        name="Root Motion", description="Let a body go where the file's does, in steps as long as its own legs are", default=True
    )
    fps: bpy.props.FloatProperty(
        name="Rate of a csv", description="Frames per second of a Live Link Face csv; 0 reads it from the timecodes", min=0.0
    )

    def run(self, context: Any) -> None:
        path = Path(bpy.path.abspath(self.filepath))
        is_rated_csv = self.fps > 0.0 and path.suffix.lower() == ".csv"
        clip = read_livelink_csv(path, fps=self.fps) if is_rated_csv else read_clip(path)
        clip = standing_motion(clip) if self.stands else clip
        clip = clip if self.walks else motion_in_place(clip)
        character = active_character(context)
        takes.add_take(character, clip, path.stem, self.start_frame)
        report_review(self, character)


class VIVAVOCE_OT_export_motion(CharacterOperator, ExportHelper):
    bl_idname = "vivavoce.export_motion"
    bl_label = "Export"
    bl_description = "Write the take that lies on the active character to a motion file, or the character with it as glb or fbx"

    kind: bpy.props.EnumProperty(
        name="Format",
        items=[
            (".npz", "npz", "Everything: layers, SMPL-X poses, ARKit weights"),
            (".csv", "Live Link Face csv", "The composed face, head and eye angles"),
            (".bvh", "bvh", "The composed joints"),
            (".glb", "glb", "The character with its skin, shape keys and animation, as the scene shows it"),
            (".fbx", "fbx", "The character with its armature, shape keys and animation, frame by frame"),
        ],
    )
    filter_glob: bpy.props.StringProperty(default=";".join(f"*{suffix}" for suffix in _WRITTEN), options={"HIDDEN"})
    check_extension = None

    @property
    def filename_ext(self) -> str:
        return self.kind

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        takes.applied_take(active_character(context))
        return super().obstacle(context)

    def run(self, context: Any) -> None:
        path = Path(bpy.path.abspath(self.filepath))
        path = path if path.suffix.lower() in _WRITTEN else path.with_name(path.name + self.kind)
        character = active_character(context)
        take = takes.applied_take(character)
        clip = unpacked_clip(take.clip)
        if path.suffix.lower() in FORMATS:
            write_clip(clip, path)
        else:
            end_frame = last_frame(clip.frame_count, clip.fps, takes.scene_fps(), take.start_frame)
            export_frames(character, path, take.start_frame, end_frame)
        self.report({"INFO"}, f"Wrote {path.name}")


CLASSES = (VIVAVOCE_OT_import_motion, VIVAVOCE_OT_export_motion)
