"""N-Triples, written by f-strings: the fastest way from records to the store.

Terms are strings in N-Triples syntax (``<http://…>``, ``"…"@zh``); a statement is a line.  Numbers and
dates are written in their canonical forms, as the store gives them back, so that a dump made while
building equals one made from the store.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable
from fractions import Fraction

from kg.errors import ValidationError
from kg.vocab import GEO, XSD

_SPECIAL = re.compile('["\\\\\x00-\x1f\x7f]')
_ESCAPES: dict[int, str] = {
    **{c: f"\\u{c:04X}" for c in (*range(0x20), 0x7F)},
    ord("\t"): "\\t",
    ord("\b"): "\\b",
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\f"): "\\f",
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}
NOT_IN_IRI = re.compile('[\x00-\x20<>"{}|^`\\\\\ud800-\udfff]')
"""What IRIREF forbids in N-Triples."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_DECIMALS = 9
_REMEMBERED = 8192  # numbers: confidences come again and again

_DECIMAL = f'"^^<{XSD}decimal>'
_INTEGER = f'"^^<{XSD}integer>'
_DATE = f'"^^<{XSD}date>'
_WKT = f'"^^<{GEO}wktLiteral>'
TRUE = f'"true"^^<{XSD}boolean>'
FALSE = f'"false"^^<{XSD}boolean>'


def escape(text: str) -> str:
    r"""Text as it stands between the quotation marks of a literal.

    >>> escape('他说："打"\n')
    '他说：\\"打\\"\\n'
    """
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def unescape(text: str) -> str:
    r"""The opposite of `escape`; knows all escapes of N-Triples.

    >>> unescape('他说：\\"打\\"\\n\\u4E00')
    '他说："打"\n一'
    """
    return _ESCAPED.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN[match[3]]


def iri(value: str) -> str:
    """An IRI as a term; `ValidationError` where N-Triples would not take it."""
    if NOT_IN_IRI.search(value) or not _SCHEME.match(value):
        raise ValidationError(f"IRI {value!r}: relative, or with a character no IRI may hold")
    return f"<{value}>"


def string(text: str) -> str:
    """A plain literal."""
    return f'"{escape(text)}"'


def text(text: str, lang: str) -> str:
    """A literal in a language.

    >>> text("奠边府", "zh")
    '"奠边府"@zh'
    """
    return f'"{escape(text)}"{_tag(lang)}'


@functools.lru_cache
def _tag(lang: str) -> str:
    if not _LANGUAGE.fullmatch(lang):
        raise ValidationError(f"language tag {lang!r}: not a BCP 47 tag")
    return f"@{lang}"


def integer(value: int) -> str:
    """An ``xsd:integer``."""
    return f'"{value}{_INTEGER}'


@functools.lru_cache(maxsize=_REMEMBERED)
def decimal(value: float | Fraction) -> str:
    """An ``xsd:decimal`` in canonical form, rounded to nine places.

    >>> decimal(0.95), decimal(Fraction(200)), decimal(Fraction(1, 3))  # doctest: +ELLIPSIS
    ('"0.95"^^<...#decimal>', '"200"^^<...#decimal>', '"0.333333333"^^<...#decimal>')
    """
    if isinstance(value, Fraction) and value.denominator == 1:
        return f'"{value.numerator}{_DECIMAL}'
    written = f"{value:.{_DECIMALS}f}" if isinstance(value, float) else _rounded(Fraction(value))
    written = written.rstrip("0").rstrip(".") if "." in written else written
    if not written.lstrip("-").replace(".", "").isdigit():
        raise ValidationError(f"number {value!r}: not finite")
    return f'"{"0" if written == "-0" else written}{_DECIMAL}'


def _rounded(value: Fraction) -> str:
    scaled = round(value * 10**_DECIMALS)
    whole, part = divmod(abs(scaled), 10**_DECIMALS)
    return f"{'-' if scaled < 0 else ''}{whole}.{part:0{_DECIMALS}d}"


def date(value: dt.date) -> str:
    """An ``xsd:date``."""
    return f'"{value.isoformat()}{_DATE}'


def typed(lexical: str, datatype: str) -> str:
    """A literal of any datatype."""
    return f'"{escape(lexical)}"^^{iri(datatype)}'


def point(lat: float, lon: float) -> str:
    """A position as ``geo:wktLiteral``: longitude first, in CRS84.

    >>> point(21.39, 103.02)  # doctest: +ELLIPSIS
    '"POINT(103.02 21.39)"^^<...#wktLiteral>'
    """
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValidationError(f"position {lat}, {lon}: not on the Earth")
    return f'"POINT({_short(lon)} {_short(lat)}){_WKT}'


def _short(degrees: float) -> str:
    written = f"{degrees:.6f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def statement(subject: str, predicate: str, obj: str) -> str:
    """A line, newline included."""
    return f"{subject} {predicate} {obj} .\n"


def encode(lines: Iterable[str], *, of: str) -> bytes:
    """Lines sorted, each once, as UTF-8; `of` names them in the error of a lone surrogate."""
    return _utf8(sorted(set(lines)), of)


def encode_graph(graph: dict[str, dict[str, list[str]]], *, of: str) -> bytes:
    r"""The statements of a graph (subject, predicate, objects; all of them terms) as `encode` gives them.

    Sorting terms is sorting lines: a term is never the beginning of another that goes on with less than a
    space.  Objects that are said twice are struck out of `graph`.

    >>> encode_graph({"<a:s>": {"<a:q>": ['"2"', '"1"', '"1"'], "<a:p>": ["<a:o>"]}}, of="x")
    b'<a:s> <a:p> <a:o> .\n<a:s> <a:q> "1" .\n<a:s> <a:q> "2" .\n'
    """
    out: list[str] = []
    for subject, said in sorted(graph.items()):
        for predicate in sorted(said):
            objects = said[predicate]
            if len(objects) == 1:
                out.append(f"{subject} {predicate} {objects[0]} .\n")
            else:
                objects[:] = sorted(set(objects))
                out += [f"{subject} {predicate} {obj} .\n" for obj in objects]
    return _utf8(out, of)


def _utf8(lines: list[str], of: str) -> bytes:
    try:
        return "".join(lines).encode()
    except UnicodeEncodeError as e:
        raise ValidationError(f"{of}: holds half a character", remedy="read the file anew") from e
