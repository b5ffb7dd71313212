"""Make characters, put a clip on each, and print how it is recognised and how well it follows.

Arguments: the clip, then what to make, each one argument (see made_characters); `solved` before it has `vivavoce retarget` find
the curves, by what its shape keys and bones do to the skin instead of by their names. Prints one JSON of all.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
import enabled_extension
import numpy as np

bpy.ops.wm.read_factory_settings(use_empty=True)
enabled_extension.enable()
from made_characters import made, source_vertices  # noqa: E402
from made_skin import SIDES_OF_A_STICK  # noqa: E402

from vivavoce.addon.core.axes import z_up_to_y_up  # noqa: E402
from vivavoce.addon.core.rigs.auto_mapping import channel_confidence  # noqa: E402
from vivavoce.addon.scene import takes  # noqa: E402
from vivavoce.addon.scene.character import Character, character_around  # noqa: E402
from vivavoce.addon.scene.performance import apply_clip  # noqa: E402
from vivavoce.addon.scene.rigs.solved import use_solved  # noqa: E402
from vivavoce.addon.scene.rigs.survey import full_survey  # noqa: E402
from vivavoce.bridge.data import MotionClip  # noqa: E402
from vivavoce.bridge.data.open_human import OpenHuman  # noqa: E402
from vivavoce.bridge.formats import read_clip  # noqa: E402
from vivavoce.bridge.formats.open_human import load_open_human  # noqa: E402

CLOSING = frozenset("pbm")
CLOSED_SHARE = 0.02
SAMPLES = 40
_CHIN_M = 0.04
"""How far below the lips the chin is."""
_HIDDEN_M = 0.06
"""How deep behind the lips' middle a vertex is no part of the face that is looked at."""


def closing_spans(clip: MotionClip) -> list[range]:
    """The samples of every p, b and m."""
    spans = [phoneme for phoneme in clip.phonemes if phoneme.symbol[:1] in CLOSING]
    return [range(int(span.start_s * clip.fps), min(int(np.ceil(span.end_s * clip.fps)) + 1, clip.frame_count)) for span in spans]


def vertices_at(meshes: Any, sample: int) -> np.ndarray:
    """The evaluated vertices of all meshes at a sample, (V, 3) in SMPL-X's axes, metres."""
    bpy.context.scene.frame_set(sample + 1)
    graph = bpy.context.evaluated_depsgraph_get()
    points = []
    for mesh in meshes:
        shown = mesh.evaluated_get(graph)
        own = np.empty(3 * len(shown.data.vertices), np.float32)
        shown.data.vertices.foreach_get("co", own)
        matrix = np.array(mesh.matrix_world, np.float32)
        points.append(own.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3])
    return z_up_to_y_up(np.concatenate(points))


def lip_rows(meshes: Any, human: OpenHuman) -> tuple[np.ndarray, np.ndarray]:
    """The vertices of the upper and the lower lip that face each other, right to left: (P, C) each, C vertices a place."""
    if all("source_vertex" in mesh.data.attributes for mesh in meshes):
        rows = np.concatenate([source_vertices(mesh) for mesh in meshes])
        place = dict(zip(rows.tolist(), range(len(rows)), strict=True))
        upper, lower = np.array([[place[vertex] for vertex in pair] for pair in human.lip_pairs.tolist()]).T
        return upper[:, None], lower[:, None]
    names = [group.name for group in meshes[0].vertex_groups]
    ring = np.arange(SIDES_OF_A_STICK)
    upper, lower = (
        np.array(
            [2 * SIDES_OF_A_STICK * names.index(f"DEF-lip.{part}{side}") + ring for side in (".R.001", ".R", ".L", ".L.001")]
        )
        for part in "TB"
    )
    return upper, lower


