"""The mapping of a character, made from what its names were recognised as."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from ....bridge.data import ARKIT_INDEX
from ....bridge.rigs import JointTarget, MappingRow, RigMapping
from .binding import bone_rows, key_rows
from .body_names import recognised_body
from .casting import Part, cast
from .formula import Term
from .recognition import BONE
from .survey import RigSurvey

_STAND_INS = {"mouthPucker": ("mouthFunnel", 0.7), "mouthFunnel": ("mouthPucker", 0.7)}
"""What moves a shape besides its own channel, where a mouth has no shape for the other."""


@lru_cache(maxsize=16)
def auto_mapping(survey: RigSurvey) -> RigMapping:
    """Rows for everything that the character's names tell; none where they tell nothing."""
    return mapping_of_parts(cast(survey), survey)


def mapping_of_parts(parts: Sequence[Part], survey: RigSurvey) -> RigMapping:
    """Rows for what plays each region, and the joints of the body."""
    rows: dict[MappingRow, None] = {}
    for part in parts:
        channels = frozenset(channel for other in parts if other.region == part.region for channel in other.channels)
        rows.update(dict.fromkeys(_part_rows(part, survey, channels)))
    titles = dict.fromkeys(part.recognition.vocabulary.title for part in parts)
    return RigMapping(" + ".join(titles), tuple(rows), _joints(survey))


def _part_rows(part: Part, survey: RigSurvey, channels: frozenset[str]) -> Iterable[MappingRow]:
    for match in part.matches:
        if match.kind == BONE:
            yield from bone_rows(match, survey, is_closing=not part.is_beside_keys)
        else:
            yield from key_rows(match, _completed(match.entry.terms, channels))


def _completed(terms: Sequence[Term], channels: frozenset[str]) -> Sequence[Term]:
    """Terms that do as well what no other part does: a mouth without mouthClose closes by its jaw."""
    extra = []
    for term in terms:
        if term.channel == "jawOpen" and term.gain > 0.0 and "mouthClose" not in channels:
            extra.append(Term(-term.gain, "mouthClose", term.factors))
        elif term.channel in _STAND_INS and len(terms) == 1 and not term.factors:
            other, share = _STAND_INS[term.channel]
            extra += [] if other in channels else [Term(share * term.gain, other)]
    return [*terms, *extra]


def _joints(survey: RigSurvey) -> tuple[JointTarget, ...]:
    """The bones of neck, head and body, of the first armature that has a body."""
    for armature in survey.armatures:
        body = recognised_body(bone.name for bone in armature.bones)
        if body is not None:
            return tuple(JointTarget(joint, armature.name, bone) for bone, joint in body.joint_of_bone.items())
    return ()


def channel_confidence(survey: RigSurvey) -> dict[str, float]:
    """ARKit channel -> how sure it is that the rig shows it, 0..1: by its names, and by how well such faces follow."""
    confidence = dict.fromkeys(ARKIT_INDEX, 0.0)
    for part in cast(survey):
        for match in part.matches:
            is_direct = len(match.entry.terms) == 1 and not match.entry.terms[0].factors
            sure = match.confidence * (1.0 if is_direct else part.recognition.vocabulary.quality)
            for channel in match.entry.channels:
                confidence[channel] = max(confidence[channel], sure)
    return confidence
