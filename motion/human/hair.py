"""Short hair: guide strands grown over the skull along a combed flow, thousands of strands between them, an undercoat."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import KDTree

from .parts import MeshPart, joined, smoothed, triangles, uniform_part, vertex_normals
from .strands import strand_part

STRANDS = 10000
_GUIDES = 420
_POINTS = 5
_STEPS = 12
_PART_X_M = 0.028
"""The parting: hair on top falls to the character's right of it."""

_HAIRLINE = np.array([
    (0, .068), (14, .069), (28, .068), (38, .063), (46, .053), (54, .046), (62, .034), (70, .014), (76, -.012), (80, -.024),
    (84, -.020), (87, .004), (92, .012), (100, .010), (106, .000), (112, -.018), (120, -.040), (135, -.058), (155, -.066),
    (180, -.068),
])  # fmt: skip
"""Height over the eyes (metres, where the crown is 0.114 m above them) at azimuths from face to nape (degrees)."""


@dataclass(frozen=True, eq=False)
class Skull:
    """The head's skin to grow on: points (V, 3) with unit normals, densely sampled, and the frame in which hair is described."""

    points: np.ndarray
    normals: np.ndarray
    eyes: np.ndarray
    scale: float
    tree: KDTree

    def local(self, points: np.ndarray) -> np.ndarray:
        """Points relative to the middle between the eyes, in units of the head that the hairline was drawn on."""
        return (points - self.eyes) / self.scale

    def above(self, points: np.ndarray, least_m: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """Points pushed out until they are `least_m` above the skin, and the normals there."""
        _, index = self.tree.query(points, k=3)
        normals = self.normals[index].mean(axis=-2)
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
        height = np.einsum("...i,...i->...", points - self.points[index].mean(axis=-2), normals)
        return points + np.maximum(least_m - height, 0.0)[..., None] * normals, normals


def short_hair(body: MeshPart, eye_middle: np.ndarray, seed: int = 7) -> MeshPart:
    """Strands and undercoat for a body part. eye_middle: (3,) between the eyeballs' centres."""
    generator = np.random.default_rng(seed)
    skull = _skull(body, eye_middle)
    roots, normals = _roots(skull, 3 * STRANDS, generator)
    guides = _grown(skull, roots[:_GUIDES], normals[:_GUIDES], generator)
    curves = _between_guides(skull, guides, roots[_GUIDES : _GUIDES + STRANDS], generator)
    _, outward = skull.above(curves, 0.0)
    fine = np.interp(hairline_margin(skull.local(curves[:, 0])), [0.0, 0.012], [0.4, 1.0])
    widths = generator.uniform(0.00055, 0.00105, len(curves)) * fine * skull.scale
    return joined(
        "hair",
        [_undercoat(body, skull), strand_part("hair", curves, outward, widths, body, generator.normal(1.0, 0.16, len(curves)))],
    )


def hairline_margin(local: np.ndarray) -> np.ndarray:
    """How far above the hairline points lie, (..., 3) in `Skull.local` -> (...) metres; negative on face and neck."""
    azimuth = np.degrees(np.abs(np.arctan2(local[..., 0], local[..., 2] + 0.075)))
    margin = local[..., 1] - np.interp(azimuth, *_HAIRLINE.T)
    is_ear = (np.abs(local[..., 0]) > 0.0765) & (local[..., 1] < 0.012) | (np.abs(local[..., 0]) > 0.081)
    return np.where(is_ear, -0.05, margin)


def head_scale(body: MeshPart, eye_middle: np.ndarray) -> float:
    """The head's size against the one that hairline and colours were drawn on."""
    return float((body.vertices[:, 1].max() - eye_middle[1]) / 0.114)


def _skull(body: MeshPart, eye_middle: np.ndarray) -> Skull:
    normals = vertex_normals(body.vertices, body.quads)
    head = (body.vertices[:, 1] > eye_middle[1] - 0.1) & (body.regions == "skin")
    faces = triangles(body.quads[head[body.quads].all(axis=1)])
    thirds = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]])
    points = np.einsum("pc,tcx->tpx", thirds, body.vertices[faces]).reshape(-1, 3)
    point_normals = np.einsum("pc,tcx->tpx", thirds, normals[faces]).reshape(-1, 3)
    point_normals /= np.linalg.norm(point_normals, axis=1, keepdims=True)
    scale = head_scale(body, eye_middle)
    keep = hairline_margin((points - eye_middle) / scale) > -0.045
    return Skull(points[keep], point_normals[keep], eye_middle, scale, KDTree(points[keep]))


