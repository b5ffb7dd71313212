"""Points of nose and chin, from the face's outline in the middle and the widest place of its nose."""

import numpy as np

from .mesh import HeadMesh
from .mouth import LipSeam
from .raster import Grid, front_view

_STEP = 1.0 / 150.0
_CREST_REACH, _CREST_SPAN, _CREST_COLUMNS = 0.2, (0.2, 0.8), 9


def profile_points(skin: HeadMesh, eye_middle: np.ndarray, unit: float, seam: LipSeam) -> dict[str, np.ndarray]:
    """nose_bridge, nose_tip, nose_base, nose_wing_left and _right, chin_dip, chin: each (3,), where the face has it.

    unit: distance between the eyes.
    """
    grid = Grid.around(eye_middle[:2], 0.8 * unit, 0.8 * unit, 2.4 * unit, 0.8 * unit, _STEP * unit)
    points = front_view(skin.vertices, skin.triangles, grid).point
    middle = points[:, grid.columns // 2]
    y, z = middle[:, 1], np.where(np.isnan(middle[:, 2]), -np.inf, middle[:, 2])
    lip = len(seam.upper) // 2
    top, mouth = eye_middle[1], float(seam.upper[lip, 1])

    def extreme(low: float, high: float, sign: float) -> np.ndarray | None:
        rows = np.flatnonzero((y > low) & (y < high) & np.isfinite(z))
        return middle[rows[(sign * z[rows]).argmax()]] if len(rows) else None

    found: dict[str, np.ndarray | None] = {"nose_tip": extreme(mouth + 0.12 * unit, top, 1.0)}
    tip = found["nose_tip"]
    if tip is None:
        return {}
    found["nose_bridge"] = extreme(max(float(tip[1]), top - 0.5 * unit), top + 0.35 * unit, -1.0)
    found["nose_base"] = extreme(mouth + 0.12 * unit, float(tip[1]), -1.0)
    found["chin_dip"] = extreme(mouth - 0.45 * unit, mouth - 0.12 * unit, -1.0)
    dip = found["chin_dip"]
    if dip is not None:
        found["chin"] = extreme(float(dip[1]) - 0.55 * unit, float(dip[1]), 1.0)
    base = found["nose_base"]
    if base is not None:
        found |= _nose_wings(points, grid, 0.5 * float(tip[1] + base[1]), float(base[2]), unit)
    return {name: point for name, point in found.items() if point is not None}


def lip_crests(skin: HeadMesh, unit: float, seam: LipSeam) -> dict[str, np.ndarray]:
    """upper_lip_crest and lower_lip_crest: where each lip stands out most, on columns over the middle of the mouth, (C, 3)."""
    middle, width = seam.upper[len(seam.upper) // 2], np.ptp(seam.upper[:, 0])
    grid = Grid.around(middle[:2], 0.5 * width, 0.5 * width, _CREST_REACH * unit, _CREST_REACH * unit, _STEP * unit)
    points = front_view(skin.vertices, skin.triangles, grid).point
    columns = np.round(np.linspace(*_CREST_SPAN, _CREST_COLUMNS) * (grid.columns - 1)).astype(int)
    x, y = grid.places()
    heights = np.interp(x[columns], seam.upper[:, 0], 0.5 * (seam.upper[:, 1] + seam.lower[:, 1]))
    depth = np.nan_to_num(points[:, columns, 2], nan=-np.inf)
    above = (y[:, None] > heights) & (y[:, None] < heights + 0.9 * _CREST_REACH * unit)
    below = (y[:, None] < heights) & (y[:, None] > heights - 0.9 * _CREST_REACH * unit)
    found = {}
    for name, side in (("upper_lip_crest", above), ("lower_lip_crest", below)):
        rows = np.where(side, depth, -np.inf).argmax(axis=0)
        found[name] = points[rows, columns]
    return found


def _nose_wings(points: np.ndarray, grid: Grid, height: float, depth: float, unit: float) -> dict[str, np.ndarray | None]:
    """Where, at that height, the nose's side falls back to the cheek: the steepest fall of depth outwards."""
    row = int(np.clip((grid.y0 - height) / grid.step, 0, grid.rows - 1))
    middle, found = grid.columns // 2, {}
    near, far = int(0.12 / _STEP), int(0.5 / _STEP)
    for name, direction in (("nose_wing_left", 1), ("nose_wing_right", -1)):
        line = points[row, middle : middle + direction * far : direction]
        fall = line[:-2, 2] - line[2:, 2]
        fall[:near] = -np.inf
        place = int(np.nan_to_num(fall, nan=-np.inf).argmax())
        found[name] = line[place] if np.all(np.isfinite(line[place])) else None
    return found
