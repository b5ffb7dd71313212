"""Makes frames of render sets ready to learn from: their bases and light buffers, once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...bridge.data.render_set import RenderFrame, RenderSet, Split
from ..accumulation import with_shared_samples
from ..base import Base, analytic_base
from ..conditioning import HEROES, Conditions, HeroFrame, detail_of, planes_of, reference_camera, sampled, told_of, view_of
from ..data import RenderSets
from ..heroes import Hero, hero_of
from ..light import LightBuffers, PreparedLight, fit_light, light_buffers
from ..models.surface_noise import surface_noise
from ..own_look import OwnLook, colour_alone
from .frame_files import LIT, SURFACE, without_nan, write_prepared

NOISE_SEED = 0
_BARE_SHARE = 0.15
"""Of the sets whose known light is told without any hero frame."""


def prepare_sets(
    source: Path, split: Split, folder: Path, report: Callable[[float, str], None], look: OwnLook | None = None
) -> int:
    """Prepare those sets that are not yet, and say how many frames were made. Can be stopped and called again.

    look: what is known of the one character that all sets show.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sets, made = RenderSets(source, split), 0
    for index, path in enumerate(sets.paths):
        report(index / len(sets), f"set {index + 1} of {len(sets)}")
        mark = folder / f"{path.stem}.done"
        if not mark.exists():
            made += prepare_set(sets[index], path.stem, folder, look)
            mark.touch()
    return made


def prepare_set(frames: RenderSet, stem: str, folder: Path, look: OwnLook | None = None) -> int:
    """Write each frame of a set as `<stem>-<index>.safetensors`."""
    frames = with_sequence_samples(frames)
    if look is not None:
        known = tuple(replace(frame, gbuffer=look.corrected(frame.gbuffer)) for frame in frames.frames)
        frames = replace(frames, frames=known)
    lights = SetLights(frames, look)
    rng = np.random.default_rng(list(stem.encode()))
    # One choice of heroes for a whole set, so that consecutive frames differ by what moves alone.
    order, count = rng.permutation(len(frames.frames_of("hero"))), int(rng.integers(1, HEROES + 1))
    is_bare = bool(rng.random() < _BARE_SHARE)
    for index, frame in enumerate(frames.frames):
        follows = index and frame.role == "sequence" and frames.frames[index - 1].role == "sequence"
        heroes = [hero for hero in (frames.frames_of("hero")[at] for at in order) if hero is not frame][:count]
        facts = {
            "before": f"{stem}-{index - 1:03d}.safetensors" if follows else "",
            "gap_deg": f"{azimuth_gap_deg(frame, heroes):.1f}",
            "role": frame.role,
            "identity": frames.identity,
            "heroes": "yes" if heroes and not is_bare else "no",
        }
        tensors = _tensors(frames, frame, heroes, () if is_bare else heroes, lights)
        write_prepared(folder / f"{stem}-{index:03d}.safetensors", {n: without_nan(t) for n, t in tensors.items()}, facts)
    return len(frames.frames)


def with_sequence_samples(frames: RenderSet) -> RenderSet:
    """The set whose consecutive frames share their samples, as a film's do."""
    following = [index for index, frame in enumerate(frames.frames) if frame.role == "sequence"]
    shared = dict(zip(following, with_shared_samples([frames.frames[index].gbuffer for index in following]), strict=True))
    kept = (replace(frame, gbuffer=shared.get(index, frame.gbuffer)) for index, frame in enumerate(frames.frames))
    return replace(frames, frames=tuple(kept))


def head_m(frames: RenderSet, frame: RenderFrame) -> np.ndarray:
    """(3,): where the head's joint is; on a character without one, the middle of what is seen."""
    if "head" not in frames.joint_names:
        return frame.gbuffer.anchor[np.isfinite(frame.gbuffer.depth_z_m)].mean(axis=0)
    return frame.joint_positions[frames.joint_names.index("head")]


