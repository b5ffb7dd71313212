"""vivavoce motion-data: make or read the speech and faces that the motion models learn from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ..bridge.errors import InvalidInput
from .console import STDOUT, ReportProgress, progress_bar

if TYPE_CHECKING:
    from ..motion.data.corpus import Corpus


@dataclass(frozen=True)
class MotionData:
    """Build one corpus file. A build that is stopped goes on where it stood when the command is given again."""

    corpus: Annotated[
        Literal["synthetic", "grid", "facegood", "mead3d", "vocaset", "beat2", "livelink", "revoiced"], tyro.conf.Positional
    ]
    """What to build: speech from synthesizers with the articulation engine's mouth, a captured corpus, or a corpus once more
    by other voices and microphones."""
    out: Path
    """The corpus file, *.safetensors."""
    source: Path | None = None
    """Folder with the captured corpus as it was published, or the corpus file to be revoiced; synthetic speech needs none."""
    model: Path | None = None
    """FLAME (mead3d, vocaset) or SMPL-X (beat2) file or folder of your own: what the corpus's faces are told in."""
    hours: float = 6.0
    """Of synthetic speech."""
    seed: int = 0
    """Other seeds give other synthetic sentences, and other voices."""
    copies: int = 1
    """How often each clip of a corpus is revoiced."""


def run(config: MotionData) -> None:
    with progress_bar() as report:
        corpus = BUILDERS[config.corpus](config, report)
    STDOUT.print(f"{config.out}: {len(corpus)} clips, {corpus.duration_s / 3600.0:.2f} h")


def _synthetic(config: MotionData, report: ReportProgress) -> "Corpus":
    from ..motion.data.synthetic import SyntheticSpeech, build_synthetic

    return build_synthetic(config.out, SyntheticSpeech(config.hours, seed=config.seed), report)


def _grid(config: MotionData, report: ReportProgress) -> "Corpus":
    from ..motion.data.build import build_corpus
    from ..motion.data.grid import HEADER, grid_parts

    return build_corpus(config.out, HEADER, grid_parts(_source(config)), report)


def _facegood(config: MotionData, report: ReportProgress) -> "Corpus":
    from ..motion.data.build import build_corpus
    from ..motion.data.facegood import HEADER, facegood_parts

    return build_corpus(config.out, HEADER, facegood_parts(_source(config)), report)


def _mead3d(config: MotionData, report: ReportProgress) -> "Corpus":
    from ..motion.data.build import build_corpus
    from ..motion.data.face_model import FaceModel
    from ..motion.data.mead3d import HEADER, mead3d_parts

    return build_corpus(config.out, HEADER, mead3d_parts(_source(config), FaceModel(config.model, "flame")), report)


def _vocaset(config: MotionData, report: ReportProgress) -> "Corpus":
    from ..motion.data.build import build_corpus
    from ..motion.data.face_model import FaceModel
    from ..motion.data.vocaset import HEADER, vocaset_parts

    return build_corpus(config.out, HEADER, vocaset_parts(_source(config), FaceModel(config.model, "flame")), report)


def _beat2(config: MotionData, report: ReportProgress) -> "Corpus":
    from ..motion.data.beat2 import HEADER, beat2_parts
    from ..motion.data.build import build_corpus
    from ..motion.data.face_model import FaceModel

    return build_corpus(config.out, HEADER, beat2_parts(_source(config), FaceModel(config.model, "smplx")), report)


def _livelink(config: MotionData, report: ReportProgress) -> "Corpus":
    from ..motion.data.build import build_corpus
    from ..motion.data.livelink import HEADER, livelink_parts

    return build_corpus(config.out, HEADER, livelink_parts(_source(config)), report)


def _revoiced(config: MotionData, report: ReportProgress) -> "Corpus":
    from ..motion.data.build import build_corpus
    from ..motion.data.corpus import Corpus
    from ..motion.data.revoiced import revoiced_header, revoiced_parts

    corpus = Corpus(_source(config))
    header = revoiced_header(corpus, config.copies, config.seed)
    return build_corpus(config.out, header, revoiced_parts(corpus, config.copies, config.seed), report)


def _source(config: MotionData) -> Path:
    if config.source is None:
        raise InvalidInput(f"Name the folder of the published corpus, or the corpus file: --source PATH, for {config.corpus}.")
    return config.source


BUILDERS: dict[str, Callable[[MotionData, ReportProgress], "Corpus"]] = {
    "synthetic": _synthetic, "grid": _grid, "facegood": _facegood, "mead3d": _mead3d, "vocaset": _vocaset, "beat2": _beat2,
    "livelink": _livelink, "revoiced": _revoiced,
}  # fmt: skip
