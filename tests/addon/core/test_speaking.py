"""The options of a job are such that the worker takes them."""

from typing import Any

import pytest

from vivavoce.addon.core.speaking import speak_options
from vivavoce.bridge.data import PerformanceStyle

SETTINGS = {
    "emotion": "happy", "intensity": 0.5, "seed": 3, "mouth": 1.0, "head": 0.5, "eyes": 1.0, "blinks": 2.0, "text": " ",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "emotion"),
    [({}, {"happy": 0.5}), ({"emotion": "neutral"}, {}), ({"intensity": 0.0}, {})],
)
def test_the_style_is_one_that_the_engine_knows(change: dict[str, Any], emotion: dict[str, float]):
    options = speak_options(SETTINGS | change, 24.0)
    assert PerformanceStyle(**options["style"]) == PerformanceStyle(emotion, seed=3, head=0.5, blinks=2.0)
    assert (options["fps"], options["text"], "layers" in options) == (24.0, None, False)


def test_text_and_layers_are_passed_on():
    options = speak_options(SETTINGS | {"text": "good day "}, 24.0, ("blinks",))
    assert (options["text"], options["layers"]) == ("good day", ["blinks"])
