"""Put each obstacle in the way of a take, look whether it is named, mend it. Arguments: a clip, a folder to write into."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import enabled_extension
import numpy as np

clip, folder = sys.argv[1], Path(sys.argv[2])
bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from vivavoce.addon.scene import actions, compat  # noqa: E402

ops = bpy.ops.vivavoce
JAW = 'key_blocks["jawOpen"].value'


def face() -> Any:
    return bpy.data.objects["Vivavoce Human"]


def rig() -> Any:
    return bpy.data.objects["Vivavoce Rig"]


def animation() -> Any:
    return face().data.shape_keys.animation_data


def track(name: str) -> Any:
    return animation().nla_tracks[f"Vivavoce {name}"]


def still_action() -> tuple[Any, Any]:
    """Keys of jawOpen at rest."""
    curve = actions.Curve(JAW, np.zeros(2))
    return actions.write_action(face().data.shape_keys, "still", np.array([1.0, 100.0]), [curve])


def cover_with_action() -> None:
    actions.activate(face().data.shape_keys, *still_action())


def cover_head_with_action() -> None:
    curves = [actions.Curve('pose.bones["head"].rotation_quaternion', np.full(2, w), i) for i, w in enumerate((1, 0, 0, 0))]
    frames = np.array([1.0, 100.0])
    actions.activate(rig(), *actions.write_action(rig(), "still head", frames, curves))


def take_slot_away() -> None:
    track("lips").strips[0].action_slot = None


def give_wrong_slot() -> None:
    strip = track("lips").strips[0]
    strip.action_slot = strip.action.slots.new(id_type="KEY", name="empty")


def solo() -> None:
    track("blinks").is_solo = True


def track_above() -> None:
    action, slot = still_action()
    above = animation().nla_tracks.new()
    above.name = "above"
    strip = above.strips.new("still", 1, action)
    if slot is not None:
        strip.action_slot = slot


def lower_influence() -> None:
    strip = track("lips").strips[0]
    strip.use_animated_influence, strip.influence = True, 0.1


def drive() -> None:
    driver = face().data.shape_keys.driver_add(JAW).driver
    driver.type, driver.expression = "SCRIPTED", "0.0"


def constrain() -> None:
    for name in ("neck", "head"):
        rig().pose.bones[name].constraints.new("LIMIT_ROTATION").use_limit_x = True
        limit = rig().pose.bones[name].constraints[0]
        limit.use_limit_y = limit.use_limit_z = True


def remove_tracks() -> None:
    for animated in (face().data.shape_keys, rig()):
        for own in actions.performance_tracks(animated):
            actions.clear_track(own)
            animated.animation_data.nla_tracks.remove(own)


def assigned(item: Callable[[], Any], field: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(item(), field, value)


def key(name: str) -> Any:
    return face().data.shape_keys.key_blocks[name]


MAKERS: dict[str, tuple[str, Callable[[], None]]] = {
    "action over the face": ("COVERING_ACTION", cover_with_action),
    "action over the head": ("COVERING_ACTION", cover_head_with_action),
    "muted track": ("MUTED_TRACK", assigned(lambda: track("lips"), "mute", True)),
    "muted strip": ("MUTED_TRACK", assigned(lambda: track("lips").strips[0], "mute", True)),
    "solo": ("SOLO_TRACK", solo),
    "track above": ("TRACK_ABOVE", track_above),
    "NLA off": ("NLA", assigned(animation, "use_nla", False)),
    "influence": ("INFLUENCE", lower_influence),
    "driver": ("DRIVER", drive),
    "muted key": ("MUTED_KEY", assigned(lambda: key("jawOpen"), "mute", True)),
    "limited key": ("LIMITED_KEY", assigned(lambda: key("jawOpen"), "slider_max", 0.1)),
    "pinned key": ("PINNED_KEY", assigned(face, "show_only_shape_key", True)),
    "absolute keys": ("ABSOLUTE_KEYS", assigned(lambda: face().data.shape_keys, "use_relative", False)),
    "modifier": ("MODIFIER", assigned(lambda: face().modifiers[0], "show_viewport", False)),
    "rest position": ("REST_POSITION", assigned(lambda: rig().data, "pose_position", "REST")),
    "constraints": ("CONSTRAINT", constrain),
    "gone": ("GONE", remove_tracks),
}
if compat.HAS_ACTION_SLOTS:
    MAKERS |= {"no slot": ("SLOT", take_slot_away), "wrong slot": ("SLOT", give_wrong_slot)}


ops.add_open_human()
ops.import_motion(filepath=clip)
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "fresh.blend"))


def seen() -> dict[str, Any]:
    review = rig().vivavoce.review
    return {"mouth": review.mouth, "head": review.head, "findings": [finding.kind for finding in review.findings]}


said: dict[str, Any] = {}
for name, (kind, make) in MAKERS.items():
    bpy.ops.wm.open_mainfile(filepath=str(folder / "fresh.blend"))
    before = seen()
    make()
    ops.prove()
    stopped = seen()
    text = ". ".join(finding.text for finding in rig().vivavoce.review.findings)
    mended = enabled_extension.complaint(ops.mend, finding=kind) or seen()
    said[name] = {"kind": kind, "before": before, "stopped": stopped, "text": text, "mended": mended}
enabled_extension.disable()
print(json.dumps(said))
