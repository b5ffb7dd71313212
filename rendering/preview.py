"""A quick movie of a clip: the open human in plain colours by pyrender, with the sound."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..bridge.data import FACE_JOINT_NAMES, MotionClip, OpenHuman
from ..bridge.formats.open_human import load_open_human
from .movie import movie
from .view import looking_at

ReportProgress = Callable[[float, str], None]
"""Called with the share done (0..1) and what is being done."""

_BACKGROUND = (0.13, 0.15, 0.17)
_CHUNK_FRAMES = 16
_CAMERA_AZIMUTH_RAD = np.radians(24.0)
_CAMERA_DISTANCE_M = 1.5
_FRAME_HEIGHT_M = 0.46


def write_preview(
    clip: MotionClip, audio: Path | None, path: Path, *, resolution: tuple[int, int] = (1280, 720), report: ReportProgress
) -> None:
    """Write `clip` on the open human, with the recording, to the MPEG-4 file `path`; width and height must be even."""
    human = load_open_human()
    with movie(path, resolution, clip.fps, clip.duration_s, audio) as take_frame:
        for index, frame in enumerate(preview_frames(clip, human, resolution)):
            take_frame(frame)
            report((index + 1) / clip.frame_count, "preview")


def preview_frames(clip: MotionClip, human: OpenHuman, resolution: tuple[int, int]) -> Iterator[np.ndarray]:
    """Every frame of the clip as (H, W, 3) uint8."""
    if sys.platform.startswith("linux"):
        os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    import pyrender

    faces, colours = visible_triangles(human), vertex_colours(human)
    renderer = pyrender.OffscreenRenderer(*resolution)
    try:
        scene = _lit_scene(human)
        for vertices in posed_frames(clip, human):
            primitive = pyrender.Primitive(
                positions=vertices, normals=vertex_normals(vertices, faces), indices=faces, color_0=colours, mode=4,
                material=pyrender.MetallicRoughnessMaterial(metallicFactor=0.0, roughnessFactor=0.6),
            )  # fmt: skip
            node = scene.add(pyrender.Mesh([primitive]))
            picture, _ = renderer.render(scene)
            scene.remove_node(node)
            yield picture
    finally:
        renderer.delete()


def posed_frames(clip: MotionClip, human: OpenHuman) -> Iterator[np.ndarray]:
    """The human's vertices (V, 3) at every frame."""
    weights = clip.blend_shapes(human.blend_shape_names)
    used = {name for layer in clip.layers for name in layer.joint_names}
    names = [name for name in human.joint_names if name in used and name not in FACE_JOINT_NAMES]
    joints, translation = clip.joints(names), clip.translation()
    for start in range(0, clip.frame_count, _CHUNK_FRAMES):
        chunk = slice(start, start + _CHUNK_FRAMES)
        rotations = {name: joints[chunk, column] for column, name in enumerate(names)}
        yield from human.posed(weights[chunk], rotations) + translation[chunk, None]


def visible_triangles(human: OpenHuman) -> np.ndarray:
    """(T, 3) uint32: quads cut in two, the clear cornea left out."""
    quads = human.faces[human.face_material != human.material_names.index("cornea")]
    halves = quads[quads[:, 2] != quads[:, 3]][:, [0, 2, 3]]
    return np.concatenate([quads[:, :3], halves]).astype(np.uint32)


def vertex_colours(human: OpenHuman) -> np.ndarray:
    """(V, 4) float32, linear and opaque, as pyrender wants them."""
    opaque = np.ones((len(human.vertices), 4), np.float32)
    opaque[:, :3] = (human.vertex_color / 255.0) ** 2.2
    return opaque


def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals: (V, 3), (T, 3) -> (V, 3) float32."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    face_normals = np.cross(b - a, c - a)
    normals = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(face_normals[:, axis], 3), minlength=len(vertices)) for axis in range(3)],
        axis=1,
    )
    return (normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def _lit_scene(human: OpenHuman) -> Any:
    """A three-quarter camera on the face, a key and a fill light."""
    import pyrender

    eyes = [human.joint_positions[human.joint_names.index(f"{side}_eye_smplhf")] for side in ("left", "right")]
    target = np.mean(eyes, axis=0) - [0.0, 0.07, 0.0]
    scene = pyrender.Scene(bg_color=[*_BACKGROUND, 1.0], ambient_light=[0.25, 0.25, 0.28])
    camera = pyrender.PerspectiveCamera(yfov=2.0 * np.arctan(0.5 * _FRAME_HEIGHT_M / _CAMERA_DISTANCE_M))
    scene.add(camera, pose=looking_at(target, _CAMERA_AZIMUTH_RAD, 0.03, _CAMERA_DISTANCE_M))
    for azimuth_rad, elevation_rad, strength in ((-0.6, 0.6, 3.2), (0.9, 0.1, 1.2)):
        light = pyrender.DirectionalLight(color=np.ones(3), intensity=strength)
        scene.add(light, pose=looking_at(target, azimuth_rad, elevation_rad, 2.0))
    return scene
