"""What Speak takes of Blender's time while a job runs: every step of its timer, in a real window (docs/blender.md).

xvfb-run -a blender --factory-startup --enable-event-simulate --python benchmarks/modal.py -- PYTHON RECORDING
"""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "blender" / "scripts"))
import window

GOAL_MS = 2.0
JOBS = 3

worker_python, recording = sys.argv[sys.argv.index("--") + 1 :]


def time_steps(operator: Any) -> list[tuple[float, bool]]:
    """From now on the list grows by the milliseconds of every step of `operator`, and whether it was its last."""
    steps: list[tuple[float, bool]] = []
    modal = operator.modal

    def timed(self: Any, context: Any, event: Any) -> set[str]:
        # Blender frees the event when the operator ends.
        is_step, start = event.type == "TIMER", time.perf_counter()
        answer = modal(self, context, event)
        if is_step:
            steps.append(((time.perf_counter() - start) * 1e3, "PASS_THROUGH" not in answer))
        return answer

    operator.modal = timed
    return steps


def run() -> window.Steps:
    yield from window.prepare(worker_python, recording)
    from vivavoce.addon.operators.speak import SpeakingOperator
    from vivavoce.addon.session import session

    measured = time_steps(SpeakingOperator)
    for _ in range(JOBS):
        start = time.perf_counter()
        window.speak()
        print(f"the click {(time.perf_counter() - start) * 1e3:9.2f} ms")
        yield from window.until(lambda: not session.jobs, "a job")
        assert not session.complaints, session.complaints
    times = np.array([ms for ms, is_last in measured if not is_last])
    print(f"{len(times)} steps of {JOBS} jobs, goal {GOAL_MS:g} ms")
    for name, ms in (("median", 50), ("95 %", 95), ("99 %", 99), ("longest", 100)):
        print(f"{name:9} {np.percentile(times, ms):9.3f} ms")
    print(f"longer than the goal: {np.count_nonzero(times > GOAL_MS)} of {len(times)}")
    for ms, is_last in measured:
        if is_last:
            print(f"the take put on the character {ms:9.1f} ms")


window.play(run())
