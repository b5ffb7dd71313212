"""Every import points inward, along an arrow that docs/architecture.md draws. Imports inside functions count."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("addon", "bridge", "commands", "learning", "motion", "rendering")
MODULES = sorted([ROOT / "__init__.py", ROOT / "__main__.py", *(path for part in PARTS for path in (ROOT / part).rglob("*.py"))])
PACKAGES = sorted(path.parent for path in MODULES if path.name == "__init__.py")

BLENDER = frozenset(
    {"addon_utils", "aud", "bl_math", "blf", "bmesh", "bpy", "bpy_extras", "freestyle", "gpu", "gpu_extras", "mathutils"}
)
SERVER = frozenset({"fastapi", "pydantic", "pydantic_core", "python_multipart", "starlette", "uvicorn"})

HEAVY = frozenset({"bpy", "diffusers", "hama", "matplotlib", "pyrender", "scipy", "torch", "transformers", "trimesh"})

ARROWS: dict[str, tuple[str, ...]] = {
    "__init__": ("addon",),
    "__main__": ("bridge", "commands", "motion", "rendering"),
    "commands": ("bridge", "learning", "motion", "rendering"),
    "learning": ("bridge",),
    "motion": ("bridge", "learning"),
    "motion.speech": ("bridge", "learning"),
    "motion.human": ("bridge",),
    "motion.articulation": ("bridge", "motion.speech", "motion.human"),
    "motion.data": ("bridge", "motion.speech", "motion.human", "motion.articulation", "motion.models"),
    "motion.models": ("bridge", "learning", "motion.speech", "motion.human"),
    "motion.engines": ("bridge", "motion.speech", "motion.articulation", "motion.models", "motion.hearing"),
    "motion.training": ("bridge", "learning", "motion.speech", "motion.data", "motion.models", "motion.articulation"),
    "motion.metrics": ("bridge", "motion.speech"),
    "motion.transfer": ("bridge", "motion.human"),
    "motion.retarget": ("bridge", "motion.transfer"),
    "rendering": ("bridge", "learning"),
    "bridge.errors": (),
    "bridge.data": ("bridge.errors",),
    "bridge.formats": ("bridge.data", "bridge.errors"),
    "bridge.rigs": ("bridge.data", "bridge.errors", "bridge.formats"),
    "bridge.curves": (),
    "bridge.randomness": (),
    "bridge.lite": ("bridge.data", "bridge.errors", "bridge.formats", "bridge.curves", "bridge.randomness"),
    "bridge.jobs": ("bridge.data", "bridge.errors", "bridge.formats"),
    "addon": ("bridge",),
    "addon.core": ("bridge",),
    "addon.translations": (),
    "addon.scene": ("addon.core", "bridge"),
    "addon.operators": (
        "addon.scene",
        "addon.core",
        "addon.session",
        "addon.preferences",
        "addon.properties",
        "addon.translations",
        "addon.render_job",
        "addon.transfer_job",
        "bridge",
    ),
    "addon.panels": (
        "addon.scene",
        "addon.core",
        "addon.session",
        "addon.preferences",
        "addon.properties",
        "addon.translations",
        "addon.still_preview",
        "bridge",
    ),
}
"""What a part may import beside itself; of several entries that fit a module, the longest holds."""

ONLY: dict[str, frozenset[str]] = {
    "__init__": frozenset(),
    "bridge": frozenset({"numpy"}),
    "bridge.server": frozenset({"numpy"}) | SERVER,
    "addon": frozenset({"numpy"}) | BLENDER,
    "addon.core": frozenset({"numpy"}),
    "addon.operators": BLENDER,
    "addon.panels": BLENDER,
}
"""Packages from elsewhere, beside the standard library, where a part may use these alone."""

NEVER: dict[str, frozenset[str]] = {part: BLENDER for part in ("__main__", "commands", "learning", "motion", "rendering")}
"""Packages from elsewhere that a part may not use."""


@dataclass(frozen=True)
class Import:
    """target: dotted, from the project's root where is_inside, else from outside the project."""

    line: int
    target: str
    is_inside: bool


def module_name(path: Path, root: Path = ROOT) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imports(path: Path, root: Path = ROOT) -> Iterator[Import]:
    package = path.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name, is_inside=False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield Import(node.lineno, node.module or "", is_inside=False)
        elif isinstance(node, ast.ImportFrom):
            if node.level > len(package) + 1:
                yield Import(node.lineno, "beyond the root", is_inside=False)
                continue
            base = [*package[: len(package) + 1 - node.level], *(node.module or "").split(".")]
            yield from (Import(node.lineno, ".".join(filter(None, [*base, alias.name])), is_inside=True) for alias in node.names)


