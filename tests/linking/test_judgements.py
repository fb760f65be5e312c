"""The judgements file."""

from __future__ import annotations

import threading

import pytest

from kg.authority import open_authority
from kg.errors import StoreError, UsageError
from kg.linking.judged import JudgedItems
from kg.linking.judgements import Decision, Judgement, Judgements, append, judge
from kg.model import Kind


def test_a_file_written_line_by_line_is_read_back(tmp_path):
    path = tmp_path / "judgements.jsonl"
    first = judge(Kind.PLACE, "莱州", Decision.ITEM, who="li", item="Q36409")
    second = judge(Kind.SOURCE, "合众社", Decision.NIL, who="wu", article="1953-12-14/4/1a2b3c4d")
    append(path, first)
    append(path, second)
    assert Judgements.load(path).all == (first, second)


def test_a_missing_file_says_nothing(tmp_path):
    assert Judgements.load(tmp_path / "none.jsonl").all == ()


def test_a_broken_line_is_named(tmp_path):
    path = tmp_path / "judgements.jsonl"
    path.write_text('{"kind": "place", "surface": "x", "decision": "nil"}\n{oops\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"judgements.jsonl:2: not JSON"):
        Judgements.load(path)


@pytest.mark.parametrize(
    "line",
    [
        '{"surface": "x", "decision": "nil"}',
        '{"kind": "planet", "surface": "x", "decision": "nil"}',
        '{"kind": "place", "surface": "x", "decision": "perhaps"}',
        '{"kind": "place", "surface": "x", "decision": "item"}',
        '{"kind": "place", "surface": " ", "decision": "nil"}',
        '{"kind": "place", "surface": "x", "decision": "item", "item": "Paris"}',
        '{"kind": "place", "surface": "x", "decision": "nil", "to": "1954"}',
        '{"kind": "place", "surface": "x", "decision": "nil", "from": "1954-13-01"}',
        '{"kind": "place", "surface": "x", "decision": "nil", "from": "1954-12-31", "to": "1950-01-01"}',
        "[1]",
    ],
)
def test_a_line_that_says_nothing_usable_is_refused(tmp_path, line):
    path = tmp_path / "judgements.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"judgements.jsonl:1: "):
        Judgements.load(path)


def test_a_file_edited_by_hand_may_have_a_mark_and_other_line_ends(tmp_path):
    path = tmp_path / "judgements.jsonl"
    line = '{"kind": "place", "surface": "莱\u2028州", "decision": "item", "item": " Q36409 "}'
    path.write_bytes(b"\xef\xbb\xbf" + line.encode() + b"\r\n\r\n" + line.encode())
    assert [j.item for j in Judgements.load(path).all] == ["Q36409"] * 2


def test_a_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "judgements.jsonl"
    path.write_bytes('{"kind": "place", "surface": "莱州", "decision": "nil"}'.encode("gb18030"))
    with pytest.raises(UsageError, match=r"judgements.jsonl:1: not JSON"):
        Judgements.load(path)


def test_periods_and_articles_limit_a_judgement():
    said = Judgement("", "li", Kind.PLACE, "x", Decision.NIL, after="1950-01-01", before="1954-12-31")
    assert said.applies("a", "1953-12-14")
    assert not said.applies("a", "1955-01-01")
    assert not Judgement("", "li", Kind.PLACE, "x", Decision.NIL, article="b").applies("a", "1953-12-14")


def test_a_judgement_on_the_article_wins_over_a_later_general_one():
    own = Judgement("2026-01-01", "li", Kind.PLACE, "x", Decision.ITEM, "Q1", article="a")
    general = Judgement("2026-02-01", "li", Kind.PLACE, "X", Decision.ITEM, "Q2")
    said = Judgements.of([own, general]).on(Kind.PLACE, ["x"], "a", "1953-12-14")
    assert said[-1] == own


def test_people_who_contradict_each_other_are_reported():
    a = Judgement("1", "li", Kind.PLACE, "x", Decision.ITEM, "Q1")
    b = Judgement("2", "wu", Kind.PLACE, "x", Decision.ITEM, "Q2")
    c = Judgement("3", "li", Kind.PLACE, "x", Decision.ITEM, "Q3")  # li has thought again: no conflict
    assert Judgements.of([a, b]).conflicts() == [(a, b)]
    assert Judgements.of([a, c]).conflicts() == []


def test_two_writers_at_once_lose_no_line(tmp_path):
    path = tmp_path / "judgements.jsonl"

    def write(who: str) -> None:
        for _ in range(50):
            append(path, judge(Kind.PLACE, "莱州", Decision.NIL, who=who))

    threads = [threading.Thread(target=write, args=(w,)) for w in ("li", "wu")]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(Judgements.load(path).all) == 100


def test_a_line_left_without_its_end_is_ended(tmp_path):
    path = tmp_path / "judgements.jsonl"
    path.write_text('{"kind": "place", "surface": "x", "decision": "nil"}', encoding="utf-8")  # by hand
    append(path, judge(Kind.PLACE, "莱州", Decision.NIL, who="li"))
    assert [j.surface for j in Judgements.load(path).all] == ["x", "莱州"]


def test_lines_count_in_the_order_of_the_file_whatever_their_dates():
    first = Judgement("2026-05-01", "li", Kind.PLACE, "x", Decision.ITEM, "Q1")
    second = Judgement("", "wu", Kind.PLACE, "x", Decision.ITEM, "Q2")  # by hand, without a date
    assert Judgements.of([first, second]).on(Kind.PLACE, ["x"], "a", "1953-12-14")[-1] == second


def test_who_comes_round_to_another_view_conflicts_no_more():
    a = Judgement("1", "li", Kind.PLACE, "x", Decision.ITEM, "Q1")
    b = Judgement("2", "wu", Kind.PLACE, "x", Decision.REJECT, "Q1")
    c = Judgement("3", "li", Kind.PLACE, "x", Decision.ITEM, "Q2")
    assert Judgements.of([a, b]).conflicts() == [(a, b)]
    assert Judgements.of([a, b, c]).conflicts() == []


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(StoreError, match="judgements"):
        append(tmp_path, judge(Kind.PLACE, "x", Decision.NIL, who="li"))


def test_an_item_of_a_judgement_that_nobody_knows_is_bare():
    said = Judgements.of(
        [
            Judgement("1", "li", Kind.PLACE, "石墩坪", Decision.ITEM, "Q987654321"),
            Judgement("1", "li", Kind.PLACE, "Shidunping", Decision.ACCEPT, "Q987654321"),
            Judgement("1", "li", Kind.PLACE, "x", Decision.REJECT, "Q987654322"),
        ]
    )
    items = JudgedItems(open_authority(), said)
    bare = items.item("Q987654321")
    assert bare is not None
    assert (bare.kind, bare.labels) == ("place", (("zh", "石墩坪"), ("en", "Shidunping")))
    assert items.item("Q987654322") is None
    assert items.item("Q148") == open_authority().item("Q148")
