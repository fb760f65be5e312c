"""The document of an article in ``articles.db``: everything its page shows, as compressed JSON.

Keys::

    article     the fields of `kg.model.Article` (dates as ISO strings; bodies with text and paragraphs)
    mentions    key, kind, subkind, name, role, echelon, strength, count, quantity, agreement, confidence,
                optional, finds (lang, start, end, text, rule, confidence, optional), conflicts,
                link (verdict, item, entity, confidence, judged, evidence, alternatives)
    events      key, type, interval, triggers, places, actors, source, dispatch, rule, confidence,
                link (event, item, part_of, confidence, evidence)
    dispatches  key, spans, dateline, rule, source, place, date, chain
    notes       code, detail: of reading and of understanding
    authority   the date of the authority it was linked against

Fields that are empty, None or false are left out.  Offsets are code points.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import threading
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from operator import attrgetter
from typing import Any

import orjson
import zstandard

from kg.errors import StoreError
from kg.model import (
    Agreement,
    Article,
    Body,
    Echelon,
    EventLink,
    EventType,
    Evidence,
    Find,
    Form,
    Grain,
    Kind,
    Lang,
    Link,
    LinkedArticle,
    Note,
    Role,
    Verdict,
)

_LEVEL = 3


class _Zstd(threading.local):
    """Compressors of a thread: making one costs as much as compressing a kilobyte, and two threads may not
    use the same.
    """

    def __init__(self) -> None:
        self.packer = zstandard.ZstdCompressor(_LEVEL)
        self.unpacker = zstandard.ZstdDecompressor()


_ZSTD = _Zstd()


def pack(data: bytes) -> bytes:
    """Compress."""
    return _ZSTD.packer.compress(data)


def unpack(data: bytes) -> bytes:
    """The opposite of `pack`."""
    return _ZSTD.unpacker.decompress(data)


# JSON takes them as they are: the enumerations are of strings.
_ATOMS = frozenset([str, int, float, bool, type(None), Agreement, Echelon, EventType, Form, Grain, Kind, Lang,
                    Role, Verdict])  # fmt: skip
_KEPT = frozenset([int, float, Fraction])  # of these a zero says something; nothing else that is empty does


def plain(value: object) -> Any:
    """A record as JSON values; what is empty, None or false is left out of records."""
    kind = type(value)  # looked up, not tested one after the other: this runs a hundred times an article
    if kind in _ATOMS:
        return value
    if isinstance(value, tuple | list):
        return value if _ATOMS.issuperset(map(type, value)) else [plain(v) for v in value]
    if dataclasses.is_dataclass(value):
        return _record(value)
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise StoreError(f"document: {kind.__name__} has no JSON form")


@functools.cache
def _fields(record: type, without: str) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(f.name for f in dataclasses.fields(record) if f.name != without)
    values = attrgetter(*names)  # of one name it gives the value, not a tuple of it
    return names, values if len(names) > 1 else lambda record: (values(record),)


def _record(value: Any, without: str = "") -> dict[str, Any]:
    """The fields of a record that say something, but for the one named in `without`."""
    names, values = _fields(type(value), without)  # type: ignore[arg-type]  # mypy: no type is hashable
    out = {}
    for name, field in zip(names, values(value), strict=True):
        kind = type(field)
        if field or kind in _KEPT:
            out[name] = field if kind in _ATOMS else plain(field)
    return out


def document(linked: LinkedArticle, explained: Collection[str] = ()) -> dict[str, Any]:
    """The document of `linked`, as described above.

    `explained` are features whose explanation stands elsewhere (`kg.linking.features.reason`): their
    evidence is kept without it.
    """
    understanding = linked.understanding
    links = {link.key: link for link in linked.links}
    event_links = {link.key: link for link in linked.event_links}
    mentions = []
    for m in understanding.mentions:
        mention = _record(m, without="finds")
        mention["name"] = m.name
        mention["finds"] = [_find(f) for f in m.finds]
        if all(f.optional for f in m.finds):
            mention["optional"] = True
        mention["link"] = _link(links[m.key], explained)
        mentions.append(mention)
    events = [{**_record(e), "link": _link(event_links[e.key], explained)} for e in understanding.events]
    return {
        "article": _record(linked.article),
        "mentions": mentions,
        "events": events,
        "dispatches": [_record(d) for d in understanding.dispatches],
        "notes": [_record(n) for n in (*linked.article.notes, *understanding.notes)],
        "authority": linked.authority_date,
    }


def _link(link: Link | EventLink, explained: Collection[str]) -> dict[str, Any]:
    out = _record(link, without="evidence")
    if link.evidence:
        out["evidence"] = [_evidence(e, explained) for e in link.evidence]
    return out


def _evidence(evidence: Evidence, explained: Collection[str]) -> dict[str, Any]:
    out: dict[str, Any] = {"feature": evidence.feature, "value": evidence.value}
    if evidence.detail and evidence.feature not in explained:
        out["detail"] = evidence.detail
    return out


def _find(find: Find) -> dict[str, Any]:
    span = find.span
    out: dict[str, Any] = {
        "lang": span.lang, "start": span.start, "end": span.end, "text": span.text, "rule": find.rule,
    }  # fmt: skip
    if find.confidence != 1:
        out["confidence"] = find.confidence
    if find.optional:
        out["optional"] = True
    return out


def dump_document(linked: LinkedArticle, explained: Collection[str] = ()) -> bytes:
    """The compressed document of `linked`."""
    return pack(orjson.dumps(document(linked, explained)))


def load_document(doc: bytes) -> dict[str, Any]:
    """The opposite of `dump_document`."""
    return orjson.loads(unpack(doc))  # type: ignore[no-any-return]


def load_article(doc: Mapping[str, Any]) -> Article:
    """The parsed article in a document: it can be understood and linked anew without its input."""
    a = doc["article"]
    return Article(
        id=a["id"],
        origin=a.get("origin", ""),
        sha256=a["sha256"],
        form=Form(a["form"]),
        date=dt.date.fromisoformat(a["date"]),
        page=a.get("page"),
        title_zh=a.get("title_zh"),
        title_en=a.get("title_en"),
        zh=_body(a.get("zh")),
        en=_body(a.get("en")),
        witness_en=a.get("witness_en", False),
        section=a.get("section"),
        column=a.get("column"),
        author=a.get("author"),
        names=tuple((x, y) for x, y in a.get("names", ())),
        alignment=tuple((i, j, s) for i, j, s in a.get("alignment", ())),
        day_shift=a.get("day_shift", 0),
        notes=tuple(Note(n["code"], n.get("detail", "")) for n in a.get("notes", ())),
    )


def _body(body: Mapping[str, Any] | None) -> Body | None:
    if body is None:
        return None
    return Body(
        Lang(body["lang"]), body.get("text", ""), tuple((s, e) for s, e in body.get("paragraphs", ()))
    )


def without_text(doc: bytes) -> bytes:
    """`doc` with the bodies' texts and the paragraphs taken out."""
    value = load_document(doc)
    for lang in ("zh", "en"):
        value["article"].pop(lang, None)
    return pack(orjson.dumps(value))
