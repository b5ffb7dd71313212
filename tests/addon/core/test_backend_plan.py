import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from vivavoce.addon.core.backend_plan import BackendRequest, Machine, check_disk_space, installation_steps
from vivavoce.addon.core.backend_python import (
    PYTHON_QUESTION,
    WANTED_PYTHONS,
    Interpreter,
    environment_python,
    fitting_python,
    interpreter,
    python_candidates,
)
from vivavoce.addon.core.backend_source import EXTRAS, package_source
from vivavoce.addon.core.backend_torch import CPU, CUDA_12, CUDA_13, ROCM, TORCH_REQUIREMENT, NvidiaGpu, nvidia_gpu, torch_build
from vivavoce.bridge.errors import InvalidInput
from vivavoce.bridge.protocol import VERSION

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYTHON = Interpreter(("/blender/python3.11",), (3, 11))
MACHINE = Machine("Linux", 10**12, (PYTHON,))


def request(tmp_path: Path, **changes: object) -> BackendRequest:
    return replace(BackendRequest(str(tmp_path), "/blender/python3.11", is_online=True), **changes)


def test_what_is_installed_is_what_the_project_declares() -> None:
    assert set(EXTRAS.split(",")) <= set(PROJECT["optional-dependencies"])
    assert TORCH_REQUIREMENT in PROJECT["optional-dependencies"]["motion"]
    lower, upper = (tuple(map(int, part.strip("<>=").split("."))) for part in PROJECT["requires-python"].split(","))
    assert all(lower <= version < upper for version in WANTED_PYTHONS)


def test_pip_steps(tmp_path: Path) -> None:
    steps = installation_steps(request(tmp_path), MACHINE)
    assert [step.name for step in steps] == ["environment", "pip", "find", "torch", "vivavoce", "check"]
    assert steps[0].command == ("/blender/python3.11", "-I", "-m", "venv", str(tmp_path / "env"))
    # Nothing but the environment's own Python installs anything.
    assert {step.command[0] for step in steps[1:]} == {str(environment_python(tmp_path / "env"))}
    assert steps[3].command[-3:] == ("--index-url", CPU.index, TORCH_REQUIREMENT)
    assert steps[4].command[-1] == f"vivavoce[{EXTRAS}]=={VERSION}"


def test_uv_steps(tmp_path: Path) -> None:
    steps = installation_steps(request(tmp_path), replace(MACHINE, uv="/bin/uv"))
    assert [step.name for step in steps] == ["environment", "find", "torch", "vivavoce", "check"]
    assert steps[0].command == ("/bin/uv", "venv", "--python", "/blender/python3.11", str(tmp_path / "env"))
    assert steps[2].command[:5] == ("/bin/uv", "pip", "install", "--python", str(environment_python(tmp_path / "env")))
    fetched = installation_steps(request(tmp_path), replace(MACHINE, uv="/bin/uv", interpreters=()))
    assert fetched[0].command[3] == "3.11"


def test_wheels_need_no_network(tmp_path: Path) -> None:
    (tmp_path / f"vivavoce-{VERSION}-py3-none-any.whl").touch()
    offline = request(tmp_path, source=str(tmp_path), is_online=False)
    for machine in (MACHINE, replace(MACHINE, uv="/bin/uv")):
        installs = [step.command for step in installation_steps(offline, machine) if step.name in ("torch", "vivavoce")]
        assert all("--no-index" in command and "--index-url" not in command for command in installs)
    with pytest.raises(InvalidInput, match="Online Access"):
        installation_steps(request(tmp_path, is_online=False), MACHINE)


def test_no_python_and_no_space(tmp_path: Path) -> None:
    old = Interpreter(("python3",), (3, 9))
    bare = Interpreter(("python3.11",), (3, 11), makes_environments=False)
    with pytest.raises(InvalidInput, match=r"No Python 3\.11"):
        installation_steps(request(tmp_path), replace(MACHINE, interpreters=(old, bare)))
    steps = installation_steps(request(tmp_path), MACHINE)
    with pytest.raises(InvalidInput, match=r"has 1\.0 GB left"):
        check_disk_space(steps, replace(MACHINE, free_bytes=10**9), str(tmp_path))
    check_disk_space(steps, MACHINE, str(tmp_path))


