"""The embedded tables: strict reading of hand-kept rows, so that a slip is found where it was made.

One row an item, tab-separated, with a header; ``docs/authority.md`` describes the columns.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kg.authority.kinds import LANGUAGES, SUBKINDS
from kg.errors import AuthorityError
from kg.model import Echelon, EventType, Item
from kg.vocab import QID

COLUMNS: tuple[str, ...] = (
    "id", "kind", "subkind", "zh", "en", "aliases", "lat", "lon", "country", "part_of", "start", "end", "p31",
    "prior", "verified", "echelon", "event_type", "parties", "places", "unit_name", "factor", "note",
)  # fmt: skip
REQUIRED = ("id", "kind", "subkind")

_QID = re.compile(QID)
_OWN = re.compile(r"x-[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_SHOWN = 20
_REVISED = re.compile(r"^# revised: ([0-9]{4}-[0-9]{2}-[0-9]{2})$", re.MULTILINE)


def read_table(path: Path) -> Iterator[tuple[int, Item]]:
    """Line number and item of each row; AuthorityError naming ``file:line`` at the first fault."""
    header: list[str] | None = None
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        try:
            if header is None:
                header = _header(cells)
            else:
                yield number, parse_row(header, cells)
        except ValueError as e:
            raise AuthorityError(
                f"{path.name}:{number}: {e}", remedy="mend the row; docs/authority.md has the columns"
            ) from e


def load_tables(paths: Iterable[Path]) -> list[Item]:
    """All items of the tables in order of id; AuthorityError with every table's first fault."""
    seen: dict[str, str] = {}
    items: list[Item] = []
    faults: list[str] = []
    for path in sorted(paths):
        try:
            for number, item in read_table(path):
                here = f"{path.name}:{number}"
                if (there := seen.setdefault(item.id, here)) != here:
                    faults.append(f"{here}: id {item.id} stands in {there} already")
                items.append(item)
        except AuthorityError as e:
            faults.append(e.message)
    if faults:
        more = f"\n… and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise AuthorityError(
            "\n".join(faults[:_SHOWN]) + more, remedy="mend the rows; docs/authority.md has the columns"
        )
    return sorted(items, key=lambda item: item.id)


def read_notes(path: Path) -> dict[str, str]:
    """The notes of a table by item, of the rows that have one."""
    rows = (line.split("\t") for line in _lines(path) if line.strip() and not line.startswith("#"))
    header = next(rows, [])
    records = (dict(zip(header, cells, strict=False)) for cells in rows)
    return {record["id"]: record["note"] for record in records if record.get("note")}


def read_revised(path: Path) -> str:
    """The ISO day in the table's line ``# revised: 2026-11-28``; AuthorityError where it has none."""
    found = _REVISED.search("\n".join(_lines(path)))
    if found is None:
        raise AuthorityError(
            f"{path.name}: no day of revision", remedy="begin the table with a line '# revised: YYYY-MM-DD'"
        )
    return _date("revised", found[1])


def revise(text: str, day: str) -> str:
    """A table's text with `day` as its day of revision."""
    return _REVISED.sub(f"# revised: {day}", text, count=1)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as e:
        raise AuthorityError(f"{path}: cannot be read: {e}", remedy="tables are UTF-8") from e


def _header(cells: list[str]) -> list[str]:
    for cell in cells:
        if cell not in COLUMNS:
            raise ValueError(f"column {cell!r} is unknown (one of: {', '.join(COLUMNS)})")
    for column in REQUIRED:
        if column not in cells:
            raise ValueError(f"column {column!r} is missing")
    if len(set(cells)) != len(cells):
        raise ValueError("a column is named twice")
    return cells


