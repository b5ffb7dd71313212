"""A picture of a performance: waveform, phonemes, mouth, blinks and head on one time axis."""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..bridge.data import SILENCE, AudioClip, MotionClip
from ..bridge.data.ipa import is_bilabial
from .metrics import CLOSED_LIP_GAP_M, LipClosures

DRAWN_SAMPLES = 20_000
LEGIBLE_PHONEMES = 250


def draw_performance(clip: MotionClip, closures: LipClosures, audio: AudioClip | None, path: Path) -> None:
    """Write the picture as PNG; its width follows the clip's length."""
    matplotlib.use("Agg")
    figure = Figure(figsize=(float(np.clip(2.5 * clip.duration_s, 10, 40)), 9), layout="constrained")
    axes = figure.subplots(5, 1, sharex=True, height_ratios=(1.0, 1.4, 1.4, 0.8, 1.0))
    _draw_sound(axes[0], clip, audio)
    for name in ("jawOpen", "mouthClose"):
        axes[1].plot(clip.times_s, clip.blend_shapes([name])[:, 0], label=name)
    axes[1].plot(clip.times_s, closures.lip_gap_m * 50.0, "k", linewidth=0.8, label="lip gap (1 = 2 cm)")
    axes[1].axhline(CLOSED_LIP_GAP_M * 50.0, color="k", linewidth=0.5, linestyle=":")
    for name in ("mouthFunnel", "mouthPucker", "mouthStretchLeft", "mouthSmileLeft", "mouthPressLeft", "mouthLowerDownLeft"):
        axes[2].plot(clip.times_s, clip.blend_shapes([name])[:, 0], label=name)
    axes[3].plot(clip.times_s, clip.blend_shapes(["eyeBlinkLeft"])[:, 0], label="eyeBlinkLeft")
    axes[3].plot(clip.times_s, clip.blend_shapes(["browInnerUp"])[:, 0], label="browInnerUp")
    turns = np.degrees(clip.joints(["neck", "head"]).sum(axis=1))
    for axis, name in enumerate(("nod", "turn", "tilt")):
        axes[4].plot(clip.times_s, turns[:, axis], label=name)
    for axis, label in zip(axes, ("sound", "jaw and lips", "lip shape", "blinks, brows", "head (deg)"), strict=True):
        axis.set_ylabel(label)
        axis.margins(x=0)
        if axis.get_legend_handles_labels()[0]:
            axis.legend(loc="upper right", fontsize=7, ncols=3)
    axes[4].set_xlabel("time (s)")
    figure.savefig(path, dpi=100, format="png")


def _draw_sound(axis: Axes, clip: MotionClip, audio: AudioClip | None) -> None:
    if audio is not None:
        step = max(len(audio.samples) // DRAWN_SAMPLES, 1)
        samples = np.asarray(audio.samples[::step])
        axis.plot(np.arange(len(samples)) * step / audio.sample_rate, samples, color="0.6", linewidth=0.5)
    axis.set_ylim(-1.3, 1.0)
    if len(clip.phonemes) > LEGIBLE_PHONEMES:
        return
    for phoneme in clip.phonemes:
        if phoneme.symbol != SILENCE:
            colour = "tab:red" if is_bilabial(phoneme.symbol) else "0.2"
            axis.axvline(phoneme.start_s, color=colour, linewidth=0.4)
            axis.text(phoneme.start_s, -1.2, phoneme.symbol, fontsize=8, color=colour)
