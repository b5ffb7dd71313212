"""Carries out one Blender job in a process of its own: `python -m vivavoce.addon.headless JOB.json`, or
`blender --background --python addon/headless.py -- JOB.json`.

Standard output carries one JSON object a line: {"progress": 0..1, "stage": text}, and for an error {"code": its code,
"message": text}. The exit code is that of the error's class.
"""

import importlib.util
import json
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if not __package__:  # Blender was given this file as a script: the root above it is the package
    _root = Path(__file__).resolve().parents[1]
    _spec = importlib.util.spec_from_file_location("vivavoce", _root / "__init__.py", submodule_search_locations=[str(_root)])
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules["vivavoce"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["vivavoce"])
    __package__ = "vivavoce.addon"

from ..bridge.errors import Cancelled, InvalidInput, VivavoceError
from .core.job import OPEN_HUMAN, AnyJob, HeadlessJob, ReadRigJob, RenderSetsJob, SceneFramesJob, job_from_json

if TYPE_CHECKING:
    from ..bridge.data import MotionClip
    from .scene.character import Character
    from .scene.movie import ReportProgress

RENDER_SHARE = 0.85
"""The part of the progress that rendering takes, where there is a movie."""


def main(arguments: list[str]) -> int:
    """Run the job in the JSON file that is the last argument. Returns the exit code."""
    messages = _take_standard_output()
    signal.signal(signal.SIGTERM, _cancel)
    try:
        if not arguments:
            raise InvalidInput("Give the path of a job's JSON file.")
        path = Path(arguments[-1])
        if not path.is_file():
            raise InvalidInput(f"There is no job at {path}.")
        run_job(job_from_json(path.read_text(encoding="utf-8")), lambda share, stage: _say(messages, progress=share, stage=stage))
    except VivavoceError as error:
        _say(messages, code=error.code, message=str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say(messages, code=Cancelled.code, message="Stopped; nothing was written.")
        return Cancelled.exit_code
    return 0


def run_job(job: AnyJob, report: "ReportProgress") -> None:
    """Carry out one job of any kind."""
    if isinstance(job, RenderSetsJob):
        _render_sets(job, report)
    elif isinstance(job, ReadRigJob):
        _read_rig(job, report)
    elif isinstance(job, SceneFramesJob):
        _render_scene_frames(job, report)
    else:
        _write_outputs(job, report)


def _render_sets(job: RenderSetsJob, report: "ReportProgress") -> None:
    """One set after the other; those that are written stay when a later one fails."""
    from ..bridge.data.render_plan import plan_from_json
    from .scene.render_set import render_set

    plans = [plan_from_json(path.read_text(encoding="utf-8")) for path in job.render_sets]
    for number, plan in enumerate(plans):
        render_set(plan, _part(report, number / len(plans), (number + 1) / len(plans)))
    report(1.0, "done")


def _read_rig(job: ReadRigJob, report: "ReportProgress") -> None:
    """All meshes of the file and what they hang on."""
    import bpy

    from ..bridge.rigs.geometry_file import write_geometry
    from .scene.character import load_character_file
    from .scene.rigs.geometry import rig_geometry

    report(0.0, "opening the character")
    load_character_file(job.read_rig)
    report(0.5, "reading the rig")
    write_geometry(rig_geometry(bpy.context.scene.objects), job.rig)
    report(1.0, "done")


def _render_scene_frames(job: SceneFramesJob, report: "ReportProgress") -> None:
    """Open or build the scene, with the clip where there is one, and render its frames."""
    import bpy

    from ..bridge.formats import read_clip
    from ..bridge.formats.render_set import write_render_set
    from .scene.quality import choose_engine
    from .scene.scene_frames import read_cameras, scene_frames
    from .scene.stage import build_stage

    report(0.0, "building the scene")
    cameras = read_cameras(job.cameras, job.resolution) if job.cameras is not None else ()
    if job.clip is not None:
        outputs = {"mp4": job.out}
        character = prepare_scene(HeadlessJob(job.clip, outputs, character=job.character), read_clip(job.clip))
    else:
        character = _new_character(job.character)
    scene: Any = bpy.context.scene
    build_stage(scene, character)
    choose_engine(scene, "cycles", job.device, job.samples)
    scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = *job.resolution, 100
    write_render_set(job.out, scene_frames(scene, character, job.frames, cameras, job.samples, _part(report, 0.05, 1.0)))
    report(1.0, "done")


def _write_outputs(job: HeadlessJob, report: "ReportProgress") -> None:
    """Read the clip, set the scene, write every output under a temporary name, then give all of them their names at once."""
    from ..bridge.formats import read_clip, whole_file
    from .scene import movie
    from .scene.export import WRITERS

    report(0.0, "reading")
    if job.audio is not None and not job.audio.is_file():
        raise InvalidInput(f"There is no recording at {job.audio}.")
    clip = read_clip(job.clip)
    report(0.02, "building the scene")
    character = prepare_scene(job, clip)
    exports = [name for name in job.outputs if name in WRITERS]
    span = 1.0 - RENDER_SHARE if "mp4" in job.outputs else 0.95
    with ExitStack() as files:
        for index, name in enumerate(exports):
            report(0.05 + (span - 0.05) * index / len(exports), f"writing {name}")
            WRITERS[name](character, files.enter_context(whole_file(job.outputs[name])))
        if "mp4" in job.outputs:
            # Frames lie beside the movie: whoever made that folder for the job clears it, even after killing this process.
            path = files.enter_context(whole_file(job.outputs["mp4"]))
            frames = files.enter_context(tempfile.TemporaryDirectory(prefix=".vivavoce-", dir=path.parent))
            movie.write_movie(job.audio, Path(frames), path, _part(report, span, 1.0))
    report(1.0, "done")


def prepare_scene(job: HeadlessJob, clip: "MotionClip") -> "Character":
    """Build or open the character, and put the clip, the sound and the studio into its scene."""
    import bpy

    from .core.retiming import last_frame, scene_rate
    from .scene.movie import add_sound
    from .scene.performance import apply_clip
    from .scene.quality import choose_engine
    from .scene.stage import build_stage

    character = _new_character(job.character)
    scene: Any = bpy.context.scene
    if not job.character.lower().endswith(".blend"):
        # A scene of the user's keeps its rate: the clip is laid onto it.
        scene.render.fps, scene.render.fps_base = scene_rate(clip.fps)
    fps = scene.render.fps / scene.render.fps_base
    scene.frame_start, scene.frame_end = 1, last_frame(clip.frame_count, clip.fps, fps)
    apply_clip(clip, character, fps, start_frame=1, as_layers=job.layers)
    if job.audio is not None:
        add_sound(scene, job.audio)
    build_stage(scene, character)
    choose_engine(scene, job.engine, job.device, job.samples)
    scene.render.resolution_x, scene.render.resolution_y = job.resolution
    scene.frame_set(1)
    return character


def _new_character(name: str) -> "Character":
    """The open human, or what a file holds. Raises InvalidInput where it has no face that is known."""
    from .scene.character import character_of_scene, load_character_file

    if name == OPEN_HUMAN:
        return _new_open_human()
    load_character_file(Path(name))
    return character_of_scene(Path(name).name)


def _new_open_human() -> "Character":
    import bpy

    from ..bridge.formats.open_human import load_open_human
    from .scene.open_human import build_open_human

    bpy.ops.wm.read_factory_settings(use_empty=True)
    return build_open_human(load_open_human(), bpy.context.scene.collection)


def _part(report: "ReportProgress", start: float, end: float) -> "ReportProgress":
    return lambda share, stage: report(start + (end - start) * share, stage)


def _take_standard_output() -> TextIO:
    """The stream for messages; what Blender itself prints goes to standard error from here on."""
    messages = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return messages


def _say(messages: TextIO, **fields: Any) -> None:
    messages.write(json.dumps(fields) + "\n")
    messages.flush()


def _cancel(signal_number: int, frame: Any) -> None:
    raise Cancelled("Stopped; nothing was written.")


if __name__ == "__main__":
    exit_code = main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
    sys.stderr.flush()
    # Everything is written and closed. Blender's own way out has been seen to crash after a render was stopped.
    os._exit(exit_code)
