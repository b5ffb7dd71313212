"""What a character is made of, as plain data: `addon.scene.rigs.survey` reads it from Blender."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MeshSurvey:
    """shape_keys: names without the reference key. driven: those whose value a driver sets.

    motions: how far each shape key moves a vertex at most, as a share of the height of the face; () where nobody measured.
    is_linked: from another file, so that nothing can be written on it.
    """

    name: str
    shape_keys: tuple[str, ...] = ()
    driven: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    motions: tuple[float, ...] = ()
    vertex_groups: tuple[str, ...] = ()
    vertex_count: int = 0
    is_linked: bool = False

    def motion(self, shape_key: str) -> float | None:
        """How far a shape key moves a vertex, as a share of the height of the face; None where nobody measured."""
        return self.motions[self.shape_keys.index(shape_key)] if self.motions else None


@dataclass(frozen=True)
class BoneSurvey:
    """head_m, tail_m: at rest in the scene, in SMPL-X axes (Y up, the character faces +Z, its left is +X), metres."""

    name: str
    parent: str = ""
    head_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tail_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    is_deform: bool = True
    has_constraints: bool = False
    is_driven: bool = False


@dataclass(frozen=True)
class ArmatureSurvey:
    """properties: paths from the object of the custom properties that hold a number, as `pose.bones["ctrl"]["smile"]`."""

    name: str
    bones: tuple[BoneSurvey, ...] = ()
    properties: tuple[str, ...] = ()
    is_linked: bool = False


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
