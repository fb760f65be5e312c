"""What pages show, read without scripts."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.authority import open_authority
from kg.store.archive import Archive
from kg.store.rows import EntitySummary
from server.assets import vendored
from server.sparql.examples import groups
from tests.browse.conftest import get, text_of

# --- the article -------------------------------------------------------------------------------------------


def test_the_article_stands_side_by_side_paragraph_by_paragraph(client: FlaskClient, a_battle: str) -> None:
    page = get(client, f"/page/article/{a_battle}")
    rows = re.findall(r'<div class="row.*?(?=<div class="row|</article>)', page, re.DOTALL)
    assert len(rows) >= 3
    both = [r for r in rows if 'lang="zh-Hans"' in r and 'lang="en"' in r]
    assert len(both) == len(rows)
    assert "奠边府" in text_of(rows[0])
    assert "Điện Biên" in text_of(rows[0])


def test_no_text_is_lost_by_the_highlighting(client: FlaskClient, archive: Archive) -> None:
    for summary in archive.articles(limit=100).articles:
        stored = archive.article(summary.id)
        assert stored is not None
        seen = re.sub(r"\s", "", text_of(get(client, f"/page/article/{summary.id}")))
        for lang in ("zh", "en"):
            body = stored.doc["article"].get(lang)
            for start, end in body["paragraphs"] if body else ():
                assert re.sub(r"\s", "", body["text"][start:end]) in seen


def test_every_mark_leads_to_an_entry_with_confidence_and_evidence(
    client: FlaskClient, a_battle: str
) -> None:
    page = get(client, f"/page/article/{a_battle}")
    keys = set(re.findall(r'class="mention [^"]*" href="#([^"]+)"', page))
    assert {k.partition("-")[0] for k in keys} >= {"source", "place", "event"}
    for key in keys:
        assert f'id="{key}"' in page
    entry = page.partition('id="place-2"')[2].partition("</li>\n")[0]
    assert "Evidence" in entry
    assert re.search(r"[01]\.\d\d", entry)


def test_the_dispatch_is_drawn_from_the_farthest_source_to_the_paper(
    client: FlaskClient, archive: Archive
) -> None:
    for summary in archive.articles(limit=100).articles:
        doc = archive.article(summary.id).doc  # type: ignore[union-attr]
        chained = next(
            (d for d in doc["dispatches"] if d.get("chain") and d.get("source") and d.get("date")), None
        )
        if chained is not None:
            break
    else:
        pytest.fail("no sample has a chain of sources")
    page = get(client, f"/page/article/{summary.id}")
    flow = page.partition(f'id="{chained["key"]}"')[2].partition("</li>")[0]
    names = {m["key"]: m["link"]["entity"] for m in doc["mentions"]}
    order = [names[k] for k in (*reversed(chained["chain"]), chained["source"])]
    assert [i for i in re.findall(r"/page/entity/([^\"]+)", flow) if i in order] == order
    assert chained["date"] in flow
    assert flow.index(chained["date"]) < flow.index(f"/page/issue/{summary.date}")


def test_conflicts_between_the_languages_are_marked(client: FlaskClient, archive: Archive) -> None:
    found = 0
    for summary in archive.articles(limit=100).articles:
        doc = archive.article(summary.id).doc  # type: ignore[union-attr]
        conflicts = [c for m in doc["mentions"] for c in m.get("conflicts", ())]
        if conflicts:
            found += 1
            page = get(client, f"/page/article/{summary.id}")
            assert "The two languages disagree" in page
            assert all(html.escape(c["zh"]["text"]) in page for c in conflicts)
            assert re.search(r'class="mention [a-z]+ ?(?:optional )?conflict"', page)
    assert found, "no sample has a conflict"


def test_events_are_cards_with_time_place_and_parties(client: FlaskClient, a_battle: str) -> None:
    cards = text_of(
        get(client, f"/page/article/{a_battle}").partition('class="cards"')[2].partition("</section>")[0]
    )
    for word in ("When", " May 1954", "Where", "Điện Biên Phủ", "Who", "Reported by"):
        assert word in cards


def test_neighbours_lead_on_through_the_issue(client: FlaskClient, archive: Archive) -> None:
    date = next(d for d, n in archive.issues(1949) + archive.issues(1954) + archive.issues(1955) if n > 1)
    first, second = archive.issue(date)[:2]
    page = get(client, f"/page/article/{first.id}")
    assert f'rel="next" href="/page/article/{second.id}"' in page
    assert f'href="/page/issue/{date}"' in page


def test_data_is_one_click_away(client: FlaskClient, a_battle: str) -> None:
    page = get(client, f"/page/article/{a_battle}")
    for extension in ("ttl", "nt", "jsonld", "rdf"):
        assert f'<a href="/data/article/{a_battle}.{extension}">' in page


# --- entities, events, issues ------------------------------------------------------------------------------


def test_the_entity_page_tells_what_it_is_and_why(client: FlaskClient) -> None:
    page = get(client, "/page/entity/Q956")
    seen = text_of(page)
    for words in (
        "Beijing", "北京", "Q956", "Why this item", "Peking", "Reports over time", "Xinhua News Agency",
        "Sources that report on it", "Places mentioned with it", "articles",
    ):  # fmt: skip
        assert words in seen
    assert 'href="http://www.wikidata.org/entity/Q956"' in page
    assert 'class="land"' in page


def test_sources_beside_a_source_do_not_report_on_it(client: FlaskClient) -> None:
    seen = text_of(get(client, "/page/entity/Q204839"))
    assert "Sources named with it" in seen
    assert "Sources that report on it" not in seen


def test_articles_of_an_entity_can_be_narrowed_to_a_year(client: FlaskClient, archive: Archive) -> None:
    year, n = archive.entity_years("Q956")[0]
    page = get(client, f"/page/entity/Q956?year={year}")
    assert page.count('<li class="article">') == n


def test_an_event_is_told_with_all_its_reports(client: FlaskClient, archive: Archive) -> None:
    events, _ = archive.events(limit=200)
    for event in events:
        reports = archive.event_reports(event.event)
        page = get(client, f"/page/event/{event.event}")
        assert all(f"/page/article/{r.article}#{r.key}" in page for r in reports)


def test_an_issue_lists_its_articles_by_page(client: FlaskClient, archive: Archive) -> None:
    date = archive.articles(limit=1).articles[0].date
    page = get(client, f"/page/issue/{date}")
    assert all(a.id in page for a in archive.issue(date))
    before, after = archive.around(date)
    assert before is None
    assert f'rel="next" href="/page/issue/{after}"' in page


def test_examples_on_the_first_page_find_something(client: FlaskClient, base: str) -> None:
    for query in (e.query for group in groups() for e in group.examples if e.first):
        answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/csv"})
        assert answer.status_code == 200, query
        assert len(answer.data.splitlines()) > 1, query


def test_the_map_of_a_year_counts_that_year(client: FlaskClient, archive: Archive) -> None:
    page = client.get("/map.csv?year=1954").get_data(as_text=True).splitlines()
    counts = {row.split(",")[0].rsplit("/")[-1]: int(row.rsplit(",")[-1]) for row in page[1:]}
    expected = {p.entity.id: dict(p.articles)[1954] for p in archive.activity() if 1954 in dict(p.articles)}
    assert counts == expected


def test_a_war_takes_in_its_battles_and_is_not_part_of_them(client: FlaskClient) -> None:
    page = get(client, "/page/event/Q748780")
    war = text_of(page)
    assert "Battle of Dien Bien Phu" in war.partition("Takes in")[2].partition("Reports")[0]
    assert "Part of" not in war
    found = re.search(r'href="(/page/event/[^"]+)">Battle of Dien Bien Phu<', page)
    assert found is not None
    battle = text_of(get(client, found[1]))
    assert "First Indochina War" in battle.partition("Part of")[2].partition("Reports")[0]


def test_units_that_are_only_called_something_do_not_lead(archive: Archive) -> None:
    for found in (archive.top_entities("unit", limit=40), archive.neighbours("Q881", kind="unit", limit=40)):
        known = [unit.item is not None for unit in found]
        assert known == sorted(known, reverse=True)
        assert any(known)


# --- lists of entities -------------------------------------------------------------------------------------


def test_all_entities_of_a_kind_can_be_walked_through(client: FlaskClient, archive: Archive) -> None:
    listed, _ = archive.ranked("source", limit=200)
    text = client.get("/entities?kind=source&lang=en").get_data(as_text=True)
    assert all(f'href="/page/entity/{e.id}"' in text for e in listed)
    begin = client.get("/entities?kind=source&q=xin").get_data(as_text=True)
    assert "/page/entity/Q204839" in begin
    assert "/page/entity/Q130879" not in begin  # Reuters
    assert client.get("/entities?kind=town").status_code == 400
    home = client.get("/").get_data(as_text=True)
    assert all(f'href="/entities?kind={kind}"' in home for kind in ("place", "source", "unit"))


def test_no_report_names_a_party_twice(client: FlaskClient, archive: Archive) -> None:
    events, _ = archive.events(limit=500)
    twice = [e for e in events if len(e.parties) > len({p for p, _ in e.parties})]
    assert twice, "the samples have an entity that is place and actor of one event"
    page = get(client, f"/timeline?since={twice[0].start}&until={twice[0].start}")
    for row in re.findall(r"<li><span class=\"meta\">.*?</li>", page, re.DOTALL):
        told = row.split('<span class="meta"><a')[0]
        named = re.findall(r'class="entity [a-z]+" href="([^"]+)"', told)
        assert len(named) == len(set(named)), named


def test_a_known_event_was_when_the_authority_says_and_takes_in_its_parts_only(client: FlaskClient) -> None:
    page = get(client, "/page/event/Q748780")
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL))
    assert text_of(facts["When"]) == "19 Dec 1946 – 1 Aug 1954"
    assert "Dien Bien Phu" in text_of(facts["Takes in"])
    for part in re.findall(r'href="/page/event/([^"]+)"', facts["Takes in"]):
        assert "Q748780" in open_authority().ancestors(part)


@pytest.mark.parametrize("path", ["/map", "/sparql"])
def test_no_page_asks_for_scripts_that_are_not_there(
    client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("server.assets.VENDOR", tmp_path)
    vendored.cache_clear()
    try:
        page = get(client, f"{path}?lang=en&nocache=1")
    finally:
        vendored.cache_clear()
    assert "vendor/" not in re.sub(r'data-land="[^"]*"', "", page)
    assert "make assets" in page


def test_an_issue_shows_what_its_articles_name(client: FlaskClient, archive: Archive) -> None:
    date = "1954-05-09"
    ids = [a.id for a in archive.issue(date)]
    docs = [stored.doc for id in ids if (stored := archive.article(id)) is not None]
    wanted = [{m["link"]["entity"] for m in doc["mentions"]} for doc in docs]
    found = {e.id: e.count for e in archive.issue_entities(date)}
    assert set(found) == set().union(*wanted)
    assert all(n == sum(id in names for names in wanted) for id, n in found.items())
    aside = get(client, f"/page/issue/{date}").partition("<aside")[2].partition("</aside>")[0]
    assert "/page/entity/Q36027" in aside
    assert "<svg" in aside


def test_who_has_no_position_is_shown_by_the_places_around_it(client: FlaskClient, archive: Archive) -> None:
    head = get(client, "/page/entity/Q204839").partition('class="head"')[2].partition('id="years"')[0]
    located = {e.id for e in archive.neighbours("Q204839", kind="place", limit=12) if e.lat is not None}
    assert set(re.findall(r'class="dot" href="/page/entity/([^"]+)"', head)) == located


def test_the_articles_of_an_entity_are_seen_on_a_map_and_over_the_years(client: FlaskClient) -> None:
    text = client.get("/page/entity/Q956?year=1953").get_data(as_text=True)
    for tab in ("map", "years", "tops"):
        link = f"/search/{tab}?entity=Q956&year=1953"
        assert f'href="{html.escape(link)}"' in text
        assert client.get(link).status_code == 200


def test_what_a_name_could_mean_besides_leads_somewhere(client: FlaskClient, archive: Archive) -> None:
    seen = 0
    for id in archive.ids(limit=100):
        text = client.get(f"/page/article/{id}").get_data(as_text=True)
        for passage in re.findall(r"<p>Alternatives: .*?</p>", text):
            for href in re.findall(r'href="([^"]+)"', passage):
                seen += 1
                if href.startswith("/"):
                    assert client.get(href).status_code == 200, (id, href)
                else:
                    assert href.startswith("http://www.wikidata.org/entity/Q")
    assert seen > 5


def test_an_article_leads_to_those_on_the_same(client: FlaskClient, archive: Archive) -> None:
    told = 0
    for summary in archive.articles(limit=1000).articles:
        related = archive.related(summary.id)
        assert summary.id not in {r.article.id for r in related}
        mine = {e.id: e for e in _named(archive, summary.id)}
        for other in related:
            theirs = {e.id for e in _named(archive, other.article.id)}
            assert set(other.entities) <= theirs & set(mine)
            assert all(mine[e].articles <= 10 for e in other.entities)  # in a small archive
            assert other.entities or other.event
            if other.event:
                assert _events(archive, summary.id) & _events(archive, other.article.id)
        told += len(related)
    assert told > 10
    nearest = next(s for s in archive.articles(limit=1000).articles if archive.related(s.id))
    page = get(client, f"/page/article/{nearest.id}")
    assert (
        f'href="/page/article/{archive.related(nearest.id)[0].article.id}"' in page.partition('id="near"')[2]
    )


def _named(archive: Archive, article: str) -> list[EntitySummary]:
    stored = archive.article(article)
    assert stored is not None
    ids = {m["link"]["entity"] for m in stored.doc["mentions"] if not m.get("optional")}
    return list(archive.entities(ids).values())


def _events(archive: Archive, article: str) -> set[str]:
    stored = archive.article(article)
    assert stored is not None
    return {e["link"]["event"] for e in stored.doc["events"]}


def test_an_entity_tells_what_it_lies_in_and_how_long_it_lasted(
    client: FlaskClient, archive: Archive
) -> None:
    authority = open_authority()
    told = 0
    for entity in archive.top_entities("place", limit=40) + archive.top_entities("source", limit=5):
        item = authority.item(entity.id)
        if item is None:
            continue
        facts = get(client, f"/page/entity/{entity.id}").partition("<dl>")[2].partition("</dl>")[0]
        above = archive.entities(authority.ancestors(entity.id))
        named = [e for e in above.values() if e.articles]
        assert all(f'href="/page/entity/{e.id}"' in facts for e in named)
        assert ("Lies in" in facts or "Part of" in facts) is bool(named)
        assert ("Lasted" in facts) is bool(item.start or item.end)
        told += bool(named)
    assert told > 5


def test_the_dataset_names_its_terms(client: FlaskClient) -> None:
    for lang, name in (("en", "mention"), ("zh", "提及")):
        page = client.get(f"/page/dataset?lang={lang}").get_data(as_text=True)
        assert (
            f'{name} <a class="meta" href="https://w3id.org/dateline/ontology#Mention">dl:Mention</a>' in page
        )
