"""Judges a renderer on people and lights that it never saw: by mode, by method, and by how far the nearest hero frame is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..bridge.data.gbuffer import REGION_NAMES
from ..bridge.data.render_set import RenderFrame, RenderSet, Split
from .base import Base
from .conditioning import Conditions, sampled
from .data import RenderSets
from .metrics import MEASURES, flicker_ratio, temporal_error, view_error
from .models.planes import MODES
from .models.renderer import Renderer
from .pictures import srgb_from_linear
from .rivals import OtherPictures, fitted_harmonics, headlight
from .training.prepare import SetLights, azimuth_gap_deg, conditions_of, lit, with_sequence_samples

PARTS: Mapping[str, tuple[str, ...]] = {"figure": REGION_NAMES[1:], "mouth": ("lips", "mouth"), "eyes": ("eyes",)}
GAPS_DEG = (25.0, 60.0, 180.0)
_LEAST_PIXELS = 20

Paint = Callable[[RenderFrame, Base, Conditions], np.ndarray]
"""A method: (H, W, 3) linear, weighted by alpha."""


@dataclass(frozen=True)
class Score:
    """One frame by one method. value: of the measure over the part; gap_deg: to the nearest hero frame, 180 where none counts."""

    method: str
    mode: str
    measure: str
    part: str
    gap_deg: float
    value: float


def base_alone(frame: RenderFrame, base: Base, conditions: Conditions) -> np.ndarray:
    """Fitted or known light and reprojection, without a network."""
    return base.picture * frame.gbuffer.alpha[..., None]


def denoised_sample(frame: RenderFrame, base: Base, conditions: Conditions) -> np.ndarray:
    """Cycles at one sample with OpenImageDenoise, guided by albedo and normal as Blender does it."""
    return sampled(frame.gbuffer, base)[1][..., :3]


ONLY_IN: Mapping[object, str] = {headlight: "look", fitted_harmonics: "look", denoised_sample: "boost", OtherPictures: "boost"}
"""Methods, or classes of them, that are shown with one mode alone and use nothing of ours: no neighbours' samples either."""


def by_renderer(renderer: Renderer, steps: int, seed: int = 0) -> Paint:
    return lambda frame, base, conditions: renderer.frame(frame.gbuffer, base, conditions, steps, seed)


SILENCEABLE: tuple[str, ...] = ("view experts", "region experts", "detail", "reference")


def silenced(renderer: Renderer, part: str) -> Renderer:
    """The same weights with one part switched off; not what a network without it would have learnt to do."""
    model = deepcopy(renderer.model)
    if part == "view experts":
        model.gate.log_reach.data.fill_(10.0)
    elif part == "region experts":
        model.experts = None
    elif part == "detail":
        model.detail = None
    else:
        model.tokens.has_reference = False
    return Renderer(model)


def scores_of(
    source: Path,
    split: Split,
    methods: Mapping[str, Paint],
    heroes: int,
    report: Callable[[float, str], None],
    modes: Sequence[str] = MODES,
    most_heroes: int = 0,
) -> list[Score]:
    """Every measure of every frame of a split that is no hero frame.

    heroes: how many hero frames tell of the look, 1 to 3. A set has two; views stand in for more, and as many as `most_heroes`
    wants are not judged, so that other numbers of heroes are judged by the same frames.
    """
    scores: list[Score] = []
    sets = RenderSets(source, split)
    for index, frames in enumerate(sets):
        report(index / len(sets), f"set {index + 1} of {len(sets)}")
        scores += _set_scores(frames, methods, heroes, modes, max(heroes, most_heroes))
    return scores


def _set_scores(frames: RenderSet, methods: Mapping[str, Paint], heroes: int, modes: Sequence[str], most: int) -> list[Score]:
    spare = [index for index, frame in enumerate(frames.frames) if frame.role == "view"][: max(most - 2, 0)]
    kept = [index for index, frame in enumerate(frames.frames) if frame.role != "hero" and index not in spare]
    shown = (*frames.frames_of("hero"), *(frames.frames[index] for index in spare))[:heroes]
    lights, films = SetLights(frames), with_sequence_samples(frames)
    traced, judged = ([each.frames[index] for index in kept] for each in (frames, films))
    scores: list[Score] = []
    for mode in modes:
        if (mode == "look" and not shown) or (mode == "boost" and judged[0].gbuffer.radiance is None):
            continue
        told = lights.fitted(shown) if mode == "look" else lights.known(shown)
        prepared = [lit(frame, *told) for frame in judged]
        for name, paint in methods.items():
            only = ONLY_IN.get(paint) or ONLY_IN.get(type(paint))
            if only not in (None, mode):
                continue
            made = [
                paint(frame, base, conditions_of(frames, frame, mode, shown, buffers))
                for frame, (base, buffers) in zip(traced if only else judged, prepared, strict=True)
            ]
            scores += _scores(name, mode, judged, [srgb_from_linear(picture) for picture in made], shown)
    return scores


def _scores(
    method: str, mode: str, frames: Sequence[RenderFrame], made: Sequence[np.ndarray], heroes: Sequence[RenderFrame]
) -> Iterator[Score]:
    truths = [srgb_from_linear(frame.truth) for frame in frames]
    for frame, picture, truth in zip(frames, made, truths, strict=True):
        gap = azimuth_gap_deg(frame, heroes)
        for part, names in PARTS.items():
            mask = np.isin(frame.gbuffer.region, [REGION_NAMES.index(name) for name in names]) & (frame.gbuffer.alpha > 0.5)
            if mask.sum() >= _LEAST_PIXELS:
                for measure, judge in MEASURES.items():
                    yield Score(method, mode, measure, part, gap, judge(picture, truth, mask))
    moving = [index for index, frame in enumerate(frames) if frame.role == "sequence"]
    if len(moving) > 1:
        shown, true = [made[index] for index in moving], [truths[index] for index in moving]
        yield Score(method, mode, "tde", "frame", 180.0, temporal_error(shown, true))
        yield Score(method, mode, "flicker", "frame", 180.0, flicker_ratio(shown, true))
    elif len(frames) > 1:
        pair = frames[0].gbuffer, frames[1].gbuffer
        for name, pictures in ((method, made), ("truth", truths)):
            yield Score(name, mode, "view", "frame", 180.0, view_error(pictures[0], pictures[1], pair))


def mean_score(scores: Sequence[Score], method: str, mode: str, measure: str, part: str, most_deg: float = 180.0) -> float:
    """The mean over frames no farther from a hero frame than this; NaN where there are none."""
    values = [
        score.value
        for score in scores
        if (score.method, score.mode, score.measure, score.part) == (method, mode, measure, part)
        and score.gap_deg <= most_deg
        and np.isfinite(score.value)
    ]
    return float(np.mean(values)) if values else float("nan")
