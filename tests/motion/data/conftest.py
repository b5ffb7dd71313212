"""Models and sounds for captured corpora: the open human as FLAME and as SMPL-X, whose first 52 directions are ARKit's."""

from pathlib import Path

import numpy as np
import pytest

from vivavoce.bridge.data import ARKIT_INDEX, ARKIT_NAMES
from vivavoce.bridge.formats.open_human import load_open_human

PERFORMED = ("jawOpen", "mouthSmileLeft", "mouthSmileRight", "mouthPucker", "browInnerUp")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `flame` and `smplx` in it, as `vivavoce export-model` writes them."""
    from vivavoce.motion.human.body_model import write_model
    from vivavoce.motion.human.export_model import open_human_model

    folder, human = tmp_path_factory.mktemp("models"), load_open_human()
    for kind in ("flame", "smplx"):
        (folder / kind).mkdir()
        write_model(open_human_model(human, kind), folder / kind)
    return folder


@pytest.fixture(scope="session")
def flame_face(models: Path):
    from vivavoce.motion.data.face_model import FaceModel

    return FaceModel(models / "flame", "flame")


def performed_weights(frames: int, seed: int = 0) -> np.ndarray:
    """(F, 52) slowly changing weights of PERFORMED, each 0..0.6."""
    draw, times = np.random.default_rng(seed), np.linspace(0.0, 1.0, frames)
    weights = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    for name in PERFORMED:
        turns, phase = draw.uniform(1.0, 3.0), draw.uniform(0.0, 6.0)
        weights[:, ARKIT_INDEX[name]] = 0.3 + 0.3 * np.sin(2 * np.pi * turns * times + phase)
    return weights


def write_tone(path: Path, seconds: float, sample_rate: int = 16_000) -> None:
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    times_s = np.arange(round(seconds * sample_rate)) / sample_rate
    soundfile.write(path, 0.2 * np.sin(2 * np.pi * 220.0 * times_s), sample_rate)


def check_curves(curves: np.ndarray, names: tuple[str, ...], wanted: np.ndarray) -> None:
    """Curves follow the weights that were performed; those that were not stay near 0."""
    for column, name in enumerate(names):
        error = np.abs(curves[:, column] - wanted[:, ARKIT_INDEX[name]]).mean()
        # A jaw carries puckered lips down with it, which blend shapes say by mouthLowerDown.
        assert error < (0.12 if name.startswith("mouthLowerDown") else 0.05), f"{name}: {error:.3f}"
