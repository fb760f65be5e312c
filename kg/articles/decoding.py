"""Bytes to text: encodings found out, damage noted, text made NFC."""

from __future__ import annotations

import functools
import re
import sys
import unicodedata

from kg.articles.notes import note
from kg.model import Note
from kg.text import SURROGATE

_MAGIC = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"\x7fELF": "a program",
    b"SQLite format 3\x00": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xa0\xad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)
_LINE_ENDS = {0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
# Blocks with combining marks: a superset, cheap to look for.  Normalising sorts each run of marks by
# insertion, so an endless run would take quadratic time.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u1dff\u20d0-\u20f0\u2cef-\u2cf1\u2de0-\u2dff\u302a-\u302f\u3099\u309a"
    "\ua66f-\uabed\ufb1e\ufe20-\ufe2f\U00010000-\U0010ffff]{31}"
)
_SAMPLE = 1 << 16
_FEW_BAD = 0.01


class Undecodable(ValueError):
    """The bytes are no text; ``str()`` is the reason."""


def decode(data: bytes) -> tuple[str, tuple[Note, ...]]:
    """The text in `data`, in NFC with plain line ends, and notes on what had to be done.

    Tries byte order marks, UTF-8, UTF-16 and GB18030 in that order.  Linear in the input.

    Raises:
        Undecodable: binary data or an encoding that is none of these.

    >>> decode("新华社".encode("gb18030") * 9)[1][0].code
    'encoding-gb18030'
    """
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise Undecodable(f"binary data: {what}")
    text, notes = _decoded(data)
    text, more = tidy(text)
    return text, notes + more


def _decoded(data: bytes) -> tuple[str, tuple[Note, ...]]:
    if data.startswith(b"\xef\xbb\xbf"):
        text, notes = _utf8(data[3:])
        return text, (note("encoding-utf8-bom"), *notes)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _utf16(data[2:], "utf-16-le" if data[0] == 0xFF else "utf-16-be")
    if data.find(0, 0, _SAMPLE) >= 0:
        return _with_zeros(data)
    return _utf8(data)


def _utf8(data: bytes) -> tuple[str, tuple[Note, ...]]:
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as e:
        if e.end == len(data) and e.reason == "unexpected end of data" and e.start > len(data) // 2:
            return data[: e.start].decode("utf-8"), (note("truncated", f"at byte {e.start}"),)
    if (text := _gb18030(data)) is not None:
        return text, (note("encoding-gb18030"),)
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if bad > max(8, len(text) * _FEW_BAD):
        raise Undecodable("neither UTF-8, UTF-16 nor GB18030")
    return text, (note("undecodable-bytes", f"{bad}"),)


def _utf16(data: bytes, codec: str) -> tuple[str, tuple[Note, ...]]:
    notes = [note("encoding-utf16")]
    if len(data) % 2:
        data = data[:-1]
        notes.append(note("truncated", f"at byte {len(data)}"))
    try:
        return data.decode(codec), tuple(notes)
    except UnicodeDecodeError as e:
        if e.start < len(data) - 2:
            raise Undecodable(f"broken UTF-16 at byte {e.start}") from e
        return data[: e.start].decode(codec), (*notes, note("truncated", f"at byte {e.start}"))


def _with_zeros(data: bytes) -> tuple[str, tuple[Note, ...]]:
    """UTF-16 without a mark (the header's ASCII has a zero in every pair), or a few stray zeros."""
    head = data[:512]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if max(odd, even) > 8 and min(odd, even) == 0:
        return _utf16(data, "utf-16-le" if odd else "utf-16-be")
    if data.count(0) > max(3, len(data) * 0.001):
        raise Undecodable("binary data: it is full of zero bytes")
    return _utf8(data)


def _gb18030(data: bytes) -> str | None:
    """The text if `data` is plausible GB18030: nearly all its characters are of GB 2312's common half."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as e:
        if e.start < len(data) - 4:
            return None
        text = data[: e.start].decode("gb18030")
    sample = [c for c in text[:_SAMPLE] if ord(c) > 0x7F]
    common = sum(_common(c) for c in sample)
    return text if sample and common > 0.8 * len(sample) else None


@functools.cache
def _common_characters() -> frozenset[str]:
    rows = [*range(0xB0, 0xD8), 0xA1, 0xA3]
    cells = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    return frozenset(b.decode("gb2312", "ignore") for b in cells) - {""}


def _common(character: str) -> bool:
    return character in _common_characters()


def tidy(text: str) -> tuple[str, tuple[Note, ...]]:
    r"""`text` in NFC, with ``\n`` line ends, without control characters, and a note if any were there.

    >>> tidy("Lai Cha\u0302u\r\n")
    ('Lai Châu\n', ())
    """
    notes: tuple[Note, ...] = ()
    if _ODD.search(text):
        text, dropped = _without_controls(text)
        if dropped > max(16, len(text) * 0.05):
            raise Undecodable(f"binary data: {dropped} control characters")
        if dropped:
            notes = (note("control-characters", f"{dropped}"),)
    if text.isascii():
        return text, notes
    if _MARKS.search(text):
        text, count = _mark_runs().subn(lambda m: m.group()[:30], text)
        if count:
            notes = (*notes, note("control-characters", f"{count} runs of combining marks"))
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text, notes


def _without_controls(text: str) -> tuple[str, int]:
    text = text.replace("\r\n", "\n").replace("\xa0", " ").translate(_LINE_ENDS)
    text = text.replace("\xad", "").replace("\ufeff", "").replace("\u200b", "")
    text, surrogates = SURROGATE.subn("\ufffd", text)
    text, controls = _ODD.subn("", text)
    return text, surrogates + controls


@functools.cache
def _mark_runs() -> re.Pattern[str]:
    """Runs of more than 30 combining marks, from the character database."""
    marks = "".join(chr(c) for c in range(0x300, sys.maxunicode + 1) if unicodedata.combining(chr(c)))
    return re.compile(f"[{marks}]{{31,}}")
