"""The same happening in several articles is one node of the graph, another happening another."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg import vocab
from kg.model import EventType
from kg.pipeline.build import build
from kg.pipeline.convert import Converter
from kg.pipeline.runner import InProcess
from kg.settings import Settings
from kg.store.releases import Releases
from tests.pipeline.conftest import chinese

FIRST, AGAIN, OTHER_DAY, OTHER_PLACE, UNDATED = (
    "1953-12-14/4", "1953-12-15/1", "1953-12-16/3", "1953-12-14/2", "1953-12-17/2",
)  # fmt: skip
ARTICLES = {
    FIRST: chinese("人民军解放海防", "1953-12-14", "【新华社十三日讯】人民军十一日攻占海防。"),
    AGAIN: chinese(
        "海防守军覆没", "1953-12-15", "【新华社十四日讯】据路透社消息：人民军在十一日攻占海防。", page=1
    ),
    OTHER_DAY: chinese("战地消息", "1953-12-16", "【新华社十五日讯】人民军十四日再度攻占海防。", page=3),
    OTHER_PLACE: chinese("北线消息", "1953-12-14", "【新华社十三日讯】人民军十一日攻占河内。", page=2),
    UNDATED: chinese("南线消息", "1953-12-17", "【新华社十六日讯】人民军最近攻占海防。", page=2),
}
EVENTS = f"""
SELECT ?article ?event WHERE {{
  ?article <{vocab.HAS_EVENT_REPORT}> ?report .
  ?report <{vocab.REPORTS}> ?event ;
          <http://semanticweb.cs.vu.nl/2009/11/sem/eventType> <{vocab.EVENT_TYPES[EventType.CAPTURE]}> .
}}"""
Nodes = dict[str, set[str]]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Nodes:
    """Of each article (day and page) the nodes of the captures that it reports, in a built release."""
    folder, data = tmp_path_factory.mktemp("in"), tmp_path_factory.mktemp("data")
    for name, text in ARTICLES.items():
        (folder / f"{name.replace('/', '-')}.txt").write_text(text, encoding="utf-8")
    settings = Settings(data=data)
    build([folder], settings, converter=Converter.load(settings), runner=InProcess())
    release = Releases(data).current()
    assert release is not None
    found: Nodes = {}
    answers = ox.Store.read_only(str(release.store)).query(EVENTS)
    assert isinstance(answers, ox.QuerySolutions)
    for row in answers:
        article = row["article"].value.partition("/article/")[2].rpartition("/")[0]
        found.setdefault(article, set()).add(row["event"].value)
    return found


def test_each_article_reports_one_capture(nodes: Nodes) -> None:
    assert {name: len(events) for name, events in nodes.items()} == dict.fromkeys(ARTICLES, 1)


def test_two_articles_of_the_same_capture_share_a_node(nodes: Nodes) -> None:
    assert nodes[FIRST] == nodes[AGAIN]


@pytest.mark.parametrize("other", [OTHER_DAY, OTHER_PLACE, UNDATED])
def test_another_day_another_place_or_none_is_another_node(nodes: Nodes, other: str) -> None:
    assert not nodes[FIRST] & nodes[other]
