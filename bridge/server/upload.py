"""What a request for a job brings: its options, and its input as a path, or as the file itself, written while it arrives."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import Request

from ..errors import InvalidInput

MAX_TEXT_BYTES = 4 << 20
"""For options: the transcript of two hours has a twentieth of this."""

_MAX_NAME_CHARACTERS = 255
_FIELDS = ("options", "input")


@dataclass
class JobRequest:
    """What was asked."""

    options: bytes = b"{}"
    """JSON, not yet looked at."""
    path: str | None = None
    """Where the input lies, in the caller's words."""
    input: Path | None = None
    """The input that came with the request."""
    input_name: str = ""
    """What the caller calls that file."""


async def job_request(request: Request, folder: Path) -> JobRequest:
    """Read a request's body to its end; a file in it lands in `folder`. Raises InvalidInput."""
    content_type, parameters = parse_options_header(request.headers.get("content-type"))
    if content_type == b"multipart/form-data":
        return await _from_form(request, parameters.get(b"boundary", b""), folder)
    if content_type in (b"application/json", b""):
        return _from_json(await _limited_body(request))
    raise InvalidInput("A job is asked for by application/json, or by multipart/form-data where the request brings a file.")


async def _limited_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_TEXT_BYTES:
            raise InvalidInput(f"The JSON of a request must be smaller than {MAX_TEXT_BYTES:,} bytes. Send a file as a form.")
    return bytes(body)


def _from_json(body: bytes) -> JobRequest:
    try:
        content = json.loads(body) if body else {}
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The request is not JSON ({error}).") from error
    if not isinstance(content, dict) or not isinstance(content.get("options", {}), dict):
        raise InvalidInput('The request must be an object such as {"options": {}, "path": "/recordings/line.wav"}.')
    unknown = sorted(set(content) - {"options", "path"})
    if unknown:
        raise InvalidInput(f"The request has unknown keys: {', '.join(unknown)[:200]}. Known ones are options and path.")
    path = content.get("path")
    if path is not None and not isinstance(path, str):
        raise InvalidInput("The request's path must be a text.")
    return JobRequest(json.dumps(content.get("options", {})).encode(), path)


async def _from_form(request: Request, boundary: bytes, folder: Path) -> JobRequest:
    form = _Form(folder)
    try:
        parser = MultipartParser(boundary, form.callbacks())
        async for chunk in request.stream():
            parser.write(chunk)
    except FormParserError as error:
        raise InvalidInput(f"The form cannot be read ({error}).") from error
    finally:
        form.close()
    if not form.is_complete or not boundary:
        raise InvalidInput("The form is incomplete: its last boundary is missing.")
    return form.request()


@dataclass
class _Form:
    """Takes the parts of a form as the parser finds them: `input` goes to a file, `options` is a text."""

    folder: Path
    is_complete: bool = False
    _options: bytearray | None = None
    _input_name: str = ""
    _file: IO[bytes] | None = None
    _part: str = ""
    _header: tuple[bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray()))
    _disposition: bytes = b""

    def callbacks(self) -> dict:
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._take,
            "on_end": self._end,
        }

    def request(self) -> JobRequest:
        options = bytes(self._options or b"{}")
        return JobRequest(options, None, self._input_path if self._file else None, self._input_name)

    def close(self) -> None:
        if self._file:
            self._file.close()

    @property
    def _input_path(self) -> Path:
        return self.folder / "input"

    def _begin_part(self) -> None:
        self._disposition = b""
        self._header = (bytearray(), bytearray())

    def _end_header(self) -> None:
        name, value = self._header
        if bytes(name).lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def _end_headers(self) -> None:
        _, parameters = parse_options_header(self._disposition)
        self._part = parameters.get(b"name", b"").decode("utf-8", "replace")
        if self._part not in _FIELDS:
            raise InvalidInput(f"The form has an unknown field {self._part[:80]!r}. Known ones are {', '.join(_FIELDS)}.")
        if (self._options is not None) if self._part == "options" else self._file:
            raise InvalidInput(f"The form's field {self._part} stands twice.")
        if self._part == "input":
            self._input_name = parameters.get(b"filename", b"").decode("utf-8", "replace")[:_MAX_NAME_CHARACTERS]
            self._file = self._input_path.open("xb")
        else:
            self._options = bytearray()

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._part == "input" and self._file is not None:
            self._file.write(memoryview(data)[start:end])
        elif self._options is not None:
            self._options += data[start:end]
            if len(self._options) > MAX_TEXT_BYTES:
                raise InvalidInput(f"The form's options must be smaller than {MAX_TEXT_BYTES:,} bytes.")

    def _end(self) -> None:
        self.is_complete = True
