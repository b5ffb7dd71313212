"""Speech encoders of the user's own, in folders that the `transformers` library wrote: HuBERT, wav2vec 2.0, Whisper."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ...bridge.errors import InvalidInput, ModelMissing
from .whisper_encoder import WhisperEncoder

WAVEFORM_MODELS = ("hubert", "wav2vec2")
WHISPER_MODEL = "whisper"

_WHISPER_NAMES = {
    "embed_positions.weight": "positions",
    "self_attn_layer_norm": "attention_norm",
    "self_attn.out_proj": "attention_out",
    "final_layer_norm": "feed_norm",
    "fc1": "feed_in",
    "fc2": "feed_out",
}


def model_type(folder: Path) -> str:
    """The kind of encoder in a folder. Raises ModelMissing where there is no model, InvalidInput where it is of no known kind."""
    path = folder / "config.json"
    if not path.is_file():
        raise ModelMissing(
            f"No speech encoder is in {folder}: it has no config.json. Name a folder that `save_pretrained` wrote."
        )
    try:
        kind = json.loads(path.read_text(encoding="utf-8"))["model_type"]
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise InvalidInput(f"{path} does not describe a model: {error}.") from error
    if kind not in (*WAVEFORM_MODELS, WHISPER_MODEL):
        raise InvalidInput(
            f"{folder} holds a {kind!r} model. Speech encoders here are: {', '.join((*WAVEFORM_MODELS, WHISPER_MODEL))}."
        )
    return kind


def cached_hub_folder(name: str) -> Path | None:
    """Where the user's own hub cache holds a model, without asking the network; None where it does not."""
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError:
        return None
    found = try_to_load_from_cache(name, "model.safetensors")
    return Path(found).parent if isinstance(found, str) else None


def folder_model(folder: Path) -> nn.Module:
    """The model in a folder, in float32, ready to listen; only safetensors are read. Raises ModelMissing and InvalidInput."""
    model_type(folder)
    try:
        from safetensors import SafetensorError
        from transformers import AutoModel
    except ImportError as error:
        raise ModelMissing(
            "Encoders of your own are read by `transformers`. Install it: pip install 'transformers>=4.48,<5'."
        ) from error
    try:
        model: Any = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True, dtype=torch.float32)
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise InvalidInput(f"The encoder in {folder} cannot be read: {error}") from error
    return model.eval().requires_grad_(False)


def whisper_from_folder(folder: Path) -> WhisperEncoder:
    """A Whisper's encoder, of any size."""
    encoder: Any = folder_model(folder).get_submodule("encoder")
    return WhisperEncoder.of_weights(whisper_weights(encoder.state_dict()), encoder.config.encoder_attention_heads)


def whisper_weights(parameters: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """transformers' names -> `WhisperEncoder`'s; query, key and value become one matrix (the key has no bias)."""
    weights = {}
    for name, values in parameters.items():
        if ".self_attn.k_proj" in name or ".self_attn.v_proj" in name:
            continue
        if name.endswith(".self_attn.q_proj.weight"):
            stem = name.removesuffix("q_proj.weight")
            weights[f"{stem.removesuffix('self_attn.')}query_key_value.weight"] = torch.cat(
                [parameters[f"{stem}{part}_proj.weight"] for part in "qkv"]
            )
        elif name.endswith(".self_attn.q_proj.bias"):
            stem = name.removesuffix("q_proj.bias")
            bias = [values, torch.zeros_like(values), parameters[f"{stem}v_proj.bias"]]
            weights[f"{stem.removesuffix('self_attn.')}query_key_value.bias"] = torch.cat(bias)
        else:
            weights[_module_name(name)] = values
    return weights


def _module_name(name: str) -> str:
    if name.startswith("layer_norm."):
        return name.replace("layer_norm", "norm", 1)
    for theirs, ours in _WHISPER_NAMES.items():
        if theirs in name:
            return name.replace(theirs, ours)
    return name
