"""Seconds per frame of a re-rendered clip, inputs included, beside Cycles with OpenImageDenoise, in one run.

    python benchmarks/render.py [--sides 256 512] [--frames 4] [--weights FOLDER] [--no-cycles]

All pose the open human, light it and write PNG files; Cycles renders the studio of `speak --formats mp4`. A frame's time is the
median of those after the first, which waits for what is made once; with boost, whose frames Blender renders many at once, it is
their mean, Blender's start included. Without --weights the bundled ones are taken, and where there
are none, an untrained network of the same size, which takes as long. Memory is the process's own, after few frames and many.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from vivavoce.bridge.data import MotionClip, MotionLayer, SceneLight
from vivavoce.bridge.formats import write_clip
from vivavoce.commands.blender_job import carry_out
from vivavoce.commands.blender_shot import BlenderShot, frames_at_once
from vivavoce.rendering.clip_shot import ClipShot
from vivavoce.rendering.conditioning import HeroFrame
from vivavoce.rendering.frames import FrameFolder
from vivavoce.rendering.models.renderer import BUNDLED_WEIGHTS, WEIGHTS_NAME, Renderer
from vivavoce.rendering.models.residual import ResidualConfig, ResidualModel
from vivavoce.rendering.order import STEPS, RenderOrder
from vivavoce.rendering.painting import Network, Painter
from vivavoce.rendering.pictures import Picture
from vivavoce.rendering.references import Reference
from vivavoce.rendering.render import render_frames

SAMPLES = (1, 4, 64)
FPS = 24.0


class Stopwatch:
    """Takes a progress report at each frame's start, and says what frames took: by the clock, and of all processors together."""

    def __init__(self) -> None:
        self.starts: dict[str, tuple[float, float]] = {}

    def __call__(self, share: float, stage: str) -> None:
        self.starts.setdefault(f"{stage.partition(',')[0]} {share:.5f}", (time.perf_counter(), processor_s()))

    def seconds(self, word: str) -> np.ndarray:
        """(2,): medians between reports of stages that begin with `word`, but for the first."""
        return np.median(np.diff([at for name, at in self.starts.items() if name.startswith(word)], axis=0)[1:], axis=0)


def processor_s() -> float:
    """What this process and those it has started, ended ones too, have computed. A busy machine adds little to it."""
    own = psutil.Process()
    return sum(own.cpu_times()[:4]) + sum(sum(process.cpu_times()[:2]) for process in own.children(recursive=True))


def a_clip(frames: int) -> MotionClip:
    opening = 0.5 - 0.5 * np.cos(np.arange(frames))
    head = np.stack([0.0 * opening, 0.2 * opening, 0.0 * opening], axis=1)[:, None]
    lips = MotionLayer("lips", opening[:, None], ("jawOpen",))
    return MotionClip(FPS, (lips, MotionLayer("head", np.zeros((frames, 0)), (), head, ("head",))))


def a_reference(side: int) -> Reference:
    return Reference("hero", Picture(np.zeros((side, side, 3), np.float32), np.ones((side, side))), None, "az=20,el=3")


def a_light() -> SceneLight:
    return SceneLight(np.random.default_rng(0).uniform(0.2, 1.0, (32, 64, 3)))


def renderer(weights: Path) -> Renderer:
    is_there = (weights / WEIGHTS_NAME).is_file()
    return Renderer.from_folder(weights) if is_there else Renderer(ResidualModel(ResidualConfig()))


def our_seconds(side: int, frames: int, mode: str, network: Renderer | None, folder: Path) -> np.ndarray:
    """Of one frame: posing, G-buffer, light, base, network, file."""
    order = RenderOrder(a_clip(frames), [a_reference(side)], view="0s:az=-30 2s:az=30", resolution=(side, side))
    with closing(ClipShot(order)) as shot:
        paint = painter(shot, order, mode, network)
        watch = Stopwatch()
        render_frames(shot, paint, FrameFolder(folder, "a", frames), watch)
        watch(1.0, "frame end")
    return watch.seconds("frame")


