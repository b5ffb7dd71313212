"""JSON options into the dataclass of a kind of job."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..errors import InvalidInput
from ..jobs import JobKind

_MAX_TOLD = 3


def options_of(kind: JobKind, options: bytes) -> Any:
    """An instance of `kind.options`. Raises InvalidInput naming every unknown, missing or wrong option."""
    try:
        return _adapter(kind.options).validate_json(options, strict=True, extra="forbid")
    except ValidationError as error:
        raise InvalidInput(f"The options do not fit: {_told(error)}") from error


@cache
def _adapter(options: type) -> TypeAdapter[Any]:
    return TypeAdapter(options)


def options_schema(kind: JobKind) -> dict[str, Any]:
    """JSON schema of the options, with unknown ones refused."""
    schema = _adapter(kind.options).json_schema(ref_template="#/components/schemas/{model}")
    for part in (schema, *schema.get("$defs", {}).values()):
        if part.get("type") == "object" and "properties" in part:
            part["additionalProperties"] = False
    return schema


def _told(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    told = [
        f"{'.'.join(map(str, fault['loc'])) or 'options'}: {_message(fault['type'], fault['msg'])}"
        for fault in faults[:_MAX_TOLD]
    ]
    return "; ".join(told) + (f"; and {len(faults) - _MAX_TOLD} more" if len(faults) > _MAX_TOLD else "") + "."


def _message(fault_type: str, message: str) -> str:
    return "no option has this name" if fault_type in ("unexpected_keyword_argument", "extra_forbidden") else message
