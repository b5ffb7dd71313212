"""Training the renderer: it learns one batch by heart, goes on after a stop as if there had been none, and is kept as it is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from vivavoce.bridge.errors import InvalidInput, ModelMissing  # noqa: E402
from vivavoce.bridge.formats.render_set import read_render_set  # noqa: E402
from vivavoce.learning import run as runs  # noqa: E402
from vivavoce.learning.run import Schedule  # noqa: E402
from vivavoce.rendering.data.sets import set_path  # noqa: E402
from vivavoce.rendering.denoise import has_denoiser  # noqa: E402
from vivavoce.rendering.light import PreparedLight  # noqa: E402
from vivavoce.rendering.models.diffusion import ResidualLoss  # noqa: E402
from vivavoce.rendering.models.renderer import Renderer  # noqa: E402
from vivavoce.rendering.models.residual import ResidualConfig, ResidualModel  # noqa: E402
from vivavoce.rendering.training.crops import drawn_crops, modes_of, whole_frame  # noqa: E402
from vivavoce.rendering.training.frame_files import PreparedFrame, prepared_frames  # noqa: E402
from vivavoce.rendering.training.prepare import conditions_of, head_m, lit, prepare_sets  # noqa: E402
from vivavoce.rendering.training.residual import Lessons, averaged_model, train_residual, write_residual  # noqa: E402

from .. import toy_sets  # noqa: E402

pytestmark = pytest.mark.skipif(not has_denoiser(), reason="OpenImageDenoise comes with Blender's Python module")

TINY = ResidualConfig(fine_width=8, widths=(8, 12, 16), token_width=16, view_experts=2)
LESSONS = Lessons(crop_px=24, temporal_from=0.5, whole_from=0.8)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("toy")
    toy_sets.write_toy_sets(folder, "train", 2, side_px=32, roles=("hero", "hero", "sequence", "sequence"))
    return folder


@pytest.fixture(scope="module")
def frames(source: Path) -> tuple[PreparedFrame, ...]:
    assert prepare_sets(source, "train", source / "prepared", lambda share, stage: None) == 8
    assert prepare_sets(source, "train", source / "prepared", lambda share, stage: None) == 0
    return prepared_frames(source / "prepared")


def trained(frames: tuple[PreparedFrame, ...], folder: Path, steps: int) -> runs.TrainingRun:
    schedule = Schedule(steps=steps, batch_size=2, learning_rate=2e-3)
    return train_residual(frames, folder, TINY, LESSONS, schedule, lambda share, stage: None)


def test_prepared_frames_know_modes_and_the_frame_before(frames: tuple[PreparedFrame, ...]) -> None:
    assert all(modes_of(frame) == ["look", "scene", "boost"] for frame in frames)
    assert [frame.before is not None for frame in frames] == [False, False, False, True] * 2


def test_crops_are_the_same_for_the_same_seed(frames: tuple[PreparedFrame, ...]) -> None:
    first, again = (drawn_crops(frames, np.random.default_rng(3), 4, 16) for _ in range(2))
    assert torch.equal(first.planes, again.planes)
    assert torch.equal(first.told.look, again.told.look)
    assert first.planes.shape[-2:] == (16, 16)


def test_one_batch_is_learnt_by_heart(frames: tuple[PreparedFrame, ...]) -> None:
    torch.manual_seed(0)
    model, loss = ResidualModel(TINY), ResidualLoss()
    crops = drawn_crops(frames, np.random.default_rng(0), 2, 24)
    optimiser = torch.optim.Adam(model.parameters(), 5e-3)
    losses = []
    for _ in range(60):
        heard = model.hear(crops.planes, crops.told)
        total, _, _ = loss(model, heard, crops.truth, crops.true_detail, crops.noise, torch.Generator().manual_seed(0))
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
        losses.append(float(total.detach()))
    assert losses[-1] < 0.6 * losses[0]


def test_resume_equals_uninterrupted(frames: tuple[PreparedFrame, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_SAVE_EVERY", 2)
    whole = trained(frames, tmp_path / "whole", 6)
    stopped = RuntimeError("stopped")

    def stop(share: float, stage: str) -> None:
        if share >= 0.6:
            raise stopped

    with pytest.raises(RuntimeError, match="stopped"):
        train_residual(frames, tmp_path / "parts", TINY, LESSONS, replace(whole.schedule), stop)
    resumed = trained(frames, tmp_path / "parts", 6)
    for name, tensor in whole.averaged.items():
        torch.testing.assert_close(resumed.averaged[name], tensor, rtol=0, atol=0)
    assert (tmp_path / "whole" / "samples.png").stat().st_size > 1000


def test_a_saved_renderer_paints_what_the_live_model_does(
    source: Path, frames: tuple[PreparedFrame, ...], tmp_path: Path
) -> None:
    run = trained(frames, tmp_path, 3)
    write_residual(run, tmp_path, {"data": "toy"})
    toy = read_render_set(set_path(source, 0, "train"))
    frame = toy.frames[0]
    base, buffers = lit(frame, PreparedLight(toy.light, head_m(toy, frame)))
    conditions = conditions_of(toy, frame, "scene", (), buffers)
    saved, live = Renderer.from_folder(tmp_path), Renderer(averaged_model(run))
    picture = saved.frame(frame.gbuffer, base, conditions, 2, 0)
    # The file holds half floats.
    np.testing.assert_allclose(picture, live.frame(frame.gbuffer, base, conditions, 2, 0), atol=5e-3)
    assert np.array_equal(picture, saved.frame(frame.gbuffer, base, conditions, 2, 0))
    assert not picture[frame.gbuffer.alpha == 0.0].any()
    seen = frame.gbuffer.alpha > 0.0
    assert np.isfinite(picture).all()
    assert np.abs(picture[seen] - frame.truth[seen]).mean() < 0.2
    crops = whole_frame(frames[0], "scene")
    assert crops.planes.shape[-2:] == (32, 32)


def test_missing_and_wrong_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        Renderer.from_folder(tmp_path)
    (tmp_path / "rendering.safetensors").write_bytes(b"no weights")
    with pytest.raises(InvalidInput, match="cannot be read"):
        Renderer.from_folder(tmp_path)
