"""Which texts of the extension's own code an artist can meet, read from the source: labels, reports, reasons and errors."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
_SOURCES = (
    "addon",
    "bridge/client.py",
    "bridge/process.py",
    "bridge/addresses.py",
    "bridge/http_steps.py",
    "bridge/questions.py",
)
_NO_INTERFACE = ("headless.py", "job.py", "movie.py")
"""What runs in a process of its own, without an artist before it."""
_ERRORS = ("InvalidInput", "ModelMissing", "WorkerLost", "Cancelled", "ConnectionLost")
_SENTENCES = (*_ERRORS, "Kind", "localised", "draw_sentences", "_draw_sentences")
"""Calls whose arguments are shown."""
_DRAWN = ("text", "heading")
_PART = re.compile(r"\{\w*\}")


def texts() -> dict[str, str]:
    """Text with {} for each part that changes -> the module that says it."""
    found: dict[str, str] = {}
    for module in modules():
        said = (_PART.sub("{}", text) for text in _texts_of(ast.parse(module.read_text(encoding="utf-8"))))
        found |= {text: module.name for text in said if any(map(str.islower, text.replace("{}", "")))}
    return found


def modules() -> list[Path]:
    paths = [path for source in _SOURCES for path in ((ROOT / source).rglob("*.py") if "." not in source else [ROOT / source])]
    return sorted(path for path in paths if path.name not in _NO_INTERFACE)


def drawn_formats() -> list[str]:
    """Labels that Blender is to look up though they hold parts that change, so that it never finds them."""
    return [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for word in _looked_up(node)
        if any(isinstance(part, ast.JoinedStr) for part in ast.walk(word))
    ]


def _looked_up(call: ast.Call) -> list[ast.expr]:
    """What a call lets Blender translate and draw."""
    words = {word.arg: word.value for word in call.keywords}
    as_it_is = isinstance(words.get("translate"), ast.Constant)
    return [] if as_it_is else [words[name] for name in _DRAWN if name in words]


def _texts_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            said = node.args if name in _SENTENCES else node.args[1:] if name == "report" else []
            for value in (*said, *_looked_up(node)):
                yield from _said(value)
        elif isinstance(node, ast.FunctionDef) and node.name == "obstacle":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from _said(inner.value)


def _said(node: ast.AST) -> Iterator[str]:
    """What an expression can come to, as far as its letters are in the source."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from (*_said(node.body), *_said(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _said(value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        first, second = list(_said(node.left)), list(_said(node.right)) or ["{}"]
        yield from (f"{one}{two}" for one in first for two in second)
