"""Builds a corpus part by part, so that a build that was stopped goes on where it stood."""

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...bridge.errors import InvalidInput
from ...bridge.formats import whole_file
from .corpus import Corpus, CorpusClip, CorpusHeader, write_corpus

_PLAN = "plan.json"


@dataclass(frozen=True)
class Part:
    """A piece of work whose clips are kept once they are made. name: the same for the same work."""

    name: str
    clips: Callable[[], Iterable[CorpusClip]]


def build_corpus(path: Path, header: CorpusHeader, parts: Sequence[Part], report: Callable[[float, str], None]) -> Corpus:
    """Make the parts that are missing, join them into the corpus at `path`, and remove them.

    Parts lie in `<path>.parts` until all are made. Raises InvalidInput where that folder holds parts of another plan.
    """
    folder = path.with_name(f"{path.name}.parts")
    folder.mkdir(parents=True, exist_ok=True)
    _check_plan(folder, header, parts)
    for number, part in enumerate(parts):
        report(number / len(parts), part.name)
        part_path = folder / f"{number:05d}.safetensors"
        if not part_path.exists():
            write_corpus(part_path, header, list(part.clips()))
    join_corpora(path, header, [folder / f"{number:05d}.safetensors" for number in range(len(parts))])
    shutil.rmtree(folder)
    return Corpus(path)


def join_corpora(path: Path, header: CorpusHeader, paths: Sequence[Path]) -> None:
    """One corpus of the clips of several, in order."""
    corpora = [Corpus(part) for part in paths]
    write_corpus(path, header, [corpus.clip(index) for corpus in corpora for index in range(len(corpus))])


def _check_plan(folder: Path, header: CorpusHeader, parts: Sequence[Part]) -> None:
    plan = {"fps": header.fps, "curve_names": header.curve_names, "provenance": dict(header.provenance)}
    text = json.dumps(plan | {"parts": [part.name for part in parts]}, indent=1, ensure_ascii=False)
    path = folder / _PLAN
    if not path.exists():
        with whole_file(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    elif path.read_text(encoding="utf-8") != text:
        raise InvalidInput(
            f"{folder} holds parts of another corpus. Give the same options as before, another --out, or remove it."
        )
