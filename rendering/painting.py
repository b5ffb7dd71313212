"""A frame's picture: light fitted to hero frames or known, the analytic base under it, and what a network adds to that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ..bridge.data import GBuffer, SceneLight
from ..bridge.errors import InvalidInput
from .base import Base, analytic_base
from .conditioning import Conditions, HeroFrame
from .heroes import Hero, hero_of
from .light import PreparedLight, light_buffers
from .light.fitting import fit_light
from .own_look import OwnLook, colour_alone
from .render import Mode


class Renderer(Protocol):
    """A network that makes the picture out of the analytic base and all else that is known."""

    def frame(self, gbuffer: GBuffer, base: Base, conditions: Conditions, steps: int, seed: int) -> np.ndarray:
        """(H, W, 3) linear, as it adds to any background; the same for the same seed."""
        ...


@dataclass(frozen=True, eq=False)
class Told:
    """What is known of a frame beside its G-buffer: head_to_world (4, 4), blend_shapes (52,), in ARKit's
    order, emotion (8,) in the order of EMOTION_NAMES.
    """

    head_to_world: np.ndarray
    blend_shapes: np.ndarray
    emotion: np.ndarray


@dataclass(frozen=True, eq=False)
class Network:
    """renderer: None leaves the analytic base as it is. steps of its diffusion, and the seed of its noise.

    look: of the one character that it was fitted to.
    """

    renderer: Renderer | None = None
    steps: int = 1
    seed: int = 0
    look: OwnLook | None = None


class Painter:
    """Paints frames, each by itself."""

    def __init__(
        self, mode: Mode, heroes: Sequence[HeroFrame], light: SceneLight | None, face_centre: np.ndarray,
        told: Callable[[int], Told], network: Network,
    ) -> None:  # fmt: skip
        """heroes: pictures with what each shows; the mode look fits light to them. light: the scene's.

        face_centre (3,): what near lamps light, metres. told: of a frame's index.

        Raises InvalidInput where a mode lacks what it needs, or where a hero frame does not show the character.
        """
        if mode != "look" and light is None:
            raise InvalidInput(f"The mode {mode} needs the scene's light: give it with --light, or use the mode look.")
        heroes = [replace(hero, gbuffer=_known(hero.gbuffer, network.look)) for hero in heroes]
        if mode == "look" or light is None:
            light = fit_light([hero.picture for hero in heroes], [hero.gbuffer for hero in heroes])
        self._mode, self._told, self._network, self._shown = mode, told, network, tuple(heroes)
        self._light = PreparedLight(light, face_centre)
        self._heroes: list[Hero] = [
            hero_of(hero.picture, hero.gbuffer, light_buffers(hero.gbuffer, self._light)) for hero in heroes
        ]
        if network.look is not None:
            self._heroes = [colour_alone(hero) for hero in self._heroes]

    def __call__(self, gbuffer: GBuffer, index: int) -> np.ndarray:
        """(H, W, 3) linear, as it adds to any background."""
        if gbuffer.is_empty:
            return np.zeros_like(gbuffer.albedo)
        gbuffer = _known(gbuffer, self._network.look)
        buffers = light_buffers(gbuffer, self._light)
        base = analytic_base(gbuffer, buffers, self._heroes)
        if self._network.look is not None:
            base = self._network.look.completed(base, gbuffer)
        if self._network.renderer is None:
            return base.picture * gbuffer.alpha[..., None]
        told = self._told(index)
        performed = told.head_to_world, told.blend_shapes, told.emotion
        conditions = Conditions(self._mode, self._shown, buffers, *performed)
        return self._network.renderer.frame(gbuffer, base, conditions, self._network.steps, self._network.seed)


def _known(gbuffer: GBuffer, look: OwnLook | None) -> GBuffer:
    return gbuffer if look is None else look.corrected(gbuffer)
