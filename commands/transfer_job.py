"""The worker's job `transfer`: a head's mesh in, its 52 blend shapes out, or only the landmarks that were found on it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np

from ..bridge.errors import ModelMissing
from ..bridge.formats.open_human import load_open_human
from ..bridge.formats.safe_npz import read_arrays, write_arrays
from ..bridge.formats.transfer_arrays import LIMITS, HeadRequest, HeadShapes, request_from, shapes_arrays
from ..bridge.jobs import JobFiles, JobKind, ReportProgress

_FINDING_SHARE = 0.15


@dataclass(frozen=True)
class TransferOptions:
    """How the shapes are made."""

    gains: Mapping[str, float] = field(default_factory=dict)
    """Amplitude of single shapes against the open human's: name -> factor."""
    only_landmarks: bool = False
    """Find the landmarks and make nothing."""


def transfer_kind() -> JobKind:
    return JobKind("transfer", "a head of any topology gets the 52 ARKit shapes", TransferOptions, transfer)


def transfer(options: TransferOptions, files: JobFiles, report: ReportProgress) -> None:
    """Write the shapes. Raises InvalidInput where the face is not found, ModelMissing without scipy."""
    assert files.input is not None
    request = request_from(read_arrays(files.input, LIMITS))
    try:
        shapes = head_shapes(request, options, report)
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed beside the server. Install it with pip install 'vivavoce[motion]'."
        raise ModelMissing(message) from error
    write_arrays(files.output, shapes_arrays(shapes))


def head_shapes(request: HeadRequest, options: TransferOptions, report: ReportProgress) -> HeadShapes:
    """The open human's shapes on a head. Raises InvalidInput where the face is not found or not understood."""
    from ..motion.transfer.mesh import HeadMesh
    from ..motion.transfer.source import open_human_head, prepared_source
    from ..motion.transfer.transfer import created_shapes, landing, used_points

    report(0.0, "looking for the face")
    target = landing(HeadMesh(request.vertices, request.triangles), request.landmarks)
    if options.only_landmarks:
        return HeadShapes((), np.zeros((0, len(request.vertices), 3), np.float32), used_points(target.face), {})
    report(0.5 * _FINDING_SHARE, "reading the open human")
    source = prepared_source(open_human_head(load_open_human()))
    made = created_shapes(
        source, target, options.gains, lambda share, stage: report(_FINDING_SHARE + (1.0 - _FINDING_SHARE) * share, stage)
    )
    quality = {name: value for name, value in asdict(made.quality).items() if isinstance(value, float)}
    return HeadShapes(made.names, made.offsets, made.points, quality)
