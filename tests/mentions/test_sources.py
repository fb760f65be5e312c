"""Sources in running text with a dictionary: what counts as a name, and the role it plays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kg.articles import read_articles
from kg.authority import open_authority
from kg.mentions.datelines import find_datelines
from kg.mentions.names import NameDictionary
from kg.mentions.sources.finding import find_sources
from kg.mentions.view import view, views
from kg.model import Article, Body, Find, Kind, Lang, Name, Role, Span
from tests.growth import assert_grows_with_size_only

EVAL = Path(__file__).parents[3] / "shared/eval"

NAMES = [
    Name(text, Lang.ZH if ord(text[0]) > 0x2000 else Lang.EN, kind, subkind, (item,), prior)
    for text, kind, subkind, item, prior in [
        ("新华社", "source", "agency", "Q204839", 1),
        ("塔斯社", "source", "agency", "Q223799", 1),
        ("法新社", "source", "agency", "Q40464", 1),
        ("国际社", "source", "agency", "x-ins", 0.9),
        ("真理报", "source", "newspaper", "x-pravda", 1),
        ("苏联真理报", "source", "newspaper", "x-pravda", 1),
        ("消息报", "source", "newspaper", "Q753932", 1),
        ("革命报", "source", "newspaper", "x-revolucion", 0.7),
        ("人民日报", "source", "newspaper", "Q54340", 1),
        ("读卖新闻", "source", "newspaper", "x-yomiuri", 1),
        ("大公报", "source", "newspaper", "x-ta-kung-pao", 0.9),
        ("时代", "source", "magazine", "Q43297", 0.9),
        ("红旗", "source", "magazine", "x-red-flag", 0.6),
        ("美国之音", "source", "broadcaster", "Q228389", 1),
        ("Xinhua News Agency", "source", "agency", "Q204839", 1),
        ("TASS", "source", "agency", "Q223799", 1),
        ("Time", "source", "magazine", "Q43297", 0.9),
        ("Times", "source", "newspaper", "Q50008", 1),
        ("Pravda", "source", "newspaper", "x-pravda", 1),
        ("Canadian Press", "source", "agency", "x-canadian-press", 1),
        ("世界报", "source", "newspaper", "Q12461", 0.9),
        ("法国世界报", "source", "newspaper", "Q12461", 0.9),
        ("工人日报", "source", "newspaper", "x-daily-worker", 0.9),
        ("伦敦工人日报", "source", "newspaper", "x-daily-worker", 0.9),
        ("Dawn", "source", "newspaper", "x-dawn", 0.7),
        ("法国", "place", "country", "Q142", 1),
        ("伦敦", "place", "city", "Q84", 1),
        ("日内瓦", "place", "city", "Q71", 0.9),
        ("瑞士", "place", "country", "Q39", 0.9),
        ("苏联", "place", "country", "Q15180", 1),
        ("古巴", "place", "country", "Q241", 1),
        ("上海", "place", "city", "Q8686", 0.9),
        ("金边", "place", "city", "Q1850", 0.9),
        ("卢萨卡", "place", "city", "Q3881", 0.9),
        ("Paris", "place", "city", "Q90", 0.9),
    ]
]


@pytest.fixture(scope="module")
def dictionary() -> NameDictionary:
    return NameDictionary.build(NAMES)


def find(text: str, dictionary: NameDictionary, title: str = "") -> list[Find]:
    lang = Lang.ZH if any("㐀" < c < "鿿" for c in text) else Lang.EN
    whole = f"{title}\n{text}" if title else text
    cut = len(title) + 1 if title else 0
    paragraphs = ((0, len(title)), (cut, len(whole))) if title else ((0, len(whole)),)
    return find_sources(view(Body(lang, whole, paragraphs), dictionary), "Q54340")


def roles(text: str, dictionary: NameDictionary, title: str = "") -> dict[str, str]:
    return {f.span.text: f.role.value for f in find(text, dictionary, title) if f.role is not None}


CITED = {
    "塔斯社": [
        "塔斯社昨天报道，会议结束。",
        "据塔斯社莫斯科消息，会议结束。",
        "外电援引塔斯社的消息说",
        "部长最近对塔斯社记者发表谈话说",
        "他在对塔斯社发表的声明中强调",
    ],
    "真理报": [
        "《真理报》发表社论",
        "据十二日的《真理报》，",
        "《真理报》今天以《论团结》为题，",
        "这篇文章刊登在十月十日出版的《真理报》上",
        "《真理报》在“国际评论”栏中指出",
        "他接受《真理报》采访时说",
        "苏联真理报著论说",
    ],
    "红旗": ["“红旗”杂志今年第五期发表社论", "《红旗》杂志载文"],
    "革命报": ["古巴《革命报》一月一日在第三、四版全文转载", "据《革命报》报道"],
    "TASS": ["TASS reported yesterday that the meeting was over.", "according to a dispatch by TASS, the"],
    "Pravda": ["The Soviet newspaper Pravda condemned the plan.", "an editorial in Pravda said"],
    "Times": ["The Times said in an editorial that the plan was wrong."],
}

MENTIONED = {
    "新华社": ["他昨天对新华社记者说，会议结束。", "新华社上海分社"],
    "真理报": [
        "《真理报》总编辑会见了代表团，他说：",
        "他每天看《真理报》。",
        "他向《真理报》记者发表谈话说",
    ],
    "美国之音": ["他收听“美国之音”。"],
    "Pravda": ["the editor of Pravda visited the city."],
}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in CITED.items() for t in texts])
def test_cited(name: str, text: str, dictionary: NameDictionary) -> None:
    assert roles(text, dictionary) == {name: "cited"}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in MENTIONED.items() for t in texts])
def test_mentioned(name: str, text: str, dictionary: NameDictionary) -> None:
    assert roles(text, dictionary) == {name: "mentioned"}


@pytest.mark.parametrize(
    "text",
    [
        "国际社会应当支持。",
        "据消息报道，双方达成协议。",
        "这个时代的红旗迎风飘扬。",
        "伟大的革命报告会",
        "两国联合公报说，",
        "西方通讯社报道说",
        "海军电台的报务员",
        "上海发出台风警报说",
        "据上海各报披露",
        "At that time the people had hard times.",
        "The Canadian press said so.",
        "《时代》影片上映",
    ],
)
def test_no_source(text: str, dictionary: NameDictionary) -> None:
    assert roles(text, dictionary) == {}


def test_a_headline_only_mentions(dictionary: NameDictionary) -> None:
    assert roles("会议结束。", dictionary, "《真理报》发表社论") == {"真理报": "mentioned"}


def test_a_list_shares_the_role(dictionary: NameDictionary) -> None:
    text = "《真理报》、《消息报》和《人民日报》都发表社论"
    assert set(roles(text, dictionary).values()) == {"cited"}


def test_the_papers_own_name_is_the_setting(dictionary: NameDictionary) -> None:
    v = view(Body(Lang.ZH, "本报讯　会议结束。", ((0, 9),)), dictionary)
    (f,) = find_sources(v, "Q9684")
    assert (f.items, f.role, f.span.text) == (("Q9684",), Role.DATELINE, "本报")


def test_the_dateline_gives_its_role_and_the_dictionary_the_item(dictionary: NameDictionary) -> None:
    own, relayed = find("【新华社三日讯】据法新社西贡二日电：战斗还在进行。", dictionary)
    assert (own.items, own.role, own.rule) == (("Q204839",), Role.DATELINE, "zh-dateline-brackets")
    assert (relayed.items, relayed.role) == (("Q40464",), Role.CITED)


def test_a_country_before_the_name_is_no_part_of_it(dictionary: NameDictionary) -> None:
    (f,) = find("苏联真理报发表社论", dictionary)
    assert f.span.text == "真理报"
    assert [f.span.text for f in find("法国世界报发表社论", dictionary)] == ["世界报"]
    assert [f.span.text for f in find("昨天，瑞士日内瓦日报写道", dictionary)] == ["日内瓦日报"]


def test_a_papers_house_and_town_give_both_forms(dictionary: NameDictionary) -> None:
    assert [f.span.text for f in find("读卖新闻社社长", dictionary)] == ["读卖新闻社", "读卖新闻"]
    assert [f.span.text for f in find("昨天，上海大公报载文", dictionary)] == ["上海大公报", "大公报"]
    assert [f.span.text for f in find("人民日报社论说", dictionary)] == ["人民日报"]
    assert [f.span.text for f in find("伦敦工人日报要求撤军", dictionary)] == ["伦敦工人日报", "工人日报"]


def told(text: str, *items: str) -> Find:
    """A source of the original."""
    return Find(Kind.SOURCE, Span(Lang.ZH, 0, len(text), text), "source-dictionary", items=items)


def english(text: str, known: NameDictionary, original: Sequence[Find] = ()) -> list[str]:
    """The sources of an English text."""
    seen = view(Body(Lang.EN, text, ((0, len(text)),)), known)
    return [f.span.text for f in find_sources(seen, told=original)]


def test_a_title_between_marks_that_reports_is_a_source_where_the_original_names_one(
    dictionary: NameDictionary,
) -> None:
    text = '"Al-Amar" quoted the agency, and the "Red Hill" wrote of it. The article "On Dams" said so.'
    assert english(text, dictionary) == []
    assert english(text, dictionary, [told("真理报", "x-pravda")]) == ["Al-Amar", "Red Hill"]
    assert english(text + " Pravda said no.", dictionary, [told("真理报", "x-pravda")]) == ["Pravda"]


def test_a_ship_is_no_paper(dictionary: NameDictionary) -> None:
    assert english('They landed from the yacht "Pravda" at night.', dictionary) == []


def test_a_word_in_one_list_with_a_source_is_one(dictionary: NameDictionary) -> None:
    assert english("Dawn and Pravda carried it.", dictionary) == ["Dawn", "Pravda"]
    assert english("At Dawn they left; Pravda carried it.", dictionary) == ["Pravda"]


def test_what_a_town_owns_is_a_source_where_the_original_names_one(dictionary: NameDictionary) -> None:
    original = [told("新声报", "x-new-voice")]
    text = "Paris's Die Stimme reported so, and the People's Army, it said, fled. Paris's Grand Opera, too."
    assert english(text, dictionary, original) == ["Die Stimme"]
    assert english(text, dictionary) == []


def test_a_people_before_the_word_for_a_weekly_makes_no_name_of_it(dictionary: NameDictionary) -> None:
    assert english('West German Weekly "Neue Wege" said so', dictionary) == ["Neue Wege"]
    assert english("The Tanzanian Sunday Herald said so", dictionary) == ["Sunday Herald"]
    assert english("The Tanzanian Herald said so", dictionary) == ["Tanzanian Herald"]


def test_what_the_original_names_makes_a_name_of_an_ordinary_word(dictionary: NameDictionary) -> None:
    seen = view(Body(Lang.EN, "Pakistan's Dawn praised the talks.", ((0, 34),)), dictionary)
    assert find_sources(seen) == []
    (f,) = find_sources(seen, told=[told("黎明报", "x-dawn")])
    assert (f.span.text, f.role) == ("Dawn", Role.CITED)


def test_an_ordinary_word_at_the_beginning_must_be_cited(dictionary: NameDictionary) -> None:
    original = [told("黎明报", "x-dawn")]
    for text, names in (("Dawn broke over the hills.", []), ("Dawn said that talks began.", ["Dawn"])):
        seen = view(Body(Lang.EN, text, ((0, len(text)),)), dictionary)
        assert [f.span.text for f in find_sources(seen, told=original)] == names


def test_an_editor_who_writes_is_his_paper_but_not_one_who_travels(dictionary: NameDictionary) -> None:
    assert roles("《真理报》主编王某撰文说，情况严重", dictionary) == {"真理报": "cited"}
    assert roles("《真理报》主编王某到达上海，他说很高兴", dictionary) == {"真理报": "mentioned"}


def test_the_staff_of_a_house_are_not_its_report(dictionary: NameDictionary) -> None:
    assert roles("《真理报》的革命同志表示，坚决支持", dictionary) == {"真理报": "mentioned"}


def test_a_list_goes_over_towns_and_what_stands_in_brackets(dictionary: NameDictionary) -> None:
    text = "《真理报》、古巴（哈瓦那）《革命报》和上海大公报（晚刊）、《消息报》发表社论"
    assert set(roles(text, dictionary).values()) == {"cited"}


def test_in_english_the_land_is_no_part_of_a_new_name() -> None:
    names = [Name("Burma", Lang.EN, "place", "country", ("Q836",), 0.9)]
    text = "Burma's Pegu Radio said that fighting went on."
    (f,) = find_sources(view(Body(Lang.EN, text, ((0, len(text)),)), NameDictionary.build(names)))
    assert f.span.text == "Pegu Radio"


def test_a_dateline_relays_the_known_agency_without_the_land_before_it(dictionary: NameDictionary) -> None:
    own, relayed = find("新华社金边十日电　古巴法新社报道，会议开幕。", dictionary)
    assert (own.role, relayed.role) == (Role.DATELINE, Role.CITED)
    assert (relayed.span.text, relayed.items) == ("法新社", ("Q40464",))


def test_a_title_of_many_towns_is_not_the_known_paper_of_another() -> None:
    names = [
        Name("先驱报", Lang.ZH, "source", "newspaper", ("x-the-herald",), 0.7),
        Name("阿散蒂", Lang.ZH, "place", "province", ("x-ashanti",), 0.5),
    ]
    text = "加纳“阿散蒂先驱报”报道了庆祝会。"
    (f,) = find_sources(view(Body(Lang.ZH, text, ((0, len(text)),)), NameDictionary.build(names)))
    assert (f.span.text, f.items) == ("阿散蒂先驱报", ())


def test_what_is_done_to_a_paper_is_not_its_report(dictionary: NameDictionary) -> None:
    assert roles("《真理报》的谎言遭到驳斥", dictionary) == {"真理报": "mentioned"}


@pytest.mark.parametrize(
    ("text", "name", "subkind"),
    [
        ("据乍得通讯社报道，", "乍得通讯社", "agency"),
        ("《江城晚报》报道说", "江城晚报", "newspaper"),
        ("英国《东方》周刊登载文章", "东方", "magazine"),
        ("金边电台广播了这一消息", "金边电台", "broadcaster"),
        ("“山鹰之声”电台说", "山鹰之声", "broadcaster"),
        ("孟买“新潮报”发表社论", "新潮报", "newspaper"),
        ("According to the Lusaka Morning Post, the", "Lusaka Morning Post", "newspaper"),
        ("the Ruanda News Agency said", "Ruanda News Agency", "agency"),
        ("the Voice of the Highlands broadcast a report", "Voice of the Highlands", "broadcaster"),
    ],
)
def test_new_names_are_found_by_their_shape(
    text: str, name: str, subkind: str, dictionary: NameDictionary
) -> None:
    (f,) = find(text, dictionary)
    assert (f.span.text, f.subkind, f.items, f.role) == (name, subkind, (), Role.CITED)


def test_finds_are_sources_with_role_rule_and_true_offsets(dictionary: NameDictionary) -> None:
    text = "【新华社三日讯】《真理报》社论指出，TASS 与美国之音不同。"
    for f in find(text, dictionary):
        assert f.kind is Kind.SOURCE
        assert f.rule
        assert f.role is not None
        assert text[f.span.start : f.span.end] == f.span.text


@pytest.mark.parametrize("piece", ["《真理报》和", "上海日报", '"报', "A ", "据"])
def test_hostile_text_takes_linear_time(piece: str, dictionary: NameDictionary) -> None:
    assert_grows_with_size_only(lambda size: find(piece * (size // len(piece)), dictionary), 12_000, 120_000)


@pytest.mark.shared
@pytest.mark.skipif(not EVAL.is_dir(), reason=f"no evaluation material at {EVAL}")
def test_bars_on_the_gold() -> None:
    """Strict F1 of sources at least 0.92, and of those found the right role at least 0.92 of the time."""
    dictionary = NameDictionary.build(open_authority().names())
    hits = misses = spurious = right = 0
    for file in sorted((EVAL / "articles").glob("*.txt")):
        gold = json.loads((EVAL / "gold" / f"{file.stem}.json").read_text(encoding="utf-8"))
        entities = [e for e in gold["entities"] if e["kind"] == "source"]
        must = {(lang, s): e for e in entities for lang in Lang for s in e[lang] if not e.get("optional")}
        free = {(lang, s) for e in entities for lang in Lang for s in e[lang] if e.get("optional")}
        got = _strongest(file, dictionary)
        hits += len(must.keys() & got.keys())
        misses += len(must.keys() - got.keys())
        spurious += len(got.keys() - must.keys() - free)
        right += sum(must[k]["role"] == got[k].value for k in must.keys() & got.keys())
    assert 2 * hits / (2 * hits + misses + spurious) >= 0.92
    assert right / hits >= 0.92


def _strongest(file: Path, dictionary: NameDictionary) -> dict[tuple[Lang, str], Role]:
    """The strongest role of each surface of an article, over both languages by item."""
    (article,) = read_articles([file])
    assert isinstance(article, Article)
    finds = [f for v in views(article, dictionary) for f in find_sources(v, datelines=find_datelines(v))]
    order = list(Role)
    best: dict[object, Role] = {}
    for f in finds:
        assert f.role is not None
        key = f.items[:1] or f.span.text
        best[key] = min(best.get(key, Role.MENTIONED), f.role, key=order.index)
    return {(f.span.lang, f.span.text): best[f.items[:1] or f.span.text] for f in finds}


def test_who_reprints_another_paper_is_not_cited(dictionary: NameDictionary) -> None:
    found = roles("《真理报》在第三版全文刊登《人民日报》的社论", dictionary)
    assert found == {"真理报": "mentioned", "人民日报": "cited"}


def test_an_interview_by_the_paper_itself_is_its_own_report(dictionary: NameDictionary) -> None:
    assert roles("会议昨天结束，他在接受本报记者单独采访时说", dictionary) == {"本报": "mentioned"}
