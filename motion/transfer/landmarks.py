"""The face of a mesh: eyes, lip seam, lids and nose found by geometry, corrected by points that an artist placed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...bridge.errors import InvalidInput
from .eyes import Eyeball, LidMargin, found_eyeballs, lid_margins
from .mesh import HeadMesh
from .mouth import LipSeam, lip_seam
from .profile import lip_crests, profile_points
from .surface import SurfacePoints, nearest_points

SIDES = ("left", "right")
POINT_NAMES = ("nose_bridge", "nose_tip", "nose_base", "nose_wing_left", "nose_wing_right", "chin_dip", "chin")
_LID_POINTS = tuple(f"{place}_{side}" for side in SIDES for place in ("eye_inner", "eye_outer", "upper_lid", "lower_lid"))
LANDMARK_NAMES = (*POINT_NAMES, "mouth_middle", "mouth_corner_left", "mouth_corner_right", *_LID_POINTS)
"""Where an artist may put points. mouth_middle is where the lips meet; left and right are the character's."""
SEAM_SAMPLES = 25
_CROP_BELOW = 3.2


@dataclass(frozen=True, eq=False)
class Face:
    """What a head is measured by. unit: distance between the eyes; skin: the head's surface, skin_vertices its numbers in mesh.

    eyes and lids: the left's, then the right's; points: names of POINT_NAMES and placed ones -> (3,).
    """

    mesh: HeadMesh
    skin: HeadMesh
    skin_vertices: np.ndarray
    unit: float
    eyes: tuple[Eyeball, Eyeball]
    lids: tuple[tuple[LidMargin, LidMargin], tuple[LidMargin, LidMargin]]
    seam: LipSeam
    points: Mapping[str, np.ndarray]

    @property
    def eye_middle(self) -> np.ndarray:
        return 0.5 * (self.eyes[0].centre + self.eyes[1].centre)


def found_face(mesh: HeadMesh, placed: Mapping[str, np.ndarray] | None = None) -> Face:
    """The face of a welded mesh. placed: LANDMARK_NAMES -> (3,), which win over what is found.

    Raises InvalidInput where eyes or lips are neither found nor placed.
    """
    placed = dict(placed or {})
    unknown = sorted(set(placed) - set(LANDMARK_NAMES))
    if unknown:
        raise InvalidInput(f"No landmark is called {', '.join(unknown)}; there are: {', '.join(LANDMARK_NAMES)}.")
    eyes = found_eyeballs(mesh) or _placed_eyes(placed)
    if eyes is None:
        raise InvalidInput(
            "No pair of eyeballs was found. Place eye_inner and eye_outer of both sides, or join the eyes to the head."
        )
    middle, unit = 0.5 * (eyes[0].centre + eyes[1].centre), float(np.linalg.norm(eyes[0].centre - eyes[1].centre))
    skin, skin_vertices = _head_skin(mesh, eyes, middle, unit)
    seam = lip_seam(skin, middle, unit, placed.get("mouth_middle"))
    if seam is None:
        raise InvalidInput(
            "No slit between the lips was found. The mouth must be open inside and shut at rest; place mouth_middle on it."
        )
    lids = _lids(skin, eyes)
    points = _lid_points(lids) | profile_points(skin, middle, unit, seam) | placed
    return Face(mesh, skin, skin_vertices, unit, eyes, lids, _between_corners(seam, placed), points)


def landmark_points(face: Face) -> dict[str, tuple[SurfacePoints, np.ndarray]]:
    """Named groups of points that any two faces share: where they lie on the skin, and where they are (N, 3)."""
    groups = {
        "upper_lip": _sampled(face.skin, face.seam.upper_triangles, face.seam.upper_barycentric),
        "lower_lip": _sampled(face.skin, face.seam.lower_triangles, face.seam.lower_barycentric),
    }
    for side, (upper, lower) in zip(SIDES, face.lids, strict=True):
        for name, margin in (("upper_lid", upper), ("lower_lid", lower)):
            groups[f"{name}_{side}"] = SurfacePoints(face.skin.triangles[margin.triangles], margin.barycentric)
    everywhere = np.arange(len(face.skin.triangles))
    for name in (*POINT_NAMES, *_LID_POINTS):
        if name in face.points:
            groups[name] = nearest_points(face.skin, everywhere, face.points[name][None])[0]
    for name, line in lip_crests(face.skin, face.unit, face.seam).items():
        groups[name] = nearest_points(face.skin, everywhere, line)[0]
    return {name: (points, points.of(face.skin.vertices)) for name, points in groups.items()}


