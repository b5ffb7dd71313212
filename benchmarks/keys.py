"""Seconds to write 52 curves of 10,000 keys into Blender in bulk, against `keyframe_insert` (fewer keys, scaled up).

python benchmarks/keys.py
"""

import time
from collections.abc import Callable
from typing import Any

import bpy
import numpy as np

from vivavoce.addon.scene.actions import Curve, activate, write_action
from vivavoce.bridge.data import ARKIT_NAMES

KEYS = 10_000
SLOW_KEYS = 200
GOAL = 50.0


def face() -> Any:
    """A mesh object with the 52 shape keys, in the scene."""
    item = bpy.data.objects.new("face", bpy.data.meshes.new("face"))
    bpy.context.scene.collection.objects.link(item)
    for name in ("Basis", *ARKIT_NAMES):
        item.shape_key_add(name=name)
    return item


def write_in_bulk(values: np.ndarray) -> None:
    keys = face().data.shape_keys
    curves = [Curve(f'key_blocks["{name}"].value', values[:, index]) for index, name in enumerate(ARKIT_NAMES)]
    activate(keys, *write_action(keys, "bulk", 1.0 + np.arange(len(values)), curves))


def write_one_by_one(values: np.ndarray) -> None:
    blocks = face().data.shape_keys.key_blocks
    for index, row in enumerate(values):
        for name, value in zip(ARKIT_NAMES, row, strict=True):
            blocks[name].value = value
            blocks[name].keyframe_insert("value", frame=1 + index)


def seconds(work: Callable[[np.ndarray], None], values: np.ndarray) -> float:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    start = time.perf_counter()
    work(values)
    return time.perf_counter() - start


def main() -> None:
    values = np.random.default_rng(0).random((KEYS, len(ARKIT_NAMES)))
    bulk = min(seconds(write_in_bulk, values) for _ in range(3))
    slow = seconds(write_one_by_one, values[:SLOW_KEYS]) * KEYS / SLOW_KEYS
    print(f"bulk            {bulk:8.3f} s for {len(ARKIT_NAMES)} curves x {KEYS} keys")
    print(f"keyframe_insert {slow:8.3f} s, scaled from {SLOW_KEYS} keys a curve")
    print(f"ratio           {slow / bulk:8.1f} (goal {GOAL:g})")


if __name__ == "__main__":
    main()
