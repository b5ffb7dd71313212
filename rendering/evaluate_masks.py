"""Judges the mask predictor on people that it never saw, region by region."""

from pathlib import Path

import numpy as np
import torch

from ..bridge.data.gbuffer import REGION_NAMES
from ..bridge.data.render_set import Split
from .data import RenderSets
from .data.sets import PEOPLE_FOLDER
from .mask_points import PeoplePoints
from .metrics import mask_overlap
from .training.masks import read_masks


def mask_scores(source: Path, split: Split, weights: Path) -> np.ndarray:
    """Intersection over union of predicted and true regions: (F, R + 1), NaN where a frame does not show a region; the last is
    the figure as a whole. weights: the folder of the mask predictor."""
    predictor, people = read_masks(weights), PeoplePoints(source / PEOPLE_FOLDER)
    scores = []
    for frames in RenderSets(source, split):
        for frame, points in zip(frames.frames, people.of(frames), strict=True):
            told = torch.from_numpy(points).float()[None], torch.from_numpy(frame.blend_shapes).float()[None]
            truth = frame.gbuffer.region
            made = predictor.mask(*told, truth.shape[:2])[0].numpy()
            shares = [mask_overlap(made, truth, [region]) for region in range(len(REGION_NAMES))]
            scores.append([*shares, mask_overlap(made > 0, truth > 0, [True])])
    return np.array(scores)


def mask_table(scores: np.ndarray) -> str:
    """One line: the mean over the frames' means over their regions, each region, and the figure as a whole."""
    named = zip((*REGION_NAMES, "figure as a whole"), scores.T, strict=True)
    by_region = ", ".join(f"{name} {np.nanmean(values):.3f}" for name, values in named if np.isfinite(values).any())
    return f"Mask overlap (IoU): mean of regions {np.nanmean(scores[:, :-1], axis=1).mean():.3f}; {by_region}"
