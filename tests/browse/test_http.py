"""What every answer keeps to: methods, headers, errors with a remedy, what pages may load."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

PAGES = ("/", "/map", "/search?q=奠边府", "/timeline", "/issues", "/page/entity/Q956", "/page/dataset",
         "/entities", "/page/ontology", "/api/", "/sparql", "/dumps/")  # fmt: skip
ROUTES = (*PAGES, "/map.json", "/complete?q=x", "/entity/Q956", "/data/entity/Q956.nt", "/api/articles",
          "/api/openapi.json", "/reconcile", "/ontology.ttl", "/healthz")  # fmt: skip
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize("path", PAGES)
def test_pages_load_nothing_of_others_and_hold_no_scripts_or_styles(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    policy = answer.headers["Content-Security-Policy"]
    if path == "/sparql":  # the editor puts styles into its page
        assert policy.startswith("default-src 'self'; style-src 'self' 'unsafe-inline';")
    else:
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    text = re.sub(r'<script type="application/ld\+json">.*?</script>', "", answer.text, flags=re.DOTALL)
    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", text) == []
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_map_tiles_are_allowed(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    site = client.application.extensions["dateline"]
    tiles = "https://{s}.tiles.example/{z}/{x}/{y}.png"
    monkeypatch.setattr(site, "settings", replace(site.settings, tile_url=tiles))
    policy = client.get("/map?from=1950", headers=HTML).headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://*.tiles.example;" in policy


@pytest.mark.parametrize("path", ROUTES)
def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient, path: str) -> None:
    # The endpoint speaks to programs, and tells its errors as JSON.
    for kind in (
        ("application/json", "text/html", "text/plain") if path != "/sparql" else ("application/json",)
    ):
        answer = client.open(path, method="DELETE", headers={"Accept": kind})
        assert (answer.status_code, answer.mimetype) == (405, kind)
        assert "GET" in answer.headers["Allow"]
        assert "use " in answer.text


def test_an_unknown_address_is_told_where_to_look(client: FlaskClient) -> None:
    answer = client.get("/nothing/here", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["error"] == "there is nothing at /nothing/here"
    assert answer.json["remedy"]


@pytest.mark.parametrize("path", ROUTES)
def test_head_is_get_without_the_body(client: FlaskClient, path: str) -> None:
    get, head = client.get(path, headers=HTML), client.head(path, headers=HTML)
    passing = {"Date", "X-Query-Time"}
    assert head.data == b""
    assert head.status_code == get.status_code
    assert {k: v for k, v in head.headers if k not in passing} == {
        k: v for k, v in get.headers if k not in passing
    }


@pytest.mark.parametrize("path", ["/map", "/data/entity/Q956.nt", "/sparql", "/sparql?query=ASK{}"])
def test_what_is_known_is_not_sent_again(client: FlaskClient, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = client.get(path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.data) == (304, b""), known
        assert answer.headers["ETag"] == tag


@pytest.mark.parametrize("path", ["/map.json", "/complete?q=x", "/data/entity/Q956.nt", "/api/articles"])
def test_data_may_be_read_by_pages_of_others(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"


def test_redirects_stay_on_the_host_and_scheme_that_were_asked(client: FlaskClient) -> None:
    for path, target in (
        ("/api", "/api/"),
        ("/dumps", "/dumps/"),
        ("/page//entity/Q956", "/page/entity/Q956"),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (308, target)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("/map/", "/map"), ("/search/?q=x", "/search?q=x"), ("/sparql/", "/sparql"), ("/dataset//", "/dataset")],
)
def test_a_slash_too_many_leads_to_the_page(client: FlaskClient, path: str, leads_to: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (308, leads_to)
    assert client.get("/nothing/").status_code == 404
