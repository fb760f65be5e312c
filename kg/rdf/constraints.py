"""What no single property tells: rules between the properties of a node, and between nodes."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from kg import vocab
from kg.model import Kind, Lang, Verdict
from kg.rdf import names as n
from kg.rdf.compact import unpack_spans
from kg.vocab import QID

Properties = dict[str, list[str]]
Graph = dict[str, Properties]


@dataclass(frozen=True, slots=True)
class At:
    """A node under check: its term, what it says, and the graph around it."""

    node: str
    says: Properties
    graph: Graph


Constraint = Callable[[At], Iterator[str]]

_LINKED = f"<{vocab.VERDICTS[Verdict.LINKED]}>"
_SOURCE = f"<{vocab.KINDS[Kind.SOURCE]}>"
_UNIT = f"<{vocab.KINDS[Kind.UNIT]}>"
_NIL = re.compile(r"/entity/(source|place|unit|measure)-[^/<>]+>$")
_ITEM = re.compile(rf"/entity/({QID}|x-[^/<>]+)>$")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_POINT = re.compile(r"POINT\((-?[\d.]+) (-?[\d.]+)\)")
_LENGTHS = {Lang.ZH: n.LENGTH_ZH, Lang.EN: n.LENGTH_EN}
_PARTS = {
    n.HAS_MENTION: n.MENTION,
    n.HAS_QUANTITY: n.QUANTITY,
    n.HAS_DISPATCH: n.DISPATCH,
    n.HAS_EVENT_REPORT: n.EVENT_REPORT,
}


def article_parts(at: At) -> Iterator[str]:
    """What an article has is a part of it, and of the right class."""
    prefix = at.node[:-1] + "#"
    for predicate, cls in _PARTS.items():
        for part in at.says.get(predicate, ()):
            if not part.startswith(prefix):
                yield f"{predicate} leads to {part}, which is no part of it"
            elif cls not in at.graph.get(part, {}).get(n.TYPE, ()):
                yield f"{predicate} leads to {part}, which is no {cls}"


def dispatch_parts(at: At) -> Iterator[str]:
    """The chain's links are links, at positions of their own."""
    positions = []
    for link in at.says.get(n.HAS_CHAIN_LINK, ()):
        said = at.graph.get(link, {})
        if n.CHAIN_LINK not in said.get(n.TYPE, ()):
            yield f"its chain leads to {link}, which is no {n.CHAIN_LINK}"
        positions += said.get(n.CHAIN_POSITION, [])
    if len(set(positions)) < len(positions):
        yield "two links of its chain have one position"


def spans_inside(at: At) -> Iterator[str]:
    """Spans are not empty, and end inside the text."""
    article = at.graph.get(f"{at.node.partition('#')[0]}>", {})
    for literal in at.says.get(n.SPANS, ()):
        for lang, spans in _spans(literal).items():
            length = _number(article.get(_LENGTHS[lang], ()))
            for start, end in spans:
                if start >= end:
                    yield f"the span {lang}:{start}-{end} is empty"
                elif length is None or end > length:
                    yield f"the span {lang}:{start}-{end} ends outside the text of {length}"


def verdict_fits(at: At) -> Iterator[str]:
    """A linked mention has an item, any other a node without one."""
    if n.VERDICT not in at.says:
        return
    linked = _LINKED in at.says[n.VERDICT]
    for entity in at.says.get(n.ENTITY, ()):
        if not (_ITEM if linked else _NIL).search(entity):
            yield f"the verdict is {'' if linked else 'not '}linked, and the entity {entity}"


def role_fits(at: At) -> Iterator[str]:
    """Sources have a role, and only they."""
    if (_SOURCE in at.says.get(n.KIND, ())) != (n.ROLE in at.says):
        yield "sources have a role, and only they"


def unit_fits(at: At) -> Iterator[str]:
    """Only units have an echelon, a strength, a count; a number is exact or a bound."""
    said = [p for p in (n.ECHELON, n.STRENGTH, n.STRENGTH_MIN, n.COUNT, n.COUNT_MIN) if p in at.says]
    if said and _UNIT not in at.says.get(n.KIND, ()):
        yield f"only units have {said[0]}"
    if (n.STRENGTH in said and n.STRENGTH_MIN in said) or (n.COUNT in said and n.COUNT_MIN in said):
        yield "a number is exact or a bound, not both"


def quantity_valued(at: At) -> Iterator[str]:
    """A quantity has a value or bounds."""
    if not any(p in at.says for p in (n.NUMERIC_VALUE, n.MIN_VALUE, n.MAX_VALUE)):
        yield "it has neither a value nor bounds"


