"""What networks that hear log-mel are taught beside their own task: which sound it is, and what the default encoder hears."""

from torch import Tensor, nn
from torch.nn import functional

from ..articulation.visemes import VISEME_NAMES
from ..data.hearing import UNKNOWN, HearingBatch


class HearingHeads(nn.Module):
    """Hidden steps (B, T, C) -> visemes as logits (B, T, 24) and z-scored features of the default encoder (B, T, D)."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, width: int, feature_mean: Tensor, feature_deviation: Tensor) -> None:
        super().__init__()
        self.visemes = nn.Linear(width, len(VISEME_NAMES))
        self.features = nn.Linear(width, len(feature_mean))
        self.register_buffer("mean", feature_mean)
        self.register_buffer("deviation", feature_deviation)

    def losses(self, hidden: Tensor, batch: HearingBatch) -> tuple[Tensor, Tensor]:
        """Of the visemes, and of the features."""
        wanted = (batch.features - self.mean) / self.deviation
        return viseme_loss(self.visemes(hidden), batch), feature_loss(self.features(hidden), wanted, batch.heard)


def viseme_loss(logits: Tensor, batch: HearingBatch) -> Tensor:
    """Cross entropy where the sound is known. logits: (B, T, 24) -> ()"""
    return functional.cross_entropy(logits.flatten(0, 1), batch.viseme.flatten(), ignore_index=UNKNOWN)


def feature_loss(made: Tensor, wanted: Tensor, heard: Tensor) -> Tensor:
    """1 - cosine plus a quarter of the squared error, of z-scored features (B, T, D), where heard (B, T) is 1. -> ()"""
    error = 1.0 - functional.cosine_similarity(made, wanted, dim=-1) + 0.25 * (made - wanted).square().mean(dim=-1)
    return (error * heard).sum() / heard.sum().clamp(min=1.0)


def feature_statistics(batch: HearingBatch) -> tuple[Tensor, Tensor]:
    """Mean and deviation of the features that were heard, (D,) each."""
    heard = batch.features[batch.heard > 0.0]
    return heard.mean(dim=0), heard.std(dim=0) + 1e-3


def one_minus_correlation(made: Tensor, wanted: Tensor, known: Tensor) -> Tensor:
    """Of curves, (B, T) each, over the steps where known is 1; the mean over those curves that move. -> ()"""
    count = known.sum(dim=1, keepdim=True).clamp(min=1.0)
    made, wanted = ((values - (values * known).sum(dim=1, keepdim=True) / count) * known for values in (made, wanted))
    product = (made * wanted).sum(dim=1)
    size = (made.square().sum(dim=1) * wanted.square().sum(dim=1)).clamp(min=1e-8).sqrt()
    moves = (wanted.square().sum(dim=1) > 1e-3 * count[:, 0]).float()
    return ((1.0 - product / size) * moves).sum() / moves.sum().clamp(min=1.0)
