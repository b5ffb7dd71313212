"""Rows of a mapping for one part of a rig, in the rig's own size."""

import math
from collections.abc import Iterable

from ....bridge.rigs import MappingRow, MappingTarget, TargetName
from .formula import Term
from .recognition import Match
from .survey import ArmatureSurvey, BoneSurvey, RigSurvey

HUMAN_EYE_DISTANCE_M = 0.063
_EYE_BONES = (
    ("ORG-eye.L", "ORG-eye.R"), ("eye.L", "eye.R"), ("Bip01 LEye", "Bip01 REye"), ("LeftEye", "RightEye"),
    ("left_eye_smplhf", "right_eye_smplhf"), ("left_eye", "right_eye"), ("CC_Base_L_Eye", "CC_Base_R_Eye"),
    ("J_Adj_L_FaceEye", "J_Adj_R_FaceEye"),
)  # fmt: skip
_FARTHEST_M = 10.0


def key_rows(match: Match, terms: Iterable[Term]) -> list[MappingRow]:
    """A shape key, or a number of a control rig, moved by a sum of terms."""
    target = TargetName(match.kind, match.object, match.name)
    return [MappingRow(term.channel, (MappingTarget(target, term.gain),), term.factors) for term in terms]


def bone_rows(match: Match, survey: RigSurvey, is_closing: bool) -> list[MappingRow]:
    """A bone, moved in as many ways as its vocabulary says. is_closing: where mouthClose asks, the jaw gives way."""
    armature = next(item for item in survey.armatures if item.name == match.object)
    bones = {bone.name: bone for bone in armature.bones}
    rows = []
    for motion in match.entry.motions:
        kind, limit, scale = "bone_location", _FARTHEST_M, eye_distance_m(armature)
        if motion.verb == "rotate":
            kind, limit, scale = "bone_rotation", math.pi, 1.0
        elif motion.verb == "aim":
            scale = _distance_m(bones[match.name], bones.get(motion.aimed_from))
        target = TargetName(kind, match.object, match.name, motion.axis)
        rows += [
            MappingRow(term.channel, (MappingTarget(target, term.gain * scale, 0.0, -limit, limit),), term.factors)
            for term in motion.terms
            if is_closing or term.channel != "mouthClose"
        ]
    return rows


def eye_distance_m(armature: ArmatureSurvey) -> float:
    """How far the eyes are apart; a human's where no bone tells."""
    heads = {bone.name: bone.head_m for bone in armature.bones}
    for left, right in _EYE_BONES:
        if left in heads and right in heads and heads[left] != heads[right]:
            return math.dist(heads[left], heads[right])
    return HUMAN_EYE_DISTANCE_M


def _distance_m(target: BoneSurvey, eye: BoneSurvey | None) -> float:
    return math.dist(target.head_m, eye.head_m) if eye is not None else HUMAN_EYE_DISTANCE_M
