"""Random looks: skin tones, hair, eyes and shirts. Colours of people's files are sRGB 0..1, those of a LookPlan linear."""

import numpy as np

from ...bridge.data.render_plan import Colour, LookPlan

_SKIN_TONES = np.array(
    [(0.92, 0.77, 0.69), (0.85, 0.66, 0.56), (0.74, 0.55, 0.44), (0.60, 0.42, 0.32), (0.46, 0.31, 0.23), (0.33, 0.22, 0.17)]
)
"""From light to dark; what lies between is drawn."""
_HAIRS = np.array(
    [(0.09, 0.08, 0.08), (0.16, 0.11, 0.08), (0.28, 0.19, 0.13), (0.42, 0.27, 0.16), (0.45, 0.22, 0.11), (0.66, 0.53, 0.35),
     (0.50, 0.49, 0.48), (0.80, 0.79, 0.77)]
)  # fmt: skip
_IRISES: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((0.020, 0.010, 0.006), (0.10, 0.045, 0.018), (0.06, 0.025, 0.010)),
    ((0.035, 0.020, 0.010), (0.20, 0.10, 0.035), (0.14, 0.06, 0.02)),
    ((0.030, 0.045, 0.042), (0.21, 0.27, 0.235), (0.22, 0.115, 0.04)),
    ((0.025, 0.050, 0.020), (0.15, 0.25, 0.10), (0.20, 0.13, 0.04)),
    ((0.020, 0.045, 0.090), (0.17, 0.30, 0.45), (0.25, 0.27, 0.25)),
)
"""Brown, hazel, grey-green, green, blue: between the fibres, of the fibres, around the pupil."""


def drawn_colours(rng: np.random.Generator) -> dict[str, Colour]:
    """Material of the open human -> its plain colour."""
    tone = _between(_SKIN_TONES, rng) * rng.normal(1.0, 0.025, 3)
    hair = _between(_HAIRS, rng)
    shirt = rng.uniform(0.06, 0.9) * (1.0 + rng.uniform(0.0, 0.7) * rng.uniform(-1.0, 0.6, 3))
    teeth = np.array((0.91, 0.88, 0.82)) * rng.uniform(0.85, 1.05)
    colours = {"skin": tone, "hair": hair, "brows": 0.75 * hair, "shirt": shirt, "teeth": teeth}
    return {name: _colour(value) for name, value in colours.items()}


def drawn_look(rng: np.random.Generator) -> LookPlan:
    dark, bright, inner = (_colour(np.array(colour) * rng.uniform(0.7, 1.3)) for colour in _IRISES[rng.integers(len(_IRISES))])
    return LookPlan(
        skin_roughness=float(rng.uniform(-0.14, 0.10)),
        subsurface=float(rng.uniform(0.2, 0.45)),
        beard=float(rng.choice([0.0, rng.uniform(0.2, 1.3)])),
        iris_dark=dark,
        iris_bright=bright,
        iris_inner=inner,
    )


def _between(colours: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(3,): a point on the way through the colours (N, 3)."""
    place = rng.uniform(0.0, len(colours) - 1.0)
    return np.array([np.interp(place, np.arange(len(colours)), column) for column in colours.T])


def _colour(values: np.ndarray) -> Colour:
    red, green, blue = np.clip(values, 0.01, 1.0).tolist()
    return (round(red, 4), round(green, 4), round(blue, 4))
