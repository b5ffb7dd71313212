"""OpenImageDenoise without Blender: noise goes, the picture stays."""

import numpy as np
import pytest

pytest.importorskip("bpy", reason="OpenImageDenoise comes with it")

from vivavoce.rendering.denoise import denoised


def test_noise_goes_and_the_picture_stays() -> None:
    truth = np.full((64, 64, 3), 0.2, np.float32)
    truth[:, 32:] = 0.6
    noisy = truth * np.random.default_rng(0).gamma(2.0, 0.5, truth.shape)
    made = denoised(noisy, truth, np.zeros_like(truth))
    assert np.abs(made - truth).mean() < 0.15 * np.abs(noisy - truth).mean()
    assert np.array_equal(made, denoised(noisy, truth, np.zeros_like(truth)))
