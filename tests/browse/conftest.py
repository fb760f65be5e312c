"""The application over a release of ``samples/``, in this process and behind a real server.

``client``      a test client of the application; corrections are off
``base``        the base of that release's IRIs
``archive``     the release's `Archive`
``a_battle``    the id of an article in both languages, with a dateline and events
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.store.archive import Archive
from server.app import create_app
from server.site import Site
from tests.server.conftest import release_data, serve, server_url

__all__ = ["release_data", "serve", "server_url"]

BASE = "http://127.0.0.1:8000/"


@pytest.fixture(scope="session")
def base() -> str:
    return BASE


@pytest.fixture(scope="session")
def client(release_data: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(data=release_data, rate_limit=0))
    yield app.test_client()
    site = app.extensions["dateline"]
    assert isinstance(site, Site)
    site.close()


@pytest.fixture(scope="session")
def archive(client: FlaskClient) -> Archive:
    found = client.application.extensions["dateline"].archive
    assert isinstance(found, Archive)
    return found


@pytest.fixture(scope="session")
def a_battle(archive: Archive) -> str:
    found = archive.search("奠边府 解放").page.articles
    return next(a.id for a in found if a.langs == "zh+en")


def text_of(page: str) -> str:
    """What a reader sees."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def get(client: FlaskClient, path: str, lang: str = "en") -> str:
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": lang})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)