def gap_m(points: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """How far the lips are apart, upwards, at every place: (P,)."""
    return points[upper, 1].mean(axis=1) - points[lower, 1].mean(axis=1)


def put_on_solved(line: Path, character: Character) -> None:
    """Solve for the character in a Blender of its own, and put the curves on it."""
    with tempfile.TemporaryDirectory() as folder:
        scene, out = Path(folder, "character.blend"), Path(folder, "solved")
        bpy.ops.wm.save_as_mainfile(filepath=str(scene), copy=True)
        solving = [sys.executable, "-m", "vivavoce", "retarget", str(line), "--character", str(scene), "--out", str(out)]
        subprocess.run(solving, check=True, capture_output=True)
        takes.add_take(character, read_clip(line), "line", 1)
        use_solved(character, out / "curves.npz")


def measured(line: Path, kind: str, human: OpenHuman) -> dict[str, Any]:
    clip = read_clip(line)
    armature = made(kind.removeprefix("solved "), human)
    character = character_around(armature)
    survey = full_survey(character.meshes, [armature])
    if kind.startswith("solved "):
        put_on_solved(line, character)
    else:
        apply_clip(clip, character, clip.fps, start_frame=1)
    spans = closing_spans(clip)
    spread = np.linspace(0, clip.frame_count - 1, min(SAMPLES, clip.frame_count)).astype(int).tolist()
    seen = {sample: vertices_at(character.meshes, sample) for sample in {0, *spread, *(at for span in spans for at in span)}}
    upper, lower = lip_rows(character.meshes, human)
    still = vertices_at_rest(character.meshes)
    is_human = all("source_vertex" in mesh.data.attributes for mesh in character.meshes)
    rest = 0.0 if is_human else gap_m(still, upper, lower)
    width = float(np.linalg.norm(np.ptp(still[upper].mean(axis=1), axis=0)))
    gaps = {sample: float(np.max(gap_m(points, upper, lower) - rest)) / width for sample, points in seen.items()}
    kept = [min(gaps[sample] for sample in span) < CLOSED_SHARE for span in spans]
    said = {
        "convention": character.mapping.convention,
        "channels": sum(sure > 0.0 for sure in channel_confidence(survey).values()),
        "closures": [sum(kept), len(kept)],
        "opening": max(gaps.values()),
    }
    return said | (followed(clip, character.meshes, human, seen, spread) if is_human else {})


def vertices_at_rest(meshes: Any) -> np.ndarray:
    points = []
    for mesh in meshes:
        own = np.empty(3 * len(mesh.data.vertices), np.float32)
        mesh.data.vertices.foreach_get("co", own)
        points.append(own.reshape(-1, 3))
    return z_up_to_y_up(np.concatenate(points))


def followed(clip: MotionClip, meshes: Any, human: OpenHuman, seen: dict[int, np.ndarray], samples: list[int]) -> dict[str, Any]:
    """The mean distance of the skin from the source's, and of the mouth's, in % of the head's height; and with a still face."""
    rows = np.concatenate([source_vertices(mesh) for mesh in meshes])
    body = np.unique(human.faces[human.face_part == human.part_names.index("body")])
    front = human.vertices[rows, 2] > human.vertices[human.lip_pairs[6, 0], 2] - _HIDDEN_M
    skin = np.isin(rows, body) & front
    heights = human.vertices[body, 1]
    height = float(np.ptp(heights[heights > human.vertices[human.lip_pairs[6, 0], 1] - _CHIN_M]))
    truth = human.deformed(clip.blend_shapes(human.blend_shape_names)[samples])[:, rows]
    found = np.stack([seen[sample] for sample in samples])
    off = np.linalg.norm(found - truth, axis=2)[:, skin]
    moved = np.linalg.norm(truth - human.vertices[rows], axis=2)[:, skin]
    return {
        "error": 100.0 * float(off.mean()) / height,
        "worst": 100.0 * float(np.percentile(off, 99)) / height,
        "motion": 100.0 * float(moved.mean()) / height,
    }


line, human = Path(sys.argv[1]), load_open_human()
bpy.context.scene.render.fps = round(read_clip(line).fps)
said = {}
for kind in sys.argv[2:]:
    said[kind] = measured(line, kind, human)
    for item in list(bpy.data.objects):
        bpy.data.objects.remove(item)
print(json.dumps(said), flush=True)
# Blender's module hangs at exit where Rigify has been enabled.
os._exit(0)
