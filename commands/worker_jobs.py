"""What a server can do: for each kind of job its options and its function, which runs in a process of its own."""

import hashlib
import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from ..bridge.data import DEFAULT_ENGINE, EngineName, PerformanceStyle
from ..bridge.errors import InvalidInput, ModelMissing
from ..bridge.formats import write_npz
from ..bridge.jobs import JobFiles, JobKind, ReportProgress
from .render_job import render_kind
from .retarget_job import retarget_kind
from .transfer_job import transfer_kind

if TYPE_CHECKING:
    from ..motion.predict import Hearing

SpokenLayer = Literal["lips", "upper_face", "blinks", "gaze", "head"]
_HEARING_SHARE = 0.9
_LOADING_SHARE = 0.1


@dataclass(frozen=True)
class SpeakOptions:
    """How a line is performed. Another seed of the same line is quick: the line is not heard again."""

    style: PerformanceStyle = field(default_factory=PerformanceStyle)
    """Emotion, amplitudes and seed."""
    text: str | None = None
    """The English words that are spoken, if known."""
    engine: EngineName = DEFAULT_ENGINE
    """Who performs."""
    fps: float = 30.0
    """Frames per second."""
    layers: tuple[SpokenLayer, ...] = get_args(SpokenLayer)
    """Layers to perform."""

    def __post_init__(self) -> None:
        if not self.layers:
            raise InvalidInput(f"Choose layers: {', '.join(get_args(SpokenLayer))}.")
        if not (math.isfinite(self.fps) and 1.0 <= self.fps <= 1000.0):
            raise InvalidInput(f"The frame rate must lie between 1 and 1000 frames per second, not {self.fps}.")


def job_kinds() -> list[JobKind]:
    """All that this installation offers."""
    speech = JobKind("speak", "a recording becomes a performance", SpeakOptions, speak, warm_up=import_speech)
    return [speech, render_kind(), retarget_kind(), transfer_kind()]


def speak(options: SpeakOptions, files: JobFiles, report: ReportProgress) -> None:
    """Write the performance of a recording. Raises what load_audio, hear and perform raise, ModelMissing without torch."""
    assert files.input is not None
    try:
        import_speech()
        from ..motion.engines import engine
        from ..motion.predict import perform
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed beside the server. Install it with pip install 'vivavoce[motion]'."
        raise ModelMissing(message) from error
    with files.input.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        hearing = _hearing(_Line(digest, options.text, options.engine, files.input, report))
        report(_HEARING_SHARE, "performing")
        how = {"fps": options.fps, "layers": options.layers, "by": engine(options.engine)}
        clip = perform(replace(hearing, source=files.input_name), options.style, **how)
    except InvalidInput as error:
        # The caller knows the recording by another name than the one under which it lies here.
        raise InvalidInput(str(error).replace(str(files.input), files.input_name or "The recording")) from error
    write_npz(clip, files.output)


def import_speech() -> None:
    """Import what takes seconds."""
    from ..motion import predict as predict
    from ..motion.speech import alignment as alignment
    from ..motion.speech import recognition as recognition


@dataclass(frozen=True)
class _Line:
    """What is heard and by which engine, known by its content."""

    digest: str
    text: str | None
    engine: str
    path: Path = field(compare=False)
    report: ReportProgress = field(compare=False)


@lru_cache(maxsize=4)
def _hearing(line: _Line) -> "Hearing":
    """A line is heard once, however many takes are wanted of it."""
    from ..motion.engines import engine
    from ..motion.predict import hear
    from ..motion.speech.load import load_audio

    def report_hearing(share: float, stage: str) -> None:
        line.report(_LOADING_SHARE + (_HEARING_SHARE - _LOADING_SHARE) * share, stage)

    audio = load_audio(line.path, lambda share: line.report(_LOADING_SHARE * share, "reading the recording"))
    return hear(audio, line.text, report_hearing, engine(line.engine))