def _roots(skull: Skull, candidates: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Evenly spread roots inside the hairline, thinning out over its last millimetres, in random order."""
    index = generator.integers(0, len(skull.points), 40 * candidates)
    spread = skull.points[index] + generator.normal(0.0, 0.0025, (len(index), 3))
    points, normals = skull.above(spread, -1.0)
    height = np.einsum("ij,ij->i", points - skull.points[skull.tree.query(points)[1]], normals)
    points = points - height[:, None] * normals
    keep = hairline_margin(skull.local(points)) > generator.uniform(-0.0015, 0.0025, len(points))
    points, normals = points[keep], normals[keep]
    cell = np.unique(np.round(points / 0.0013).astype(int), axis=0, return_index=True)[1]
    order = generator.permutation(cell)
    return points[order], normals[order]


def _length_m(local: np.ndarray) -> np.ndarray:
    """Hair length by place: long on top, tapered down the sides and the back."""
    height = np.interp(local[:, 1], [-0.06, -0.02, 0.03, 0.065, 0.09], [0.005, 0.009, 0.016, 0.030, 0.050])
    margin = hairline_margin(local)
    front = np.interp(local[:, 2], [-0.03, 0.03], [0.0, 1.0]) * np.interp(local[:, 1], [0.05, 0.07], [0.0, 1.0])
    edge = np.interp(margin, [0.0, 0.012], [0.45, 1.0])
    return height * (edge + front * (1.0 - edge)) + 0.012 * front


def _flow(local: np.ndarray) -> np.ndarray:
    """The direction in which hair is combed, before it is laid onto the skull: (N, 3) -> (N, 3)."""
    x, y, z = local.T
    side = np.where(x > _PART_X_M, 1.0, -1.0)
    top = np.interp(y, [0.055, 0.085], [0.0, 1.0]) * np.interp(x, [_PART_X_M - 0.012, _PART_X_M + 0.02], [1.0, 0.2])
    back = np.interp(z, [-0.14, -0.09], [1.0, 0.0])
    front = np.interp(z, [-0.04, 0.02], [0.0, 1.0])
    over = np.stack([-0.85 * np.ones_like(x), 0.4 * front, -0.5 + 0.1 * front], axis=1)
    swept = -0.45 * (1 - back) - 0.6 * np.interp(y, [0.045, 0.075], [0.0, 1.0])
    down = np.stack([0.25 * side, -0.9 * np.ones_like(x), swept], axis=1)
    behind = np.stack([0.15 * np.sign(x), -0.8 * np.ones_like(x), -0.5 * np.ones_like(x)], axis=1)
    blend = over * (top * (1 - 0.8 * back))[:, None] + down * ((1 - top) * (1 - back))[:, None] + behind * back[:, None]
    return blend / np.linalg.norm(blend, axis=1, keepdims=True)


def _grown(skull: Skull, roots: np.ndarray, normals: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Guides (G, P, 3): out of the skin first, then along the flow, bending over under their weight."""
    local = skull.local(roots)
    length = _length_m(local) * generator.uniform(0.85, 1.15, len(roots)) * skull.scale
    top = np.interp(local[:, 1], [0.05, 0.09], [0.0, 1.0])
    front = top * np.interp(local[:, 2], [-0.04, 0.02], [0.0, 1.0])
    wave = generator.normal(0.0, 0.22, (len(roots), 3))
    point, curve = roots - 0.001 * normals, [roots - 0.001 * normals]
    for step in range(_STEPS):
        share = step / (_STEPS - 1)
        flow = _flow(skull.local(point))
        flow = flow - np.einsum("ij,ij->i", flow, normals)[:, None] * normals
        flow /= np.linalg.norm(flow, axis=1, keepdims=True)
        lift = (0.45 + 0.35 * top + 0.9 * front) * (1.0 - share) ** 1.3 - (0.25 + 0.25 * top) * share
        direction = flow + lift[:, None] * normals + wave * (0.3 + share)
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        point = point + direction * (length / _STEPS)[:, None]
        point, normals = skull.above(point, 0.0012 + 0.004 * top * min(share * 2, 1.0))
        curve.append(point)
    return np.stack(curve, axis=1)


def _between_guides(skull: Skull, guides: np.ndarray, roots: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Strands (C, P, 3) shaped by their nearest guides and drawn together towards one of them at the tips."""
    distance, index = KDTree(guides[:, 0]).query(roots, k=3)
    nearest = np.asarray(index)
    share = 1.0 / (distance + 0.002) ** 2
    share /= share.sum(axis=1, keepdims=True)
    shape = np.einsum("cg,cgpx->cpx", share, guides[nearest] - guides[nearest][:, :, :1])
    short = np.interp(hairline_margin(skull.local(roots)), [0.0, 0.008], [0.55, 0.85])[:, None, None]
    curves = np.asarray(roots[:, None] + shape * (short + generator.uniform(-0.12, 0.25, (len(roots), 1, 1))))
    along = np.linspace(0.0, 1.0, guides.shape[1])[None, :, None]
    clump = generator.uniform(0.25, 0.75, (len(roots), 1, 1)) * along**1.3
    curves = curves + clump * (guides[nearest[:, 0]] - curves)
    length = np.linalg.norm(shape[:, -1:], axis=2, keepdims=True)
    stray = generator.normal(0.0, 1.0, (len(roots), 1, 3)) * np.interp(length, [0, 0.05], [0.0012, 0.003])
    curves = curves + stray * along**1.5
    curves = curves[:, :: _STEPS // (_POINTS - 1)]
    lifted, _ = skull.above(curves[:, 1:], 0.0009)
    return np.concatenate([curves[:, :1], lifted], axis=1)


def _undercoat(body: MeshPart, skull: Skull) -> MeshPart:
    """The hair's ground: the scalp once more, a little above itself, inside the hairline."""
    inside = hairline_margin(skull.local(body.vertices)) > 0.004
    chosen = inside[body.quads].all(axis=1) & (body.vertices[body.quads][..., 1] > skull.eyes[1] - 0.1).all(axis=1)
    normals = smoothed(vertex_normals(body.vertices, body.quads), body.quads, rounds=4)
    vertices = body.vertices + 0.0012 * normals
    cap = uniform_part("hair", "hair", "hair", vertices, body.quads, body.uv, body.shapes, body.weights)
    return replace(cap, colors=0.6 * cap.colors).without_faces(~chosen)
