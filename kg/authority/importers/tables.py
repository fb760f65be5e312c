"""Tables of items, tab-separated: our own strict form, and other people's by the names of their columns.

A table whose header has ``id``, ``kind`` and ``subkind`` is in our own form and read strictly.  Any other is
read for what it has: ``qid`` (or ``geonames_id``, ``wof_id``), ``kind`` or ``placetype``, ``label_<lang>`` or
``name_<lang>``, ``aliases`` (``name@lang|…``), coordinates, ``country_qid``, ``admin1_qid``, ``part_of_qid``,
``place_qid``, dates, ``population``, ``p31`` or ``p31_labels``, ``verified``, ``notes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kg.authority.importers.cleaning import clean_names
from kg.authority.importers.files import InputFile
from kg.authority.importers.guessing import guess_subkind
from kg.authority.importers.report import ImportReport
from kg.authority.kinds import LANGUAGES, SUBKINDS
from kg.authority.priors import by_languages, by_population, by_subkind, combine
from kg.authority.tables import REQUIRED, parse_row
from kg.authority.wikidata.classes import classify
from kg.errors import AuthorityError
from kg.model import Item
from kg.vocab import QID

_QID = re.compile(QID)
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_FACTOR = re.compile(
    r"= ([0-9.e+-]+) (metre|square metre|cubic metre|kilogram|second|joule|watt|pascal|ampere|hertz|kelvin)\b"
)

# The kind column of place tables -> our subkind, where neither class nor label tells better.
_PLACE_KINDS = {
    "continent": "continent", "country": "historical_country", "admin1": "province", "admin2": "county",
    "city": "town", "river": "river", "lake": "lake", "mountain": "mountain", "island": "island",
    "sea": "sea",
    "region": "region", "peninsula": "peninsula", "canal": "canal", "infrastructure": "facility",
    "county": "county", "localadmin": "town", "locality": "village", "macrocounty": "prefecture",
    "macroregion": "region", "neighbourhood": "district",
}  # fmt: skip
_REFINED = frozenset({"sea", "region", "mountain", "island", "infrastructure", "lake"})
_COUNTRY_CODES = {
    "VN": "Q881", "KR": "Q884", "KP": "Q423", "LA": "Q819", "KH": "Q424", "TW": "Q865", "CN": "Q148",
}  # fmt: skip
_SHORT_EVENTS = frozenset({"battle", "treaty", "conference", "coup", "disaster", "operation"})
_NAMED = frozenset({"place", "unit", "organisation", "person"})
_NO_KIND_EVIDENCE = 0.02


def read_rows(file: InputFile, report: ImportReport, *, after: int = 0) -> Iterator[tuple[int, Item | None]]:
    """Line number, and the item or None (left out; the report says why), of each row after line `after`.

    Raises AuthorityError where the file or its header cannot be read, and in a table of
    our own form at the first faulty row.
    """
    path = file.path
    header: list[str] | None = None
    for number, raw in enumerate(file, start=1):
        if not raw.strip() or raw.startswith(b"#"):
            continue
        cells = _decode(path, number, raw).split("\t")
        if header is None:
            header = _known_header(path, cells)
            continue
        if number <= after:
            continue
        report.read += 1
        row = dict(zip(header, cells, strict=False))
        item = _strict(path, number, header, cells) if set(REQUIRED) <= set(header) else _foreign(row, report)
        report.kept += item is not None
        yield number, item


def _decode(path: Path, number: int, raw: bytes) -> str:
    try:
        return raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as e:
        raise AuthorityError(f"{path.name}:{number}: not UTF-8: {e}", remedy="tables are UTF-8") from e


def _known_header(path: Path, cells: list[str]) -> list[str]:
    if set(REQUIRED) <= set(cells) or {"qid", "geonames_id", "wof_id"} & set(cells):
        return cells
    raise AuthorityError(
        f"table {path}: no column for the item among {', '.join(cells[:8])}",
        remedy="the first line names the columns; id, kind, subkind or qid are wanted",
    )


def _strict(path: Path, number: int, header: list[str], cells: list[str]) -> Item:
    try:
        return parse_row(header, cells)
    except ValueError as e:
        raise AuthorityError(f"{path.name}:{number}: {e}", remedy="mend the row") from e


def _foreign(row: dict[str, str], report: ImportReport) -> Item | None:
    id = _id(row)
    shown = row.get("label_en") or row.get("name_en") or row.get("name") or row.get("label_zh") or "?"
    if id is None:
        report.skip("without an id", shown)
        return None
    kind = _kind(row)
    if kind is None:
        report.skip("of unknown kind", f"{id} {shown} ({row.get('kind') or 'no kind, class or place'})")
        return None
    labels, aliases = clean_names(_labels(row), _aliases(row), kind, report.dropped_names)
    if not any(lang in {"zh", "en"} for lang, _ in labels):
        report.skip("without a usable name", f"{id} {shown}")
        return None
    names = dict(labels)
    if _is_concept(kind, names.get("en", "")):
        report.skip("concepts, not things", f"{id} {shown}")
        return None
    subkind, sign = _subkind(row, kind, names)
    start, end = _dates(row, kind, subkind)
    lat, lon = _coordinate(row, "lat", 90), _coordinate(row, "lon", 180)
    located = lat is not None and lon is not None
    return Item(
        id=id, kind=kind, subkind=subkind, labels=labels, aliases=aliases,
        lat=lat if located else None, lon=lon if located else None,
        country=_country(row, id),
        part_of=_qids(row, "part_of_qid", "admin1_qid", *(() if kind == "event" else ("place_qid",))),
        start=start, end=end, p31=_qids(row, "p31"),
        prior=_prior(row, kind, subkind, names, sign, located=located),
        verified=id.startswith("Q") and row.get("verified", "yes") == "yes",
        places=_qids(row, "place_qid") if kind == "event" else (),
        unit_name=names.get("en") if kind == "measure" else None,
        factor=_factor(row.get("notes", "")) if kind == "measure" else None,
    )  # fmt: skip


def _is_concept(kind: str, en: str) -> bool:
    """Whether the item is an army, a military branch: Wikidata writes names of things with a capital."""
    if kind in {"place", "person"}:  # "village of …" may stand for a name; k.d. lang is one
        return en.isalpha() and en.islower() and len(en) > 3
    return kind in _NAMED and en.islower() and len(en) > 3 and not any(c.isdigit() for c in en)


def _kind(row: dict[str, str]) -> str | None:
    """What a row is about: by its kind, which for places may be a finer one, by its classes, or by its
    being of a gazetteer or having a place on the map; None where all this tells nothing.
    """
    told = row.get("kind", "")
    if told in SUBKINDS:
        return told
    if told in _PLACE_KINDS or told in SUBKINDS["place"]:
        return "place"
    if told:
        return None
    if (classified := classify(_qids(row, "p31"))) is not None:
        return classified.kind
    gazetteer = "qid" not in row or bool(row.get("placetype"))
    return "place" if gazetteer or _coordinate(row, "lat", 90) is not None else None


def _id(row: dict[str, str]) -> str | None:
    if "qid" in row:
        return row["qid"] if _QID.fullmatch(row["qid"]) else None
    for column in ("geonames_id", "wof_id"):
        if row.get(column, "").isdigit():
            return f"x-{column.removesuffix('_id')}-{row[column]}"
    return None


def _labels(row: dict[str, str]) -> list[tuple[str, str]]:
    found = [(lang, row.get(f"{stem}_{lang}", "")) for stem in ("label", "name") for lang in LANGUAGES]
    found.append(("en", row.get("name", "")))
    return [(lang, text) for lang, text in found if text]


def _aliases(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    for part in row.get("aliases", "").split("|"):
        text, at, lang = part.rpartition("@")
        if at and text:
            yield lang, text


def _subkind(row: dict[str, str], kind: str, names: dict[str, str]) -> tuple[str, float]:
    """The subkind, and the prior that the classes give for it (0 where they say nothing)."""
    told = classify(_qids(row, "p31"))
    zh, en = names.get("zh", ""), names.get("en", "")
    if told is not None and told.kind == kind:
        return told.subkind, told.prior
    if kind != "place":
        return guess_subkind(kind, words=row.get("p31_labels", ""), en=en, zh=zh), 0.0
    given = row.get("kind") or row.get("placetype", "")
    subkind = _PLACE_KINDS.get(given, given if given in SUBKINDS["place"] else "area")
    if given in _REFINED and (refined := guess_subkind("place", en=en, zh=zh)) != "area":
        return refined, 0.0
    if given == "city" and by_population(_population(row)) >= 0.35:
        return "city", 0.0
    return subkind, 0.0


def _prior(
    row: dict[str, str], kind: str, subkind: str, names: dict[str, str], sign: float, *, located: bool
) -> float:
    chinese = "zh" in names
    if "qid" not in row:  # a gazetteer: names in many languages were made by rule and tell nothing
        return combine(by_population(_population(row)), by_subkind(subkind), chinese=chinese)
    if row.get("kind") == "country" and not sign and not located:
        return _NO_KIND_EVIDENCE  # a label that some class name made a country
    signs = [by_population(_population(row)), by_languages(len(names), subkind, chinese=chinese)]
    if sign >= 0.8:  # states, capitals, continents: well known by any measure
        signs.append(sign)
    elif sign:
        signs.append(sign * (0.4 + 0.12 * len(names)))
    if kind in {"source", "unit", "event", "organisation"}:
        signs.append(0.2)
    return combine(*signs, chinese=chinese or kind == "measure")


def _population(row: dict[str, str]) -> float | None:
    try:
        return float(row.get("population") or 0)
    except ValueError:
        return None


def _dates(row: dict[str, str], kind: str, subkind: str) -> tuple[str | None, str | None]:
    """Start and end; a lone "point in time" is often the end, so it dates short events only as a whole."""
    start, end, point = (_date(row.get(column, "")) for column in ("start", "end", "point_in_time"))
    if point and not end:
        end = point
    if point and not start and kind == "event" and subkind in _SHORT_EVENTS:
        start = point[:7]
    if start and end and end[: len(start)] < start[: len(end)]:
        return start, None
    return start, end


def _date(text: str) -> str | None:
    match = _DATE.match(text)
    if not match:
        return None
    parts = [match[1]]
    for part in (match[2], match[3]):
        if part is None or part == "00":
            break
        parts.append(part)
    return "-".join(parts)


def _coordinate(row: dict[str, str], column: str, limit: float) -> float | None:
    try:
        value = float(row.get(column) or "nan")
    except ValueError:
        return None
    return round(value, 5) if abs(value) <= limit else None


def _country(row: dict[str, str], id: str) -> str | None:
    country = row.get("country_qid") or _COUNTRY_CODES.get(row.get("country", ""), "")
    return country if _QID.fullmatch(country) and country != id else None


def _qids(row: dict[str, str], *columns: str) -> tuple[str, ...]:
    found = (qid for column in columns for qid in _QID.findall(row.get(column, "")))
    return tuple(dict.fromkeys(found))


def _factor(notes: str) -> float | None:
    match = _FACTOR.search(notes)
    return float(match[1]) if match else None
