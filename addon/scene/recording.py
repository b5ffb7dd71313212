"""What of which recordings a character speaks: sound strips as they lie in the sequencer, and files. Decoded by Blender."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...bridge.data import AudioClip
from ...bridge.errors import InvalidInput
from ..core.recording import SAMPLE_RATE, mixed, write_wav
from . import compat


@dataclass(frozen=True)
class Stretch:
    """A part of a recording, and when in the line it is heard. Names alone: Blender's objects may go meanwhile."""

    path: Path
    sound_name: str = ""
    """The Sound that holds the recording, perhaps packed; empty for a file that the scene has not got yet."""
    at_s: float = 0.0
    skip_s: float = 0.0
    """What is left out at the recording's beginning."""
    duration_s: float = 0.0
    """0 for all that follows."""

    @property
    def is_whole(self) -> bool:
        return self.at_s == 0.0 and self.skip_s == 0.0 and self.duration_s == 0.0


def stretch_of_strip(strip: Any, first_frame: int, fps: float) -> Stretch:
    """What is heard of a sound strip, in a line that begins at `first_frame`. Raises InvalidInput where it cannot be had."""
    sound = strip.sound
    if sound is None:
        raise InvalidInput(f"{strip.name} has no sound. Choose another strip.")
    if compat.is_retimed(strip):
        raise InvalidInput(f"{strip.name} is played at another speed. Render it to a file (Render > Render Audio) and add that.")
    stretch = Stretch(_path_of(sound), sound.name, *_span(strip, first_frame, fps))
    _check(stretch)
    return stretch


def stretch_of_file(path: Path) -> Stretch:
    """All of a file. Raises InvalidInput where it is not there."""
    stretch = Stretch(path)
    _check(stretch)
    return stretch


def write_recording(stretches: Sequence[Stretch], folder: Path) -> Path:
    """One file in which all stretches are heard: the recording itself where it is heard as a whole, else a wav in `folder`."""
    if len(stretches) == 1 and stretches[0].is_whole and _packed_data(stretches[0]) is None:
        return stretches[0].path
    path = folder / "recording.wav"
    write_wav(path, _mixed(stretches, folder))
    return path


def heard(stretches: Sequence[Stretch]) -> AudioClip:
    """All stretches as they are heard together. Raises InvalidInput where Blender cannot decode one of them."""
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        return AudioClip(_mixed(stretches, Path(folder)), SAMPLE_RATE)


def keep_stretches(kept: Any, stretches: Iterable[Stretch]) -> None:
    """Note stretches in a collection of a take."""
    kept.clear()
    for stretch in stretches:
        item = kept.add()
        item.sound, item.path = bpy.data.sounds.get(stretch.sound_name), str(stretch.path)
        item.at_s, item.skip_s, item.duration_s = stretch.at_s, stretch.skip_s, stretch.duration_s


def kept_stretches(kept: Any) -> tuple[Stretch, ...]:
    """What `keep_stretches` noted. Raises InvalidInput where a recording is not there any more."""
    stretches = []
    for item in kept:
        path, name = (_path_of(item.sound), item.sound.name) if item.sound else (Path(bpy.path.abspath(item.path)), "")
        stretches.append(Stretch(path, name, item.at_s, item.skip_s, item.duration_s))
        _check(stretches[-1])
    return tuple(stretches)


def _span(strip: Any, first_frame: int, fps: float) -> tuple[float, float, float]:
    """When a strip is heard, what it skips and for how long, in seconds; a duration of 0 where nothing is cut off."""
    at_s = (strip.frame_final_start - first_frame) / fps
    cut_before = strip.frame_offset_start + strip.animation_offset_start
    cut_after = strip.frame_offset_end + strip.animation_offset_end
    skip_s = cut_before / fps - compat.sound_delay_s(strip)
    if skip_s == 0.0 and cut_after == 0.0:
        return at_s, 0.0, 0.0
    lead_s = max(-skip_s, 0.0)
    duration_s = (strip.frame_final_end - strip.frame_final_start) / fps - lead_s
    if duration_s <= 0.0:
        raise InvalidInput(f"Nothing of the sound lies within {strip.name}. Move its handles, or choose another strip.")
    return at_s + lead_s, max(skip_s, 0.0), duration_s


def _path_of(sound: Any) -> Path:
    return Path(bpy.path.abspath(sound.filepath, library=sound.library))


def _packed_data(stretch: Stretch) -> bytes | None:
    sound = bpy.data.sounds.get(stretch.sound_name)
    return sound.packed_file.data if sound is not None and sound.packed_file is not None else None


def _check(stretch: Stretch) -> None:
    """A file that is there is read when it is needed."""
    if _packed_data(stretch) is None and not stretch.path.is_file():
        raise InvalidInput(f"There is no recording at {stretch.path}. Choose another, or put it back.")


def _mixed(stretches: Sequence[Stretch], folder: Path) -> np.ndarray:
    return mixed((stretch.at_s, _decoded(stretch, folder)) for stretch in stretches)


def _decoded(stretch: Stretch, folder: Path) -> np.ndarray:
    """(S,) float32 at SAMPLE_RATE, mono. Raises InvalidInput where Blender cannot decode the recording."""
    import aud

    path, packed = stretch.path, _packed_data(stretch)
    if packed is not None:
        path = folder / f"packed{stretch.path.suffix}"
        path.write_bytes(packed)
    try:
        sound = aud.Sound(str(path))
        if stretch.skip_s or stretch.duration_s:
            end_s = stretch.skip_s + stretch.duration_s if stretch.duration_s else -1.0
            sound = sound.limit(stretch.skip_s, end_s)
        samples = sound.rechannel(1).resample(SAMPLE_RATE, True).data()[:, 0]
    except aud.error as error:
        raise InvalidInput(f"Blender cannot read {stretch.path.name} ({error}). Convert it to wav.") from error
    if not len(samples):
        raise InvalidInput(f"Nothing can be heard in {stretch.path.name} there. Move the strip's handles, or choose another.")
    return np.ascontiguousarray(samples)
