"""The line along which the open human's lips meet: the vertex pairs that tell whether the mouth is shut."""

import numpy as np
from scipy.spatial import KDTree

UPPER_MIDDLE, UPPER_NEXT = 520, 7267
"""MakeHuman's hm08 mesh: the upper lip's middle vertex on the line of contact, and its neighbour towards the left corner."""


OVERLAP_M, FADE_M = 0.0003, 0.007


def contact_ring(quads: np.ndarray) -> np.ndarray:
    """The loop of edges around the mouth on which the lips meet, (R,), from the upper middle by the left corner and back."""
    neighbours: dict[int, set[int]] = {}
    opposite: dict[tuple[int, int], set[int]] = {}
    for quad in quads:
        for index in range(4):
            before, here, after = (int(quad[(index + step) % 4]) for step in (-1, 0, 1))
            neighbours.setdefault(here, set()).update((before, after))
            opposite.setdefault((here, before), set()).update((before, after))
            opposite.setdefault((here, after), set()).update((before, after))
    ring = [UPPER_MIDDLE, UPPER_NEXT]
    while ring[-1] != UPPER_MIDDLE:
        (straight_on,) = neighbours[ring[-1]] - opposite[ring[-1], ring[-2]]
        ring.append(straight_on)
    return np.array(ring[:-1])


def lip_pairs(vertices: np.ndarray, quads: np.ndarray, share: float = 0.7) -> np.ndarray:
    """Opposite vertices of the upper and lower inner lip, (P, 2), right to left: the middle `share` of the mouth's width.

    Nearer to the corners skin meets skin at any opening, so those pairs say nothing about closure.
    """
    ring = contact_ring(quads)
    across = vertices[ring, 0]
    left, right = int(across.argmax()), int(across.argmin())
    upper, lower = np.concatenate([ring[right:], ring[: left + 1]]), ring[left : right + 1]
    upper = upper[np.abs(vertices[upper, 0]) < share * across.max()]
    nearest = np.abs(vertices[upper, 0][:, None] - vertices[lower, 0]).argmin(axis=1)
    return np.stack([upper, lower[nearest]], axis=1)


def closed_lips(vertices: np.ndarray, quads: np.ndarray, is_lower: np.ndarray) -> np.ndarray:
    """The same vertices (V, 3) with lips that rest against each other: what parts them is shared by both, fading over the lips.

    is_lower (V,): vertices that belong to the lower jaw.
    """
    ring = contact_ring(quads)
    lower_ring, upper_ring = ring[is_lower[ring]], ring[~is_lower[ring]]
    order_lower, order_upper = (part[np.argsort(vertices[part, 0])] for part in (lower_ring, upper_ring))
    across = vertices[ring, 0]
    gap = np.interp(across, *vertices[order_upper, :2].T) - np.interp(across, *vertices[order_lower, :2].T)
    push = 0.5 * np.maximum(gap + OVERLAP_M, 0.0) * (1.0 - (np.abs(across) / np.abs(across).max()) ** 20)
    moved = vertices.copy()
    for part, own, sign in ((upper_ring, ~is_lower, -1.0), (lower_ring, is_lower, 1.0)):
        distance, nearest = KDTree(vertices[part]).query(vertices)
        amount = push[np.isin(ring, part)][nearest] * np.exp(-((distance / FADE_M) ** 2)) * own
        moved[:, 1] += sign * amount
    return moved
