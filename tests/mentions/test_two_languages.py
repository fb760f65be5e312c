"""Names of places that one language knows and the other spells in its own way."""

from __future__ import annotations

import pytest

from kg.mentions.names import NameDictionary
from kg.mentions.places.finding import find_places
from kg.mentions.places.readings import read_so, written_so
from kg.mentions.sounds import chinese_skeleton, latin_skeleton
from kg.mentions.view import view
from kg.model import Lang, Name
from tests.mentions.test_understander import article, body

NAMES = NameDictionary.build(
    [
        Name("万隆", Lang.ZH, "place", "city", ("Q10389",), 0.5),
        Name("Bandung", Lang.EN, "place", "city", ("Q10389",), 0.5),
        Name("井里汶", Lang.ZH, "place", "city", ("Q10395",), 0.5),
        Name("荷兰", Lang.ZH, "place", "country", ("Q55",), 0.9),
        Name("和平", Lang.ZH, "place", "city", ("x-hoa-binh",), 0.1),
        Name("Hoa Binh", Lang.EN, "place", "city", ("x-hoa-binh",), 0.1),
        Name("苏北", Lang.ZH, "place", "region", ("x-subei",), 0.3),
        Name("Northern Jiangsu", Lang.EN, "place", "region", ("x-subei",), 0.3),
        Name("Ningxia", Lang.EN, "place", "province", ("Q57448",), 0.6),
        Name("US", Lang.EN, "place", "country", ("Q30",), 0.9),
        Name("彰武", Lang.ZH, "place", "county", ("x-zhangwu",), 0.12),
        Name("Changwu", Lang.EN, "place", "county", ("x-changwu",), 0.12),
        Name("科威特", Lang.ZH, "place", "country", ("Q817",), 0.8),
        Name("Norway", Lang.EN, "place", "country", ("Q20",), 0.9),
        Name("Souk Amar", Lang.EN, "place", "city", ("x-souk-amar",), 0.12),
    ]
)


def places(zh, en):
    a = article(["题", zh], ["Title", en])
    finds, pairs = find_places(a, view(a.zh, NAMES), view(a.en, NAMES))
    return [f.span.text for f in finds if not f.optional], [(p.zh, p.en) for p in pairs]


@pytest.mark.parametrize(
    ("chinese", "latin", "so"),
    [
        ("春梅", "Xuân Mai", True),
        ("春梅", "Xuan Loc", False),
        ("铁原", "Chorwon", True),
        ("洪川", "Hongchon", True),
        ("汉江", "Hangang", True),
        ("板门店", "Panmunjom", True),
        ("龙川", "Ryongchon", True),
        ("釜山", "Busan", True),
        ("釜山", "Masan", False),
        ("山", "San", False),
    ],
)
def test_names_as_they_are_read_in_vietnam_and_korea(chinese, latin, so):
    assert read_so(chinese, latin) is so


def test_a_vietnamese_name_is_looked_for_in_chinese():
    assert list(written_so("Kien Xuong", "在建昌、建安")) == [(1, 3)]
    assert list(written_so("Kien Foo", "在建昌")) == []


def test_a_final_h_is_not_heard():
    assert latin_skeleton("Putih") == latin_skeleton("Puti")
    assert latin_skeleton("Hsinmin") == chinese_skeleton("新民")


def test_a_new_vietnamese_name_is_found_in_both_languages():
    found, pairs = places("敌军由春梅逃往和平。", "The enemy fled from Xuan Mai to Hoa Binh.")
    assert set(found) >= {"春梅", "Xuan Mai", "和平", "Hoa Binh"}
    assert ("春梅", "Xuan Mai") in pairs


def test_a_person_of_three_syllables_is_no_place():
    found, _ = places("他会见陈文安。", "He met members of Tran Van An and others.")
    assert found == []


def test_an_unknown_name_stands_where_a_known_one_does():
    found, pairs = places(
        "荷军在万隆以东前进，又侵占井里汶。敌机飞走。",
        "Dutch troops advanced east of Bandung and occupied Cheribon. The enemy planes flew away.",
    )
    assert ("井里汶", "Cheribon") in pairs
    assert "Cheribon" in found


