"""From an order to a film: everything is read and checked first, then frames come one by one."""

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import psutil

from ..bridge.data import GBuffer, SceneLight
from ..bridge.errors import InvalidInput
from .clip_shot import ClipShot
from .conditioning import HeroFrame
from .frames import FrameFolder
from .order import BUNDLED_MODEL, NO_MODEL, STEPS, RenderOrder
from .own_look import read_look
from .painting import Network, Painter, Renderer, Told
from .processes import MOST, RenderOne, side_by_side
from .references import Reference
from .render import Enlarge, Film, RenderFrames, ReportProgress, Shot, frame_folder, render_film, render_frame, render_frames
from .resources import check_memory
from .upscaling.upscale import FACTOR, upscaler

_BASE_BYTES, _NETWORK_BYTES = 0.55e9, 0.25e9
_BYTES_A_PIXEL, _NETWORK_BYTES_A_PIXEL = 1.2e3, 2.0e3
_MOST_ON_GPU = 4
"""Each holds a context and a network of its own in the GPU's memory, which may be small."""
_LEAST_FRAMES = 12
"""A process takes as long to begin as some frames take."""


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


def check_order(order: RenderOrder, processes: int = 1) -> None:
    """Raises InvalidInput where the machine has too little memory for the order."""
    width, height = order.resolution
    what = f"A picture of {width} x {height} pixels" + (f" in each of {processes} processes" if processes > 1 else "")
    check_memory(processes * needed_bytes(order), what, "Render it smaller or in fewer processes, or end other programs.")


def fitting_processes(order: RenderOrder) -> int:
    """How many processes pay off: one for every two processors, as far as half of the free memory reaches."""
    fitting = int(0.5 * psutil.virtual_memory().available / needed_bytes(order))
    most = min((os.cpu_count() or 1) // 2, fitting, len(order.moments_s) // _LEAST_FRAMES, MOST)
    if most > _MOST_ON_GPU and _has_network(order):
        import torch

        most = _MOST_ON_GPU if torch.cuda.is_available() else most
    return max(most, 1)


def render_order(order: RenderOrder, shot: OrderedShot, film: Film, report: ReportProgress, processes: int = 1) -> None:
    """Render the film, or what an earlier run has left of it. Raises InvalidInput, ModelMissing before the first frame.

    processes: that render frames at once, where the shot is one that needs no Blender.
    """
    if order.upscale != "none":
        film = replace(film, enlargement=FACTOR)
    frame_folder(shot, film)
    report(0.0, "reading the hero frames")
    paint, enlarge = painter_of(order, shot)
    render: RenderFrames = partial(render_frames, shot, paint, enlarge=enlarge)
    if processes > 1 and isinstance(shot, ClipShot):
        render = side_by_side(partial(_begun, order, processes), processes)
    render_film(shot, film, render, report)


def painter_of(order: RenderOrder, shot: OrderedShot) -> tuple[Painter, Enlarge | None]:
    """What paints a shot's frames, and what enlarges them where that is wanted. Raises InvalidInput, ModelMissing."""
    network = network_of(order)
    heroes = [hero_frame(reference, shot) for reference in order.references]
    enlarge = upscaler(order.upscale) if order.upscale != "none" else None
    return Painter(order.mode, heroes, shot.light, shot.face_centre, shot.told, network), enlarge


def _begun(order: RenderOrder, processes: int, folder: FrameFolder) -> RenderOne:
    """In a process of several: its own shot and painter, with its share of the processors."""
    if _has_network(order):
        import torch

        torch.set_num_threads(max((os.cpu_count() or 1) // processes, 1))
    shot = ClipShot(order)
    paint, enlarge = painter_of(order, shot)
    return lambda index: render_frame(shot, paint, folder, index, enlarge)


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
