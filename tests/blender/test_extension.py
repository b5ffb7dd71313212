"""The root as a Blender extension: built, validated, installed and enabled by Blender's own tools."""

import ast
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from .conftest import ROOT, run_script


def builder(python: str) -> list[str]:
    """Blender's own extension command line, which runs without Blender."""
    code = "import importlib.util, pathlib; print(pathlib.Path(importlib.util.find_spec('bpy').origin).parent)"
    package = Path(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip())
    return [python, str(next(package.glob("*/scripts/addons_core/bl_pkg/cli/blender_ext.py")))]


@pytest.fixture(scope="module")
def package_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("extension") / "vivavoce.zip"
    command = [*builder(sys.executable), "build", "--source-dir", str(ROOT), "--output-filepath", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def test_the_package_validates(package_zip: Path, blender_python: str) -> None:
    subprocess.run([*builder(blender_python), "validate", str(package_zip)], check=True, capture_output=True)


def test_the_package_holds_what_blender_runs_and_nothing_else(package_zip: Path) -> None:
    with zipfile.ZipFile(package_zip) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} <= {
        "__init__.py",
        "blender_manifest.toml",
        "addon",
        "bridge",
        "LICENSE",
        "README.md",
    }
    assert {"addon/registration.py", "addon/headless.py", "bridge/data/motion.py", "addon/translations/ja_JP.json"} <= set(names)
    assert {"addon/assets/open_human.npz", "addon/assets/lite.npz"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".whl"))]


def test_the_package_is_small(package_zip: Path) -> None:
    assert package_zip.stat().st_size < 15e6


def test_nothing_in_the_package_imports_what_blender_has_not(package_zip: Path) -> None:
    """Imports of any function count; of the project's own only bridge and addon are there."""
    with zipfile.ZipFile(package_zip) as archive:
        trees = [ast.parse(archive.read(name)) for name in archive.namelist() if name.endswith(".py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0}
    ours = {"aud", "bpy", "bpy_extras", "mathutils", "numpy"}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names <= ours


def test_every_permission_has_its_reason() -> None:
    """Blender refuses longer ones, and a full stop; the code must need each."""
    permissions = tomllib.loads((ROOT / "blender_manifest.toml").read_text("utf-8"))["permissions"]
    assert set(permissions) == {"files", "network"}
    assert all(0 < len(reason) <= 64 and reason[-1].isalnum() for reason in permissions.values())


def test_install_enable_twice_and_disable_leave_nothing(package_zip: Path, blender_python: str, tmp_path: Path) -> None:
    said = run_script(
        "install_extension", package_zip, python=blender_python, environment={"BLENDER_USER_RESOURCES": str(tmp_path)}
    )
    assert said["enabled"] == said["twice"]
    assert {"VIVAVOCE_OT_add_open_human", "VIVAVOCE_PT_character"} <= set(said["enabled"])
    assert said["category"] == "Vivavoce"
    assert said["before"] == said["after"]
    assert not said["torch"]


def test_the_manifest_and_the_project_agree_on_the_version() -> None:
    manifest, project = (tomllib.loads((ROOT / name).read_text("utf-8")) for name in ("blender_manifest.toml", "pyproject.toml"))
    assert manifest["version"] == project["project"]["version"]