@pytest.mark.parametrize("name", ["Eastern", "Fourth", "Shanxi Provincial"])
def test_an_adjective_stands_for_no_name(name):
    _, pairs = places(
        "荷军在万隆以东侵占井里汶。敌机飞走。",
        f"Dutch troops east of Bandung occupied {name} places. The enemy planes flew away.",
    )
    assert pairs == [("万隆", "Bandung")]


def test_an_unknown_town_is_no_state():
    found, _ = places("荷兰军队被击退。", "Troops were repulsed near Halund.")
    assert "Halund" not in found


def test_a_lesser_known_english_name_may_be_the_older_spelling_of_another():
    found, pairs = places("敌军逃往彰武。", "The enemy fled to Changwu.")
    assert ("彰武", "Changwu") in pairs
    assert found == ["彰武", "Changwu"]


def test_a_demonym_is_no_place():
    found, _ = places("科威特报纸说敌军已逃走。", "A Kuwaiti newspaper said the enemy had fled.")
    assert "Kuwaiti" not in found


def test_words_that_lead_to_places_in_both_languages_make_one_of_a_name():
    found, _ = places("部队从姆皮吉推进。", "The troops advanced from Mpigi.")
    assert {"姆皮吉", "Mpigi"} <= set(found)
    assert places("代表团向姆皮吉祝贺。", "Congratulations to Mpigi from the delegation.")[0] == []


def test_a_head_word_that_stands_first_in_english_is_the_last_in_chinese():
    found, pairs = places("部队到达陶菲克港附近。", "The troops came close to Port Tewfik.")
    assert ("陶菲克港", "Port Tewfik") in pairs
    assert {"陶菲克港", "Port Tewfik"} <= set(found)


def test_letters_with_marks_sound_as_they_are_spoken():
    assert latin_skeleton("Bačka Palanka") == chinese_skeleton("巴奇卡帕兰卡")
    assert places("部队从巴奇卡帕兰卡推进。", "The troops advanced from Bačka Palanka.")[1]


def test_a_lesser_known_name_of_two_words_needs_only_to_be_led_to():
    assert "Souk Amar" in places("敌军在该城附近。", "The enemy was near Souk Amar.")[0]
    assert "Souk Amar" not in places("敌军在该城附近。", "The enemy told Souk Amar so.")[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("at the Sudanese town of the south", []),
        ("More Cultivated Land Area; the cultivated land area grew", []),
        ("along the Traditional Sino-Indian Customary Line", []),
        ("on the Oran-Béchar railway", ["Oran-Béchar railway"]),
        ("cut the Zadar-Šibenik highway", ["Zadar-Šibenik highway"]),
        ("the races at Hamor, Norway, were held", ["Hamor", "Norway"]),
        ("the land near the Gagu people", []),
        ("talks among the Six in the town of Six", []),
    ],
)
def test_what_stands_before_a_head_word(text, found):
    assert places("无地名。", text)[0] == found


def test_two_unknown_names_stand_for_none():
    _, pairs = places(
        "荷军在万隆以东侵占井里汶。", "Dutch troops east of Bandung occupied Cheribon and landed at Sabong."
    )
    assert pairs == [("万隆", "Bandung")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was sent from northern Jiangsu.", ["northern Jiangsu"]),
        ("In the Ningxia region US$5,000 was spent.", ["Ningxia region"]),
        ("They left Ningxia airfield.", ["Ningxia airfield"]),
        ("They met at Ningxia railway station.", ["Ningxia"]),
        ("They built the Ningxia Railway Bridge.", ["Ningxia Railway Bridge"]),
        ("The Ningxia-Mokuba Railway was cut.", ["Ningxia-Mokuba Railway"]),
        ("Ningxia Textile Company won.", []),
        ("They shelled the town of Burak al-Mokim.", ["Burak al-Mokim"]),
        ("They cut the railway at the Ningxia-Mokubo River.", ["Ningxia", "Mokubo River"]),
        ("They stormed Hill 391.7 again.", ["Hill 391.7"]),
    ],
)
def test_english_names(text, found):
    finds, _ = find_places(article([], [text]), None, view(body(Lang.EN, text), NAMES))
    assert [f.span.text for f in finds if not f.optional] == found
    assert all(f.items for f in finds if f.span.text == "Ningxia region")
