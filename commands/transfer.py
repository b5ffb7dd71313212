"""`vivavoce transfer`: the 52 ARKit shapes on a head that has none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tyro
from rich.table import Table

from ..bridge.errors import InvalidInput
from ..bridge.formats import whole_file
from ..bridge.formats.safe_npz import read_arrays, write_arrays
from ..bridge.formats.transfer_arrays import LIMITS, HeadRequest, HeadShapes, request_from, shapes_arrays
from .console import STDOUT, progress_bar
from .retarget import character_geometry
from .shaped_glb import glb_bytes
from .speak import scaled
from .transfer_job import TransferOptions, head_shapes

HEAD_SUFFIXES = (".npz", ".obj", ".blend", ".glb", ".gltf", ".fbx")
_READING_SHARE = 0.2
_SAID = {
    "residual_cm": "mean distance of the laid-on face, cm",
    "round_trip_mouth": "mouth and jaw carried there and back: mean cosine",
    "round_trip_worst": "the worst shape of all",
    "seal_mean_cm": "lips parted under jawOpen + mouthClose: mean, cm",
    "seal_worst_cm": "at the worst column, cm",
    "blink_visible": "share of the eye that a blink leaves visible",
    "blink_overlap": "overlap of shut lids, of the open eye's height",
    "teeth_apart_cm": "lower teeth from where the chin takes them, cm",
}


@dataclass(frozen=True)
class Transfer:
    """Options of `vivavoce transfer`."""

    head: tyro.conf.Positional[Path]
    """The head: .blend, .glb, .gltf, .fbx or .obj, or an .npz with vertices (V, 3), Y up and facing +Z, and triangles (T, 3)."""
    out: Path
    """Folder for the results, made if need be: shapes.npz, head.glb with morph targets, landmarks.json."""
    landmarks: Path | None = None
    """A landmarks.json of an earlier run, corrected by hand: name -> [x, y, z]."""
    gain: Mapping[str, float] = field(default_factory=dict)
    """Amplitude of single shapes: mouthFunnel:1.5,jawOpen:0.9."""

    def __post_init__(self) -> None:
        if self.head.suffix.lower() not in HEAD_SUFFIXES:
            raise InvalidInput(f"A head is a file with one of: {', '.join(HEAD_SUFFIXES)}; not {self.head.name}.")
        for path in filter(None, (self.head, self.landmarks)):
            if not path.is_file():
                raise InvalidInput(f"There is no file at {path}.")
        if self.out.exists() and not self.out.is_dir():
            raise InvalidInput(f"{self.out} is a file; give a folder to --out.")


def run(config: Transfer) -> None:
    """Make the shapes, write them, and say what was measured."""
    landmarks = landmarks_from(config.landmarks.read_text("utf-8")) if config.landmarks is not None else {}
    with progress_bar() as report:
        report(0.0, "reading the head")
        request = head_request(config.head, landmarks)
        shapes = head_shapes(request, TransferOptions(config.gain), scaled(report, _READING_SHARE, 1.0))
    config.out.mkdir(parents=True, exist_ok=True)
    write_arrays(config.out / "shapes.npz", shapes_arrays(shapes))
    with whole_file(config.out / "head.glb") as path:
        path.write_bytes(glb_bytes(request.vertices, request.triangles, shapes.names, shapes.offsets))
    with whole_file(config.out / "landmarks.json") as path:
        path.write_text(json.dumps({name: point.tolist() for name, point in shapes.landmarks.items()}, indent=1), "utf-8")
    STDOUT.print(quality_table(shapes))


def quality_table(shapes: HeadShapes) -> Table:
    table = Table("measured on the head (eyes 6.2 cm apart)", "", title=f"{len(shapes.names)} shapes")
    for name, words in _SAID.items():
        if name in shapes.quality:
            table.add_row(words, f"{shapes.quality[name]:.4f}")
    return table


def head_request(path: Path, landmarks: Mapping[str, np.ndarray]) -> HeadRequest:
    """The mesh of a file in SMPL-X's axes. Raises InvalidInput."""
    suffix = path.suffix.lower()
    if suffix == ".npz":
        found = request_from(read_arrays(path, LIMITS))
        return HeadRequest(found.vertices, found.triangles, {**found.landmarks, **landmarks})
    if suffix == ".obj":
        import trimesh

        mesh = trimesh.load(path, force="mesh", process=False)
        return HeadRequest(np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces, np.int64), landmarks)
    geometry = character_geometry(path, lambda share, stage: None)
    return HeadRequest(geometry.vertices.astype(np.float64), geometry.triangles.astype(np.int64), landmarks)


def landmarks_from(text: str) -> dict[str, np.ndarray]:
    """Raises InvalidInput where the text is not a JSON object of points."""
    try:
        values = json.loads(text)
        points = {str(name): np.array(point, np.float64) for name, point in values.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise InvalidInput(f"The landmarks must be a JSON object of points, name -> [x, y, z]: {error}.") from error
    if wrong := [name for name, point in points.items() if point.shape != (3,) or not np.all(np.isfinite(point))]:
        raise InvalidInput(f"These landmarks are no points of three numbers: {', '.join(wrong)}.")
    return points
