"""Sending what caches may keep: answers that are asked for again, and files of a release, which never change.

Files go out whole or in parts, by the kernel where the server can.
"""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path
from typing import IO, cast

from flask import Request, Response, request, send_file
from werkzeug.wsgi import wrap_file

from kg.dumps.index import DumpFile

_YEAR = 365 * 24 * 3600
_BUFFER = 256 << 10


def revalidated(response: Response) -> Response:
    """`response` for caches that ask each time if it is still the same, or 304 where the client has it.

    Its ETag is of its bytes unless it has one.
    """
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


class Part:
    """Some bytes of an open file, from where it stands.

    It has the file's number, so that gunicorn hands the bytes to the kernel (``sendfile``); servers that
    read it instead come to the end of the part.
    """

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        file.seek(start)
        self._file = file
        self._left = size

    def fileno(self) -> int:
        """The number of the file."""
        return self._file.fileno()

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes."""
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def send_forever(path: Path, file: DumpFile, made: dt.datetime, asked: Request) -> Response:
    """A file that never changes under its address: strong ETag, Range, If-Range, kept for ever.

    A request for several ranges at once gets the whole file, which is a right answer too (RFC 9110,
    section 14.2); so does one for a part of what is only weakly the same (section 13.1.5).
    """
    if "," in asked.headers.get("Range", "") or asked.headers.get("If-Range", "").startswith("W/"):
        asked.environ.pop("HTTP_RANGE", None)
    response = send_file(
        path,
        mimetype=file.wire_type,
        conditional=True,
        etag=file.sha256,
        last_modified=made,
        max_age=_YEAR,
        download_name=path.name,
    )
    if response.status_code == 206 and asked.method == "GET":
        _by_kernel(response, path, asked)
    response.cache_control.immutable = True
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Repr-Digest, Content-Range, Accept-Ranges"
    return response


def _by_kernel(response: Response, path: Path, asked: Request) -> None:
    """Werkzeug cuts ranges out in Python; the part of a file is the server's own business."""
    there = response.content_range
    if there.start is None or there.stop is None:
        return
    size = there.stop - there.start
    close = getattr(response.response, "close", None)
    if close is not None:
        close()
    part = Part(path.open("rb"), there.start, size)
    response.response = wrap_file(asked.environ, cast(IO[bytes], part), _BUFFER)
    response.direct_passthrough = True
    response.content_length = size
