"""The dump as a stream, and Wikidata's documents."""

from __future__ import annotations

import bz2
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
import zstandard

from kg.authority.importers.dump import Selection, read_dump
from kg.authority.importers.files import InputFile
from kg.authority.importers.report import ImportReport
from kg.authority.wikidata.classes import ClassKind
from kg.authority.wikidata.entities import read_entity
from kg.authority.wikidata.values import best_values, read_item, read_point, read_quantity, read_time
from kg.model import Item

from .standin import document, point_value, statement, time_value

CITY = document(
    "Q100", {"zh-hant": "新城縣", "zh": "新城", "en": "Newtown"}, "Q515",
    aliases={"en": ["NTN", "New Town"], "zh-tw": ["紐敦"]},
    claims=[statement("P17", "Q6"), statement("P131", "Q7"), statement("P625", point_value(1.5, 2.5)),
            statement("P1082", {"amount": "+400000", "unit": "1"}, kind="quantity"),
            statement("P571", time_value("+1946-00-00T00:00:00Z", 9), kind="time")],
)  # fmt: skip
WAR = document(
    "Q101", {"zh": "新城战争", "en": "Newtown War"}, "Q198",
    claims=[statement("P580", time_value("+1950-06-25T00:00:00Z", 11)),
            statement("P582", time_value("+1953-07-00T00:00:00Z", 10)),
            statement("P710", "Q6"), statement("P276", "Q100")],
)  # fmt: skip
PAPER = document("Q102", {"en": "On Things"}, "Q13442814")
OLD_WAR = document(
    "Q103", {"zh": "旧战争"}, "Q198",
    claims=[statement("P580", time_value("+1700-00-00T00:00:00Z", 9)),
            statement("P582", time_value("+1710-00-00T00:00:00Z", 9))],
)  # fmt: skip
ENGLISH_ONLY = document("Q104", {"en": "Littleham"}, "Q532", sitelinks=1)

JULIAN = "http://www.wikidata.org/entity/Q1985786"


def write(path: Path, *documents: object, dumps=json.dumps) -> Path:
    lines = [d if isinstance(d, str) else dumps(d) for d in documents]
    data = ("[\n" + ",\n".join(lines) + "\n]\n").encode()
    compress = {".gz": gzip.compress, ".bz2": bz2.compress, ".zst": zstandard.compress}
    path.write_bytes(compress.get(path.suffix, bytes)(data))
    return path


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def read(path: Path, selection: Selection | None = None, after: int = 0) -> tuple[list[Item], ImportReport]:
    report = ImportReport(str(path))
    found = list(read_dump(InputFile(path), report, selection or Selection(), after=after))
    assert report.read == report.kept + report.skipped.total() == len(found)
    return [item for _, item in found if item is not None], report


@pytest.mark.parametrize("name", ["d.json", "d.json.gz", "d.json.bz2", "d.json.zst"])
@pytest.mark.parametrize("dumps", [json.dumps, compact], ids=["spaced", "compact"])
def test_wanted_entities_of_any_compression(tmp_path, name, dumps):
    items, report = read(write(tmp_path / name, CITY, PAPER, WAR, OLD_WAR, ENGLISH_ONLY, dumps=dumps))
    assert [i.id for i in items] == ["Q100", "Q101"]
    assert report.skipped == {
        "of other classes": 1, "of another period": 1, "without a label in a wanted language": 1,
    }  # fmt: skip
    assert report.date == "2026-05-01"


def test_a_place_of_the_dump(tmp_path):
    (item,), _ = read(write(tmp_path / "d.json", CITY))
    assert item == Item(
        "Q100", "place", "city", (("zh", "新城"), ("en", "Newtown")),
        (("zh", "新城县"), ("zh", "纽敦"), ("en", "New Town")), lat=1.5, lon=2.5, country="Q6",
        part_of=("Q7",),         start="1946", p31=("Q515",), prior=0.45, verified=True,
    )  # fmt: skip


def test_an_event_of_the_dump(tmp_path):
    (item,), _ = read(write(tmp_path / "d.json", WAR))
    assert (item.subkind, item.start, item.end) == ("war", "1950-06-25", "1953-07")
    assert (item.parties, item.places) == (("Q6",), ("Q100",))


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (Selection(kinds=frozenset({"event"})), ["Q101"]),
        (Selection(only=frozenset({"Q532"}), languages=frozenset()), ["Q104"]),
        (Selection(languages=frozenset()), ["Q100", "Q101", "Q104"]),
        (Selection(languages=frozenset({"en"}), sitelinks=2), ["Q100", "Q101"]),
        (Selection(period=None), ["Q100", "Q101", "Q103"]),
        (Selection(period=("1700", "1705")), ["Q103"]),
        (
            Selection(classes={"Q13442814": ClassKind("source", "magazine", 0.1)}, languages=frozenset()),
            ["Q102"],
        ),
    ],
)
def test_selections(tmp_path, selection, found):
    items, _ = read(write(tmp_path / "d.json", CITY, PAPER, WAR, OLD_WAR, ENGLISH_ONLY), selection)
    assert [i.id for i in items] == found


