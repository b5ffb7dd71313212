"""Frames of a character in a scene of any kind: what Cycles' passes say of them, and of the scene's light."""

import json
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import REGION_NAMES, MotionClip, MotionLayer
from vivavoce.bridge.data.render_set import RenderSet
from vivavoce.bridge.formats import write_clip
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.bridge.formats.render_set import read_render_set
from vivavoce.commands.blender_shot import cleared
from vivavoce.rendering.data.draws import View, camera_pose
from vivavoce.rendering.gbuffer import Rasteriser, Stance
from vivavoce.rendering.performers import OpenHumanPerformer
from vivavoce.rendering.poses import REST

from .conftest import ROOT, run_script

SIDE = 56
TURN_RAD = 0.06


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, blender_python: str) -> RenderSet:
    """The open human at rest, then with its head turned to its left, before two cameras."""
    folder: Path = tmp_path_factory.mktemp("scene")
    turn = np.zeros((2, 1, 3))
    turn[1, 0, 1] = TURN_RAD
    smile = np.array([[0.0], [0.4]])
    write_clip(MotionClip(30.0, (MotionLayer("head", smile, ("mouthSmileLeft",), turn, ("head",)),)), folder / "clip.npz")
    view = View(-25.0, 5.0, 0.32, 25.0, (0.0, 0.0))
    poses = [camera_pose(load_open_human(), replace(view, azimuth_deg=azimuth)) for azimuth in (-25.0, -25.0)]
    np.savez(folder / "cameras.npz", camera_to_world=np.array(poses), fov_y_rad=np.radians([25.0, 25.0]))
    job = {
        "out": str(folder / "set.npz"), "frames": [1, 2], "clip": str(folder / "clip.npz"),
        "cameras": str(folder / "cameras.npz"), "resolution": [SIDE, SIDE], "samples": 1, "device": "cpu",
    }  # fmt: skip
    (folder / "job.json").write_text(json.dumps(job))
    command = [blender_python, str(ROOT / "addon" / "headless.py"), str(folder / "job.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    return read_render_set(folder / "set.npz")


def test_anchors_are_where_the_character_stands_at_rest(made):
    gbuffer = made.frames[0].gbuffer
    seen = np.isfinite(gbuffer.depth_z_m)
    apart_m = np.linalg.norm(gbuffer.positions() - gbuffer.anchor, axis=-1)[seen]
    assert np.median(apart_m) < 5e-4
    assert np.quantile(apart_m, 0.98) < 2e-3
    assert {"skin", "lips", "eyes", "hair", "clothes"} <= {REGION_NAMES[index] for index in np.unique(gbuffer.region[seen])}


def test_what_is_drawn_clears_a_pass_of_one_sample_where_both_see_the_same_spot(made):
    traced, performer = made.frames[0].gbuffer, OpenHumanPerformer(load_open_human())
    with closing(Rasteriser(performer.surface)) as rasteriser:
        drawn = rasteriser.gbuffer(Stance(performer.vertices(REST), traced.camera))
    clear = cleared(traced, drawn)
    for name in ("alpha", "albedo", "normal", "roughness"):
        is_drawn = getattr(clear, name) == getattr(drawn, name)
        assert is_drawn.mean() > 0.97
    assert np.array_equal(clear.radiance, traced.radiance)
    elsewhere = cleared(traced, replace(drawn, anchor=drawn.anchor + 0.01))
    assert np.array_equal(elsewhere.albedo, traced.albedo)


def test_motion_leads_from_where_points_were(made):
    gbuffer = made.frames[1].gbuffer
    forehead = (gbuffer.region == REGION_NAMES.index("skin")) & (gbuffer.anchor[..., 1] > 1.68) & (gbuffer.anchor[..., 2] > 0.06)
    assert forehead.sum() > 30
    before, _ = gbuffer.camera.projected(gbuffer.anchor[forehead])
    now = np.argwhere(forehead)[:, ::-1] + 0.5
    # Where a cornea mirrors, anchor and motion are a neighbour's.
    assert np.quantile(np.abs(gbuffer.motion_px[forehead] - (now - before)), 0.98) < 0.15
    assert np.median(gbuffer.motion_px[forehead][:, 0]) > 0.5


def test_the_performance_is_told(made):
    frame = made.frames[1]
    assert abs(frame.blend_shapes.max() - 0.4) < 1e-5
    np.testing.assert_allclose(frame.joint_rotations[made.joint_names.index("head")], [0.0, TURN_RAD, 0.0], atol=1e-5)
    gbuffer = frame.gbuffer
    hair = gbuffer.region == REGION_NAMES.index("hair")
    carried = gbuffer.anchor[hair] @ frame.head_to_world[:3, :3].T + frame.head_to_world[:3, 3]
    assert np.median(np.linalg.norm(carried - gbuffer.positions()[hair], axis=-1)) < 1e-3


def test_light_is_told_as_surfaces_see_it(made):
    """The studio shows the camera a glow, and lights by an even dim world and three soft areas."""
    np.testing.assert_allclose(made.light.environment, np.broadcast_to([0.045, 0.052, 0.06], (32, 64, 3)), atol=1e-3)
    assert [lamp.kind for lamp in made.light.lamps] == ["area"] * 3
    face = load_open_human().joint_positions[15] + [0.0, 0.08, 0.08]
    for lamp in made.light.lamps:
        aim = (face - lamp.position_m) / np.linalg.norm(face - lamp.position_m)
        assert aim @ lamp.toward > 0.97


def test_hair_that_hangs_beside_the_face_belongs_to_it(blender_python):
    """On a head without bones the face, hair and clothes are parts of one parent."""
    assert run_script("scene_family", python=blender_python) == ["Face", "Hair"]
