"""Pages in the reader's language, and the words for all that they say."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import server.browse
from kg.linking.features import FEATURES
from kg.model import EventType
from kg.settings import Settings
from kg.store.archive import Archive
from server.browse.explaining import explain
from server.browse.i18n import messages
from server.browse.spoken import sayings
from tests.browse.conftest import get, text_of

TEMPLATES = Path(server.browse.__file__).parent.parent / "templates"


def test_the_interface_speaks_the_readers_language(client: FlaskClient) -> None:
    assert '<html lang="zh-Hans">' in get(client, "/", "zh-CN,zh;q=0.9,en;q=0.5")
    assert '<html lang="en">' in get(client, "/", "fr,en;q=0.5")
    assert "城市" in text_of(get(client, "/page/entity/Q956", "zh"))


@pytest.mark.parametrize(
    ("accept", "lang"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-CN,en", "zh-Hans"),
        ("zh-TW,en-US;q=0.9", "zh-Hans"),
        ("zh-Hant-HK", "zh-Hans"),
        ("en-US,zh;q=0.9", "en"),
        ("en-GB,en;q=0.9,zh-CN;q=0.8", "en"),
        ("fr,zh-CN;q=0.3", "zh-Hans"),
        ("zh;q=0, fr", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)
def test_the_browsers_languages_are_understood(client: FlaskClient, accept: str, lang: str) -> None:
    assert f'<html lang="{lang}">' in client.get("/", headers={"Accept-Language": accept}).get_data(
        as_text=True
    )


def test_the_readers_choice_is_remembered(client: FlaskClient) -> None:
    fresh = client.application.test_client()
    answer = fresh.get("/language/zh?back=/map")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/map")
    assert '<html lang="zh-Hans">' in fresh.get("/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    for elsewhere in ("/\r\nX: y", "//evil.example", "https://evil.example", "/\\evil.example"):
        assert fresh.get("/language/en", query_string={"back": elsewhere}).headers["Location"] == "/"
    assert fresh.get("/language/xx").status_code == 404


def test_names_fall_back_to_the_other_language_and_say_so(client: FlaskClient, archive: Archive) -> None:
    only = next(e for e in archive.top_entities(limit=1000) if e.label_zh and not e.label_en)
    assert f'<span lang="zh-Hans">{only.label_zh}</span>' in get(client, "/search?entity=" + only.id) + get(
        client, f"/page/article/{archive.articles(limit=1).articles[0].id}"
    ) + get(client, "/map") + "".join(
        get(client, f"/page/article/{a.id}") for a in archive.articles(limit=60).articles
    )  # fmt: skip


def test_every_message_is_in_both_languages() -> None:
    for key, texts in messages().items():
        assert {lang for lang, text in texts.items() if text} == {"zh", "en"}, key
        if "en" in texts:
            assert set(re.findall(r"\{(\w+)\}", texts["zh"])) == set(re.findall(r"\{(\w+)\}", texts["en"])), (
                key
            )


def test_the_usual_rights_are_told_in_the_readers_language(client: FlaskClient) -> None:
    usual = messages()["usual-rights"]
    assert usual["en"] == Settings().rights
    for path in ("/", "/page/dataset", "/dumps/"):
        for lang, tag in (("zh", "zh-Hans"), ("en", "en")):
            page = client.get(path, headers={"Accept": "text/html", "Accept-Language": lang})
            assert f'<p lang="{tag}">{usual[lang]}</p>' in page.get_data(as_text=True)


def test_every_message_that_pages_use_is_there() -> None:
    used = set()
    for template in TEMPLATES.glob("*.html"):
        used |= set(re.findall(r"\bt\('([\w+-]+)'[,)]", template.read_text(encoding="utf-8")))
    assert len(used) > 60
    assert used - set(messages()) == set()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/nowhere", "/nowhere 处没有内容"),
        ("/page/entity/Q99999999", "没有文章提到它"),
        ("/page/issue/1954-05-10", "日期最近的报纸"),
        ("/search?year=abc", "year 的值 'abc' 不是年份"),
        ("/search?page=9999", "应为 0 到 999 的整数"),
        ("/timeline?type=party", "type 没有 'party' 这个值"),
        ("/timeline?named=zzzz", "没有叫 'zzzz' 的实体"),
    ],
)
def test_errors_are_told_in_chinese_to_readers_of_it(client: FlaskClient, path: str, said: str) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "zh"}
    text = html.unescape(client.get(path, headers=headers).get_data(as_text=True))
    assert said in re.sub(r"<a [^>]*>|</a>", "", text)
    assert '<p lang="en">' not in text.partition("<footer>")[0]


def test_sentences_of_errors_keep_their_values() -> None:
    for pattern, said in sayings():
        assert set(pattern.groupindex) == set(re.findall(r"\{(\w+)\}", said)), said


def test_event_types_have_words() -> None:
    assert {f"event-{t.value}" for t in EventType} <= set(messages())


def test_every_feature_is_explained_and_no_explanation_is_left_over() -> None:
    for lang in ("zh", "en"):
        assert all(explain(feature, lang) for feature in FEATURES)
    explained = {k.removeprefix("feature-") for k in messages() if k.startswith("feature-")}
    assert explained - set(FEATURES) == {"no_item", "undecided", "judgement"}


def test_kinds_of_entities_have_a_name_in_both_languages(client: FlaskClient, archive: Archive) -> None:
    kinds = {(e.kind, e.subkind): e for e in archive.top_entities(limit=5000) if e.subkind}
    for e in kinds.values():
        path = f"/page/{'event' if e.kind == 'event' else 'entity'}/{e.id}"
        kind = re.search(r'<p class="meta"><span class="tag.*?</p>', get(client, path, "zh"), re.DOTALL)
        assert kind is not None
        assert not re.search("[a-z]", text_of(kind[0])), (e.id, kind[0])


def test_errors_are_told_in_the_readers_language_and_lead_on(client: FlaskClient) -> None:
    for lang, title in (("en", "There is no such page"), ("zh", "没有这个页面")):
        headers = {"Accept": "text/html", "Accept-Language": lang}
        text = client.get("/nowhere", headers=headers).get_data(as_text=True)
        assert f"<h1>{title}</h1>" in text
        assert '<a href="/api/">/api/</a>' in text


def test_months_have_names(client: FlaskClient) -> None:
    assert "<h2>Dec 1953</h2>" in client.get("/issues?year=1953").get_data(as_text=True)
    chinese = client.get("/issues?year=1953", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "<h2>1953年12月</h2>" in chinese
