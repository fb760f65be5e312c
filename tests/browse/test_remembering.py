"""Pages are remembered while a release is served, and are the same as those that were made."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from server.site import Site


@pytest.fixture
def site(client: FlaskClient) -> Site:
    found = client.application.extensions["dateline"]
    assert isinstance(found, Site)
    found.pages.clear()
    return found


@pytest.mark.parametrize("path", ["/", "/map", "/map.json", "/search?q=奠边府", "/page/entity/Q956?lang=zh"])
def test_a_page_is_made_once(client: FlaskClient, site: Site, path: str) -> None:
    first = client.get(path)
    hits = site.pages.hits
    again = client.get(path)
    assert site.pages.hits == hits + 1
    assert again.data == first.data
    assert dict(again.headers) == dict(first.headers)
    head = client.head(path)
    assert (head.data, dict(head.headers)) == (b"", dict(first.headers))
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_each_language_has_its_own(client: FlaskClient, site: Site) -> None:
    pages = {lang: client.get("/map", headers={"Accept-Language": lang}).data for lang in ("zh", "en")}
    assert pages["zh"] != pages["en"]
    hits = site.pages.hits
    client.set_cookie("dateline-lang", "zh")
    assert client.get("/map", headers={"Accept-Language": "en"}).data == pages["zh"]
    assert site.pages.hits == hits + 1
    client.delete_cookie("dateline-lang")


def test_errors_exports_and_negotiated_answers_are_not_kept(client: FlaskClient, site: Site) -> None:
    for path in ("/search?after=1", "/page/entity/Q0", "/search.csv", "/api/articles", "/entity/Q956"):
        client.get(path)
        hits = site.pages.hits
        client.get(path)
        assert site.pages.hits == hits, path
