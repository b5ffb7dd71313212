"""Mappings as an artist uses them, and rigs that nobody wants: real operators in real Blenders."""

from pathlib import Path

import pytest

from .conftest import run_script
from .test_obstacles import write_small_clip


def test_an_artist_maps_edits_shares_and_mends(tmp_path: Path, blender_python: str) -> None:
    write_small_clip(tmp_path / "clip.npz")
    said = run_script("rig_mapping", tmp_path / "clip.npz", tmp_path, python=blender_python)
    bones, meshes, vowels = said["bones"], said["meshes"], said["vowels"]
    assert (bones["convention"], meshes["convention"]) == ("jaw, eye and lid bones", "ARKit")
    for part in ("mouth", "head"):
        assert bones["shares"][part] == pytest.approx([1.0], abs=0.01)
    assert len(meshes["shares"]["mouth"]) >= 2
    assert min(meshes["shares"]["mouth"]) == pytest.approx(1.0, abs=0.01)
    assert vowels["shares"]["mouth"] == pytest.approx([1.0], abs=0.01)
    assert "Stay behind when the face moves: Teeth" in " ".join(meshes["said"])
    assert said["meshes_moved"] == ["Face", "Lashes", "Tongue"]
    assert (said["modifier"], said["modifier_mended"], said["bone_driver"]) == (["MODIFIER"], [], ["DRIVER"])
    assert [said[moment] for moment in ("preview", "preview_again", "preview_ended")] == [0.5, 0.25, 0.0]
    assert said["rows_added"] == said["rows"] + 1
    assert not said["forgotten"]
    assert said["shared"] == ["MTH_A", "MTH_E", "MTH_I", "MTH_O", "MTH_U"]
    assert said["preset"] == said["reopened"] == said["rows"]
    assert "Rocketbox" in said["wrong_preset"]
    assert said["solved_curves"] == pytest.approx(0.4)
    assert said["solved_poses"] == ["jaw", 2, pytest.approx(1.0, abs=0.01)]


def test_bad_rigs_are_reported_and_nothing_is_half_applied(tmp_path: Path) -> None:
    write_small_clip(tmp_path / "clip.npz")
    said = run_script("bad_rigs", tmp_path / "clip.npz")
    assert "has no face that is known" in said["no_face"]["error"]
    assert said["no_face"]["animated"] == []
    assert "None of 1 shape keys and 2 bones" in said["no_face"]["said"]
    assert "move nothing: jawOpen" in said["empty_keys"]["findings"]
    assert said["duplicates"]["parts"] == ["jawOpen", "jawOpen"]
    assert "scaled unevenly" in said["uneven"]["said"]
    assert said["uneven"]["head"] == pytest.approx(1.0, abs=0.1)
    assert "in a circle" in said["circle"]["blocked"]
    assert said["circle"]["taken"] == 1
    assert said["many_bones"]["mouth"] == pytest.approx(1.0, abs=0.01)
    assert said["many_bones"]["rows"] == 5
