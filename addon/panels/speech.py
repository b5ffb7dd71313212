"""What a character says, and how; and the job that performs it."""

from typing import Any

from ..core.moods import MOOD_NAMES
from ..preferences import is_light
from ..scene import compat
from ..scene.character import Character
from ..session import session
from ..translations.interface import localised
from .base import CharacterPanel, draw_sentences


class VIVAVOCE_PT_speech(CharacterPanel):
    bl_label = "Speech"
    bl_idname = "VIVAVOCE_PT_speech"

    def draw_character(self, context: Any, layout: Any, character: Character) -> None:
        performance = character.owner.vivavoce.performance
        row = layout.row()
        row.use_property_split = False
        row.prop(performance, "source", expand=True)
        editor = context.scene.sequence_editor
        if performance.source == "FILE":
            layout.prop(performance, "audio_path")
        elif editor is None:
            layout.label(text="The sequencer is empty: add a sound, or choose a file", icon="INFO")
        else:
            layout.prop_search(performance, "strip", editor, "strips" if hasattr(editor, "strips") else "sequences", icon="SOUND")
        layout.prop(performance, "text")
        _draw_job(context, layout, character)


class VIVAVOCE_PT_performance(CharacterPanel):
    bl_label = "Performance"
    bl_idname = "VIVAVOCE_PT_performance"

    def draw_character(self, context: Any, layout: Any, character: Character) -> None:
        performance = character.owner.vivavoce.performance
        column = layout.column(align=True)
        column.use_property_decorate = True
        for name in MOOD_NAMES:
            column.prop(performance, name, slider=True)
        row = layout.row(align=True)
        row.operator_menu_enum("vivavoce.set_mood", "emotion")
        row.operator("vivavoce.key_mood", icon="KEY_HLT")
        column = layout.column(align=True)
        for name in ("mouth", "head", "eyes", "blinks"):
            column.prop(performance, name, slider=True)
        column = layout.column(align=True)
        for name in ("seed", "variation", "engine"):
            column.prop(performance, name)


def _draw_job(context: Any, layout: Any, character: Character) -> None:
    owner = compat.identity(character.owner)
    job = session.jobs.get(owner)
    if job is None:
        if is_light():
            layout.label(text="Light engine: lips, brows, blinks and head", icon="INFO")
        column = layout.column(align=True)
        column.operator("vivavoce.speak", icon="PLAY")
        column.operator("vivavoce.speak_selected", icon="SEQ_SEQUENCER")
        if complaint := session.complaints.get(owner):
            draw_sentences(context, layout.box(), complaint, icon="ERROR")
        return
    status = job.remote.status
    waiting = localised(f"place {status.place} in the queue" if status.place else status.stage)
    row = layout.row(align=True)
    compat.draw_progress(row, status.progress, waiting)
    row.operator("vivavoce.cancel_speaking", text="", icon="X")


CLASSES = (VIVAVOCE_PT_speech, VIVAVOCE_PT_performance)
