"""Speak in a real window: cancelled, undone, its add-on disabled, another file opened meanwhile. Prints what was seen.

Arguments after `--`: the worker's Python and a recording of ten seconds or more. docs/blender.md says how to run it.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import enabled_extension
import window

worker_python, recording = sys.argv[sys.argv.index("--") + 1 :]


def takes() -> int:
    """How many takes the rig has; looked up anew, for undo and files make other objects."""
    rig: Any = bpy.data.objects["Vivavoce Rig"]
    return len(rig.vivavoce.takes)


def speaking(session: Any) -> window.Steps:
    """Steps from the click until the worker is at it."""
    window.speak()
    yield from window.until(lambda: any(job.remote.status.progress > 0.2 for job in session.jobs.values()), "progress")


def seen(what: str, is_so: bool, session: Any) -> None:
    print(f"{what}: {'yes' if is_so else 'NO'}")
    assert is_so, (what, session.jobs, session.complaints)


def steps() -> window.Steps:
    yield from window.prepare(worker_python, recording)
    from vivavoce.addon.session import session

    temporary = Path(tempfile.gettempdir())
    bpy.ops.ed.undo_push(message="prepared")
    yield from speaking(session)
    yield from window.press("ESC")
    yield from window.until(lambda: not session.jobs, "the end of a job that Esc cancels")
    seen("Esc cancels, and says no error", takes() == 0 and not session.complaints, session)

    yield from speaking(session)
    with window.in_view():
        bpy.ops.vivavoce.cancel_speaking()
    yield from window.until(lambda: not session.jobs, "the end of a job that the button cancels")
    seen("the button cancels, and says no error", takes() == 0 and not session.complaints, session)

    yield from speaking(session)
    with window.in_view():
        bpy.ops.ed.undo_push(message="what an artist does meanwhile")
        bpy.ops.ed.undo()
    yield from window.until(lambda: not session.jobs, "a job during which something was undone")
    seen("a job lives through undo", takes() == 1 and not session.complaints, session)
    with window.in_view():
        bpy.ops.ed.undo()
    yield 0.3
    seen("one undo takes the take back", takes() == 0, session)
    with window.in_view():
        bpy.ops.ed.redo()
    yield 0.3
    seen("one redo brings it again", takes() == 1, session)

    saved = temporary / "window_lives.blend"
    yield from speaking(session)
    bpy.ops.wm.save_as_mainfile(filepath=str(saved))
    yield from window.until(lambda: not session.jobs, "a job during which the file was saved")
    seen("a job lives through saving", takes() == 2, session)

    yield from speaking(session)
    bpy.ops.wm.open_mainfile(filepath=str(saved))
    yield 1.0
    seen("another file ends the job", not session.jobs and takes() == 1, session)
    window.window().view_layer.objects.active = bpy.data.objects["Vivavoce Rig"]
    yield from speaking(session)
    yield from window.until(lambda: not session.jobs, "the first job in another file")
    seen("the next job in that file succeeds", takes() == 2, session)

    yield from speaking(session)
    worker = session._worker.process().pid
    enabled_extension.disable()
    yield 1.0
    seen("disabling ends job and worker", not session.jobs and not Path(f"/proc/{worker}").exists(), session)
    seen("no class is left", not [name for name in dir(bpy.types) if name.startswith("VIVAVOCE_")], session)
    enabled_extension.enable()
    preferences = bpy.context.preferences.addons[enabled_extension.NAME].preferences
    preferences.backend, preferences.python = "PYTHON", worker_python
    from vivavoce.addon.session import session

    yield 0.5
    yield from speaking(session)
    yield from window.until(lambda: not session.jobs, "a job after enabling again")
    seen("a job succeeds after enabling again", takes() == 3, session)
    saved.unlink()
    session.stop()
    left = [path.name for path in temporary.iterdir() if path.name.startswith("vivavoce-")]
    seen(f"no folder is left ({left})", not left, session)


window.play(steps())
