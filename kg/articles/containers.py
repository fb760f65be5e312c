"""What is inside one input: an article, a compressed article, or a container of many.

Everything is a stream: at most one article, one JSON line or one Parquet batch is in memory.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import hashlib
import io
import itertools
import lzma
import re
import shutil
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from tarfile import EOFHeaderError, HeaderError, ReadError  # type: ignore[attr-defined]  # the first is not in its stubs
from typing import IO, Any, Self

import zstandard

from kg.articles import records
from kg.articles.decoding import Undecodable, decode
from kg.model import RawArticle, Reject
from kg.packed import open_zst

# What the libraries raise on damaged, encrypted or unsupported containers.
DAMAGE = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zstandard.ZstdError,
    tarfile.TarError,
    zipfile.BadZipFile,
    NotImplementedError,  # zip: a compression method that Python lacks
    RuntimeError,  # zip: an encrypted member
    ValueError,  # zip: a member's name, or that it stands before the start of the file
    struct.error,  # zip: a member's head
)
_COMPRESSED: dict[str, Callable[[IO[bytes]], Any]] = {
    ".gz": lambda s: gzip.GzipFile(fileobj=s),
    ".zst": open_zst,
    ".xz": lzma.LZMAFile,
    ".bz2": bz2.BZ2File,
}
_MAGIC = {
    b"\x1f\x8b": ".gz",
    b"\x28\xb5\x2f\xfd": ".zst",
    b"\xfd7zXZ\x00": ".xz",
    b"BZh91AY&SY": ".bz2",
    b"PK\x03\x04": ".zip",
    b"PK\x05\x06": ".zip",
    b"PAR1": ".parquet",
}
_TAR_MAGIC = slice(257, 262)
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{")
_DEPTH = 4  # a.tar.gz.zst is two; more than this is a bomb
_CHUNK = 1 << 16

Result = RawArticle | Reject


@dataclass(frozen=True, slots=True)
class Stream:
    """An open input: `origin` is what notes and rejects call it, `name` decides its form by suffix."""

    origin: str
    name: str
    data: IO[bytes]
    limit: int  # bytes an article may have

    def reject(self, reason: str, remedy: str, line: int | None = None) -> Reject:
        """A reject of this input."""
        return Reject(self.origin, line, reason, remedy)


def contents(stream: Stream, depth: int = 0) -> Iterator[Result]:
    """The articles in `stream`, whatever form it has; damage ends it with a reject."""
    try:
        data = io.BufferedReader(_Raw(stream.data), _CHUNK)
        form = _form(stream.name, data.peek(512)[:512])
        inner = Stream(stream.origin, stream.name, data, stream.limit)
        if depth >= _DEPTH and form not in ("", ".json", ".jsonl"):
            yield stream.reject("containers within containers, too deep", "unpack it first")
        elif form in _COMPRESSED:
            name = stream.name[: -len(form)] if stream.name.lower().endswith(form) else stream.name
            plain = _forward_only(_COMPRESSED[form](data))
            yield from contents(Stream(stream.origin, name, plain, stream.limit), depth + 1)
        else:
            yield from _READERS[form](inner, depth)
    except DAMAGE as e:
        yield stream.reject(
            f"cannot be read: {_said(e)}", "repair or replace the file, then convert it again"
        )


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


class _Raw(io.RawIOBase):
    """Any readable binary stream as a raw one, so that `io.BufferedReader` can peek into it."""

    def __init__(self, stream: IO[bytes], *, seekable: bool = True) -> None:
        self._stream = stream
        self._seekable = seekable and stream.seekable()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._seekable

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: Any) -> int:
        got = self._stream.read(len(buffer))
        buffer[: len(got)] = got
        return len(got)


def _forward_only(data: IO[bytes]) -> IO[bytes]:
    """A stream that says it cannot be wound back, where winding back would mean reading it anew."""
    return io.BufferedReader(_Raw(data, seekable=False), _CHUNK)


def _form(name: str, head: bytes) -> str:
    """The suffix that names the form; what the bytes say wins over the name."""
    for magic, form in _MAGIC.items():
        if head.startswith(magic):
            return form
    if head[_TAR_MAGIC] == b"ustar":
        return ".tar"
    lower = name.lower()
    short = {".tgz": ".gz", ".txz": ".xz", ".tbz2": ".bz2", ".ndjson": ".jsonl"}
    for suffix in (*_COMPRESSED, ".zip", ".tar", ".parquet", ".jsonl", ".json", *short):
        if lower.endswith(suffix):
            return short.get(suffix, suffix)
    # Only a name-less stream is judged by its first characters: an article may quote a brace.
    return ".json" if name == "-" and _JSON.match(head) else ""


def _article(stream: Stream, depth: int) -> Iterator[Result]:  # noqa: ARG001  all readers are called alike
    data = stream.data.read(stream.limit + 1)
    yield article(stream, data)


def article(stream: Stream, data: bytes) -> Result:
    """One article of text, or why it is none."""
    if len(data) > stream.limit:
        return stream.reject(
            f"larger than {stream.limit} bytes", "split it, or raise the setting max_article (MiB)"
        )
    if not data.strip():
        return stream.reject("empty file", "restore the file or remove it")
    try:
        text, notes = decode(data)
    except Undecodable as e:
        return stream.reject(str(e), "hand over text in UTF-8")
    return RawArticle(stream.origin, hashlib.sha256(data).hexdigest(), text=text, notes=notes)


def _json(stream: Stream, depth: int) -> Iterator[Result]:
    """A JSON file: an object, an array of objects, or, by its first line, JSON Lines."""
    first = stream.data.readline(stream.limit + 1)
    if records.is_record(first) or (len(first) > stream.limit and first.lstrip()[:1] == b"{"):
        yield from _json_lines(stream, depth, first)
    else:
        rest = iter(lambda: stream.data.read(_CHUNK), b"")
        yield from records.from_document(stream.origin, itertools.chain([first], rest), stream.limit)


def _json_lines(stream: Stream, depth: int, first: bytes = b"") -> Iterator[Result]:  # noqa: ARG001
    number = 0
    blank = True
    while line := first or stream.data.readline(stream.limit + 1):
        first = b""
        number += 1
        if len(line) > stream.limit:
            blank = False
            yield stream.reject(
                f"line longer than {stream.limit} bytes", "raise the setting max_article (MiB)", number
            )
            while line and not line.endswith(b"\n"):
                line = stream.data.readline(_CHUNK)
        elif line.strip(b" \t\r\n\xef\xbb\xbf"):
            blank = False
            yield records.from_json(stream.origin, number, line)
    if blank:
        yield stream.reject("empty file", "restore the file or remove it")


def _parquet(stream: Stream, depth: int) -> Iterator[Result]:  # noqa: ARG001
    with _seekable(stream.data) as data:
        yield from records.from_parquet(stream.origin, data, stream.limit)


class _TarInfo(tarfile.TarInfo):
    """Says so where an archive breaks off: `tarfile` takes that for its end, and files would be left out."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except EOFHeaderError:  # the proper end
            raise
        except HeaderError as e:
            if not tarfile.offset:
                raise
            raise ReadError(f"cut off or damaged after {tarfile.offset} bytes ({e})") from e


