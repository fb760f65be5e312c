"""What the matcher seeks, and how imported items yield to the hand-kept ones."""

from __future__ import annotations

import pytest

from kg.authority.authority import Authority
from kg.authority.building import yielding
from kg.authority.importers.cleaning import unfit
from kg.authority.index import write_index
from kg.model import Item

STATE = Item("Q1", "place", "country", (("zh", "新国"), ("en", "Newland")), start="1950", prior=0.9)
TOWN = Item("Q2", "place", "city", (("zh", "新城"), ("en", "Newtown")), country="Q1", prior=0.5)


def sought(tmp_path, *items: Item) -> set[str]:
    path = tmp_path / "a.db"
    write_index(path, sorted(items, key=lambda i: i.id), date="2026-01-01")
    return {name.text for name in Authority(path).names() if name.prior}  # 0: faintly


def place(id: str, zh: str, en: str, prior: float, subkind: str = "city") -> Item:
    return Item(id, "place", subkind, (("zh", zh), ("en", en)), country="Q30", prior=prior)


def test_hamlets_are_looked_up_and_not_sought(tmp_path):
    hamlet = place("Q3", "石墩坪", "Shidunping", 0.01, "village")
    assert not sought(tmp_path, hamlet)
    assert [h.item for h in Authority(tmp_path / "a.db").lookup("石墩坪")] == ["Q3"]


def test_a_minor_town_is_not_sought_by_the_name_of_a_person(tmp_path):
    person = Item("Q9", "person", "leader", (("zh", "约翰·布莱顿"), ("en", "John Blayton")))
    minor, major = place("Q3", "布莱顿", "Blayton", 0.2), place("Q4", "布莱顿", "Blayton", 0.7)
    assert not {"布莱顿", "Blayton"} & sought(tmp_path, person, minor)
    assert {"布莱顿", "Blayton"} <= sought(tmp_path, person, major)


@pytest.mark.parametrize(("country", "is_sought"), [("Q30", False), ("Q148", True)])
def test_a_single_word_is_the_family_name_of_a_person_from_elsewhere(tmp_path, country, is_sought):
    person = Item("Q9", "person", "general", (("zh", "布莱顿将军"), ("en", "Blayton")), country=country)
    assert ("布莱顿" in sought(tmp_path, person, place("Q3", "布莱顿", "Braitun", 0.2))) == is_sought


def test_short_words_are_sought_for_renowned_things_only(tmp_path):
    assert "Wind" not in sought(tmp_path, place("Q3", "温德河", "Wind", 0.1, "river"))
    assert "Win" not in sought(tmp_path, place("Q3", "温", "Win", 0.2))
    assert "Suva" in sought(tmp_path, place("Q3", "苏瓦", "Suva", 0.2))
    assert "Rome" in sought(tmp_path, place("Q3", "罗马", "Rome", 0.7))


@pytest.mark.parametrize(
    ("text", "reason"), [("South Korean", "adjective"), ("Isle of Man", None), ("Sudan", None)]
)
def test_adjectives_are_no_names_of_places(text, reason):
    assert unfit(text, "en", "place") == reason


def test_namesakes_of_hand_kept_items_yield():
    rival = Item("Q5", "place", "town", (("en", "Newtown"),), prior=0.4)
    other = Item("Q6", "place", "town", (("en", "Oldtown"),), prior=0.4)
    priors = {i.id: i.prior for i in yielding([STATE, TOWN, rival, other], [STATE, TOWN])}
    assert priors == {"Q1": 0.9, "Q2": 0.5, "Q5": 0.075, "Q6": 0.4}


def test_imported_states_are_of_old_unless_they_prove_otherwise():
    kingdom = Item("Q5", "place", "country", (("en", "Kingdom of Old"),), prior=0.9)
    dated = Item("Q6", "place", "country", (("en", "Republic of Then"),), end="1962", prior=0.4)
    found = {i.id: (i.subkind, i.prior) for i in yielding([kingdom, dated], [STATE])}
    assert found == {"Q5": ("historical_country", 0.03), "Q6": ("country", 0.4)}


def test_imports_give_no_hand_kept_item_the_name_of_another():
    merged = Item(TOWN.id, "place", "city", TOWN.labels, (("en", "Newland"), ("en", "New Town")), prior=0.5)
    (found,) = yielding([merged], [STATE, TOWN])
    assert found.aliases == (("en", "New Town"),)


def test_the_bare_name_of_a_far_county_is_not_sought(tmp_path):
    county = Item("Q3", "place", "county", (("zh", "腊克县"),), (("zh", "腊克"),), country="Q30", prior=0.1)
    assert sought(tmp_path, county) == {"腊克县"}
