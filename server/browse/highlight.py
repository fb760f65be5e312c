"""The article's text cut into pieces for the page: plain stretches, and mentions and triggers to mark.

Mentions may nest or overlap (越南 in 越南人民军); a page can mark a stretch once, so of those that begin
first the longest is marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch to mark: offsets into the body, the key and kind of what it is."""

    start: int
    end: int
    key: str
    kind: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``mark`` is None where there is nothing to mark."""

    text: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in pieces; ``title`` for the headline."""

    index: int
    pieces: tuple[Piece, ...]
    title: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Paragraphs that stand side by side."""

    zh: tuple[Paragraph, ...]
    en: tuple[Paragraph, ...]


def marks_of(doc: Mapping[str, Any], lang: str) -> list[Mark]:
    """All stretches to mark in one language."""
    found = [
        Mark(f["start"], f["end"], m["key"], m["kind"], f.get("optional", False))
        for m in doc["mentions"]
        for f in m["finds"]
        if f["lang"] == lang
    ]
    found += [
        Mark(t.get("start", 0), t["end"], e["key"], "event")
        for e in doc["events"]
        for t in e.get("triggers", ())
        if t["lang"] == lang
    ]
    return found


def outermost(marks: Iterable[Mark]) -> list[Mark]:
    """The marks that are left when each stretch is marked once: what counts before what is optional,
    long before short, mentions before events.
    """
    kept: list[Mark] = []
    end = -1
    order = sorted(marks, key=lambda m: (m.start, -(m.end - m.start), m.optional, m.kind == "event", m.key))
    for mark in order:
        if mark.start >= end:
            kept.append(mark)
            end = mark.end
    return kept


def paragraphs(body: Mapping[str, Any], marks: Sequence[Mark]) -> list[Paragraph]:
    """The body's paragraphs in pieces.  `marks` must not overlap and be in order."""
    text = body.get("text", "")
    found = []
    at = 0
    for index, (start, end) in enumerate(body.get("paragraphs", ())):
        pieces: list[Piece] = []
        here = start
        while at < len(marks) and marks[at].start < start:
            at += 1
        while at < len(marks) and marks[at].end <= end:
            mark = marks[at]
            if mark.start > here:
                pieces.append(Piece(text[here : mark.start]))
            pieces.append(Piece(text[mark.start : mark.end], mark))
            here = mark.end
            at += 1
        if here < end:
            pieces.append(Piece(text[here:end]))
        found.append(Paragraph(index, tuple(pieces), title=index == 0))
    return found


def side_by_side(
    zh: Sequence[Paragraph], en: Sequence[Paragraph], alignment: Sequence[Sequence[float]]
) -> list[Row]:
    """Rows of paragraphs that translate each other; what has no counterpart stands alone in its place."""
    rows: list[Row] = []
    done_zh = done_en = 0
    for group_zh, group_en in _groups(alignment):
        rows += [Row((p,), ()) for p in zh[done_zh : group_zh[0]]]
        rows += [Row((), (p,)) for p in en[done_en : group_en[0]]]
        rows.append(Row(tuple(zh[group_zh[0] : group_zh[-1] + 1]), tuple(en[group_en[0] : group_en[-1] + 1])))
        done_zh, done_en = group_zh[-1] + 1, group_en[-1] + 1
    rows += [Row((p,), ()) for p in zh[done_zh:]]
    rows += [Row((), (p,)) for p in en[done_en:]]
    return rows


def _groups(alignment: Sequence[Sequence[float]]) -> list[tuple[list[int], list[int]]]:
    """Pairs that share a paragraph, put together."""
    groups: list[tuple[list[int], list[int]]] = []
    for pair in sorted((int(p[0]), int(p[1])) for p in alignment):
        if groups and (pair[0] <= groups[-1][0][-1] or pair[1] <= groups[-1][1][-1]):
            groups[-1][0].append(pair[0])
            groups[-1][1].append(pair[1])
        else:
            groups.append(([pair[0]], [pair[1]]))
    return [(sorted(set(a)), sorted(set(b))) for a, b in groups]
