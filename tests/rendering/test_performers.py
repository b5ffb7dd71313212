"""A glTF character's face moves by its shape keys, and views turn around what moves."""

import numpy as np

from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES
from vivavoce.rendering.gbuffer import GltfCharacter, Surface
from vivavoce.rendering.performers import GltfPerformer
from vivavoce.rendering.poses import Pose

CORNERS = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
OPENED = np.array([[0, -0.02, 0], [0, -0.02, 0], [0, 0, 0], [0, 0, 0]], np.float32)


def performer(offsets: np.ndarray, names: tuple[str, ...]) -> GltfPerformer:
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    surface = Surface(triangles, CORNERS, np.ones(2, np.uint8), np.ones(2, np.float32), np.ones((4, 3), np.float32))
    return GltfPerformer(GltfCharacter(surface, names, offsets))


def test_the_face_moves_by_its_shape_keys_and_stands_where_the_clip_puts_it() -> None:
    weights = np.zeros(len(ARKIT_NAMES), np.float32)
    weights[ARKIT_INDEX["jawOpen"]] = 0.5
    pose = Pose(weights, {}, np.array([0.0, 0.0, 2.0], np.float32))
    head = performer(OPENED[None], ("jawOpen",))
    np.testing.assert_allclose(head.vertices(pose), CORNERS + 0.5 * OPENED + [0.0, 0.0, 2.0], atol=1e-6)
    np.testing.assert_allclose(head.head_to_world(pose)[:3, 3], [0.0, 0.0, 2.0])


def test_a_view_turns_around_what_shape_keys_move_or_the_middle() -> None:
    np.testing.assert_allclose(performer(OPENED[None], ("jawOpen",)).face_centre, [0.5, 0.0, 0.0])
    np.testing.assert_allclose(performer(OPENED[None][:0], ()).face_centre, [0.5, 0.5, 0.0])
