"""A wider renderer that begins where a narrower one stands (Net2Net, Chen et al. 2016): at first its pictures are the same."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from ...bridge.errors import InvalidInput
from ..models.layers import HEADS
from ..models.residual import ResidualConfig, ResidualModel

_LISTS_OUT = {"turn": 2, "answer": 2 * HEADS, "ask": HEADS}
"""Layers whose rows are several lists of channels, one after another: gain and shift; keys and values of each head."""


def widened(
    tensors: Mapping[str, Tensor], config: ResidualConfig, widths: tuple[int, ...], seed: int
) -> tuple[ResidualConfig, dict[str, Tensor]]:
    """The sizes and tensors of a renderer of other `widths`. tensors: of a model of `config`.

    New channels start at random, and old ones do not hear them until training lets them. Raises InvalidInput where a level would
    become narrower, or where there would be more or fewer of them.
    """
    if len(widths) != len(config.widths) or any(new < old for new, old in zip(widths, config.widths, strict=True)):
        raise InvalidInput(f"A renderer of widths {config.widths} cannot become one of {widths}: give as many, none smaller.")
    larger = replace(config, widths=widths)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        fresh = ResidualModel(larger).state_dict()
    return larger, {name: _grown(name, old, fresh[name]) for name, old in tensors.items()}


def _grown(name: str, old: Tensor, fresh: Tensor) -> Tensor:
    """`fresh` with `old` in it: in the rows of old channels, what does not come from old channels is 0."""
    layer, kind = ("", *name.split("."))[-2:]
    is_of_experts = kind == "kernels" or (kind == "out" and old.ndim == 3) or (kind == "bias" and old.ndim == 2)
    out_axis = 1 if is_of_experts else 0
    is_after_heads = name.startswith("ask.") and layer == "out"
    lists = {out_axis: _LISTS_OUT.get(layer, 1), out_axis + 1: HEADS if is_after_heads else 1}
    places = [_places(before, now, lists.get(axis, 1)) for axis, (before, now) in enumerate(zip(old.shape, fresh.shape))]  # noqa: B905
    made = fresh.clone()
    if layer == "ask":
        # Further parts of a question would change which token is heard, and its length sets how sharply one is chosen.
        made.zero_()
        old = old * (len(fresh) / len(old)) ** 0.5
    made.index_fill_(out_axis, places[out_axis], 0.0)
    made[torch.meshgrid(*places, indexing="ij")] = old.to(made)
    return made


def _places(before: int, now: int, lists: int) -> Tensor:
    """Where the channels of an axis come to lie that has grown, each list at the start of its own."""
    starts = torch.arange(lists) * (now // lists)
    return (starts[:, None] + torch.arange(before // lists)).flatten()
