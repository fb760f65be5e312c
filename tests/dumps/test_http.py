"""Downloads, descriptions and exports, of a real server."""

from __future__ import annotations

import csv
import gzip
import hashlib
import http.client
import io
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.dumps.exporting import FORMATS
from kg.dumps.index import DumpIndex
from kg.pipeline.build import build
from kg.rdf.formats import GRAPHS
from kg.settings import Settings
from kg.vocab import DCAT, DCTERMS, OWL, VOID
from server.app import create_app
from tests.dumps.conftest import LICENCE, RIGHTS, Archive
from tests.server.conftest import Server

JSON = {"Accept": "application/json"}


@pytest.fixture
def graph(archive: Archive) -> bytes:
    return (archive.new.dumps / "graph.nt.gz").read_bytes()


@pytest.fixture
def url(server: Server, archive: Archive) -> str:
    return f"{server.url}dumps/{archive.new.id}/graph.nt.gz"


# --- downloads ---


def test_a_file_comes_whole_with_all_that_caches_and_checkers_need(url: str, graph: bytes):
    response = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=10)
    assert response.content == graph
    headers = response.headers
    assert headers["Content-Type"] == "application/gzip"
    assert int(headers["Content-Length"]) == len(graph)
    assert headers["ETag"] == f'"{hashlib.sha256(graph).hexdigest()}"'
    assert headers["Accept-Ranges"] == "bytes"
    assert "immutable" in headers["Cache-Control"]
    assert "max-age=31536000" in headers["Cache-Control"]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Encoding" not in headers


def test_head_says_the_same_without_the_body(url: str):
    whole, head = requests.get(url, timeout=10), requests.head(url, timeout=10)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges", "Cache-Control"):
        assert head.headers[name] == whole.headers[name], name


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=0-99", slice(0, 100)),
        ("bytes=100-299", slice(100, 300)),
        ("bytes=1000-", slice(1000, None)),
        ("bytes=-50", slice(-50, None)),
        ("bytes=5-999999999", slice(5, None)),
    ],
)
def test_a_part_is_the_bytes_that_were_asked_for(url: str, graph: bytes, asked: str, part: slice):
    response = requests.get(url, headers={"Range": asked}, timeout=10)
    assert response.status_code == 206
    assert response.content == graph[part]
    start = range(len(graph))[part][0]
    assert response.headers["Content-Range"] == f"bytes {start}-{start + len(graph[part]) - 1}/{len(graph)}"
    assert int(response.headers["Content-Length"]) == len(graph[part])
    again = requests.head(url, headers={"Range": asked}, timeout=10)
    assert again.content == b""


def test_a_connection_can_be_used_again_after_a_part(url: str, graph: bytes):
    with requests.Session() as session:
        for start in range(0, 500, 100):
            response = session.get(url, headers={"Range": f"bytes={start}-{start + 99}"}, timeout=10)
            assert response.content == graph[start : start + 100]


def test_several_ranges_at_once_give_the_whole(url: str, graph: bytes):
    response = requests.get(url, headers={"Range": "bytes=0-1,5-9"}, timeout=10)
    assert (response.status_code, response.content) == (200, graph)


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=99999999-999999999"])
def test_a_part_beyond_the_end_is_416(url: str, graph: bytes, asked: str):
    response = requests.get(url, headers={"Range": asked}, timeout=10)
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(graph)}"


@pytest.mark.parametrize("asked", ["bytes=x-y", "lines=1-2", "bytes 0-1", "bytes=9-3"])
def test_a_range_that_is_none_is_ignored_or_refused(url: str, graph: bytes, asked: str):
    response = requests.get(url, headers={"Range": asked}, timeout=10)
    assert response.status_code == 416 or (response.status_code == 200 and response.content == graph)


def test_if_range_gives_the_part_only_of_the_same_file(url: str, graph: bytes):
    etag = requests.head(url, timeout=10).headers["ETag"]
    asked = {"Range": "bytes=10-19"}
    same = requests.get(url, headers={**asked, "If-Range": etag}, timeout=10)
    assert (same.status_code, same.content) == (206, graph[10:20])
    for other in ('"another"', f"W/{etag}", "Mon, 01 Jan 2001 00:00:00 GMT"):
        whole = requests.get(url, headers={**asked, "If-Range": other}, timeout=10)
        assert (whole.status_code, whole.content) == (200, graph), other


