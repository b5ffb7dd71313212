"""The line along which the open human's lips meet: the vertex pairs that tell whether the mouth is shut."""

import numpy as np

UPPER_MIDDLE, UPPER_NEXT = 520, 7267
"""MakeHuman's hm08 mesh: the upper lip's middle vertex on the line of contact, and its neighbour towards the left corner."""


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
