"""What each step of the analytic base is worth: PSNR over the figure on sets of `vivavoce render-data`, and the time it takes.

python benchmarks/render_base.py FOLDER [--split test] [--sets 10]
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vivavoce.bridge.data.render_set import RenderFrame, RenderSet
from vivavoce.rendering.base import analytic_base
from vivavoce.rendering.data.sets import RenderSets
from vivavoce.rendering.heroes import hero_of
from vivavoce.rendering.light import PreparedLight, fit_light, light_buffers
from vivavoce.rendering.metrics import psnr
from vivavoce.rendering.pictures import srgb_from_linear
from vivavoce.rendering.rivals import harmonic_light, matt_shade
from vivavoce.rendering.training.prepare import azimuth_gap_deg, head_m

METHODS = (
    "albedo x the heroes' mean brightness",
    "harmonics of order 2 fitted, matt",
    "fitted light",
    "fitted light + heroes' colours",
    "known light, matt, no shadows",
    "known light",
    "known light + heroes' colours",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--sets", type=int, default=10)
    options = parser.parse_args()
    sets = RenderSets(options.folder, options.split)
    rows = np.array([row for index in range(min(options.sets, len(sets))) for row in figures(sets[index])])
    print(f"{len(rows)} frames; PSNR over the figure in dB: all, and by the turn from the nearest hero frame in degrees")
    gap = rows[:, -1]
    parts = {"all": gap >= 0.0, "<25": gap < 25.0, "25-60": (gap >= 25.0) & (gap < 60.0), ">60": gap >= 60.0}
    for name, values in zip(METHODS, rows.T, strict=False):
        print(f"{name:40}", *(f"{label} {values[part].mean():5.2f}" for label, part in parts.items() if part.any()))
    print(timing(sets[0]))


def figures(made: RenderSet) -> Iterator[list[float]]:
    """For each frame that is no hero: PSNR by METHODS, and degrees to the nearest hero's direction."""
    heroes = made.frames_of("hero")
    pictures, shown = [straight(hero) for hero in heroes], [hero.gbuffer for hero in heroes]
    pairs = list(zip(pictures, shown, strict=True))
    focus_m = head_m(made, heroes[0])
    fitted, known = (PreparedLight(light, focus_m) for light in (fit_light(pictures, shown), made.light))
    told = [[hero_of(picture, each, light_buffers(each, light)) for picture, each in pairs] for light in (fitted, known)]
    figures = [each.alpha > 0.5 for each in shown]
    brightness = np.mean([p[f].sum(axis=0) / g.albedo[f].sum(axis=0) for (p, g), f in zip(pairs, figures, strict=True)], axis=0)
    coefficients = harmonic_light(pictures, shown)
    for frame in (*made.frames_of("view"), *made.frames_of("sequence")[::4]):
        gbuffer = frame.gbuffer
        by_fit, by_light = light_buffers(gbuffer, fitted), light_buffers(gbuffer, known)
        results = [
            gbuffer.albedo * brightness,
            gbuffer.albedo * matt_shade(gbuffer.normal, coefficients),
            analytic_base(gbuffer, by_fit).picture,
            analytic_base(gbuffer, by_fit, told[0]).picture,
            gbuffer.albedo / np.pi * by_light.unshadowed,
            analytic_base(gbuffer, by_light).picture,
            analytic_base(gbuffer, by_light, told[1]).picture,
        ]
        yield [*(shown_psnr(result, frame) for result in results), azimuth_gap_deg(frame, heroes)]


def straight(frame: RenderFrame) -> np.ndarray:
    """The truth, no longer weighted by alpha."""
    return frame.truth / np.maximum(frame.gbuffer.alpha, 1e-3)[..., None]


def shown_psnr(picture: np.ndarray, frame: RenderFrame) -> float:
    """dB over the figure, as a screen shows it."""
    return psnr(srgb_from_linear(picture), srgb_from_linear(straight(frame)), frame.gbuffer.alpha > 0.5)


def timing(made: RenderSet) -> str:
    """Processor time of one frame's parts, the best of five."""
    hero, gbuffer = made.frames[0], made.frames[1].gbuffer
    light = PreparedLight(made.light, head_m(made, hero))
    told = hero_of(straight(hero), hero.gbuffer, light_buffers(hero.gbuffer, light))
    spent = []
    for _ in range(5):
        marks = [time.process_time()]
        buffers = light_buffers(gbuffer, light)
        marks.append(time.process_time())
        analytic_base(gbuffer, buffers, [told])
        marks.append(time.process_time())
        spent.append(np.diff(marks))
    light_s, base_s = np.min(spent, axis=0)
    size = f"{gbuffer.camera.width} x {gbuffer.camera.height}, of which {(gbuffer.alpha > 0.0).mean():.0%} figure"
    return f"{size}: light buffers {light_s:.3f} s, base with a hero {base_s:.3f} s of one processor"


if __name__ == "__main__":
    main()
