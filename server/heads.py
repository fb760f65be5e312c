"""Reading simple requests to the endpoint, for the web worker's loop; all others are gunicorn's to read."""

from __future__ import annotations

import functools
import re

from server.sparql.request import Environ

LONGEST_LINE = 8190  # bytes of a request's first line; the most that gunicorn reads
_OURS = re.compile(rb"(GET|POST|HEAD) /sparql(?:\?([!-\"$-~]*))? HTTP/1\.1")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_SIZE = re.compile(rb"\d{1,9}")
_NO_TEXT = re.compile(rb"[^\t -~]")  # what gunicorn is to judge
_BEYOND = re.compile(rb"[\x80-\xff]")
_UNSEEN = re.compile(rb"\r\n(?:expect|transfer-encoding):", re.IGNORECASE)
_PLAIN = frozenset(
    b"host accept accept-encoding accept-language user-agent if-none-match x-forwarded-for x-forwarded-proto"
    b" x-forwarded-host x-real-ip forwarded referer cookie origin cache-control pragma sec-fetch-mode"
    b" sec-fetch-site sec-fetch-dest dnt priority content-type content-length".split()
)


def printable(request: bytes) -> bytes:
    r"""The request with an address that is ASCII: what curl and others send as it was typed is escaped.

    >>> printable("GET /api/search?q=北 HTTP/1.1".encode() + b"\r\n\r\n")
    b'GET /api/search?q=%E5%8C%97 HTTP/1.1\r\n\r\n'
    """
    end = request.find(b"\r\n")
    line = request[:end]
    if line.isascii():
        return request
    return _BEYOND.sub(lambda found: b"%%%02X" % found[0][0], line) + request[end:]


def read_head(head: bytes) -> Environ | None:
    """The WSGI environment of a simple request to the endpoint, but for its body; None where it is not one.

    Only what needs no interpretation is simple: HTTP/1.1, headers from a list, each once.
    """
    line, _, fields = head.partition(b"\r\n")
    found = _OURS.fullmatch(line)
    if found is None or len(line) > LONGEST_LINE:
        return None
    known = _fields(fields)
    if known is None:
        return None
    method, query = found.groups(b"")
    return {
        **known,
        "REQUEST_METHOD": method.decode(),
        "PATH_INFO": "/sparql",
        "QUERY_STRING": query.decode(),
    }


@functools.lru_cache(maxsize=256)
def _fields(block: bytes) -> Environ | None:
    """The headers of a request: a client sends the same ones with each."""
    environ: Environ = {}
    for line in block.split(b"\r\n")[:-2]:
        name, colon, value = line.partition(b":")
        name, value = name.lower(), value.strip()
        if name == b"connection" and value.lower() == b"keep-alive":
            continue
        if not colon or name not in _PLAIN or _NO_TEXT.search(line):
            return None
        key = name.decode().replace("-", "_").upper()
        if not key.startswith("CONTENT_"):
            key = "HTTP_" + key
        if key in environ or (key == "CONTENT_LENGTH" and not _SIZE.fullmatch(value)):
            return None
        environ[key] = value.decode()
    return environ if "HTTP_HOST" in environ else None


def body_length(head: bytes, environ: Environ | None) -> int:
    """The bytes of the body that a head announces; 0 too where that is not simply told."""
    if environ is not None:
        return int(environ.get("CONTENT_LENGTH", 0))
    found = _LENGTH.search(head)
    return 0 if found is None or _UNSEEN.search(head) else int(found[1])