def parse_row(header: list[str], cells: list[str]) -> Item:
    """The item of one row; ValueError says what is wrong with it."""
    if len(cells) > len(header):
        raise ValueError(f"{len(cells)} cells under {len(header)} columns")
    row = dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=False))
    for column, cell in row.items():
        if cell != cell.strip() or cell != unicodedata.normalize("NFC", cell):
            raise ValueError(f"{column} {cell!r}: stray space, or not in NFC")
    item = Item(
        id=_id("id", row["id"]),
        kind=_one_of("kind", row["kind"], SUBKINDS),
        subkind=_one_of("subkind", row["subkind"], SUBKINDS[row["kind"]]),
        labels=tuple((lang, row[lang]) for lang in ("zh", "en") if row[lang]),
        aliases=_aliases(row["aliases"]),
        lat=_number("lat", row["lat"], -90, 90),
        lon=_number("lon", row["lon"], -180, 180),
        country=_optional(_id, "country", row["country"]),
        part_of=_ids("part_of", row["part_of"]),
        start=_optional(_date, "start", row["start"]),
        end=_optional(_date, "end", row["end"]),
        p31=_ids("p31", row["p31"]),
        prior=_prior(row["prior"]),
        verified=_verified(row["verified"]),
        echelon=Echelon(row["echelon"]) if row["echelon"] else None,
        event_type=EventType(row["event_type"]) if row["event_type"] else None,
        parties=_ids("parties", row["parties"]),
        places=_ids("places", row["places"]),
        unit_name=row["unit_name"] or None,
        factor=_number("factor", row["factor"], 0, float("inf")),
    )
    _check_whole(item)
    return item


def _check_whole(item: Item) -> None:
    """What one cell cannot tell."""
    if not item.labels:
        raise ValueError(f"{item.id}: neither a zh nor an en label")
    if item.start and item.end and item.end[: len(item.start)] < item.start[: len(item.end)]:
        raise ValueError(f"{item.id}: ends {item.end} before it starts {item.start}")
    if (item.lat is None) != (item.lon is None):
        raise ValueError(f"{item.id}: lat without lon, or lon without lat")
    if item.verified and item.id.startswith("x-"):
        raise ValueError(f"{item.id}: verified, but it has no QID")


def _id(column: str, cell: str) -> str:
    if not (_QID.fullmatch(cell) or _OWN.fullmatch(cell)):
        raise ValueError(f"{column} {cell!r}: neither a QID nor x-slug")
    return cell


def _ids(column: str, cell: str) -> tuple[str, ...]:
    return tuple(_id(column, part) for part in cell.split())


def _optional(parse: Callable[[str, str], str], column: str, cell: str) -> str | None:
    return parse(column, cell) if cell else None


def _one_of(column: str, cell: str, allowed: Iterable[str]) -> str:
    if cell not in allowed:
        raise ValueError(f"{column} {cell!r} is unknown (one of: {', '.join(sorted(allowed))})")
    return cell


def _date(column: str, cell: str) -> str:
    if not _DATE.fullmatch(cell):
        raise ValueError(f"{column} {cell!r}: not a date cut to what is known (1953, 1953-12, 1953-12-11)")
    dt.date.fromisoformat(cell + "-01-01"[len(cell) - 4 :] if len(cell) < 10 else cell)
    return cell


def _number(column: str, cell: str, low: float, high: float) -> float | None:
    if not cell:
        return None
    value = float(cell)
    if not low <= value <= high:
        raise ValueError(f"{column} {cell!r}: not in [{low:g}, {high:g}]")
    return value


def _prior(cell: str) -> float:
    value = _number("prior", cell, 0, 1)
    return 0.3 if value is None else value


def _verified(cell: str) -> bool:
    return _one_of("verified", cell or "no", ("yes", "no")) == "yes"


def _aliases(cell: str) -> tuple[tuple[str, str], ...]:
    """``text@lang|text@lang`` to ``(lang, text)`` pairs, duplicates dropped."""
    pairs: dict[tuple[str, str], None] = {}
    for part in cell.split("|") if cell else ():
        text, at, lang = part.rpartition("@")
        if not at or not text or text != text.strip() or lang not in LANGUAGES:
            raise ValueError(f"alias {part!r}: not text@lang with lang one of {', '.join(LANGUAGES)}")
        pairs[lang, text] = None
    return tuple(pairs)
