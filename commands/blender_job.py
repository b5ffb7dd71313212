"""Runs a job of addon/headless.py in a Blender of its own: the bpy module of this environment, or the user's Blender."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..bridge.data import MotionClip
from ..bridge.errors import ERROR_CLASSES, ModelMissing, WorkerLost
from ..bridge.formats import write_clip
from .console import ReportProgress

HEADLESS = Path(__file__).resolve().parents[1] / "addon" / "headless.py"


def run_blender_job(
    clip: MotionClip,
    audio: Path,
    character: str,
    outputs: Mapping[str, Path],
    resolution: tuple[int, int],
    device: str,
    report: ReportProgress,
) -> None:
    """Put `clip` on `character` and write `outputs` (format -> path). Raises what the job raised, WorkerLost where it died."""
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        clip_path = Path(folder) / "clip.npz"
        write_clip(clip, clip_path)
        job = {
            "clip": str(clip_path),
            "audio": str(audio.resolve()),
            "character": character,
            "outputs": {name: str(path) for name, path in outputs.items()},
            "resolution": list(resolution),
            "device": device,
        }
        carry_out(job, report)


def carry_out(job: Mapping[str, Any], report: ReportProgress) -> None:
    """Run one job of addon/headless.py to its end. Raises what the job raised, WorkerLost where Blender died."""
    command = blender_command()
    with tempfile.TemporaryDirectory(prefix="vivavoce-") as folder:
        job_path, log_path = (Path(folder) / name for name in ("job.json", "blender.log"))
        job_path.write_text(json.dumps(job), encoding="utf-8")
        with log_path.open("w+", encoding="utf-8") as log:
            process = subprocess.Popen([*command, str(job_path)], stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8")
            try:
                follow(process, report)
            finally:
                process.kill()
                process.wait()
            if process.returncode != 0:
                log.seek(0)
                raise WorkerLost(f"Blender ended with code {process.returncode}. Its last words:\n{log.read()[-2000:].strip()}")


def blender_command() -> list[str]:
    """What starts a job. $VIVAVOCE_BLENDER names another Blender. Raises ModelMissing where there is none."""
    chosen = os.environ.get("VIVAVOCE_BLENDER") or (None if importlib.util.find_spec("bpy") else shutil.which("blender"))
    if chosen:
        return [chosen, "--background", "--factory-startup", "--python-exit-code", "1", "--python", str(HEADLESS), "--"]
    if importlib.util.find_spec("bpy"):
        return [sys.executable, "-m", "vivavoce.addon.headless"]
    raise ModelMissing("No Blender was found. Install the `blender` extra (pip install bpy), or name yours in $VIVAVOCE_BLENDER.")


def follow(process: subprocess.Popen[str], report: ReportProgress) -> None:
    """Read the job's messages, one JSON object a line, until it ends; other lines are Blender's own chatter."""
    assert process.stdout is not None
    for line in process.stdout:
        if not line.startswith("{"):
            continue
        try:
            message = json.loads(line)
        except json.JSONDecodeError:
            continue
        if "code" in message:
            raise ERROR_CLASSES.get(message["code"], WorkerLost)(message["message"])
        if "progress" in message:
            report(message["progress"], message["stage"])
    process.wait()
