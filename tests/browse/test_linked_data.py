"""Things answer with 303, documents in the asked format, errors too; nothing odd is a 500."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
import rdflib
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.rdf.formats import GRAPHS, Format
from kg.settings import Settings
from kg.store.archive import Archive
from kg.store.manifest import Manifest
from kg.store.releases import Releases
from server.app import create_app
from tests.server.conftest import ROOT, kg

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="session")
def things(archive: Archive, a_battle: str) -> list[str]:
    """A thing of each kind, as the path of its IRI."""
    events, _ = archive.events(limit=1)
    date = archive.articles(limit=1).articles[0].date
    return [f"article/{a_battle}", "entity/Q956", f"event/{events[0].event}", f"issue/{date}", "dataset"]


def test_a_browser_is_led_to_the_page(client: FlaskClient, things: list[str]) -> None:
    for thing in things:
        answer = client.get(f"/{thing}", headers={"Accept": BROWSER})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/page/{thing}")
        assert "Accept" in answer.headers["Vary"]
        page = client.get(answer.headers["Location"], headers={"Accept": BROWSER})
        assert page.status_code == 200
        assert page.mimetype == "text/html"


@pytest.mark.parametrize("format", GRAPHS, ids=lambda f: f.extension)
def test_a_program_is_led_to_data_that_speaks_of_the_thing(
    client: FlaskClient, things: list[str], base: str, format: Format
) -> None:
    for thing in things:
        answer = client.get(f"/{thing}", headers={"Accept": format.media_type})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/data/{thing}.{format.extension}")
        data = client.get(answer.headers["Location"])
        assert data.content_type == format.content_type
        subjects = {q.subject.value for q in ox.parse(data.data, format=format.rdf)}
        assert base + thing in subjects


def test_all_formats_say_the_same(client: FlaskClient, things: list[str]) -> None:
    for thing in things:
        graphs = []
        for f in GRAPHS:
            body = client.get(f"/data/{thing}.{f.extension}").data
            found = ox.Dataset(q for q in ox.parse(body, format=f.rdf))
            found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
            graphs.append(found)
        assert all(g == graphs[0] for g in graphs), thing


def test_a_release_of_the_dataset_is_described_with_it(client: FlaskClient) -> None:
    id = client.application.extensions["dateline"].release
    page = client.get(f"/dataset/{id}", headers={"Accept": BROWSER})
    assert (page.status_code, page.headers["Location"]) == (303, "/page/dataset")
    assert client.get(f"/dataset/{id}.ttl").headers["Location"] == "/data/dataset.ttl"
    assert client.get("/dataset/20000101T000000Z-00000000").status_code == 404


def test_suffixes_choose_the_format_of_a_thing(client: FlaskClient) -> None:
    for extension in ("ttl", "nt", "rdf", "jsonld"):
        answer = client.get(f"/entity/Q956.{extension}", headers={"Accept": BROWSER})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/data/entity/Q956.{extension}")
    answer = client.get("/entity/Q956.html", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/page/entity/Q956")


def test_the_language_of_a_page_is_kept_on_the_way_to_it(client: FlaskClient) -> None:
    page = client.get("/entity/Q956?lang=zh", headers={"Accept": "text/html"})
    assert page.location == "/page/entity/Q956?lang=zh"
    assert client.get("/entity/Q956?lang=zh").location == "/data/entity/Q956.ttl"


def test_data_without_a_format_names_those_there_are(client: FlaskClient) -> None:
    answer = client.get("/data/entity/Q956")
    assert answer.status_code == 404
    assert "/data/entity/Q956.ttl" in answer.get_json()["remedy"]


def test_another_version_than_the_one_asked_for_is_not_sent(client: FlaskClient) -> None:
    answer = client.get("/data/entity/Q956.ttl", headers={"If-Match": '"another"'})
    assert (answer.status_code, answer.data) == (412, b"")


def test_links_lead_from_every_document_to_the_others(client: FlaskClient, base: str) -> None:
    thing = client.get("/entity/Q956").headers["Link"]
    assert f'<{base}page/entity/Q956>; rel="describedby"; type="text/html"' in thing
    assert f'<{base}data/entity/Q956.ttl>; rel="describedby"; type="text/turtle"' in thing
    page = client.get("/page/entity/Q956").headers["Link"]
    assert f'<{base}page/entity/Q956>; rel="canonical"' in page
    assert f'<{base}entity/Q956>; rel="describes"' in page
    assert f'<{base}data/entity/Q956.jsonld>; rel="alternate"; type="application/ld+json"' in page
    data = client.get("/data/entity/Q956.nt").headers["Link"]
    assert f'<{base}data/entity/Q956.nt>; rel="canonical"' in data
    assert f'<{base}page/entity/Q956>; rel="alternate"; type="text/html"' in data


def test_documents_have_strong_etags_that_save_a_transfer(client: FlaskClient, things: list[str]) -> None:
    for path in [f"/page/{t}" for t in things] + [f"/data/{t}.ttl" for t in things] + ["/ontology.ttl"]:
        first = client.get(path)
        etag = first.headers["ETag"]
        assert not etag.startswith("W/")
        again = client.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b""), path


def test_head_is_get_without_its_body(client: FlaskClient, things: list[str]) -> None:
    for path in [f"/{t}" for t in things] + [f"/page/{t}" for t in things]:
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.data) == (got.status_code, b"")
        assert head.headers["Content-Length"] == got.headers["Content-Length"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [(BROWSER, "text/html"), ("application/json", "application/json"), ("text/plain", "text/plain")],
)
@pytest.mark.parametrize(
    "path", ["/entity/Q0", "/page/article/nothing", "/data/issue/1900-01-01.ttl", "/nowhere"]
)
def test_what_is_not_there_is_404_in_the_asked_format(
    client: FlaskClient, path: str, accept: str, kind: str
) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, kind)


def test_a_format_that_we_lack_is_406(client: FlaskClient) -> None:
    for path in ("/entity/Q956", "/ontology"):
        answer = client.get(path, headers={"Accept": "image/png"})
        assert answer.status_code == 406
        assert "text/turtle" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("accept", "leads_to"),
    [
        ("application/json", "/data/entity/Q956.jsonld"),
        ("application/json, text/plain, */*", "/data/entity/Q956.jsonld"),
        ("application/json;q=0.1, text/turtle", "/data/entity/Q956.ttl"),
        ("text/html, application/json", "/page/entity/Q956"),
    ],
)
def test_programs_that_ask_for_json_get_json_ld(client: FlaskClient, accept: str, leads_to: str) -> None:
    assert client.get("/entity/Q956", headers={"Accept": accept}).location == leads_to


def test_a_day_without_an_issue_leads_to_the_nearest(client: FlaskClient, archive: Archive) -> None:
    day = "1953-12-25"
    before, after = archive.around(day)
    assert client.get(f"/issue/{day}").get_json()["remedy"] == (
        f"the issues nearest to it: /issue/{before} and /issue/{after}"
    )
    page = client.get(f"/page/issue/{day}", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert f'<a href="/issue/{before}">' in page.get_data(as_text=True)


def test_an_item_that_no_article_mentions_leads_to_wikidata(client: FlaskClient) -> None:
    told = client.get("/entity/Q999999").get_json()
    assert told["status"] == 404
    assert "http://www.wikidata.org/entity/Q999999" in told["remedy"]


def test_wildcards_and_weights_are_understood(client: FlaskClient) -> None:
    def led(accept: str) -> str:
        return client.get("/entity/Q956", headers={"Accept": accept}).headers["Location"]

    assert led("*/*") == "/data/entity/Q956.ttl"
    assert led("text/html;q=0.2, application/ld+json") == "/data/entity/Q956.jsonld"
    assert led('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"').endswith(".jsonld")
    assert led("text/turtle;q=0, application/rdf+xml;q=0.1") == "/data/entity/Q956.rdf"


def test_what_an_earlier_release_had_is_gone(tmp_path: Path) -> None:
    samples = sorted((ROOT / "samples").glob("1953.*"))[0]
    data, archive = tmp_path / "data", tmp_path / "archive"
    shutil.copytree(ROOT / "samples" / "1954.05", archive / "1954.05")
    shutil.copytree(samples, archive / samples.name)
    kg("--data", data, "build", archive)
    old = Releases(data).require()
    gone = next(iter(Archive(old.articles).articles(limit=1).articles)).id
    shutil.rmtree(archive / samples.name)
    kg("--data", data, "build", archive)
    assert isinstance(old.manifest, Manifest)
    app = create_app(Settings(data=data))
    try:
        answer = app.test_client().get(f"/article/{gone}", headers={"Accept": "application/json"})
        assert answer.status_code == 410
        assert old.id in answer.json["error"]
    finally:
        app.extensions["dateline"].close()


_ODD = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="#?"), min_size=1, max_size=40
).filter(lambda s: s.strip("/."))


@settings(max_examples=60)
@given(kind=st.sampled_from(["article", "entity", "event", "issue", "dataset", "ontology"]), local=_ODD)
def test_odd_names_are_no_server_error(client: FlaskClient, kind: str, local: str) -> None:
    for path in (
        f"/{kind}/{quote(local)}",
        f"/page/{kind}/{quote(local)}",
        f"/data/{kind}/{quote(local)}.ttl",
    ):
        assert client.get(path).status_code < 500


@settings(max_examples=60)
@given(
    page=st.sampled_from(
        ["/search", "/timeline", "/map", "/issues", "/search.csv", "/api/articles", "/api/events"]
    ),
    name=st.sampled_from(
        ["q", "year", "since", "until", "date", "entity", "kind", "type", "text_lang", "confidence", "after",
         "page", "order", "limit", "from", "to", "what", "event_type", "role", "lang"]
    ),
    value=st.one_of(_ODD, st.sampled_from(
        ["99999999999999999999", "-1", "nan", "inf", "1e400", "²", "１９５３", "1953-02-31", "9" * 19 + ".1",
         "1." + "9" * 19, ".", "a.²", '"', "(", "*", "-", '" OR *', "\x00"]
    )),
)  # fmt: skip
def test_odd_parameters_are_no_server_error(client: FlaskClient, page: str, name: str, value: str) -> None:
    assert client.get(page, query_string={name: value}).status_code < 500


@pytest.mark.parametrize(
    "raw",
    [
        "/entity/%ff%fe",
        "/entity/..%2f..%2fetc",
        "/entity/%00",
        "/page/entity/a%2F%2Fb",
        "/entity/" + "x" * 5000,
    ],
)
def test_broken_bytes_are_no_server_error(client: FlaskClient, raw: str) -> None:
    assert client.get(raw).status_code in (303, 400, 404, 414)


def test_rdflib_gets_a_graph(server_url: str, base: str) -> None:
    graph = rdflib.Graph().parse(f"{server_url}entity/Q956")
    label = graph.value(rdflib.URIRef(f"{base}entity/Q956"), rdflib.RDFS.label, any=True)
    assert str(label) in ("北京", "Beijing")


def test_rapper_gets_a_graph(server_url: str) -> None:
    if shutil.which("rapper") is None:
        pytest.skip("rapper is not installed")
    found = subprocess.run(
        ["rapper", "-q", "-g", f"{server_url}data/entity/Q956.rdf"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert len(found.stdout.splitlines()) > 5


def test_pages_carry_structured_data(client: FlaskClient, things: list[str], base: str) -> None:
    types = {"article": "NewsArticle", "entity": "City", "event": "Event", "issue": "PublicationIssue",
             "dataset": "Dataset"}  # fmt: skip
    for thing in things:
        html = client.get(f"/page/{thing}").get_data(as_text=True)
        text = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
        described = json.loads(text)
        assert described["@type"] == types[thing.partition("/")[0]]
        assert described["@id"] == base + thing


def test_ontology_terms_lead_to_what_is_said_of_them(client: FlaskClient) -> None:
    page = client.get("/ontology/Dispatch", headers={"Accept": BROWSER})
    assert (page.status_code, page.headers["Location"]) == (303, "/page/ontology#Dispatch")
    data = client.get("/ontology/Dispatch", headers={"Accept": "text/turtle"})
    assert (data.status_code, data.headers["Location"]) == (303, "/ontology.ttl#Dispatch")
    assert 'id="Dispatch"' in client.get("/page/ontology").get_data(as_text=True)
    assert client.get("/ontology/Nothing").status_code == 404
    rdflib.Graph().parse(data=client.get("/ontology.rdf").data, format="xml")


def test_the_shapes_link_to_the_shapes(client: FlaskClient) -> None:
    answer = client.get("/ontology/shapes.ttl")
    assert '</ontology/shapes.nt>; rel="alternate"' in answer.headers["Link"]
    assert "/ontology.nt" not in answer.headers["Link"]
    assert client.get("/ontology/shapes.nt").status_code == 200
    assert '</ontology.nt>; rel="alternate"' in client.get("/ontology.ttl").headers["Link"]


def test_the_base_is_the_one_the_release_was_made_with(
    release_data: Path, client: FlaskClient, base: str
) -> None:
    """Whatever is set when it is served: else everything that is looked up in the graph would be empty."""
    app = create_app(Settings(data=release_data, base="https://elsewhere.example/", rate_limit=0))
    try:
        other = app.test_client()
        for path in ("/timeline.nt?year=1954", "/data/issue/1954-05-09.nt", "/data/dataset.ttl"):
            assert other.get(path).data == client.get(path).data != b"", path
        redirect = other.get("/issue/1954-05-09", headers={"Accept": "text/turtle"})
        assert redirect.location == "/data/issue/1954-05-09.ttl"
        assert f"<{base}data/issue/1954-05-09.ttl>" in redirect.headers["Link"]
    finally:
        app.extensions["dateline"].close()
