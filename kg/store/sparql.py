"""Reading a SPARQL query just far enough: its tokens, its prefixes, and the SERVICE clauses in it.

The engine parses queries itself; this lexer follows the terminals of the SPARQL 1.1 grammar (section 19.8)
so that a SERVICE inside a string, a comment or an IRI is not mistaken for one, nor one overlooked.  The
engine has no lexer: it wants no space behind a keyword, and takes ``<`` for "less than" where no IRI fits.
What it could read otherwise than we do counts as a SERVICE that nobody can check (`services`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\r\n]*)
  | (?P<space>[\s]+)
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
             | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
  | (?P<var>[?$]\w+)
  | (?P<word>[A-Za-z_]\w*(?![\w.\-:]))
  | (?P<pname>(?:\w[\w.\-]*)?:(?:[\w:.\-%]|\\[_~.\-!$&'()*+,;=/?\#@%])*)
  | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<run>\w(?:[\w.\-]|(?<=[0-9][eE])\+(?=[0-9]))*)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
# What a run of letters, digits, dots and dashes is that no colon ends.  It is cut apart as a whole: looking
# for the colon anew from each of its signs would take a square of its length.
_RUN = re.compile(
    r"(?P<word>[A-Za-z_][\w\-]*)|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(?P<mark>.)", re.DOTALL
)
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")
_PLAINLY_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://|<[^#]*>\Z")
_NAMES_FOLLOW = ("SERVICE", "SILENT", "GRAPH", "FROM", "NAMED", "DESCRIBE", "PREFIX")
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
    """A SERVICE clause: the endpoint's IRI and where its parts stand.

    The IRI is None where it is not known: a variable, a relative IRI, or a clause that only the engine sees.

    ``start`` is where the keyword begins, ``name`` the offsets of what stands for the endpoint, ``body``
    those of ``{`` and just behind ``}``: both where the keyword ends, if there is none.
    """

    endpoint: str | None
    silent: bool
    start: int
    name: tuple[int, int]
    body: tuple[int, int]
    inside: tuple[Sequence[Token], int, int] = field(default=((), 0, 0), repr=False, compare=False)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """What stands between the braces."""
        found, start, end = self.inside
        return tuple(found[start:end])


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
        if kind == "run":
            for part in _RUN.finditer(query, match.start(), match.end()):
                yield Token(part.lastgroup or "mark", part[0], part.start(), part.end())
        elif kind not in ("comment", "space"):
            yield Token(kind, match[0], match.start(), match.end())


def might_call_service(query: str) -> bool:
    """A cheap look before reading tokens: whether the letters of SERVICE occur at all."""
    return "service" in query.lower()


def prefixes(found: list[Token], known: Mapping[str, str] | None = None) -> dict[str, str]:
    """The prefixes that a query declares, and those `known` beside them.

    One whose IRI is relative is left out, for nobody needs it.
    """
    declared = dict(known or {})
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

    What the engine may take for one beside those has no endpoint and is not `silent`.

    >>> [clause.endpoint for clause in services("SELECT * { SERVICE SILENT <http://e/sparql> { ?s ?p ?o } }")]
    ['http://e/sparql']
    >>> [clause.endpoint for clause in services("SELECT * { SERVICESILENT <http://e/sparql> { ?s ?p ?o } }")]
    [None]
    """
    if not might_call_service(query):
        return []
    found = list(tokens(query))
    declared, closing = prefixes(found, known), _closing(found)
    clauses = []
    for n, token in enumerate(found):
        if token.kind != "word" or token.text.upper() != "SERVICE":
            if _may_hide(found, n):
                end = token.end
                clauses.append(Service(None, False, token.start, (token.start, end), (end, end)))
            continue
        at = n + 1
        silent = at < len(found) and found[at].text.upper() == "SILENT"
        at += silent
        if at >= len(found):
            continue
        close = closing.get(at + 1)
        body = (found[at + 1].start, found[close].end) if close is not None else (token.end, token.end)
        inside = (found, at + 2, close) if close is not None else ((), 0, 0)
        endpoint = expand(found[at], declared)
        name = (found[at].start, found[at].end)
        clauses.append(Service(endpoint, bool(silent), token.start, name, body, inside))
    return clauses


def _may_hide(found: list[Token], n: int) -> bool:
    """Whether the engine may read a token otherwise than we do, and find a SERVICE in or behind it.

    These are letters that run on from the keyword or up to it (``SERVICESILENT``, ``trueSERVICE``,
    ``SERVICE:x {``), ``PREFIXx: <…>``, which says anew what x: is, and ``<?b#>`` behind an operand, a
    comparison with a comment in it.
    """
    token = found[n]
    if token.kind == "word":
        return might_call_service(token.text)
    if token.kind == "pname":
        before = found[n - 1] if n else token
        if before.kind == "word" and before.text.upper() in _NAMES_FOLLOW:
            return False
        name, behind = token.text.partition(":")[0].upper(), found[n + 1 : n + 2]
        return any(
            (other.text == "{" and "SERVICE" in name) or (other.kind == "iri" and "PREFIX" in name)
            for other in behind
        )
    return token.kind == "iri" and _PLAINLY_IRI.match(token.text) is None


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


def _closing(found: list[Token]) -> dict[int, int]:
    """The index of the brace that closes the one at each index, where one does."""
    closing, opened = dict[int, int](), list[int]()
    for n, token in enumerate(found):
        if token.text == "{":
            opened.append(n)
        elif token.text == "}" and opened:
            closing[opened.pop()] = n
    return closing
