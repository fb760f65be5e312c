"""Lists narrowed: by places with all that lies in them, by several things, by days; known events."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.store import selecting
from kg.store.archive import Archive
from kg.store.rows import EventFilters, Filters


def test_a_place_takes_in_what_lies_in_it(client: FlaskClient, archive: Archive) -> None:
    country = "Q148"
    alone, all_of_it = (
        {a.id for a in archive.articles(f, limit=1000).articles}
        for f in (Filters(entities=(country,)), Filters(within=country))
    )
    assert alone < all_of_it
    beijing = {a.id for a in archive.articles(Filters(entities=("Q956",)), limit=1000).articles}
    assert beijing <= all_of_it
    assert archive.places_in(country) > archive.places_in("Q956") >= 0
    assert archive.count(Filters(within=country)) == len(all_of_it)
    # With words, facets and other filters alike.
    found = archive.search("会议", Filters(within=country), limit=1000)
    assert {a.id for a in found.page.articles} == {
        a.id for a in archive.search("会议", limit=1000).page.articles
    } & all_of_it
    assert sum(n for _, n in archive.facets(Filters(within=country)).years) == len(all_of_it)
    page = client.get(f"/search?entity={country}").get_data(as_text=True)
    wider = html.unescape(re.findall(r'href="([^"]*within=[^"]*)"', page)[0])
    assert wider == f"/search?within={country}"
    assert f"{len(all_of_it):,}" in client.get(wider).get_data(as_text=True)
    assert f"/search?within={country}" in client.get(f"/page/entity/{country}").get_data(as_text=True)


def test_a_name_that_is_typed_narrows_without_scripts(client: FlaskClient) -> None:
    for path in ("/search", "/timeline"):
        answer = client.get(path, query_string={"entity": "Q204839", "named": "beijing", "year": "1954"})
        assert answer.status_code == 303
        assert answer.location == f"{path}?year=1954&entity=Q204839&entity=Q956"
        page = client.get(path).get_data(as_text=True)
        assert f'data-add="{path}?entity="' in page
        unknown = client.get(path, query_string={"named": "zzzz"}, headers={"Accept": "text/html"})
        assert unknown.status_code == 404
        assert "zzzz" in unknown.get_data(as_text=True)


@pytest.mark.parametrize("common", [0, 2_000])
def test_events_of_several_things_are_those_of_each(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, common: int
) -> None:
    monkeypatch.setattr(selecting, "_COMMON", common)

    def reports(**filters: Any) -> set[int]:
        return {e.report for e in archive.events(EventFilters(**filters), limit=100_000)[0]}

    one, other = reports(entities=("Q148",)), reports(entities=("Q204839",))
    assert reports(entities=("Q148", "Q204839")) == reports(entities=("Q204839", "Q148")) == one & other
    assert one & other
    places = reports(within="Q148")
    for event in archive.events(limit=100_000)[0]:
        if any(role == "place" and eid in ("Q148", "Q956") for eid, role in event.parties):
            assert event.report in places
    assert reports(within="Q148", entities=("Q204839",)) == places & other


def test_articles_whose_languages_name_different_things(client: FlaskClient, archive: Archive) -> None:
    """They can be listed, by kind, role and entity, and the list says what both have."""
    docs = {id: stored.doc for id in archive.ids() if (stored := archive.article(id)) is not None}
    differ = {id: [m for m in doc["mentions"] if m.get("conflicts")] for id, doc in docs.items()}
    wanted = {id for id, found in differ.items() if found}

    def listed(**filters: Any) -> set[str]:
        return {a.id for a in archive.articles(Filters(conflict=True, **filters), limit=1000).articles}

    assert wanted
    assert listed() == wanted
    for name in ("kind", "role"):
        for value in {m.get(name) for found in differ.values() for m in found} - {None}:
            assert listed(**{name: value}) == {
                id for id, found in differ.items() if any(m.get(name) == value for m in found)
            }
    assert archive.facets().conflicts[0] == ("", len(wanted))
    page = client.get("/search?agreement=conflict&kind=source&lang=en").get_data(as_text=True)
    assert "the original has “合众社”, the translation “Associated Press”" in page
    entity = next(m["link"]["entity"] for m in differ[next(iter(wanted))])
    assert next(iter(wanted)) in listed(entities=(entity,))
    assert client.get("/search?agreement=perhaps").status_code == 400
    assert client.get("/api/articles?agreement=conflict").get_json()["total"] == len(wanted)


def test_words_that_filters_let_nothing_through_lead_to_the_words_alone(client: FlaskClient) -> None:
    page = client.get("/search?q=停火&year=2003&lang=en").get_data(as_text=True)
    total = client.get("/api/search?q=停火").get_json()["total"]
    alone = '<a href="/search?q=%E5%81%9C%E7%81%AB">The same words without the filters</a>'
    assert f'{alone} <span class="n">{total}' in page
    assert 'class="exports"' not in page
    assert "without the filters" not in client.get("/search?q=zzzz&lang=en").get_data(as_text=True)


def test_how_late_a_report_is(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/timeline.csv").get_data(as_text=True))))
    late = [r for r in rows if r["days_late"]]
    assert late
    for row in late:
        assert row["grain"] in ("day", "hour")
        told = dt.date.fromisoformat(row["date"]) - dt.date.fromisoformat(row["end"])
        assert int(row["days_late"]) == told.days
    assert all(not r["days_late"] for r in rows if r["grain"] in ("month", "year"))
    one = next(r for r in late if r["days_late"] == "1")
    page = client.get(f"/timeline?since={one['begin']}&until={one['begin']}&lang=en").get_data(as_text=True)
    assert "printed a day later" in page


def test_events_by_the_api_take_the_same_filters(client: FlaskClient, archive: Archive) -> None:
    found = client.get("/api/events?entity=Q148&entity=Q204839&limit=200").get_json()["items"]
    filters = EventFilters(entities=("Q148", "Q204839"))
    assert len(found) == len(archive.events(filters, limit=200)[0])
    assert client.get("/api/events?within=Q148&limit=1").get_json()["items"]
    assert client.get("/api/articles?within=Q148&limit=1").get_json()["total"] == archive.count(
        Filters(within="Q148")
    )


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [("1954", "1954-01-01", "1954-12-31"), ("1956-02", "1956-02-01", "1956-02-29")],
)
def test_a_year_or_a_month_is_all_its_days(client: FlaskClient, part: str, first: str, last: str) -> None:
    def totals(path: str, since: str, until: str) -> object:
        return client.get(path, query_string={"since": since, "until": until}).get_data(as_text=True)

    for path in ("/search.csv", "/timeline.csv"):
        assert totals(path, part, part) == totals(path, first, last)
    for wrong in ("0000", "1954-13", "195", "1954-1"):
        assert client.get(f"/search?since={wrong}").status_code == 400


def test_what_does_not_have_a_word_is_all_the_rest(client: FlaskClient, archive: Archive) -> None:
    having = {a.id for a in archive.search("北京", limit=1000).page.articles}
    lacking = archive.search("-北京", limit=1000)
    every = {a.id for a in archive.articles(limit=1000).articles}
    assert {a.id for a in lacking.page.articles} == every - having
    assert lacking.total == len(every - having)
    assert lacking.ranked == 0
    neither = archive.search('-北京 -"新华社"', limit=1000)
    assert {a.id for a in neither.page.articles} == every - having - {
        a.id for a in archive.search("新华社", limit=1000).page.articles
    }
    first = archive.search("-北京", limit=5)
    second = archive.search("-北京", limit=5, after=first.page.next)
    assert not {a.id for a in first.page.articles} & {a.id for a in second.page.articles}
    assert client.get("/search?q=-北京").status_code == 200
    assert client.get("/search.csv?q=-北京").get_data(as_text=True).count("\n") == lacking.total + 1
    assert client.get("/api/search?q=-北京&limit=1").get_json()["total"] == lacking.total


# --- known events --------------------------------------------------------------------------------------


def test_known_events_stand_in_order_with_their_parts(client: FlaskClient, archive: Archive) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/events.csv").get_data(as_text=True))))
    known = {e.id for e in archive.known_events()}
    assert {r["event"].rpartition("/")[2] for r in rows} == known
    seen: set[str] = set()
    for row in rows:
        assert not row["part_of"] or row["part_of"] in seen  # a whole stands before its parts
        seen.add(row["event"])
        id = row["event"].rpartition("/")[2]
        assert int(row["reports"]) == archive.count_reports(id) >= 0
    wholes = [r["begin"] for r in rows if not r["part_of"] and r["begin"]]
    assert wholes == sorted(wholes)
    assert any(r["part_of"] for r in rows)
    page = client.get("/events").get_data(as_text=True)
    assert all(f'href="/page/event/{id}"' in page for id in known)
    assert client.get("/events.xlsx").status_code == 404


def test_an_event_page_says_how_many_reports_there_are_and_leads_to_all(
    client: FlaskClient, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = max(archive.known_events(), key=lambda known: known.count)
    listed = archive.events(EventFilters(event=event.id), limit=1000)[0]
    assert {e.report for e in listed} <= {e.report for e in archive.event_reports(event.id, limit=1000)}
    assert 1 < len(listed) <= event.count
    few = type(archive).event_reports
    monkeypatch.setattr(type(archive), "event_reports", lambda self, event: few(self, event, limit=1))
    page = client.get(f"/page/event/{event.id}?lang=en").get_data(as_text=True)
    assert "the first 1 of them" in page
    assert f'<span class="n">{event.count}</span>' in page
    assert f"/timeline?event={event.id}" in page
    assert client.get(f"/api/events?event={event.id}&limit=200").get_json()["items"]