def _sampled(skin: HeadMesh, triangles: np.ndarray, barycentric: np.ndarray) -> SurfacePoints:
    """A seam at SEAM_SAMPLES places, evenly along its width."""
    chosen = np.round(np.linspace(0, len(triangles) - 1, SEAM_SAMPLES)).astype(int)
    return SurfacePoints(skin.triangles[triangles[chosen]], barycentric[chosen])


def _head_skin(mesh: HeadMesh, eyes: tuple[Eyeball, Eyeball], middle: np.ndarray, unit: float) -> tuple[HeadMesh, np.ndarray]:
    """The largest connected piece around the eyes, down to the neck."""
    is_eye = np.zeros(len(mesh.vertices), bool)
    for eye in eyes:
        is_eye[eye.members] = True
    above = (mesh.vertices[mesh.triangles][:, :, 1] > middle[1] - _CROP_BELOW * unit).all(axis=1)
    component = mesh.components()
    size = np.bincount(component[mesh.triangles[above & ~is_eye[mesh.triangles[:, 0]], 0]], minlength=component.max() + 1)
    return mesh.part(above & (component[mesh.triangles[:, 0]] == size.argmax()))


def _lids(skin: HeadMesh, eyes: tuple[Eyeball, Eyeball]) -> tuple[tuple[LidMargin, LidMargin], tuple[LidMargin, LidMargin]]:
    found = [lid_margins(skin, eye, side) for eye, side in zip(eyes, (1.0, -1.0), strict=True)]
    if found[0] is None or found[1] is None:
        raise InvalidInput(
            "The lids do not open around the eyeballs. Open the eyes of the mesh, and check that it faces forward."
        )
    return found[0], found[1]


def _lid_points(lids: tuple[tuple[LidMargin, LidMargin], tuple[LidMargin, LidMargin]]) -> dict[str, np.ndarray]:
    """The corners of the eyes, and the middle of each lid's edge."""
    points = {}
    for side, (upper, lower) in zip(SIDES, lids, strict=True):
        half = len(upper.points) // 2
        points |= {f"eye_inner_{side}": upper.points[0], f"eye_outer_{side}": upper.points[-1]}
        points |= {f"upper_lid_{side}": upper.points[half], f"lower_lid_{side}": lower.points[half]}
    return points


def _placed_eyes(placed: Mapping[str, np.ndarray]) -> tuple[Eyeball, Eyeball] | None:
    """Eyeballs guessed from the corners of the eyes, where a mesh has none of its own."""
    if not all(f"{place}_{side}" in placed for side in SIDES for place in ("eye_inner", "eye_outer")):
        return None
    found = []
    for side in SIDES:
        inner, outer = placed[f"eye_inner_{side}"], placed[f"eye_outer_{side}"]
        radius = 0.6 * float(np.linalg.norm(outer - inner))
        centre = 0.5 * (inner + outer) - np.array([0.0, 0.0, 0.55 * radius])
        found.append(Eyeball(centre, radius, np.zeros(0, int)))
    return found[0], found[1]


def _between_corners(seam: LipSeam, placed: Mapping[str, np.ndarray]) -> LipSeam:
    """The seam without what lies beyond the corners that an artist placed."""
    across = seam.upper[:, 0]
    low = placed["mouth_corner_right"][0] if "mouth_corner_right" in placed else -np.inf
    high = placed["mouth_corner_left"][0] if "mouth_corner_left" in placed else np.inf
    keep = (across >= low) & (across <= high)
    if np.count_nonzero(keep) < SEAM_SAMPLES:
        raise InvalidInput("The corners of the mouth were placed too close to each other, or with left and right exchanged.")
    return LipSeam(
        seam.upper_triangles[keep], seam.upper_barycentric[keep], seam.upper[keep],
        seam.lower_triangles[keep], seam.lower_barycentric[keep], seam.lower[keep],
    )  # fmt: skip
