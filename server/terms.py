"""The ontology's terms with their names in both languages, for pages."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.rdf.formats import Format
from kg.rdf.transcode import transcode
from kg.resources import ontology_dir
from kg.vocab import DL, OWL, RDF, RDFS, SKOS

_LINE = re.compile(r'<([^>]*)> <([^>]*)> (?:<([^>]*)>|"((?:[^"\\]|\\.)*)"(?:@(\w+))?\S*) \.')
_ESCAPE = re.compile(r'\\(["\\nrt])')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}
_GROUPS = {
    f"{OWL}Class": "class",
    f"{RDFS}Class": "class",
    f"{OWL}ObjectProperty": "property",
    f"{OWL}DatatypeProperty": "property",
    f"{RDF}Property": "property",
    f"{SKOS}ConceptScheme": "scheme",
    f"{SKOS}Concept": "concept",
}
_RELATIONS = ("subClassOf", "subPropertyOf", "domain", "range", "inScheme", "exactMatch", "closeMatch",
              "broadMatch")  # fmt: skip


@dataclass(slots=True)
class Term:
    """A term: its name after ``#``, ``label`` and ``comment`` by language, other things it points at.

    ``group`` is ``class``, ``property``, ``scheme`` or ``concept``.
    """

    name: str
    group: str = ""
    label: dict[str, str] = field(default_factory=dict)
    comment: dict[str, str] = field(default_factory=dict)
    relations: dict[str, list[str]] = field(default_factory=dict)


@functools.cache
def terms() -> Mapping[str, Term]:
    """Every term of ``dl:`` by name, in the order of the ontology."""
    source = (ontology_dir() / "dateline.ttl").read_bytes()
    found: dict[str, Term] = {}
    for line in transcode(source, Format.N_TRIPLES, origin=Format.TURTLE).decode().splitlines():
        match = _LINE.fullmatch(line)
        if match is not None and match[1].startswith(DL) and len(match[1]) > len(DL):
            name = match[1].removeprefix(DL)
            _say(found.setdefault(name, Term(name)), match[2], match[3], match[4], match[5])
    return found


def _say(term: Term, predicate: str, iri: str | None, text: str | None, lang: str | None) -> None:
    relation = predicate.rpartition("#")[2]
    if iri is None:
        plain = _ESCAPE.sub(lambda m: _PLAIN.get(m[1], m[1]), text or "")
        if predicate == f"{RDFS}label":
            term.label[lang or ""] = plain
        elif predicate == f"{RDFS}comment":
            term.comment[lang or ""] = plain
    elif predicate == f"{RDF}type":
        term.group = _GROUPS.get(iri, "") or term.group
    elif relation in _RELATIONS:
        term.relations.setdefault(relation, []).append(iri)


def term_name(name: str, lang: str) -> str:
    """A term's label in `lang`; what stands behind its last hyphen where there is no such term.

    >>> term_name("place-city", "zh"), term_name("event-x_y", "en")
    ('城市', 'x y')
    """
    term = terms().get(name)
    if term is not None and (label := term.label.get(lang) or term.label.get("en")):
        return label
    return name.partition("-")[2].replace("_", " ") or name
