"""What rendering learns from: sets of path-traced frames with their G-buffers, light and performance."""

from .sets import RenderSets

__all__ = ["RenderSets"]
