"""Completion, search with facets, and every view as SPARQL, CSV and RDF."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg.rdf.formats import GRAPHS, Format
from kg.store.archive import Archive
from kg.store.rows import Filters


def completed(client: FlaskClient, text: str, **more: str) -> list[dict[str, Any]]:
    answer = client.get("/complete", query_string={"q": text, **more})
    assert answer.status_code == 200
    return answer.get_json()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("typed", "id"),
    [
        ("北京", "Q956"),
        ("beij", "Q956"),
        ("Peking", "Q956"),
        ("bei jing", "Q956"),
        ("奠边", "Q36027"),
        ("奠邊府", "Q36027"),
        ("dianbianfu", "Q36027"),
        ("dien bien", "Q36027"),
        ("Điện Biên", "Q36027"),
        ("新华", "Q204839"),
        ("xinhua", "Q204839"),
    ],
)
def test_completion_knows_names_however_they_are_typed(client: FlaskClient, typed: str, id: str) -> None:
    assert id in [c["id"] for c in completed(client, typed)]


def test_completion_speaks_the_readers_language_and_leads_to_the_page(client: FlaskClient) -> None:
    found = client.get("/complete?q=beijing", headers={"Accept-Language": "zh"}).get_json()
    beijing = next(c for c in found if c["id"] == "Q956")
    assert beijing["label"] == "北京"
    assert client.get(beijing["page"]).status_code == 200


def test_completion_can_be_narrowed_to_a_kind(client: FlaskClient, archive: Archive) -> None:
    for kind in ("place", "source", "unit"):
        name = archive.top_entities(kind, limit=1)[0].label_zh
        assert name
        found = completed(client, name[:1], kind=kind)
        assert {c["kind"] for c in found} == {kind}
    assert completed(client, "") == []


def test_words_of_two_characters_are_found_and_marked(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "停火"}).get_data(as_text=True)
    assert "<mark>停火</mark>" in page
    traditional = client.get("/search", query_string={"q": "蘇伊士"}).get_data(as_text=True)
    assert "<mark>苏伊士</mark>" in traditional


def test_english_is_found_without_diacritics_or_case(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": "dien BIEN phu"}).get_data(as_text=True)
    assert "<mark>Điện</mark>" in page or "<mark>Điện Biên Phủ</mark>" in page


def _rows(client: FlaskClient, path: str, **query: Any) -> list[dict[str, str]]:
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


def test_each_facet_lets_through_as_many_as_it_says(client: FlaskClient) -> None:
    page = client.get("/search").get_data(as_text=True)
    facets = page.partition('class="facets"')[2].partition("</aside>")[0]
    links = re.findall(r'<a href="/search\?([^"]+)"[^>]*>[^<]*</a> <span class="n">([\d,]+)</span>', facets)
    seen = set()
    for query, n in links:
        name = query.partition("=")[0]
        seen.add(name)
        assert len(
            list(csv.reader(io.StringIO(client.get(f"/search.csv?{html.unescape(query)}").text)))
        ) - 1 == int(n), query
    assert seen == {"kind", "entity", "event_type", "text_lang", "confidence", "agreement"}
    years = re.findall(r'href="/search\?year=(\d+)" title="\d+: (\d+)"', facets)
    assert len(years) > 20
    for year, n in years:
        assert len(_rows(client, "/search.csv", year=year)) == int(n)


def test_filters_are_all_obeyed_together(client: FlaskClient, archive: Archive) -> None:
    filters = Filters(entities=("Q204839", "Q956"), since="1950-01-01", until="1980-12-31", lang="zh")
    wanted = {a.id for a in archive.articles(filters, limit=200).articles}
    rows = _rows(client, "/search.csv", entity=["Q204839", "Q956"], since="1950-01-01", until="1980-12-31",
                 text_lang="zh")  # fmt: skip
    assert {r["article"].partition("/article/")[2] for r in rows} == wanted
    assert 3 < len(wanted) < 20


def test_order_can_be_chosen(client: FlaskClient) -> None:
    def dates(order: str) -> list[str]:
        page = client.get("/search", query_string={"q": "新华社", "order": order}).get_data(as_text=True)
        return re.findall(r'<li class="article">.*?datetime="([^"]+)"', page, re.DOTALL)

    assert dates("oldest") == sorted(dates("oldest"))
    assert dates("newest") == sorted(dates("newest"), reverse=True)
    assert dates("newest") != dates("oldest")


def test_pages_of_a_list_follow_each_other_to_the_end(client: FlaskClient, archive: Archive) -> None:
    for start in ("/search", "/search?q=新华社", "/page/entity/Q204839"):
        path: str | None = start
        seen: list[str] = []
        while path:
            page = client.get(path).get_data(as_text=True)
            seen += re.findall(r'class="title" href="/page/article/([^"]+)"', page)
            following = re.search(r'rel="next" href="([^"]+)">Next', page)
            path = html.unescape(following[1]) if following else None
        assert len(seen) == len(set(seen))
        assert len(seen) >= 39


VIEWS = [
    ("/search", {}),
    ("/search", {"q": "停火"}),
    ("/search", {"entity": ["Q956", "Q204839"], "year": "1964"}),
    ("/search", {"kind": "unit", "since": "1953-01-01", "until": "1955-12-31"}),
    ("/search", {"role": "cited", "confidence": "0.7", "text_lang": "zh+en"}),
    ("/search", {"event_type": "agreement"}),
    ("/search", {"page": "1", "year": "1957"}),
    ("/timeline", {}),
    ("/search", {"within": "Q148", "event_type": "conference"}),
    ("/timeline", {"entity": "Q956"}),
    ("/timeline", {"entity": ["Q148", "Q204839"], "type": "conference"}),
    ("/timeline", {"within": "Q881"}),
    ("/timeline", {"event": "Q748780", "type": "battle"}),
    ("/timeline", {"type": "conference", "since": "1954-01-01", "until": "1960-12-31"}),
    ("/map", {}),
    ("/map", {"what": "events", "from": "1950", "to": "1960"}),
    ("/search", {"agreement": "conflict", "kind": "source"}),
    ("/search", {"agreement": "conflict", "entity": "Q493845"}),
]


def _exports(client: FlaskClient, path: str, query: dict[str, Any]) -> dict[str, str]:
    page = client.get(path, query_string=query).get_data(as_text=True)
    links = page.partition('class="exports"')[2].partition("</p>")[0]
    return {
        text: html.unescape(href) for href, text in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', links)
    }


@pytest.mark.parametrize(("path", "query"), VIEWS, ids=lambda v: str(v))
def test_a_view_as_sparql_gives_what_its_table_has(
    client: FlaskClient, path: str, query: dict[str, Any]
) -> None:
    links = _exports(client, path, query)
    rows = list(csv.reader(io.StringIO(client.get(links["CSV"]).get_data(as_text=True))))[1:]
    asked = client.get(links["This as SPARQL"], headers={"Accept": "text/csv"})
    assert asked.status_code == 200, asked.get_data(as_text=True)
    answered = list(csv.DictReader(io.StringIO(asked.get_data(as_text=True))))
    key = {"/search": "article", "/timeline": "report", "/map": "place"}[path]
    column = {"/search": 0, "/timeline": 1, "/map": 0}[path]
    assert rows
    assert {r[column] for r in rows} == {a[key] for a in answered}
    if path == "/map":
        counts = {a["place"]: int(a.get("articles") or a["reports"]) for a in answered}
        assert {r[0]: int(r[-1]) for r in rows} == counts


@pytest.mark.parametrize(("path", "query"), VIEWS[1:4] + VIEWS[8:15:2], ids=lambda v: str(v))
def test_a_view_as_rdf_is_one_graph_in_every_format(
    client: FlaskClient, path: str, query: dict[str, Any]
) -> None:
    links = _exports(client, path, query)
    graphs = []
    for f in GRAPHS:
        answer = client.get(links[f.label])
        assert answer.content_type == f.content_type
        graphs.append({(q.subject, q.predicate, q.object) for q in ox.parse(answer.data, format=f.rdf)})
    assert len(graphs[0]) > 10
    assert all(g == graphs[0] for g in graphs)


def test_the_export_of_a_search_holds_all_that_its_articles_own(
    client: FlaskClient, archive: Archive
) -> None:
    found = archive.search("停火").page.articles
    whole = b"".join(archive.triples(a.id) or b"" for a in found)
    answer = client.get("/search.nt", query_string={"q": "停火"})
    assert set(answer.data.splitlines()) == set(whole.splitlines())


def test_a_large_export_arrives_in_pieces(client: FlaskClient) -> None:
    answer = client.get("/search.ttl", buffered=False)
    assert answer.is_streamed
    assert "Content-Length" not in answer.headers
    assert len(list(ox.parse(b"".join(answer.response), format=Format.TURTLE.rdf))) > 5000
    answer.close()


def test_an_unknown_suffix_is_404(client: FlaskClient) -> None:
    for path in ("/search.xlsx", "/timeline.xlsx", "/map.xlsx"):
        assert client.get(path).status_code == 404


def test_values_that_cannot_work_are_named(client: FlaskClient) -> None:
    for name, value in (("year", "soon"), ("since", "1953-13-01"), ("kind", "person"), ("confidence", "7")):
        answer = client.get("/search", query_string={name: value}, headers={"Accept": "application/json"})
        assert answer.status_code == 400
        assert name in answer.json["error"]
        assert value in answer.json["error"]


def test_a_day_without_an_issue_leads_to_the_next_one(client: FlaskClient, archive: Archive) -> None:
    answer = client.get("/issues?date=1946-01-01")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/page/issue/1946-07-06")
    page = client.get("/issues?year=1954").get_data(as_text=True)
    assert set(re.findall(r"/page/issue/([\d-]+)", page)) == {d for d, _ in archive.issues(1954)}


# --- trends ------------------------------------------------------------------------------------------------


def test_trends_count_what_searches_find(client: FlaskClient, archive: Archive) -> None:
    path = "/trends?entity=Q956&entity=Q204839&q=停火"
    rows = list(csv.DictReader(io.StringIO(client.get(path.replace("?", ".csv?")).get_data(as_text=True))))
    printed = archive.statistics()["year"]
    assert {(r["year"], r["of"]) for r in rows} == {(y, str(n)) for y, n in printed.items()}
    for name, search in (("Beijing", "entity=Q956"), ("停火", "q=停火")):
        of_name = {r["year"]: int(r["articles"]) for r in rows if r["name"] == name}
        for year in ("1953", "1954", "1964"):
            page = client.get(f"/search?{search}&year={year}&lang=en").get_data(as_text=True)
            found = re.search(r'role="status">(\d+)', page)
            assert found is not None
            assert of_name[year] == int(found[1])
    page = client.get(path + "&lang=en").get_data(as_text=True)
    asked = re.search(r'href="(/sparql\?query=[^"]+)"', page)
    assert asked is not None
    answer = client.get(html.unescape(asked[1]), headers={"Accept": "text/csv"}).get_data(as_text=True)
    by_graph = {(r["entity"], r["year"]): r["articles"] for r in csv.DictReader(io.StringIO(answer))}
    ours = {(r["entity"], r["year"]): r["articles"] for r in rows if r["entity"] and r["articles"] != "0"}
    assert ours == by_graph


def test_trends_are_drawn_as_shares_or_numbers(client: FlaskClient, archive: Archive) -> None:
    years = dict(archive.entity_years("Q956"))
    printed = {int(y): n for y, n in archive.statistics()["year"].items()}
    for measure, unit in (("share", " %"), ("number", "")):
        page = client.get(f"/trends?entity=Q956&measure={measure}&lang=en").get_data(as_text=True)
        told = dict(re.findall(r"<title>Beijing · (\d+): ([\d.,]+)" + unit + "</title>", page))
        assert {int(y) for y in told} == set(years)
        for year, n in years.items():
            value = 100 * n / printed[year] if measure == "share" else n
            assert float(told[str(year)]) == pytest.approx(value, rel=0.01)


def test_trends_begin_with_what_is_most_reported(client: FlaskClient, archive: Archive) -> None:
    first = client.get("/trends?lang=zh")
    assert first.status_code == 303
    for entity in archive.top_entities("place", limit=3):
        assert entity.id in first.headers["Location"]
    assert "lang=zh" in first.headers["Location"]


def test_too_many_trends_are_refused(client: FlaskClient) -> None:
    assert client.get("/trends?" + "&".join(f"q=w{n}" for n in range(7))).status_code == 400
    assert client.get("/trends?entity=nothing").status_code == 404
    assert client.get("/trends?measure=none&q=x").status_code == 400


def test_a_run_of_characters_that_is_in_no_article_is_offered_apart(client: FlaskClient) -> None:
    for words, parted in (("越南司令", "越南 司令"), ("越南軍司令", "越南 軍 司令")):
        text = client.get("/search", query_string={"q": words}).get_data(as_text=True)
        assert "Nothing found." in text
        offered = re.search(r'<a href="(/search\?q=[^"]+)" lang="zh-Hans">([^<]+)</a>', text)
        assert offered is not None
        assert offered[2] == parted
        assert "Nothing found." not in client.get(html.unescape(offered[1])).get_data(as_text=True)
    text = client.get("/search", query_string={"q": "没有这样的词语组合"}).get_data(as_text=True)
    assert "anywhere in the article" not in text


def test_signs_of_chinese_keyboards_mean_what_they_mean_in_ascii(archive: Archive) -> None:
    for wide, plain in (
        ("“Dien Bien”", '"Dien Bien"'),
        ("「新华社」", '"新华社"'),
        ("新华社 －奠边府", "新华社 -奠边府"),
    ):
        found = archive.search(wide, limit=100).page.articles
        assert [a.id for a in found] == [a.id for a in archive.search(plain, limit=100).page.articles]
        assert found


def test_a_stray_early_event_does_not_flatten_the_chart_of_years(
    client: FlaskClient, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {int(y): n for y, n in archive.statistics()["event_year"].items() if y.isdigit()}
    first = next(iter(archive.years()))
    monkeypatch.setattr("server.browse.exploring._REMEMBERED", first - min(told) - 1)
    site = client.application.extensions["dateline"]
    site.pages.clear()
    text = client.get("/timeline").get_data(as_text=True)
    site.pages.clear()
    begins = min(told) + 1
    earlier = f"/timeline?until={begins - 1}-12-31"
    assert f'<a href="{earlier}">← before {begins}</a> <span class="n">{told[min(told)]}</span>' in text
    assert f'data-year="{min(told)}"' not in text
    assert client.get(earlier).get_data(as_text=True).count('<li><span class="meta">') == told[min(told)]


def test_snippets_cut_no_word_and_say_where_text_is_left_out(archive: Archive) -> None:
    seen = 0
    for a in archive.search("the", limit=40).page.articles:
        stored = archive.article(a.id)
        assert stored is not None
        for lang, snippet, spans in a.snippets:
            text = stored.doc["article"][lang]["text"]
            inner = snippet.removeprefix("…").removesuffix("…")
            at = text.find(inner)
            assert at >= 0
            assert all(snippet[s:e].lower() == "the" for s, e in spans if lang == "en")
            before, after = text[:at].rstrip(), text[at + len(inner) :].rstrip()
            assert snippet.startswith("…") is bool(before) or before == text.split("\n")[0].rstrip()
            assert snippet.endswith("…") is bool(after)
            assert lang != "en" or not re.search(r"\w\Z", text[:at]) or not re.match(r"\w", inner)
            seen += 1
    assert seen > 5


# --- places and what lies in them, names as filters, events of several ---------------------------------


def test_a_search_in_pinyin_that_finds_no_words_leads_to_what_is_called_so(client: FlaskClient) -> None:
    page = client.get("/search?q=dianbianfu&year=1954&lang=en").get_data(as_text=True)
    told = page.partition("No article has these words, but some are about")[2].partition("</p>")[0]
    assert html.unescape(re.findall(r'href="([^"]+)"', told)[0]) == "/search?year=1954&lang=en&entity=Q36027"
    assert "No article has these words" not in client.get("/search?q=北京&lang=en").get_data(as_text=True)
