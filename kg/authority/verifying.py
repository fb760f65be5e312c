"""The embedded items held against Wikidata itself: QIDs proved, blanks filled, the rest reported.

A QID is proved where the item there bears one of our names and its classes tell the same kind.  An item
without one gets it where a search by both labels leaves exactly one item that bears both and is of the
kind (and lies where ours lies, and began when ours began, as far as both tell).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from kg.authority.comparing import disagreements, names_by_language
from kg.authority.importers.cleaning import tidy
from kg.authority.wikidata.classes import classify
from kg.authority.wikidata.client import Fetched, Wikidata
from kg.authority.wikidata.entities import classes_of, document_names, read_entity
from kg.model import Item
from kg.text import fold


class Status(StrEnum):
    """What Wikidata says of one of our items."""

    PROVED = "proved"
    FOUND = "found"  # had no QID, has one now
    REDIRECTED = "redirected"  # merged into another item, which agrees
    MISSING = "missing"
    DISAGREES = "disagrees"
    UNKNOWN_CLASS = "unknown class"  # names agree, the classes are not in our table
    NOT_FOUND = "not found"
    AMBIGUOUS = "ambiguous"


PROVEN = frozenset({Status.PROVED, Status.FOUND, Status.REDIRECTED})


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for `item`; `now` is how it should read, `detail` says why where it is not proved."""

    item: Item
    status: Status
    now: Item
    detail: str = ""


def verify(items: Iterable[Item], wikidata: Wikidata, *, search: bool = True) -> Iterator[Finding]:
    """Check every item; those with a QID in batches, then, with `search`, those without one by one."""
    items = list(items)
    with_qid = {item.id: item for item in items if item.id.startswith("Q")}
    for fetched in wikidata.entities(with_qid):
        yield _judge(with_qid[fetched.asked], fetched)
    if search:
        for item in items:
            if not item.id.startswith("Q"):
                yield _find(item, wikidata, taken=with_qid.keys())


def _judge(item: Item, fetched: Fetched) -> Finding:
    if fetched.document is None:
        return Finding(item, Status.MISSING, replace(item, verified=False), "no such item at Wikidata")
    detail = _objection(item, fetched.document)
    if detail:
        status = Status.UNKNOWN_CLASS if detail.startswith("classes") else Status.DISAGREES
        return Finding(item, status, item, detail)
    if fetched.redirect:
        now = _filled(replace(item, id=fetched.redirect), fetched.document)
        return Finding(item, Status.REDIRECTED, now, f"merged into {fetched.redirect}")
    return Finding(item, Status.PROVED, _filled(item, fetched.document))


def _objection(item: Item, document: Mapping[str, Any]) -> str:
    """Why the document is not of our item; empty where it is."""
    names = document_names(document)
    ours = {name for group in names_by_language(item).values() for name in group}
    if ours.isdisjoint(fold(tidy(text, lang)).removeprefix("the ") for lang, text in names):
        return f"no name in common; there it is {', '.join(text for _, text in names[:3])}"
    told = classify(classes_of(document))
    if told is None:
        return f"classes {' '.join(classes_of(document)) or '(none)'} are not known"
    theirs = read_entity(document, Counter())
    if theirs is None:
        return ""
    return "; ".join(str(d) for d in disagreements(item, theirs) if d.aspect != "label")


def _filled(item: Item, document: Mapping[str, Any]) -> Item:
    """The item, verified, with the blanks that the document fills: place, country, times, classes."""
    theirs = read_entity(document, Counter())
    item = replace(item, verified=True)
    if theirs is None:
        return item
    located = item.lat is not None
    return replace(
        item,
        lat=item.lat if located else theirs.lat,
        lon=item.lon if located else theirs.lon,
        country=item.country or theirs.country,
        start=item.start or (theirs.start if not item.end else None),
        end=item.end or (theirs.end if not item.start else None),
        p31=item.p31 or theirs.p31,
    )


def _find(item: Item, wikidata: Wikidata, *, taken: Iterable[str]) -> Finding:
    """Search for an item without a QID by both labels."""
    known = set(taken)
    ids: dict[str, None] = {}
    for lang, text in item.labels:
        if lang in {"zh", "en"}:
            ids.update(dict.fromkeys(hit.id for hit in wikidata.search(text, lang)))
    fitting = [
        f.document
        for f in wikidata.entities(id for id in ids if id not in known)
        if f.document is not None and _bears_both(item, f.document) and not _objection(item, f.document)
    ]
    if len(fitting) == 1:
        now = _filled(replace(item, id=str(fitting[0]["id"])), fitting[0])
        return Finding(item, Status.FOUND, now, f"is {now.id}")
    if fitting:
        return Finding(item, Status.AMBIGUOUS, item, " or ".join(str(d["id"]) for d in fitting))
    return Finding(item, Status.NOT_FOUND, item, f"{len(ids)} items answer to its labels, none fits")


def _bears_both(item: Item, document: Mapping[str, Any]) -> bool:
    """Whether the document has our label in each of the languages that we label it in."""
    theirs: dict[str, set[str]] = {}
    for lang, text in document_names(document):
        theirs.setdefault(lang, set()).add(fold(tidy(text, lang)).removeprefix("the "))
    wanted = [(lang, fold(text).removeprefix("the ")) for lang, text in item.labels if lang in {"zh", "en"}]
    return all(text in theirs.get(lang, ()) for lang, text in wanted)
