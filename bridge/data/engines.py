"""The engines that perform a line where there is a backend; `motion/engines` has them."""

from typing import Literal, get_args

EngineName = Literal["probabilistic", "diffusion", "articulation"]
ENGINE_NAMES: tuple[EngineName, ...] = get_args(EngineName)
DEFAULT_ENGINE: EngineName = "probabilistic"
