"""Articles as records: JSON, JSON Lines and Parquet with the fields of the header.

The names are those of :data:`FIELDS`; other columns are passed over.  ``text`` may also hold a whole file
of the archive, header included.
"""

from __future__ import annotations

import codecs
import datetime as dt
import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from kg.articles.decoding import Undecodable, decode, tidy
from kg.model import Note, RawArticle, Reject

FIELDS = (
    "title", "title_zh", "title_en", "date", "page", "edition", "section", "column", "author",
    "text", "text_zh", "text_en", "body", "body_zh", "body_en", "content", "original", "translation", "names",
)  # fmt: skip
_BATCH = 256
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_TYPES = {list: "array", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def from_json(origin: str, number: int, line: bytes) -> RawArticle | Reject:
    """The record on line `number` of a JSON Lines file."""
    try:
        text, notes = decode(line.strip())
        value = json.loads(text)
    except Undecodable as e:
        return Reject(origin, number, str(e), "hand over JSON Lines in UTF-8")
    except json.JSONDecodeError as e:
        return Reject(origin, number, f"no JSON: {e.msg} at column {e.colno}", "mend the line")
    except (RecursionError, ValueError) as e:
        return Reject(origin, number, _unusable(e), "mend the line")
    return _object(origin, number, hashlib.sha256(line.strip()).hexdigest(), value, notes)


def is_record(line: bytes) -> bool:
    """Whether a line is a whole JSON object."""
    try:
        return isinstance(json.loads(line.removeprefix(b"\xef\xbb\xbf")), dict)
    except (RecursionError, ValueError):
        return False


def from_document(origin: str, chunks: Iterable[bytes], limit: int) -> Iterator[RawArticle | Reject]:
    """The objects of a JSON document: one, an array of them, or several behind each other.

    They are numbered from 1.  A document of up to `limit` bytes may be in any encoding of an article.  Of a
    larger one, in UTF-8, no more than one object and a chunk is in memory.  Damage ends the document with a
    reject, for nobody knows where the next object begins.
    """
    chunks = iter(chunks)
    head = bytearray()
    while len(head) <= limit and (chunk := next(chunks, b"")):
        head += chunk
    notes: tuple[Note, ...] = ()
    document = _Document((), limit)
    try:
        if len(head) > limit:
            document = _Document(_utf8(itertools.chain([bytes(head)], chunks)), limit)
        else:
            text, notes = decode(bytes(head))
            document = _Document([text], limit)
        for value, digest in document.values():
            yield _object(origin, document.number, digest, value, notes)
    except (Undecodable, UnicodeDecodeError) as e:
        yield Reject(origin, document.number or None, str(e), "hand over JSON in UTF-8")
    except json.JSONDecodeError as e:
        where = f"{e.msg}, in record {document.number + 1}; what follows was not read"
        yield Reject(origin, document.line(e.lineno), f"no JSON: {where}", "mend the file")
    except (RecursionError, ValueError) as e:
        yield Reject(origin, document.number + 1, _unusable(e), "mend the file")
    else:
        if not document.number:
            yield Reject(origin, None, "empty file", "restore the file or remove it")


def _utf8(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _unusable(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "no record: JSON nested too deeply"
    return f"no usable JSON: {error}"  # an integer of thousands of digits


class _Document:
    """Reads the values of a JSON document one by one; ``number`` is that of the last one."""

    def __init__(self, chunks: Iterable[str], limit: int) -> None:
        self.number = 0
        self._chunks = iter(chunks)
        self._limit = limit
        self._text = ""
        self._at = 0  # how far it has been read
        self._lines = 0  # before the text at hand
        self._whole = False  # nothing more is coming

    def line(self, inside: int) -> int:
        """The line of the file where line `inside` of the text at hand is."""
        return self._lines + inside

    def values(self) -> Iterator[tuple[object, str]]:
        """Each value and the SHA-256 of how it is written."""
        array = self._skip() == "["
        self._at += array
        while mark := self._skip():
            if array and mark in ",]":
                self._at += 1
                array = mark == ","
                continue
            start = self._at
            value, self._at = self._value()
            self.number += 1
            yield value, hashlib.sha256(self._text[start : self._at].encode()).hexdigest()

    def _value(self) -> tuple[object, int]:
        """The next value and where it ends."""
        while True:
            try:
                return _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if self._whole:
                    raise
            size = len(self._text) - self._at
            if size > self._limit:
                raise ValueError(f"a record larger than {self._limit} bytes, or damage before its end")
            self._more(size)

    def _skip(self) -> str:
        """Go past white space; the character behind it, or nothing at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text) or self._whole:
                return self._text[self._at : self._at + 1]
            self._more(1)

    def _more(self, size: int) -> None:
        """Read on, at least so many characters: doubling what is there keeps the time linear."""
        read = [self._text[self._at :]]
        while size > 0 and (chunk := next(self._chunks, None)) is not None:
            read.append(chunk)
            size -= len(chunk)
        self._whole = size > 0
        self._lines += self._text.count("\n", 0, self._at)
        self._text = "".join(read)
        self._at = 0


def from_parquet(origin: str, data: IO[bytes], limit: int) -> Iterator[RawArticle | Reject]:
    """The rows of a Parquet file, read batch by batch; damage ends them with a reject."""
    import pyarrow as pa  # costs 100 ms, which only Parquet should pay
    from pyarrow import parquet

    number = 0
    try:
        file = parquet.ParquetFile(data)
        columns = [c for c in file.schema_arrow.names if c.lower() in FIELDS]
        if not columns:
            yield Reject(origin, None, "none of its columns is a field of an article", "see docs/reading.md")
            return
        for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
            for row in batch.to_pylist():
                number += 1
                yield _row(origin, number, row, limit)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as e:
        where = f" after row {number}" if number else ""
        said = str(e).splitlines()[0][:200]
        yield Reject(origin, number or None, f"damaged Parquet file{where}: {said}", "write the file anew")
        return
    if not number:
        yield Reject(origin, None, "empty file", "restore the file or remove it")


def _row(origin: str, number: int, row: dict[str, Any], limit: int) -> RawArticle | Reject:
    canonical = json.dumps(row, ensure_ascii=True, sort_keys=True, default=str).encode()
    if len(canonical) > 6 * limit:  # ASCII escapes: six bytes a character at most
        return Reject(origin, number, f"larger than {limit} bytes", "raise the setting max_article (MiB)")
    return _record(origin, number, hashlib.sha256(canonical).hexdigest(), row, ())


def _object(
    origin: str, number: int, digest: str, value: object, notes: tuple[Note, ...]
) -> RawArticle | Reject:
    if not isinstance(value, dict):
        return Reject(origin, number, f"a JSON {_TYPES[type(value)]}, not an object", "one object a record")
    return _record(origin, number, digest, value, notes)


def _record(
    origin: str, number: int, digest: str, value: Mapping[str, Any], notes: tuple[Note, ...]
) -> RawArticle | Reject:
    fields: dict[str, str] = {}
    try:
        for name, content in value.items():
            key = str(name).strip().lower()
            if key not in FIELDS or key in fields:
                continue
            text, more = tidy(_text(content))
            if text.strip():
                fields[key] = text
                notes += more
    except Undecodable as e:
        return Reject(origin, number, str(e), "hand over plain text in the fields")
    if not fields:
        names = ", ".join(sorted(map(str, value)))[:200]
        return Reject(origin, number, f"no field of an article in it (has: {names})", "see docs/reading.md")
    return RawArticle(f"{origin}:{number}", digest, fields=tuple(sorted(fields.items())), notes=notes)


def _text(content: object) -> str:
    """A field's value as text; lists are paragraphs, pairs of names stand tab-separated."""
    if content is None:
        return ""
    if isinstance(content, bytes):
        return decode(content)[0]
    if isinstance(content, dt.datetime):
        return content.date().isoformat()
    if isinstance(content, Mapping):
        return "\n".join(f"{k}\t{_flat(v)}" for k, v in content.items())
    if isinstance(content, list | tuple):
        return "\n".join(_flat(c) for c in content)
    return _flat(content)


def _flat(value: object) -> str:
    if isinstance(value, list | tuple):
        return "\t".join(_scalar(v) for v in value)
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a page column with gaps is read as floats
    return str(value) if isinstance(value, str | int | float | dt.date) else ""
