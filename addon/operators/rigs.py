"""How a character is moved: its mapping made the artist's own, edited, shared, and given back to what its names say."""

# Blender reads properties from annotations that are calls.
# pyright: reportInvalidTypeForm=false

from pathlib import Path
from typing import Any, ClassVar

import bpy
from bpy_extras.io_utils import ExportHelper, ImportHelper

from ..core.rigs.vocabulary import vocabularies
from ..scene.character import rig_around
from ..scene.rigs import mapping_files
from ..scene.rigs.kept_mapping import forget_mapping, keep_mapping
from ..scene.rigs.solved import use_solved
from .base import TakeOperator, VivavoceOperator, active_character
from .mend import report_review


class MappingOperator(VivavoceOperator):
    """An operator on the mapping of the active object's character, which need not have a face that is known."""

    needs_own = True

    @classmethod
    def obstacle(cls, context: Any) -> str | None:
        owner = rig_around(context.view_layer.objects.active).owner
        if cls.needs_own and not owner.vivavoce.mapping.is_own:
            return "The character is moved as its names say: press Edit Mapping first"
        return None

    def owner(self, context: Any) -> Any:
        return rig_around(context.view_layer.objects.active).owner


class VIVAVOCE_OT_edit_mapping(MappingOperator):
    bl_idname = "vivavoce.edit_mapping"
    bl_label = "Edit Mapping"
    bl_description = "Make what the names of the rig say a list of your own, kept in this file"
    bl_options: ClassVar[set[str]] = {"UNDO"}
    needs_own = False

    def run(self, context: Any) -> None:
        rig = rig_around(context.view_layer.objects.active)
        keep_mapping(rig.owner, mapping_files.automatic_mapping(rig))


class VIVAVOCE_OT_forget_mapping(MappingOperator):
    bl_idname = "vivavoce.forget_mapping"
    bl_label = "Follow the Names Again"
    bl_description = "Forget the list: the character is moved as the names of its rig say"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def run(self, context: Any) -> None:
        forget_mapping(self.owner(context))


class VIVAVOCE_OT_use_preset(MappingOperator):
    bl_idname = "vivavoce.use_preset"
    bl_label = "Use Preset"
    bl_description = "Make the list anew from one convention of names, though the rig may follow others better"
    bl_options: ClassVar[set[str]] = {"UNDO"}
    needs_own = False

    preset: bpy.props.EnumProperty(
        name="Preset", items=[(item.identifier, item.title, "") for item in sorted(vocabularies(), key=lambda item: item.title)]
    )

    def run(self, context: Any) -> None:
        rig = rig_around(context.view_layer.objects.active)
        keep_mapping(rig.owner, mapping_files.preset(rig, self.preset))


class VIVAVOCE_OT_add_mapping_row(MappingOperator):
    bl_idname = "vivavoce.add_mapping_row"
    bl_label = "Add Row"
    bl_description = "Add a row to the mapping, like the chosen one"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def run(self, context: Any) -> None:
        mapping_files.add_row(self.owner(context))


class VIVAVOCE_OT_remove_mapping_row(MappingOperator):
    bl_idname = "vivavoce.remove_mapping_row"
    bl_label = "Remove Row"
    bl_description = "Take the chosen row off the mapping"
    bl_options: ClassVar[set[str]] = {"UNDO"}

    def run(self, context: Any) -> None:
        mapping_files.remove_row(self.owner(context))


class VIVAVOCE_OT_export_mapping(MappingOperator, ExportHelper):
    bl_idname = "vivavoce.export_mapping"
    bl_label = "Save Mapping"
    bl_description = "Write the mapping to a JSON file, to be used on another character or by others"
    needs_own = False

    filename_ext = ".json"
    filter_glob: bpy.props.StringProperty(default="*.json", options={"HIDDEN"})

    def run(self, context: Any) -> None:
        rig = rig_around(context.view_layer.objects.active)
        mapping_files.write_mapping(rig, Path(bpy.path.abspath(self.filepath)))


class VIVAVOCE_OT_import_mapping(MappingOperator, ImportHelper):
    bl_idname = "vivavoce.import_mapping"
    bl_label = "Load Mapping"
    bl_description = "Read a mapping from a JSON file; its parts are found on this character by their names"
    bl_options: ClassVar[set[str]] = {"UNDO"}
    needs_own = False

    filter_glob: bpy.props.StringProperty(default="*.json", options={"HIDDEN"})

    def run(self, context: Any) -> None:
        rig = rig_around(context.view_layer.objects.active)
        keep_mapping(rig.owner, mapping_files.read_mapping(rig, Path(bpy.path.abspath(self.filepath))))


class VIVAVOCE_OT_use_solved(TakeOperator, ImportHelper):
    bl_idname = "vivavoce.use_solved"
    bl_label = "Use Solved Face"
    bl_description = (
        "Put curves.npz of the command vivavoce retarget on the character: what it found that follows the applied take best"
    )
    bl_options: ClassVar[set[str]] = {"UNDO"}

    filter_glob: bpy.props.StringProperty(default="*.npz", options={"HIDDEN"})

    def run(self, context: Any) -> None:
        character = active_character(context)
        if use_solved(character, Path(bpy.path.abspath(self.filepath))):
            report_review(self, character)


CLASSES = (
    VIVAVOCE_OT_edit_mapping,
    VIVAVOCE_OT_forget_mapping,
    VIVAVOCE_OT_use_preset,
    VIVAVOCE_OT_add_mapping_row,
    VIVAVOCE_OT_remove_mapping_row,
    VIVAVOCE_OT_export_mapping,
    VIVAVOCE_OT_import_mapping,
    VIVAVOCE_OT_use_solved,
)
