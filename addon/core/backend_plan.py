"""The steps that install the backend: what a request and a machine come to."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ...bridge.errors import InvalidInput
from ...bridge.protocol import VERSION
from .backend_python import WANTED_PYTHONS, Interpreter, environment_python, fitting_python
from .backend_source import PACKAGE, PackageSource, package_source
from .backend_torch import TORCH_REQUIREMENT, NvidiaGpu, TorchBuild, torch_build

ENVIRONMENT_NAME = "env"
"""The environment's folder, short because Windows has paths of 260 characters at most."""

CHECK = (
    "import json, importlib.metadata as m, torch; from vivavoce.bridge.protocol import PROTOCOL; "
    "device = 'cuda' if torch.cuda.is_available() else 'mps' if torch.backends.mps.is_available() else 'cpu'; "
    "print(json.dumps(dict(version=m.version('vivavoce'), protocol=PROTOCOL, torch=torch.__version__, device=device)))"
)
"""A program for `python -c` that prints the fields of BackendFacts."""

_PACKAGE_BYTES = 1_100_000_000
"""What vivavoce and all that it needs beside PyTorch take, downloads included."""


@dataclass(frozen=True)
class BackendRequest:
    """What the artist asks for."""

    folder: str
    """Where the environment, the log and the state file lie."""
    python: str
    """Blender's own Python, which may make environments and gets nothing installed."""
    source: str = ""
    """What package_source takes."""
    build: str = "auto"
    """What torch_build takes."""
    is_online: bool = False
    """Whether Blender may use the network."""
    is_removal: bool = False
    """Take away what is there instead."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Machine:
    """What was found where the backend is to be."""

    system: str
    """As platform.system() says it."""
    free_bytes: int
    interpreters: tuple[Interpreter, ...] = ()
    uv: str | None = None
    gpu: NvidiaGpu | None = None
    has_rocm: bool = False


@dataclass(frozen=True)
class Step:
    """One command, run until it ends."""

    name: str
    label: str
    """What is being done, in words for the artist."""
    command: tuple[str, ...]
    size_bytes: int
    """Disk space that it takes, and the measure of its progress."""

    @property
    def digest(self) -> str:
        """What a step must still be to count as done; package and check are those of the extension's version."""
        said = json.dumps([self.command, VERSION if self.name in ("vivavoce", "check") else ""])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def checked_source(request: BackendRequest) -> PackageSource:
    """The source of a request. Raises InvalidInput where there is none, or where it needs a network that Blender must not use."""
    source = package_source(request.source, VERSION)
    if source.needs_network and not request.is_online:
        raise InvalidInput("Allow Online Access in Preferences > System, or choose a folder of wheels as source.")
    return source


def installation_steps(request: BackendRequest, machine: Machine) -> tuple[Step, ...]:
    """All steps, in order. Raises InvalidInput where this machine lacks what they need."""
    source = checked_source(request)
    build = torch_build(request.build, machine.system, machine.gpu, machine.has_rocm)
    environment = Path(request.folder, ENVIRONMENT_NAME)
    python = str(environment_python(environment))
    install = _installer(python, source, request, machine)
    # `uv pip install --upgrade` would put the index's own PyTorch in the place of the build for this machine.
    renewed = ("--reinstall-package", PACKAGE) if machine.uv else ("--upgrade",)
    steps = [Step("environment", "Making the environment", _make_environment(environment, source, machine), 20_000_000)]
    if not machine.uv and source.needs_network:
        # The pip of some Pythons is too old for PyTorch's newer packages.
        steps.append(Step("pip", "Updating pip", (*install, "--upgrade", "pip"), 20_000_000))
    if not request.source:
        # Before gigabytes are fetched for a package that the index may not have.
        steps.append(Step("find", "Looking for Vivavoce", (*install, "--no-deps", source.requirement), 80_000_000))
    torch = (*install, *_index(build, source), TORCH_REQUIREMENT)
    return (
        *steps,
        Step("torch", f"Installing PyTorch ({build.name})", torch, build.size_bytes),
        Step("vivavoce", "Installing Vivavoce", (*install, *renewed, source.requirement), _PACKAGE_BYTES),
        Step("check", "Trying it out", (python, "-I", "-c", CHECK), 1_000_000),
    )


def check_disk_space(steps: Iterable[Step], machine: Machine, folder: str) -> None:
    """Raises InvalidInput where the steps need more than there is."""
    needed = sum(step.size_bytes for step in steps)
    if needed > machine.free_bytes:
        raise InvalidInput(
            f"Installing takes {needed / 1e9:.1f} GB, and the disk of {folder} has {machine.free_bytes / 1e9:.1f} GB left. "
            "Make room, or choose the smaller CPU build."
        )


def _make_environment(environment: Path, source: PackageSource, machine: Machine) -> tuple[str, ...]:
    """The command that makes an empty environment. Raises InvalidInput where no Python fits."""
    found = fitting_python(machine.interpreters, has_uv=machine.uv is not None)
    wanted = "{}.{}".format(*WANTED_PYTHONS[0])
    if machine.uv and (found or source.needs_network):
        chosen = found.command[0] if found and len(found.command) == 1 else wanted
        return (machine.uv, "venv", "--python", chosen, str(environment))
    if found is None:
        raise InvalidInput(
            f"No Python {wanted} of 64 bits that can make environments was found. Install one from python.org (on Debian and "
            f"Ubuntu: python{wanted}-venv), or install uv, which fetches it; then press the button again."
        )
    return (*found.command, "-I", "-m", "venv", str(environment))


def _installer(python: str, source: PackageSource, request: BackendRequest, machine: Machine) -> tuple[str, ...]:
    """What installs the packages that are named after it into the environment of `python`."""
    if machine.uv:
        return (machine.uv, "pip", "install", "--python", python, *source.options, *(() if request.is_online else ("--offline",)))
    quiet = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off")
    return (python, "-I", "-u", "-m", "pip", "install", *quiet, *source.options)


def _index(build: TorchBuild, source: PackageSource) -> tuple[str, ...]:
    return ("--index-url", build.index) if build.index and source.needs_network else ()
