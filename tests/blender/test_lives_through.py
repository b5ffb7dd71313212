"""Whatever an artist does while a character is about to speak: no line is lost that can be kept, and nothing is left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, SCRIPTS, run_script

pytest.importorskip("fastapi", reason="the `server` extra is not installed")
pytest.importorskip("torch", reason="the `motion` extra is not installed")

LINE = ROOT / "addon" / "assets" / "demo_line.flac"


def test_a_job_lives_through_what_an_artist_does_meanwhile(tmp_path: Path, blender_python: str) -> None:
    said = run_script("live_through", sys.executable, LINE, tmp_path, python=blender_python)
    assert said["renamed"] == ["", ["demo_line 1"]]
    assert said["saved"] == ["", 2]
    assert said["takes_done"] == 3
    assert said["takes_undone"] == [2, ""]
    assert said["takes_redone"] == [3, ""]
    assert said["undone_meanwhile"] == ["", 3]
    complaint, count = said["opened"]
    assert "was deleted" in complaint
    assert count == 1
    assert said["speaks_in_opened_file"] == 2
    assert said["worker_ended"]
    assert said["enabled_again"] == [2, ""]
    assert all("linked from another file" in complaint for complaint in said["linked"])


def test_two_blenders_at_once_do_not_meet(tmp_path: Path) -> None:
    """Each has a worker, a port and folders of its own, and leaves none of them behind."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    folders = [tmp_path / "one", tmp_path / "two"]
    processes = []
    for folder in folders:
        folder.mkdir()
        command = [sys.executable, str(SCRIPTS / "speak.py"), sys.executable, str(LINE), str(folder)]
        environment = {**os.environ, "TMPDIR": str(temporary)}
        processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment))
    for process in processes:
        output, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        assert json.loads(output.splitlines()[-1])["from_strip"] == [["demo_line 1", 11, 0], ["demo_line 2", 11, 5]]
    assert not [path.name for path in temporary.iterdir() if path.name.startswith("vivavoce")]
