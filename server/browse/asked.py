"""What a request asks for, read with care: a value that cannot work is a 400 that names it."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Collection, Iterable

from flask import request

from kg.model import EventType, Kind, Role
from kg.store.rows import EventFilters, Filters
from kg.store.textsearch import LONGEST as LONGEST
from server.errors import HttpError

_DATE = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])", re.ASCII)
_PART = re.compile(r"(?!0000)([0-9]{4})(?:-(0[1-9]|1[0-2]))?", re.ASCII)
_YEAR = re.compile(r"[0-9]{1,4}", re.ASCII)
AGREEMENTS = ("conflict",)
LANGS = ("zh", "en", "zh+en")
ORDERS = ("score", "newest", "oldest")


def text(name: str) -> str | None:
    """A parameter; None where it is missing or empty."""
    return request.args.get(name, "").strip() or None


def choice(name: str, known: Iterable[str]) -> str | None:
    """One of a list of values."""
    value = text(name)
    if value is not None and value not in (offered := tuple(known)):
        raise HttpError(400, f"{name} {value!r} is unknown", remedy=f"one of: {', '.join(offered)}")
    return value


def year(name: str = "year") -> int | None:
    """A year."""
    value = text(name)
    if value is None:
        return None
    if not _YEAR.fullmatch(value):
        raise HttpError(400, f"{name} {value!r} is no year", remedy="write it as 1953")
    return int(value)


def date(name: str) -> str | None:
    """An ISO date; of a year or a month its first day, or of ``until`` its last."""
    value = text(name)
    if value is None:
        return None
    if part := _PART.fullmatch(value):
        year, month = int(part[1]), int(part[2] or (12 if name == "until" else 1))
        day = calendar.monthrange(year, month)[1] if name == "until" else 1
        return f"{year:04}-{month:02}-{day:02}"
    if not _is_date(value):
        raise HttpError(400, f"{name} {value!r} is no date", remedy="write it as 1953-12-14, 1953-12 or 1953")
    return value


def _is_date(value: str) -> bool:
    """Whether it is a day that there was: not 1954-02-30."""
    try:
        return _DATE.fullmatch(value) is not None and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False


def number(name: str, low: int, high: int, usual: int) -> int:
    """A whole number between bounds."""
    value = text(name)
    if value is None:
        return usual
    if not (value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high):
        raise HttpError(
            400, f"{name} {value!r} is no such number", remedy=f"a whole number from {low} to {high}"
        )
    return int(value)


def share(name: str) -> float | None:
    """A number between 0 and 1."""
    value = text(name)
    if value is None:
        return None
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not 0 <= found <= 1:
        raise HttpError(400, f"{name} {value!r} is no such number", remedy="a number from 0 to 1")
    return found


_ENTITIES = 8


def only(known: Collection[str]) -> None:
    """HttpError 400 for a parameter that is none of `known`: what it was to narrow would not be narrowed."""
    strange = next((name for name in request.args if name not in known), None)
    if strange is not None:
        names = f"it has {', '.join(known)}" if known else "it has none"
        raise HttpError(400, f"{strange} is no parameter of {request.path}", remedy=names)


def filters() -> Filters:
    """The filters of a list of articles."""
    page = number("page", 0, 999, 0)
    return Filters(
        year=year(),
        since=date("since"),
        until=date("until"),
        entities=_entities(),
        within=text("within"),
        kind=choice("kind", Kind),
        role=choice("role", Role),
        event_type=choice("event_type", EventType),
        lang=choice("text_lang", LANGS),
        min_confidence=share("confidence"),
        page=page or None,
        conflict=choice("agreement", AGREEMENTS) is not None,
    )


def event_filters() -> EventFilters:
    """The filters of a list of event reports."""
    of_year = year()
    since, until = date("since"), date("until")
    if of_year is not None:
        since, until = f"{of_year:04}-01-01", f"{of_year:04}-12-31"
    return EventFilters(
        type=choice("type", EventType),
        since=since,
        until=until,
        entities=_entities(),
        within=text("within"),
        event=text("event"),
    )


def _entities() -> tuple[str, ...]:
    found = tuple(dict.fromkeys(e for e in request.args.getlist("entity") if e.strip()))
    if len(found) > _ENTITIES:
        raise HttpError(400, f"entity stands {len(found)} times", remedy=f"at most {_ENTITIES} entities")
    return found


def needed(name: str) -> str:
    """A parameter that must be there."""
    value = text(name)
    if value is None:
        raise HttpError(400, f"{name} is missing", remedy=f"add ?{name}=…")
    return value
