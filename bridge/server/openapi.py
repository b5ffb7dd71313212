"""What the interface's own description says beyond what FastAPI finds out by itself."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI

from ..errors import ERROR_CLASSES
from ..jobs import JobKind
from .options import options_schema

ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "What is wrong, and what to do",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
}
"""The answers that every path may give instead of its own."""

_ERROR_SCHEMA = {
    "type": "object",
    "properties": {"code": {"type": "string", "enum": list(ERROR_CLASSES)}, "message": {"type": "string"}},
    "required": ["code", "message"],
}


def job_body(kind: JobKind) -> dict[str, Any]:
    """The request that starts a job: JSON with a path, or a form with the file itself."""
    options = {"$ref": f"#/components/schemas/{kind.name}_options"}
    path = {"type": "string", "description": "Absolute path of the input, within the server's roots"}
    file = {"type": "string", "format": "binary", "description": "The input itself"}
    as_form = _object({"options": options, "input": file}, ["input"])
    content = {
        "application/json": {"schema": _object({"options": options, "path": path}, ["path"] if kind.needs_input else [])},
        "multipart/form-data": {"schema": as_form, "encoding": {"options": {"contentType": "application/json"}}},
    }
    return {"requestBody": {"content": content, "required": kind.needs_input}}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def described(app: FastAPI, kinds: Sequence[JobKind]) -> Callable[[], dict[str, Any]]:
    """The application's own description, with the options of every kind of job."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schemas = describe().setdefault("components", {}).setdefault("schemas", {})
            schemas["Error"] = _ERROR_SCHEMA
            for kind in kinds:
                options = options_schema(kind)
                schemas.update(options.pop("$defs", {}))
                schemas[f"{kind.name}_options"] = options
        assert app.openapi_schema is not None
        return app.openapi_schema

    return openapi
