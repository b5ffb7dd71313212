"""The engines that perform, by name: `articulation` by rule (articulation.py), the others learned (learned.py)."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...bridge.data import DEFAULT_ENGINE, ENGINE_NAMES
from ...bridge.errors import InvalidInput

if TYPE_CHECKING:
    from .performer import Engine

BUNDLED_WEIGHTS = Path(__file__).parents[1] / "weights"

__all__ = ["BUNDLED_WEIGHTS", "DEFAULT_ENGINE", "ENGINE_NAMES", "engine"]


@cache
def engine(name: str = DEFAULT_ENGINE, weights: Path = BUNDLED_WEIGHTS, encoder: str | None = None) -> "Engine":
    """An engine, loaded once. weights: folder of a learned engine's files; encoder: where its speech encoder lies, if elsewhere.

    Raises InvalidInput for another name or weights that do not fit, ModelMissing where there are none.
    """
    if name not in ENGINE_NAMES:
        raise InvalidInput(f"No engine is called {name!r}. Choose from: {', '.join(ENGINE_NAMES)}.")
    if name == "articulation":
        from .articulation import ArticulationEngine

        return ArticulationEngine()
    from .learned import DiffusionEngine, ProbabilisticEngine

    return (ProbabilisticEngine if name == "probabilistic" else DiffusionEngine)(weights, encoder)
