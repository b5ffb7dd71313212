"""What a render job is sent and what it answers, each as one npz: whole files as bytes, cameras as arrays."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib import format as npy_format

from ..data.camera import Camera
from ..errors import InvalidInput
from .atomic import whole_file
from .mapped_npz import mapped_arrays
from .safe_npz import SizeLimits, read_arrays

_LIMITS = SizeLimits(array_bytes=64 << 30, total_bytes=64 << 30)


@dataclass(frozen=True, eq=False)
class CameraPath:
    """A camera at every frame of a film. camera_to_world (F, 4, 4); fov_y_rad (F,). Raises InvalidInput."""

    camera_to_world: np.ndarray
    fov_y_rad: np.ndarray

    def __post_init__(self) -> None:
        if self.camera_to_world.shape != (len(self.fov_y_rad), 4, 4) or self.fov_y_rad.ndim != 1:
            raise InvalidInput("A camera's path needs as many poses (F, 4, 4) as angles of view (F,).")

    def camera(self, index: int, width: int, height: int) -> Camera:
        return Camera(self.camera_to_world[index], float(self.fov_y_rad[index]), width, height)


@dataclass(frozen=True, eq=False)
class RenderBundle:
    """A render job's files by name. times_s (F,): the moments of the clip to render; None is all its samples. cameras: None where
    the options say where the camera is.

    Files: clip.npz; hero1.png (or exr, jpg) with its hero1.png.json, and so on; character.glb where it is not the open human.
    """

    files: dict[str, bytes]
    times_s: np.ndarray | None = None
    cameras: CameraPath | None = None

    def arrays(self) -> dict[str, np.ndarray]:
        """As an npz keeps it."""
        names = np.array(list(self.files), np.str_)
        packed: dict[str, np.ndarray] = {"names": names}
        packed |= {f"file{index}": np.frombuffer(content, np.uint8) for index, content in enumerate(self.files.values())}
        if self.times_s is not None:
            packed["times_s"] = self.times_s
        if self.cameras is not None:
            packed |= {"camera_to_world": self.cameras.camera_to_world, "fov_y_rad": self.cameras.fov_y_rad}
        return packed


def unpacked_bundle(path: Path, folder: Path) -> tuple[np.ndarray | None, CameraPath | None]:
    """Write a bundle's files into `folder` and return its moments and cameras. Raises InvalidInput where it is no bundle."""
    arrays = read_arrays(path, _LIMITS)
    try:
        for index, name in enumerate(arrays["names"].tolist()):
            if not name or Path(name).name != name or name.startswith("."):
                raise InvalidInput(f"A render job's file cannot be called {name[:80]!r}.")
            (folder / name).write_bytes(arrays[f"file{index}"].astype(np.uint8).tobytes())
        cameras = CameraPath(arrays["camera_to_world"], arrays["fov_y_rad"]) if "fov_y_rad" in arrays else None
        return arrays.get("times_s"), cameras
    except KeyError as error:
        raise InvalidInput(f"The render job's input lacks {error}. Send what RenderBundle.arrays makes.") from error


def write_rendered(paths: Sequence[Path], path: Path) -> None:
    """Keep the files of at least one frame as one npz; memory holds one of them at a time."""
    sizes = np.array([frame.stat().st_size for frame in paths], np.int64)
    header = {"descr": "|u1", "fortran_order": False, "shape": (int(sizes.sum()),)}
    with whole_file(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
        for name, array in (("ends", np.cumsum(sizes)), ("suffix", np.array(paths[0].suffix))):
            with archive.open(f"{name}.npy", "w") as stream:
                npy_format.write_array(stream, array, allow_pickle=False)
        with archive.open("frames.npy", "w", force_zip64=True) as stream:
            npy_format.write_array_header_1_0(stream, header)
            for frame in paths:
                stream.write(frame.read_bytes())


def rendered_frames(path: Path) -> Iterator[tuple[str, bytes]]:
    """The frames in such an npz in order: each one's suffix and bytes. Raises InvalidInput."""
    arrays = mapped_arrays(path, _LIMITS)
    try:
        ends, suffix, frames = arrays["ends"], str(arrays["suffix"]), arrays["frames"]
    except KeyError as error:
        raise InvalidInput(f"What was rendered lacks {error}.") from error
    for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
        yield suffix, frames[start:end].tobytes()
