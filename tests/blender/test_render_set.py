"""Sets of frames by a real Blender: what its passes say of a person at rest and turning, and the light they are told by."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_NAMES, REGION_NAMES, MotionClip, MotionLayer, SceneLight, environment_directions
from vivavoce.bridge.data.render_plan import FramePlan, LightPlan, LookPlan, PosePlan, SetPlan, plan_to_json
from vivavoce.bridge.data.render_set import RenderSet
from vivavoce.bridge.formats import write_clip
from vivavoce.bridge.formats.open_human import OPEN_HUMAN_PATH, load_open_human, write_open_human
from vivavoce.bridge.formats.render_set import read_render_set
from vivavoce.commands.blender_job import carry_out
from vivavoce.motion.human.variation import bust
from vivavoce.rendering.data.draws import View, camera_pose
from vivavoce.rendering.gbuffer import shown_human
from vivavoce.rendering.gbuffer.rasterise import Rasteriser, Stance

SIDE = 64
SKIN = REGION_NAMES.index("skin")
_FEW_PIXELS = 20


def plan_of(folder: Path) -> SetPlan:
    human = load_open_human()
    write_open_human(folder / "person.npz", bust(human, 1.15))
    rest = PosePlan((0.0,) * len(ARKIT_NAMES), {})
    turned = PosePlan((0.0,) * len(ARKIT_NAMES), {"head": (0.0, 0.05, 0.0)})
    cameras = [
        tuple(map(tuple, camera_pose(human, View(azimuth, 5.0, 0.32, 25.0, (0.0, 0.0))).tolist())) for azimuth in (-30.0, 20.0)
    ]
    still = FramePlan("hero", 0.0, rest, rest, cameras[0], cameras[0], float(np.radians(25.0)))
    moving = replace(still, role="view", pose=turned, camera=cameras[1], camera_before=cameras[1])
    grey = (0.5, 0.5, 0.5)
    return SetPlan(
        "00000", "train", "0", str(folder / "person.npz"), str(folder / "set.npz"), SIDE, 4, (1.0,) + (0.0,) * 7,
        LookPlan(0.0, 0.35, 1.0, grey, grey, grey), LightPlan("sunset", 0.3, 0.6, grey, grey, grey, ()), (still, moving),
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> RenderSet:
    folder = tmp_path_factory.mktemp("set")
    plan = plan_of(folder)
    (folder / "plan.json").write_text(plan_to_json(plan))
    carry_out({"render_sets": [str(folder / "plan.json")]}, lambda share, stage: None)
    return read_render_set(folder / "set.npz")


def test_a_person_at_rest_stands_where_the_anchors_are(made):
    gbuffer = made.frames[0].gbuffer
    seen = np.isfinite(gbuffer.depth_z_m)
    assert 0.3 < seen.mean() < 0.9
    apart_m = np.linalg.norm(gbuffer.positions() - gbuffer.anchor, axis=-1)[seen]
    assert np.median(apart_m) < 5e-4
    assert np.quantile(apart_m, 0.98) < 2e-3
    assert np.median(np.abs(gbuffer.motion_px[seen])) < 0.05


def test_every_region_in_view_is_named_and_faces_look_at_the_camera(made):
    gbuffer = made.frames[0].gbuffer
    seen = np.isfinite(gbuffer.depth_z_m)
    names = {REGION_NAMES[index] for index in np.unique(gbuffer.region[seen])}
    assert {"skin", "lips", "eyes", "hair", "clothes"} <= names
    facing = -np.einsum("hwx,hwx->hw", gbuffer.normal, gbuffer.camera.directions())
    assert (facing[seen & (gbuffer.region == SKIN)] > 0.0).mean() > 0.97
    np.testing.assert_allclose(np.linalg.norm(gbuffer.normal[seen], axis=-1), 1.0, atol=2e-2)


def test_a_turning_head_moves_as_its_joints_say(made):
    """A turn of the head to its left carries the face's front to the right of the picture, and leaves the shirt."""
    frame = made.frames[1]
    gbuffer, motion = frame.gbuffer, frame.gbuffer.motion_px
    shirt = gbuffer.region == REGION_NAMES.index("clothes")
    assert np.abs(motion[shirt]).max() < 0.1
    face = (gbuffer.region == SKIN) & (gbuffer.anchor[..., 2] > 0.08) & (gbuffer.anchor[..., 1] > 1.5)
    before, _ = gbuffer.camera.projected(gbuffer.anchor[face])
    now = np.argwhere(face)[:, ::-1] + 0.5
    np.testing.assert_allclose(motion[face], now - before, atol=0.12)
    assert np.median(motion[face, 0]) > 0.5
    carried = gbuffer.anchor[face] @ frame.head_to_world[:3, :3].T + frame.head_to_world[:3, 3]
    assert np.median(np.linalg.norm(carried - gbuffer.positions()[face], axis=-1)) < 1e-3


