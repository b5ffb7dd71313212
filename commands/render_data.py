"""vivavoce render-data: path-traced frames of random people in random light, for the renderer to learn from."""

import json
import logging
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import tyro

from ..bridge.data import EMOTION_NAMES, MotionClip, OpenHuman, PerformanceStyle
from ..bridge.data.render_plan import SetPlan, plan_to_json
from ..bridge.data.render_set import SPLITS, Split
from ..bridge.errors import InvalidInput
from ..bridge.formats import read_clip, whole_file, write_clip
from ..bridge.formats.open_human import OPEN_HUMAN_PATH, load_open_human, write_open_human
from ..bridge.formats.safe_npz import write_arrays
from .blender_job import carry_out
from .console import STDERR, STDOUT, ReportProgress, progress_bar

DEMO_LINE = OPEN_HUMAN_PATH.with_name("demo_line.flac")
OPTIONS_NAME = "render-data.json"
_FIRST_PEOPLE = 10
_CLIPS, _SETS = 1, 2
"""Clips and sets have random streams of their own, beside the people's."""
_BUST_M = 0.45
"""What lies further below the head's joint is not seen in any frame, and left out."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RenderData:
    """Render sets of frames into a folder. A run that was stopped, or killed, goes on where it stood when given again."""

    out: Annotated[Path, tyro.conf.Positional]
    """The folder; made if need be."""
    sets: int = 700
    """Persons under a light of their own, each with two hero frames and three views, or eight consecutive frames."""
    people: int = 40
    """People baked; each set's person is a mixture of two of them."""
    clips: int = 24
    """Performances of the lines, in all emotions, from which the poses come."""
    lines: tuple[Path, ...] = (DEMO_LINE,)
    """Recordings that are performed."""
    side: int = 256
    """Of the square frames, in pixels."""
    samples: int = 8
    """Per pixel, then denoised: what is learned from."""
    test_samples: int = 256
    """Per pixel of the frames that are judged by."""
    sets_per_process: int = 8
    """Sets that one Blender renders before the next is started."""
    seed: int = 0
    """Other seeds give other people, performances, lights and views."""
    splits: tuple[Split, ...] = SPLITS
    """Of which sets are rendered; the others stay missing."""

    def __post_init__(self) -> None:
        if not (self.sets >= 1 and self.people >= _FIRST_PEOPLE and self.clips >= 1 and self.lines):
            raise InvalidInput(f"Frames need at least one set, one clip, one line and {_FIRST_PEOPLE} people.")
        if not (16 <= self.side <= 2048 and self.side % 2 == 0):
            raise InvalidInput(f"A frame's side must be even and lie between 16 and 2048 pixels, not {self.side}.")
        if min(self.samples, self.test_samples, self.sets_per_process) < 1 or self.seed < 0:
            raise InvalidInput("Samples and sets of a process count from 1, seeds from 0.")
        for line in self.lines:
            if not line.is_file():
                raise InvalidInput(f"There is no recording at {line}.")


def run(config: RenderData) -> None:
    """Render what is missing, in order. Raises InvalidInput where the folder was begun with other options."""
    from ..rendering.data.draws import split_of_set
    from ..rendering.data.sets import SETS_FOLDER, set_path

    for name in (SETS_FOLDER, "people", "clips", "plans"):
        (config.out / name).mkdir(parents=True, exist_ok=True)
    _keep_options(config)
    with progress_bar() as report:
        _make_clips(config)
        splits = {number: split_of_set(number) for number in range(config.sets)}
        missing = [
            number
            for number, split in splits.items()
            if split in config.splits and not set_path(config.out, number, split).is_file()
        ]
        for start in range(0, len(missing), config.sets_per_process):
            chunk = missing[start : start + config.sets_per_process]
            _render_sets(config, chunk, _within(report, chunk[0] / config.sets, (chunk[-1] + 1) / config.sets))
            logger.warning("%d of %d sets are rendered", chunk[-1] + 1, config.sets)
    STDOUT.print(f"{config.out}: {config.sets} sets")


def _within(report: ReportProgress, start: float, end: float) -> ReportProgress:
    return lambda share, stage: report(start + (end - start) * share, stage)


def _keep_options(config: RenderData) -> None:
    """What all sets of a folder have in common; their number may grow, and each says how many samples judge by it."""
    own = ("out", "sets", "test_samples", "sets_per_process", "splits")
    settings = {name: value for name, value in asdict(config).items() if name not in own}
    settings["lines"] = [line.name for line in config.lines]
    path = config.out / OPTIONS_NAME
    if not path.is_file():
        with whole_file(path) as temporary:
            temporary.write_text(json.dumps(settings, indent=1), encoding="utf-8")
    elif json.loads(path.read_text(encoding="utf-8")) != settings:
        raise InvalidInput(f"{config.out} was begun with other options; see {path.name} there. Give those, or another folder.")


