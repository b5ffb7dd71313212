"""Starts Vivavoce on a machine that has nothing but Python: makes .venv, installs, runs. Standard library only.

python3 run.py demo            the main job on the bundled line; results in out/demo
python3 run.py test [...]      the tests; arguments go to pytest
python3 run.py COMMAND [...]   any command of the command line, such as: speak line.wav --out out/line
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("VIVAVOCE_VENV", ROOT / ".venv"))
EXTRAS = "motion,rendering,blender,server,dev"
WANTED = (3, 11)
DEMO = ["speak", str(ROOT / "addon" / "assets" / "demo_line.flac"), "--out", str(ROOT / "out" / "demo"),
        "--text", "He might even have been made amiable himself.", "--emotion", "happy:0.3", "--fps", "24",
        "--formats", "npz,csv,blend,glb,mp4"]  # fmt: skip


def main() -> int:
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    try:
        python = installed_python()
    except (OSError, subprocess.CalledProcessError, RuntimeError) as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    module = ["pytest"] if arguments[0] == "test" else ["vivavoce"]
    rest = DEMO + arguments[1:] if arguments[0] == "demo" else arguments[1:] if arguments[0] == "test" else arguments
    try:
        # The tests are those of this tree; a command keeps the caller's folder, so that relative paths mean what they say.
        return subprocess.call([str(python), "-m", *module, *rest], cwd=ROOT if module == ["pytest"] else None)
    except KeyboardInterrupt:
        return 130


def installed_python() -> Path:
    """The Python of the project's environment, made and filled on the first start and whenever the requirements change."""
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = VENV / "vivavoce-installed.txt"
    wanted = requirements_digest()
    if stamp.is_file() and python.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"Setting up {VENV} (once; a few minutes and about 3 GB) ...", flush=True)
    if not python.is_file():
        make_environment(python)
    install = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "-e", f"{ROOT}[{EXTRAS}]"]
    subprocess.run(install, check=True)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def requirements_digest() -> str:
    """Changes when what must be installed changes, or when the tree has moved."""
    digest = hashlib.sha256(f"{ROOT}|{EXTRAS}".encode())
    for name in ("pyproject.toml", "setup.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def make_environment(python: Path) -> None:
    """An empty environment whose interpreter is `python`; what an interrupted start left is removed first."""
    shutil.rmtree(VENV, ignore_errors=True)
    interpreter = matching_interpreter()
    if interpreter:
        subprocess.run([*interpreter, "-m", "venv", str(VENV)], check=True)
    elif uv := shutil.which("uv"):
        subprocess.run([uv, "venv", "--seed", "--python", "{}.{}".format(*WANTED), str(VENV)], check=True)
    else:
        raise RuntimeError(
            "Vivavoce needs Python {}.{}, and none was found. Install it from python.org (or install uv, which fetches it), "
            "then run this again.".format(*WANTED)
        )
    if not python.is_file():
        raise RuntimeError(f"{VENV} has no interpreter. On Debian and Ubuntu, install python3.11-venv, then run this again.")


def matching_interpreter() -> list[str] | None:
    """The command that starts the wanted Python, if this machine has one."""
    if sys.version_info[:2] == WANTED:
        return [sys.executable]
    version = "{}.{}".format(*WANTED)
    candidates = [["py", f"-{version}"], [f"python{version}"]]
    for candidate in candidates:
        if shutil.which(candidate[0]):
            probe = subprocess.run([*candidate, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True)
            if probe.stdout.strip() == str(WANTED):
                return candidate
    return None


if __name__ == "__main__":
    sys.exit(main())
