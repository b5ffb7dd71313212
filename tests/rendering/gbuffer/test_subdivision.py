"""One level of subdivision: points lie on the surface that the coarse cage means, whatever its shape."""

import numpy as np

from vivavoce.rendering.gbuffer.subdivision import subdivided

CUBE = np.array([[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)])
CUBE_FACES = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])


def test_a_cage_is_carried_to_its_limit() -> None:
    """A corner's place on the limit surface follows from the coarse cage alone (Halstead and others 1993)."""
    fine = subdivided(CUBE_FACES, np.ones(6, bool), 8)
    shown = fine.smooth @ CUBE
    apart = np.abs(CUBE[:, None] - CUBE).sum(axis=-1)
    wanted = (9.0 * CUBE + 4.0 * (apart == 1.0) @ CUBE + (apart == 2.0) @ CUBE) / 24.0
    np.testing.assert_allclose(shown[:8], wanted, atol=1e-6)
    assert fine.faces.shape == (24, 4)
    assert np.bincount(fine.face_of).tolist() == [4] * 6
    np.testing.assert_allclose((fine.even @ CUBE)[8:20].mean(axis=0), 0.5)
    assert len(shown) == 8 + 12 + 6


def test_a_flat_sheet_stays_flat_and_its_border_smooth() -> None:
    rows, columns = np.meshgrid(np.arange(5.0), np.arange(5.0), indexing="ij")
    sheet = np.stack([columns.ravel(), rows.ravel(), 0.0 * rows.ravel()], axis=1)
    start = (5 * np.arange(4)[:, None] + np.arange(4)).ravel()
    fine = subdivided(np.stack([start, start + 1, start + 6, start + 5], axis=1), np.ones(16, bool), 25)
    smooth, even = fine.smooth @ sheet, fine.even @ sheet
    inside = ((even[:, :2] >= 1.0) & (even[:, :2] <= 3.0)).all(axis=1)
    np.testing.assert_allclose(smooth[inside], even[inside], atol=1e-6)
    assert np.abs(smooth[:, 2]).max() == 0.0
    np.testing.assert_allclose(smooth[0, :2], [1.0 / 6.0, 1.0 / 6.0], atol=1e-6)  # a border is a cubic spline, corners too
    np.testing.assert_allclose(smooth[2, :2], [2.0, 0.0], atol=1e-6)


def test_hard_faces_and_what_no_face_uses_stay() -> None:
    faces = np.array([[3, 4, 5, 5], [0, 1, 2, 2]])
    points = np.random.default_rng(0).normal(size=(7, 3))
    fine = subdivided(faces, np.array([True, False]), 7)
    assert fine.faces[0].tolist() == [0, 1, 2, 2]
    assert fine.face_of.tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose((fine.smooth @ points)[[0, 1, 2, 6]], points[[0, 1, 2, 6]], rtol=1e-6)
    np.testing.assert_allclose((fine.even @ points)[-1], points[3:6].mean(axis=0), rtol=1e-6)
