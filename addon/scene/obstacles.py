"""What keeps a performance from being seen: each kind found by name, and mended."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from . import actions, compat
from .character import Character


@dataclass(frozen=True)
class Obstacle:
    """kind: a key of KINDS. subject: the name of what stands in the way, and of the object on which it does."""

    kind: str
    subject: str
    object_name: str
    mend: Callable[[], None]

    @property
    def text(self) -> str:
        return KINDS[self.kind].says.format(subject=self.subject, object=self.object_name)


@dataclass(frozen=True)
class Kind:
    """says: the sentence. button: what mending is called. is_choice: an artist may well want it, so it matters only where motion
    is missing."""

    says: str
    button: str
    find: Callable[["Owner"], Iterator[tuple[str, Callable[[], None]]]]
    is_choice: bool = False


@dataclass(frozen=True, eq=False)
class Owner:
    """An object with the datablock that is animated for it: a face with its Key, or the armature itself."""

    item: Any
    animated: Any
    paths: frozenset[str]
    """The data paths that the performance on it moves."""
    meshes: tuple[Any, ...]
    """The meshes that are seen to move by it."""

    @property
    def animation(self) -> Any:
        return self.animated.animation_data

    @property
    def tracks(self) -> list[Any]:
        return actions.performance_tracks(self.animated)

    @property
    def is_baked(self) -> bool:
        action = self.animation.action if self.animation else None
        return action is not None and action.name.startswith(actions.BAKED_TITLE)

    def moves(self, action: Any) -> bool:
        return any(curve.data_path in self.paths for curve in compat.action_curves(action))


def obstacles(character: Character, is_motion_missing: bool) -> tuple[Obstacle, ...]:
    """All that stands in the way; what an artist may have chosen only where motion is missing."""
    found, owners = [], list(_owners(character))
    for name, kind in KINDS.items():
        for owner in owners if is_motion_missing or not kind.is_choice else ():
            found += [Obstacle(name, subject, owner.item.name, mend) for subject, mend in kind.find(owner)]
    return tuple(found)


def has_performance(character: Character) -> bool:
    """Whether anything that a performance moves lies on the character."""
    return any(True for _ in _owners(character))


def _owners(character: Character) -> Iterator[Owner]:
    owners = [(face, face.data.shape_keys, (face,)) for face in character.faces]
    carried = tuple(mesh for mesh in character.meshes if mesh not in character.faces)
    owners += [(character.armature, character.armature, carried)] if character.armature else []
    for item, animated, meshes in owners:
        animation = animated.animation_data
        own = [strip.action for track in actions.performance_tracks(animated) for strip in track.strips]
        if animation and animation.action and animation.action.name.startswith(actions.BAKED_TITLE):
            own.append(animation.action)
        paths = frozenset(curve.data_path for action in own if action for curve in compat.action_curves(action))
        if paths:
            yield Owner(item, animated, paths, meshes)


def _covering_action(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    action = owner.animation.action
    if owner.tracks and not owner.is_baked and action and owner.moves(action):
        yield action.name, lambda: actions.lay_aside(owner.animated, mute=owner.item is not owner.animated)


def _missing_slots(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    users = [(strip, "action_slot") for track in owner.tracks for strip in track.strips]
    users += [(owner.animation, "action_slot")] if owner.is_baked else []
    for user, field in users if compat.HAS_ACTION_SLOTS else ():
        right = compat.filled_slot(user.action, owner.animated)
        if right is not None and getattr(user, field) != right:
            yield user.action.name, lambda user=user, field=field, right=right: setattr(user, field, right)


def _muted_tracks(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    for track in owner.tracks:
        for muted in (track, *track.strips):
            if muted.mute:
                yield track.name, lambda muted=muted: setattr(muted, "mute", False)


def _solo_tracks(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    for track in owner.animation.nla_tracks:
        if track.is_solo:
            yield track.name, lambda track=track: setattr(track, "is_solo", False)


def _tracks_above(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    tracks, ours = list(owner.animation.nla_tracks), owner.tracks
    for track in tracks[tracks.index(ours[-1]) + 1 :] if ours else ():
        covers = any(strip.action and strip.blend_type == "REPLACE" and owner.moves(strip.action) for strip in track.strips)
        if covers and not track.mute:
            yield track.name, lambda track=track: setattr(track, "mute", True)


def _idle_nla(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    if owner.tracks and not owner.animation.use_nla:
        yield owner.animated.name, lambda: setattr(owner.animation, "use_nla", True)


def _weak_actions(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    animation = owner.animation
    if owner.is_baked and animation.action_influence < 1.0:
        yield animation.action.name, lambda: setattr(animation, "action_influence", 1.0)
    for strip in (strip for track in owner.tracks for strip in track.strips):
        if strip.use_animated_influence:
            yield strip.name, lambda strip=strip: setattr(strip, "use_animated_influence", False)


def _drivers(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    for driver in owner.animation.drivers:
        if driver.data_path in owner.paths and not driver.mute:
            yield _short(driver.data_path), lambda driver=driver: setattr(driver, "mute", True)


def _muted_keys(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    for key in _performed_keys(owner):
        if key.mute:
            yield key.name, lambda key=key: setattr(key, "mute", False)


def _limited_keys(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    for key in _performed_keys(owner):
        if key.slider_max < 1.0:
            yield key.name, lambda key=key: setattr(key, "slider_max", 1.0)


def _performed_keys(owner: Owner) -> list[Any]:
    if owner.item is owner.animated:
        return []
    return [key for key in owner.animated.key_blocks if f"{key.path_from_id()}.value" in owner.paths]


def _pinned_key(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    if owner.item is not owner.animated and owner.item.show_only_shape_key:
        shown = owner.item.active_shape_key or owner.animated.reference_key
        yield shown.name, lambda: setattr(owner.item, "show_only_shape_key", False)


def _absolute_keys(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    if owner.item is not owner.animated and not owner.animated.use_relative:
        yield owner.animated.name, lambda: setattr(owner.animated, "use_relative", True)


def _disabled_modifiers(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    for modifier in (modifier for mesh in owner.meshes for modifier in mesh.modifiers):
        if modifier.type == "ARMATURE" and not (modifier.show_viewport and modifier.show_render):
            yield modifier.name, lambda modifier=modifier: _enable(modifier)


def _enable(modifier: Any) -> None:
    modifier.show_viewport = modifier.show_render = True


def _rest_position(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    if owner.item is owner.animated and owner.item.data.pose_position == "REST":
        yield owner.item.data.name, lambda: setattr(owner.item.data, "pose_position", "POSE")


def _constraints(owner: Owner) -> Iterator[tuple[str, Callable[[], None]]]:
    for bone in owner.item.pose.bones if owner.item is owner.animated else ():
        is_moved = any(path.startswith(f"{bone.path_from_id()}.") for path in owner.paths)
        for constraint in bone.constraints if is_moved else ():
            if not constraint.mute and constraint.influence > 0.0:
                yield f"{bone.name}: {constraint.name}", lambda constraint=constraint: setattr(constraint, "mute", True)


def _short(data_path: str) -> str:
    """`key_blocks["jawOpen"].value` -> jawOpen."""
    return data_path.split('"')[1] if '"' in data_path else data_path


KINDS: dict[str, Kind] = {
    "COVERING_ACTION": Kind("The active Action {subject} of {object} lies over the tracks", "Lay It Aside", _covering_action),
    "SLOT": Kind("{subject} on {object} has no slot, or a wrong one", "Use the Right Slot", _missing_slots),
    "MUTED_TRACK": Kind("The track {subject} of {object} is muted", "Unmute", _muted_tracks, is_choice=True),
    "SOLO_TRACK": Kind("The track {subject} of {object} is soloed, which silences the others", "End Solo", _solo_tracks),
    "TRACK_ABOVE": Kind("The track {subject} of {object} covers those below it", "Mute It", _tracks_above, is_choice=True),
    "NLA": Kind("NLA tracks of {object} are switched off", "Switch Them On", _idle_nla),
    "INFLUENCE": Kind("{subject} on {object} has not full influence", "Give It Full Influence", _weak_actions, is_choice=True),
    "DRIVER": Kind("A driver moves {subject} of {object}, whatever the keys say", "Mute Drivers", _drivers),
    "MUTED_KEY": Kind("The shape key {subject} of {object} is muted", "Unmute", _muted_keys, is_choice=True),
    "LIMITED_KEY": Kind("The range of {subject} of {object} ends below 1", "Widen", _limited_keys, is_choice=True),
    "PINNED_KEY": Kind("{object} shows its shape key {subject} alone", "Show All Shape Keys", _pinned_key),
    "ABSOLUTE_KEYS": Kind("The shape keys of {object} are not relative", "Make Them Relative", _absolute_keys),
    "MODIFIER": Kind("The modifier {subject} of {object} is switched off", "Switch On", _disabled_modifiers, is_choice=True),
    "REST_POSITION": Kind("{object} is shown in rest position", "Show the Pose", _rest_position),
    "CONSTRAINT": Kind("A constraint holds {subject} of {object}", "Mute Constraints", _constraints, is_choice=True),
}
"""Every kind of obstacle, in the order in which they are looked for."""
