"""A backend of a few kilobytes: a torch and a vivavoce that say no more than the installer and the worker's owner ask."""

import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_TORCH = """
__version__ = "2.13.0+tiny"
class _Device:
    is_available = staticmethod(lambda: False)
cuda = _Device
class backends:
    mps = _Device
"""

_MAIN = """
import json, os, sys, tempfile
from .bridge.protocol import PROTOCOL
folder = tempfile.mkdtemp()
exchange = os.path.join(folder, "exchange")
os.mkdir(exchange)
print(json.dumps({"port": 1, "pid": os.getpid(), "protocol": PROTOCOL, "exchange": exchange, "roots": []}), flush=True)
sys.stdin.read()
"""

_BUILDER = '''
"""Builds the wheel, once the file `go` lies beside it."""
import pathlib, shutil, time
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    while not pathlib.Path("go").exists():
        time.sleep(0.05)
    wheel = next(pathlib.Path("ready").glob("*.whl"))
    shutil.copy(wheel, wheel_directory)
    return wheel.name
'''


def write_wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> Path:
    """A wheel of pure Python, with the extras that the extension asks for."""
    info = f"{name}-{version}.dist-info"
    extras = "".join(f"Provides-Extra: {extra}\n" for extra in ("motion", "server"))
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{extras}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for item, text in files.items():
            archive.writestr(item, text)
    return path


def write_torch(folder: Path) -> Path:
    return write_wheel(folder, "torch", "2.13.0", {"torch/__init__.py": _TORCH})


def write_vivavoce(folder: Path, version: str) -> Path:
    """Its worker says that it is ready, in our protocol, and ends when its standard input does."""
    protocol = (ROOT / "bridge" / "protocol.py").read_text(encoding="utf-8")
    files = {"vivavoce/__init__.py": "", "vivavoce/__main__.py": _MAIN, "vivavoce/bridge/protocol.py": protocol}
    return write_wheel(folder, "vivavoce", version, files)


def write_project(folder: Path, version: str) -> Path:
    """A project whose building takes until a file `go` is put into it."""
    (folder / "ready").mkdir(parents=True)
    write_vivavoce(folder / "ready", version)
    (folder / "builder.py").write_text(_BUILDER, encoding="utf-8")
    system = '[build-system]\nrequires = []\nbuild-backend = "builder"\nbackend-path = ["."]\n'
    (folder / "pyproject.toml").write_text(system, encoding="utf-8")
    return folder
