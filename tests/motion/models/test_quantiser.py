"""The quantiser and the noise that it is drawn with: nearest codes, exact draws, codebooks that stay in use."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from vivavoce.motion.models.code_noise import CodeNoise  # noqa: E402
from vivavoce.motion.models.quantiser import Quantiser, squared_distances  # noqa: E402


def test_distances_are_euclid_s() -> None:
    vectors, codebook = torch.randn(7, 4), torch.randn(5, 4)
    torch.testing.assert_close(
        squared_distances(vectors, codebook), torch.cdist(vectors, codebook).square(), atol=1e-5, rtol=1e-4
    )


def test_codes_reproduce_themselves() -> None:
    quantiser = Quantiser(1, 16, 4)
    found = quantiser(quantiser.codebooks[0])
    torch.testing.assert_close(found.vectors, quantiser.codebooks[0])
    assert found.codes[:, 0].tolist() == list(range(16))


def test_codebooks_come_into_use_and_follow_the_data() -> None:
    torch.manual_seed(0)
    quantiser, centres = Quantiser(2, 32, 3), 4.0 * torch.randn(64, 3)
    generator, use = torch.Generator().manual_seed(0), 0.0
    for _ in range(300):
        chosen = centres[torch.randint(64, (512,), generator=generator)]
        use = quantiser.follow(chosen + 0.05 * torch.randn(512, 3, generator=generator), generator)
    assert use > 0.8
    assert (quantiser(centres).vectors - centres).norm(dim=1).mean() < 0.5


def test_draws_follow_the_softmax_of_distances() -> None:
    quantiser = Quantiser(1, 3, 1)
    quantiser.codebooks[0] = torch.tensor([[0.0], [1.0], [2.0]])
    temperature, steps = 0.7, 400_000
    vectors = torch.full((steps, 1), 0.8)
    noise = CodeNoise(1, 3, [0]).next(steps)
    drawn = torch.bincount(quantiser.draw(vectors, noise, temperature).codes[:, 0], minlength=3) / steps
    wanted = torch.softmax(-torch.tensor([0.64, 0.04, 1.44]) / temperature, dim=0)
    torch.testing.assert_close(drawn, wanted, atol=0.03, rtol=0.0)


def test_no_temperature_is_the_nearest_code() -> None:
    quantiser = Quantiser(2, 8, 4)
    vectors = torch.randn(50, 4)
    noise = CodeNoise(2, 8, [1]).next(50)
    torch.testing.assert_close(quantiser.draw(vectors, noise, 0.0).vectors, quantiser(vectors).vectors)


def test_noise_is_the_same_however_it_is_cut() -> None:
    whole = CodeNoise(2, 5, [3]).next(300)
    stream = CodeNoise(2, 5, [3])
    parts = torch.cat([stream.next(length) for length in (1, 99, 200)], dim=1)
    torch.testing.assert_close(parts, whole, atol=1e-4, rtol=1e-4)
    assert not torch.equal(CodeNoise(2, 5, [4]).next(300), whole)


def test_noise_is_slow() -> None:
    noise = CodeNoise(1, 4, [0]).next(4000).numpy()[0]
    next_to, apart = (np.corrcoef(noise[:-lag, 0], noise[lag:, 0])[0, 1] for lag in (1, 100))
    assert next_to > 0.9
    assert abs(apart) < 0.3
