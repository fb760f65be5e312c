"""What each class of node must say: how often, and of what form.  Each rule is a shape in SHACL too."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kg import vocab
from kg.rdf import names as n
from kg.rdf.compact import SPANS_PATTERN
from kg.vocab import QID, VOID, XSD

Test = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Rule:
    """`shape` is the local name of the property shape; `value` is true of a term that may stand here."""

    shape: str
    predicate: str
    least: int = 0
    most: int | None = None
    value: Test | None = None
    one_a_language: bool = False


def _matches(pattern: str) -> Test:
    return re.compile(pattern).fullmatch


def _remembered(test: Test) -> Test:
    """For values that come again and again, in a mention of every article."""
    return functools.lru_cache(maxsize=8192)(test)


def _one_of(iris: Iterable[str]) -> Test:
    return frozenset(f"<{iri}>" for iri in iris).__contains__


@_remembered
def _date(term: str) -> bool:
    """An xsd:date of the calendar."""
    found = _DATE_FORM.fullmatch(term)
    if found is None:
        return False
    try:
        dt.date.fromisoformat(found[1])
    except ValueError:
        return False
    return True


_XSD = re.escape(XSD)
_DATE_FORM = re.compile(rf'"(\d{{4}}-\d\d-\d\d)"\^\^<{_XSD}date>')
_WHOLE = _matches(rf'"\d+"\^\^<{_XSD}integer>')
_POSITIVE = _matches(rf'"[1-9]\d*"\^\^<{_XSD}integer>')
_DECIMAL = _matches(rf'"-?\d+(\.\d+)?"\^\^<{_XSD}decimal>')
_COUNT = _matches(rf'"\d+(\.\d+)?"\^\^<{_XSD}decimal>')
_SHARE = _remembered(_matches(rf'"(0(\.\d+)?|1(\.0+)?)"\^\^<{_XSD}decimal>'))
_TEXT = _matches(r'".+"@(zh|en)')
_ANY_TEXT = _matches(r'".+"@[A-Za-z]+(-[A-Za-z0-9]+)*')
_STRING = _matches(r'".+"')
_TRUE = _matches(rf'"true"\^\^<{_XSD}boolean>')
_FALSE = _matches(rf'"false"\^\^<{_XSD}boolean>')
_SPANS = _matches(f'"{SPANS_PATTERN[1:-1]}"')
_IRI = _matches(r"<[^<>\" ]+>")
_ISSUE = _matches(r"<[^<>\" ]+/issue/\d{4}-\d\d-\d\d>")
_ENTITY = _remembered(_matches(r"<[^<>\" ]+/entity/[^<>\" /]+>"))
_EVENT = _matches(r"<[^<>\" ]+/event/[^<>\" /]+>")
_WIKIDATA = _matches(rf"<http://www\.wikidata\.org/entity/{QID}>")
_WKT = _matches(
    r'"POINT\(-?\d+(\.\d+)? -?\d+(\.\d+)?\)"\^\^<http://www\.opengis\.net/ont/geosparql#wktLiteral>'
)

_KINDS = _one_of([iri for k, iri in vocab.KINDS.items() if k != "measure"])
_VERDICTS = _one_of(vocab.VERDICTS.values())
_EVENT_TYPES = _one_of(vocab.EVENT_TYPES.values())
_SUBKINDS = _one_of(vocab.SUBKINDS.values())

_FOUND = (
    Rule("found-surface", n.SURFACE, 1, None, _TEXT),
    Rule("found-spans", n.SPANS, 1, 1, _SPANS),
    Rule("found-agreement", n.AGREEMENT, 0, 1, _one_of(vocab.AGREEMENTS.values())),
    Rule("found-conflict", n.CONFLICT, 0, None, _matches(r'"zh:\d+-\d+ [^;]+; en:\d+-\d+ [^;]+; .*"')),
    Rule("found-optional", n.OPTIONAL, 0, 1, _TRUE),
    Rule("link-entity", n.ENTITY, 1, 1, _ENTITY),
    Rule("link-verdict", n.VERDICT, 1, 1, _VERDICTS),
    Rule("link-confidence", n.CONFIDENCE, 1, 1, _SHARE),
    Rule("link-authority-date", n.AUTHORITY_DATE, 1, 1, _date),
    Rule("link-evidence", n.EVIDENCE, 1, 1, _STRING),
    Rule("link-alternatives", n.ALTERNATIVES, 0, 1, _STRING),
    Rule("link-judged", n.JUDGED, 0, 1, _TRUE),
)
_BELONGING = (
    Rule("entity-country", n.COUNTRY, 0, 1, _ENTITY),
    Rule("entity-class", n.INSTANCE_OF, 0, None, _WIKIDATA),
)
_ENTITY_RULES = (
    Rule("entity-label", n.LABEL, 1, None, _ANY_TEXT),
    Rule("entity-alias", n.ALT_LABEL, 0, None, _ANY_TEXT),
    Rule("entity-same-as", n.SAME_AS, 0, 1, _WIKIDATA),
    Rule("entity-type", n.CATEGORY, 0, 1, _SUBKINDS),
    Rule("entity-geometry", n.HAS_GEOMETRY, 0, 1, _IRI),
    Rule("entity-begin", n.BEGIN, 0, 1, _date),
    Rule("entity-end", n.END, 0, 1, _date),
    Rule("entity-verified", n.VERIFIED, 0, 1, _FALSE),
    Rule("entity-contained-in", n.CONTAINED_IN, 0, None, _ENTITY),
    Rule("entity-part-of", n.PART_OF, 0, None, _ENTITY),
    *_BELONGING,
)

RULES: dict[str, tuple[Rule, ...]] = {
    n.NEWS_ARTICLE: (
        Rule("article-headline", n.HEADLINE, 1, None, _TEXT, one_a_language=True),
        Rule("article-date", n.DATE_PUBLISHED, 1, 1, _date),
        Rule("article-page", n.PAGE_START, 0, 1, _POSITIVE),
        Rule("article-issue", n.IS_PART_OF, 1, 1, _ISSUE),
        Rule("article-language", n.IN_LANGUAGE, 1, 2, _matches('"(zh|en)"')),
        Rule("article-hash", n.INPUT_HASH, 1, 1, _matches('"[0-9a-f]{64}"')),
        Rule("article-authority-date", n.AUTHORITY_DATE, 1, 1, _date),
        Rule("article-day-shift", n.DAY_SHIFT, 0, 1, _POSITIVE),
        Rule("article-length-zh", n.LENGTH_ZH, 0, 1, _WHOLE),
        Rule("article-length-en", n.LENGTH_EN, 0, 1, _WHOLE),
        Rule("article-note", n.READING_NOTE, 0, None, _one_of(map(vocab.note_code, vocab.NOTE_CODES))),
        Rule("article-note-detail", n.NOTE_DETAIL, 0, None, _matches(r'"[a-z0-9-]+: .+"')),
    ),
    n.MENTION: (
        Rule("mention-kind", n.KIND, 1, 1, _KINDS),
        *_FOUND,
        Rule("mention-role", n.ROLE, 0, 1, _one_of(vocab.ROLES.values())),
        Rule("mention-echelon", n.ECHELON, 0, 1, _one_of(vocab.ECHELONS.values())),
        Rule("mention-strength", n.STRENGTH, 0, 1, _POSITIVE),
        Rule("mention-strength-min", n.STRENGTH_MIN, 0, 1, _POSITIVE),
        Rule("mention-count", n.COUNT, 0, 1, _COUNT),
        Rule("mention-count-min", n.COUNT_MIN, 0, 1, _COUNT),
    ),
    n.QUANTITY: (
        Rule("quantity-kind", n.KIND, 1, 1, _one_of([vocab.KINDS[k] for k in vocab.KINDS if k == "measure"])),
        *_FOUND,
        Rule("quantity-number", n.NUMERIC_VALUE, 0, 1, _DECIMAL),
        Rule("quantity-min", n.MIN_VALUE, 0, 1, _DECIMAL),
        Rule("quantity-max", n.MAX_VALUE, 0, 1, _DECIMAL),
        Rule("quantity-unit", n.UNIT, 1, 1, _IRI),
        Rule("quantity-counted", n.COUNTED, 0, 1, _TEXT),
    ),
    n.DISPATCH: (
        Rule("dispatch-rule", n.RULE, 1, 1, _STRING),
        Rule("dispatch-spans", n.SPANS, 0, 1, _SPANS),
        Rule("dateline-spans", n.DATELINE_SPANS, 0, 1, _SPANS),
        Rule("dateline-source", n.DATELINE_SOURCE, 0, 1, _ENTITY),
        Rule("dateline-place", n.DATELINE_PLACE, 0, 1, _ENTITY),
        Rule("dateline-date", n.DATELINE_DATE, 0, 1, _date),
        Rule("dispatch-cites", n.CITES, 0, None, _ENTITY),
    ),
    n.CHAIN_LINK: (
        Rule("chain-position", n.CHAIN_POSITION, 1, 1, _POSITIVE),
        Rule("chain-source", n.CHAIN_SOURCE, 1, 1, _ENTITY),
    ),
    n.EVENT_REPORT: (
        Rule("report-type", n.EVENT_TYPE, 1, 1, _EVENT_TYPES),
        Rule("report-event", n.REPORTS, 1, 1, _EVENT),
        Rule("report-confidence", n.CONFIDENCE, 1, 1, _SHARE),
        Rule("report-evidence", n.EVIDENCE, 1, 1, _STRING),
        Rule("report-trigger", n.TRIGGER, 1, None, _TEXT),
        Rule("report-spans", n.SPANS, 1, 1, _SPANS),
        Rule("report-begin", n.BEGIN, 0, 1, _date),
        Rule("report-end", n.END, 0, 1, _date),
        Rule("report-grain", n.GRAIN, 0, 1, _one_of(vocab.GRAINS.values())),
        Rule("report-place", n.HAS_PLACE, 0, None, _ENTITY),
        Rule("report-actor", n.HAS_ACTOR, 0, None, _ENTITY),
        Rule("report-source", n.REPORTED_BY, 0, 1, _ENTITY),
    ),
    n.EVENT: (
        Rule("event-type", n.EVENT_TYPE, 0, None, _EVENT_TYPES),
        Rule("event-begin", n.BEGIN, 0, None, _date),
        Rule("event-place", n.HAS_PLACE, 0, None, _ENTITY),
        Rule("event-actor", n.HAS_ACTOR, 0, None, _ENTITY),
        Rule("event-part-of", n.SUB_EVENT_OF, 0, None, _EVENT),
        Rule("event-same-as", n.SAME_AS, 0, 1, _WIKIDATA),
        *_BELONGING,
    ),
    n.PLACE: _ENTITY_RULES,
    n.SOURCE: _ENTITY_RULES,
    n.FORMATION: _ENTITY_RULES,
    n.MEASURE_UNIT: _ENTITY_RULES,
    n.PERSON: _ENTITY_RULES,
    n.ORGANIZATION: _ENTITY_RULES,
    n.GEOMETRY: (Rule("geometry-wkt", n.AS_WKT, 1, 1, _WKT),),
    n.PUBLICATION_ISSUE: (
        Rule("issue-date", n.DATE_PUBLISHED, 1, 1, _date),
        Rule("issue-newspaper", n.IS_PART_OF, 1, 1, _ENTITY),
    ),
    n.NEWSPAPER: (Rule("newspaper-label", n.LABEL, 1, None, _ANY_TEXT),),
    f"<{VOID}Dataset>": (
        Rule("dataset-title", f"<{vocab.DCTERMS}title>", 1, None, _ANY_TEXT, one_a_language=True),
        Rule("dataset-licence", f"<{vocab.DCTERMS}license>", 1, 1, _IRI),
        Rule("dataset-version", f"<{vocab.DCAT}version>", 1, 1, _STRING),
        Rule("dataset-authority-date", n.AUTHORITY_DATE, 1, 1, _date),
        Rule("dataset-triples", f"<{VOID}triples>", 1, 1, _WHOLE),
    ),
}
"""Class (a term) to its rules."""

_FREE = {n.TYPE}


def _closed(shape: str, cls: str, *more: str) -> tuple[str, frozenset[str]]:
    return shape, frozenset({r.predicate for r in RULES[cls]} | _FREE | set(more))


CLOSED: dict[str, tuple[str, frozenset[str]]] = {
    n.NEWS_ARTICLE: _closed(
        "Article",
        n.NEWS_ARTICLE,
        *(n.HAS_MENTION, n.HAS_QUANTITY, n.HAS_DISPATCH, n.HAS_EVENT_REPORT, n.MENTIONS),
        *(n.PRINT_SECTION, n.COLUMN_TITLE, n.BYLINE, n.ARTICLE_BODY),
    ),
    n.MENTION: _closed("Mention", n.MENTION),
    n.QUANTITY: _closed("Quantity", n.QUANTITY),
    n.DISPATCH: _closed("Dispatch", n.DISPATCH, n.HAS_CHAIN_LINK),
    n.CHAIN_LINK: _closed("ChainLink", n.CHAIN_LINK),
    n.EVENT_REPORT: _closed("EventReport", n.EVENT_REPORT, n.IN_DISPATCH, n.PLACE_NAME, n.ACTOR_NAME),
}
"""Class to the name of its shape and the predicates that its nodes may have: nothing else."""
