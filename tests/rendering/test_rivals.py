"""What a renderer is held against: light that harmonics can tell is found, and pictures of the same frames are found again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("diffusers")

from vivavoce.bridge.data.render_set import RenderFrame
from vivavoce.bridge.errors import InvalidInput
from vivavoce.rendering.base import Base
from vivavoce.rendering.conditioning import Conditions, HeroFrame
from vivavoce.rendering.light import LightBuffers
from vivavoce.rendering.rivals import OtherPictures, fitted_harmonics, harmonic_light, headlight, matt_shade

from .toy_sets import toy_set, write_toy_sets

NOTHING = np.zeros((64, 64, 3))
BASE = Base(**dict.fromkeys(Base.__dataclass_fields__, NOTHING))


def told(heroes: tuple[RenderFrame, ...]) -> Conditions:
    light = LightBuffers(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)
    shown = tuple(HeroFrame(hero.truth, hero.gbuffer) for hero in heroes)
    return Conditions("look" if heroes else "boost", shown, light, np.eye(4), np.zeros(52), np.zeros(8))


def test_light_of_order_2_is_found_and_colours_are_carried() -> None:
    frames = toy_set(0, "test", roles=("hero", "hero", "view"))
    light = np.random.default_rng(0).uniform(-0.1, 0.1, (9, 3)) + np.eye(9)[:, :1] * 3.0
    repainted = [
        replace(
            frame, truth=frame.gbuffer.albedo * 1.3 * matt_shade(frame.gbuffer.normal, light) * frame.gbuffer.alpha[..., None]
        )
        for frame in frames.frames
    ]
    fitted = harmonic_light([frame.truth for frame in repainted[:2]], [frame.gbuffer for frame in repainted[:2]])
    assert fitted == pytest.approx(1.3 * light, abs=0.02)
    made = fitted_harmonics(repainted[2], BASE, told(tuple(repainted[:2])))
    assert np.abs(made - repainted[2].truth).mean() < 0.02 * repainted[2].truth.mean()


def test_a_headlight_is_as_bright_as_the_hero_frames() -> None:
    frames = toy_set(1, "test")
    made = headlight(frames.frames[0], BASE, told(frames.frames[:1]))
    assert made.mean() == pytest.approx(frames.frames[0].truth.mean(), rel=0.1)


def test_pictures_of_another_folder_are_those_of_the_same_frames(tmp_path: Path) -> None:
    write_toy_sets(tmp_path, "test", 2)
    pictures = OtherPictures(tmp_path, "test")
    frame = toy_set(1, "test").frames[2]
    assert np.abs(pictures(frame, BASE, told(())) - frame.truth).max() < 1e-2
    with pytest.raises(InvalidInput, match="lacks a frame"):
        pictures(toy_set(7, "test").frames[2], BASE, told(()))
