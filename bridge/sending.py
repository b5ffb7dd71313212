"""What a request for a job carries: options, and a file by its path, a file itself, or arrays."""

import json
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import numpy as np
from numpy.lib import format as npy_format

from .errors import InvalidInput
from .http_steps import Request, Steps

_CHUNK_BYTES = 256 * 1024


def path_request(url_path: str, headers: Mapping[str, str], options: Mapping[str, Any], path: Path | None) -> Request:
    """Names the file, if any: for a server that may read it."""
    content: dict[str, Any] = {"options": dict(options)}
    if path is not None:
        content["path"] = str(path.resolve())
    body = json.dumps(content).encode("utf-8")
    return Request("POST", url_path, {**headers, "content-type": "application/json"}, (body,), len(body))


def file_request(url_path: str, headers: Mapping[str, str], options: Mapping[str, Any], path: Path) -> Request:
    """Brings the file itself, read while it is sent. Raises InvalidInput where it cannot be read."""
    boundary = secrets.token_hex(16)
    name = quote(path.name, safe=" !#$&'()+,-.;=@[]^_`{}~")
    before = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="options"\r\n\r\n{json.dumps(dict(options))}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="input"; filename="{name}"\r\n\r\n'
    ).encode()
    after = f"\r\n--{boundary}--\r\n".encode()
    try:
        file_bytes = path.stat().st_size
        chunks = _file_chunks(path, file_bytes)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read ({error.strerror}). Check the name.") from error
    content_type = {"content-type": f"multipart/form-data; boundary={boundary}"}
    body = _enclosed(before, chunks, after)
    return Request("POST", url_path, {**headers, **content_type}, body, len(before) + file_bytes + len(after))


def npz_steps(file: IO[bytes], arrays: Mapping[str, np.ndarray]) -> Steps:
    """Steps that write arrays as npz, uncompressed: the way to the next process is faster than any packing."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for key, array in arrays.items():
            contiguous = np.ascontiguousarray(array)
            with archive.open(f"{key}.npy", "w", force_zip64=True) as stream:
                npy_format.write_array_header_1_0(stream, npy_format.header_data_from_array_1_0(contiguous))
                content = contiguous.reshape(-1).view(np.uint8).data
                for start in range(0, len(content), _CHUNK_BYTES):
                    stream.write(content[start : start + _CHUNK_BYTES])
                    yield True


def _file_chunks(path: Path, byte_count: int) -> Iterator[bytes]:
    """The file's bytes. Raises InvalidInput where there are suddenly fewer."""
    file = path.open("rb")

    def chunks() -> Iterator[bytes]:
        left = byte_count
        with closing(file):
            while left > 0:
                chunk = file.read(min(_CHUNK_BYTES, left))
                if not chunk:
                    raise InvalidInput(f"{path} was cut short while it was sent. Try again.")
                left -= len(chunk)
                yield chunk

    return chunks()


def _enclosed(before: bytes, chunks: Iterator[bytes], after: bytes) -> Iterator[bytes]:
    yield before
    yield from chunks
    yield after
