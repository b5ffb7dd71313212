import numpy as np
import pytest

from vivavoce.bridge.data import Camera, GBuffer, Lamp, SceneLight
from vivavoce.bridge.data.render_set import RenderFrame, RenderSet
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.formats.render_set import write_render_set
from vivavoce.rendering.data import RenderSets
from vivavoce.rendering.data.sets import set_path

SIDE = 6


def made_frame(role: str, rng: np.random.Generator) -> RenderFrame:
    camera = Camera(np.eye(4) + np.pad([[0.0], [1.6], [0.9]], ((0, 1), (3, 0))), 0.4, SIDE, SIDE)
    depth = rng.uniform(0.7, 1.1, (SIDE, SIDE))
    depth[0] = np.inf
    one, two, three = (SIDE, SIDE), (SIDE, SIDE, 2), (SIDE, SIDE, 3)
    gbuffer = GBuffer(
        camera, rng.random(three), rng.normal(size=three), depth, rng.integers(0, 8, one), rng.random(one),
        rng.normal(size=two), np.isfinite(depth), rng.normal((0.0, 1.6, 0.1), 0.05, three), rng.random(three),
    )  # fmt: skip
    return RenderFrame(
        gbuffer, rng.random(three), role, 1.5, rng.random(52), rng.random((59, 3)), rng.random((59, 3)), np.eye(4)
    )  # fmt: skip


def made_set(name: str = "00003", split: str = "train") -> RenderSet:
    rng = np.random.default_rng(5)
    light = SceneLight(rng.random((4, 8, 3)), (Lamp("area", np.eye(4), np.array([3.0, 2.0, 1.0]), (0.4, 0.2)),))
    frames = tuple(made_frame(role, rng) for role in ("hero", "view", "sequence"))
    return RenderSet(name, split, "person 4", 16, light, rng.random(8), tuple(f"joint{n}" for n in range(59)), frames)


def test_a_set_comes_back_within_the_precision_of_halves(tmp_path):
    made = made_set()
    (tmp_path / "sets").mkdir()
    write_render_set(set_path(tmp_path, 3, "train"), made)
    read = RenderSets(tmp_path, "train")[0]
    assert (read.name, read.split, read.identity, read.samples) == ("00003", "train", "person 4", 16)
    assert [frame.role for frame in read.frames] == ["hero", "view", "sequence"]
    np.testing.assert_array_equal(read.light.environment, made.light.environment)
    assert read.light.lamps[0].size == (0.4, 0.2)
    for ours, theirs in zip(made.frames, read.frames, strict=True):
        seen = np.isfinite(ours.gbuffer.depth_z_m)
        np.testing.assert_array_equal(np.isfinite(theirs.gbuffer.depth_z_m), seen)
        np.testing.assert_allclose(theirs.gbuffer.depth_z_m[seen], ours.gbuffer.depth_z_m[seen], atol=1.3e-4)
        np.testing.assert_allclose(theirs.gbuffer.anchor[seen], ours.gbuffer.anchor[seen], atol=1.3e-4)
        np.testing.assert_array_equal(theirs.gbuffer.region, ours.gbuffer.region)
        np.testing.assert_allclose(theirs.truth, ours.truth, atol=5e-4)
        np.testing.assert_allclose(theirs.gbuffer.camera.camera_to_world, ours.gbuffer.camera.camera_to_world)
        np.testing.assert_allclose(theirs.blend_shapes, ours.blend_shapes, atol=1e-7)


def test_equal_sets_give_equal_bytes(tmp_path):
    for name in ("a.npz", "b.npz"):
        write_render_set(tmp_path / name, made_set())
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_splits_lie_apart_and_in_order(tmp_path):
    (tmp_path / "sets").mkdir()
    for number, split in ((12, "train"), (2, "train"), (7, "test")):
        write_render_set(set_path(tmp_path, number, split), made_set(f"{number:05d}", split))
    assert [made.name for made in RenderSets(tmp_path, "train")] == ["00002", "00012"]
    assert len(RenderSets(tmp_path, "test")) == 1
    with pytest.raises(InvalidInput, match="no frames for validation"):
        RenderSets(tmp_path, "validation")


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "sets").mkdir()
    set_path(tmp_path, 0, "train").write_bytes(b"half a file")
    with pytest.raises(InvalidInput, match="00000-train"):
        RenderSets(tmp_path, "train")[0]