def test_sources(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    wheel = tmp_path / "wheels" / f"vivavoce-{VERSION}-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.touch()
    assert package_source(str(tmp_path), VERSION).requirement == f"vivavoce[{EXTRAS}] @ {tmp_path.as_uri()}"
    assert package_source(str(wheel), VERSION).requirement == f"vivavoce[{EXTRAS}] @ {wheel.as_uri()}"
    assert package_source(str(wheel.parent), VERSION).options == ("--no-index", "--find-links", str(wheel.parent))
    (tmp_path / "empty").mkdir()
    for source, says in ((tmp_path / "absent", "nothing at"), (tmp_path / "empty", "is no source")):
        with pytest.raises(InvalidInput, match=says):
            package_source(str(source), VERSION)


@pytest.mark.parametrize(
    ("choice", "system", "gpu", "has_rocm", "build"),
    [
        ("auto", "Linux", None, False, CPU),
        ("auto", "Windows", NvidiaGpu(591, (12, 0)), False, CUDA_13),
        ("auto", "Linux", NvidiaGpu(555, (9, 0)), False, CUDA_12),
        ("auto", "Linux", NvidiaGpu(582, (6, 1)), False, CUDA_12),
        ("auto", "Linux", NvidiaGpu(570, (12, 0)), False, CPU),
        ("auto", "Linux", NvidiaGpu(470, (8, 6)), False, CPU),
        ("auto", "Linux", None, True, ROCM),
        ("auto", "Windows", None, True, CPU),
        ("cpu", "Linux", NvidiaGpu(590, (9, 0)), True, CPU),
    ],
)
def test_builds_of_torch(choice: str, system: str, gpu: NvidiaGpu | None, has_rocm: bool, build: object) -> None:
    assert torch_build(choice, system, gpu, has_rocm) is build


@pytest.mark.parametrize(
    ("choice", "gpu", "says"), [("cuda", None, "NVIDIA"), ("cuda", NvidiaGpu(470, (8, 6)), "driver"), ("rocm", None, "AMD")]
)
def test_a_build_that_does_not_run_here_is_refused(choice: str, gpu: NvidiaGpu | None, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        torch_build(choice, "Linux", gpu, has_rocm=False)


def test_indexes_follow_the_machine(tmp_path: Path) -> None:
    for machine in (replace(MACHINE, system="Darwin"), MACHINE):
        choice = "auto" if machine.system == "Darwin" else "configured"
        step = next(step for step in installation_steps(request(tmp_path, build=choice), machine) if step.name == "torch")
        assert "--index-url" not in step.command


def test_what_nvidia_smi_prints_is_read() -> None:
    assert nvidia_gpu("580.65.06, 9.0\n580.65.06, 12.0\n") == NvidiaGpu(580, (12, 0))
    assert nvidia_gpu("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n") is None
    assert nvidia_gpu("") is None


def test_pythons_are_asked_in_order() -> None:
    assert python_candidates("/b/python", "Windows")[:2] == [("/b/python",), ("py", "-3.11")]
    assert interpreter(("python",), "[3, 11, true, false]\n") == Interpreter(("python",), (3, 11), True, False)
    assert interpreter(("python",), "Python was not found; run without arguments to install\n") is None
    bare = Interpreter(("a",), (3, 11), makes_environments=False)
    assert fitting_python([bare, PYTHON], has_uv=False) is PYTHON
    assert fitting_python([bare, PYTHON], has_uv=True) is bare


def test_this_python_answers_for_itself() -> None:
    said = subprocess.run([sys.executable, "-I", "-c", PYTHON_QUESTION], capture_output=True, text=True, check=True).stdout
    assert interpreter((sys.executable,), said) == Interpreter((sys.executable,), sys.version_info[:2])


def test_the_environments_python_on_either_system() -> None:
    assert environment_python(Path("env"), "nt") == Path("env/Scripts/python.exe")
    assert environment_python(Path("env"), "posix") == Path("env/bin/python")
