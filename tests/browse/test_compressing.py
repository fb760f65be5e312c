"""What everybody may see goes out compressed to whoever takes that, with an ETag of its own."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import zstandard
from flask.testing import FlaskClient

from kg.settings import Settings
from server.app import create_app
from server.site import Site

PATHS = [
    "/", "/page/entity/Q956", "/page/ontology", "/data/entity/Q956.ttl", "/data/dataset.jsonld",
    "/api/articles", "/map.json", "/static/dateline.css", "/static/dateline.js", "/sitemap.xml",
    "/sparql?format=html", "/sparql/terms.json", "/api/?", "/dumps/",
]  # fmt: skip


def unpacked(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(body)
    return zstandard.ZstdDecompressor().decompressobj().decompress(body)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@pytest.mark.parametrize("path", PATHS)
def test_the_compressed_answer_is_the_plain_one(client: FlaskClient, path: str, encoding: str) -> None:
    plain = client.get(path, buffered=True)
    assert plain.status_code == 200
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.vary
    asked = {"Accept-Encoding": f"br, {encoding}"}
    for _ in range(2):  # as it is made, and as it is remembered
        packed = client.get(path, headers=asked, buffered=True)
        assert packed.headers["Content-Encoding"] == encoding
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
        assert unpacked(packed.data, encoding) == plain.data
        assert "Accept-Encoding" in packed.vary
        assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    head = client.head(path, headers=asked, buffered=True)
    assert (head.data, head.headers["Content-Length"]) == (b"", packed.headers["Content-Length"])


@pytest.mark.parametrize("path", PATHS)
def test_each_form_has_a_tag_of_its_own(client: FlaskClient, path: str) -> None:
    asked = {"Accept-Encoding": "gzip"}
    plain, packed = client.get(path, buffered=True), client.get(path, headers=asked, buffered=True)
    assert plain.headers["ETag"] != packed.headers["ETag"]
    same = client.get(path, headers={**asked, "If-None-Match": packed.headers["ETag"]}, buffered=True)
    assert (same.status_code, same.data) == (304, b"")
    assert "Accept-Encoding" in same.vary
    other = client.get(path, headers={"If-None-Match": packed.headers["ETag"]}, buffered=True)
    assert (other.status_code, other.data) == (200, plain.data)


@pytest.mark.parametrize("accept", ["identity", "gzip;q=0", "br", ""])
def test_who_does_not_take_it_gets_it_plain(client: FlaskClient, accept: str) -> None:
    assert "Content-Encoding" not in client.get("/map", headers={"Accept-Encoding": accept}).headers


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/dumps/latest/index.json"])
def test_what_is_small_wrong_or_a_download_stays(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"}, follow_redirects=True, buffered=True)
    assert "Content-Encoding" not in answer.headers
    answer.close()


def test_what_not_everybody_may_see_stays(release_data: Path, tmp_path: Path) -> None:
    app = create_app(Settings(data=release_data, edit_token="a secret", judgements=tmp_path / "j.jsonl"))
    answer = app.test_client().get("/review", headers={"Accept-Encoding": "gzip", "Accept": "text/html"})
    assert "Content-Encoding" not in answer.headers
    site = app.extensions["dateline"]
    assert isinstance(site, Site)
    site.close()


EXPORTS = ["/search.csv", "/timeline.nt", "/search.jsonld?year=1954", "/export?format=nq", "/events.csv"]


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@pytest.mark.parametrize("path", EXPORTS)
def test_what_is_made_while_it_is_sent_is_compressed_on_its_way(
    client: FlaskClient, path: str, encoding: str
) -> None:
    plain = client.get(path, buffered=True)
    packed = client.get(path, headers={"Accept-Encoding": encoding}, buffered=True)
    assert packed.headers["Content-Encoding"] == encoding
    assert "Content-Length" not in packed.headers or int(packed.headers["Content-Length"]) == len(packed.data)
    assert len(packed.data) < 0.6 * len(plain.data)
    assert unpacked(packed.data, encoding) == plain.data
    assert "Accept-Encoding" in plain.vary
    assert "Accept-Encoding" in packed.vary
    head = client.head(path, headers={"Accept-Encoding": encoding}, buffered=True)
    assert head.data == b""