def boost_seconds(side: int, network: Renderer, folder: Path) -> np.ndarray:
    """Of one frame, where Blender renders as many at once as it does in a film."""
    frames = frames_at_once((side, side))
    order = RenderOrder(a_clip(frames), [a_reference(side)], mode="boost", view="0s:az=-30 2s:az=30", resolution=(side, side))
    with closing(BlenderShot(order)) as shot:
        paint = painter(shot, order, "boost", network)
        start = np.array([time.perf_counter(), processor_s()])
        render_frames(shot, paint, FrameFolder(folder, "a", frames), lambda share, stage: None)
        return (np.array([time.perf_counter(), processor_s()]) - start) / frames


def painter(shot: ClipShot | BlenderShot, order: RenderOrder, mode: str, network: Renderer | None) -> Painter:
    gbuffer = shot.hero_gbuffer(order.references[0])
    hero = HeroFrame(0.6 * gbuffer.albedo * gbuffer.alpha[..., None], gbuffer)
    checked = replace(order, mode=mode)
    return Painter(checked.mode, [hero], a_light(), shot.face_centre, shot.told, Network(network, STEPS["normal"]))


def cycles_seconds(side: int, frames: int, samples: int, folder: Path) -> np.ndarray:
    """Of one frame of Blender's job for a movie: scene, Cycles, OpenImageDenoise, file."""
    write_clip(a_clip(frames), folder / "clip.npz")
    watch = Stopwatch()
    job = {"clip": str(folder / "clip.npz"), "outputs": {"mp4": str(folder / f"{samples}.mp4")}, "resolution": [side, side]}
    carry_out(job | {"samples": samples, "device": "cpu"}, watch)
    return watch.seconds("render")


def print_memory(frames: int) -> None:
    """What the process holds after few frames and after many."""
    process = psutil.Process()
    held = {}
    for count in (frames, 6 * frames):
        with tempfile.TemporaryDirectory() as folder:
            our_seconds(128, count, "look", None, Path(folder))
        held[count] = process.memory_info().rss / 1e6
    print("memory: " + ", ".join(f"{value:.0f} MB after {count} frames" for count, value in held.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sides", type=int, nargs="+", default=[256, 512])
    parser.add_argument("--frames", type=int, default=4)
    parser.add_argument("--weights", type=Path, default=BUNDLED_WEIGHTS)
    parser.add_argument("--no-cycles", action="store_true")
    arguments = parser.parse_args()
    network = renderer(arguments.weights)
    for side in arguments.sides:
        rows: dict[str, Callable[[Path], np.ndarray]] = {
            "base alone": lambda folder, side=side: our_seconds(side, arguments.frames, "look", None, folder),
            "look": lambda folder, side=side: our_seconds(side, arguments.frames, "look", network, folder),
            "scene": lambda folder, side=side: our_seconds(side, arguments.frames, "scene", network, folder),
        }
        if not arguments.no_cycles:
            rows["boost"] = lambda folder, side=side: boost_seconds(side, network, folder)
            rows |= {
                f"Cycles, {samples} samples": lambda folder, side=side, samples=samples: cycles_seconds(
                    side, arguments.frames, samples, folder
                )
                for samples in SAMPLES
            }
        print_rows(side, rows)
    print_memory(arguments.frames)


def print_rows(side: int, rows: dict[str, Callable[[Path], np.ndarray]]) -> None:
    """A Markdown table: each row's seconds, and how many times as fast as Cycles at 1 and 4 samples it is."""
    seconds = {}
    for name, measured in rows.items():
        with tempfile.TemporaryDirectory() as folder:
            seconds[name] = measured(Path(folder))
        print(f"{side} x {side}, {name}: {seconds[name][0]:.3f} s, {seconds[name][1]:.3f} s of processor", flush=True)
    beside = [name for name in (f"Cycles, {samples} samples" for samples in SAMPLES[:2]) if name in seconds]
    print(f"\n| {side} x {side} | s by the clock | s of processor |" + "".join(f" times as fast as {name} |" for name in beside))
    print("|---|---|---|" + "---|" * len(beside))
    for name, (clock_s, computed_s) in seconds.items():
        ratios = [seconds[other] / seconds[name] for other in beside]
        told = "".join(f" {clock:.2f} ({computed:.2f} by processor) |" for clock, computed in ratios)
        print(f"| {name} | {clock_s:.3f} | {computed_s:.3f} |{told}")
    print(flush=True)


if __name__ == "__main__":
    main()
