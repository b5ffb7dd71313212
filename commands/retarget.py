"""`vivavoce retarget`: a performance onto a rig of any kind, by what its shape keys and bones do to the skin."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tyro
from rich.table import Table

from ..bridge.errors import InvalidInput
from ..bridge.formats import read_clip, whole_file
from ..bridge.formats.open_human import load_open_human
from ..bridge.rigs import mapping_to_json
from ..bridge.rigs.curves_file import write_curves
from ..bridge.rigs.geometry import RigGeometry
from ..bridge.rigs.geometry_file import read_geometry
from .blender_job import carry_out
from .console import STDOUT, progress_bar
from .speak import scaled

CHARACTER_SUFFIXES = (".npz", ".blend", ".glb", ".gltf", ".fbx")
_READING_SHARE = 0.3


@dataclass(frozen=True)
class Retarget:
    """Options of `vivavoce retarget`."""

    clip: tyro.conf.Positional[Path]
    """The performance: npz, csv or bvh."""
    character: Path
    """Who performs: a .blend, .glb, .gltf or .fbx file, or the .npz of a rig's geometry that this command has written."""
    out: Path
    """Folder for the results, made if need be: curves.npz, rig.npz, and poses.json where the face has bones."""
    face: Literal["quick", "thorough"] = "quick"
    """How the face is understood: by nearest places, or by deformation transfer with contacts of lips and lids."""

    def __post_init__(self) -> None:
        if self.character.suffix.lower() not in CHARACTER_SUFFIXES:
            raise InvalidInput(f"A character is a file with one of: {', '.join(CHARACTER_SUFFIXES)}; not {self.character.name}.")
        if not self.character.is_file():
            raise InvalidInput(f"There is no character at {self.character}.")
        if self.out.exists() and not self.out.is_dir():
            raise InvalidInput(f"{self.out} is a file; give a folder to --out.")


def run(config: Retarget) -> None:
    """Solve, write, and say how well the rig follows."""
    from ..bridge.rigs.geometry_file import write_geometry
    from ..motion.retarget.onto_rig import retarget_onto

    clip = read_clip(config.clip)
    with progress_bar() as report:
        geometry = character_geometry(config.character, scaled(report, 0.0, _READING_SHARE))
        result = retarget_onto(clip, geometry, load_open_human(), config.face, scaled(report, _READING_SHARE, 1.0))
    config.out.mkdir(parents=True, exist_ok=True)
    write_curves(result.curves, config.out / "curves.npz", result.poses)
    write_geometry(geometry, config.out / "rig.npz")
    if result.poses is not None:
        with whole_file(config.out / "poses.json") as path:
            path.write_text(mapping_to_json(result.poses), encoding="utf-8")
    scores = result.scores
    table = Table("measured on the rig", "", title=f"{len(result.curves.targets)} curves of {clip.frame_count} samples")
    table.add_row("correlation of the lips' opening with the performance's", f"{scores.opening_correlation:.3f}")
    table.add_row("closed samples in which the rig's lips are shut", f"{scores.closures_kept:.1%}")
    if scores.labials_kept is not None:
        table.add_row("p, b and m that shut the rig's lips", f"{scores.labials_kept:.1%}")
    table.add_row("distance of the skin from where it is wanted, of the head's height", f"{scores.error_of_head:.2%}")
    STDOUT.print(table)


def character_geometry(character: Path, report: Callable[[float, str], None]) -> RigGeometry:
    """Read from an npz, or from a character's file by a Blender of its own. Raises InvalidInput."""
    if character.suffix.lower() == ".npz":
        return read_geometry(character)
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        path = Path(folder) / "rig.npz"
        carry_out({"read_rig": str(character.resolve()), "rig": str(path)}, report)
        return read_geometry(path)