def is_within(module: str, part: str) -> bool:
    return module == part or module.startswith(f"{part}.")


def entry(table: dict, module: str) -> str:
    """The longest key of the table that the module lies within; "" where none does."""
    return max((part for part in table if is_within(module, part)), key=len, default="")


def fault(module: str, found: Import) -> str | None:
    """What is wrong with one import, or None."""
    if found.is_inside:
        part = entry(ARROWS, module) or module.split(".")[0]
        inside = (part, *ARROWS.get(part, ()))
        if not any(is_within(found.target, target) or is_within(target, found.target) for target in inside):
            return f"imports {found.target}, to which no arrow leads from {part}"
        return None
    package = found.target.split(".")[0]
    if package in sys.stdlib_module_names:
        return None
    if package in ("vivavoce", *PARTS):
        return f"imports {found.target} absolutely: the extension bears another name in Blender"
    only, never = ONLY.get(entry(ONLY, module)), NEVER.get(entry(NEVER, module), frozenset())
    if package in never or (only is not None and package not in only):
        return f"imports {package}, which has no place there"
    return None


def faults(path: Path, root: Path = ROOT) -> list[str]:
    module = module_name(path, root)
    return [f"{module}:{found.line} {what}" for found in imports(path, root) if (what := fault(module, found))]


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_follow_the_arrows(path):
    assert not faults(path)


def test_what_starts_the_project_needs_only_python():
    outside = {found.target.split(".")[0] for found in imports(ROOT / "run.py")}
    assert outside <= sys.stdlib_module_names


FORBIDDEN = {
    "addon/core/a.py": "import bpy",
    "addon/core/b.py": "from ..scene import actions",
    "addon/scene/a.py": "def f():\n    import torch",
    "addon/scene/b.py": "from ..operators import speak",
    "addon/scene/c.py": "from ...motion.predict import perform",
    "addon/panels/a.py": "from .. import operators",
    "addon/operators/a.py": "import numpy as np",
    "bridge/data/a.py": "from ..formats import read_clip",
    "bridge/errors.py": "from . import data",
    "bridge/client.py": "import fastapi",
    "bridge/jobs.py": "from .server import app",
    "bridge/formats/a.py": "import scipy.linalg",
    "bridge/formats/b.py": "from ....anything import x",
    "motion/a.py": "from ..rendering import render",
    "motion/b.py": "def f():\n    from ..addon.core import names",
    "motion/c.py": "from vivavoce.bridge.data import MotionClip",
    "motion/d.py": "import bpy",
    "motion/speech/a.py": "from ..articulation import blinks",
    "rendering/a.py": "from ..motion.predict import perform",
    "commands/a.py": "from ..addon import headless",
    "__init__.py": "from .bridge import data",
    "__main__.py": "from .addon import registration",
}


@pytest.mark.parametrize(("place", "source"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_a_forbidden_import_is_found(tmp_path, place, source):
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    assert len(faults(path, tmp_path)) == 1


ALLOWED = {
    "addon/panels/a.py": "import bpy\nfrom ..scene.actions import Curve\nfrom . import about",
    "addon/registration.py": "import bpy\nfrom .panels.about import VIVAVOCE_PT_about\nfrom . import operators",
    "bridge/server.py": "import fastapi\nfrom .jobs import Job\nfrom .data import MotionClip",
    "bridge/formats/a.py": "import numpy as np\nfrom ..data.rotation import composed_rotations",
    "commands/a.py": "import rich\nfrom ..motion.predict import perform\nfrom ..rendering import preview",
    "__init__.py": "from .addon import registration",
}


@pytest.mark.parametrize(("place", "source"), ALLOWED.items(), ids=ALLOWED)
def test_an_allowed_import_is_not_complained_of(tmp_path, place, source):
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    assert not faults(path, tmp_path)


def modules_after_importing(*names: str) -> set[str]:
    code = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True, check=True, cwd=ROOT.parent)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_packages_loads_nothing_heavy():
    names = [".".join(("vivavoce", *package.relative_to(ROOT).parts)) for package in PACKAGES]
    loaded = sorted(modules_after_importing(*names, "vivavoce.__main__") & HEAVY)
    assert not loaded


def test_the_extension_is_found_without_loading_even_numpy():
    assert "numpy" not in modules_after_importing("vivavoce", "vivavoce.addon")


def test_every_folder_with_code_is_a_package_with_a_first_line():
    bare = sorted({path.parent for path in MODULES} - set(PACKAGES))
    assert not bare
    silent = [module_name(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert not silent