def quantity_ordered(at: At) -> Iterator[str]:
    """The lower bound is not above the upper one."""
    low, high = _number(at.says.get(n.MIN_VALUE, ())), _number(at.says.get(n.MAX_VALUE, ()))
    if low is not None and high is not None and low > high:
        yield f"the lower bound {low} is above the upper one {high}"


def time_ordered(at: At) -> Iterator[str]:
    """Nothing ends before it begins."""
    begin, end = at.says.get(n.BEGIN, ()), at.says.get(n.END, ())
    if begin and end and _lexical(begin[0]) > _lexical(end[0]):
        yield f"it begins on {begin[0]} and ends on {end[0]}"


def grain_known(at: At) -> Iterator[str]:
    """A report with a time has a grain."""
    if (n.BEGIN in at.says or n.END in at.says) and n.GRAIN not in at.says:
        yield "it has a time and no grain"


def report_dispatch(at: At) -> Iterator[str]:
    """A report stands in a dispatch of its article."""
    for dispatch in at.says.get(n.IN_DISPATCH, ()):
        if n.DISPATCH not in at.graph.get(dispatch, {}).get(n.TYPE, ()):
            yield f"it stands in {dispatch}, which is no dispatch"


def same_as_own(at: At) -> Iterator[str]:
    """An entity is the same as the item whose number it has, and only when that is verified."""
    for item in at.says.get(n.SAME_AS, ()):
        if item.rpartition("/")[2] != at.node.rpartition("/")[2]:
            yield f"it is said to be {item}"
        if n.VERIFIED in at.says:
            yield f"it is not verified, and said to be {item}"


def not_part_of_itself(at: At) -> Iterator[str]:
    """Nothing is a part of itself."""
    if at.node in at.says.get(n.SUB_EVENT_OF, ()):
        yield "it is a part of itself"


def on_the_earth(at: At) -> Iterator[str]:
    """Longitude, then latitude, in degrees."""
    for wkt in at.says.get(n.AS_WKT, ()):
        found = _POINT.search(wkt)
        if found and (abs(float(found[1])) > 180 or abs(float(found[2])) > 90):
            yield f"{found[0]} is not on the Earth"


_ENTITY: tuple[tuple[str, Constraint], ...] = (
    ("entity-own-item", same_as_own),
    ("entity-time-order", time_ordered),
)
CONSTRAINTS: dict[str, tuple[tuple[str, Constraint], ...]] = {
    n.NEWS_ARTICLE: (("article-parts", article_parts),),
    n.MENTION: (
        ("found-spans-inside", spans_inside),
        ("link-verdict-entity", verdict_fits),
        ("mention-role-kind", role_fits),
        ("mention-unit-kind", unit_fits),
    ),
    n.QUANTITY: (
        ("found-spans-inside", spans_inside),
        ("link-verdict-entity", verdict_fits),
        ("quantity-valued", quantity_valued),
        ("quantity-order", quantity_ordered),
    ),
    n.DISPATCH: (("dispatch-chain", dispatch_parts), ("found-spans-inside", spans_inside)),
    n.EVENT_REPORT: (
        ("found-spans-inside", spans_inside),
        ("report-order", time_ordered),
        ("report-grain-known", grain_known),
        ("report-dispatch", report_dispatch),
    ),
    n.EVENT: (("event-part-of-itself", not_part_of_itself), ("entity-own-item", same_as_own)),
    n.PLACE: _ENTITY,
    n.SOURCE: _ENTITY,
    n.FORMATION: _ENTITY,
    n.MEASURE_UNIT: _ENTITY,
    n.PERSON: _ENTITY,
    n.ORGANIZATION: _ENTITY,
    n.GEOMETRY: (("geometry-on-earth", on_the_earth),),
}
"""Class (a term) to its constraints, each with the name of its shape."""


def _lexical(term: str) -> str:
    return term[1:].partition('"')[0]


def _number(terms: list[str] | tuple[()]) -> Decimal | int | None:
    return _value(terms[0]) if terms else None


@functools.lru_cache(maxsize=4096)
def _value(term: str) -> Decimal | int | None:
    lexical = _lexical(term)
    if not _NUMBER.fullmatch(lexical):
        return None
    return Decimal(lexical) if "." in lexical else int(lexical)


def _spans(literal: str) -> dict[Lang, list[tuple[int, int]]]:
    try:
        return unpack_spans(_lexical(literal))
    except ValueError:  # malformed: the rule of its form tells
        return {}
