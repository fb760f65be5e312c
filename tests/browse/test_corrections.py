"""Corrections: off without a token, signed in with it, and written to the file that the next build obeys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.linking.judgements import Judgements
from kg.settings import Settings
from kg.store.archive import Archive
from server.app import create_app
from tests.server.conftest import ROOT, kg

TOKEN = "a long secret of the archive"  # invented for these tests
BEARER = {"Authorization": f"Bearer {TOKEN}", "X-Editor": "Li", "Accept": "application/json"}


@pytest.fixture
def app(release_data: Path, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(
        Settings(data=release_data, judgements=tmp_path / "judgements.jsonl", edit_token=TOKEN, rate_limit=0)
    )
    yield app
    app.extensions["dateline"].close()


@pytest.fixture
def editor(app: Flask) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/review/sign-in", data={"token": TOKEN, "who": "李编辑"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/review")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    return client


def said(app: Flask) -> Judgements:
    return Judgements.load(app.extensions["dateline"].settings.judgements_file)


@pytest.fixture
def doubt(app: Flask) -> str:
    archive: Archive = app.extensions["dateline"].archive
    found, _ = archive.doubtful(kind="place", limit=1)
    return f"/review/place/{found[0].entity.id}"


def test_corrections_are_off_without_a_token(client: FlaskClient, a_battle: str) -> None:
    for path in ("/review", "/review/place/Q956"):
        assert client.get(path).status_code == 404
    assert client.post("/review/place/Q956", data={"decision": "nil"}, headers=BEARER).status_code == 404
    assert client.post("/review/sign-in", data={"token": "", "who": "x"}).status_code == 404
    assert "/review" not in client.get(f"/page/article/{a_battle}").get_data(as_text=True)


def test_nobody_writes_without_signing_in(app: Flask, doubt: str) -> None:
    stranger = app.test_client()
    assert 'type="password"' in stranger.get("/review").get_data(as_text=True)
    assert stranger.post(doubt, data={"decision": "nil"}).status_code == 401
    assert stranger.post("/review/sign-in", data={"token": "wrong", "who": "x"}).status_code == 403
    forged = {"Authorization": "Bearer wrong"}
    assert stranger.post(doubt, data={"decision": "nil"}, headers=forged).status_code == 401
    stranger.set_cookie("dateline-editor", "5p2O.0000")
    assert stranger.post(doubt, data={"decision": "nil"}).status_code == 401
    assert said(app).all == ()


def test_a_form_of_another_site_is_refused(app: Flask, editor: FlaskClient, doubt: str) -> None:
    answer = editor.post(doubt, data={"decision": "nil"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert said(app).all == ()


def test_the_queue_is_ordered_by_value(app: Flask) -> None:
    client = app.test_client()
    archive: Archive = app.extensions["dateline"].archive
    listed = client.get("/review", headers=BEARER).get_json()
    wanted = [f"{d.kind}/{d.entity.id}" for d in archive.doubtful(limit=20)[0]]
    assert [q["key"] for q in listed["questions"]] == wanted
    values = [q["articles"] * (1 - q["confidence"]) for q in listed["questions"]]
    assert values == sorted(values, reverse=True)


def test_the_queue_is_a_page_that_leads_to_forms(editor: FlaskClient) -> None:
    page = editor.get("/review?kind=unit", headers={"Accept": "text/html"})
    assert page.headers["Cache-Control"] == "no-store"
    assert "/review/unit/" in page.get_data(as_text=True)
    assert "/review/place/" not in page.get_data(as_text=True)


def test_a_judgement_is_written_and_leaves_the_queue(app: Flask, editor: FlaskClient, doubt: str) -> None:
    key = doubt.removeprefix("/review/")
    form = editor.get(doubt).get_data(as_text=True)
    assert 'name="decision" value="nil"' in form
    assert '<input id="q" name="q" type="search" value=""' in form
    answer = editor.post(doubt, data={"decision": "item", "item": "Q36027"})
    assert answer.status_code == 303
    (one,) = said(app).all
    assert (one.who, one.decision.value, one.item, one.article) == ("李编辑", "item", "Q36027", None)
    again = app.test_client().get("/review", headers=BEARER).get_json()
    assert key not in [q["key"] for q in again["questions"]]


def test_right_and_wrong_speak_of_the_present_link(app: Flask, editor: FlaskClient) -> None:
    for decision in ("accept", "reject"):
        assert editor.post("/review/place/Q956", data={"decision": decision}).status_code == 303
    assert [(j.decision.value, j.item) for j in said(app).all] == [("accept", "Q956"), ("reject", "Q956")]


def test_a_judgement_may_hold_for_one_article_or_a_period(
    app: Flask, editor: FlaskClient, a_battle: str
) -> None:
    sent = {"decision": "accept", "article": a_battle, "surface": "奠边府"}
    assert editor.post("/review/place/Q36027", data=sent).status_code == 303
    period = {"decision": "accept", "since": "1953-01-01", "until": "1954-12-31"}
    assert editor.post("/review/place/Q36027", data=period).status_code == 303
    first, second = said(app).all
    assert (first.article, first.surface) == (a_battle, "奠边府")
    assert (second.after, second.before) == ("1953-01-01", "1954-12-31")


def test_programs_judge_with_json_and_a_bearer_token(app: Flask, doubt: str) -> None:
    answer = app.test_client().post(doubt, json={"decision": "nil"}, headers=BEARER)
    assert answer.status_code == 201
    assert answer.get_json()["judgement"]["decision"] == "nil"
    unknown = app.test_client().get("/review", headers={"Accept": "application/json"})
    assert unknown.status_code == 401
    assert said(app).all[0].who == "Li"


@pytest.mark.parametrize(
    "sent",
    [{}, {"decision": "maybe"}, {"decision": "item"}, {"decision": "item", "item": "Paris"},
     {"decision": "nil", "surface": "another name"}],
    ids=str,
)  # fmt: skip
def test_what_cannot_work_is_not_written(app: Flask, doubt: str, sent: dict[str, str]) -> None:
    answer = app.test_client().post(doubt, json=sent, headers=BEARER)
    assert answer.status_code == 400
    assert answer.get_json()["remedy"]
    assert said(app).all == ()
    assert (
        app.test_client().post("/review/place/nothing", json={"decision": "nil"}, headers=BEARER).status_code
        == 404
    )


@pytest.mark.slow
def test_the_next_build_obeys(tmp_path: Path) -> None:
    samples = tmp_path / "samples"
    shutil.copytree(ROOT / "samples" / "1954.05", samples / "1954.05")
    data = tmp_path / "data"
    kg("--data", data, "build", samples)
    app = create_app(Settings(data=data, edit_token=TOKEN))
    try:
        sent = {"decision": "item", "item": "Q956"}
        answer = app.test_client().post("/review/place/Q36027", json=sent, headers=BEARER)
        assert answer.status_code == 201
    finally:
        app.extensions["dateline"].close()
    kg("--data", data, "build", samples)
    app = create_app(Settings(data=data))
    try:
        archive: Archive = app.extensions["dateline"].archive
        assert archive.entity("Q36027") is None or archive.entity("Q36027").articles == 0  # type: ignore[union-attr]
        assert archive.entity("Q956").articles == 1  # type: ignore[union-attr]
    finally:
        app.extensions["dateline"].close()
