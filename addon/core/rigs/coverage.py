"""What of a performance a character can show, and what not, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ....bridge.data import ARKIT_NAMES
from ....bridge.rigs import RigMapping
from ....bridge.rigs.curves import BONE_KINDS
from .auto_mapping import channel_confidence
from .casting import REGIONS, cast
from .recognition import SHAPE_KEY
from .survey import MeshSurvey, RigSurvey

_SURE = 0.75
_MOST_NAMED = 6
_DRIVEN = "Drivers move {} of {}, whatever a performance says: map what drives them, or mute the drivers"


@dataclass(frozen=True)
class Coverage:
    """convention: what the rig was recognised as. shown: how many of ARKit's 52 channels. unsure: matched by likeness alone.

    sentences: what the artist should know, the gravest first. Empty where all is well.
    """

    convention: str
    shown: int
    unsure: tuple[str, ...]
    turns_head: bool
    sentences: tuple[str, ...]


@lru_cache(maxsize=16)
def coverage(survey: RigSurvey, mapping: RigMapping) -> Coverage:
    """The report on a character under a mapping, its own or `auto_mapping`'s."""
    shown = {name for name in mapping.sources if name in ARKIT_NAMES}
    confidence = channel_confidence(survey)
    unsure = tuple(name for name in ARKIT_NAMES if name in shown and 0.0 < confidence[name] < _SURE * _quality(survey, name))
    turns_head = any(joint.joint == "head" for joint in mapping.joints)
    if not mapping.rows:
        return Coverage("", 0, (), turns_head, _nothing(survey))
    sentences = [
        *blocked(survey, mapping),
        *_mouth(survey, mapping),
        *_missing(shown),
        *_still_meshes(survey, mapping),
        *([] if turns_head else ["No bone of a head is known: the head stays still"]),
    ]
    if unsure:
        sentences.append(f"Matched by likeness alone: {_named(unsure)}. Look at them in the preview")
    return Coverage(mapping.convention, len(shown), unsure, turns_head, tuple(sentences))


def _quality(survey: RigSurvey, channel: str) -> float:
    """What a channel's confidence is at best with the vocabulary that plays it."""
    return max((part.recognition.vocabulary.quality for part in cast(survey) if channel in part.channels), default=1.0)


def _nothing(survey: RigSurvey) -> tuple[str, ...]:
    keys, bones = sum(len(mesh.shape_keys) for mesh in survey.meshes), sum(len(item.bones) for item in survey.armatures)
    return (
        f"None of {keys} shape keys and {bones} bones has a name that means a part of a face. "
        "Make the 52 shapes, or map channels by hand",
    )


def _mouth(survey: RigSurvey, mapping: RigMapping) -> list[str]:
    targets = {row.source: [part for part in row.targets] for row in mapping.rows}
    closes = [part.gain for row in mapping.rows if row.source == "mouthClose" for part in row.targets]
    sentences = []
    if "jawOpen" not in targets:
        sentences.append("Nothing opens the mouth: no jawOpen, no viseme, no jaw bone")
    elif "mouthClose" not in targets:
        sentences.append("No mouthClose, and no jaw that gives way: p b m will not close the lips")
    elif max(closes) <= 0.0:
        presses = "and pressed lips" if "mouthPressLeft" in targets else "alone"
        sentences.append(f"No mouthClose: p b m will be closed by the jaw {presses}")
    if any(part.is_beside_keys and part.region == "mouth" for part in cast(survey)):
        sentences.append("The jaw bone moves as well, because shape keys alone do not open this mouth or carry its teeth")
    return sentences


def _missing(shown: set[str]) -> list[str]:
    missing = {region: [name for name in names if name not in shown] for region, names in REGIONS.items()}
    whole = [region for region, names in missing.items() if len(names) == len(REGIONS[region])]
    single = [name for region, names in missing.items() if region not in whole for name in names if name != "mouthClose"]
    sentences = [f"Nothing moves the {region}" for region in whole if region != "mouth"]
    if single:
        sentences.append(f"Not shown: {_named(single)}")
    return sentences


def _still_meshes(survey: RigSurvey, mapping: RigMapping) -> list[str]:
    """Meshes that neither shape keys nor a skin moves, as teeth that are left behind."""
    moved = {target.object for target in mapping.targets}
    bones = survey.bone_names
    still = [mesh.name for mesh in survey.meshes if mesh.name not in moved and not bones.intersection(mesh.vertex_groups)]
    return (
        [f"Stay behind when the face moves: {_named(still)}. They have neither shape keys nor weights of bones"] if still else []
    )


def blocked(survey: RigSurvey, mapping: RigMapping) -> list[str]:
    """Targets that will not do what they are told."""
    sentences = [
        f"{armature.name} is scaled unevenly: bones that turn shear what they carry. Apply its scale"
        for armature in survey.armatures
        if not armature.is_evenly_scaled
    ]
    sentences += [
        f"Constraints of {armature.name} depend on each other in a circle, which Blender breaks: {_named(armature.circular)}"
        for armature in survey.armatures
        if armature.circular
    ]
    for armature in survey.armatures:
        used = {target.name for target in mapping.targets if target.kind in BONE_KINDS and target.object == armature.name}
        if driven := [bone.name for bone in armature.bones if bone.is_driven and bone.name in used]:
            sentences.append(_DRIVEN.format(_named(driven), armature.name))
    for mesh in survey.meshes:
        used = [target.name for target in mapping.targets if target.kind == SHAPE_KEY and target.object == mesh.name]
        for what, names in (
            (
                f"Drivers move {{}} of {mesh.name}, whatever a performance says: map what drives them, or mute the drivers",
                mesh.driven,
            ),
            (f"Muted shape keys of {mesh.name}: {{}}", mesh.muted),
            (f"Shape keys of {mesh.name} that move nothing: {{}}", _empty(mesh)),
        ):
            if blocked := [name for name in used if name in names]:
                sentences.append(what.format(_named(blocked)))
    return sentences


def _empty(mesh: MeshSurvey) -> Sequence[str]:
    return [name for name, motion in zip(mesh.shape_keys, mesh.motions, strict=False) if motion == 0.0]


def _named(names: Iterable[str]) -> str:
    """`a, b and 3 more`."""
    names = list(names)
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
