"""Pictures of the panels at idle, running, done and error, from a real window. docs/blender.md says how to run it."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).parent))
import window

worker_python, recording, folder = sys.argv[sys.argv.index("--") + 1 :]


def picture(name: str) -> None:
    sidebar, view = window.region("UI"), window.area("VIEW_3D")
    bottom = 0 if name == "running" else view.y
    window.shoot(Path(folder, f"panel_{name}.png"), (view.x, bottom, sidebar.x + sidebar.width, view.y + view.height))


def japanese() -> window.Steps:
    """The finished take again, in another language; of the two, Blender 3.4 knows Japanese by the name that it has today."""
    view: Any = bpy.context.preferences.view
    view.language, view.use_translate_interface = "ja_JP", True
    assert bpy.app.translations.pgettext_iface("Speak", "Operator") == "話す"
    yield 1.0
    picture("japanese")
    view.language = "en_US"
    yield 0.5


def steps() -> window.Steps:
    yield from window.prepare(worker_python, recording)
    from vivavoce.addon.session import session

    rig: Any = window.window().view_layer.objects.active
    yield 0.5
    picture("idle")
    window.speak()
    yield from window.until(lambda: any(job.remote.status.progress > 0.3 for job in session.jobs.values()), "progress")
    picture("running")
    yield from window.until(lambda: not session.jobs, "the performance")
    window.window().scene.frame_set(40)
    yield 1.0
    picture("done")
    yield from japanese()
    window.speak()
    yield from window.until(lambda: any(job.remote.status.id for job in session.jobs.values()), "the second job")
    assert session._worker is not None
    os.kill(session._worker.process().pid, signal.SIGKILL)
    yield from window.until(lambda: not session.jobs, "the worker's end")
    yield 0.5
    picture("error")
    assert len(rig.vivavoce.takes) == 1, session.complaints


window.play(steps())
