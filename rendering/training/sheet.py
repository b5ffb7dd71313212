"""A sheet of pictures to look at while a model learns: base, prediction and truth of a few frames in every mode."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from einops import rearrange
from torch import Tensor

from ...bridge.formats import whole_file
from ..models.diffusion import draw
from ..models.residual import ResidualModel
from ..models.tone import decoded
from ..pictures import bytes_from_linear
from .crops import modes_of, whole_frame
from .frame_files import PreparedFrame

_FRAMES = 4


@torch.inference_mode()
def write_sheet(path: Path, model: ResidualModel, frames: Sequence[PreparedFrame]) -> None:
    """A row for each frame: in each mode the base and what the model makes of it, and the truth at the end."""
    from PIL import Image

    rows = []
    for frame in frames[:: max(len(frames) // _FRAMES, 1)][:_FRAMES]:
        row: list[Tensor] = []
        for mode in modes_of(frame):
            crops = whole_frame(frame, mode).to(model.deviation.device)
            heard = model.hear(crops.planes, crops.told)
            row += [decoded(heard.base), draw(model, heard, crops.noise, 1), decoded(crops.truth)]
        rows.append(torch.cat(row[:-1] + row[-1:], dim=-1))
    width = max(row.shape[-1] for row in rows)
    sheet = torch.cat([torch.nn.functional.pad(row, (0, width - row.shape[-1])) for row in rows], dim=-2)
    pixels = bytes_from_linear(rearrange(sheet[0].cpu().numpy(), "c h w -> h w c"))
    with whole_file(path) as temporary:
        Image.fromarray(np.ascontiguousarray(pixels)).save(temporary, "PNG")
