"""A performance on a rig of any kind, from its geometry alone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...bridge.data import MotionClip, OpenHuman
from ...bridge.rigs import RigMapping, TargetCurves, retarget
from ...bridge.rigs.geometry import RigGeometry
from .bone_faces import bone_poses
from .bone_roles import BoneRole, facial_bones
from .by_shape import face_fit, retarget_by_shape
from .controls import face_controls
from .laid_on import laid_on
from .measures import RetargetScores, retarget_scores
from .transferred_on import transferred_on
from .wanted import WantedFace

ReportProgress = Callable[[float, str], None]
FACES: dict[str, Callable[[OpenHuman, RigGeometry], WantedFace]] = {"quick": laid_on, "thorough": transferred_on}
"""How a head's skin learns what the blend shapes are: nearest places, or deformation transfer with contacts."""


@dataclass(frozen=True, eq=False)
class Retargeted:
    """curves: what to write on the rig. poses: the 52 blend shapes as poses of its bones, where it has a face of bones."""

    curves: TargetCurves
    poses: RigMapping | None
    scores: RetargetScores


def retarget_onto(
    clip: MotionClip,
    geometry: RigGeometry,
    human: OpenHuman,
    face: str = "quick",
    report: ReportProgress = lambda share, stage: None,
) -> Retargeted:
    """Solve for the values of all that moves the face. face: of FACES.

    Raises InvalidInput where the rig shows no face, or nothing moves it.
    """
    report(0.0, "finding the face")
    wanted = FACES[face](human, geometry)
    poses = None
    if facial_bones(geometry.bones):
        report(0.4, "laying bones under the skin")
        poses = bone_poses(geometry, wanted).mapping()
    report(0.6, "solving")
    posed = None if poses is None else retarget(clip, poses)
    curves = retarget_by_shape(clip, face_fit(wanted, face_controls(geometry, wanted.vertices)), human, posed)
    if posed is not None:
        curves = _joined(curves, _of_eyes(posed, geometry))
    report(0.9, "measuring")
    scores = retarget_scores(clip, curves, geometry, wanted, human)
    report(1.0, "done")
    return Retargeted(curves, poses, scores)


def _of_eyes(curves: TargetCurves, geometry: RigGeometry) -> TargetCurves:
    """The curves of eye bones, which no skin tells about."""
    bones = geometry.bones
    eyes = {(bones.objects[bone], bones.names[bone]) for bone, role in facial_bones(bones).items() if role is BoneRole.EYE}
    columns = [index for index, target in enumerate(curves.targets) if (target.object, target.name) in eyes]
    return TargetCurves(curves.fps, tuple(curves.targets[index] for index in columns), curves.values[:, columns])


def _joined(first: TargetCurves, second: TargetCurves) -> TargetCurves:
    return TargetCurves(first.fps, first.targets + second.targets, np.concatenate([first.values, second.values], axis=1))
