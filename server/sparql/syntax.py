"""Reading a SPARQL query just far enough: its tokens, its prefixes, and the SERVICE clauses in it.

The engine parses queries itself; this lexer follows the terminals of the SPARQL 1.1 grammar (section 19.8)
so that a SERVICE inside a string, a comment or an IRI is not mistaken for one, nor one overlooked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\r\n]*)
  | (?P<space>[\s]+)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
             | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
  | (?P<var>[?$]\w+)
  | (?P<pname>[^\W\d_]?[\w.\-]*:(?:[\w:.\-%]|\\[_~.\-!$&'()*+,;=/?\#@%])*)
  | (?P<word>[A-Za-z_][\w\-]*)
  | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Token:
    """A terminal of the grammar: ``kind`` is iri, string, var, pname, word, number or mark."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Service:
    """A SERVICE clause: the endpoint's IRI (None where it is a variable) and where its parts stand.

    ``start`` is where the keyword begins, ``body`` the offsets of ``{`` and just behind ``}``.
    """

    endpoint: str | None
    silent: bool
    start: int
    body: tuple[int, int]
    tokens: tuple[Token, ...]


def unescape(query: str) -> str:
    r"""Codepoint escapes resolved, which SPARQL allows anywhere (section 19.2).

    >>> unescape("SERV\\u0049CE")
    'SERVICE'
    """

    def character(match: re.Match[str]) -> str:
        code = int(match[1] or match[2], 16)
        return chr(code) if code < 0x110000 else match[0]

    return _ESCAPE.sub(character, query) if "\\u" in query or "\\U" in query else query


def tokens(query: str) -> Iterator[Token]:
    """The query's tokens, without space and comments."""
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "mark"
        if kind not in ("comment", "space"):
            yield Token(kind, match[0], match.start(), match.end())


def might_call_service(query: str) -> bool:
    """A cheap look before reading tokens: whether the letters of SERVICE occur at all."""
    return "service" in query.lower()


def prefixes(found: list[Token]) -> tuple[str, dict[str, str]]:
    """The base and the prefixes that a query declares."""
    base = ""
    declared: dict[str, str] = {}
    for n, token in enumerate(found):
        if token.kind != "word":
            continue
        keyword = token.text.upper()
        if keyword == "BASE" and n + 1 < len(found) and found[n + 1].kind == "iri":
            base = urljoin(base, found[n + 1].text[1:-1])
        if keyword == "PREFIX" and n + 2 < len(found) and found[n + 2].kind == "iri":
            declared[found[n + 1].text.rstrip(":")] = urljoin(base, found[n + 2].text[1:-1])
    return base, declared


def expand(token: Token, base: str, declared: dict[str, str]) -> str | None:
    """The IRI that an iri or pname token stands for; None for an undeclared prefix or another token."""
    if token.kind == "iri":
        return urljoin(base, token.text[1:-1]) if base else token.text[1:-1]
    if token.kind != "pname":
        return None
    prefix, _, local = token.text.partition(":")
    if prefix not in declared:
        return None
    return declared[prefix] + re.sub(r"\\(.)", r"\1", local)


def services(query: str, known: dict[str, str] | None = None) -> list[Service]:
    """The SERVICE clauses of an unescaped query, outermost first; `known` are prefixes that go unsaid."""
    found = list(tokens(query))
    base, declared = prefixes(found)
    declared = {**(known or {}), **declared}
    clauses = []
    for n, token in enumerate(found):
        if token.kind != "word" or token.text.upper() != "SERVICE":
            continue
        at = n + 1
        silent = at < len(found) and found[at].text.upper() == "SILENT"
        at += silent
        if at >= len(found):
            continue
        close = _closing(found, at + 1)
        body = (found[at + 1].start, found[close].end) if close is not None else (token.end, token.end)
        inner = tuple(found[at + 2 : close]) if close is not None else ()
        endpoint = expand(found[at], base, declared)
        clauses.append(Service(endpoint, bool(silent), token.start, body, inner))
    return clauses


def _closing(found: list[Token], opening: int) -> int | None:
    """The index of the brace that closes the one at `opening`."""
    if opening >= len(found) or found[opening].text != "{":
        return None
    depth = 0
    for n in range(opening, len(found)):
        if found[n].text == "{":
            depth += 1
        elif found[n].text == "}":
            depth -= 1
            if depth == 0:
                return n
    return None
