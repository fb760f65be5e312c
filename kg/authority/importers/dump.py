"""The Wikidata JSON dump, read as a stream: one entity a line, a cheap look at the bytes before parsing.

Nine entities in ten are of no class that is wanted.  Their classes are read off the bytes with one pattern,
which costs a fraction of parsing; where the pattern sees nothing that it understands, the line is parsed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.authority.importers.files import InputFile
from kg.authority.importers.report import ImportReport
from kg.authority.lifetimes import overlaps
from kg.authority.wikidata.classes import ClassKind, known_classes
from kg.authority.wikidata.entities import modified, read_entity
from kg.authority.wikidata.values import as_map
from kg.model import Item

_CLASS_KEY = re.compile(rb'"P31": ?\[')
_CLASS = re.compile(
    rb'"mainsnak": ?\{"snaktype": ?"value", ?"property": ?"P31", ?(?:"(?:hash|datatype)": ?"[^"]*", ?)*'
    rb'"datavalue": ?\{"value": ?\{"entity-type": ?"item", ?"numeric-id": ?(\d+)'
)
_SITE = re.compile(rb'"site": ?"')
_FRAME = (b"", b"[", b"]")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entities of a dump are wanted.

    `classes` says what each class is (default: those that come with the program); `only` narrows to some
    of them; `kinds` to some of our kinds; `languages` wants a label in one of them; `sitelinks` at least so
    many Wikipedia articles; `period` (ISO, both ends) a lifetime that may meet it.
    """

    classes: Mapping[str, ClassKind] = field(default_factory=known_classes)
    only: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"zh"})
    sitelinks: int = 0
    period: tuple[str, str] | None = ("1946", "2003")

    def wanted_classes(self) -> dict[str, ClassKind]:
        """The classes after narrowing."""
        return {
            c: k
            for c, k in self.classes.items()
            if (not self.only or c in self.only) and (not self.kinds or k.kind in self.kinds)
        }


def read_dump(
    file: InputFile, report: ImportReport, selection: Selection, *, after: int = 0
) -> Iterator[tuple[int, Item | None]]:
    """Line number, and the item or None (not wanted; the report says why), of each line after line `after`.

    A line that is no JSON is counted and passed over: dumps are not always whole.
    """
    classes = selection.wanted_classes()
    numbers = {c[1:].encode() for c in classes}
    for number, raw in enumerate(file, start=1):
        if number <= after:
            continue
        line = raw.strip().rstrip(b",")
        if line in _FRAME:
            continue
        report.read += 1
        reason = _at_a_glance(line, numbers, selection)
        if reason:
            report.skipped[reason] += 1
            yield number, None
            continue
        item = _parsed(line, number, report, selection, classes)
        report.kept += item is not None
        yield number, item


def _at_a_glance(line: bytes, numbers: set[bytes], selection: Selection) -> str | None:
    """Why an entity is not wanted, as far as its bytes tell; None: it must be parsed."""
    start = _CLASS_KEY.search(line)
    if start is None:
        return "without a class"
    found = _CLASS.findall(line, start.start())
    if found and numbers.isdisjoint(found):
        return "of other classes"
    if selection.sitelinks and len(_SITE.findall(line)) < selection.sitelinks:
        return "with few sitelinks"
    return None


def _parsed(
    line: bytes, number: int, report: ImportReport, selection: Selection, classes: Mapping[str, ClassKind]
) -> Item | None:
    try:
        document = json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError):
        report.skip("not JSON", f"line {number}")
        return None
    if not isinstance(document, dict) or document.get("type") != "item":
        report.skip("no item", f"line {number}")
        return None
    report.date = max(report.date, modified(document))
    item = read_entity(document, report.dropped_names, classes)
    if item is None:
        report.skip("of other classes or without a usable name", str(document.get("id")))
        return None
    if reason := _unwanted(item, document, selection):
        report.skipped[reason] += 1
        return None
    return item


def _unwanted(item: Item, document: Mapping[str, Any], selection: Selection) -> str | None:
    if selection.languages and not any(lang in selection.languages for lang, _ in item.labels):
        return "without a label in a wanted language"
    if selection.sitelinks and len(as_map(document.get("sitelinks"))) < selection.sitelinks:
        return "with few sitelinks"
    if selection.period and not overlaps(item, *selection.period):
        return "of another period"
    return None
