"""What is wrong with a query that the engine could not read.

The engine's parser backtracks and names the characters that it would have liked at the farthest place it
got to; that is seldom where the mistake is.  This looks for the mistakes that people make: a bracket that is
not closed, a missing dot, a triple without an object, a misspelt keyword, the quotation marks of a Chinese
keyboard.  It is asked only once a query has failed, and says nothing where it is not sure.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from kg.store.grammar import CLOSES, Found, Groups, Mistake, Unsure
from kg.store.sparql import Token, beginning, tokens, undeclared

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")
_MODIFIERS = ("LIMIT", "OFFSET", "ORDER", "GROUP", "HAVING")
_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
_SPELT = """
    A ABS ADD ADJUST ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE CONCAT CONSTRUCT CONTAINS
    COPY COUNT CREATE DATA DATATYPE DAY DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ENCODE_FOR_URI EXISTS FALSE
    FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HASLANG HASLANGDIR HAVING HOURS IF IN INSERT INTO IRI ISBLANK
    ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE LIMIT LOAD MAX MD5 MIN
    MINUS MINUTES MONTH MOVE NAMED NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED REGEX
    REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR
    STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE
    TO TRIPLE TRUE TZ UCASE UNDEF UNION UNSEPARATED URI USING UUID VALUES VERSION WHERE WITH YEAR
