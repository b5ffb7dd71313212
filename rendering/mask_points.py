"""The points that masks are predicted from: joints, nose, ears and the landmarks of the face, as a camera sees them on people."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np

from ..bridge.data import ARKIT_NAMES, Camera, OpenHuman
from ..bridge.data.landmarks import extra_vertices, landmark_vertices
from ..bridge.data.render_set import RenderFrame, RenderSet
from ..bridge.errors import InvalidInput
from ..bridge.formats.open_human import load_open_human
from .models.masks import MASK_EXTRAS, MASK_JOINTS

_HEAD = MASK_JOINTS.index("head")


class FacePoints:
    """Nose, ears and landmarks of one open human, in any pose."""

    def __init__(self, human: OpenHuman, vertices: np.ndarray) -> None:
        """vertices: (L,) the points' ids."""
        self._human = only_vertices(human, vertices)
        self._order = [ARKIT_NAMES.index(name) for name in human.blend_shape_names]

    def at(self, blend_shapes: np.ndarray, joints: Mapping[str, np.ndarray]) -> np.ndarray:
        """(L, 3) metres. blend_shapes (52,): ARKit's order. joints: name -> (3,) axis-angle, radians."""
        return self._human.posed(blend_shapes[self._order], joints)


def only_vertices(human: OpenHuman, vertices: np.ndarray) -> OpenHuman:
    """The human with some vertices (L,) and no faces: what moves them stays."""
    shapes = np.stack([human.blend_shape(name)[vertices] for name in human.blend_shape_names])
    count = len(vertices)
    values = {
        name: getattr(human, name)[vertices]
        for name in ("vertices", "vertex_region", "vertex_color", "skin_joints", "skin_weights")
    }
    faces = {name: getattr(human, name)[:0] for name in ("faces", "face_part", "face_material", "uv", "lip_pairs")}
    spans = {
        "blend_shape_starts": count * np.arange(len(shapes) + 1),
        "blend_shape_indices": np.tile(np.arange(count), len(shapes)),
        "blend_shape_offsets": shapes.reshape(-1, 3),
    }
    return OpenHuman(**{**vars(human), **values, **faces, **spans})


def point_vertices(human: OpenHuman) -> np.ndarray:
    """(L,) vertex ids of nose, ears and landmarks."""
    extras = extra_vertices(human)
    return np.array([*(extras[name] for name in MASK_EXTRAS), *landmark_vertices(human)])


class PeoplePoints:
    """The points of frames of render sets, whose people are mixtures of those in a folder.

    All people have one body, so the points are the same vertices of each, and what is mixed stays a mixture in any pose.
    """

    def __init__(self, people: Path) -> None:
        self._people = people
        self._vertices = point_vertices(load_open_human())
        self._person = cache(self._read)

    def of(self, frames: RenderSet) -> Iterator[np.ndarray]:
        """(P, 3) of each frame, as the predictor reads them. Raises InvalidInput where joints or people are missing."""
        if missing := sorted(set(MASK_JOINTS) - set(frames.joint_names)):
            raise InvalidInput(f"The set {frames.name} lacks the joint {missing[0]}, from which masks are predicted.")
        mixture = self._mixture(frames)
        order = [frames.joint_names.index(name) for name in MASK_JOINTS]
        for frame in frames.frames:
            face = sum(share * person.at(frame.blend_shapes, _turns(frames, frame)) for person, share in mixture)
            yield projected_points(np.concatenate([frame.joint_positions[order], face]), frame.gbuffer.camera)

    def _mixture(self, frames: RenderSet) -> list[tuple[FacePoints, float]]:
        """Who is mixed, from an identity such as "003 0.700 + 012 0.300"."""
        try:
            parts = [part.split() for part in frames.identity.split(" + ")]
            return [(self._person(number), float(share)) for number, share in parts]
        except (ValueError, FileNotFoundError) as error:
            raise InvalidInput(
                f"The landmarks of {frames.identity!r} in the set {frames.name} are not known: masks are learnt from a folder of "
                f"render-data with its people."
            ) from error

    def _read(self, number: str) -> FacePoints:
        path = self._people / f"{number}.npz"
        if not path.is_file():
            raise FileNotFoundError(path)
        return FacePoints(load_open_human(path), self._vertices)


def _turns(frames: RenderSet, frame: RenderFrame) -> dict[str, np.ndarray]:
    turned = np.flatnonzero(frame.joint_rotations.any(axis=1))
    return {frames.joint_names[index]: frame.joint_rotations[index] for index in turned}


def projected_points(positions: np.ndarray, camera: Camera) -> np.ndarray:
    """Points in the world (P, 3), metres, the joints first -> column and row as shares of the picture's height, and metres
    behind the head."""
    place, depth_m = camera.projected(positions)
    return np.concatenate([place / camera.height, (depth_m - depth_m[_HEAD])[:, None]], axis=1)
