"""Places that stand right beside a name say where it belongs."""

from __future__ import annotations

import pytest

from kg.articles import parse
from kg.linking.beside import neighbours
from kg.model import Find, Kind, Lang, Mention, RawArticle, Span

from .conftest import chinese, link_of


def _mentions(article, *names: tuple[str, Kind, str]) -> list[Mention]:
    """Mentions of the names, in whichever language has them."""
    found = []
    for n, (text, kind, subkind) in enumerate(names):
        for lang in Lang:
            body = article.body(lang)
            at = body.text.find(text) if body is not None else -1
            if at >= 0:
                span = Span(lang, at, at + len(text), text)
                found.append(Mention(f"m-{n}", kind, (Find(kind, span, "test", subkind),), subkind=subkind))
    return found


@pytest.mark.parametrize(
    ("text", "land", "name", "kind", "beside_it"),
    [
        ("缅甸《民族报》发表社论。", "缅甸", "民族报", Kind.SOURCE, True),
        ("缅甸“民族报”发表社论。", "缅甸", "民族报", Kind.SOURCE, True),
        ("荷兰共产党机关报《真理报》说。", "荷兰", "真理报", Kind.SOURCE, True),
        ("塞舌尔首都维多利亚一片欢腾。", "塞舌尔", "维多利亚", Kind.PLACE, True),
        ("福建厦门来的消息。", "福建", "厦门", Kind.PLACE, True),
        ("代表们来自福建、厦门。", "福建", "厦门", Kind.PLACE, False),
        ("缅甸代表说，《民族报》停刊了。", "缅甸", "民族报", Kind.SOURCE, False),
    ],
)
def test_what_stands_right_before(text, land, name, kind, beside_it):
    article = parse(chinese("消息", "1964-05-02", text))
    mentions = _mentions(article, (land, Kind.PLACE, "country"), (name, kind, ""))
    assert neighbours(article, mentions).beside == ({"m-1": ("m-0",)} if beside_it else {})


@pytest.mark.parametrize(
    ("text", "subkind", "beside_it"),
    [
        ("The ship sailed for Victoria, Seychelles on Friday.", "country", True),
        ("The ship called at Victoria, Mombasa and Aden.", "city", False),
    ],
)
def test_in_english_the_land_follows(text, subkind, beside_it):
    other = "Seychelles" if "Seychelles" in text else "Mombasa"
    raw = RawArticle("t", "0" * 64, f"Title: Ships\nAuthor:\nDate: 1978-05-02\nPage: 6\n\n{text}\n")
    article = parse(raw)
    mentions = _mentions(article, ("Victoria", Kind.PLACE, "city"), (other, Kind.PLACE, subkind))
    assert neighbours(article, mentions).beside == ({"m-0": ("m-1",)} if beside_it else {})


def test_the_land_before_a_paper_tells_which_it_is(link):
    linked = link("各国报纸", "1964-10-20", "新华社一日讯  智利《世纪报》和越南《人民报》欢迎这个消息。")
    assert link_of(linked, "世纪报").item == "x-el-siglo-cl"
    assert link_of(linked, "人民报").item == "x-nhan-dan"


def test_the_capital_of_a_small_state_whose_name_others_bear(link):
    text = "新华社内罗毕一日电  塞舌尔首都维多利亚今天举行集会。"
    assert link_of(link("塞舌尔集会", "1978-06-05", text), "维多利亚").item == "Q3940"


def test_a_town_with_its_head_word_may_be_any_of_the_name(link):
    text = "新华社巴拿马城十二日电  巴拿马学生举行示威，科隆市的工人也参加了。"
    assert link_of(link("巴拿马示威", "1964-01-14", text), "科隆市").item == "Q627852"


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("学生在马拉开波、加拉加斯和梅里达集会。", ("马拉开波", "加拉加斯")),
        ("学生在委内瑞拉的马拉开波、梅里达集会。", ("委内瑞拉", "马拉开波")),
        ("学生在马拉开波集会，在梅里达罢课。", None),
    ],
)
def test_what_is_enumerated_together(text, listed):
    article = parse(chinese("消息", "1964-05-02", text))
    names = ("梅里达", "委内瑞拉", "马拉开波", "加拉加斯")
    mentions = _mentions(article, *((n, Kind.PLACE, "country" if n == "委内瑞拉" else "city") for n in names))
    keys = {m.key: m.finds[0].span.text for m in mentions}
    found = neighbours(article, mentions).listed.get("m-0")
    assert (found and tuple(keys[k] for k in found)) == listed


@pytest.mark.parametrize(
    ("text", "name", "item"),
    [
        ("委内瑞拉的马拉开波、加拉加斯和梅里达都有集会。墨西哥报纸也报道了。", "梅里达", "Q23551"),
        ("墨西哥的韦拉克鲁斯、坎佩切和梅里达都有集会。委内瑞拉报纸也报道了。", "梅里达", "Q165204"),
        ("印度和巴基斯坦交火。卡拉奇、奎达和海得拉巴遭到轰炸。", "海得拉巴", "Q1640079"),
    ],
)
def test_an_enumeration_tells_in_which_country_a_town_lies(link, text, name, item):
    linked = link("消息", "1971-12-08", f"新华社七日讯  {text}")
    assert link_of(linked, name).item == item


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("水位猛涨，吉林镇赉、大安灾情严重。", "Q45208"),
        ("客人到达吉林，参观化肥厂。", "Q92277"),
    ],
)
def test_a_name_before_what_it_holds_is_the_province(link, text, item):
    linked = link("消息", "1962-08-22", f"新华社二十一日讯  {text}")
    assert link_of(linked, "吉林").item == item


@pytest.mark.parametrize(
    ("text", "name", "item"),
    [
        ("巴拿马政府宣布，巴拿马城和科隆之间通车。记者从科隆到达边境。", "科隆", "Q627852"),
        ("老挝政府宣布，万象到琅勃拉邦的飞机停航。", "琅勃拉邦", "Q190165"),
        ("老挝政府宣布，琅勃拉邦省丰收。", "琅勃拉邦省", "Q747881"),
    ],
)
def test_a_name_is_no_evidence_for_itself(link, text, name, item):
    linked = link("消息", "1965-05-05", f"新华社四日讯  {text}")
    assert link_of(linked, name).item == item


@pytest.mark.parametrize(
    ("year", "text", "name", "item"),
    [
        (1965, "据南斯拉夫《政治报》报道，会议结束了。", "政治报", "Q1248780"),
        (1965, "据台湾《中国时报》报道，会议结束了。", "中国时报", "Q697429"),
        (1965, "据台湾中央日报报道，会议结束了。", "台湾中央日报", "x-central-daily-news"),
        (1993, "据俄罗斯《消息报》报道，会议结束了。", "消息报", "Q753932"),
        (1999, "据南联盟《政治报》报道，会议结束了。", "政治报", "Q1248780"),
        (1965, "会见英《观察家报》记者。据英《观察家报》报道，会议结束了。", "观察家报", "Q336197"),
        (1993, "据捷克《青年阵线报》报道，会议结束了。", "青年阵线报", "x-mlada-fronta"),
    ],
)
def test_a_paper_is_of_the_land_before_it_whatever_state_that_is(link, year, text, name, item):
    linked = link("消息", f"{year}-05-05", f"新华社四日讯  {text}")
    assert link_of(linked, name).item == item
