"""A plain T-shirt and trousers, cut from MakeHuman's clothes surface, loosened, hemmed; and the skin that they cover."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import KDTree

from .cutting import boundary_edges, cut, subdivided
from .parts import MeshPart, joined, smoothed, uniform_part, vertex_normals
from .skeleton import JOINT_NAMES
from .source import SourceMesh

Field = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(vertices (V, 3), weights (V, J)) -> metres inside the garment, (V,)."""

SLEEVE_SHARE = 0.56
HEM_HEIGHT_M, WAIST_HEIGHT_M, ANKLE_HEIGHT_M = 0.905, 0.985, 0.085
COLLAR_M, TURN_UP_M = 0.017, 0.02
"""Widths of the neck's band and of the turned-up hems."""
BAND_RAISED_M, SEAM_M, SEAM_DEPTH_M = 0.0018, 0.0022, 0.0012
_THICKNESS_M = 0.0022
_HIDDEN_MARGIN_M = 0.02
_ARM_WORDS = ("shoulder", "elbow", "wrist", "thumb", "index", "middle", "ring", "pinky")


def shirt(source: SourceMesh) -> MeshPart:
    """The T-shirt: crew neck with a raised band, short sleeves, straight hem; seams beside band and hems."""
    surface = _cloth(source, "shirt", shirt_field(source))
    neck = _neck_field(source)(surface.vertices, surface.weights)
    hem = np.minimum(_sleeve_field(source)(surface.vertices, surface.weights), surface.vertices[:, 1] - HEM_HEIGHT_M)
    for is_neck, level in ((True, COLLAR_M), (True, COLLAR_M + SEAM_M), (False, TURN_UP_M), (False, TURN_UP_M + SEAM_M)):
        matrix, quads, _ = cut(surface.quads, (neck if is_neck else hem) - level)
        surface, neck, hem = _remade(surface, matrix, quads), matrix @ neck, matrix @ hem
    surface = replace(surface, vertices=_drawn_to_neck(source, surface))
    normals = smoothed(vertex_normals(surface.vertices, surface.quads), surface.quads, rounds=6)
    in_band = neck < COLLAR_M + 1e-6
    drop = np.interp(surface.vertices[:, 1], [HEM_HEIGHT_M, 1.25, 1.45], [0.016, 0.009, 0.0045])
    arm = surface.weights[:, _arm_joints()].sum(axis=1)
    loose = smoothed(np.where(in_band, 0.0022, drop + 0.006 * arm), surface.quads, rounds=3, fixed=in_band)
    loose = loose + np.where(in_band, BAND_RAISED_M, _folds(source, surface.vertices))
    loose -= SEAM_DEPTH_M * (_at(neck, COLLAR_M + SEAM_M) | _at(hem, TURN_UP_M + SEAM_M))
    return _with_hems(replace(surface, vertices=surface.vertices + loose[:, None] * normals), normals)


def trousers(source: SourceMesh) -> MeshPart:
    surface = _cloth(source, "trousers", trousers_field(source))
    normals = smoothed(vertex_normals(surface.vertices, surface.quads), surface.quads, rounds=6)
    loose = np.interp(surface.vertices[:, 1], [ANKLE_HEIGHT_M, 0.5, 0.85, 1.0], [0.016, 0.012, 0.006, 0.003])
    return _with_hems(replace(surface, vertices=surface.vertices + loose[:, None] * normals), normals)


def covered_skin(source: SourceMesh, body: MeshPart) -> np.ndarray:
    """Which faces (F,) of the body no one sees under the clothes."""
    depth = np.maximum(*(field(body.vertices, body.weights) for field in (shirt_field(source), trousers_field(source))))
    return np.all(depth[body.quads] > _HIDDEN_MARGIN_M, axis=1)


