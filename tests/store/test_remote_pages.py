"""Pages and endpoint over another store: ``kg serve --store``."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from kg.pipeline.build import build
from kg.pipeline.runner import InProcess
from kg.settings import Settings
from kg.store.archive import Archive
from kg.store.releases import Releases
from kg.store.remote import RemoteSink
from server.app import create_app
from tests.pipeline.releases import dump_lines
from tests.pipeline.test_update import TEXTS

from .conftest import free_port

KG = Path(sys.executable).with_name("kg")


def wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None
        try:
            if requests.get(f"{url}healthz", timeout=20).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.1)
    pytest.fail("the server did not start")


@pytest.mark.slow
def test_pages_and_endpoint_over_another_store(tmp_path: Path, oxigraph: str) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "a.txt").write_text(TEXTS["hanoi"], encoding="utf-8")
    base = f"http://127.0.0.1:{free_port()}/"
    settings = Settings(data=tmp_path / "data", base=base)
    build([inputs], settings, runner=InProcess())
    release = Releases(settings.data).require()
    lines = b"".join(line + b"\n" for line in sorted(dump_lines(release)))
    sink = RemoteSink(f"{oxigraph}/update")
    sink.write(lines)
    command = [KG, "--data", settings.data, "serve", "--store", f"{oxigraph}/query", "--port", base[17:-1],
               "--workers", "1"]  # fmt: skip
    log = (tmp_path / "log").open("wb")
    with (
        log,
        subprocess.Popen(
            command, stdout=log, stderr=log, env={"KG_BASE": base, "PATH": "/usr/bin:/bin"}
        ) as process,
    ):
        try:
            wait(base, process)
            query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
            answer = requests.post(
                f"{base}sparql", data={"query": query}, timeout=60,
                headers={"Accept": "application/sparql-results+json"},
            )  # fmt: skip
            (row,) = answer.json()["results"]["bindings"]
            assert int(row["n"]["value"]) == release.manifest.triples
            archive = Archive(release.articles)
            (id,) = archive.ids()
            archive.close()
            article = f"{base}article/{id}"
            page = requests.get(article, headers={"Accept": "text/html"}, timeout=60)
            assert "越南人民军进攻莱州" in page.text
            described = requests.get(article, headers={"Accept": "application/n-triples"}, timeout=60)
            assert set(described.content.splitlines()) & set(lines.splitlines())
        finally:
            process.terminate()
            process.wait(20)
            sink.remove(lines)


def test_without_a_release_there_is_the_endpoint(tmp_path: Path) -> None:
    """Nothing else can be shown of another endpoint's graph, and whoever looks for it is told so."""
    client = create_app(Settings(data=tmp_path, store="http://127.0.0.1:9/sparql")).test_client()
    headers = {"Accept": "text/html"}
    home = client.get("/", headers=headers)
    assert (home.status_code, home.location) == (303, "/sparql")
    for path, status in (("/sparql", 200), ("/dumps/", 200), ("/search", 404), ("/page/entity/Q956", 404)):
        assert client.get(path, headers=headers).status_code == status
