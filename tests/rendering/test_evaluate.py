"""Judging a renderer: every mode and method of a toy split is scored, and the commands do it from end to end."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from vivavoce.bridge.errors import InvalidInput  # noqa: E402
from vivavoce.commands.render_eval import RenderEval, gap_table, table  # noqa: E402
from vivavoce.commands.render_eval import run as run_eval  # noqa: E402
from vivavoce.commands.render_train import RenderTrain  # noqa: E402
from vivavoce.commands.render_train import run as run_train  # noqa: E402
from vivavoce.rendering.denoise import has_denoiser  # noqa: E402
from vivavoce.rendering.evaluate import SILENCEABLE, base_alone, mean_score, scores_of, silenced  # noqa: E402
from vivavoce.rendering.models.renderer import Renderer  # noqa: E402
from vivavoce.rendering.models.residual import ResidualConfig, ResidualModel  # noqa: E402

from .toy_sets import write_person, write_toy_sets  # noqa: E402

pytestmark = pytest.mark.skipif(not has_denoiser(), reason="OpenImageDenoise comes with Blender's Python module")

ROLES = ("hero", "hero", "view", "view")


def perfect(frame, base, conditions):
    return frame.truth


def test_the_truth_scores_best_in_every_mode(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    write_toy_sets(tmp_path, "test", 1, side_px=32, roles=ROLES)
    methods = {"base": base_alone, "truth": perfect}
    scores = scores_of(tmp_path, "test", methods, 1, lambda share, stage: None)
    for mode in ("look", "scene", "boost"):
        assert mean_score(scores, "truth", mode, "ssim", "figure") > mean_score(scores, "base", mode, "ssim", "figure")
        assert mean_score(scores, "base", mode, "psnr", "figure") > 10.0
    assert "look" in table(scores, list(methods))
    assert "base" in gap_table(scores, list(methods))


def test_a_part_is_silenced_without_touching_the_renderer() -> None:
    renderer = Renderer(ResidualModel(ResidualConfig(8, (8, 12), 16, 2)))
    for part in SILENCEABLE:
        assert silenced(renderer, part).model is not renderer.model
    assert renderer.model.experts is not None
    assert renderer.model.tokens.has_reference


def test_training_and_judging_by_command(tmp_path: Path) -> None:
    write_toy_sets(tmp_path, "train", 1, side_px=32, roles=("hero", "view"))
    write_toy_sets(tmp_path, "test", 1, side_px=32, roles=("hero", "view"))
    write_person(tmp_path)
    run_train(RenderTrain(tmp_path, tmp_path / "run", steps=2, batch_size=1, crop=32))
    run_train(RenderTrain(tmp_path, tmp_path / "run", steps=2, batch_size=1, crop=32))
    wider = RenderTrain(
        tmp_path, tmp_path / "wide", start=tmp_path / "run", widths=(52, 72, 96, 128), steps=2, batch_size=1, crop=32
    )
    run_train(wider)
    assert Renderer.from_folder(tmp_path / "wide").model.config.widths == (52, 72, 96, 128)
    run_train(RenderTrain(tmp_path, tmp_path / "masks", model="masks", steps=2, batch_size=2))
    run_train(RenderTrain(out=tmp_path / "fit", finetune=tmp_path, start=tmp_path / "run", steps=2, batch_size=1, crop=32))
    (tmp_path / "masks" / "masks.safetensors").rename(tmp_path / "run" / "masks.safetensors")
    run_eval(RenderEval(tmp_path, weights=tmp_path / "run", out=tmp_path / "scores.csv"))
    assert "psnr" in (tmp_path / "scores.csv").read_text()
    assert np.isfinite(float((tmp_path / "run" / "metrics.csv").read_text().split()[-1].split(",")[1]))


def test_bad_orders_are_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="one of the two"):
        RenderTrain()
    with pytest.raises(InvalidInput, match="no scene"):
        RenderTrain(finetune=tmp_path / "none.blend")
    with pytest.raises(InvalidInput, match="steps of 16"):
        RenderTrain(tmp_path, crop=90)
    with pytest.raises(InvalidInput, match="belong to the renderer"):
        RenderTrain(tmp_path, model="masks", widths=(8, 12, 16, 24))
    with pytest.raises(InvalidInput, match="hero frames"):
        RenderEval(tmp_path, heroes=(4,))
