"""Seconds of one processor to put 60 s at 60 fps, 52 channels, on rigs: by name, by shape, by bones, and to create 52 shapes.

python benchmarks/retarget.py [without-creation]
"""

import sys
import time
from collections.abc import Callable

import numpy as np

from vivavoce.bridge.data import ARKIT_NAMES, MotionClip, MotionLayer, OpenHuman
from vivavoce.bridge.formats.open_human import load_open_human
from vivavoce.bridge.rigs import MappingRow, MappingTarget, RigMapping, TargetName, retarget
from vivavoce.bridge.rigs.geometry import RigBones, RigGeometry, sparse_controls
from vivavoce.motion.retarget.bone_faces import bone_poses
from vivavoce.motion.retarget.by_shape import face_fit, retarget_by_shape
from vivavoce.motion.retarget.controls import face_controls
from vivavoce.motion.retarget.laid_on import laid_on
from vivavoce.motion.transfer.mesh import HeadMesh, triangulated
from vivavoce.motion.transfer.source import open_human_head, prepared_source
from vivavoce.motion.transfer.transfer import created_shapes, landing

FPS, SAMPLES = 60.0, 3600
PARTS = ("body", "eyes", "teeth", "tongue", "lashes")
VISEMES, JOINTS = 15, 25
GOALS_S = {"by name": 0.05, "by shape, 15 visemes": 3.0, "by bones, poses and solve": 5.0, "52 shapes created": 60.0}


def performance() -> MotionClip:
    """Smooth noise on every channel."""
    steps = np.random.default_rng(0).uniform(-0.3, 0.6, (SAMPLES // 12 + 2, len(ARKIT_NAMES)))
    places = np.arange(SAMPLES) / 12.0
    weights = np.stack([np.interp(places, np.arange(len(steps)), column) for column in steps.T], axis=1)
    return MotionClip(FPS, (MotionLayer("lips", np.clip(weights, 0.0, 1.0), ARKIT_NAMES),))


def same_names() -> RigMapping:
    rows = [MappingRow(name, (MappingTarget(TargetName("shape_key", "Head", name)),)) for name in ARKIT_NAMES]
    return RigMapping("arkit", tuple(rows))


def viseme_head(human: OpenHuman) -> RigGeometry:
    """The open human with 15 keys that are mixtures of its lips' shapes."""
    wanted = [human.part_names.index(name) for name in PARTS]
    used, faces = np.unique(human.faces[np.isin(human.face_part, wanted)], return_inverse=True)
    lips = np.stack([human.blend_shape(name)[used] for name in ARKIT_NAMES if name.startswith(("jaw", "mouth"))])
    mixtures = np.random.default_rng(1).dirichlet(np.full(len(lips), 0.2), VISEMES)
    targets = tuple(TargetName("shape_key", "Head", f"viseme {index}") for index in range(VISEMES))
    controls = sparse_controls(targets, np.tensordot(mixtures, lips, axes=1), np.array([[0.0, 1.0]] * VISEMES))
    vertices, triangles = human.vertices[used], triangulated(faces.reshape(-1, 4))
    return RigGeometry(vertices, triangles, np.zeros(len(used), np.int32), ("Head",), controls)


def bone_head(head: RigGeometry, vertices: np.ndarray) -> RigGeometry:
    """The same head on bones alone, spread over the vertices that the face has (P,)."""
    places = head.vertices[vertices[:: max(len(vertices) // JOINTS, 1)][:JOINTS]]
    nearness = np.exp(-np.square(np.linalg.norm(head.vertices[:, None] - places, axis=2) / 0.015)) + 1e-6
    weights = np.concatenate([np.full((len(nearness), 1), 0.1), nearness], axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    names = ("Head", *(f"Bone {index}" for index in range(len(places))))
    parents = np.array([-1, *(0 for _ in places)])
    heads = np.concatenate([places.mean(axis=0, keepdims=True), places])
    bones = RigBones(names, ("Rig",) * len(names), parents, heads, np.broadcast_to(np.arange(len(names)), weights.shape), weights)
    nothing = sparse_controls((), np.zeros((0, len(head.vertices), 3)), np.zeros((0, 2)))
    return RigGeometry(head.vertices, head.triangles, head.vertex_mesh, head.mesh_names, nothing, bones)


def seconds(work: Callable[[], object]) -> float:
    """Of the processor: what else the machine does is not counted."""
    start = time.process_time()
    work()
    return time.process_time() - start


def beside(clip: MotionClip) -> float:
    """Composing the clip's 52 channels once: what every way of retargeting begins with."""
    return min(seconds(lambda: clip.blend_shapes(ARKIT_NAMES)) for _ in range(5))


def main() -> None:
    clip, human = performance(), load_open_human()
    head = viseme_head(human)
    wanted = laid_on(human, head)
    bones = bone_head(head, wanted.vertices)
    mapping, unit = same_names(), beside(clip)

    def by_shape(geometry: RigGeometry) -> None:
        retarget_by_shape(clip, face_fit(wanted, face_controls(geometry, wanted.vertices)), human)

    def by_bones() -> None:
        retarget(clip, bone_poses(bones, wanted).mapping())
        by_shape(bones)

    def created() -> None:
        created_shapes(prepared_source(open_human_head(human)), landing(HeadMesh(head.vertices.astype(float), head.triangles)))

    works = (lambda: retarget(clip, mapping), lambda: by_shape(head), by_bones, created)
    print(f"{len(head.vertices)} vertices, {len(wanted.vertices)} of them wanted; unit {1e3 * unit:.1f} ms")
    for (name, goal), work in zip(GOALS_S.items(), works, strict=True):
        if name.endswith("created") and "without-creation" in sys.argv:
            continue
        taken = seconds(work)
        print(f"{name:28} {taken:8.3f} s, {taken / unit:9.1f} times the unit (goal {goal:g} s)", flush=True)


if __name__ == "__main__":
    main()
