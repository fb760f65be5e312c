"""Changes between releases and feeds of them, of a real server."""

from __future__ import annotations

import gzip
import hashlib
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
import requests

from kg.store.archive import Archive as ArticlesArchive
from kg.vocab import DCTERMS
from tests.dumps.conftest import RIGHTS, Archive
from tests.server.conftest import Server

JSON = {"Accept": "application/json"}
ATOM = "{http://www.w3.org/2005/Atom}"
TREE = "https://w3id.org/tree#"


def test_changes_are_worked_out_when_they_are_asked_for(server: Server, archive: Archive):
    where = f"{server.url}changes/{archive.old.id}..{archive.new.id}/"
    said = requests.get(where, headers=JSON, timeout=30).json()
    sides = {}
    for file in said["files"]:
        response = requests.get(where + file["name"], headers={"Accept-Encoding": "identity"}, timeout=10)
        assert hashlib.sha256(response.content).hexdigest() == file["sha256"]
        assert "immutable" in response.headers["Cache-Control"]
        if file["name"].endswith(".nt.gz"):
            sides[file["name"][:-6]] = set(gzip.decompress(response.content).splitlines())
    old, new = (set(gzip.decompress((r.dumps / "graph.nt.gz").read_bytes()).splitlines())
                for r in (archive.old, archive.new))  # fmt: skip
    assert (old - sides["removed"]) | sides["added"] == new
    latest = requests.get(f"{server.url}changes/{archive.old.id}..latest/", allow_redirects=False, timeout=10)
    assert latest.headers["Location"] == f"/changes/{archive.old.id}..{archive.new.id}/"
    listed = requests.get(f"{server.url}changes/", headers=JSON, timeout=10).json()["changes"]
    assert [(c["old"], c["new"]) for c in listed] == [(archive.old.id, archive.new.id)]


def test_the_atom_feed_tells_of_changed_articles(server: Server, archive: Archive):
    response = requests.get(f"{server.url}feeds/changes.atom", timeout=30)
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(response.content)
    assert feed.findtext(f"{ATOM}rights") == RIGHTS
    entries = feed.findall(f"{ATOM}entry")
    assert sorted(e.find(f"{ATOM}category").attrib["term"] for e in entries) == [
        "added",
        "changed",
        "removed",
    ]
    articles = ArticlesArchive(archive.new.articles)
    for entry in entries:
        action, _, title = entry.findtext(f"{ATOM}title").partition(": ")
        id = entry.findtext(f"{ATOM}id").partition("#")[2]
        known = articles.summaries([id])
        assert bool(known) is (action != "removed")
        assert title == (" ".join(known[0].title_zh.split()) if known else id)
    articles.close()
    for needed in ("id", "title", "updated"):
        assert all(e.findtext(f"{ATOM}{needed}") for e in [feed, *entries])
    assert len({e.findtext(f"{ATOM}id") for e in entries}) == 3
    for entry in entries:
        links = {link.attrib["rel"]: link.attrib["href"] for link in entry.findall(f"{ATOM}link")}
        path = urlsplit(links["alternate"]).path
        gone = entry.find(f"{ATOM}category").attrib["term"] == "removed"
        status = requests.get(server.url.rstrip("/") + path, timeout=10).status_code
        assert status == (410 if gone else 200)
    again = requests.get(response.url, headers={"If-None-Match": response.headers["ETag"]}, timeout=10)
    assert again.status_code == 304
    page = requests.get(f"{server.url}feeds/changes/{archive.new.id}/1.atom", timeout=10)
    assert len(ET.fromstring(page.content).findall(f"{ATOM}entry")) == 3


def test_the_event_stream_leads_to_its_members(server: Server, archive: Archive):
    def triples(address: str) -> list[ox.Triple]:
        path = urlsplit(address).path
        response = requests.get(server.url.rstrip("/") + path, headers={"Accept": "text/turtle"}, timeout=30)
        return [q.triple for q in ox.parse(response.content, format=ox.RdfFormat.TURTLE)]

    root = triples(f"{server.url}feeds/ldes")
    (page,) = [t.object.value for t in root if t.predicate.value == f"{TREE}node"]
    found = triples(page)
    members = {t.object for t in found if t.predicate.value == f"{TREE}member"}
    assert len(members) == 3
    said = {t.predicate.value for t in found if t.subject in members}
    assert {f"{DCTERMS}isVersionOf", f"{DCTERMS}modified"} < said
    versions = {t.object.value for t in found if t.predicate.value == f"{DCTERMS}isVersionOf"}
    assert all("/article/" in v for v in versions)


@pytest.mark.parametrize(
    "path", ["feeds/changes/{old}/1.atom", "feeds/changes/{new}/9.atom", "feeds/ldes/{new}/0"]
)
def test_feeds_have_no_other_pages(server: Server, archive: Archive, path: str):
    address = server.url + path.format(old=archive.old.id, new=archive.new.id)
    assert requests.get(address, headers=JSON, timeout=10).status_code == 404
