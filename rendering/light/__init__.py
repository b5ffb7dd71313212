"""Light on a frame: known lamps and surroundings, or what was fitted to hero frames, as buffers.

buffers.py makes them, of sources.py (points that stand for the light), horizon.py (shadows), bounce.py, reflection.py and
harmonics.py; finishes.py says how regions answer to light; fitting.py finds the light of hero frames.
"""

from .buffers import LightBuffers, PreparedLight, light_buffers
from .fitting import fit_light
from .reflection import ROUGHNESS_LEVELS, reflected_share

__all__ = ["ROUGHNESS_LEVELS", "LightBuffers", "PreparedLight", "fit_light", "light_buffers", "reflected_share"]
