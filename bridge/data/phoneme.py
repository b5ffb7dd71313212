"""Phoneme: one speech sound and when it is heard."""

from dataclasses import dataclass

from ..errors import InvalidInput

SILENCE = "sil"


@dataclass(frozen=True)
class Phoneme:
    """symbol: IPA (`sil` for silence); start_s and end_s on the audio's clock."""

    symbol: str
    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.start_s <= self.end_s:
            raise InvalidInput(f"Phoneme {self.symbol!r} has no valid span: {self.start_s} s to {self.end_s} s.")
