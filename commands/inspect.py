"""`vivavoce inspect`: what a clip holds, in words and as a picture."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tyro
from rich.table import Table

from ..bridge.data import MotionClip
from ..bridge.errors import InvalidInput
from ..bridge.formats import read_clip, read_livelink_csv, whole_file
from ..bridge.formats.open_human import load_open_human
from ..bridge.readout import clip_readout, lip_closures, readout_lines
from .console import STDOUT


@dataclass(frozen=True)
class Inspect:
    """Options of `vivavoce inspect`."""

    clip: tyro.conf.Positional[Path]
    """The clip: npz, csv or bvh."""
    audio: Path | None = None
    """The recording for the waveform; without it, the one that the clip was made from, where it still lies."""
    fps: float | None = None
    """The frame rate of a csv too short to tell it."""
    picture: Path | None = None
    """The PNG to draw; without it, beside the clip under its name."""


def run(config: Inspect) -> None:
    """Print channels, ranges and closures; draw waveform, phonemes and curves."""
    from ..motion.inspection import draw_performance
    from ..motion.speech.load import load_audio

    is_csv = config.clip.suffix.lower() == ".csv"
    clip = read_livelink_csv(config.clip, config.fps) if is_csv else read_clip(config.clip)
    source = config.audio or Path(clip.metadata.get("audio") or "-")
    if config.audio is not None and not source.is_file():
        raise InvalidInput(f"There is no recording at {source}.")
    audio = load_audio(source) if source.is_file() else None
    human = load_open_human()
    closures = lip_closures(clip, human)
    print_channels(clip)
    lines = [
        f"{clip.frame_count} frames at {clip.fps:g} fps, {clip.duration_s:.2f} s, {len(clip.phonemes)} phonemes",
        *readout_lines(clip_readout(clip, human, audio)),
        *(f"{name}: {value}" for name, value in clip.metadata.items()),
    ]
    picture = config.picture or config.clip.with_suffix(".png")
    with whole_file(picture) as temporary:
        draw_performance(clip, closures, audio, temporary)
    STDOUT.print("\n".join([*lines, f"drawn: {picture}"]), highlight=False)


def print_channels(clip: MotionClip) -> None:
    """One row per moving channel: its layer, its least, mean and greatest value, and its unit."""
    table = Table("layer", "channel", "min", "mean", "max", "unit", title="channels that move or are not zero")
    for layer in clip.layers:
        rows = [(name, layer.blend_shape(name), "") for name in layer.blend_shape_names]
        for joint, name in enumerate(layer.joint_names):
            rows += [(f"{name}.{axis}", np.degrees(layer.joint_rotations[:, joint, a]), "deg") for a, axis in enumerate("xyz")]
        for name, values, unit in rows:
            if np.abs(values).max() > 1e-4:
                table.add_row(layer.name, name, *(f"{value:.3f}" for value in (values.min(), values.mean(), values.max())), unit)
    STDOUT.print(table)