def test_a_rasteriser_without_blender_tells_the_same(made):
    told = made.frames[0].gbuffer
    human = bust(load_open_human(), 1.15)
    shown = shown_human(human)
    drawn = Rasteriser(shown.surface).gbuffer(Stance(shown.vertices(human.vertices), told.camera))
    both = np.isfinite(told.depth_z_m) & np.isfinite(drawn.depth_z_m)
    assert np.median(np.abs(told.depth_z_m[both] - drawn.depth_z_m[both])) < 1e-4
    angles = np.degrees(np.arccos(np.clip((told.normal * drawn.normal).sum(axis=-1)[both], -1.0, 1.0)))
    # At this size a pixel is 5 mm wide and its mean normal one of few samples.
    assert np.median(angles) < 3.0
    assert np.median(np.linalg.norm(told.anchor - drawn.anchor, axis=-1)[both]) < 1e-3
    assert (told.region == drawn.region).mean() > 0.999
    for region in np.flatnonzero(np.bincount(told.region.ravel()) > _FEW_PIXELS):
        one, other = told.region == region, drawn.region == region
        assert (one & other).sum() > 0.98 * (one | other).sum(), REGION_NAMES[region]
    assert np.abs(told.alpha - drawn.alpha).mean() < 0.02


def test_the_light_that_is_told_is_the_light_that_shone(made):
    for frame in made.frames:
        gbuffer = frame.gbuffer
        skin = (gbuffer.region == SKIN) & (gbuffer.alpha > 0.99)
        expected = irradiance(made.light, gbuffer.normal[skin])[:, 1] * gbuffer.albedo[skin, 1] / np.pi
        assert np.corrcoef(expected, frame.truth[skin, 1])[0, 1] > 0.85
        assert 0.5 < np.median(frame.truth[skin, 1] / expected) < 1.3


def irradiance(light: SceneLight, normals: np.ndarray) -> np.ndarray:
    """From the surroundings, unshadowed: (N, 3) -> (N, 3)."""
    height, width, _ = light.environment.shape
    directions = environment_directions(height, width).reshape(-1, 3)
    solid_angle = np.linalg.norm(directions[:, [0, 2]], axis=1) * 2.0 * np.pi**2 / (height * width)
    return np.maximum(normals @ directions.T, 0.0) @ (light.environment.reshape(-1, 3) * solid_angle[:, None])


def test_what_one_sample_sees_averages_to_the_truth(made):
    frame = made.frames[0]
    sure = frame.gbuffer.alpha > 0.99
    ratio = frame.gbuffer.radiance[sure].mean() / frame.truth[sure].mean()
    assert 0.8 < ratio < 1.25


def test_a_killed_run_goes_on_to_the_same_files(tmp_path):
    whole, killed = (begun_folder(tmp_path / name) for name in ("whole", "killed"))
    subprocess.run(command(whole, sets_per_process=2), check=True, capture_output=True, timeout=300)
    process = subprocess.Popen(command(killed, 1), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    first = killed / "sets" / "00000-train.npz"
    deadline = time.monotonic() + 300.0
    while not first.is_file() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert first.is_file()
    assert not (killed / "sets" / "00001-train.npz").is_file()
    subprocess.run(command(killed, 1), check=True, capture_output=True, timeout=300)
    names = sorted(path.name for path in (whole / "sets").iterdir())
    assert names == sorted(path.name for path in (killed / "sets").iterdir() if not path.name.startswith("."))
    for name in names:
        assert_same_set(whole / "sets" / name, killed / "sets" / name)
    refused = subprocess.run([*command(killed, 1), "--seed", "5"], capture_output=True, text=True)
    assert refused.returncode == 2
    assert "other options" in refused.stderr


def assert_same_set(one: Path, other: Path) -> None:
    """Equal but for light: Cycles' threads add up in an order of their own, which moves last digits."""
    first, second = np.load(one), np.load(other)
    assert first.files == second.files
    for name in first.files:
        if name in ("truth", "radiance"):
            np.testing.assert_allclose(first[name], second[name], atol=2e-3, rtol=2e-2)
            assert (first[name] == second[name]).mean() > 0.98
        else:
            np.testing.assert_array_equal(first[name], second[name])


def begun_folder(folder: Path) -> Path:
    """A folder whose people are all the bundled one, and whose performance is a nod: nothing is baked or heard."""
    (folder / "people").mkdir(parents=True)
    (folder / "clips").mkdir()
    for number in range(10):
        shutil.copyfile(OPEN_HUMAN_PATH, folder / "people" / f"{number:03d}.npz")
    nod = np.zeros((12, 1, 3))
    nod[:, 0, 0] = np.linspace(0.0, 0.2, 12)
    write_clip(MotionClip(30.0, (MotionLayer("head", np.zeros((12, 0)), (), nod, ("head",)),)), folder / "clips" / "000.npz")
    return folder


def command(folder: Path, sets_per_process: int) -> list[str]:
    options = {"people": 10, "clips": 1, "sets": 2, "side": 32, "samples": 1, "sets-per-process": sets_per_process}
    return [sys.executable, "-m", "vivavoce", "render-data", str(folder), *(
        text for name, value in options.items() for text in (f"--{name}", str(value))
    )]  # fmt: skip