def shirt_field(source: SourceMesh) -> Field:
    neck, arms = _neck_field(source), _sleeve_field(source)

    def field(vertices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.minimum.reduce([neck(vertices, weights), arms(vertices, weights), vertices[:, 1] - HEM_HEIGHT_M])

    return field


def trousers_field(source: SourceMesh) -> Field:
    def field(vertices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        is_arm = weights[:, _arm_joints()].sum(axis=1) > 0.3
        span = np.minimum(WAIST_HEIGHT_M - vertices[:, 1], vertices[:, 1] - ANKLE_HEIGHT_M)
        return np.where(is_arm, -0.1, span)

    return field


def _arm_joints() -> np.ndarray:
    return np.array([any(word in name for word in _ARM_WORDS) for name in JOINT_NAMES])


def _neck_field(source: SourceMesh) -> Field:
    """Below a plane through the base of the neck, higher at the nape than at the throat."""
    neck = source.joints[JOINT_NAMES.index("neck")]
    nape, throat = neck - [0.0, 0.004, 0.048], neck - [0.0, 0.050, -0.066]
    normal = np.cross(throat - nape, [1.0, 0.0, 0.0])
    normal *= -np.sign(normal[1]) / np.linalg.norm(normal)
    return lambda vertices, _: (vertices - nape) @ normal


def _sleeve_field(source: SourceMesh) -> Field:
    """Nearer to the shoulder than the sleeve's end, measured along the upper arm."""
    ends = [
        [source.joints[JOINT_NAMES.index(f"{side}_{joint}")] for joint in ("shoulder", "elbow")] for side in ("left", "right")
    ]

    def field(vertices: np.ndarray, weights: np.ndarray) -> np.ndarray:
        is_arm = weights[:, _arm_joints()].sum(axis=1) > 0.5
        inside = np.full(len(vertices), 0.5)
        for shoulder, elbow in ends:
            own = is_arm & (vertices[:, 0] * shoulder[0] > 0)
            length = np.linalg.norm(elbow - shoulder)
            inside[own] = SLEEVE_SHARE * length - (vertices[own] - shoulder) @ (elbow - shoulder) / length
        return inside

    return field


def _cloth(source: SourceMesh, name: str, field: Field) -> MeshPart:
    """The garment's outline on MakeHuman's clothes surface, at twice its resolution, without thickness."""
    quads, uv = source.groups["tights"]
    whole = uniform_part(name, name, "clothes", source.vertices, quads, uv, source.shapes, source.weights)
    surface = whole.without_faces(np.zeros(len(quads), bool))
    surface = _remade(surface, *subdivided(surface.quads, len(surface.vertices)))
    surface = replace(surface, vertices=smoothed(surface.vertices, surface.quads, rounds=6))
    matrix, pieces, inside = cut(surface.quads, field(surface.vertices, surface.weights))
    surface = _remade(surface, matrix, pieces)
    return surface.without_faces(~inside)


def _remade(part: MeshPart, matrix: csr_matrix, quads: np.ndarray) -> MeshPart:
    """The part with vertices that are blends of its own; texture coordinates are laid flat from the front, in metres."""
    shapes = np.stack([matrix @ shape for shape in part.shapes])
    vertices = matrix @ part.vertices
    uv = vertices[:, :2][quads]
    return uniform_part(part.name, part.materials[0], part.regions[0], vertices, quads, uv, shapes, matrix @ part.weights)


def _drawn_to_neck(source: SourceMesh, surface: MeshPart) -> np.ndarray:
    """The surface's vertices (V, 3), the collar drawn onto the skin: MakeHuman's clothes stand off from the neck."""
    skin = np.unique(source.groups["body"][0])
    normals = vertex_normals(source.vertices, source.groups["body"][0])[skin]
    _, index = KDTree(source.vertices[skin]).query(surface.vertices, k=4)
    normal = normals[index].mean(axis=1)
    height = np.einsum("vx,vx->v", surface.vertices - source.vertices[skin][index].mean(axis=1), normal)
    near = np.interp(_neck_field(source)(surface.vertices, surface.weights), [0.008, 0.06], [1.0, 0.0])
    return surface.vertices - smoothed(near * height, surface.quads, rounds=2)[:, None] * normal


def _folds(source: SourceMesh, vertices: np.ndarray) -> np.ndarray:
    """Folds that hang from the chest towards the hem, and such as run out from the armpits; metres along the normal."""
    x, y, z = vertices.T
    depth = np.interp(y, [HEM_HEIGHT_M, 1.1, 1.3], [0.0045, 0.0028, 0.0])
    around = np.arctan2(x, z)
    hanging = np.sin(9.0 * around + 6.0 * y) + 0.6 * np.sin(17.0 * around - 9.0 * y + 1.3) + 0.5 * np.sin(5.0 * around + 14.0 * y)
    folds = depth * hanging / 2.1
    for side in ("left", "right"):
        shoulder = source.joints[JOINT_NAMES.index(f"{side}_shoulder")]
        across, up = np.abs(x) - abs(shoulder[0]) + 0.025, y - shoulder[1] + 0.085
        reach = np.hypot(across, up)
        fan = np.sin(9.0 * np.arctan2(up, across) + 25.0 * reach + 0.7 * np.sign(z))
        near = np.exp(-((reach - 0.07) ** 2) / (2.0 * 0.045**2)) * (x * shoulder[0] > 0.0)
        folds += 0.0028 * near * fan
    return folds


def _at(field: np.ndarray, level: float) -> np.ndarray:
    """Vertices that a cut put on a level of the field."""
    return np.abs(field - level) < 1e-6


def _with_hems(part: MeshPart, normals: np.ndarray) -> MeshPart:
    """Turn every open edge inwards, so that cloth shows its thickness."""
    border = boundary_edges(part.quads)
    rim = np.unique(border)
    number = {int(vertex): index for index, vertex in enumerate(rim)}
    inward = np.array([[number[int(a)], number[int(b)]] for a, b in border])
    away = smoothed(normals, part.quads, rounds=2)[rim]
    inner = replace(
        part, vertices=part.vertices[rim] - _THICKNESS_M * away, shapes=part.shapes[:, rim], weights=part.weights[rim],
        regions=part.regions[rim], quads=np.zeros((0, 4), int), uv=part.uv[:0], materials=part.materials[:0],
        colors=part.colors[rim],
    )  # fmt: skip
    both = joined(part.name, [part, inner])
    start = len(part.vertices)
    strip = np.stack([border[:, 1], border[:, 0], start + inward[:, 0], start + inward[:, 1]], axis=1)
    deeper = replace(inner, vertices=inner.vertices + 0.6 * (_inside_neighbour(part, rim) - part.vertices[rim]))
    both = joined(part.name, [both, deeper])
    second = start + len(rim)
    lining = np.stack([start + inward[:, 1], start + inward[:, 0], second + inward[:, 0], second + inward[:, 1]], axis=1)
    quads = np.concatenate([part.quads, strip, lining])
    return replace(both, quads=quads, uv=both.vertices[:, :2][quads], materials=np.full(len(quads), part.materials[0], object))


def _inside_neighbour(part: MeshPart, rim: np.ndarray) -> np.ndarray:
    """For each vertex on the border, the mean of its neighbours off the border, (R, 3); its own place where it has none."""
    on_rim = np.zeros(len(part.vertices), bool)
    on_rim[rim] = True
    total, count = np.zeros_like(part.vertices), np.zeros(len(part.vertices))
    for step in (1, 2, 3):
        a, b = part.quads.ravel(), np.roll(part.quads, -step, axis=1).ravel()
        use = on_rim[a] & ~on_rim[b]
        np.add.at(total, a[use], part.vertices[b[use]])
        np.add.at(count, a[use], 1.0)
    mean = total[rim] / np.maximum(count[rim], 1.0)[:, None]
    return np.where(count[rim][:, None] > 0, mean, part.vertices[rim])
