"""The events that have a name: wars, battles, conferences, with what is part of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from werkzeug.wrappers import Response as BaseResponse

from kg.store.rows import EntitySummary
from server.app import current_site
from server.authority import current_authority
from server.browse.exporting import table
from server.browse.face import face, page
from server.errors import HttpError


@dataclass(frozen=True, slots=True)
class Known:
    """An event of the authority, when it was, how deep it lies among others, and in which."""

    event: EntitySummary
    begin: str | None
    end: str | None
    depth: int
    part_of: str | None


def _known() -> Iterator[Known]:
    """All of them as they began, each followed by its parts."""
    authority = current_authority()
    known = {e.id: e for e in current_site().archive.known_events()}
    times = {id: (item.start, item.end) if (item := authority.item(id)) else (None, None) for id in known}
    parts: dict[str | None, list[str]] = defaultdict(list)
    for id in known:
        above = next((a for a in authority.ancestors(id) if a in known), None)
        parts[above].append(id)

    def walk(above: str | None, depth: int) -> Iterator[Known]:
        for id in sorted(parts[above], key=lambda i: (times[i][0] or "9999", i)):
            yield Known(known[id], *times[id], depth, above)
            yield from walk(id, depth + 1)

    return walk(None, 0)


@face.get("/events")
def events() -> BaseResponse:
    """The known events, in order of time."""
    return page("events.html", known=list(_known()))


@face.get("/events.<extension>")
def events_data(extension: str) -> BaseResponse:
    """The same as a table."""
    if extension != "csv":
        raise HttpError(404, f"there is no format .{extension}", remedy="one of: csv")
    minter = current_site().minter
    head = ("event", "type", "label_zh", "label_en", "begin", "end", "part_of", "wikidata", "reports")
    rows = (
        (
            minter.event(k.event.id), k.event.subkind, k.event.label_zh, k.event.label_en, k.begin, k.end,
            minter.event(k.part_of) if k.part_of else "", k.event.wikidata, k.event.count,
        )
        for k in _known()
    )  # fmt: skip
    return table("known-events", head, rows)
