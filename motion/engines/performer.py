"""What an engine is: it hears a line once, and performs it as often as takes are wanted."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ...bridge.data import AudioClip, MotionClip, MotionLayer, PerformanceStyle
from ..hearing import Hearing
from ..speech.prosody import Prosody

ReportProgress = Callable[[float, str], None]


class Engine(Protocol):
    """Layers are made for a number of frames at a frame rate; the same arguments give the same layers, to the bit."""

    name: str

    def hear(self, audio: AudioClip, text: str | None, heard: Prosody, report: ReportProgress) -> Hearing:
        """Raises InvalidInput where the text cannot be aligned with the audio."""
        ...

    def layers(
        self,
        hearing: Hearing,
        style: PerformanceStyle,
        fps: float,
        frame_count: int,
        names: Sequence[str],
        style_clip: MotionClip | None = None,
    ) -> list[MotionLayer]:
        """The named layers. style_clip: somebody's motion, whose manner is taken. Raises InvalidInput where that is too short."""
        ...
