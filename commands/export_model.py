"""vivavoce export-model: the open human in SMPL-X's and FLAME's file layouts."""

from dataclasses import dataclass
from pathlib import Path

from .console import STDERR


@dataclass(frozen=True)
class ExportModel:
    """Write the open human as SMPLX_NEUTRAL.npz and FLAME_NEUTRAL.npz, which the smplx package's own classes load."""

    out: Path = Path("open_human_models")
    """Folder for the two models; smplx and flame are folders in it."""


def run(config: ExportModel) -> None:
    from ..bridge.formats.open_human import load_open_human
    from ..motion.human.export_model import write_flame_model, write_smplx_model

    human = load_open_human()
    for path in (write_smplx_model(human, config.out / "smplx"), write_flame_model(human, config.out / "flame")):
        STDERR.print(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB)")
