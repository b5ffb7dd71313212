"""Which triangle each pixel sees: pyrender with shaders of our own."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from ...bridge.data import Camera

NEAR_M, FAR_M = 0.02, 100.0
_MARGIN = 0.1
_SHADERS = str(Path(__file__).with_name("shaders"))


class TrianglePass:
    """Draws one topology over and over; hold it as long as frames come, and `close` it. Not for several threads."""

    def __init__(self, triangles: np.ndarray) -> None:
        """triangles: (T, 3) vertex indices."""
        if sys.platform.startswith("linux"):
            os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
        self._triangles = np.ascontiguousarray(triangles, np.uint32)
        self._renderer: Any = None

    def seen(self, vertices: np.ndarray, camera: Camera) -> np.ndarray:
        """Index of the nearest triangle every half a pixel, (2 H + 1, 2 W + 1), from the picture's very corner on; -1: none.

        Odd rows and columns are the pixels' centres.
        """
        from OpenGL.error import GLError

        kept = self._in_view(vertices, camera)
        if not len(kept):
            return np.full((2 * camera.height + 1, 2 * camera.width + 1), -1, np.int32)
        try:
            picture = self._drawn(vertices, kept, camera)
        except GLError:
            # Another renderer of this process was closed, and with it the display that all of them share.
            self.close()
            picture = self._drawn(vertices, kept, camera)
        number = picture.astype(np.int32) @ np.array([1, 1 << 8, 1 << 16], np.int32)
        return np.concatenate([[-1], kept, kept]).astype(np.int32)[number]

    def _in_view(self, vertices: np.ndarray, camera: Camera) -> np.ndarray:
        """Indices of the triangles with a corner inside the picture or just beside it."""
        place, depth_m = camera.projected(vertices.astype(np.float32))
        margin = _MARGIN * max(camera.width, camera.height)
        inside = (
            (depth_m > NEAR_M)
            & (place > -margin).all(axis=-1)
            & (place < np.array([camera.width, camera.height]) + margin).all(axis=-1)
        )
        return np.flatnonzero(inside[self._triangles].any(axis=1))

    def close(self) -> None:
        from OpenGL.error import GLError

        # Where another renderer of this process was closed before, nothing is left to free.
        with suppress(GLError):
            if self._renderer is not None:
                self._renderer.delete()
        self._renderer = None

    def _drawn(self, vertices: np.ndarray, kept: np.ndarray, camera: Camera) -> np.ndarray:
        """(2 H + 1, 2 W + 1, 3) uint8: the number of the one among the triangles `kept` that is seen, plus one.

        Numbers go on from the last triangle's for those that are seen from behind.
        """
        import pyrender

        size = 2 * camera.width + 1, 2 * camera.height + 1
        scene = pyrender.Scene()
        # The grid's own pixels are half as wide, and reach half of that beyond the picture.
        fov_y_rad = 2.0 * np.arctan(np.tan(0.5 * camera.fov_y_rad) * size[1] / (size[1] - 1))
        lens = pyrender.PerspectiveCamera(yfov=fov_y_rad, aspectRatio=size[0] / size[1], znear=NEAR_M, zfar=FAR_M)
        scene.add(lens, pose=camera.camera_to_world)
        # pyrender draws no back faces in this pass, whatever its flags say: each triangle goes in with both its faces.
        front = self._triangles[kept]
        both = np.concatenate([front, front[:, ::-1]])
        primitive = pyrender.Primitive(positions=np.asarray(vertices, np.float32), indices=both, mode=4)
        node = scene.add(pyrender.Mesh([primitive]))
        return self._ready(size).render(scene, pyrender.RenderFlags.SEG, {node: (0, 0, 0)})[0]

    def _ready(self, size: tuple[int, int]) -> Any:
        """The renderer at a width and height, with shaders that tell triangles apart."""
        import pyrender
        from pyrender.shader_program import ShaderProgramCache

        if self._renderer is None:
            self._renderer = pyrender.OffscreenRenderer(*size)
            self._renderer._renderer._program_cache = ShaderProgramCache(_SHADERS)
        self._renderer.viewport_width, self._renderer.viewport_height = size
        return self._renderer