def _make_clips(config: RenderData) -> None:
    """The performances that are not there yet; each line is heard once."""
    from ..motion.predict import hear, perform
    from ..motion.speech.load import load_audio

    wanted = [number for number in range(config.clips) if not _clip_path(config, number).is_file()]
    hearings = {}
    for number in wanted:
        line = config.lines[number % len(config.lines)]
        if line not in hearings:
            hearings[line] = hear(load_audio(line))
        write_clip(perform(hearings[line], _style(config, number)), _clip_path(config, number))


def _clip_path(config: RenderData, number: int) -> Path:
    return config.out / "clips" / f"{number:03d}.npz"


def _style(config: RenderData, number: int) -> PerformanceStyle:
    rng = np.random.default_rng([config.seed, _CLIPS, number])
    emotion = EMOTION_NAMES[number % len(EMOTION_NAMES)]
    intensity = round(float(rng.uniform(0.5, 1.0)), 2)
    return PerformanceStyle(
        {} if emotion == "neutral" else {emotion: intensity},
        seed=int(rng.integers(1 << 30)),
        variation=0.5,
        head=round(float(rng.uniform(0.8, 3.0)), 2),
        eyes=round(float(rng.uniform(0.8, 1.4)), 2),
    )


def _render_sets(config: RenderData, numbers: list[int], report: ReportProgress) -> None:
    """Plans for some sets, and a Blender that carries them out. Plans lie in the folder only meanwhile."""
    plans = []
    for number in numbers:
        plan = _plan(config, number)
        path = config.out / "plans" / f"{plan.name}.json"
        path.write_text(plan_to_json(plan), encoding="utf-8")
        plans.append(path)
    carry_out({"render_sets": [str(path) for path in plans]}, report)
    for path in plans:
        path.unlink()
        path.with_suffix(".npz").unlink()


def _plan(config: RenderData, number: int) -> SetPlan:
    """Draw set `number`, and write its person beside its plan."""
    from ..rendering.data.draws import drawn_frames, emotion_of, face_centre, people_of, split_of_set
    from ..rendering.data.lights import drawn_light
    from ..rendering.data.looks import drawn_look
    from ..rendering.data.sets import set_path

    rng = np.random.default_rng([config.seed, _SETS, number])
    split = split_of_set(number)
    # Early sets draw on the people that were baked first, so that rendering can begin.
    people = people_of(split, min(config.people, _FIRST_PEOPLE + number))
    first, second = (int(person) for person in rng.choice(people, 2, replace=len(people) < 2))
    share = round(float(rng.uniform(-0.3, 0.5)), 3)
    person = config.out.absolute() / "plans" / f"{number:05d}.npz"
    human = _person(config, first, second, share, rng)
    write_open_human(person, human)
    clip_number = int(rng.integers(config.clips))
    return SetPlan(
        name=f"{number:05d}",
        split=split,
        identity=f"{first:03d} {1.0 - share:.3f} + {second:03d} {share:.3f}",
        person=str(person),
        out=str(set_path(config.out.absolute(), number, split)),
        side_px=config.side,
        samples=config.test_samples if split == "test" else config.samples,
        emotion=emotion_of(_style(config, clip_number).emotion),
        look=drawn_look(rng),
        light=drawn_light(face_centre(human), rng),
        frames=drawn_frames(human, _clip(_clip_path(config, clip_number)), rng),
    )


def _person(config: RenderData, first: int, second: int, share: float, rng: np.random.Generator) -> OpenHuman:
    from ..motion.human.variation import bust, mixed, recoloured
    from ..rendering.data.looks import drawn_colours

    human = mixed(load_open_human(_baked(config, first)), load_open_human(_baked(config, second)), share)
    lowest_m = human.joint_positions[human.joint_names.index("head"), 1] - _BUST_M
    without = ("hair",) if rng.random() < 0.06 else ()
    return bust(recoloured(human, drawn_colours(rng)), float(lowest_m), without)


def _baked(config: RenderData, number: int) -> Path:
    """The file of one of the people, baked if it is not there yet."""
    path = config.out / "people" / f"{number:03d}.npz"
    if not path.is_file():
        from ..motion.human.bake import open_human_arrays
        from ..motion.human.people import random_person
        from ..motion.human.source import person_source

        STDERR.print(f"baking person {number}")
        person = random_person(np.random.default_rng([config.seed, number]))
        write_arrays(path, open_human_arrays(person_source(_anny(), person.phenotype, person.local_changes)))
    return path


@cache
def _anny() -> Any:
    from ..motion.human.source import load_anny

    return load_anny()


@cache
def _clip(path: Path) -> MotionClip:
    return read_clip(path)
