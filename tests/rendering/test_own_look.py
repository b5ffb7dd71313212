"""What many finished frames of a character say of its look holds in views that none of them had."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the `rendering` extra is not installed")

from tests.rendering.toy_sets import toy_set
from vivavoce.bridge.data.render_set import RenderSet
from vivavoce.bridge.errors import InvalidInput
from vivavoce.rendering.conditioning import HeroFrame
from vivavoce.rendering.heroes import encoded_picture
from vivavoce.rendering.light import PreparedLight, light_buffers
from vivavoce.rendering.own_look import LOOK_NAME, LitFrame, OwnLook, learnt_look, read_look, write_look
from vivavoce.rendering.painting import Network, Painter, Told
from vivavoce.rendering.training.prepare import prepare_set

CENTRE = np.zeros(3)


@pytest.fixture(scope="module")
def character() -> RenderSet:
    """Thirteen views of one ball; the light that is told brightens its crown, which no shading explains."""
    return toy_set(3, "train", roles=("hero", *["view"] * 12))


@pytest.fixture(scope="module")
def look(character: RenderSet) -> OwnLook:
    light = PreparedLight(character.light, CENTRE)
    return learnt_look(
        [LitFrame(frame.truth, frame.gbuffer, light_buffers(frame.gbuffer, light)) for frame in character.frames[1:-1]]
    )


def error(character: RenderSet, look: OwnLook | None) -> float:
    """In look mode with one hero frame, of a view that neither the hero frame nor the look has seen."""
    hero, held = character.frames[0], character.frames[-1]
    told = Told(np.eye(4), np.zeros(52), np.zeros(8))
    paint = Painter("look", [HeroFrame(hero.truth, hero.gbuffer)], None, CENTRE, lambda index: told, Network(look=look))
    apart = encoded_picture(paint(held.gbuffer, 0)) - encoded_picture(held.truth)
    return float(np.sqrt((apart[held.gbuffer.alpha > 0.5] ** 2).mean()))


def test_a_look_learnt_from_many_frames_helps_in_a_view_that_it_has_not_seen(character: RenderSet, look: OwnLook) -> None:
    assert error(character, look) < 0.8 * error(character, None)


def test_a_look_is_read_as_it_was_written_and_damage_is_told(look: OwnLook, tmp_path: Path) -> None:
    assert read_look(tmp_path) is None
    write_look(look, tmp_path)
    again = read_look(tmp_path)
    assert again is not None
    np.testing.assert_array_equal(again.gains, look.gains)
    whole = (tmp_path / LOOK_NAME).read_bytes()
    (tmp_path / LOOK_NAME).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidInput):
        read_look(tmp_path)


def test_frames_that_show_nothing_are_refused(character: RenderSet) -> None:
    frame = character.frames[0]
    empty = replace(frame.gbuffer, alpha=np.zeros_like(frame.gbuffer.alpha))
    buffers = light_buffers(frame.gbuffer, PreparedLight(character.light, CENTRE))
    with pytest.raises(InvalidInput, match="do not show"):
        learnt_look([LitFrame(frame.truth, empty, buffers)])


def test_a_character_without_bones_can_be_learnt(character: RenderSet, look: OwnLook, tmp_path: Path) -> None:
    """A head that has shape keys alone has no joints to be told."""
    nothing = np.zeros((0, 3))
    frames = tuple(replace(frame, joint_rotations=nothing, joint_positions=nothing) for frame in character.frames[:2])
    assert prepare_set(replace(character, joint_names=(), frames=frames), "bare", tmp_path, look) == 2
