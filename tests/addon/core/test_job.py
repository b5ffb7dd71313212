import json
from pathlib import Path

import pytest

from vivavoce.addon.core.job import HeadlessJob, ReadRigJob, RenderSetsJob, SceneFramesJob, job_from_json
from vivavoce.bridge.errors import InvalidInput


def test_a_job_is_read() -> None:
    text = json.dumps({"clip": "a.npz", "audio": None, "outputs": {"mp4": "a.mp4"}, "resolution": [640, 360], "samples": 8})
    assert job_from_json(text) == HeadlessJob(Path("a.npz"), {"mp4": Path("a.mp4")}, resolution=(640, 360), samples=8)


def test_a_job_may_read_a_rig() -> None:
    assert job_from_json('{"read_rig": "a.fbx", "rig": "a.npz"}') == ReadRigJob(Path("a.fbx"), Path("a.npz"))


def test_a_job_may_render_sets_or_a_scenes_frames() -> None:
    assert job_from_json('{"render_sets": ["a.json"]}') == RenderSetsJob((Path("a.json"),))
    text = '{"out": "a.npz", "frames": [1, 5], "character": "a.blend", "clip": null, "resolution": [64, 48]}'
    assert job_from_json(text) == SceneFramesJob(Path("a.npz"), (1, 5), "a.blend", resolution=(64, 48))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[]", "object"),
        ('{"read_rig": "a.fbx"}', "two paths"),
        ('{"outputs": {"glb": "a"}}', "lacks: clip"),
        ('{"render_sets": "a.json"}', "a list of files"),
        ('{"frames": [1]}', "lacks: out"),
        ('{"frames": [], "out": "a.npz"}', "no frames"),
        ('{"frames": [1.5], "out": "a.npz"}', "frames cannot be"),
        ('{"frames": [1], "out": "a.npz", "samples": 0}', "between 1 and"),
        ('{"clip": "a", "outputs": {}}', "nothing"),
        ('{"clip": "a", "outputs": {"glb": 3}}', "outputs"),
        ('{"clip": "a", "outputs": {"glb": "b"}, "engine": "luxcore"}', "engine must be one of"),
        ('{"clip": "a", "outputs": {"glb": "b"}, "samples": 0}', "between 1 and"),
        ('{"clip": "a", "outputs": {"glb": "b"}, "speed": 1}', "unknown keys: speed"),
    ],
)
def test_a_bad_job_says_why(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        job_from_json(text)
