"""Pictures on disk: PNG as a screen shows it, EXR in linear light; what they carry as text beside the pixels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..bridge.errors import InvalidInput
from ..bridge.formats import whole_file

PICTURE_FORMATS = ("png", "exr")
TEXT_KEY = "vivavoce"
"""The name under which a picture's own text is kept, in PNG and EXR alike."""


def linear_from_srgb(values: np.ndarray) -> np.ndarray:
    """Screen values 0..1 -> linear light, any shape (IEC 61966-2-1)."""
    values = np.asarray(values, np.float32)
    return np.where(values <= 0.04045, values / 12.92, ((np.maximum(values, 0.04045) + 0.055) / 1.055) ** 2.4)


def srgb_from_linear(values: np.ndarray) -> np.ndarray:
    """Linear light -> screen values 0..1, cut off above 1, any shape."""
    values = np.clip(np.asarray(values, np.float32), 0.0, 1.0)
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * np.maximum(values, 0.0031308) ** (1.0 / 2.4) - 0.055)


def bytes_from_linear(colour: np.ndarray) -> np.ndarray:
    """Linear light (...) -> uint8 as a screen wants it."""
    return np.rint(255.0 * srgb_from_linear(colour)).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure. colour (H, W, 3): float32, linear, as it adds to any background: weighted by alpha (H, W). text: carried."""

    colour: np.ndarray
    alpha: np.ndarray
    text: str | None = None


def read_picture(path: Path) -> Picture:
    """The picture in a PNG, JPEG or EXR file. Raises InvalidInput."""
    if not path.is_file():
        raise InvalidInput(f"There is no picture at {path}.")
    return _read_exr(path) if path.suffix.lower() == ".exr" else _read_png(path)


def write_picture(path: Path, picture: Picture) -> None:
    """Write a PNG or EXR file, whole or not at all. EXR keeps 16 bits a number; PNG 8, of the colour without its weight."""
    with whole_file(path) as temporary:
        if path.suffix.lower() == ".exr":
            _write_exr(temporary, picture)
        else:
            _write_png(temporary, picture)


def _read_png(path: Path) -> Picture:
    from PIL import Image

    try:
        with Image.open(path) as image:
            text = image.info.get(TEXT_KEY)
            values = np.asarray(image.convert("RGBA"), np.float32) / 255.0
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidInput(f"{path} is no picture that can be read: give a PNG, JPEG or EXR file ({error}).") from error
    return Picture(linear_from_srgb(values[..., :3]) * values[..., 3:], values[..., 3], text)


def _write_png(path: Path, picture: Picture) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    kept = PngInfo()
    if picture.text is not None:
        kept.add_text(TEXT_KEY, picture.text)
    opacity = np.rint(255.0 * np.clip(picture.alpha, 0.0, 1.0)).astype(np.uint8)
    whole = picture.colour / np.maximum(picture.alpha, 1e-3)[..., None]
    Image.fromarray(np.dstack([bytes_from_linear(whole), opacity])).save(path, pnginfo=kept, compress_level=1)


def _read_exr(path: Path) -> Picture:
    import OpenEXR

    try:
        file = OpenEXR.File(str(path))
        channels, text = file.channels(), file.header().get(TEXT_KEY)
    except RuntimeError as error:
        raise InvalidInput(f"{path} is no EXR file that can be read ({error}).") from error
    found = next((channel for name, channel in channels.items() if name.endswith(("RGBA", "RGB"))), None)
    if found is None:
        raise InvalidInput(f"{path} has no colour, only: {', '.join(channels) or 'nothing'}. Save its combined picture.")
    values = np.nan_to_num(found.pixels.astype(np.float32), posinf=0.0, neginf=0.0)
    return Picture(values[..., :3], values[..., 3] if values.shape[2] == 4 else np.ones(values.shape[:2], np.float32), text)


def _write_exr(path: Path, picture: Picture) -> None:
    import OpenEXR

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    if picture.text is not None:
        header[TEXT_KEY] = picture.text
    pixels = np.dstack([picture.colour, picture.alpha]).clip(-65504.0, 65504.0).astype(np.float16)
    OpenEXR.File(header, {"RGBA": np.ascontiguousarray(pixels)}).write(str(path))
