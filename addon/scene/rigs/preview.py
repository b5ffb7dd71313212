"""One channel of a mapping, shown on the character while its artist edits it."""

from typing import Any

import numpy as np

from ....bridge.data import ARKIT_INDEX, MotionClip, MotionLayer
from ....bridge.errors import VivavoceError
from ....bridge.rigs import retarget
from ..character import character_around
from .face_curves import set_targets


def show_preview(owner: Any) -> None:
    """Put the channel of the chosen line at the value of the slider, all others at rest. What cannot be read shows nothing."""
    kept = owner.vivavoce.mapping
    if not 0 <= kept.row_index < len(kept.rows):
        return
    try:
        clip = _still(kept.rows[kept.row_index].source, kept.preview)
        set_targets(retarget(clip, character_around(owner).mapping), 0)
    except VivavoceError:
        # A line that is being typed is often not a channel yet; the panel says so.
        return


def _still(channel: str, value: float) -> MotionClip:
    """One sample in which one channel has a value. Raises InvalidInput where no channel is called so."""
    if channel in ARKIT_INDEX:
        return MotionClip(1.0, (MotionLayer("lips", np.array([[value]]), (channel,)),))
    joint, _, component = channel.rpartition(".")
    rotation = value * np.eye(3)["xyz".find(component)]
    return MotionClip(1.0, (MotionLayer("head", np.zeros((1, 0)), (), rotation.reshape(1, 1, 3), (joint,)),))
