"""Articles as records: JSON Lines and Parquet with the fields of the header.

The names are those of :data:`FIELDS`; other columns are passed over.  ``text`` may also hold a whole file
of the archive, header included.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from kg.articles.decoding import Undecodable, decode, tidy
from kg.model import Note, RawArticle, Reject

FIELDS = (
    "title", "title_zh", "title_en", "date", "page", "edition", "section", "column", "author",
    "text", "text_zh", "text_en", "body", "body_zh", "body_en", "content", "original", "translation", "names",
)  # fmt: skip
_BATCH = 256


def from_json(origin: str, number: int, line: bytes) -> RawArticle | Reject:
    """The record on line `number` of a JSON Lines file."""
    try:
        text, notes = decode(line)
        value = json.loads(text)
    except Undecodable as e:
        return Reject(origin, number, str(e), "hand over JSON Lines in UTF-8")
    except json.JSONDecodeError as e:
        return Reject(origin, number, f"no JSON: {e.msg} at column {e.colno}", "mend the line")
    except RecursionError:
        return Reject(origin, number, "no record: JSON nested too deeply", "mend the line")
    except ValueError as e:  # an integer of thousands of digits
        return Reject(origin, number, f"no usable JSON: {e}", "mend the line")
    if not isinstance(value, dict):
        return Reject(origin, number, f"a JSON {type(value).__name__}, not an object", "one object a line")
    return _record(origin, number, hashlib.sha256(line.strip()).hexdigest(), value, notes)


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
