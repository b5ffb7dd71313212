"""A clip as text, and back."""

import numpy as np

from vivavoce.addon.core.packing import packed_clip, unpacked_clip
from vivavoce.bridge.data import MotionClip, MotionLayer


def test_a_packed_clip_returns_to_the_bit():
    weights = np.random.default_rng(0).random((7, 2))
    clip = MotionClip(23.976, (MotionLayer("lips", weights, ("jawOpen", "mouthPucker")),), metadata={"audio": "line.wav"})
    back = unpacked_clip(packed_clip(clip))
    np.testing.assert_array_equal(back.layer("lips").blend_shape_weights, clip.layer("lips").blend_shape_weights)
    assert (back.fps, back.metadata) == (clip.fps, clip.metadata)
    assert packed_clip(back) == packed_clip(clip)
