"""Where the backend's package comes from: an index, or what the artist has on disk."""

from dataclasses import dataclass
from pathlib import Path

from ...bridge.errors import InvalidInput

PACKAGE = "vivavoce"
EXTRAS = "motion,server"


@dataclass(frozen=True)
class PackageSource:
    """What pip and uv are told to install, and from where."""

    requirement: str
    options: tuple[str, ...] = ()
    """Options that hold for every package, such as those that keep to a folder."""
    needs_network: bool = True
    """Whether anything must be fetched from an index."""


def package_source(source: str, version: str) -> PackageSource:
    """The source that an artist names: nothing (the released package), a folder with the project, a wheel, or a folder of wheels.

    A folder of wheels holds vivavoce and all that it needs: no network is used. Raises InvalidInput where none of these is there.
    """
    if not source:
        return PackageSource(f"{PACKAGE}[{EXTRAS}]=={version}")
    path = Path(source)
    if path.is_file() and path.suffix == ".whl" and path.name.startswith(f"{PACKAGE}-"):
        return PackageSource(_direct(path))
    if path.is_dir() and any(path.glob(f"{PACKAGE}-*.whl")):
        return PackageSource(f"{PACKAGE}[{EXTRAS}]=={version}", ("--no-index", "--find-links", str(path)), needs_network=False)
    if path.is_dir() and (path / "pyproject.toml").is_file():
        return PackageSource(_direct(path))
    if not path.exists():
        raise InvalidInput(f"There is nothing at {path}. Choose another source, or leave it empty for the released package.")
    raise InvalidInput(f"{path} is no source: choose the project's folder, a wheel of vivavoce, or a folder of wheels.")


def _direct(path: Path) -> str:
    return f"{PACKAGE}[{EXTRAS}] @ {path.resolve().as_uri()}"
