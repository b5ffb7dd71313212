"""SetPlan: what Blender is told to render for one set of frames, as plain data that JSON holds."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..errors import InvalidInput
from .render_set import Role, Split

Colour = tuple[float, float, float]
Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class PosePlan:
    """blend_shapes: 52 weights in ARKit's order. joint_rotations: joint -> axis-angle in radians."""

    blend_shapes: tuple[float, ...]
    joint_rotations: dict[str, Colour]


@dataclass(frozen=True)
class FramePlan:
    """pose and camera of a frame, and both a frame before. Cameras: camera_to_world (4 x 4), SMPL-X's axes, metres."""

    role: Role
    time_s: float
    pose: PosePlan
    pose_before: PosePlan
    camera: Matrix
    camera_before: Matrix
    fov_y_rad: float


@dataclass(frozen=True)
class LampPlan:
    """As `Lamp`: kind, pose, strength in W (a sun: W/m2) per colour, size in metres or radians."""

    kind: str
    lamp_to_world: Matrix
    strength: Colour
    size: tuple[float, float]


@dataclass(frozen=True)
class LightPlan:
    """picture: one of Blender's studio lights, or "" for a sky that goes from `ground` by `horizon` to `zenith`.

    turn: 0..1 of a full turn about the vertical. level: the mean radiance that the surroundings are scaled to.
    """

    picture: str
    turn: float
    level: float
    ground: Colour
    horizon: Colour
    zenith: Colour
    lamps: tuple[LampPlan, ...]


@dataclass(frozen=True)
class LookPlan:
    """What a person's file does not say: how rough skin is against the usual, the share of light that wanders under it, the
    shadow of a shaven beard (0..1), and the iris."""

    skin_roughness: float
    subsurface: float
    beard: float
    iris_dark: Colour
    iris_bright: Colour
    iris_inner: Colour


@dataclass(frozen=True)
class SetPlan:
    """person: an open human's file. out: the set's file. side_px: of the square frames. samples: of the truth."""

    name: str
    split: Split
    identity: str
    person: str
    out: str
    side_px: int
    samples: int
    emotion: tuple[float, ...]
    look: LookPlan
    light: LightPlan
    frames: tuple[FramePlan, ...]


def plan_to_json(plan: SetPlan) -> str:
    return json.dumps(asdict(plan))


def plan_from_json(text: str) -> SetPlan:
    """The inverse of `plan_to_json`. Raises InvalidInput where a part is missing, unknown or of the wrong kind."""
    try:
        values = _tuples(json.loads(text))
        frames = tuple(_frame(frame) for frame in values.pop("frames"))
        light = values.pop("light")
        lamps = tuple(LampPlan(**lamp) for lamp in light.pop("lamps"))
        return SetPlan(
            **values | {"look": LookPlan(**values["look"]), "light": LightPlan(**light, lamps=lamps), "frames": frames}
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        known = ", ".join(item.name for item in fields(SetPlan))
        raise InvalidInput(f"This is no plan of a set of frames ({error}). A plan holds: {known}.") from error


def _frame(values: dict[str, Any]) -> FramePlan:
    pose, pose_before = PosePlan(**values.pop("pose")), PosePlan(**values.pop("pose_before"))
    return FramePlan(**values, pose=pose, pose_before=pose_before)


def _tuples(value: Any) -> Any:
    """JSON's lists as the tuples they were."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    return {key: _tuples(item) for key, item in value.items()} if isinstance(value, dict) else value
