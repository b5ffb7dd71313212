"""vivavoce calibrate: fit the mouth shapes to captured faces."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import tyro

from ..bridge.errors import InvalidInput
from ..motion.articulation.mouth_shapes import MOUTH_SHAPES_PATH
from .console import STDOUT, progress_bar


@dataclass(frozen=True)
class Calibrate:
    """Fit viseme shapes, their strengths and their reaches to captured faces (needs the `motion` extra)."""

    data: Annotated[Path, tyro.conf.Positional]
    """Folder with `grid_train` (recordings, sentences, tracked mouths) and `facegood` (recordings, hand-cleaned curves)."""
    out: Path = MOUTH_SHAPES_PATH
    """Where the shapes go."""
    steps: int = 200
    """Steps of gradient descent."""
    rigidity: float = 0.0003
    """How hard the shapes hold on to the textbook's where they start."""
    hold_out: int = 5
    """Every how many-th clip is kept aside to score the fit on."""

    def __post_init__(self) -> None:
        if self.steps < 1 or self.rigidity < 0.0 or self.hold_out < 2:
            raise InvalidInput("Calibration needs at least one step, a rigidity of at least 0, and a hold-out of at least 2.")


def run(config: Calibrate) -> None:
    from ..motion.articulation.calibrate import calibrated_shapes, opening_correlation
    from ..motion.articulation.captured import captured_clips
    from ..motion.articulation.mouth_shapes import write_mouth_shapes

    with progress_bar() as report:
        clips, digest = [], hashlib.sha256()
        for clip in captured_clips(config.data, lambda share: report(0.6 * share, "listening to the captured faces")):
            clips.append(clip)
            digest.update(clip.name.encode() + b"".join(curve.tobytes() for curve in clip.curves.values()))
        kept_aside = [clip for clip in clips[:: config.hold_out] if "opening" in clip.curves]
        fitted_on = [clip for clip in clips if clip not in kept_aside]
        fit = calibrated_shapes(
            fitted_on, config.steps, config.rigidity, lambda share, loss: report(0.6 + 0.4 * share, f"fitting, loss {loss:.3f}")
        )
    correlation = opening_correlation(fit, kept_aside)
    provenance = {
        "command": f"vivavoce calibrate --steps {config.steps} --rigidity {config.rigidity} --hold-out {config.hold_out}",
        "data": f"{len(fitted_on)} clips of GRID (CC BY 4.0) and FACEGOOD-Audio2Face (MIT), sha256 {digest.hexdigest()[:16]}",
        "held_out": f"correlation of the lips' opening on {len(kept_aside)} clips: {correlation:.3f}",
    }
    write_mouth_shapes(replace(fit, provenance=provenance), config.out)
    STDOUT.print(f"{config.out}: {provenance['held_out']}")
