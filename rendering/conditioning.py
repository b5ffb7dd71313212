"""What a renderer is told of a frame beside its G-buffer, and how all of it becomes the planes and tokens of the network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..bridge.data import ARKIT_NAMES, EMOTION_NAMES, Camera, GBuffer, mirrored_name
from ..bridge.data.gbuffer import REGION_NAMES
from ..bridge.errors import InvalidInput
from .base import Base
from .denoise import denoised
from .light import LightBuffers
from .models.detail import detail_map
from .models.planes import MODES, PLANE_CHANNELS, PLANES
from .models.tokens import LOOK_CHANNELS, LOOK_SIDE_PX, POSE_WIDTH, Told
from .models.tone import encoded

HEROES = 3
"""Hero frames at most."""
_DEPTH_UNIT_M = 0.1
_MIRRORED_SHAPES = np.array([ARKIT_NAMES.index(mirrored_name(name)) for name in ARKIT_NAMES])


@dataclass(frozen=True, eq=False)
class HeroFrame:
    """A finished picture of the character. picture: (H, W, 3) linear, black where nothing is; gbuffer: what it shows."""

    picture: np.ndarray
    gbuffer: GBuffer


@dataclass(frozen=True, eq=False)
class Conditions:
    """mode: one of MODES. heroes: at most three, the first gives the frame in which directions are told; without any it is the
    camera's own. light: known or fitted, on this frame. head_to_world (4, 4): carries the head's points from rest. blend_shapes
    (52,): ARKIT_NAMES. emotion (8,): EMOTION_NAMES. Raises InvalidInput.
    """

    mode: str
    heroes: tuple[HeroFrame, ...]
    light: LightBuffers
    head_to_world: np.ndarray
    blend_shapes: np.ndarray
    emotion: np.ndarray

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise InvalidInput(f"A picture is made by {', '.join(MODES)}, not by {self.mode!r}.")
        if self.mode == "look" and not self.heroes:
            raise InvalidInput("The mode look takes the character's look from a hero frame: give one with --reference.")
        if len(self.heroes) > HEROES:
            raise InvalidInput(f"At most {HEROES} hero frames are used, not {len(self.heroes)}.")
        for name, shape in (("head_to_world", (4, 4)), ("blend_shapes", (len(ARKIT_NAMES),)), ("emotion", (len(EMOTION_NAMES),))):
            if np.shape(getattr(self, name)) != shape:
                raise InvalidInput(f"The conditions' {name} is {np.shape(getattr(self, name))}, and {shape} is wanted.")


def reference_camera(conditions: Conditions, camera: Camera) -> Camera:
    return conditions.heroes[0].gbuffer.camera if conditions.heroes else camera


def planes_of(gbuffer: GBuffer, base: Base, conditions: Conditions) -> np.ndarray:
    """(PLANE_CHANNELS, H, W) float32 as models/planes.py tells."""
    light, picture = conditions.light, base.picture * gbuffer.alpha[..., None]
    # At an edge a pixel may be covered whose centre sees nothing.
    seen = (gbuffer.alpha > 0.0) & np.isfinite(gbuffer.depth_z_m)
    position = np.where(seen[..., None], gbuffer.positions(), 0.0)
    view = gbuffer.camera.position_m - position
    view /= np.linalg.norm(view, axis=-1, keepdims=True)
    middle_m = float(np.median(gbuffer.depth_z_m[seen])) if seen.any() else 0.0
    nothing = np.zeros_like(picture), np.zeros((*picture.shape[:2], 6))
    radiance, without_noise = sampled(gbuffer, base) if conditions.mode == "boost" else nothing
    values: dict[str, np.ndarray] = {
        "normal": gbuffer.normal @ reference_camera(conditions, gbuffer.camera).camera_to_world[:3, :3],
        "facing": (gbuffer.normal * view).sum(axis=-1),
        "depth": np.clip((np.where(seen, gbuffer.depth_z_m, middle_m) - middle_m) / _DEPTH_UNIT_M, -4.0, 4.0),
        "roughness": gbuffer.roughness,
        "alpha": gbuffer.alpha,
        "region": gbuffer.region,
        "albedo": base.albedo,
        "base": picture,
        "irradiance": light.irradiance / np.pi,
        "reflection": light.reflection.reshape(*picture.shape[:2], -1),
        "occlusion": light.ambient_occlusion,
        "seen": base.seen,
        "carried": base.carried,
        "near": base.near,
        "detail": np.moveaxis(detail_of(picture), 0, -1),
        "radiance": radiance,
        "denoised": without_noise,
    }
    planes = np.zeros((PLANE_CHANNELS, *picture.shape[:2]), np.float32)
    for name, place in PLANES.items():
        plane = np.asarray(values[name], np.float32)
        planes[place] = plane[None] if plane.ndim == 2 else np.moveaxis(plane, -1, 0)
    return planes


def sampled(gbuffer: GBuffer, base: Base) -> tuple[np.ndarray, np.ndarray]:
    """The one sample (H, W, 3), and what is left without its noise (H, W, 6): guided by the albedo, and by the base.

    Raises InvalidInput where the G-buffer has none, ModelMissing without OpenImageDenoise.
    """
    if gbuffer.radiance is None:
        raise InvalidInput("The mode boost needs a pass of one sample: render the G-buffer with it, or use the mode scene.")
    alpha = gbuffer.alpha[..., None]
    guides = gbuffer.albedo * alpha, base.picture * alpha / max(float(base.picture.max()), 1e-3)
    made = [denoised(gbuffer.radiance, guide, gbuffer.normal) * (alpha > 0.0) for guide in guides]
    return gbuffer.radiance, np.concatenate(made, axis=-1)


def detail_of(picture: np.ndarray) -> np.ndarray:
    """The temporally-sensitive detail of a linear picture (H, W, 3) -> (1, H, W)."""
    return detail_map(encoded(torch.from_numpy(np.moveaxis(np.asarray(picture, np.float32), -1, 0)))).numpy()


def told_of(conditions: Conditions, camera: Camera) -> Told:
    """What the network is told of one frame, as a batch of one."""
    reference = reference_camera(conditions, camera)
    looks = [look_of(hero, reference) for hero in conditions.heroes]
    looks += [np.zeros((LOOK_CHANNELS, LOOK_SIDE_PX, LOOK_SIDE_PX), np.float32)] * (HEROES - len(looks))
    head = reference.world_to_camera[:3, :3] @ conditions.head_to_world[:3, :3]
    return Told(
        look=_row(np.stack(looks)),
        has_look=torch.arange(HEROES)[None] < len(conditions.heroes),
        view=_row(view_of(camera)),
        pose=_row(head[:, :2].T.reshape(POSE_WIDTH)),
        expression=_row(conditions.blend_shapes),
        emotion=_row(conditions.emotion),
        mode=torch.tensor([MODES.index(conditions.mode)]),
    )


def view_of(camera: Camera) -> np.ndarray:
    """(2,): azimuth (0 before the face, towards its left) and elevation of the camera as seen from the figure, radians."""
    right, up, ahead = camera.camera_to_world[:3, 2]
    return np.array([np.arctan2(right, ahead), np.arcsin(np.clip(up, -1.0, 1.0))])


def look_of(hero: HeroFrame, reference: Camera) -> np.ndarray:
    """A hero frame as tokens are read from it, cut to the figure: (LOOK_CHANNELS, LOOK_SIDE_PX, LOOK_SIDE_PX)."""
    gbuffer = hero.gbuffer
    rows, columns = np.nonzero(gbuffer.alpha > 0.5)
    look = np.zeros((LOOK_CHANNELS, LOOK_SIDE_PX, LOOK_SIDE_PX), np.float32)
    if not len(rows):
        return look
    share = (np.arange(LOOK_SIDE_PX) + 0.5) / LOOK_SIDE_PX
    row = (rows.min() + share * (rows.max() + 1 - rows.min())).astype(int)
    column = (columns.min() + share * (columns.max() + 1 - columns.min())).astype(int)
    pick = np.ix_(row, column)
    look[:3] = encoded(torch.from_numpy(np.moveaxis(np.asarray(hero.picture, np.float32)[pick], -1, 0))).numpy()
    look[3:6] = np.moveaxis(gbuffer.normal[pick] @ reference.camera_to_world[:3, :3], -1, 0)
    look[6:] = gbuffer.region[pick] == np.arange(len(REGION_NAMES))[:, None, None]
    return look


def mirrored_planes(planes: Tensor) -> Tensor:
    """The same frame in a mirror: (B, PLANE_CHANNELS, H, W), about the reference camera's upright plane."""
    flipped = planes.flip(-1)
    flipped[:, PLANES["normal"].start] *= -1.0
    return flipped


def mirrored_told(told: Told) -> Told:
    """What is told of a frame in a mirror; a rotation's columns mirror as M R M does."""
    look = told.look.flip(-1)
    look[:, :, 3] *= -1.0
    signs = told.pose.new_tensor([1.0, -1.0, -1.0, -1.0, 1.0, 1.0])
    view = told.view * told.view.new_tensor([-1.0, 1.0])
    shapes = told.expression[:, torch.from_numpy(_MIRRORED_SHAPES)]
    return Told(look, told.has_look, view, told.pose * signs, shapes, told.emotion, told.mode)


def joined(tolds: Sequence[Told]) -> Told:
    """Batches of one -> a batch."""
    return Told(*(torch.cat([getattr(told, name) for told in tolds]) for name in Told.__dataclass_fields__))


def _row(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))[None]
