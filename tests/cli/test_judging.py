"""``kg judge``: from the question to the answer that the next build obeys."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.linking.judgements import Decision, Judgements, append, judge
from kg.model import Kind
from kg.pipeline.build import build
from kg.pipeline.review import answer, question, questions
from kg.settings import Settings
from kg.store.archive import Archive
from kg.store.releases import Releases

# 石墩通讯社 and 双桥通讯社 are invented: no authority has them.
_ARTICLES = {
    "1953-12-01": "新华社河内一日电  据石墩通讯社报道，越南人民军一日歼灭法军一个连。",
    "1953-12-02": "新华社河内二日电  据石墩通讯社报道，越南人民军二日解放了莱州。",
    "1953-12-03": "新华社河内三日电  石墩通讯社说，法军三日轰炸奠边府。双桥通讯社也这样说。",
}


def _write(folder):
    for date, body in _ARTICLES.items():
        text = f"### 前线战报\n\n{date}\n第4版()\n专栏：\n\n    前线战报\n    {body}\n"
        (folder / f"{date}.txt").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judging")
    (folder / "in").mkdir()
    _write(folder / "in")
    settings = Settings(data=folder / "data", processes=1)
    build([folder / "in"], settings)
    return settings


@pytest.fixture
def settings(release, tmp_path):
    """The release, with judgements of this test's own."""
    return Settings(data=release.data, judgements=tmp_path / "judgements.jsonl", processes=1)


def archive(settings):
    return Archive(Releases(settings.data).require().articles)


def kg(settings, *arguments, input=None):
    environ = {
        "KG_DATA": str(settings.data),
        "KG_JUDGEMENTS": str(settings.judgements_file),
        "KG_JUDGE": "li",
    }
    return CliRunner().invoke(main, ["judge", *arguments], env=environ, input=input)


def unknown(settings, **options):
    found, _ = questions(archive(settings), Judgements.load(settings.judgements_file), **options)
    return [q for q in found if q.surface == "石墩通讯社"]


def test_a_name_of_three_articles_is_one_question_with_examples(settings):
    (asked,) = unknown(settings)
    assert asked.articles == 3
    assert asked.item is None
    assert asked.kind is Kind.SOURCE
    assert [e.date for e in asked.examples] == sorted(_ARTICLES)
    assert all(e.text == "石墩通讯社" for e in asked.examples)
    assert any("解放" in e.after for e in asked.examples)
    assert asked.evidence


def test_the_most_valuable_come_first_and_pages_join(settings):
    everything, end = questions(archive(settings), Judgements(), limit=100)
    assert end is None
    worth = [q.articles * (1 - q.confidence) for q in everything]
    assert worth == sorted(worth, reverse=True)
    assert len(everything) > 1
    first, cursor = questions(archive(settings), Judgements(), limit=1)
    rest, _ = questions(archive(settings), Judgements(), limit=100, after=cursor)
    assert [q.key for q in first + rest] == [q.key for q in everything]


def test_an_answered_question_waits_for_the_build_and_is_asked_no_more(settings):
    answer(settings.judgements_file, "source", "石墩通讯社", Decision.NIL, who="li")
    assert unknown(settings) == []
    (asked,) = unknown(settings, pending=True)
    assert asked.pending
    assert asked.said[0].who == "li"


def test_the_next_build_obeys_and_describes_an_item_that_no_authority_has(settings, tmp_path):
    (asked,) = unknown(settings)
    assert kg(settings, "is", asked.key, "Q987654321").exit_code == 0
    (tmp_path / "in").mkdir()
    _write(tmp_path / "in")
    again = Settings(data=tmp_path / "data", judgements=settings.judgements_file, processes=1)
    build([tmp_path / "in"], again)
    entity = archive(again).entity("Q987654321")
    assert entity is not None
    assert (entity.articles, entity.label_zh, entity.wikidata) == (3, "石墩通讯社", "Q987654321")
    asked = question(archive(again), Judgements.load(again.judgements_file), "source/Q987654321")
    assert asked.confidence == 1
    assert "item by li" in asked.evidence[0].detail
    assert not asked.pending


def test_the_list_is_for_scripts_too(settings):
    listed = json.loads(kg(settings, "list", "--json", "--kind", "source").output)
    (asked,) = [q for q in listed["questions"] if q["surface"] == "石墩通讯社"]
    assert asked["articles"] == 3
    shown = json.loads(kg(settings, "show", asked["key"], "--json").output)
    assert shown["surfaces"] == ["石墩通讯社"]
    assert "石墩通讯社" in kg(settings, "list").output


def test_asking_goes_on_until_somebody_quits(settings):
    (asked,) = unknown(settings)
    result = kg(settings, "--kind", "source", input="nonsense\nQ987654321\nq\n")
    assert result.exit_code == 0
    assert "not understood" in result.output
    (said,) = Judgements.load(settings.judgements_file).all
    assert (said.who, said.decision, said.item) == ("li", Decision.ITEM, "Q987654321")
    assert said.surface in asked.surfaces or said.surface in result.output


def test_a_name_that_is_in_no_list_can_be_judged_for_a_period(settings):
    result = kg(settings, "is", "place/莱州", "Q36409", "--from", "1953-01-01", "--to", "1954-12-31")
    assert result.exit_code == 0, result.output
    (said,) = Judgements.load(settings.judgements_file).all
    assert said.applies("any", "1953-12-14")
    assert not said.applies("any", "1963-12-14")


def test_contradiction_is_told_at_once_and_in_the_report(settings):
    append(settings.judgements_file, judge(Kind.SOURCE, "石墩通讯社", Decision.NIL, who="wu"))
    result = kg(settings, "is", "source/石墩通讯社", "Q36409")
    assert "contradicts wu" in result.output
    report = kg(settings, "conflicts")
    assert report.exit_code == 1
    assert "1 conflicts" in report.output
    asked = kg(settings, "list")
    assert "1 judgements contradict each other" in asked.output
    kg(settings, "nil", "source/石墩通讯社")  # li comes round
    assert kg(settings, "conflicts").exit_code == 0
    assert kg(settings, "log").output.count("石墩通讯社") == 3


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["accept", "source/石墩通讯社"], "names no item"),
        (["is", "source/石墩通讯社", "Lai Chau"], "is no item"),
        (["nil", "source/石墩通讯社", "--to", "1954"], "is no day"),
        (["is", "planet/石墩通讯社", "Q1"], "not KIND/ENTITY"),
        (["nil", "place/place-000000000000"], "not in the release"),
        (["show", "place/place-000000000000"], "no place of the release"),
    ],
)
def test_what_cannot_be_judged_is_said(settings, arguments, complaint):
    result = kg(settings, *arguments)
    assert result.exit_code == 2
    assert complaint in result.output
    assert not settings.judgements_file.exists()
