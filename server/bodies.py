"""Bodies of requests to the pages and interfaces: no longer, and of no more parts, than they may be.

Flask's own limit holds for a body whose length is announced; one that comes chunked it cuts off there and
takes for whole.
"""

from __future__ import annotations

import json
import re
from typing import IO, Any

from flask import Flask, Request, request
from gunicorn.http.errors import ParseException

from server.errors import HttpError
from server.sparql.request import FIELDS, LARGEST_BODY, Environ

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_FORM = "application/x-www-form-urlencoded"


class _Bounded:
    """A body as it comes, of which nobody gets more than may be."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = LARGEST_BODY

    def read(self, size: int = -1) -> bytes:
        """Some bytes; HttpError 413 where there are more than may be, 400 where they are no chunks."""
        most = self._left + 1
        try:
            data = self._stream.read(most if size < 0 else min(size, most))
        except ParseException as e:
            raise HttpError(400, f"the body is not valid HTTP: {e}", remedy="speak HTTP/1.1") from e
        self._left -= len(data)
        if self._left < 0:
            raise HttpError(413, "the body is too large", remedy=f"send at most {LARGEST_BODY} bytes")
        return data


class BoundedRequest(Request):
    """Flask's request, whose body has a limit however it comes."""

    def __init__(self, environ: Environ, *arguments: Any, **options: Any) -> None:
        if "wsgi.input" in environ:
            environ["wsgi.input"] = _Bounded(environ["wsgi.input"])
        super().__init__(environ, *arguments, **options)


def bound(app: Flask) -> None:
    """Give the limits to an application."""
    # Flask's own limit is never met: it would cut a body off, and take what came before for the whole.
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY + 1
    app.request_class = BoundedRequest
    app.before_request(_count_fields)


def _count_fields() -> None:
    """HttpError 400 for a form of more fields than anybody fills in, before they are parted."""
    if request.mimetype == _FORM and request.get_data(parse_form_data=False).count(b"&") >= FIELDS:
        raise HttpError(400, f"the form has more than {FIELDS} fields", remedy="send fewer at once")


def read_json(text: str, what: str) -> Any:
    """What a client sent as JSON; HttpError 400 where it is none, or too deep, or no text."""
    try:
        value = json.loads(text)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except UnicodeEncodeError as e:
        raise HttpError(400, f"{what} has half a character", remedy="escape both halves, or none") from e
    except ValueError as e:
        raise HttpError(400, f"{what} is not JSON: {e}", remedy="send a JSON object") from e
    except RecursionError as e:
        raise HttpError(400, f"{what} is nested too deeply", remedy="send a JSON object") from e


def sent_json() -> Any:
    """The body, where it is JSON by its type; HttpError 400 where it is none."""
    try:
        text = request.get_data().decode()
    except UnicodeDecodeError as e:
        raise HttpError(400, f"the body is not UTF-8: {e}", remedy="send UTF-8") from e
    return read_json(text, "the body")