def _tar(stream: Stream, depth: int) -> Iterator[Result]:
    members = 0
    with tarfile.open(fileobj=stream.data, mode="r|", tarinfo=_TarInfo) as archive:
        for member in archive:
            if member.isdir() or hidden(member.name):
                continue
            members += 1
            inside = _member(stream, member.name)
            data = archive.extractfile(member) if member.isfile() else None
            if data is None:
                yield inside.reject("a link or device, not a file", "put the file itself into the archive")
            else:
                yield from contents(_member(stream, member.name, _forward_only(data)), depth + 1)
    if not members:
        yield stream.reject("the archive holds no files", "restore the archive or remove it")


def _zip(stream: Stream, depth: int) -> Iterator[Result]:
    members = 0
    with _seekable(stream.data) as data, zipfile.ZipFile(data) as archive:
        for info in archive.infolist():
            if info.is_dir() or hidden(info.filename):
                continue
            members += 1
            try:
                with archive.open(info) as member:
                    yield from contents(_member(stream, info.filename, member), depth + 1)
            except DAMAGE as e:
                yield _member(stream, info.filename).reject(
                    f"cannot be read: {_said(e)}", "repair or replace the archive"
                )
    if not members:
        yield stream.reject("the archive holds no files", "restore the archive or remove it")


_READERS: dict[str, Callable[[Stream, int], Iterator[Result]]] = {
    "": _article,
    ".json": _json,
    ".jsonl": _json_lines,
    ".parquet": _parquet,
    ".tar": _tar,
    ".zip": _zip,
}


def _member(stream: Stream, name: str, data: IO[bytes] | None = None) -> Stream:
    return Stream(f"{stream.origin}!{printable(name)}", name, data or io.BytesIO(), stream.limit)


@contextlib.contextmanager
def _seekable(data: IO[bytes]) -> Iterator[IO[bytes]]:
    """`data`, or a copy in a temporary file where it is a pipe: zip and Parquet are read from their end."""
    if data.seekable():
        yield data
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(data, copy, _CHUNK)
        copy.seek(0)
        yield copy


def hidden(name: str) -> bool:
    """Whether a name inside a folder or an archive is the folder's own, not an article.

    >>> hidden("1953.12/.DS_Store"), hidden("samples/README.md"), hidden("1953.12/a.txt")
    (True, True, False)
    """
    parts = [p for p in name.split("/") if p not in ("", ".", "..")]
    own = parts[-1].upper().split(".")[0] if parts else ""
    return any(p.startswith((".", "__MACOSX")) for p in parts) or own == "README"


def printable(name: str) -> str:
    r"""A file name as text that fits on one line: odd bytes and control characters are escaped.

    >>> printable("a\nb\udcff.txt")
    'a\\nb\\xff.txt'
    """
    plain = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if plain.isprintable():
        return plain
    return "".join(
        c if c.isprintable() or c == "\u3000" else c.encode("unicode_escape").decode() for c in plain
    )
