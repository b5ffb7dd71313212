"""Crops of prepared frames as batches to learn from, with the changes under which light and faces stay true."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from ...bridge.data.gbuffer import REGION_NAMES
from ..conditioning import HEROES, mirrored_planes, mirrored_told
from ..models.planes import LIGHT_PLANES, MODES, PLANES
from ..models.tokens import LOOK_CHANNELS, LOOK_SIDE_PX, Told
from ..models.tone import decoded, encoded
from .frame_files import SAMPLED, PreparedFrame

_FINE_REGIONS = [REGION_NAMES.index(name) for name in ("eyes", "mouth", "lips")]
_FINE_CHANCE = 0.35
_GAIN_SPREAD, _TINT_SPREAD = 0.25, 0.12


@dataclass(frozen=True, eq=False)
class Crops:
    """planes: (B, PLANE_CHANNELS, S, S) linear. truth: (B, 3, S, S) encoded. true_detail: (B, 1, S, S). noise: (B, 3, S, S).
    motion_px: (B, 2, S, S)."""

    planes: Tensor
    told: Told
    truth: Tensor
    true_detail: Tensor
    noise: Tensor
    motion_px: Tensor

    def to(self, device: torch.device) -> "Crops":
        return Crops(**{item.name: getattr(self, item.name).to(device) for item in fields(self)})


@dataclass(frozen=True)
class _Choice:
    """What is drawn once for a crop, and holds for the frame before it too."""

    mode: str
    rows: slice
    columns: slice
    has_heroes: bool
    is_mirrored: bool
    gain: Tensor
    order: Tensor
    signs: Tensor


def drawn_crops(frames: Sequence[PreparedFrame], rng: np.random.Generator, count: int, side_px: int) -> Crops:
    """`count` crops of random frames, in random modes. side_px: their side, or 0 for whole frames (which are of one size)."""
    picked = [frames[index] for index in rng.integers(len(frames), size=count)]
    return _stacked([_crop(frame, _choice(frame, rng, side_px)) for frame in picked])


def drawn_pairs(frames: Sequence[PreparedFrame], rng: np.random.Generator, count: int, side_px: int) -> tuple[Crops, Crops]:
    """Crops of consecutive frames at the same place: those before, and those now. frames: with one before each."""
    picked = [frames[index] for index in rng.integers(len(frames), size=count)]
    choices = [_choice(frame, rng, side_px) for frame in picked]
    before = [_crop(frame.before, choice) for frame, choice in zip(picked, choices, strict=True) if frame.before]
    return _stacked(before), _stacked([_crop(*pair) for pair in zip(picked, choices, strict=True)])


def whole_frame(frame: PreparedFrame, mode: str) -> Crops:
    """A whole frame as it is, as a batch of one, cut at the right and the bottom to multiples of 16."""
    height, width = (side - side % 16 for side in frame.size)
    ones = torch.ones(3)
    shown = _is_shown_heroes(frame, mode)
    choice = _Choice(mode, slice(0, height), slice(0, width), shown, False, ones, torch.arange(3), ones)
    return _stacked([_crop(frame, choice)])


def modes_of(frame: PreparedFrame) -> list[str]:
    return [mode for mode in MODES if mode in frame.kinds or (mode == "boost" and frame.has_sample)]


def _choice(frame: PreparedFrame, rng: np.random.Generator, side_px: int) -> _Choice:
    mode = str(rng.choice(modes_of(frame)))
    rows, columns = _place(frame, rng, side_px)
    gain = np.exp(rng.normal(0.0, _GAIN_SPREAD) + rng.normal(0.0, _TINT_SPREAD, 3))
    return _Choice(
        mode,
        rows,
        columns,
        has_heroes=_is_shown_heroes(frame, mode),
        is_mirrored=bool(rng.random() < 0.5),
        gain=torch.from_numpy(gain).float(),
        order=torch.from_numpy(rng.permutation(3)),
        signs=torch.from_numpy(rng.choice([-1.0, 1.0], 3)).float(),
    )


def _is_shown_heroes(frame: PreparedFrame, mode: str) -> bool:
    return mode == "look" or frame.has_heroes


def _place(frame: PreparedFrame, rng: np.random.Generator, side_px: int) -> tuple[slice, slice]:
    """A window around a pixel of the figure, often one of eyes or mouth."""
    height, width = frame.size
    if not side_px or side_px >= min(height, width):
        return slice(0, height - height % 16), slice(0, width - width % 16)
    region = frame.window("surface", slice(None, None, 4), slice(None, None, 4))[PLANES["region"]][0].numpy()
    is_fine = np.isin(region, _FINE_REGIONS)
    wanted = is_fine if is_fine.any() and rng.random() < _FINE_CHANCE else region > 0
    rows, columns = np.nonzero(wanted)
    at = int(rng.integers(len(rows))) if len(rows) else 0
    centre = (4 * int(rows[at]), 4 * int(columns[at])) if len(rows) else (height // 2, width // 2)
    jitter = rng.integers(-side_px // 4, side_px // 4 + 1, size=2)
    top, left = (
        int(np.clip(middle + shift - side_px // 2, 0, side - side_px))
        for middle, shift, side in zip(centre, jitter, (height, width), strict=True)
    )
    return slice(top, top + side_px), slice(left, left + side_px)


def _crop(frame: PreparedFrame, choice: _Choice) -> Crops:
    place = (choice.rows, choice.columns)
    kind = "look" if choice.mode == "look" else "scene"
    truth = frame.window("truth", *place)
    nothing = truth.new_zeros(SAMPLED.stop - SAMPLED.start, *truth.shape[1:])
    sampled = frame.window("sampled", *place) if choice.mode == "boost" else nothing
    planes = torch.cat([frame.window("surface", *place), frame.window(kind, *place), sampled])[None]
    told = _told(frame, choice)
    if choice.has_heroes:
        planes[:, PLANES["normal"]] = torch.einsum("ij,bjhw->bihw", frame.tensor("to_reference"), planes[:, PLANES["normal"]])
    gain = choice.gain[:, None, None]
    for name in LIGHT_PLANES:
        planes[:, PLANES[name]] *= gain.repeat((PLANES[name].stop - PLANES[name].start) // 3, 1, 1)
    # Both are of encoded pictures, which grow with a root of the light: near enough for a part of a picture near grey.
    swell = float(choice.gain.mean()) ** (1.0 / 2.4)
    for name in ("detail", "carried"):
        planes[:, PLANES[name]] *= swell
    noise = frame.window("noise", *place)[choice.order] * choice.signs[:, None, None]
    made = Crops(
        planes=planes,
        told=told,
        truth=encoded(truth * gain)[None],
        true_detail=swell * frame.window("true_detail", *place)[None],
        noise=noise[None],
        motion_px=frame.window("motion_px", *place)[None],
    )
    return _mirrored(made) if choice.is_mirrored else made


def _told(frame: PreparedFrame, choice: _Choice) -> Told:
    pose, look = frame.tensor("told_pose"), torch.zeros(HEROES, LOOK_CHANNELS, LOOK_SIDE_PX, LOOK_SIDE_PX)
    has_look = torch.zeros(HEROES, dtype=torch.bool)
    if choice.has_heroes:
        pose = (frame.tensor("to_reference") @ pose.reshape(2, 3).T).T.reshape(-1)
        look, has_look = frame.tensor("told_look"), frame.tensor("told_has_look") > 0.5
        look[:, :3] = encoded(decoded(look[:, :3]) * choice.gain[:, None, None])
    return Told(
        look=look[None],
        has_look=has_look[None],
        view=frame.tensor("told_view")[None],
        pose=pose[None],
        expression=frame.tensor("told_expression")[None],
        emotion=frame.tensor("told_emotion")[None],
        mode=torch.tensor([MODES.index(choice.mode)]),
    )


def _mirrored(made: Crops) -> Crops:
    motion_px = made.motion_px.flip(-1) * made.motion_px.new_tensor([-1.0, 1.0])[:, None, None]
    return Crops(
        mirrored_planes(made.planes),
        mirrored_told(made.told),
        made.truth.flip(-1),
        made.true_detail.flip(-1),
        made.noise.flip(-1),
        motion_px,
    )


def _stacked(crops: Sequence[Crops]) -> Crops:
    told = Told(*(torch.cat([getattr(each.told, item.name) for each in crops]) for item in fields(Told)))
    rest = {item.name: torch.cat([getattr(each, item.name) for each in crops]) for item in fields(Crops) if item.name != "told"}
    return Crops(told=told, **rest)
