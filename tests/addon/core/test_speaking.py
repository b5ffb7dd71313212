"""The options of a job are such that the worker takes them."""

import pytest

from vivavoce.addon.core.moods import moods_text
from vivavoce.addon.core.speaking import speak_options
from vivavoce.bridge.data import Mood, PerformanceStyle

SETTINGS = {
    "moods": "",
    "seed": 3,
    "variation": 0.5,
    "engine": "diffusion",
    "mouth": 1.0,
    "head": 0.5,
    "eyes": 1.0,
    "blinks": 2.0,
    "text": " ",
}


@pytest.mark.parametrize("moods", [(), (Mood(0.0, {"happy": 0.5}),), (Mood(0.0, {"happy": 0.5}), Mood(2.5))])
def test_the_style_is_one_that_the_engine_knows(moods: tuple[Mood, ...]):
    options = speak_options(SETTINGS | {"moods": moods_text(moods)}, 24.0)
    style = options["style"]
    performed = PerformanceStyle(**{**style, "moods": tuple(Mood(**mood) for mood in style["moods"])})
    assert performed == PerformanceStyle(moods=moods, seed=3, variation=0.5, head=0.5, blinks=2.0)
    assert (options["fps"], options["engine"], options["text"], "layers" in options) == (24.0, "diffusion", None, False)


def test_text_and_layers_are_passed_on():
    options = speak_options(SETTINGS | {"text": "good day "}, 24.0, ("blinks",))
    assert (options["text"], options["layers"]) == ("good day", ["blinks"])