def test_what_a_client_has_is_not_sent_again(url: str):
    etag = requests.head(url, timeout=10).headers["ETag"]
    response = requests.get(url, headers={"If-None-Match": etag}, timeout=10)
    assert (response.status_code, response.content) == (304, b"")
    assert requests.get(url, headers={"If-None-Match": '"x"'}, timeout=10).status_code == 200


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_resumes(url: str, graph: bytes, tmp_path: Path):
    target = tmp_path / "graph.nt.gz"
    target.write_bytes(graph[: len(graph) // 3])
    done = subprocess.run(
        ["curl", "-sS", "-C", "-", "-o", target, "-w", "%{http_code} %{size_download}", url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"206 {len(graph) - len(graph) // 3}"
    assert target.read_bytes() == graph


def test_every_file_of_a_release_can_be_had_as_listed(server: Server, archive: Archive):
    listed = requests.get(f"{server.url}dumps/{archive.new.id}/", headers=JSON, timeout=10).json()
    assert (listed["licence"], listed["rights"]) == (LICENCE, RIGHTS)
    assert listed["triples"] == archive.new.manifest.triples
    names = {f["name"] for f in listed["files"]}
    assert names == {p.name for p in archive.new.dumps.iterdir()}
    types = {
        ".gz": "application/gzip", ".zst": "application/zstd", ".parquet": "application/vnd.apache.parquet",
        ".ttl": "text/turtle; charset=utf-8", ".nt": "application/n-triples", ".json": "application/json",
    }  # fmt: skip
    with requests.Session() as session:
        session.headers["Accept-Encoding"] = "identity"
        for file in listed["files"]:
            response = session.get(f"{server.url}dumps/{archive.new.id}/{file['name']}", timeout=10)
            assert hashlib.sha256(response.content).hexdigest() == file["sha256"], file["name"]
            assert len(response.content) == file["bytes"]
            suffix = Path(file["name"]).suffix
            assert response.headers["Content-Type"] == types.get(suffix, "text/plain; charset=utf-8")


def test_files_are_found_where_the_data_directory_is_relative(
    archive: Archive, graph: bytes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(archive.settings.data.parent)
    app = create_app(Settings(data=Path(archive.settings.data.name), rate_limit=0))
    try:
        with app.test_client().get(f"/dumps/{archive.new.id}/graph.nt.gz") as response:
            assert (response.status_code, response.data) == (200, graph)
    finally:
        app.extensions["dateline"].close()


def test_latest_leads_to_the_published_release(server: Server, archive: Archive):
    for name in ("", "graph.nt.gz", "SHA256SUMS"):
        response = requests.get(f"{server.url}dumps/latest/{name}", allow_redirects=False, timeout=10)
        assert response.status_code == 302
        assert response.headers["Location"] == f"/dumps/{archive.new.id}/{name}"
        assert response.headers["Cache-Control"] == "no-cache"


def test_the_releases_are_listed_newest_first(server: Server, archive: Archive):
    said = requests.get(f"{server.url}dumps/", headers=JSON, timeout=10).json()
    assert said["current"] == archive.new.id
    assert [r["id"] for r in said["releases"]] == [archive.new.id, archive.old.id]
    assert (said["licence"], said["rights"]) == (LICENCE, RIGHTS)


# --- paths that lead elsewhere ---

PIECES = ["..", ".", "", "%2e%2e", "..%2f", "%2f", "%5c", "manifest.json", "articles.db", "store", "dumps",
          "releases", "current", "~", "%00", "graph.nt.gz", "etc/passwd", "a" * 300, "数", "%ff"]  # fmt: skip


def raw(server: Server, path: str) -> tuple[int, bytes]:
    """GET a path as it is, which requests would tidy."""
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", quote(path, safe="/%.~"))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@settings(max_examples=60)
@given(
    pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=6),
    where=st.sampled_from(["dumps", "changes"]),
)
def test_no_path_leads_out_of_the_dumps(server: Server, archive: Archive, pieces: list[str], where: str):
    start = archive.new.id if where == "dumps" else f"{archive.old.id}..{archive.new.id}"
    status, body = raw(server, f"/{where}/{start}/{'/'.join(pieces)}")
    assert status in (200, 301, 302, 303, 308, 400, 404, 405), (status, body[:200])
    if status == 200 and not body.startswith(b"<!doctype html>"):
        allowed = [*archive.new.dumps.iterdir()]
        folder = archive.settings.data / "changes"
        allowed += [p for d in folder.glob("*..*") for p in d.iterdir()] if folder.is_dir() else []
        assert body in [p.read_bytes() for p in allowed]


@pytest.mark.parametrize(
    "path",
    [
        "dumps/{new}/../../../current/manifest.json",
        "dumps/{new}/..%2fmanifest.json",
        "dumps/{new}/%2e%2e/articles.db",
        "dumps/..%2f..%2fcurrent/",
        "dumps/{short}/",
        "dumps/nothing/",
        "dumps/{new}/nothing.nt",
        "changes/{new}..{old}/",
        "changes/nothing..{new}/",
        "changes/{old}..{new}/nothing",
        "changes/{old}..{new}/..%2f..%2fcurrent/manifest.json",
    ],
)
def test_what_is_not_there_is_404(server: Server, archive: Archive, path: str):
    status, _ = raw(
        server, "/" + path.format(old=archive.old.id, new=archive.new.id, short=archive.new.id[:10])
    )
    assert status == 404


# --- descriptions ---


@pytest.mark.parametrize("path", ["dataset", ".well-known/void"])
@pytest.mark.parametrize("form", GRAPHS, ids=lambda f: f.extension)
def test_the_description_comes_in_every_format(server: Server, archive: Archive, path: str, form):
    response = requests.get(server.url + path, headers={"Accept": form.media_type}, timeout=10)
    assert response.status_code == 200
    said = {q.triple for q in ox.parse(response.content, format=form.rdf)}
    dumps = archive.new.dumps
    expected = {
        q.triple
        for name in ("dataset.nt", "catalog.nt")
        for q in ox.parse((dumps / name).read_bytes(), format=ox.RdfFormat.N_TRIPLES)
    }
    assert said == expected


def test_the_description_has_all_parts(server: Server, archive: Archive):
    response = requests.get(f"{server.url}dataset", headers={"Accept": "application/n-triples"}, timeout=10)
    store = ox.Store()
    store.load(response.content, format=ox.RdfFormat.N_TRIPLES)
    prefixes = f"PREFIX void: <{VOID}> PREFIX dcat: <{DCAT}> PREFIX dcterms: <{DCTERMS}> PREFIX owl: <{OWL}> "
    base = archive.new.manifest.base
    for pattern in (
        f"<{base}dataset> void:subset [ a void:Linkset ; void:linkPredicate owl:sameAs ; void:triples ?n ]",
        f"<{base}dataset> dcterms:license <{LICENCE}> ; dcterms:rights [] ; dcterms:publisher []",
        f"<{base}dataset/{archive.new.id}> dcat:previousVersion <{base}dataset/{archive.old.id}>",
        f"<{base}dataset> dcat:hasVersion <{base}dataset/{archive.new.id}> ; dcat:contactPoint []",
    ):
        assert store.query(f"{prefixes} ASK {{ {pattern} }}"), pattern
    rows = store.query(
        prefixes + "SELECT ?f ?n { ?d a void:Dataset ; dcat:distribution ?f . ?f dcat:byteSize ?n }"
    )
    sizes = {urlsplit(r["f"].value).path.rpartition("/")[2]: int(r["n"].value) for r in rows}
    assert sizes == {f.name: f.size for f in DumpIndex.load(archive.new.dumps).files}


def test_an_older_release_has_its_description_still(server: Server, archive: Archive):
    response = requests.get(
        f"{server.url}dataset/{archive.old.id}", headers={"Accept": "application/n-triples"}, timeout=10
    )
    assert f"/dumps/{archive.old.id}/graph.nt.gz".encode() in response.content
    page = requests.get(f"{server.url}dataset/{archive.old.id}", headers={"Accept": "text/html"}, timeout=10)
    assert page.status_code == 200
    assert page.url.endswith(f"/dumps/{archive.old.id}/")


@pytest.mark.parametrize("path", ["dumps/", "dumps/{new}/", "changes/{old}..{new}/", "page/dataset"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_tell_licence_and_rights(server: Server, archive: Archive, path: str, lang: str):
    address = server.url + path.format(old=archive.old.id, new=archive.new.id)
    response = requests.get(address, headers={"Accept": "text/html", "Accept-Language": lang}, timeout=30)
    assert response.status_code == 200
    assert LICENCE in response.text
    assert RIGHTS.replace("'", "&#39;") in response.text


# --- exports ---


def test_the_files_that_most_readers_want_are_named_first(server: Server, archive: Archive):
    for lang, title in (("en", "Which file for what"), ("zh", "下载哪个文件")):
        page = requests.get(
            f"{server.url}dumps/?lang={lang}", headers={"Accept": "text/html"}, timeout=30
        ).text
        usual = page.partition(title)[2].partition("</section>")[0]
        links = re.findall(r'href="(/dumps/[^"]+)"', usual)
        names = [link.rpartition("/")[2] for link in links]
        assert names == [*(f"{t}.csv.gz" for t in ("articles", "mentions", "links", "events", "entities")),
                         "graph.nt.gz", "graph.ttl.gz"]  # fmt: skip
        for link in links:
            assert requests.head(server.url + link[1:], timeout=30).status_code == 200


def test_what_files_hold_is_said_in_chinese_to_readers_of_it(server: Server, archive: Archive):
    headers = {"Accept": "text/html", "Accept-Language": "zh"}
    for path in (f"dumps/{archive.new.id}/", f"changes/{archive.old.id}..{archive.new.id}/"):
        page = requests.get(server.url + path, headers=headers, timeout=60).text
        assert '<td lang="zh-Hans">' in page
        assert '<td lang="en">' not in page


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_holds_the_articles_of_the_view(server: Server, archive: Archive, form: str):
    asked = {"year": "1956", "format": form}
    response = requests.get(f"{server.url}export", params=asked, timeout=10)
    assert response.status_code == 200
    assert LICENCE in response.headers["Link"]
    assert f'filename="dateline-export.{form}"' in response.headers["Content-Disposition"]
    if form.endswith(".csv"):
        rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
        assert rows
        assert all("/article/1956-" in row["article"] for row in rows)
        return
    assert RIGHTS in response.text
    formats = {"nt": ox.RdfFormat.N_TRIPLES, "ttl": ox.RdfFormat.TURTLE, "nq": ox.RdfFormat.N_QUADS}
    found = {q.triple for q in ox.parse(response.content, format=formats[form])}
    packed = (archive.new.dumps / "articles-1956.nt.gz").read_bytes()
    expected = {q.triple for q in ox.parse(gzip.decompress(packed), format=ox.RdfFormat.N_TRIPLES)}
    assert found == expected


def test_an_export_follows_search_and_entity(server: Server):
    everything = requests.get(f"{server.url}export", params={"format": "articles.csv"}, timeout=10).text
    some = requests.get(
        f"{server.url}export", params={"format": "articles.csv", "q": "停战"}, timeout=10
    ).text
    rows = set(some.splitlines())
    assert 1 < len(rows) < len(everything.splitlines())
    assert rows <= set(everything.splitlines())


@pytest.mark.parametrize(
    "asked", [{"format": "docx"}, {"year": "x"}, {"since": "195"}, {"until": "1953-02-30"}, {"yeer": "1953"}]
)
def test_an_export_of_nonsense_is_400(server: Server, asked: dict[str, str]):
    assert requests.get(f"{server.url}export", params=asked, headers=JSON, timeout=10).status_code == 400


def test_releases_that_name_their_nodes_differently_are_not_compared(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "### 水库建成\n\n1958-07-02\n第2版()\n专栏：\n\n    新华社一日讯　水库今日建成。\n", encoding="utf-8"
    )
    ids = []
    for base in ("http://127.0.0.1:8000/", "https://example.org/"):
        chosen = Settings(data=tmp_path / "data", processes=1, base=base)
        report = build([tmp_path / "a.txt"], chosen)
        ids.append(report.release)
    app = create_app(chosen)
    client = app.test_client()
    assert client.get("/changes/", headers=JSON).get_json()["changes"] == []
    for page in ("/dumps/", "/page/dataset"):
        assert "/changes/2" not in client.get(page, headers={"Accept": "text/html"}).get_data(as_text=True)
    told = client.get(f"/changes/{ids[0]}..{ids[1]}/", headers=JSON)
    assert told.status_code == 404
    assert told.get_json()["remedy"] == f"download the newer as a whole: /dumps/{ids[1]}/"
    app.extensions["dateline"].close()
