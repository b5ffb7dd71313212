"""Which conventions a character's names follow, over all its meshes and armatures together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .spelling import EXACT, Spellings, common_affixes
from .survey import RigSurvey
from .vocabulary import Entry, Vocabulary, vocabularies

SHAPE_KEY, BONE, PROPERTY = "shape_key", "bone", "property"


@dataclass(frozen=True)
class Match:
    """A part of a rig that a vocabulary knows. confidence: 0..1, of the name alone."""

    entry: Entry
    kind: str
    object: str
    name: str
    confidence: float


@dataclass(frozen=True)
class Recognition:
    """A vocabulary that a character follows, with all that it names there. together: of keys that stand for several others."""

    vocabulary: Vocabulary
    keys: tuple[Match, ...]
    together: tuple[Match, ...]
    bones: tuple[Match, ...]


@lru_cache(maxsize=16)
def recognised(survey: RigSurvey) -> tuple[Recognition, ...]:
    """Every vocabulary that a character follows, best faces first; none where its names mean nothing that is known."""
    spellings = spellings_of(survey)
    found = [_recognition(vocabulary, spellings) for vocabulary in vocabularies()]
    return tuple(item for item in found if _is_enough(item))


def recognised_as(survey: RigSurvey, vocabulary: Vocabulary) -> Recognition:
    """What a vocabulary names on a character, however little."""
    return _recognition(vocabulary, spellings_of(survey))


def spellings_of(survey: RigSurvey) -> Mapping[str, Sequence[tuple[str, Spellings]]]:
    """Kind -> objects with what their names of that kind can mean."""
    named = _named_parts(survey)
    affixes = {kind: common_affixes(name for _, names in objects for name in names) for kind, objects in named.items()}
    return {kind: [(item, Spellings(names, affixes[kind])) for item, names in objects] for kind, objects in named.items()}


def _named_parts(survey: RigSurvey) -> Mapping[str, Sequence[tuple[str, tuple[str, ...]]]]:
    """Kind -> objects with the names that they have of that kind."""
    return {
        SHAPE_KEY: [(mesh.name, mesh.shape_keys) for mesh in survey.meshes],
        BONE: [(armature.name, tuple(bone.name for bone in armature.bones)) for armature in survey.armatures],
        PROPERTY: [(armature.name, armature.properties) for armature in survey.armatures],
    }


def _recognition(vocabulary: Vocabulary, spellings: Mapping[str, Sequence[tuple[str, Spellings]]]) -> Recognition:
    return Recognition(
        vocabulary,
        _matches(vocabulary.keys, spellings, (SHAPE_KEY, PROPERTY)),
        _matches(vocabulary.together, spellings, (SHAPE_KEY, PROPERTY)),
        _matches(vocabulary.bones, spellings, (BONE,)),
    )


def _is_enough(found: Recognition) -> bool:
    matches = (*found.keys, *found.together, *found.bones)
    is_many = len({match.entry for match in matches}) >= found.vocabulary.fewest
    return is_many and _is_signed(found.vocabulary, (match.name for match in matches))


def _is_signed(vocabulary: Vocabulary, names: Iterable[str]) -> bool:
    """Whether one of the names ends as a name of the signature does, letter by letter: `eye.L` is no `left_eye`."""
    signature = tuple(map(_letters, vocabulary.signature))
    return not signature or any(_letters(name).endswith(signature) for name in names)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _matches(
    entries: Iterable[Entry], spellings: Mapping[str, Sequence[tuple[str, Spellings]]], kinds: Sequence[str]
) -> tuple[Match, ...]:
    found = []
    for entry in entries:
        for kind in kinds:
            for item, names in spellings[kind]:
                hits = [hit for spelling in entry.spellings if (hit := names.find(spelling))]
                if hits:
                    name, confidence = max(hits, key=lambda hit: hit[1])
                    found.append(Match(entry, kind, item, name, min(confidence, EXACT)))
    return tuple(found)
