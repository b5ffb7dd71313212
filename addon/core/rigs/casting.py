"""Which of the recognised vocabularies plays which region of a face: two that both open a mouth would open it twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ....bridge.data import ARKIT_NAMES, GAZE_NAMES, LIPS_NAMES
from .recognition import BONE, SHAPE_KEY, Match, Recognition, recognised
from .survey import MeshSurvey, RigSurvey

LIDS_NAMES = tuple(name for name in ARKIT_NAMES if name.startswith(("eyeBlink", "eyeSquint", "eyeWide")))
REGIONS: Mapping[str, tuple[str, ...]] = {
    "mouth": LIPS_NAMES,
    "lids": LIDS_NAMES,
    "gaze": GAZE_NAMES,
    "upper face": tuple(name for name in ARKIT_NAMES if name not in {*LIPS_NAMES, *LIDS_NAMES, *GAZE_NAMES}),
}
_WEIGHTS = {"jawOpen": 8.0, "mouthClose": 3.0, "mouthPucker": 3.0, "mouthFunnel": 2.0, "eyeBlinkLeft": 3.0, "eyeBlinkRight": 3.0}
"""How much a channel counts among those of its region; 1 for all others."""
_LIKENESS = 1.1
_OPENING_SHARE = 0.04
"""A jawOpen that moves no vertex by more than this share of the face's height needs the jaw bone as well."""


@dataclass(frozen=True)
class Part:
    """What plays a region: keys or bones of one vocabulary. is_beside_keys: bones that do what keys leave undone."""

    region: str
    recognition: Recognition
    matches: tuple[Match, ...]
    is_beside_keys: bool = False

    @property
    def channels(self) -> frozenset[str]:
        return frozenset(channel for match in self.matches for channel in match.entry.channels)


@lru_cache(maxsize=16)
def cast(survey: RigSurvey) -> tuple[Part, ...]:
    """The parts of a character's face, region by region; none for a region that nothing can play."""
    return cast_of(recognised(survey), survey)


def cast_of(found: Sequence[Recognition], survey: RigSurvey) -> tuple[Part, ...]:
    """The same, with no other vocabularies than these."""
    candidates = {region: [part for item in found for part in _candidates(region, item)] for region in REGIONS}
    main = max((_best(parts) for parts in candidates.values() if parts), key=_main_worth, default=None)
    return tuple(part for region, parts in candidates.items() for part in _region_parts(region, parts, main, survey))


def _region_parts(region: str, candidates: Sequence[Part], main: Part | None, survey: RigSurvey) -> list[Part]:
    parts = [_best(candidates, main)] if candidates else []
    if parts and parts[0].matches[0].kind != BONE:
        parts += _bones_beside(region, candidates, parts[0], survey)
    covered = {channel for part in parts for channel in part.channels}
    for part in sorted(candidates, key=_worth, reverse=True):
        fresh = tuple(match for match in part.matches if match.entry.channels and not covered.intersection(match.entry.channels))
        if fresh and (region != "mouth" or {channel for match in fresh for channel in match.entry.channels} == {"tongueOut"}):
            parts.append(Part(region, part.recognition, fresh))
            covered.update(parts[-1].channels)
    return parts


def _candidates(region: str, recognition: Recognition) -> Iterable[Part]:
    """The keys of a vocabulary for a region, and its bones."""
    own = _of_region(region, recognition.keys)
    covered = {channel for match in own for channel in match.entry.channels}
    together = (match for match in _of_region(region, recognition.together) if not covered.intersection(match.entry.channels))
    for matches in ((*own, *together), _of_region(region, recognition.bones)):
        if matches:
            yield Part(region, recognition, tuple(matches))


def _of_region(region: str, matches: Iterable[Match]) -> tuple[Match, ...]:
    """A part of a face belongs to the region of its first channel."""
    return tuple(match for match in matches if match.entry.channels and match.entry.channels[0] in REGIONS[region])


def _best(candidates: Sequence[Part], main: Part | None = None) -> Part:
    """The part of most worth; where two are nearly alike, the one of the vocabulary that the main part is of."""
    return max(
        candidates,
        key=lambda part: _worth(part) * (_LIKENESS if main is not None and part.recognition is main.recognition else 1.0),
    )


def _main_worth(part: Part) -> float:
    return _worth(part) * (len(REGIONS) if part.region == "mouth" else 1)


def _worth(part: Part) -> float:
    """How well a part plays its region: the quality of such faces, times what they have of it."""
    names = REGIONS[part.region]
    had = sum(_WEIGHTS.get(name, 1.0) for name in part.channels.intersection(names))
    return part.recognition.vocabulary.quality * had / sum(_WEIGHTS.get(name, 1.0) for name in names)


def _bones_beside(region: str, candidates: Sequence[Part], keys: Part, survey: RigSurvey) -> list[Part]:
    """Bones that must move as well: a jaw whose shapes do not open, and jaws and eyes that carry meshes without such shapes."""
    for part in sorted((part for part in candidates if part.matches[0].kind == BONE), key=_worth, reverse=True):
        wanted = {"mouth": ("jawOpen",), "gaze": ("eyeLookUpLeft", "eyeLookUpRight")}.get(region, ())
        bones = tuple(match for match in part.matches if set(wanted).intersection(match.entry.channels))
        if bones and (_carries_others(bones, keys, wanted, survey) or (region == "mouth" and _needs_jaw(keys, survey))):
            return [Part(region, part.recognition, bones, is_beside_keys=True)]
    return []


def _needs_jaw(keys: Part, survey: RigSurvey) -> bool:
    if keys.recognition.vocabulary.has_jaw_bone or "jawOpen" not in keys.channels:
        return True
    motions = [
        mesh.motion(match.name)
        for match in keys.matches
        for mesh in survey.meshes
        if match.kind == SHAPE_KEY and mesh.name == match.object and "jawOpen" in match.entry.channels
    ]
    measured = [motion for motion in motions if motion is not None]
    return bool(measured) and max(measured) < _OPENING_SHARE


def _carries_others(bones: Sequence[Match], keys: Part, wanted: Sequence[str], survey: RigSurvey) -> bool:
    """Whether a bone holds a mesh that has no shape for what the bone does, and none of those that have."""
    shaped = {match.object for match in keys.matches if set(wanted).intersection(match.entry.channels)}
    held = [mesh for mesh in survey.meshes if _is_held(mesh, bones)]
    return bool(held) and not any(mesh.name in shaped for mesh in held)


def _is_held(mesh: MeshSurvey, bones: Sequence[Match]) -> bool:
    """Only of measured meshes: importers leave groups without vertices behind."""
    return mesh.vertex_count > 0 and any(bone.name in mesh.vertex_groups for bone in bones)
