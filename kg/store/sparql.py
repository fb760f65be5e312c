"""Reading a SPARQL query just far enough: its tokens, its prefixes, and the SERVICE clauses in it.

The engine parses queries itself; this lexer follows the terminals of the SPARQL 1.1 grammar (section 19.8)
so that a SERVICE inside a string, a comment or an IRI is not mistaken for one, nor one overlooked.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\r\n]*)
  | (?P<space>[\s]+)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
             | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
  | (?P<var>[?$]\w+)
  | (?P<pname>[^\W\d_]?[\w.\-]*:(?:[\w:.\-%]|\\[_~.\-!$&'()*+,;=/?\#@%])*)
  | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<word>[A-Za-z_][\w\-]*)
  | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Token:
    """A terminal of the grammar: ``kind`` is iri, string, var, pname, lang, word, number or mark."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Service:
    """A SERVICE clause: the endpoint's IRI (None where it is a variable) and where its parts stand.

    ``start`` is where the keyword begins, ``name`` the offsets of what stands for the endpoint, ``body``
    those of ``{`` and just behind ``}``: both where the keyword ends, if there is none.
    """

    endpoint: str | None
    silent: bool
    start: int
    name: tuple[int, int]
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


def prefixes(found: list[Token]) -> dict[str, str]:
    """The prefixes that a query declares; one whose IRI is relative is left out, for nobody needs it."""
    declared: dict[str, str] = {}
    for n, token in enumerate(found):
        if token.kind == "word" and token.text.upper() == "PREFIX" and n + 2 < len(found):
            name, iri = found[n + 1].text.rstrip(":"), found[n + 2]
            declared.pop(name, None)
            if iri.kind == "iri" and _ABSOLUTE.match(iri.text):
                declared[name] = iri.text[1:-1]
    return declared


def expand(token: Token, declared: dict[str, str]) -> str | None:
    """The IRI that an iri or pname token stands for; None for a relative one, an undeclared prefix or
    another token.
    """
    if token.kind == "iri":
        return token.text[1:-1] if _ABSOLUTE.match(token.text) else None
    if token.kind != "pname":
        return None
    prefix, _, local = token.text.partition(":")
    if prefix not in declared:
        return None
    return declared[prefix] + re.sub(r"\\(.)", r"\1", local)


def services(query: str, known: dict[str, str] | None = None) -> list[Service]:
    """The SERVICE clauses of a query, outermost first; `known` are prefixes that go unsaid.

    >>> [clause.endpoint for clause in services("SELECT * { SERVICE SILENT <http://e/sparql> { ?s ?p ?o } }")]
    ['http://e/sparql']
    """
    found = list(tokens(query))
    declared = {**(known or {}), **prefixes(found)}
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
        endpoint = expand(found[at], declared)
        name = (found[at].start, found[at].end)
        clauses.append(Service(endpoint, bool(silent), token.start, name, body, inner))
    return clauses


def undeclared(found: Sequence[Token], known: dict[str, str]) -> tuple[str, int] | None:
    """The first prefix that is used among the tokens of a query and nowhere declared, and where.

    >>> undeclared(list(tokens("PREFIX a: <http://a/> SELECT * { ?s a:b b:c . _:x ?p 'c:d' }")), {})
    ('b', 40)
    """
    declared = {*known, "_"}
    for before, token in itertools.pairwise(found):
        if before.kind == "word" and before.text.upper() == "PREFIX":
            declared.add(token.text.rstrip(":"))
    names = ((t.text.partition(":")[0], t.start) for t in found if t.kind == "pname")
    return next((name for name in names if name[0] not in declared), None)


def beginning(query: str) -> Token | None:
    r"""The first token behind the declarations of prefixes and bases: the keyword of the query's form.

    >>> beginning("PREFIX a: <http://a/> # names\nINSERT DATA { a:b a:c 1 }").text
    'INSERT'
    """
    rest = tokens(query)
    for token in rest:
        keyword = token.text.upper() if token.kind == "word" else ""
        if keyword not in ("PREFIX", "BASE"):
            return token
        for _ in range(2 if keyword == "PREFIX" else 1):
            next(rest, None)
    return None


def line_and_column(query: str, at: int) -> tuple[int, int]:
    r"""Where an offset stands, both counted from 1.

    >>> line_and_column("ASK\n{ a:b", 6)
    (2, 3)
    """
    return query.count("\n", 0, at) + 1, at - query.rfind("\n", 0, at)


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
