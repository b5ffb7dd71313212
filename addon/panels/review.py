"""Proof that the applied take is seen, what stands in its way, and what can be told of it."""

from itertools import groupby
from typing import Any

from ..core.proof import MOVES, UNKNOWN
from ..scene.character import Character
from ..scene.obstacles import KINDS
from ..scene.review import GONE
from ..translations.interface import localised
from .base import CharacterPanel, draw_sentences

_LISTED = 3
_PARTS = (("mouth", "Mouth"), ("head", "Head"))


class VIVAVOCE_PT_review(CharacterPanel):
    bl_label = "Check"
    bl_idname = "VIVAVOCE_PT_review"
    bl_parent_id = "VIVAVOCE_PT_result"

    def draw_character(self, context: Any, layout: Any, character: Character) -> None:
        kept = character.owner.vivavoce
        take = kept.takes.get(kept.applied_take)
        if take is not None:
            _draw_motion(layout.column(align=True), kept.review)
            _draw_findings(context, layout, kept.review.findings)
            _draw_readout(context, layout, take.readout)
        layout.operator("vivavoce.prove", icon="VIEWZOOM")


def _draw_motion(column: Any, review: Any) -> None:
    for name, label in _PARTS:
        share = getattr(review, name)
        if share != UNKNOWN:
            told = localised(f"{label} moves: {share:.0%}")
            column.label(text=told, icon="CHECKMARK" if share >= MOVES else "ERROR", translate=False)


def _draw_findings(context: Any, layout: Any, findings: Any) -> None:
    """Every kind with its sentences, the first few, and one button."""
    for kind, group in groupby(findings, key=lambda finding: finding.kind):
        box, texts = layout.box(), [finding.text for finding in group]
        for text in texts[:_LISTED]:
            draw_sentences(context, box, text, icon="ERROR")
        if len(texts) > _LISTED:
            box.label(text=localised(f"and {len(texts) - _LISTED} more"), translate=False)
        if kind:
            button = "Use the Take Again" if kind == GONE else KINDS[kind].button
            box.operator("vivavoce.mend", text=button, icon="MODIFIER").finding = kind


def _draw_readout(context: Any, layout: Any, readout: Any) -> None:
    if not readout.is_told:
        return
    column = layout.column(align=True)
    closures = localised(f"Closures (p b m): {readout.closures_made} of {readout.closures_wanted}")
    column.label(text=closures, translate=False)
    if readout.has_lag:
        lag = f"{abs(readout.lag_ms):.0f}"
        told = localised(f"Mouth {lag} ms after the sound" if readout.lag_ms > 0.0 else f"Mouth {lag} ms before the sound")
        column.label(text=told, translate=False)
    if readout.pause_motion != UNKNOWN:
        draw_sentences(context, column, f"Lips in pauses: {readout.pause_motion:.0%} of their speed")
    if readout.clipped:
        draw_sentences(context, column, f"At their limit: {readout.clipped}", icon="INFO")


CLASSES = (VIVAVOCE_PT_review,)
