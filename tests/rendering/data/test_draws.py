from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from vivavoce.bridge.data import MotionClip, MotionLayer, OpenHuman
from vivavoce.bridge.data.render_set import SPLITS
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.rendering.data.draws import (
    AZIMUTH_DEG,
    ELEVATION_DEG,
    camera_pose,
    direction_from,
    drawn_frames,
    drawn_view,
    emotion_of,
    face_centre,
    people_of,
    split_of_set,
)
from vivavoce.rendering.data.lights import drawn_light
from vivavoce.rendering.data.looks import drawn_colours, drawn_look


@pytest.fixture(scope="module")
def human() -> OpenHuman:
    return load_open_human()


@pytest.fixture(scope="module")
def clip() -> MotionClip:
    rng = np.random.default_rng(4)
    turns = 0.1 * rng.normal(size=(40, 2, 3))
    return MotionClip(
        30.0,
        (
            MotionLayer("lips", rng.random((40, 1)), ("jawOpen",)),
            MotionLayer("head", np.zeros((40, 0)), (), turns, ("head", "neck")),
        ),
    )  # fmt: skip


def test_the_same_numbers_draw_the_same_scene(human, clip):
    draws = (drawn_colours, drawn_look, partial(drawn_light, face_centre(human)), partial(drawn_frames, human, clip))
    for draw in draws:
        assert draw(rng=np.random.default_rng([1, 2])) == draw(rng=np.random.default_rng([1, 2]))


def test_every_set_has_heroes_of_other_moments_and_views_or_a_sequence(human, clip):
    kinds = set()
    for seed in range(40):
        frames = drawn_frames(human, clip, np.random.default_rng(seed))
        roles = [frame.role for frame in frames]
        assert roles in (["hero"] * 2 + ["view"] * 3, ["hero"] * 2 + ["sequence"] * 8)
        kinds.add(roles[-1])
        if roles[-1] == "view":
            assert len({frame.time_s for frame in frames}) == len({frame.camera for frame in frames}) == 5
        else:
            times = [frame.time_s for frame in frames[2:]]
            np.testing.assert_allclose(np.diff(times), 1.0 / clip.fps)
            for was, now in pairwise(frames[2:]):
                np.testing.assert_allclose(now.camera_before, was.camera, atol=1e-9)
                assert now.pose_before == was.pose
    assert kinds == {"view", "sequence"}


def test_cameras_look_at_the_face_from_where_the_view_says(human):
    for seed in range(20):
        view = drawn_view(np.random.default_rng(seed))
        assert AZIMUTH_DEG[0] <= view.azimuth_deg <= AZIMUTH_DEG[1]
        assert ELEVATION_DEG[0] <= view.elevation_deg <= ELEVATION_DEG[1]
        back = camera_pose(human, view)[:3, 2]
        np.testing.assert_allclose(back, direction_from(view.azimuth_deg, view.elevation_deg), atol=1e-9)


def test_no_person_is_in_two_splits():
    pools = [set(people_of(split, 40)) for split in SPLITS]
    assert sum(map(len, pools)) == len(set.union(*pools)) == 40
    assert len(people_of("test", 40)) == 8
    assert all(people_of(split, 10) for split in SPLITS)


def test_a_first_part_of_the_sets_holds_all_splits():
    early = [split_of_set(number) for number in range(60)]
    assert early.count("test") == 10
    assert early.count("validation") >= 2


def test_neutral_is_what_emotions_leave():
    assert emotion_of({"happy": 0.75})[:2] == (0.25, 0.75)
    assert emotion_of({}) == (1.0, *[0.0] * 7)
