"""RenderSets: the folder that `vivavoce render-data` fills, one file a set, read one set at a time."""

from collections.abc import Iterator
from pathlib import Path

from ...bridge.data.render_set import SPLITS, RenderSet, Split
from ...bridge.errors import InvalidInput
from ...bridge.formats.render_set import read_render_set

SETS_FOLDER, PEOPLE_FOLDER = "sets", "people"


class RenderSets:
    """The sets of one split that are in `folder` now, in the order in which they are made: a first part is a balanced whole.

    A set is read when it is asked for: about 30 MB and a tenth of a second at 256 x 256. Raises InvalidInput where there is none.
    """

    def __init__(self, folder: Path, split: Split) -> None:
        if split not in SPLITS:
            raise InvalidInput(f"Frames are split into {', '.join(SPLITS)}; there is no {split!r}.")
        self.split = split
        self.paths = tuple(sorted((folder / SETS_FOLDER).glob(f"[0-9]*-{split}.npz")))
        if not self.paths:
            raise InvalidInput(f"{folder} holds no frames for {split}. Render some with `vivavoce render-data {folder}`.")

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> RenderSet:
        return read_render_set(self.paths[index])

    def __iter__(self) -> Iterator[RenderSet]:
        return map(read_render_set, self.paths)


def set_path(folder: Path, number: int, split: Split) -> Path:
    """Where set `number` lies: its name says its split, so that nothing is opened in vain."""
    return folder / SETS_FOLDER / f"{number:05d}-{split}.npz"
