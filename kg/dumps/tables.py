"""The graph as tables, for people without RDF: one row an article, a mention, a link, an event report.

Rows are read off the article's own triples, so that the tables say what the graph says.  `TABLES` is the
one list of columns; Parquet files, CSV files and their description (CSV on the Web) are made from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kg import vocab
from kg.dumps.nodes import Properties, nodes
from kg.dumps.parts import EVENTS, MENTIONS
from kg.rdf import names as n
from kg.rdf.iris import is_qid
from kg.rdf.ntriples import unescape
from kg.rdf.times import days_late

Row = list[Any]
Parts = list[tuple[str, list[tuple[str, Properties]]]]
"""An article's nodes in runs of one kind (`kg.dumps.parts`)."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, type (``string``, ``integer``, ``number``, ``date``, ``boolean``), what it says."""

    name: str
    type: str
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what a row is, its columns."""

    name: str
    about: str
    columns: tuple[Column, ...]


def _columns(text: str) -> tuple[Column, ...]:
    lines = [line.split(None, 2) for line in text.strip().splitlines()]
    return tuple(Column(name, kind, about) for name, kind, about in lines)


_ARTICLES = Table(
    "articles",
    "One row an article, in order of printing.",
    _columns("""
    article string IRI of the article
    date date day on which it was printed
    page integer page on which it was printed
    title_zh string headline in Chinese
    title_en string headline in English
    section string printed section
    column string column title
    author string byline
    languages string languages of the text, separated by spaces
    length_zh integer characters of the Chinese text
    length_en integer characters of the English text
    notes string codes of what was noted while reading it, separated by spaces
    triples integer statements that the article owns
    text_zh string Chinese text; empty where the texts are not published
    text_en string English text; empty where the texts are not published
    """),
)
_MENTIONS = Table(
    "mentions",
    "One row an entity that an article mentions, or a quantity in it.",
    _columns("""
    mention string IRI of the mention
    article string IRI of the article
    date date day on which the article was printed
    kind string place, source, unit or measure
    entity string IRI of what is mentioned; of the unit of measurement, for a quantity
    surface_zh string what stands in the Chinese text; several are separated by |
    surface_en string what stands in the English text; several are separated by |
    role string role of a source: dateline, cited or mentioned
    echelon string echelon of a military unit
    count number how many units, or at least how many (see at_least)
    strength integer strength in men, or at least that (see at_least)
    value number value of a quantity
    minimum number lower bound of a quantity
    maximum number upper bound of a quantity
    unit string IRI of the unit of measurement
    counted string what is counted or measured
    at_least boolean whether count or strength is a lower bound
    optional boolean whether it is arguable that this is a mention
    agreement string whether both languages agree
    spans string places in the texts: zh:start-end en:start-end, in characters
    """),
)
_LINKS = Table(
    "links",
    "One row a decision which Wikidata item a mention is.",
    _columns("""
    mention string IRI of the mention
    article string IRI of the article
    entity string IRI of the entity
    wikidata string Wikidata item; empty where there is none, or none was decided
    verdict string linked, nil or undecided
    confidence number probability that the verdict is right
    judged boolean whether a person decided
    evidence string reasons of the decision
    alternatives string rival items with their probabilities
    authority_date date date of the Wikidata extract that was known
    """),
)
_EVENTS = Table(
    "events",
    "One row a report of an event in an article.",
    _columns("""
    report string IRI of the report
    article string IRI of the article
    date date day on which the article was printed
    event string IRI of the event; reports of the same happening share it
    wikidata string Wikidata item of the event
    type string type of the event
    begin date first day
    end date last day
    grain string grain of the dates: day, month, year …
    days_late integer days from the last day to the day of printing; empty where the day is not known
    places string IRIs of places, separated by spaces
    place_names string places that are no entities; several are separated by |
    actors string IRIs of actors, separated by spaces
    actor_names string actors that are no entities; several are separated by |
    source string IRI of the source that reports it
    trigger_zh string words that tell of it in Chinese; several are separated by |
    trigger_en string words that tell of it in English; several are separated by |
    confidence number probability that it is reported so
    spans string places in the texts: zh:start-end en:start-end, in characters
    """),
)
ENTITIES = Table(
    "entities",
    "One row a place, source, military unit, unit of measurement, person, organisation or known event.",
    _columns("""
    entity string IRI of the entity
    kind string what it is
    subkind string what it is, more closely
    label_zh string name in Chinese
    label_en string name in English
    wikidata string Wikidata item that it is
    latitude number degrees north
    longitude number degrees east
    articles integer articles that mention it
    first date day of printing of the first of them
    last date day of printing of the last of them
    """),
)
OWN_TABLES = (_ARTICLES, _MENTIONS, _LINKS, _EVENTS)
TABLES = (*OWN_TABLES, ENTITIES)
BY_NAME = {table.name: table for table in TABLES}

_CONCEPT = {f"<{iri}>": value.value for values in (
    vocab.KINDS, vocab.ROLES, vocab.ECHELONS, vocab.VERDICTS, vocab.AGREEMENTS, vocab.GRAINS,
    vocab.EVENT_TYPES,
) for value, iri in values.items()}  # fmt: skip
_SPECIAL = re.compile('[,"\r\n]')
_NOTE = len(vocab.note_code("")) + 1


def _of(kind: str, parts: Parts) -> Iterator[tuple[str, Properties]]:
    return (node for found, some in parts if found == kind for node in some)


def parted(runs: Iterable[tuple[str, bytes]]) -> Parts:
    """The lines of an article, in runs of one kind (`kg.dumps.parts.split_article`), taken apart."""
    return [(kind, list(nodes(run))) for kind, run in runs]


class Reader:
    """Reads rows off the triples of articles under one base."""

    def __init__(self, base: str) -> None:
        self._entity = f"<{base}entity/"
        self._event = f"<{base}event/"

    def rows(self, parts: Parts, triples: int) -> dict[str, list[Row]]:
        """The rows of one article, of so many `triples`, by table."""
        article, said = parts[-1][1][-1]  # dispatches, before it, stand in the graph only
        date = _lexical(said.get(n.DATE_PUBLISHED)) or ""
        pairs = [self._mention(article, date, s, p) for s, p in _of(MENTIONS, parts)]
        return {
            "articles": [_article(article, date, said, triples)],
            "mentions": [mention for mention, _ in pairs],
            "links": [link for _, link in pairs],
            "events": [self._report(article, date, s, p) for s, p in _of(EVENTS, parts)],
        }

    def _mention(self, article: str, date: str, node: str, said: Properties) -> tuple[Row, Row]:
        get = said.get
        at_least = n.COUNT_MIN in said or n.STRENGTH_MIN in said
        entity = _iri(get(n.ENTITY))
        verdict = _concept(get(n.VERDICT))
        mention = [
            node, article, date, _concept(get(n.KIND)), entity,
            texts(get(n.SURFACE), "zh"), texts(get(n.SURFACE), "en"),
            _concept(get(n.ROLE)), _concept(get(n.ECHELON)),
            _number(get(n.COUNT) or get(n.COUNT_MIN)), _integer(get(n.STRENGTH) or get(n.STRENGTH_MIN)),
            _number(get(n.NUMERIC_VALUE)), _number(get(n.MIN_VALUE)), _number(get(n.MAX_VALUE)),
            _iri(get(n.UNIT)), _lexical(get(n.COUNTED)), at_least, n.OPTIONAL in said,
            _concept(get(n.AGREEMENT)), _lexical(get(n.SPANS)),
        ]  # fmt: skip
        link = [
            node, article, entity, self._item(get(n.ENTITY)) if verdict == "linked" else None, verdict,
            _number(get(n.CONFIDENCE)), n.JUDGED in said, _lexical(get(n.EVIDENCE)),
            _lexical(get(n.ALTERNATIVES)), _lexical(get(n.AUTHORITY_DATE)),
        ]  # fmt: skip
        return mention, link

    def _report(self, article: str, date: str, node: str, said: Properties) -> Row:
        get = said.get
        return [
            node, article, date, _iri(get(n.REPORTS)), self._item(get(n.REPORTS)),
            _concept(get(n.EVENT_TYPE)), _lexical(get(n.BEGIN)), _lexical(get(n.END)),
            _concept(get(n.GRAIN)), _days_late(date, said),
            _iris(get(n.HAS_PLACE)), _strings(get(n.PLACE_NAME)),
            _iris(get(n.HAS_ACTOR)), _strings(get(n.ACTOR_NAME)), _iri(get(n.REPORTED_BY)),
            texts(get(n.TRIGGER), "zh"), texts(get(n.TRIGGER), "en"),
            _number(get(n.CONFIDENCE)), _lexical(get(n.SPANS)),
        ]  # fmt: skip

    def _item(self, terms: list[str] | None) -> str | None:
        for term in terms or ():
            for prefix in (self._entity, self._event):
                if term.startswith(prefix) and is_qid(term[len(prefix) : -1]):
                    return term[len(prefix) : -1]
        return None


def _article(node: str, date: str, said: Properties, triples: int) -> Row:
    get = said.get
    notes = sorted(term[_NOTE:-1] for term in get(n.READING_NOTE, ()))
    return [
        node, date, _integer(get(n.PAGE_START)), texts(get(n.HEADLINE), "zh"),
        texts(get(n.HEADLINE), "en"), _lexical(get(n.PRINT_SECTION)), _lexical(get(n.COLUMN_TITLE)),
        _lexical(get(n.BYLINE)), _strings(get(n.IN_LANGUAGE), " "),
        _integer(get(n.LENGTH_ZH)), _integer(get(n.LENGTH_EN)), " ".join(notes) or None, triples,
        texts(get(n.ARTICLE_BODY), "zh"), texts(get(n.ARTICLE_BODY), "en"),
    ]  # fmt: skip


def _days_late(printed: str, said: Properties) -> int | None:
    return days_late(printed, _lexical(said.get(n.END)), _concept(said.get(n.GRAIN)))


def _text(term: str) -> str:
    """The lexical form of a literal; an IRI is returned as it is."""
    if term[0] != '"':
        return term
    text = term[1 : term.rindex('"')]  # neither a language nor a datatype has a quotation mark in it
    return unescape(text) if "\\" in text else text


def _lexical(terms: list[str] | None) -> str | None:
    return _text(terms[0]) if terms else None


def texts(terms: list[str] | None, lang: str) -> str | None:
    """The literals in a language, separated by ``|``; None where there are none."""
    if terms is None:
        return None
    ending = f'"@{lang}'
    end = -len(ending)
    return "|".join([unescape(term[1:end]) for term in terms if term.endswith(ending)]) or None


def _strings(terms: list[str] | None, separator: str = "|") -> str | None:
    return separator.join(map(_text, terms)) or None if terms else None


def _iri(terms: list[str] | None) -> str | None:
    return terms[0][1:-1] if terms else None


def _iris(terms: list[str] | None) -> str | None:
    return " ".join(term[1:-1] for term in terms or ()) or None


def _concept(terms: list[str] | None) -> str | None:
    return _CONCEPT.get(terms[0]) if terms else None


def _number(terms: list[str] | None) -> float | None:
    return float(_text(terms[0])) if terms else None


def _integer(terms: list[str] | None) -> int | None:
    return int(_text(terms[0])) if terms else None


def csv_header(table: Table) -> bytes:
    """The first line of a CSV file (RFC 4180)."""
    return (",".join(c.name for c in table.columns) + "\r\n").encode()


def csv_rows(table: Table, rows: Sequence[Row]) -> bytes:
    """Rows as CSV; booleans are true and false, what is not there is empty."""
    if not rows:
        return b""
    values = zip(*rows, strict=True)
    columns = [_cells(column.type, found) for column, found in zip(table.columns, values, strict=True)]
    lines = map(",".join, zip(*columns, strict=True))
    return "".join([f"{line}\r\n" for line in lines]).encode("utf-8", "replace")


def _cells(type: str, values: Sequence[Any]) -> list[str]:
    """A column's values as they stand in CSV."""
    if type == "boolean":
        return ["true" if v else "false" for v in values]
    if type == "number":
        return ["" if v is None else f"{v:.15g}" for v in values]
    if type == "integer":
        return ["" if v is None else str(v) for v in values]
    texts = [v or "" for v in values]
    whole = "".join(texts)  # of most columns no value is to be quoted
    return list(map(_quoted, texts)) if any(c in whole for c in ',"\r\n') else texts


def _quoted(text: str) -> str:
    if _SPECIAL.search(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'
