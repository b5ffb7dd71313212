"""The articulation engine: phonemes and prosody to a face by rule. It is the teacher of the others, and needs no weights."""

from collections.abc import Sequence

from ...bridge.data import AudioClip, MotionClip, MotionLayer, PerformanceStyle
from ...bridge.errors import InvalidInput
from ..articulation.closures import lip_bites, lip_closures
from ..articulation.performance import performed_layer
from ..hearing import Hearing
from ..speech.prosody import Prosody
from .performer import ReportProgress


class ArticulationEngine:
    """Aligns the words where they are given, and recognises sounds in any language where not."""

    name = "articulation"

    def hear(self, audio: AudioClip, text: str | None, heard: Prosody, report: ReportProgress) -> Hearing:
        if text is not None:
            from ..speech.alignment import aligned_phonemes

            report(0.1, "aligning the words")
            phonemes = aligned_phonemes(audio, text)
        else:
            from ..speech.recognition import recognised_phonemes

            phonemes = recognised_phonemes(audio, heard, lambda share: report(0.1 + 0.9 * share, "recognising sounds"))
        return Hearing(
            audio.duration_s, heard, tuple(phonemes), lip_closures(phonemes), lip_bites(phonemes), audio.source, self.name
        )

    def layers(
        self,
        hearing: Hearing,
        style: PerformanceStyle,
        fps: float,
        frame_count: int,
        names: Sequence[str],
        style_clip: MotionClip | None = None,
    ) -> list[MotionLayer]:
        if style_clip is not None:
            raise InvalidInput(
                "The articulation engine takes no style from a clip. Choose the probabilistic or the diffusion engine."
            )
        return [performed_layer(name, hearing.phonemes, hearing.prosody, fps, frame_count, style) for name in names]