"""
_WORDS = frozenset(_SPELT.split())
# Signs as Chinese keyboards give them, and what SPARQL has for them.
_WIDE = dict(zip("“”‘’，。；：？！（）｛｝＝＜＞＊｜／＃＠", "\"\"'',.;:?!(){}=<>*|/#@", strict=True))
_LONGEST = 10_000  # characters: reading them takes some 10 ms of the process that answers everybody
_RANGES = re.compile(r"expected .*\[(?:'|_)", re.DOTALL)
_PLACE = re.compile(r"error at \d+:\d+: ")


def mistake(query: str, known: dict[str, str]) -> Mistake | None:
    """What most likely lies behind a syntax error; None where it cannot be told.  `known`: prefixes that may
    go unsaid.

    >>> mistake("SELEKT * { ?s ?p ?o }", {}).what
    'no query begins with SELEKT'
    >>> mistake("SELECT * { ?s a ?o ?s ?p 1 }", {}).what
    'no . between two triples'
    """
    told = _form(query)  # an update may be very long
    if told is not None or len(query) > _LONGEST:
        return told
    found = list(_apart(query))
    for look in (_signs, _prefix, _words, _modifiers, _brackets, _groups, _selected):
        told = look(query, found, known)
        if told is not None:
            return told
    return None


def readable(message: str) -> str:
    """The parser's message without the classes of characters that it would have liked.

    >>> readable("error at 1:7: expected one of LIMIT, ['0'..='9'], [_]")
    'error at 1:7: the query cannot go on like this'
    """
    place = _PLACE.search(message)
    if place is None or not _RANGES.search(message):
        return message
    return message[: place.end()] + "the query cannot go on like this"


def _apart(query: str) -> list[Token]:
    """The tokens; a dot that ends a triple is not part of the name before it."""
    found: list[Token] = []
    for token in tokens(query):
        if token.kind == "pname" and token.text.endswith("."):
            name = token.text.rstrip(".")
            end = token.start + len(name)
            found.append(Token("pname", name, token.start, end))
            found += [Token("mark", ".", at, at + 1) for at in range(end, token.end)]
        else:
            found.append(token)
    return found


def _form(query: str) -> Mistake | None:
    first = beginning(query)
    keyword = first.text if first is not None and first.kind == "word" else ""
    if first is None or not keyword or keyword.upper() in _FORMS:
        return None
    if keyword.upper() in _UPDATES:
        return Mistake(first.start, f"{keyword} is an update, not a query", "write through kg update")
    remedy = f"begin with {', '.join(_FORMS[:-1])} or {_FORMS[-1]}"
    return Mistake(first.start, f"no query begins with {keyword}", remedy)


def _signs(query: str, found: Sequence[Token], _known: dict[str, str]) -> Mistake | None:
    """Signs that SPARQL does not have, and strings and IRIs that are broken off."""
    for n, token in enumerate(found):
        if token.kind != "mark":
            continue
        if token.text in _WIDE:
            return Mistake(token.start, f"{token.text} is no sign of SPARQL", f"write {_WIDE[token.text]}")
        if token.text in "\"'":
            return Mistake(
                token.start,
                "the string that begins here does not end in its line",
                f"close it with {token.text}; one of several lines stands between {token.text * 3}",
            )
        after = found[n + 1] if n + 1 < len(found) else None
        if (
            token.text == "<"
            and after is not None
            and after.start == token.end
            and query.startswith("//", after.end)
        ):
            line = query[token.start :].splitlines()[0]
            bad = re.search(r'[\s"{}|^`\\]', line)
            what = f"the IRI that begins here has {bad[0]!r} in it" if bad else "the IRI does not end"
            return Mistake(token.start, what, "write it in percent form, and > at the end")
    return None


def _prefix(_query: str, found: Sequence[Token], known: dict[str, str]) -> Mistake | None:
    strange = undeclared(found, known)
    if strange is None:
        return None
    prefix, at = strange
    return Mistake(
        at, f"the prefix {prefix}: is not declared", f"write PREFIX {prefix}: <…> before the query"
    )


def _words(_query: str, found: Sequence[Token], _known: dict[str, str]) -> Mistake | None:
    for token in found:
        if token.kind != "word" or token.text.upper() in _WORDS:
            continue
        near = difflib.get_close_matches(token.text.upper(), _WORDS, 1, 0.75)
        remedy = (
            f"did you mean {near[0]}?"
            if near
            else f"a variable is written ?{token.text}, a text between quotation marks"
        )
        return Mistake(token.start, f"{token.text} is no word of SPARQL", remedy)
    return None


def _modifiers(_query: str, found: Sequence[Token], _known: dict[str, str]) -> Mistake | None:
    """LIMIT, ORDER BY and the like within a group that is no query of its own."""
    inside: list[bool] = []
    for n, token in enumerate(found):
        if token.text == "{":
            after = found[n + 1].text.upper() if n + 1 < len(found) else ""
            inside.append(after == "SELECT")
        elif token.text == "}" and inside:
            inside.pop()
        elif token.kind == "word" and token.text.upper() in _MODIFIERS and inside and not inside[-1]:
            word = token.text.upper()
            what = f"{word} stands inside the braces"
            return Mistake(token.start, what, f"close them with }} before {word}")
    return None


def _brackets(_query: str, found: Sequence[Token], _known: dict[str, str]) -> Mistake | None:
    opened: list[Token] = []
    for token in found:
        if token.kind != "mark":
            continue
        if token.text in CLOSES:
            opened.append(token)
        elif token.text in CLOSES.values():
            if not opened:
                return Mistake(token.start, f"this {token.text} closes nothing", "leave it out")
            last = opened.pop()
            if CLOSES[last.text] != token.text:
                closes = CLOSES[last.text]
                return Mistake(last.start, f"this {last.text} is not closed", f"close it with {closes}")
    if opened:
        last = opened[-1]
        return Mistake(last.start, f"this {last.text} is not closed", f"close it with {CLOSES[last.text]}")
    return None


def _groups(_query: str, found: Sequence[Token], _known: dict[str, str]) -> Mistake | None:
    reader = Groups(found)
    try:
        reader.query()
    except Found as e:
        return e.mistake
    except (Unsure, IndexError):
        return None
    return None


def _selected(_query: str, found: Sequence[Token], _known: dict[str, str]) -> Mistake | None:
    """Variables beside a count that are not grouped by; values that are counted and get no name."""
    at = next((n for n, t in enumerate(found) if t.text.upper() == "SELECT"), None)
    if at is None:
        return None
    plain: list[Token] = []
    depth, counted, star = 0, False, False
    for token in found[at + 1 :]:
        if token.text == "{" or (depth == 0 and token.text.upper() in ("WHERE", "FROM")):
            break
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            plain += [token] if token.kind == "var" else []
            star |= token.text == "*"
        counted |= depth > 0 and token.text.upper() in _AGGREGATES
    grouped = _grouped(found)
    if star and grouped is not None:
        return Mistake(found[at].start, "SELECT * does not go with GROUP BY", "name the variables")
    if not counted and grouped is None:
        return None
    for token in plain:
        if token.text[1:] not in (grouped or ()):
            what = f"{token.text} is neither counted nor in GROUP BY"
            return Mistake(token.start, what, f"add GROUP BY {token.text}, or SAMPLE({token.text}) AS …")
    return None


def _grouped(found: Sequence[Token]) -> set[str] | None:
    """The names in the GROUP BY of the outermost query; None where it has none."""
    depth = 0
    names: set[str] | None = None
    for n, token in enumerate(found):
        depth += (token.text == "{") - (token.text == "}")
        word = token.text.upper() if token.kind == "word" else ""
        if depth == 0 and word == "GROUP" and n + 1 < len(found) and found[n + 1].text.upper() == "BY":
            names = set()
        elif names is not None and word in ("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"):
            break
        elif names is not None and token.kind == "var":
            names.add(token.text[1:])
    return names
