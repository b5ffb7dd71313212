"""vivavoce export-model: the open human in SMPL-X's and FLAME's file layouts (needs the `motion` extra)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..bridge.errors import InvalidInput


@dataclass(frozen=True)
class ExportModel:
    """Write the open human as SMPLX_NEUTRAL.npz and FLAME_NEUTRAL.npz, which the smplx package's own classes load."""

    out: Path
    """Folder for the models, made if need be; each lies in a folder of its own in it, smplx and flame."""
    kinds: tuple[Literal["smplx", "flame"], ...] = ("smplx", "flame")
    """Which layouts to write."""

    def __post_init__(self) -> None:
        if not self.kinds:
            raise InvalidInput("Name at least one layout in --kinds: smplx, flame.")


def run(config: ExportModel) -> None:
    from ..bridge.formats.open_human import load_open_human
    from ..motion.human.body_model import write_model
    from ..motion.human.export_model import open_human_model

    human = load_open_human()
    for kind in config.kinds:
        folder = config.out / kind
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise InvalidInput(f"{folder} cannot be made: a file is in the way. Give another folder to --out.") from error
        for path in write_model(open_human_model(human, kind), folder):
            print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
