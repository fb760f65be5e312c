"""Known names that only seem to stand where their characters stand."""

from __future__ import annotations

import pytest

from kg.mentions.names import NameDictionary
from kg.mentions.places.finding import find_places
from kg.mentions.view import view
from kg.model import Lang, Name
from tests.mentions.test_understander import article, body


def _place(text, subkind, item, prior):
    return Name(text, Lang.ZH, "place", subkind, (item,), prior)


NAMES = NameDictionary.build(
    [
        _place("越南", "country", "Q881", 0.95),
        _place("日本", "country", "Q17", 0.95),
        _place("日本海", "sea", "Q27092", 0.25),
        _place("挪威", "country", "Q20", 0.9),
        _place("英国", "country", "Q145", 0.95),
        _place("牛津", "city", "Q34217", 0.15),
        _place("海防", "city", "Q72818", 0.45),
        _place("中沙", "islands", "x-macclesfield-bank", 0.15),
        _place("香山", "mountain", "x-fragrant-hills", 0.1),
        _place("海湾", "gulf", "Q34675", 0.3),
        _place("中非", "country", "Q929", 0.85),
        _place("安南", "country", "Q881", 0.85),
        _place("利马", "city", "Q2868", 0.35),
        _place("林西", "county", "x-linxi", 0.1),
        _place("和县", "county", "x-hexian", 0.12),
        _place("上海", "city", "Q8686", 0.7),
        _place("汉中", "city", "Q515573", 0.25),
        _place("黄海", "sea", "Q37960", 0.35),
        _place("苏丹", "country", "Q1049", 0.9),
        _place("山口", "province", "Q127264", 0.1),
        _place("大田", "city", "Q20921", 0.25),
        _place("洛桑", "city", "Q807", 0.25),
        _place("瓦弄", "town", "x-walong", 0.15),
        _place("中华人民共和国", "country", "Q148", 1.0),
        Name("中华人民共和国成立", Lang.ZH, "event", "founding", ("x-founding",), 0.5),
        Name("黄镇", Lang.ZH, "person", "diplomat", ("x-huang-zhen",), 0.4),
    ]
)


def places(text):
    finds, _ = find_places(article([text]), view(body(Lang.ZH, text), NAMES), None)
    return [f.span.text for f in finds if not f.optional]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("战士们日夜守卫海防和边疆", []),
        ("主席近日在洛桑接受专访", ["洛桑"]),
        ("代表们在洛桑陪同下参观了农场", []),
        ("战士们走到瓦弄以南的山上", ["瓦弄"]),
        ("船从越南海防开出", ["越南", "海防"]),
        ("人民军十一日攻占海防。", ["海防"]),
        ("这个方法在大田农作物中也得到运用", []),
        ("汉城的消息说，学生在大田举行集会", ["大田"]),
        ("代表团举着中沙两国国旗", []),
        ("科学考察船驶往中沙和西沙", ["中沙"]),
        ("会见时有秘书长张香山和翻译", []),
        ("游人到香山去看红叶", ["香山"]),
        ("到会的有副市长张瑞生、林西等", []),
        ("教师到专区和县去辅导", []),
        ("县委、县人大和县政府都去了人", []),
        ("他刚爬上海滩就被捉住", []),
        ("他们从上海开出", ["上海"]),
        ("到会的有王大汉中将、李小江少将等", []),
        ("他们在汉中将要停留两天", ["汉中"]),
        ("这个厂是先进单位。（黄海祥）", []),
        ("这艘船在海上（黄海）失事", ["黄海"]),
        ("协会主席苏丹·阿兹兰陛下到场", []),
        ("从前沿的吉莫山口、鹰窠山口等地后撤", ["吉莫山口", "鹰窠山口"]),
        ("从前沿的吉莫山口后撤", ["吉莫山口"]),
        ("日本海外投资很多", ["日本"]),
        ("船在日本海捕鱼", ["日本海"]),
        ("大使黄镇和夫人出席招待会", []),
        ("总统哈比亚利马纳到会", []),
        ("部长谈到中非合作", []),
        ("科威特来的消息说，美军在海湾集结", ["海湾"]),
        ("科威特来的消息说，海湾局势紧张", []),
        ("船队驶进一个海湾", []),
        ("中非经济和文化合作发展很快", []),
        ("代表团离开中非，前往北京", ["中非"]),
        ("秘书长科菲·安南到会", []),
        ("雨后\n王香山\n今天下了一场大雨", []),
        ("庆祝中华人民共和国成立十周年", ["中华人民共和国"]),
    ],
)
def test_what_only_looks_like_a_place_is_none(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会议在英国牛津召开", ["英国", "牛津"]),
        ("挪威哈马卡消息：比赛今天结束", ["挪威", "哈马卡"]),
        ("部队在靠近越南边境的穆库希重新集结", ["越南", "穆库希"]),
        ("日本尼克莫举行宴会", ["日本"]),
    ],
)
def test_a_town_right_after_its_state(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("部队和居民昨天来到林西。", ["林西"]),
        ("据报道，林西附近发生了地震", ["林西"]),
    ],
)
def test_a_lesser_town_where_only_a_place_can_stand(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("解放军战士王利马抢救儿童", []),
        ("王利马在会上发言", []),
        ("，张利马也到会", []),
        ("代表团到达利马。", ["利马"]),
    ],
)
def test_a_name_after_a_surname_is_a_persons(text, expected):
    assert places(text) == expected
