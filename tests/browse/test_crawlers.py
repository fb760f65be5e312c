"""What search engines and browsers look for at known places."""

from __future__ import annotations

import re
import urllib.robotparser
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from kg.store.archive import Archive
from server import crawlers

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def _locations(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/xml"
    tree = ElementTree.fromstring(answer.get_data())
    assert all(len(e.text or "") == 10 for e in tree.iter(f"{SITEMAP}lastmod"))
    return [e.text or "" for e in tree.iter(f"{SITEMAP}loc")]


def test_the_site_map_lists_every_page_once(
    client: FlaskClient, base: str, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawlers, "_MOST", 40)
    files = _locations(client, "/sitemap.xml")
    assert all(f.startswith(f"{base}sitemaps/") for f in files)
    listed = [page for f in files for page in _locations(client, f.removeprefix(base[:-1]))]
    assert len(listed) == len(set(listed))
    paths = {page.removeprefix(base[:-1]) for page in listed}
    assert {f"/page/article/{id}" for id in archive.ids()} <= paths
    assert {f"/page/issue/{a.date}" for a in archive.articles(limit=1000).articles} <= paths
    everything, rest = archive.ranked(limit=1000)
    known = [e for e in everything if e.kind != "event"]
    assert rest is not None or {f"/page/entity/{e.id}" for e in known} <= paths
    for path in sorted(paths)[::50]:
        assert client.get(path, headers={"Accept": "text/html"}).status_code == 200, path


def test_a_part_of_the_site_map_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    for name in ("articles-1954-9", "articles-1800-1", "articles-1954-0", "entities-99"):
        assert client.get(f"/sitemaps/{name}.xml").status_code == 404, name


def test_robots_may_read_pages_and_not_ask_endless_questions(client: FlaskClient, base: str) -> None:
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(client.get("/robots.txt").get_data(as_text=True).splitlines())
    for path in ("", "page/article/1954-05-09/1/a", "page/entity/Q148", "data/entity/Q148.ttl", "dumps/"):
        assert rules.can_fetch("a robot", base + path), path
    for path in ("search?q=x", "sparql?query=ASK{}", "complete?q=x", "review", "language/zh?back=/"):
        assert not rules.can_fetch("a robot", base + path), path
    assert rules.site_maps() == [f"{base}sitemap.xml"]


def test_browsers_can_search_from_their_address_bar(client: FlaskClient, base: str) -> None:
    page = client.get("/", headers={"Accept": "text/html"}).get_data(as_text=True)
    link = re.search(r'<link rel="search" type="([^"]+)" href="([^"]+)"', page)
    assert link is not None
    answer = client.get(link[2])
    assert answer.mimetype == link[1] == "application/opensearchdescription+xml"
    tree = ElementTree.fromstring(answer.get_data())
    assert len(tree.findtext(f"{OPENSEARCH}ShortName") or "") in range(1, 17)
    for url in tree.iter(f"{OPENSEARCH}Url"):
        path = url.attrib["template"].replace("{searchTerms}", "奠边府").removeprefix(base[:-1])
        got = client.get(path, headers={"Accept": url.attrib["type"]})
        assert (got.status_code, got.mimetype) == (200, url.attrib["type"])


def test_suggestions_are_names_with_their_pages(client: FlaskClient, base: str) -> None:
    typed, names, labels, pages = client.get(
        "/complete/opensearch?q=dienbien", headers={"Accept-Language": "zh"}
    ).get_json()
    assert typed == "dienbien"
    assert labels[0] == "奠边府"
    assert pages[0] == f"{base}page/entity/Q36027"
    assert len(names) == len(labels) == len(pages)


def test_the_icon_is_where_programs_look_for_it(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico")
    with answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
