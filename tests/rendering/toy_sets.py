"""Render sets made in code: a ball with a face's regions under a coloured sky, whose truth the analytic base almost reaches."""

from pathlib import Path

import numpy as np

from vivavoce.bridge.data import Camera, GBuffer, SceneLight, environment_directions
from vivavoce.bridge.data.render_set import RenderFrame, RenderSet, Role, Split
from vivavoce.bridge.formats.open_human import load_open_human, write_open_human
from vivavoce.bridge.formats.render_set import write_render_set
from vivavoce.rendering.data.sets import PEOPLE_FOLDER, set_path

JOINTS = (
    "spine3", "neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf", "left_collar", "right_collar", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow",
)  # fmt: skip
_PLACES_M = np.array([
    [0, -0.3, 0], [0, -0.1, 0], [0, 0, 0], [0, -0.03, 0.05], [0.04, 0.03, 0.08], [-0.04, 0.03, 0.08], [0.1, -0.15, 0],
    [-0.1, -0.15, 0], [0.2, -0.2, 0], [-0.2, -0.2, 0], [0.3, -0.4, 0], [-0.3, -0.4, 0],
])  # fmt: skip


def camera_at(azimuth_deg: float, side_px: int) -> Camera:
    angle = np.radians(azimuth_deg)
    pose = np.eye(4)
    pose[:3, :3] = [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    pose[:3, 3] = pose[:3, :3] @ [0.0, 0.0, 0.6]
    return Camera(pose, 0.45, side_px, side_px)


def ball(camera: Camera, seed: int) -> GBuffer:
    """A ball of 10 cm about the origin; eyes, lips, hair and clothes lie where a head's would."""
    ray = camera.directions() / np.linalg.norm(camera.directions(), axis=-1, keepdims=True)
    along = -(ray @ camera.position_m)
    inside = along**2 - camera.position_m @ camera.position_m + 0.01
    seen = inside > 0.0
    point = np.where(seen[..., None], camera.position_m + ray * (along - np.sqrt(np.maximum(inside, 0.0)))[..., None], 0.0)
    normal = point / 0.1
    x, y, z = np.moveaxis(normal, -1, 0)
    is_eye = (np.abs(y - 0.2) < 0.12) & (np.abs(np.abs(x) - 0.35) < 0.2) & (z > 0.0)
    is_lip = (np.abs(y + 0.35) < 0.1) & (np.abs(x) < 0.3) & (z > 0.0)
    region = np.select([~seen, y > 0.6, y < -0.7, is_eye, is_lip], [0, 5, 7, 3, 2], 1)
    colours = np.random.default_rng(seed).uniform(0.1, 0.8, (8, 3))
    freckles = 1.0 + 0.2 * np.sin(60.0 * x) * np.sin(60.0 * y)
    depth_m = np.where(seen, -((point - camera.position_m) @ camera.camera_to_world[:3, 2]), np.inf)
    depth_m[0, 0], alpha = np.inf, seen.astype(float)
    # A covered pixel whose centre sees nothing, as at the edge of hair.
    alpha[0, 0] = 0.5
    return GBuffer(
        camera,
        albedo=np.where(seen[..., None], colours[region] * freckles[..., None], 0.0),
        normal=np.where(seen[..., None], normal, 0.0),
        depth_z_m=depth_m,
        region=region,
        roughness=np.where(seen, 0.5, 0.0),
        motion_px=np.zeros((*seen.shape, 2)),
        alpha=alpha,
        anchor=point,
        radiance=np.zeros((*seen.shape, 3)),
    )


def toy_set(seed: int, split: Split, side_px: int = 64, roles: tuple[Role, ...] = ("hero", "hero", "view")) -> RenderSet:
    rng = np.random.default_rng(seed)
    sky = environment_directions(16, 32)
    toward = rng.normal(size=3) / 2.0
    light = SceneLight(np.maximum(0.3 + sky @ toward, 0.02)[..., None] * rng.uniform(0.5, 1.5, 3))
    frames = []
    for role in roles:
        bare = ball(camera_at(rng.uniform(-60, 60), side_px), seed)
        lit = np.maximum(0.4 + bare.normal @ toward, 0.05)[..., None] * bare.albedo * bare.alpha[..., None]
        truth = lit * (1.0 + 0.5 * (bare.normal[..., 1:2] > 0.3))
        sampled = GBuffer(**{**vars(bare), "radiance": truth * rng.gamma(1.0, 1.0, (*bare.alpha.shape, 1))})
        frames.append(
            RenderFrame(sampled, truth, role, 0.0, rng.uniform(0, 1, 52), np.zeros((len(JOINTS), 3)), _PLACES_M, np.eye(4))
        )
    return RenderSet(f"toy{seed}", split, "000 1.000", 16, light, np.eye(8)[0], JOINTS, tuple(frames))


def write_toy_sets(folder: Path, split: Split, count: int, **options: object) -> None:
    for number in range(count):
        path = set_path(folder, number, split)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_render_set(path, toy_set(number, split, **options))


def write_person(folder: Path) -> None:
    """Whose face's landmarks the balls go by."""
    path = folder / PEOPLE_FOLDER / "000.npz"
    path.parent.mkdir(parents=True)
    write_open_human(path, load_open_human())
