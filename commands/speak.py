"""`vivavoce speak`: a recorded line becomes a performance, in every wanted format."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

import tyro
from rich.table import Table

from ..bridge.data import DEFAULT_ENGINE, EngineName, MotionClip, PerformanceStyle
from ..bridge.errors import InvalidInput
from ..bridge.formats import read_clip, write_clip
from .blender_job import run_blender_job
from .console import STDOUT, ReportProgress, progress_bar

CLIP_FORMATS = ("npz", "csv", "bvh")
BLENDER_FORMATS = ("blend", "glb", "fbx", "usd", "mp4")
FORMATS = CLIP_FORMATS + BLENDER_FORMATS


@dataclass(frozen=True)
class Speak:
    """Options of `vivavoce speak`."""

    audio: tyro.conf.Positional[Path]
    """The recording: wav, flac, ogg, mp3, or anything ffmpeg reads, films included; 0.2 s to 2 h."""
    out: Path
    """Folder for the results; made if need be. Nothing appears in it before everything is done."""
    text: str | None = None
    """The English words that are spoken; sharpens the timing. Without it the sounds are recognised, in any language."""
    style: Annotated[PerformanceStyle, tyro.conf.arg(name="")] = field(default_factory=PerformanceStyle)
    engine: EngineName = DEFAULT_ENGINE
    """Who performs: drawn codes, a diffusion transformer, or the rules that taught both."""
    style_clip: Path | None = None
    """Another performance (npz, LiveLink csv) of a second or more, whose manner the learned engines take: how, not what."""
    encoder: str | None = None
    """Folder of the speech encoder that the weights hear through, where it is none of vivavoce's own."""
    weights: Path | None = None
    """Folder with weights that motion-train made, in place of the bundled ones."""
    takes: int = 1
    """Number of takes, with seeds counting up from --seed."""
    fps: float = 30.0
    """Frames per second, any: 23.976, 24, 25, 29.97, 30, 60."""
    layers: str = "lips,upper_face,blinks,gaze,head"
    """Layers to perform, separated by commas."""
    formats: str = "npz,csv"
    """Files to write, separated by commas: npz, csv, bvh, blend, glb, fbx, usd, mp4."""
    character: str = "open_human"
    """Who speaks in blend, glb, fbx, usd and mp4: open_human, or a .blend or .glb file with ARKit shape keys."""
    preview: bool = False
    """Draw the mp4 quickly with the plain rasteriser instead of Blender."""
    resolution: tuple[int, int] = (1280, 720)
    """Width and height of the mp4 in pixels."""
    device: Literal["auto", "cpu", "gpu"] = "auto"
    """Where pictures are rendered; auto takes a GPU that Blender can use."""

    def __post_init__(self) -> None:
        unknown = [name for name in names_of(self.formats) if name not in FORMATS]
        if unknown or not names_of(self.formats):
            raise InvalidInput(f"No format is called {', '.join(unknown) or 'nothing'}. Choose from: {', '.join(FORMATS)}.")
        if not 1 <= self.takes <= 1000:
            raise InvalidInput(f"The number of takes must lie between 1 and 1000, not {self.takes}.")
        if min(self.resolution) < 16 or max(self.resolution) > 8192 or any(size % 2 for size in self.resolution):
            raise InvalidInput(f"Width and height must be even and lie between 16 and 8192 pixels, not {self.resolution}.")


def names_of(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def run(config: Speak) -> None:
    """Write all takes in all formats. Raises InvalidInput with the output folder untouched."""
    from ..motion.engines import BUNDLED_WEIGHTS, engine
    from ..motion.predict import hear, perform
    from ..motion.speech.load import load_audio

    if config.out.exists() and not config.out.is_dir():
        raise InvalidInput(f"{config.out} is a file; give a folder to --out.")
    formats = names_of(config.formats)
    renders = [name for name in formats if name in BLENDER_FORMATS]
    hearing_share = 0.2 if renders else 0.9
    style_clip = None if config.style_clip is None else read_clip(config.style_clip)
    with progress_bar() as report:
        audio = load_audio(config.audio)
        performer = engine(config.engine, config.weights or BUNDLED_WEIGHTS, config.encoder)
        hearing = hear(audio, config.text, scaled(report, 0.0, hearing_share), by=performer)
        styles = [replace(config.style, seed=config.style.seed + take) for take in range(config.takes)]
        how = {"fps": config.fps, "layers": names_of(config.layers), "style_clip": style_clip, "by": performer}
        takes = [perform(hearing, style, **how) for style in styles]
        with staged_folder(config.out) as staging:
            for take, clip in enumerate(takes):
                stem = config.audio.stem + (f"_take{take + 1}" if config.takes > 1 else "")
                start = hearing_share + (1.0 - hearing_share) * take / config.takes
                end = hearing_share + (1.0 - hearing_share) * (take + 1) / config.takes
                write_take(config, clip, staging / stem, scaled(report, start, end))
            names = sorted(path.name for path in staging.iterdir())
    print_written(config.out, names, takes)


def write_take(config: Speak, clip: MotionClip, stem: Path, report: ReportProgress) -> None:
    """The files of one take, `stem` with each format's suffix."""
    formats = names_of(config.formats)
    for name in formats:
        if name in CLIP_FORMATS:
            write_clip(clip, stem.with_name(f"{stem.name}.{name}"))
    outputs = {name: stem.with_name(f"{stem.name}.{name}") for name in formats if name in BLENDER_FORMATS}
    if config.preview and "mp4" in outputs:
        from ..rendering.preview import write_preview

        write_preview(clip, config.audio, outputs.pop("mp4"), resolution=config.resolution, report=report)
    if outputs:
        run_blender_job(clip, config.audio, config.character, outputs, config.resolution, config.device, report)


def scaled(report: ReportProgress, start: float, end: float) -> ReportProgress:
    """Progress of a part as progress of the whole."""
    return lambda share, stage: report(start + (end - start) * share, stage)


@contextmanager
def staged_folder(out: Path) -> Iterator[Path]:
    """A temporary folder beside `out` whose files move there when the block succeeds and vanish when it does not."""
    parent = next(folder for folder in out.absolute().parents if folder.is_dir())
    staging = Path(tempfile.mkdtemp(prefix=".vivavoce-", dir=parent))
    try:
        yield staging
        out.mkdir(parents=True, exist_ok=True)
        for path in sorted(staging.iterdir()):
            path.replace(out / path.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def print_written(out: Path, names: Sequence[str], takes: Sequence[MotionClip]) -> None:
    clip = takes[0]
    table = Table("file", "size", title=f"{out} ({clip.duration_s:.2f} s, {clip.frame_count} frames at {clip.fps:g} fps)")
    for name in names:
        table.add_row(name, f"{(out / name).stat().st_size / 1e6:.2f} MB")
    STDOUT.print(table)