def test_faulty_lines_are_counted_and_passed_over(tmp_path):
    cut = json.dumps(WAR)[:-300]
    lexeme = json.dumps({"type": "lexeme", "id": "L1", "claims": CITY["claims"]})
    items, report = read(
        write(tmp_path / "d.json", cut, CITY, "null", lexeme, document("Q9", {"en": "Bare"}))
    )
    assert [i.id for i in items] == ["Q100"]
    assert report.skipped == {"not JSON": 1, "without a class": 2, "no item": 1}
    assert "line 2" in report.examples["not JSON"]


def test_resuming_after_a_line(tmp_path):
    items, report = read(write(tmp_path / "d.json", CITY, WAR), after=2)
    assert ([i.id for i in items], report.read) == (["Q101"], 1)


def test_what_the_glance_does_not_understand_is_parsed(tmp_path):
    turned = json.loads(json.dumps(CITY))
    snak = turned["claims"]["P31"][0]["mainsnak"]
    turned["claims"]["P31"][0]["mainsnak"] = dict(reversed(snak.items()))
    items, _ = read(write(tmp_path / "d.json", turned))
    assert [i.id for i in items] == ["Q100"]


# --- documents -------------------------------------------------------------------------------------


def test_empty_maps_of_old_documents():
    bare = document("Q1", {}, None)
    assert bare["labels"] == bare["claims"] == []
    assert read_entity(bare, Counter()) is None
    assert read_entity(document("Q1", {"en": "Newtown"}, "Q515"), Counter()) is not None


def test_redirect_of_a_country_to_itself_is_no_country():
    (d,) = [document("Q6", {"zh": "某国"}, "Q3624078", claims=[statement("P17", "Q6")])]
    assert read_entity(d, Counter()).country is None


def test_best_rank_only():
    claims = {
        "P1": [statement("P1", "Q1"), statement("P1", "Q2", rank="preferred"),
               statement("P1", "Q3", rank="deprecated")],
        "P2": [statement("P2", "Q1"), statement("P2", "somevalue"), statement("P2", "novalue")],
        "P3": [statement("P3", "Q3", rank="deprecated")],
    }  # fmt: skip
    assert [read_item(v) for v in best_values(claims, "P1")] == ["Q2"]
    assert [read_item(v) for v in best_values(claims, "P2")] == ["Q1"]
    assert list(best_values(claims, "P3")) == []
    assert list(best_values([], "P1")) == []


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (time_value("+1954-05-07T00:00:00Z", 11), "1954-05-07"),
        (time_value("+1954-05-00T00:00:00Z", 10), "1954-05"),
        (time_value("+1954-00-00T00:00:00Z", 9), "1954"),
        (time_value("+1954-00-00T00:00:00Z", 11), "1954"),
        (time_value("+00000001954-05-07T00:00:00Z", 11), "1954-05-07"),
        (time_value("+1950-00-00T00:00:00Z", 8), None),
        (time_value("-0044-03-15T00:00:00Z", 11), None),
        (time_value("+13000-00-00T00:00:00Z", 9), None),
        (time_value("+1582-10-04T00:00:00Z", 11) | {"calendarmodel": JULIAN}, "1582"),
        ({}, None), (None, None), ({"time": "soon", "precision": 11}, None),
    ],
)  # fmt: skip
def test_times(value, read):
    assert read_time(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (point_value(21.4, 103.0), (21.4, 103.0)),
        ({"latitude": 1, "longitude": 2, "globe": "http://www.wikidata.org/entity/Q405"}, None),
        ({"latitude": None, "longitude": 2}, None),
        ({"latitude": 95, "longitude": 2}, None),
        ([], None),
    ],
)
def test_points(value, read):
    assert read_point(value) == read


def test_quantities_and_items():
    assert read_quantity({"amount": "+0.3048", "unit": "http://www.wikidata.org/entity/Q11573"}) == (
        0.3048,
        "Q11573",
    )
    assert read_quantity({"amount": "+5", "unit": "1"}) == (5.0, None)
    assert read_quantity({"amount": "lots"}) is None
    assert read_item({"entity-type": "item", "id": "Q5"}) == "Q5"
    assert read_item({"entity-type": "property", "id": "P5"}) is None
    assert read_item("Q5") is None
