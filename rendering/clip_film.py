"""From an order to a film: everything is read and checked first, then frames come one by one."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from ..bridge.data import GBuffer, SceneLight
from ..bridge.errors import InvalidInput
from .conditioning import HeroFrame
from .order import BUNDLED_MODEL, NO_MODEL, STEPS, RenderOrder
from .own_look import read_look
from .painting import Network, Painter, Renderer, Told
from .references import Reference
from .render import Enlarge, Film, ReportProgress, Shot, frame_folder, render_film
from .resources import check_memory
from .upscaling.upscale import FACTOR, upscaler

_BASE_BYTES, _NETWORK_BYTES = 0.55e9, 0.25e9
_BYTES_A_PIXEL, _NETWORK_BYTES_A_PIXEL = 1.2e3, 2.0e3


class OrderedShot(Shot, Protocol):
    """What an order names, before its cameras."""

    @property
    def light(self) -> SceneLight | None:
        """Of the scene, where it is known."""
        ...

    @property
    def face_centre(self) -> np.ndarray:
        """(3,): about the middle of the face, metres."""
        ...

    def hero_gbuffer(self, reference: Reference) -> GBuffer: ...

    def told(self, index: int) -> Told: ...

    def close(self) -> None: ...


def check_order(order: RenderOrder) -> None:
    """Raises InvalidInput where the machine has too little memory for the order."""
    width, height = order.resolution
    check_memory(needed_bytes(order), f"A picture of {width} x {height} pixels", "Render it smaller, or end other programs.")


def render_order(order: RenderOrder, shot: OrderedShot, film: Film, report: ReportProgress) -> None:
    """Render the film, or what an earlier run has left of it. Raises InvalidInput, ModelMissing before the first frame."""
    enlarge: Enlarge | None = None
    if order.upscale != "none":
        film, enlarge = replace(film, enlargement=FACTOR), upscaler(order.upscale)
    frame_folder(shot, film)
    network = network_of(order)
    report(0.0, "reading the hero frames")
    heroes = [hero_frame(reference, shot) for reference in order.references]
    render_film(shot, Painter(order.mode, heroes, shot.light, shot.face_centre, shot.told, network), film, report, enlarge)


def hero_frame(reference: Reference, shot: OrderedShot) -> HeroFrame:
    """A reference with what it shows. Raises InvalidInput where that is not the character."""
    gbuffer = shot.hero_gbuffer(reference)
    if gbuffer.is_empty:
        raise InvalidInput(f"{reference.name} does not show the character from where it says it was taken.")
    return HeroFrame(reference.picture.colour, gbuffer)


def network_of(order: RenderOrder) -> Network:
    """What paints, as the order names it. Raises ModelMissing, or InvalidInput where its files are damaged."""
    look = None if order.model in (BUNDLED_MODEL, NO_MODEL) else read_look(Path(order.model))
    renderer: Renderer | None = None
    if _has_network(order):
        from .models.renderer import BUNDLED_WEIGHTS
        from .models.renderer import Renderer as Trained

        renderer = Trained.from_folder(BUNDLED_WEIGHTS if order.model == BUNDLED_MODEL else Path(order.model))
    return Network(renderer, STEPS[order.quality], order.seed, look)


def _has_network(order: RenderOrder) -> bool:
    return order.model != NO_MODEL and STEPS[order.quality] > 0


def needed_bytes(order: RenderOrder) -> float:
    """About how much memory the order takes; measured, and rounded up."""
    pixels = float(np.prod(order.resolution))
    heroes = max((float(reference.picture.alpha.size) for reference in order.references), default=0.0)
    has_network = _has_network(order)
    a_pixel = _BYTES_A_PIXEL + has_network * _NETWORK_BYTES_A_PIXEL
    return _BASE_BYTES + has_network * _NETWORK_BYTES + a_pixel * max(pixels, heroes)
