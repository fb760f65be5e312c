"""The table of entities, read off the lines that articles share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from kg import vocab
from kg.dumps.nodes import Properties, nodes
from kg.dumps.tables import Row, texts
from kg.rdf import names as n
from kg.store.schema import eid_of, iso_day

Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]

_POINT = re.compile(r'"POINT\((\S+) (\S+)\)"')
_BATCH = 500
_KINDS = {
    n.PLACE: "place",
    n.SOURCE: "source",
    n.FORMATION: "unit",
    n.MEASURE_UNIT: "measure",
    n.EVENT: "event",
    n.PERSON: "person",
    n.ORGANIZATION: "organisation",
}
_SUBKINDS = {f"<{concept}>": subkind for (_, subkind), concept in vocab.SUBKINDS.items()}
_WIKIDATA = f"<{vocab.WD}"


def entity_rows(shared: Iterable[list[bytes]], base: str, query: Query) -> Iterator[Row]:
    """Rows of the table, in the order of the sorted lines `shared`; counts are asked of ``articles.db``.

    Events are listed where they are Wikidata items.  Where articles give several labels, the first is taken.
    """
    rows = _rows(shared, base)
    while batch := list(islice(rows, _BATCH)):
        ids = {eid_of(id): row for id, row in batch}
        marks = ",".join("?" * len(ids))
        sql = f"SELECT eid, articles, first, last FROM entity WHERE eid IN ({marks})"  # noqa: S608  only marks
        for eid, articles, first, last in query(sql, list(ids)):
            ids[eid][-3:] = [articles, iso_day(first), iso_day(last)]
        yield from (row for _, row in batch)


def _rows(shared: Iterable[list[bytes]], base: str) -> Iterator[tuple[str, Row]]:
    places: dict[str, tuple[float, float]] = {}  # an entity stands after its geometry, not always next to it
    entities, events = f"{base}entity/", f"{base}event/Q"
    for node, said in _whole_nodes(shared):
        subject, _, fragment = node.partition("#")
        if not subject.startswith((entities, events)):
            continue
        if fragment:
            point = _POINT.match(said.get(n.AS_WKT, [""])[0])
            if point:
                places[subject] = float(point[2]), float(point[1])
            continue
        lat, lon = places.pop(subject, (None, None))
        row: Row = [
            subject, _first(said, n.TYPE, _KINDS), _first(said, n.CATEGORY, _SUBKINDS),
            _label(said, "zh"), _label(said, "en"), _item(said), lat, lon, 0, None, None,
        ]  # fmt: skip
        yield subject.removeprefix(base).partition("/")[2], row


def _whole_nodes(shared: Iterable[list[bytes]]) -> Iterator[tuple[str, Properties]]:
    """The nodes of lines that come in batches, none of them cut in two."""
    rest: list[bytes] = []
    for some in shared:
        lines = rest + some
        last = lines[-1].partition(b" ")[0] + b" " if lines else b""
        cut = len(lines)
        while cut and lines[cut - 1].startswith(last):
            cut -= 1
        rest = lines[cut:]
        yield from nodes(b"\n".join(lines[:cut]))
    yield from nodes(b"\n".join(rest))


def _first(said: Properties, predicate: str, known: dict[str, str]) -> str | None:
    return next((known[term] for term in said.get(predicate, ()) if term in known), None)


def _label(said: Properties, lang: str) -> str | None:
    """A label in a language: the first, where articles gave several."""
    found = texts(said.get(n.LABEL), lang)
    return found.partition("|")[0] if found else None


def _item(said: Properties) -> str | None:
    same = (t for t in said.get(n.SAME_AS, ()) if t.startswith(_WIKIDATA))
    return next((t[len(_WIKIDATA) : -1] for t in same), None)
