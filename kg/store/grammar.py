"""The part of the SPARQL 1.1 grammar in which people go wrong: groups, triples and paths.

Section 19.8 of the recommendation, productions 53 to 98; what stands in parentheses (expressions,
collections, nested paths) is taken as it is.  `Groups` reads a query that the engine refused, to find where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.store.sparql import Token

CLOSES = {"{": "}", "(": ")", "[": "]"}
_DEEPEST = 50  # nested groups that are still read


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where it is (an offset), what, and what to do."""

    at: int
    what: str
    remedy: str


class Found(Exception):
    """Carries a mistake out of the reading of a group."""

    def __init__(self, at: int, what: str, remedy: str) -> None:
        super().__init__(what)
        self.mistake = Mistake(at, what, remedy)


class Unsure(Exception):
    """Something that this part of the grammar does not have."""


class Groups:
    """Reads groups and triples: `Found` at the first mistake, `Unsure` or IndexError where it cannot tell."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._found = found
        self._n = 0
        self._depth = 0

    def query(self) -> None:
        """All groups of the query, the template of CONSTRUCT too."""
        while self._n < len(self._found):
            if self._word() == "VALUES":
                self._values()
            elif self._text() == "{":
                self._group()
            else:
                self._n += 1

    # --- tokens ---

    def _text(self) -> str:
        return self._found[self._n].text if self._n < len(self._found) else ""

    def _word(self) -> str:
        at = self._n
        is_word = at < len(self._found) and self._found[at].kind == "word"
        return self._found[at].text.upper() if is_word else ""

    def _is(self, *kinds: str) -> bool:
        return self._n < len(self._found) and self._found[self._n].kind in kinds

    def _wrong(self, what: str, remedy: str) -> Found:
        return Found(self._found[self._n].start, what, remedy)

    def _skip(self) -> None:
        """Past a bracket and all in it, to what follows its other half."""
        opened = 0
        while True:
            text = self._found[self._n].text if self._found[self._n].kind == "mark" else ""
            opened += (text in CLOSES and text != "") - (text in CLOSES.values())
            self._n += 1
            if opened == 0:
                return

    # --- groups ---

    def _group(self) -> None:
        if self._text() != "{":
            raise self._wrong("a { is missing here", "write { … }")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unsure
        self._n += 1
        if self._word() == "SELECT":
            while self._text() != "{":
                self._advance()
            self._group()
            while self._text() != "}":
                self._skip() if self._text() in CLOSES else self._advance()
        while self._text() != "}":
            self._element()
        self._n += 1
        self._depth -= 1

    def _advance(self) -> None:
        """Past a token; `Unsure` where the query is at its end."""
        if self._n >= len(self._found):
            raise Unsure
        self._n += 1

    def _element(self) -> None:
        word = self._word()
        if self._text() == "{" or word in ("OPTIONAL", "MINUS", "LATERAL", "UNION"):
            self._n += self._text() != "{"
            self._group()
        elif self._text() == ".":
            self._n += 1
        elif word in ("GRAPH", "SERVICE"):
            self._n += 1
            self._n += self._word() == "SILENT"
            self._node("name")
            self._group()
        elif word == "FILTER":
            self._condition()
        elif word == "BIND":
            self._n += 1
            self._binding()
        elif word == "VALUES":
            self._values()
        else:
            self._triples()

    def _values(self) -> None:
        self._n += 1
        while self._text() != "{":
            self._advance()
        self._skip()

    def _condition(self) -> None:
        self._n += 1
        if self._word() in ("NOT", "EXISTS"):
            self._n += 1 + (self._word() == "NOT")
            self._group()
            return
        self._n += self._is("word", "pname", "iri")
        if self._text() != "(":
            raise self._wrong("FILTER has no condition in ( )", "write FILTER(?x > 1), for example")
        self._skip()

    def _binding(self) -> None:
        if self._text() != "(":
            raise self._wrong("BIND has no ( )", "write BIND(… AS ?x)")
        first = self._n
        self._skip()
        inside = self._found[first : self._n]
        if len(inside) < 3 or inside[-3].text.upper() != "AS" or inside[-2].kind != "var":
            at = self._found[first].start
            raise Found(at, "BIND does not say AS which variable", "write BIND(… AS ?x)")

    # --- triples ---

    def _triples(self) -> None:
        opened = self._text() in ("[", "(")
        self._node("subject")
        if not (opened and self._text() in (".", "}")):
            self._properties()
        if self._text() not in (".", "}", "{") and (not self._word() or self._word() in ("TRUE", "FALSE")):
            remedy = f"write . before {self._text()}, or ; or , to go on with the same"
            raise self._wrong("no . between two triples", remedy)

    def _properties(self) -> None:
        self._verb()
        self._objects()
        while self._text() == ";":
            self._n += 1
            if self._text() not in (";", ".", "}", "]") and not (self._word() and self._word() != "A"):
                self._verb()
                self._objects()

    def _verb(self) -> None:
        if self._is("var"):
            self._n += 1
            return
        if self._text() in (".", "}", ";", ",", "]") or self._is("string", "number"):
            raise self._wrong("there is no predicate here", "write subject, predicate and object: ?s ?p ?o")
        self._path()

    def _path(self) -> None:
        self._step()
        while self._text() in ("/", "|"):
            self._n += 1
            self._step()

    def _step(self) -> None:
        while self._text() in ("^", "!"):
            self._n += 1
        if self._text() == "(":
            self._skip()
        elif self._is("iri", "pname") or self._word() == "A":
            self._n += 1
        else:
            raise Unsure
        self._n += self._text() in ("*", "+", "?")

    def _objects(self) -> None:
        self._node("object")
        while self._text() == ",":
            self._n += 1
            self._node("object")

    def _node(self, what: str) -> None:
        if self._text() in (".", "}", ";", ",", "]"):
            raise self._wrong(f"there is no {what} here", "write subject, predicate and object: ?s ?p ?o")
        if self._text() == "[":
            self._n += 1
            if self._text() != "]":
                self._properties()
            if self._text() != "]":
                raise Unsure
            self._n += 1
        elif self._text() == "(":
            self._skip()
        elif self._is("var", "iri", "pname") or self._word() in ("TRUE", "FALSE"):
            self._n += 1
        else:
            self._literal()

    def _literal(self) -> None:
        self._n += self._text() in ("+", "-")
        if not self._is("string", "number"):
            raise Unsure
        self._n += 1
        if self._is("lang"):
            self._n += 1
        elif self._text() == "^":
            self._n += 3  # ^^ and the type
