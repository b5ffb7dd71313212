"""What a character is made of, as plain data: `addon.scene.rigs.survey` reads it from Blender."""

from collections.abc import Mapping, Set
from dataclasses import dataclass


@dataclass(frozen=True)
class MeshSurvey:
    """shape_keys: names without the reference key. driven: those whose value a driver sets.

    motions: how far each shape key moves a vertex at most, as a share of the height of the face; () where nobody measured.
    """

    name: str
    shape_keys: tuple[str, ...] = ()
    driven: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    motions: tuple[float, ...] = ()
    vertex_groups: tuple[str, ...] = ()
    vertex_count: int = 0

    def motion(self, shape_key: str) -> float | None:
        """How far a shape key moves a vertex, as a share of the height of the face; None where nobody measured."""
        return self.motions[self.shape_keys.index(shape_key)] if self.motions else None


@dataclass(frozen=True)
class BoneSurvey:
    """head_m: at rest in the scene, in SMPL-X axes (Y up, the character faces +Z, its left is +X), metres."""

    name: str
    head_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    is_driven: bool = False


@dataclass(frozen=True)
class ArmatureSurvey:
    """properties: paths from the object of the custom properties that hold a number, as `pose.bones["ctrl"]["smile"]`.

    circular: bones whose constraints depend on each other in a circle.
    """

    name: str
    bones: tuple[BoneSurvey, ...] = ()
    properties: tuple[str, ...] = ()
    is_evenly_scaled: bool = True
    circular: tuple[str, ...] = ()


@dataclass(frozen=True)
class RigSurvey:
    """meshes: most vertices first. armatures: the one that deforms the largest mesh first."""

    meshes: tuple[MeshSurvey, ...] = ()
    armatures: tuple[ArmatureSurvey, ...] = ()

    @property
    def bone_names(self) -> frozenset[str]:
        return frozenset(bone.name for armature in self.armatures for bone in armature.bones)

    @property
    def shape_key_names(self) -> frozenset[str]:
        return frozenset(name for mesh in self.meshes for name in mesh.shape_keys)


def circular(needs: Mapping[str, Set[str]]) -> tuple[str, ...]:
    """Those that need themselves, by however many others. needs: name -> names that must be known before it."""
    open_needs = {name: {other for other in others if other in needs} for name, others in needs.items()}
    users: dict[str, list[str]] = {name: [] for name in needs}
    for name, others in open_needs.items():
        for other in others:
            users[other].append(name)
    remaining = _without_ends(open_needs, users)
    reverse = {name: {user for user in users[name] if user in remaining} for name in remaining}
    return tuple(
        _without_ends(reverse, {name: [other for other in open_needs[name] if other in remaining] for name in remaining})
    )


def _without_ends(needs: Mapping[str, Set[str]], users: Mapping[str, list[str]]) -> dict[str, None]:
    """What is left when whatever needs nothing that is left is taken away, again and again."""
    count = {name: len(others) for name, others in needs.items()}
    ends = [name for name, number in count.items() if number == 0]
    while ends:
        name = ends.pop()
        del count[name]
        for user in users[name]:
            count[user] -= 1
            if count[user] == 0:
                ends.append(user)
    return dict.fromkeys(count)