class SetLights:
    """The lights of a set, known and fitted to each choice of hero frames, with these heroes without it; each is found once."""

    def __init__(self, frames: RenderSet, look: OwnLook | None = None) -> None:
        self.look = look
        self._focus_m = head_m(frames, frames.frames[0])
        self._known = PreparedLight(frames.light, self._focus_m)
        self._found: dict[tuple[int, ...], tuple[PreparedLight, list[Hero]]] = {}

    def known(self, heroes: Sequence[RenderFrame]) -> tuple[PreparedLight, list[Hero]]:
        return self._of((0, *(id(hero) for hero in heroes)), lambda: self._known, heroes)

    def fitted(self, heroes: Sequence[RenderFrame]) -> tuple[PreparedLight, list[Hero]]:
        def light() -> PreparedLight:
            surroundings = fit_light([hero.truth for hero in heroes], [hero.gbuffer for hero in heroes])
            return PreparedLight(surroundings, self._focus_m)

        return self._of((1, *(id(hero) for hero in heroes)), light, heroes)

    def _of(
        self, key: tuple[int, ...], light: Callable[[], PreparedLight], heroes: Sequence[RenderFrame]
    ) -> tuple[PreparedLight, list[Hero]]:
        if key not in self._found:
            found = light()
            bare = [hero_of(hero.truth, hero.gbuffer, light_buffers(hero.gbuffer, found)) for hero in heroes]
            self._found[key] = found, bare if self.look is None else [colour_alone(hero) for hero in bare]
        return self._found[key]


def azimuth_gap_deg(frame: RenderFrame, heroes: Sequence[RenderFrame]) -> float:
    """To the nearest hero frame; 180 without any."""
    here = view_of(frame.gbuffer.camera)[0]
    gaps = [abs((here - view_of(hero.gbuffer.camera)[0] + np.pi) % (2.0 * np.pi) - np.pi) for hero in heroes]
    return float(np.degrees(min(gaps, default=np.pi)))


def conditions_of(
    frames: RenderSet, frame: RenderFrame, mode: str, heroes: Sequence[RenderFrame], buffers: LightBuffers
) -> Conditions:
    shown = tuple(HeroFrame(hero.truth, hero.gbuffer) for hero in heroes)
    return Conditions(mode, shown, buffers, frame.head_to_world, frame.blend_shapes, frames.emotion)


def lit(
    frame: RenderFrame, light: PreparedLight, heroes: Sequence[Hero] = (), look: OwnLook | None = None
) -> tuple[Base, LightBuffers]:
    """The base of a frame under a light."""
    buffers = light_buffers(frame.gbuffer, light)
    base = analytic_base(frame.gbuffer, buffers, heroes)
    return base if look is None else look.completed(base, frame.gbuffer), buffers


def _tensors(
    frames: RenderSet, frame: RenderFrame, heroes: Sequence[RenderFrame], known: Sequence[RenderFrame], lights: SetLights
) -> dict[str, Tensor]:
    """heroes: what look is told by; known: what the modes that know the light are told by."""
    gbuffer = frame.gbuffer
    base, buffers = lit(frame, *lights.known(known), lights.look)
    alone = conditions_of(frames, frame, "scene", (), buffers)
    shown = conditions_of(frames, frame, "scene", heroes, buffers)
    planes = planes_of(gbuffer, base, alone)
    pictures = {
        "surface": planes[SURFACE],
        "scene": planes[LIT],
        "truth": np.moveaxis(frame.truth, -1, 0),
        "true_detail": detail_of(frame.truth),
        "noise": np.moveaxis(surface_noise(gbuffer.anchor, NOISE_SEED), -1, 0),
        "motion_px": np.moveaxis(gbuffer.motion_px, -1, 0),
        "to_reference": reference_camera(shown, gbuffer.camera).world_to_camera[:3, :3] @ gbuffer.camera.camera_to_world[:3, :3],
    }
    if heroes:
        guess, guessed = lit(frame, *lights.fitted(heroes), lights.look)
        pictures["look"] = planes_of(gbuffer, guess, conditions_of(frames, frame, "look", heroes, guessed))[LIT]
    if gbuffer.radiance is not None:
        pictures["sampled"] = np.moveaxis(np.concatenate(sampled(gbuffer, base), axis=-1), -1, 0)
    told, with_heroes = told_of(alone, gbuffer.camera), told_of(shown, gbuffer.camera)
    tensors = {name: torch.from_numpy(np.ascontiguousarray(values, np.float32)) for name, values in pictures.items()}
    tensors |= {f"told_{name}": getattr(told, name)[0] for name in ("view", "pose", "expression", "emotion")}
    return tensors | {"told_look": with_heroes.look[0], "told_has_look": with_heroes.has_look[0].float()}
