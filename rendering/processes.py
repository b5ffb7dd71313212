"""Frames of one film by several processes at once: a frame is whole or absent, and none needs another."""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context, parent_process

from ..bridge.errors import WorkerLost
from .frames import FrameFolder
from .render import RenderFrames, ReportProgress, report_frame

RenderOne = Callable[[int], None]
"""Renders the frame of a 0-based index."""

MOST = 8
_render_one: RenderOne
"""Of this process, where it is one of several."""


def side_by_side(begin: Callable[[FrameFolder], RenderOne], processes: int) -> RenderFrames:
    """What renders frames in as many processes. begin: called in each of them, so it and the folder must go into a pickle."""
    return partial(_render_all, begin, processes)


def _render_all(begin: Callable[[FrameFolder], RenderOne], processes: int, folder: FrameFolder, report: ReportProgress) -> None:
    """Raises WorkerLost where one of the processes is killed, as for too little memory; frames that are finished are kept."""
    missing = folder.open()
    start_s = time.monotonic()
    with ProcessPoolExecutor(min(processes, max(len(missing), 1)), get_context("spawn"), _begin, (begin, folder)) as pool:
        rendered = [pool.submit(_render, index) for index in missing]
        try:
            for done, frame in enumerate(as_completed(rendered)):
                report_frame(report, folder, len(missing), done, time.monotonic() - start_s)
                frame.result()
        except BrokenProcessPool as error:
            raise WorkerLost("A process that rendered frames has ended. Try again with --processes 1.") from error
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _begin(begin: Callable[[FrameFolder], RenderOne], folder: FrameFolder) -> None:
    global _render_one
    # The one that waits for them hears Ctrl-C; where it is killed, they end too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _render_one = begin(folder)


def _render(index: int) -> None:
    _render_one(index)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
