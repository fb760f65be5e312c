"""A search on a map, over the years, and by what it names most: one set of filters for all tabs."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.store import searching, viewing
from kg.store.archive import Archive
from kg.store.rows import Filters

SEARCHES: list[dict[str, Any]] = [
    {},
    {"q": "停火"},
    {"entity": ["Q956", "Q204839"]},
    {"year": "1954"},
    {"kind": "unit", "since": "1953-01-01", "until": "1955-12-31"},
    {"q": "新华社", "text_lang": "zh+en", "event_type": "agreement"},
]
TABS = ("map", "years", "tops")


def _page(client: FlaskClient, tab: str, query: dict[str, Any]) -> str:
    answer = client.get(f"/search/{tab}", query_string={**query, "lang": "en"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _links(page: str) -> dict[str, str]:
    links = page.partition('class="exports"')[2].partition("</p>")[0]
    return {
        text: html.unescape(href) for href, text in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', links)
    }


def _table(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address, headers={"Accept": "text/csv"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


@pytest.mark.parametrize("query", SEARCHES, ids=str)
@pytest.mark.parametrize("tab", TABS)
def test_a_tab_as_sparql_gives_what_its_table_has(
    client: FlaskClient, tab: str, query: dict[str, Any]
) -> None:
    links = _links(_page(client, tab, query))
    key = {"map": "place", "years": "period", "tops": "what"}[tab]
    ours = [r for r in _table(client, links["CSV"]) if r["articles"] != "0"]
    theirs = _table(client, links["This as SPARQL"])
    assert ours
    asked = {r[key]: int(r["articles"]) for r in theirs}
    if tab == "tops":  # as many of each kind as the table has
        assert {r[key]: int(r["articles"]) for r in ours}.items() <= asked.items()
    else:
        assert {r[key]: int(r["articles"]) for r in ours} == asked


@pytest.mark.parametrize("query", SEARCHES[:4], ids=str)
def test_the_data_of_a_tab_is_the_same_in_both_forms(client: FlaskClient, query: dict[str, Any]) -> None:
    links = {tab: _links(_page(client, tab, query)) for tab in TABS}
    rows = {tab: _table(client, links[tab]["CSV"]) for tab in TABS}
    answers = {tab: client.get(links[tab]["JSON"]) for tab in TABS}
    assert answers["map"].content_type == "application/geo+json"
    places = answers["map"].get_json(force=True)["features"]
    assert [(f["id"], f["properties"]["articles"]) for f in places] == [
        (r["place"], int(r["articles"])) for r in rows["map"]
    ]
    assert [f["geometry"]["coordinates"] for f in places] == [
        [float(r["lon"]), float(r["lat"])] for r in rows["map"]
    ]
    periods = answers["years"].get_json()
    assert [(p["period"], str(p["articles"]), str(p["of"])) for p in periods] == [
        (r["period"], r["articles"], r["of"]) for r in rows["years"]
    ]
    tops = answers["tops"].get_json()
    assert [(kind, t["id"], str(t["articles"])) for kind, of in tops.items() for t in of] == [
        (r["kind"], r["what"], r["articles"]) for r in rows["tops"]
    ]


@pytest.mark.parametrize("tab", TABS)
def test_every_number_leads_to_as_many_articles(client: FlaskClient, tab: str) -> None:
    page = _page(client, tab, {"q": "新华社", "text_lang": "zh+en"})
    table = page.partition('<table class="tops">')[2]
    links = re.findall(r'<td class="n"><a href="(/search\?[^"]+)">([\d,]+)</a>', table)
    assert len(links) >= 3
    for address, n in links[:12]:
        assert "text_lang=zh%2Ben" in address
        assert f'role="status">{n} article' in client.get(html.unescape(address)).get_data(as_text=True)


def test_the_months_of_a_year_add_up(client: FlaskClient, archive: Archive) -> None:
    rows = _table(client, "/search/years.csv?year=1954&entity=Q956")
    assert all(re.fullmatch(r"1954-\d\d", r["period"]) for r in rows)
    assert sum(int(r["articles"]) for r in rows) == archive.count(Filters(year=1954, entities=("Q956",)))
    assert sum(int(r["of"]) for r in rows) == archive.statistics()["year"]["1954"]
    page = _page(client, "years", {"year": "1954", "entity": "Q956"})
    for address, n in re.findall(r'<td class="n"><a href="([^"]+since[^"]+)">(\d+)</a>', page):
        assert f'role="status">{n} article' in client.get(html.unescape(address)).get_data(as_text=True)


def test_tabs_keep_what_was_asked_and_what_narrows_stays_in_the_tab(client: FlaskClient) -> None:
    for path in ("/search", *(f"/search/{t}" for t in TABS)):
        page = client.get(path, query_string={"q": "停火", "entity": "Q956", "lang": "zh"}).get_data(
            as_text=True
        )
        tabs = page.partition('class="tabs"')[2].partition("</nav>")[0]
        addresses = re.findall(r'href="([^"]+)"', tabs)
        assert [a.partition("?")[0] for a in addresses] == ["/search", *(f"/search/{t}" for t in TABS)]
        assert all("entity=Q956" in a and "q=%E5%81%9C%E7%81%AB" in a for a in addresses)
        assert tabs.count('aria-current="page"') == 1
        facets = page.partition('class="facets"')[2].partition("</aside>")[0]
        assert {a.partition("?")[0] for a in re.findall(r'href="([^"]+)"', facets)} <= {path, "/trends"}
        assert f'<form action="{path}" class="range">' in facets


def test_estimates_are_marked_on_the_page_and_in_its_data(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = {"since": "1946-01-01", "until": "2001-12-31"}
    assert "≈" not in _page(client, "tops", query)
    monkeypatch.setattr(viewing, "COUNTED", 40)
    page = client.get("/search/tops", query_string={**query, "lang": "en", "text_lang": "zh"}).get_data(
        as_text=True
    )
    assert "≈</abbr>" in page
    assert re.search(r"estimates from \d+ of the \d+ articles", page)
    rows = _table(client, "/search/map.csv?since=1946-01-01&until=2001-12-31&text_lang=zh")
    assert {r["estimated"] for r in rows} == {"yes"}


def test_the_map_that_the_server_draws_leads_to_the_articles(client: FlaskClient) -> None:
    page = _page(client, "map", {"q": "新华社"})
    dots = re.findall(r'<a class="dot" href="([^"]+)"><title>[^<]* · ([\d,]+)</title>', page)
    assert len(dots) > 50
    for address, n in dots[-5:]:
        assert html.unescape(address).startswith("/search?q=%E6%96%B0%E5%8D%8E%E7%A4%BE&")
        assert f'role="status">{n} article' in client.get(html.unescape(address)).get_data(as_text=True)


def test_a_search_says_what_is_ranked(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "/search?q=新华社&lang=en"
    assert "are ranked" not in client.get(address).get_data(as_text=True)
    monkeypatch.setattr(searching, "SCORED", 30)
    page = client.get(f"{address}&order=score").get_data(as_text=True)
    assert "Of 39 articles, the 30 that were added last are ranked" in page
    assert "are ranked" not in client.get(f"{address}&order=newest").get_data(as_text=True)


def test_nothing_found_is_said_in_every_tab(client: FlaskClient) -> None:
    for tab in TABS:
        assert "Nothing" in _page(client, tab, {"q": "qqqqqq"})
        assert _table(client, f"/search/{tab}.csv?q=qqqqqq") == []


def test_what_a_tab_cannot_do_is_said(client: FlaskClient) -> None:
    for tab in TABS:
        assert client.get(f"/search/{tab}.ttl").status_code == 404
        assert client.get(f"/search/{tab}?year=soon").status_code == 400
    assert client.get("/search/years?measure=none").status_code == 400
