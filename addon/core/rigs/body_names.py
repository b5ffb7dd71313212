"""Which bones of an armature are a body's joints, by the names that the field's rigs give them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ....bridge.rigs import JointTarget
from ..names import plain_name

_CONVENTIONS_FILE = Path(__file__).parents[2] / "assets" / "rigs" / "bodies.json"
_SMPLX_SIDES = ("left", "right")
_SPINE_JOINTS = ("spine1", "spine2", "spine3")


@dataclass(frozen=True)
class BodyBones:
    """convention: whose names these are. joints: SMPL-X joint -> bone, without spine and neck.

    spine, neck: the bones of a chain of any length, lowest first. properties: (joint, bone, custom property, value) that the rig
    must have for the bone of a joint to move the character, and to follow the bone that carries it.
    """

    convention: str
    joints: Mapping[str, str]
    spine: tuple[str, ...]
    neck: tuple[str, ...]
    properties: tuple[tuple[str, str, str, float], ...] = ()

    @property
    def bone_count(self) -> int:
        return len(self.joints) + len(self.spine) + len(self.neck)

    @property
    def joint_of_bone(self) -> dict[str, str]:
        """Bone -> SMPL-X joint; the bones of a chain take the joints that lie at their share of it."""
        named = {bone: joint for joint, bone in self.joints.items()}
        for number, bone in enumerate(self.spine, start=1):
            named[bone] = _SPINE_JOINTS[-(-len(_SPINE_JOINTS) * number // len(self.spine)) - 1]
        return named | dict.fromkeys(self.neck, "neck")

    def bone_of(self, joint: str) -> str | None:
        """The bone of a joint; of a chain the last that has it."""
        return {own: bone for bone, own in self.joint_of_bone.items()}.get(joint)

    def joint_targets(self, armature: str) -> tuple[JointTarget, ...]:
        """The same as part of a mapping, for the armature object of this name."""
        return tuple(JointTarget(joint, armature, bone) for bone, joint in self.joint_of_bone.items())


def recognised_body(bone_names: Iterable[str]) -> BodyBones | None:
    """The convention that names most of a body's bones, the earlier in the file where two name as many; None without a head.

    Bones that constraints move cannot be posed: where the controls that move them are there too, these go first.
    """
    bone_names = list(bone_names)
    bodies = [_body_by(name, convention, bone_names) for name, convention in _conventions().items()]
    best = max(bodies, key=lambda body: (_has_controls(body, bone_names), body.bone_count))
    return best if "head" in best.joints else None


def mapped_body(targets: Iterable[JointTarget], bone_names: Iterable[str]) -> BodyBones:
    """The body that a mapping's joints say; the armature's own names tell what its constraints need."""
    targets = list(targets)
    chains: dict[str, list[str]] = {"spine": [], "neck": []}
    joints = {}
    for target in targets:
        part = "spine" if target.joint in _SPINE_JOINTS else target.joint
        if part in chains:
            chains[part].append(target.bone)
        else:
            joints[target.joint] = target.bone
    named = recognised_body(bone_names)
    properties = named.properties if named else ()
    return BodyBones(named.convention if named else "", joints, tuple(chains["spine"]), tuple(chains["neck"]), properties)


@cache
def _conventions() -> dict[str, Any]:
    return json.loads(_CONVENTIONS_FILE.read_text(encoding="utf-8"))


def _has_controls(body: BodyBones, bone_names: Sequence[str]) -> bool:
    return bool(body.properties) and {bone for _, bone, _, _ in body.properties} <= set(bone_names)


def _body_by(name: str, convention: Mapping[str, Any], bone_names: Sequence[str]) -> BodyBones:
    owned = _owned_names(bone_names, convention.get("prefixes", ()))
    joints: dict[str, str] = {}
    properties: list[tuple[str, str, str, float]] = []
    for side, spelled in zip(_SMPLX_SIDES, convention["sides"], strict=True):
        for joint, pattern in _side_patterns(convention):
            bone = _first_owned(pattern.replace("{side}", spelled), owned)
            if bone is not None:
                joints[f"{side}_{joint}" if "{side}" in pattern else joint] = bone
        for joint, bone, key, value in convention.get("properties", ()):
            properties.append((joint.replace("{side}", side), bone.replace("{side}", spelled), key, value))
    spine, neck = (tuple(filter(None, (_first_owned(bone, owned) for bone in convention[part]))) for part in ("spine", "neck"))
    return BodyBones(name, joints, spine, neck, tuple(dict.fromkeys(properties)))


def _side_patterns(convention: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Joint, without its side, and the pattern of its bone's names."""
    fingers = (
        (f"{finger}{number}", bone) for finger, bones in convention["fingers"].items() for number, bone in enumerate(bones, 1)
    )
    return [*convention["joints"].items(), *fingers]


def _owned_names(bone_names: Sequence[str], prefixes: Sequence[str]) -> dict[str, str]:
    """Plain name -> the rig's own; a bone without a prefix goes before one with it."""
    owned: dict[str, str] = {}
    for bone in bone_names:
        plain = bone.rsplit(":", 1)[-1]
        prefix = next((prefix for prefix in prefixes if plain.startswith(prefix)), "")
        key = plain_name(plain.removeprefix(prefix))
        if key not in owned or not prefix:
            owned[key] = bone
    return owned


def _first_owned(pattern: str, owned: Mapping[str, str]) -> str | None:
    return next((owned[name] for name in map(plain_name, pattern.split("|")) if name in owned), None)
