"""How well characters of every convention follow a line: the table of docs/rigs.md.

python benchmarks/rigs.py LINE.npz ...   (performances with their phonemes, as `vivavoce speak --formats npz` writes them)

Each character is made in a Blender of its own, from the open human's head or from one of Rigify's rigs. Channels: how many of
ARKit's 52 the recognition finds. p b m: closures in which the lips come within 2 % of the mouth's width. Opening: the widest, in
widths of the mouth. Error and worst: mean and 99th percentile of the skin's distance from the source's, in % of the height of the
head, beside how far the source's skin moves; visemes and bones cannot follow all of it. Solved: by `vivavoce retarget`.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parents[1] / "tests" / "blender" / "scripts" / "rig_measures.py"
KINDS = (
    "keys arkit", "spelled rocketbox", "spelled perfect sync", "four meshes", "keys metahuman", "keys character_creator",
    "keys makehuman_units", "keys oculus", "keys microsoft", "keys rhubarb", "keys character_creator_visemes",
    "keys character_creator_pairs", "keys vrm", "rigify human", "rigify modular", "bones smplx", "bones rocketbox",
    "bones makehuman", "bones jaw", "rigify cat", "rigify wolf", "solved keys oculus", "solved keys vrm",
    "solved bones jaw",
)  # fmt: skip


def measured(line: str, kind: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, str(SCRIPT), line, kind], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])[kind]


def table_row(kind: str, lines: Iterable[dict[str, Any]]) -> str:
    lines = list(lines)
    kept, wanted = (sum(line["closures"][place] for line in lines) for place in (0, 1))
    opening = max(line["opening"] for line in lines)
    cells = [kind, lines[0]["convention"], f"{lines[0]['channels']}", f"{kept} of {wanted}", f"{opening:.2f}"]
    for name in ("error", "worst", "motion"):
        found = [line[name] for line in lines if name in line]
        cells.append(f"{sum(found) / len(found):.2f}" if found else "-")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print("| character | recognised as | channels | p b m | opening | error | worst | moves |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in KINDS:
        print(table_row(kind, (measured(line, kind) for line in sys.argv[1:])), flush=True)
