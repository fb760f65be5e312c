"""What counts as one thing twice, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.authority.checking import check
from kg.authority.doubles import doubles
from kg.authority.tables import read_notes, read_revised, revise
from kg.errors import AuthorityError
from kg.model import Item

CITY = Item(
    "Q900", "place", "city", (("zh", "远江"), ("en", "Yuanjiang")), lat=31.0, lon=120.0, country="Q148"
)
COUNTY = replace(CITY, id="x-county", subkind="county", labels=(("zh", "远江县"), ("en", "Far County")))
PAPER = Item("Q901", "source", "newspaper", (("zh", "远报"), ("en", "Far News")), start="1950")


def pairs(*items: Item, notes: dict[str, str] | None = None) -> list[tuple[str, str]]:
    return [(d.one, d.other) for d in doubles(items, notes)]


DOUBLES = {
    "a city and the county it was": (CITY, COUNTY),
    "an alias": (CITY, replace(COUNTY, labels=(("zh", "近江县"),), aliases=(("zh", "遠江鎮"),))),
    "no coordinates, one province": (
        replace(CITY, lat=None, lon=None, part_of=("Q1",)), replace(COUNTY, part_of=("Q1",))
    ),
    "a paper": (PAPER, replace(PAPER, id="x-paper")),
    "a paper, translated anew": (
        PAPER, replace(PAPER, id="x-paper", labels=(("zh", "遥报"), ("en", "Far News")))
    ),
    "a river": (replace(CITY, subkind="river"), replace(CITY, id="x-river", subkind="river", lat=29.0)),
    "an island that two countries claim": (
        replace(CITY, subkind="island"),
        replace(CITY, id="x-islands", subkind="islands", lat=31.1, country="Q17", labels=(("zh", "远江"),)),
    ),
    "a glacier, as an area and as a mountain": (
        replace(CITY, subkind="area"),
        replace(CITY, id="x-glacier", subkind="mountain", country=None, labels=(("zh", "远江"),)),
    ),
    "a province under another English name": (
        replace(CITY, subkind="province"),
        replace(COUNTY, subkind="province", labels=(("zh", "远江"), ("en", "Far Province"))),
    ),
}  # fmt: skip
OTHERS = {
    "far apart": (CITY, replace(COUNTY, lat=32.0)),
    "another country": (CITY, replace(COUNTY, country="Q881")),
    "a river and a city": (CITY, replace(CITY, id="x-river", subkind="river")),
    "a city and its province": (CITY, replace(CITY, id="x-province", subkind="province")),
    "a valley far from the pass": (
        replace(CITY, subkind="valley"),
        replace(COUNTY, subkind="pass", lat=32.0, labels=(("zh", "远江"), ("en", "Far Pass"))),
    ),
    "states that followed each other": (
        replace(CITY, subkind="historical_country", end="1962"),
        replace(COUNTY, subkind="historical_country", start="1963", labels=CITY.labels),
    ),
    "another kind": (CITY, replace(PAPER, labels=CITY.labels)),
    "one language only": (
        PAPER, replace(PAPER, id="x-paper", labels=(("zh", "远报"), ("en", "Distant News")))
    ),
    "one after the other": (PAPER, replace(PAPER, id="x-paper", start="1930", end="1949")),
    "a name of one character": (
        replace(CITY, labels=(("zh", "远县"),)), replace(COUNTY, labels=(("zh", "远市"),))
    ),
}  # fmt: skip


@pytest.mark.parametrize("two", DOUBLES.values(), ids=DOUBLES)
def test_doubles(two):
    assert pairs(*two) == [tuple(sorted(item.id for item in two))]


@pytest.mark.parametrize("two", OTHERS.values(), ids=OTHERS)
def test_no_doubles(two):
    assert pairs(*two) == []


@pytest.mark.parametrize("note", ["not Q900: beside it", "seat moved in 1952; not Q900: beside it"])
def test_a_note_tells_two_apart(note):
    assert pairs(CITY, COUNTY, notes={"x-county": note}) == []
    assert pairs(CITY, COUNTY, notes={"x-county": note.replace("Q900", "Q9001")}) == [("Q900", "x-county")]


def test_a_check_reports_them():
    report = check([CITY, COUNTY], [])
    assert [str(d) for d in report.doubles] == ["Q900 and x-county are both called 远江"]
    assert report.absent == ()  # no tables were given


def test_notes_and_the_day_of_revision_are_read_from_a_table(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text(
        "# revised: 2026-11-28\nid\tkind\tnote\n# not: a row\nQ1\tplace\tnot Q2: …\nQ3\tplace\n", "utf-8"
    )
    assert read_notes(path) == {"Q1": "not Q2: …"}
    assert read_revised(path) == "2026-11-28"
    path.write_text(revise(path.read_text("utf-8"), "2027-01-02"), "utf-8")
    assert read_revised(path) == "2027-01-02"


@pytest.mark.parametrize("text", ["", "# revised: yesterday\n", "id\tkind\n"])
def test_a_table_without_a_day_is_refused(tmp_path, text):
    path = tmp_path / "t.tsv"
    path.write_text(text, "utf-8")
    with pytest.raises(AuthorityError, match=r"t\.tsv: no day of revision"):
        read_revised(path)
