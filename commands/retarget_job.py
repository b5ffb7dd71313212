"""The worker's job `retarget`: a performance and a rig's geometry in, the values of everything that moves the rig's face out."""

from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from ..bridge.errors import ModelMissing
from ..bridge.formats.open_human import load_open_human
from ..bridge.formats.safe_npz import read_arrays, write_arrays
from ..bridge.jobs import JobFiles, JobKind, ReportProgress
from ..bridge.rigs.curves_file import curves_arrays, request_from
from ..bridge.rigs.geometry_file import LIMITS


@dataclass(frozen=True)
class RetargetOptions:
    """How the rig's face is understood."""

    face: Literal["quick", "thorough"] = "quick"
    """By nearest places, about a second; or by deformation transfer with contacts of lips and lids, some ten."""


def retarget_kind() -> JobKind:
    description = "a performance goes onto any rig: by what its shape keys and bones do to the skin"
    return JobKind("retarget", description, RetargetOptions, retarget)


def retarget(options: RetargetOptions, files: JobFiles, report: ReportProgress) -> None:
    """Write the curves, the poses of bones, and the scores. Raises InvalidInput, ModelMissing without scipy."""
    assert files.input is not None
    try:
        from ..motion.retarget.onto_rig import retarget_onto
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed beside the server. Install it with pip install 'vivavoce[motion]'."
        raise ModelMissing(message) from error
    clip, geometry = request_from(read_arrays(files.input, LIMITS))
    result = retarget_onto(clip, geometry, load_open_human(), options.face, report)
    scores = {f"score_{name}": np.array(value) for name, value in asdict(result.scores).items() if value is not None}
    write_arrays(files.output, {**curves_arrays(result.curves, result.poses), **scores})
