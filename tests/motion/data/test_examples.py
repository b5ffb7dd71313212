"""Training examples: what is in a batch, what is unknown, and that what is prepared is prepared once."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from vivavoce.bridge.errors import InvalidInput  # noqa: E402
from vivavoce.motion.data.examples import STYLE_STEPS, Examples  # noqa: E402
from vivavoce.motion.data.lines import Recipe  # noqa: E402
from vivavoce.motion.models.channels import CHANNEL_NAMES, LIPS, lip_opening  # noqa: E402


def test_a_batch_has_what_was_heard_and_performed(tiny_corpora: list[Path]) -> None:
    batch = Examples(tiny_corpora, "noise").batch(np.random.default_rng(0), 16, 100)
    assert batch.features.shape == (16, 100, 12)
    assert batch.channels.shape == batch.known.shape == (16, 100, len(CHANNEL_NAMES))
    assert batch.style_motion.shape == (16, STYLE_STEPS, len(CHANNEL_NAMES))
    assert batch.emotion.shape == (16, 100, 8)
    assert set(batch.known.unique().tolist()) <= {0.0, 1.0}
    assert batch.channels.isfinite().all()
    held = batch.contact[..., 0]
    assert (held[held.isfinite()] > 0.9).any()


def test_the_same_stream_gives_the_same_batch(tiny_corpora: list[Path]) -> None:
    examples = Examples(tiny_corpora, "noise")
    first, second = (examples.batch(np.random.default_rng(3), 4, 50) for _ in range(2))
    for name, tensor in vars(first).items():
        torch.testing.assert_close(tensor, getattr(second, name), rtol=0, atol=0, equal_nan=True)


def test_captured_openings_are_performed(tiny_corpora: list[Path]) -> None:
    examples = Examples(tiny_corpora[1:], "noise")
    line = examples.whole(0)
    assert np.isnan(line["contact"]).all()
    made = lip_opening(line["channels"])
    assert 0.05 < made.mean() < 0.6
    assert line["known"][:, LIPS].all()


def test_lines_are_prepared_once(tiny_corpora: list[Path]) -> None:
    stages: list[str] = []
    Examples(tiny_corpora, "noise", report=lambda share, stage: stages.append(stage))
    assert any("lines" in stage for stage in stages)
    stages.clear()
    Examples(tiny_corpora, "noise", report=lambda share, stage: stages.append(stage))
    assert stages == []


def test_no_sentence_is_in_both_splits(tiny_corpora: list[Path]) -> None:
    train, held_out = (Examples(tiny_corpora[:1], "noise", Recipe(split, takes=1)) for split in ("train", "validation"))
    assert train.hours + held_out.hours == pytest.approx(40 * 1.6 / 3600.0)


def test_what_cannot_be_learnt_from_is_told(tiny_corpora: list[Path]) -> None:
    with pytest.raises(InvalidInput, match="nothing to learn from"):
        Examples([], "noise")
    with pytest.raises(InvalidInput, match="teacher"):
        Recipe(teacher="nobody")
