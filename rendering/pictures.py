"""Pictures on disk: PNG as a screen shows it, EXR in linear light; what they carry as text beside the pixels."""

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


def read_picture(path: Path) -> tuple[np.ndarray, str | None]:
    """The colour, (H, W, 3) float32 in linear light, and the text the picture carries. Raises InvalidInput."""
    if not path.is_file():
        raise InvalidInput(f"There is no picture at {path}.")
    return _read_exr(path) if path.suffix.lower() == ".exr" else _read_png(path)


def write_picture(path: Path, colour: np.ndarray, alpha: np.ndarray, text: str | None = None) -> None:
    """Write a figure, whole or not at all. colour: (H, W, 3) linear, not yet weighted by alpha (H, W) in 0..1.

    PNG keeps 8 bits of each as they are; EXR keeps 16, the colour weighted, as each format's readers expect.
    """
    with whole_file(path) as temporary:
        if path.suffix.lower() == ".exr":
            _write_exr(temporary, colour, alpha, text)
        else:
            _write_png(temporary, colour, alpha, text)


def _read_png(path: Path) -> tuple[np.ndarray, str | None]:
    from PIL import Image

    try:
        with Image.open(path) as image:
            text = image.info.get(TEXT_KEY)
            values = np.asarray(image.convert("RGB"), np.float32) / 255.0
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidInput(f"{path} is no picture that can be read: give a PNG, JPEG or EXR file ({error}).") from error
    return linear_from_srgb(values), text


def _write_png(path: Path, colour: np.ndarray, alpha: np.ndarray, text: str | None) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    kept = PngInfo()
    if text is not None:
        kept.add_text(TEXT_KEY, text)
    opacity = np.rint(255.0 * np.clip(alpha, 0.0, 1.0)).astype(np.uint8)
    Image.fromarray(np.dstack([bytes_from_linear(colour), opacity])).save(path, pnginfo=kept, compress_level=1)


def _read_exr(path: Path) -> tuple[np.ndarray, str | None]:
    import OpenEXR

    try:
        file = OpenEXR.File(str(path))
        channels, text = file.channels(), file.header().get(TEXT_KEY)
    except RuntimeError as error:
        raise InvalidInput(f"{path} is no EXR file that can be read ({error}).") from error
    found = next((channel for name, channel in channels.items() if name.endswith(("RGBA", "RGB"))), None)
    if found is None:
        raise InvalidInput(f"{path} has no colour, only: {', '.join(channels) or 'nothing'}. Save its combined picture.")
    return np.nan_to_num(found.pixels[..., :3].astype(np.float32), posinf=0.0, neginf=0.0), text


def _write_exr(path: Path, colour: np.ndarray, alpha: np.ndarray, text: str | None) -> None:
    import OpenEXR

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    if text is not None:
        header[TEXT_KEY] = text
    pixels = np.dstack([colour * alpha[..., None], alpha]).clip(-65504.0, 65504.0).astype(np.float16)
    OpenEXR.File(header, {"RGBA": np.ascontiguousarray(pixels)}).write(str(path))
