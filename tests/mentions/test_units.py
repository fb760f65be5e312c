"""Units: spans, echelons, counts, strengths; what only looks like one."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kg.mentions.names import NameDictionary
from kg.mentions.units.finding import find_units
from kg.mentions.view import view
from kg.model import Echelon, Lang, Name
from tests.mentions.test_understander import body

NAMES = NameDictionary.build(
    [
        Name("法军", Lang.ZH, "unit", "force", ("Q477986",), 0.7),
        Name("以军", Lang.ZH, "unit", "force", ("Q58967",), 0.5),
        Name("越南人民军", Lang.ZH, "unit", "force", ("Q878078",), 0.7),
        Name("United Nations Emergency Force", Lang.EN, "unit", "peacekeeping", ("x-unef",), 0.7),
        Name("加拿大", Lang.ZH, "place", "country", ("Q16",), 0.9),
        Name("越南", Lang.ZH, "place", "country", ("Q881",), 0.9),
        Name("江汉", Lang.ZH, "place", "region", ("x-jianghan",), 0.4),
        Name("青平", Lang.ZH, "place", "city", ("x-qingping",), 0.4),
        Name("托米斯拉夫", Lang.ZH, "place", "city", ("x-tomislav",), 0.4),
        Name("会同", Lang.ZH, "place", "county", ("x-huitong",), 0.4),
        Name("民和", Lang.ZH, "place", "county", ("x-minhe",), 0.4),
        Name("Mokuba", Lang.EN, "place", "province", ("x-mokuba",), 0.4),
        Name("解放军", Lang.ZH, "unit", "force", ("Q200106",), 0.7),
        Name("人民解放军", Lang.ZH, "unit", "force", ("Q200106",), 0.7),
        Name("解放军铁道兵", Lang.ZH, "unit", "service", ("x-pla-railway-corps",), 0.5),
        Name("铁道兵", Lang.ZH, "unit", "service", ("x-pla-railway-corps",), 0.5),
        Name("江汉人民解放军", Lang.ZH, "unit", "force", ("x-jianghan-force",), 0.5),
        Name("越南人民解放军", Lang.ZH, "unit", "force", ("x-other-force",), 0.5),
        Name("三十军", Lang.ZH, "unit", "army", ("x-30th-army",), 0.5),
        Name("第二军", Lang.ZH, "unit", "army", ("x-2nd-army",), 0.3),
        Name("青河解放阵线", Lang.ZH, "organisation", "party", ("x-qinghe-front",), 0.3),
        Name("莫坎达", Lang.ZH, "person", "human", ("x-mokanda",), 0.3),
    ]
)


def units(text, lang=Lang.ZH):
    return [f for f in find_units(view(body(lang, text), NAMES)) if not f.optional]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("侵越法军在法军据点", ["侵越法军", "法军", "法军"]),
        ("所以军事会议和日内瓦", []),
        ("越南人民军前进，人民军队渡河，人民军胜利", ["越南人民军", "人民军队", "人民军"]),
        ("加拿大部队撤出", ["加拿大部队"]),
        ("江汉我军解放县城", ["江汉我军", "我军"]),
        (
            "国民党匪军二十八军军部及四九师之新五十二团",
            ["国民党匪军", "二十八军军部", "四九师", "新五十二团"],
        ),
        ("敌军四个连、三个多连和一个欧非营", ["四个连", "三个多连", "一个欧非营"]),
        ("一个工程师和三个代表团", []),
        ("三军仪仗队", []),
        ("战士们歼灭美二师一部，伪三军团向南逃窜", ["美二师", "伪三军团"]),
        ("驻加拿大“山猫师”的部队，战士们", ["加拿大“山猫师”"]),
        ("解放军青平部队的官兵", ["解放军青平部队"]),
        ("部队的战士说，一纵、三纵参战", ["一纵", "三纵"]),
        ("敌军的战士和锡克第四营、第一快速纵队", ["锡克第四营", "第一快速纵队"]),
        ("战士们歼灭第七团第二营和三师二十二团", ["第七团第二营", "三师二十二团"]),
        ("战士们击退敌军，越南第二军退走", ["越南第二军"]),
        ("敌军的第二军团逃走，战士们追击", ["第二军团"]),
        ("加拿大第六轻装甲师占领机场", ["加拿大第六轻装甲师"]),
        ("莫坎达军队和莫坎达派武装在城内交战", ["莫坎达军队", "莫坎达派武装"]),
        ("青平集团军队同战士们交火", ["青平集团军队"]),
        ("战士们同“巴格达师”和“火焰”旅交战，敌军逃走", ["巴格达师", "“火焰”旅"]),
        ("敌军的捷尔任斯基师封锁大街，战士们突围", ["捷尔任斯基师"]),
        ("解放军官兵同群众联欢", ["解放军"]),
        ("战士们说，“莫坎民族解放军”和敌军交战", ["莫坎民族解放军"]),
        ("青平部队队以二比一取胜", []),
        ("战士们同边防某团四连一起守卫阵地", ["边防某团四连"]),
        ("越南伞兵团第二营被战士们歼灭，部队前进", ["越南伞兵团第二营"]),
        ("敌军的部队被陈大山大军击溃", ["陈大山大军"]),
        ("江汉、青平民兵和部队的战士", ["民兵"]),
        ("越南人民军三一二师和加拿大军队第五旅前进", ["越南人民军三一二师", "加拿大军队第五旅"]),
        ("战士们歼灭法军三四六师大部，三一六A师退走", ["法军三四六师", "三一六A师"]),
        ("农八师一四三团四连丰收", ["农八师一四三团四连"]),
        ("１２９师７６９团渡河", ["１２９师７６９团"]),
        ("国民党军队第五军溃退", ["国民党军队", "第五军"]),
        ("敌军同莫坎皇家团第一营和第二营交火，战士们", ["莫坎皇家团第一营", "第二营"]),
        ("火箭炮兵二〇九团和空军轰炸航空兵二十师", ["火箭炮兵二〇九团", "空军轰炸航空兵二十师"]),
        ("法军快速反应部队同法军“山猫”装甲旅，战士们突围", ["法军快速反应部队", "法军", "“山猫”装甲旅"]),
        ("战士们打退敌军，同法军激战", ["法军"]),
        ("法军人数增加，法军人员撤走", ["法军"]),
        ("义勇军进行曲响起，战士们和部队", []),
        ("苏联队和香港联队比赛", []),
        ("战士们看见一纵打援，七纵担任主攻，部队前进", ["一纵", "七纵"]),
        ("第三绥靖区和独立混成第四旅团", ["第三绥靖区", "独立混成第四旅团"]),
        ("海军某护卫艇大队和猎潜艇某大队出海", ["海军某护卫艇大队", "猎潜艇某大队"]),
        ("我军民同庆", []),
        ("战士们歼灭敌军，莫坎籍第二伞兵营和“苏河”第五师退走", ["莫坎籍第二伞兵营", "“苏河”第五师"]),
        ("战士们和部队的独立团驻在独立营地", ["独立团"]),
        ("公安第十八师和空军第四师十二团", ["公安第十八师", "空军第四师十二团"]),
        ("青平警备区的部队", ["青平警备区"]),
        ("他们会同解放军前进，农民和武装部队一起", ["解放军"]),
        ("战士们的部队由四军十一师担任主攻", ["四军十一师"]),
        ("战士们的四纵三十旅和部队的五纵", ["四纵三十旅", "五纵"]),
        ("加拿大第二军同亲加拿大民兵，战士们的部队", ["加拿大第二军", "亲加拿大民兵"]),
        ("战士们歼灭“护教军”，部队前进", ["护教军"]),
        ("航空母舰战斗群驶入海湾", ["航空母舰战斗群"]),
        ("俄维和部队抵达", ["俄维和部队"]),
        ("战士们歼灭敌军，第四青平骑兵团退走", ["第四青平骑兵团"]),
        ("战士们说，敌军的青平骑兵团退走", ["青平骑兵团"]),
        ("战士们歼灭伪军，殖民地伞兵第三团退走", ["伪军", "殖民地伞兵第三团"]),
        ("越南第二军和第三军", ["越南第二军", "第三军"]),
        ("部队的战士来到某团，三营和二连连长都来了", ["某团", "三营", "二连"]),
    ],
)
def test_chinese_spans(text, spans):
    assert [f.span.text for f in units(text)] == spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("the French invading army and Israeli forces", ["French invading army", "Israeli forces"]),
        ("American military aid to the regime", []),
        ("the New 52nd Regiment of the 49th Division", ["New 52nd Regiment", "49th Division"]),
        ("Six regiments and two enemy battalions", ["Six regiments", "two enemy battalions"]),
        ("four companies signed contracts", []),
        ("enemy troops and Mokuba gendarmes attacked", ["Mokuba gendarmes"]),
        ("the Mokuba army barracks were attacked by troops", []),
        ("the U.S.-puppet troops attacked", ["U.S.-puppet troops"]),
        ("soldiers of a certain tank regiment", ["a certain tank regiment"]),
        ("Zhang Dahe's 9th Corps and enemy troops attacked", ["Zhang Dahe's 9th Corps"]),
        ("The Mokuba People's Army", []),
        (
            "a carrier battle group and the 11th Air Defense Brigade",
            ["carrier battle group", "11th Air Defense Brigade"],
        ),
        ("Israeli Aggressor Troops attacked", ["Israeli Aggressor Troops"]),
        (
            "the 5th Ranger Group and the 366th Tactical Fighter Wing",
            ["5th Ranger Group", "366th Tactical Fighter Wing"],
        ),
        ("the XVIII Airborne Corps and fourteen battalions", ["XVIII Airborne Corps", "fourteen battalions"]),
        ("the 1st Foreign Legion Parachute Battalion", ["1st Foreign Legion Parachute Battalion"]),
        (
            "United Nations Emergency Force (UNEF) left. UNEF had",
            ["United Nations Emergency Force", "UNEF", "UNEF"],
        ),
    ],
)
def test_english_spans(text, spans):
    assert [f.span.text for f in units(text, Lang.EN)] == spans


@pytest.mark.parametrize(
    ("text", "lang", "echelon"),
    [
        ("六十八军北犯", Lang.ZH, Echelon.ARMY),
        ("第七舰队", Lang.ZH, Echelon.FLEET),
        ("一百三十七师", Lang.ZH, Echelon.DIVISION),
        ("法军", Lang.ZH, Echelon.FORCE),
        ("the 137th Division", Lang.EN, Echelon.DIVISION),
        ("a Franco-African battalion", Lang.EN, Echelon.BATTALION),
        ("加拿大第九军出动", Lang.ZH, Echelon.CORPS),
        ("美第７军出动，敌军和战士", Lang.ZH, Echelon.CORPS),
        ("农八师一四三团四连丰收", Lang.ZH, Echelon.COMPANY),
        ("第七机动兵团被围", Lang.ZH, Echelon.REGIMENT),
    ],
)
def test_echelons(text, lang, echelon):
    assert units(text, lang)[0].echelon is echelon


def test_the_authority_knows_the_echelon_better():
    seen = view(body(Lang.ZH, "法军"), NAMES)
    assert find_units(seen, {"Q477986": Echelon.CORPS})[0].echelon is Echelon.CORPS


def test_counts():
    four, three = units("敌军四个连和三个多连")
    assert (four.count, four.count_min) == (Fraction(4), False)
    assert (three.count, three.count_min) == (Fraction(3), True)


@pytest.mark.parametrize(
    ("text", "lang", "strength"),
    [
        ("敌军的战士和二千多名伪军", Lang.ZH, (2000, True)),
        ("加拿大部队有八百人", Lang.ZH, (800, False)),
        ("打死加拿大部队八十七人", Lang.ZH, (None, False)),
        ("加拿大部队八十七人被打死", Lang.ZH, (None, False)),
        ("战士们包围了伪军一营三百余人", Lang.ZH, (300, True)),
        ("敌军的战士歼灭了一个营约五百名", Lang.ZH, (500, False)),
        ("战士们赶走千余伪军", Lang.ZH, (1000, True)),
        ("敌军和战士，地方保安团（约三百人）", Lang.ZH, (300, False)),
        ("a 500-man Israeli battalion", Lang.EN, (500, False)),
        ("加拿大部队二十三名士兵昨天被民兵打死", Lang.ZH, (None, False)),
        ("more than 2,000 Israeli troops", Lang.EN, (2000, True)),
        ("歼灭法军第三师、第五师等两个师共八千人", Lang.ZH, (8000, False)),
        ("第三师和第五师共八千人", Lang.ZH, (None, False)),
        ("伪军第三师四千人和第五师五千人渡河", Lang.ZH, (5000, False)),
        ("killed more than 10,000 men of the 3rd Division", Lang.EN, (None, False)),
        ("the 3rd Division and the 5th Division with 8,000 men", Lang.EN, (None, False)),
        ("驻在城里的法军人数已超过二万人", Lang.ZH, (20000, False)),
        ("第三师三百多名军医", Lang.ZH, (None, False)),
        ("第三师、第五师和驻在城里的第七师共二万人", Lang.ZH, (None, False)),
        ("800 Canadian troops", Lang.EN, (800, False)),
        ("战士们说，盘踞该地的法军骤然增加到一万二千人", Lang.ZH, (12000, False)),
        ("the Israeli troops have grown to 8,000 men", Lang.EN, (8000, False)),
        ("部队的战士说，两名加拿大部队士兵", Lang.ZH, (None, False)),
        ("扣押了加拿大部队约二百人", Lang.ZH, (None, False)),
        ("加拿大部队大约二千人", Lang.ZH, (2000, False)),
        ("the Israeli army, about 2,000 soldiers", Lang.EN, (2000, False)),
        ("33 soldiers of the 3rd Division are held", Lang.EN, (None, False)),
    ],
)
def test_strengths(text, lang, strength):
    found = units(text, lang)[-1]
    assert (found.strength, found.strength_min) == strength


def test_a_numbered_formation_is_of_the_state_before_it():
    names = NameDictionary.build(
        [
            Name("第十一空降师", Lang.ZH, "unit", "division", ("x-11th",), 0.5),
            Name("加拿大", Lang.ZH, "place", "country", ("Q16",), 0.9),
            Name("莫坎国", Lang.ZH, "place", "country", ("x-mokan",), 0.9),
        ]
    )
    for owner, items in (("加拿大", ("x-11th",)), ("莫坎国", ())):
        (found,) = find_units(view(body(Lang.ZH, f"{owner}第十一空降师"), names), {}, {"x-11th": "Q16"})
        assert (found.span.text, found.items) == (f"{owner}第十一空降师", items)


def test_enemy_and_garrison_are_optional():
    found = find_units(view(body(Lang.ZH, "守敌全部被歼，敌军溃退"), NAMES))
    assert [(f.span.text, f.optional) for f in found] == [("守敌", True), ("敌军", True)]


WAR = "敌军向我军阵地进攻，"


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        (WAR + "法军第三师溃退", Lang.ZH, "法军第三师"),
        (WAR + "国民党匪军二十八军溃退", Lang.ZH, "二十八军"),
        (WAR + "加拿大营和伪军第一师溃退", Lang.ZH, "加拿大营"),
        (WAR + "第九兵团三十军渡河", Lang.ZH, "第九兵团三十军"),
        (WAR + "德法混合旅出动", Lang.ZH, "德法混合旅"),
        (WAR + "卡斯特勒集团的军队出动", Lang.ZH, "卡斯特勒集团的军队"),
        (WAR + "回教军逃走了", Lang.ZH, "回教军"),
        (WAR + "镇压行动的政府军队遭到袭击", Lang.ZH, "政府军队"),
        (WAR + "第1骑兵师第5骑兵团到了", Lang.ZH, "第1骑兵师第5骑兵团"),
        (WAR + "政府正规军到了", Lang.ZH, "政府正规军"),
        (WAR + "一个北越团到了", Lang.ZH, "一个北越团"),
        (WAR + "反坦克营到了", Lang.ZH, "反坦克营"),
        (WAR + "第73中型坦克营到了", Lang.ZH, "第73中型坦克营"),
        (WAR + "由某红军师组成", Lang.ZH, "某红军师"),
        (WAR + "法军空降兵到了", Lang.ZH, "法军空降兵"),
        (WAR + "法军空军基地", Lang.ZH, "法军"),
        (WAR + "法军弗里尔空降旅到了", Lang.ZH, "法军弗里尔空降旅"),
        (WAR + "一个鱼雷艇大队到了", Lang.ZH, "一个鱼雷艇大队"),
        (WAR + "游击第三团到了", Lang.ZH, "游击第三团"),
        (WAR + "击溃一个机动团", Lang.ZH, "一个机动团"),
        (WAR + "歼灭二十个连以后", Lang.ZH, "二十个连"),
        (WAR + "截击入侵的美伪军", Lang.ZH, "美伪军"),
        (WAR + "所谓“王牌军”第一步兵师", Lang.ZH, "第一步兵师"),
        (WAR + "第一步兵师、伞兵师都来了", Lang.ZH, "伞兵师"),
        (WAR + "把加拿大部队装扮成平民", Lang.ZH, "加拿大部队"),
        (WAR + "加拿大解放阵线突击队出动", Lang.ZH, "加拿大解放阵线突击队"),
        (WAR + "加拿大—莫坎达军队出动", Lang.ZH, "加拿大—莫坎达军队"),
        (WAR + "青河解放阵线部队出动", Lang.ZH, "青河解放阵线部队"),
        (WAR + "加拿大东部特遣部队出动", Lang.ZH, "加拿大东部特遣部队"),
        (WAR + "朝中人民高射炮部队出动", Lang.ZH, "朝中人民高射炮部队"),
        (WAR + "只剩下三个总队", Lang.ZH, "三个总队"),
        (WAR + "青平军区空军出动", Lang.ZH, "青平军区空军"),
        (WAR + "美澳军退走", Lang.ZH, "美澳军"),
        (WAR + "加拿大陆空军退走", Lang.ZH, "加拿大陆空军"),
        (WAR + "加拿大帮凶军退走", Lang.ZH, "加拿大帮凶军"),
        (WAR + "加拿大空军导弹部队退走", Lang.ZH, "加拿大空军导弹部队"),
        (WAR + "加拿大驻原越南地区军队退走", Lang.ZH, "加拿大驻原越南地区军队"),
        (WAR + "加拿大驻韩部队退走", Lang.ZH, "加拿大驻韩部队"),
        (WAR + "解放军驻青平部队到了", Lang.ZH, "解放军驻青平部队"),
        (WAR + "由一连白人雇佣军守卫", Lang.ZH, "一连白人雇佣军"),
        (WAR + "加拿大空军部队出动", Lang.ZH, "加拿大空军部队"),
        (WAR + "加拿大军海岸炮兵出动", Lang.ZH, "加拿大军海岸炮兵"),
        (WAR + "某军炮兵团到了", Lang.ZH, "某军炮兵团"),
        (WAR + "答应派一营一千一百人", Lang.ZH, "一营"),
        (WAR + "苏修边防军开枪", Lang.ZH, "苏修边防军"),
        (WAR + "第十营战斗队出动", Lang.ZH, "第十营战斗队"),
        (WAR + "得到一个加拿大营的加强", Lang.ZH, "一个加拿大营"),
        (WAR + "皇家加拿大空军出动", Lang.ZH, "皇家加拿大空军"),
        (WAR + "江汉—青平民兵到了", Lang.ZH, "江汉—青平民兵"),
        (WAR + "越南多格拉营占领邮局", Lang.ZH, "越南多格拉营"),
        (WAR + "蒋帮海军巡防第二舰队退走", Lang.ZH, "蒋帮海军巡防第二舰队"),
        (WAR + "青平军区某陆航团到了", Lang.ZH, "青平军区某陆航团"),
        ("加拿大驻越南大使说，部队到了", Lang.ZH, None),
        (WAR + "青平军区测绘大队到了", Lang.ZH, "青平军区测绘大队"),
        (WAR + "解放军边防部队到了", Lang.ZH, "解放军边防部队"),
        (WAR + "“青河旅”到了", Lang.ZH, "青河旅"),
        (WAR + "卡斯特勒部队被围", Lang.ZH, "卡斯特勒部队"),
        (WAR + "高桥部队出动", Lang.ZH, "高桥部队"),
        (WAR + "托米斯拉夫军的官兵退走", Lang.ZH, "托米斯拉夫军"),
        (WAR + "两个半旅被围", Lang.ZH, "两个半旅"),
        (WAR + "加拿大陆军、海军和空军都来了", Lang.ZH, "海军"),
        ("加拿大营业员", Lang.ZH, None),
        (WAR + "白人雇佣军在机场集结", Lang.ZH, "白人雇佣军"),
        (WAR + "塞族军队后退", Lang.ZH, "塞族军队"),
        ("the puppet 1st Division and the Qingping Advance Fourth Column", Lang.EN, "puppet 1st Division"),
        ("the Qingping Advance Fourth Column", Lang.EN, "Qingping Advance Fourth Column"),
        ("Belgian paratroopers landed", Lang.EN, "Belgian paratroopers"),
        (
            "the enemy troops and the military and police of the Wang Dashan clique",
            Lang.EN,
            "military and police of the Wang Dashan clique",
        ),
    ],
)
def test_formations_of_more_than_one_name(text, lang, expected):
    found = [f.span.text for f in units(text, lang)]
    assert (expected in found) if expected else not found


@pytest.mark.parametrize(
    "text", ["多国部队的法军离开了。法军有八百人。", "由法军组成的多国部队到了。法军有八百人。"]
)
def test_a_part_of_a_force_of_several_is_no_army_of_its_own(text):
    found = [f for f in units(text) if f.span.text == "法军"]
    assert [(f.items, f.subkind) for f in found] == [((), "contingent")] * 2
    assert all(f.items for f in units("法军离开了") if f.span.text == "法军")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("江汉人民解放军渡河", [("江汉人民解放军", "x-jianghan-force"), ("人民解放军", "Q200106")]),
        ("越南人民解放军渡河", [("越南人民解放军", "x-other-force")]),
        (
            "解放军铁道兵的战士",
            [("解放军铁道兵", "x-pla-railway-corps"), ("铁道兵", "x-pla-railway-corps")],
        ),
    ],
)
def test_forces_inside_the_names_of_others(text, found):
    assert [(f.span.text, *f.items) for f in units(text)] == found


def test_another_states_army_is_not_ours_of_its_number():
    assert [(f.items, f.echelon) for f in units("越南第二军退走")] == [((), Echelon.ARMY)]


def test_an_army_known_by_its_number_may_be_the_enemys():
    assert units("三十军的战士修筑公路")[0].items == ("x-30th-army",)
    assert units("敌三十军一部北犯，三十军被击溃")[1].items == ()


def test_a_short_form_is_that_of_the_army_named_last_before_it():
    names = NameDictionary.build(
        [
            Name("Algerian National Liberation Army", Lang.EN, "unit", "force", ("x-first",), 0.5),
            Name("Moroccan Liberation Army", Lang.EN, "unit", "force", ("x-second",), 0.5),
            Name("Liberation Army", Lang.EN, "unit", "force", ("Q200106",), 0.5),
        ]
    )
    text = (
        "The Algerian National Liberation Army attacked. Troops of the Liberation Army took the town. "
        "The Moroccan Liberation Army attacked the garrison, and the Liberation Army left."
    )
    found = find_units(view(body(Lang.EN, text), names))
    assert [f.items for f in found if f.span.text == "Liberation Army"] == [("x-first",), ("x-second",)]


def test_an_army_of_an_army_group_keeps_its_item():
    assert [f.items for f in units("第九兵团三十军的战士修筑公路")] == [("x-30th-army",)]
    assert units("国民党军第九兵团三十军被歼")[-1].items == ()


def test_a_side_of_a_region_is_no_commander():
    assert [f.span.text for f in units(WAR + "解放了裴朱南部") if "部" in f.span.text] == []


def test_the_liberation_army_of_others_is_not_chinas():
    assert [(f.span.text, f.items) for f in units("民族解放军攻入县城")] == [("民族解放军", ())]
    assert units("越南人民解放军渡河，解放军胜利")[1].items == ("x-other-force",)
    assert units("江汉人民解放军渡河，解放军胜利")[2].items == ("Q200106",)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (None, ["American military"]),
        (frozenset(("Q11211",)), ["American military"]),
        (frozenset(), []),
    ],
)
def test_an_english_adjective_is_a_force_only_if_the_chinese_names_one(told, found):
    names = NameDictionary.build([Name("American military", Lang.EN, "unit", "force", ("Q11211",), 0.6)])
    seen = view(body(Lang.EN, "The American military vehicle stopped at the gate."), names)
    assert [f.span.text for f in find_units(seen, told=told)] == found


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        (
            "The Mokuba People's Army attacked. The People's Army captured the enemy troops.",
            ["Mokuba People's Army", "People's Army"],
        ),
        (
            "The Greek Democratic Army attacked; the soldiers of the Democratic Army fought.",
            ["Greek Democratic Army", "Democratic Army"],
        ),
        (
            "The Seventh Army Group attacked. An army group commander of the enemy troops was killed.",
            ["Seventh Army Group"],
        ),
        (
            "Our troops annihilated the 7th, 9th and 12th Armies and captured enemy soldiers.",
            ["Our troops", "7th", "9th", "12th Armies"],
        ),
        ("Mokuba Our Army routs the enemy troops in battle", ["Mokuba Our Army"]),
        (
            "Soldiers of the Karen National Defense Army and a battalion of the Foreign Legion attacked.",
            ["Karen National Defense Army", "a battalion", "Foreign Legion"],
        ),
        (
            "Troops Rout Four Puppet Divisions; the soldiers and the British Military Mission saw it.",
            ["Four Puppet Divisions"],
        ),
        (
            "The militia company commander and the militia of Mokuba saw the enemy troops",
            ["militia of Mokuba"],
        ),
        ("The militia of Mokuba Town Hall attacked the enemy troops", ["militia"]),
        ("Militiamen of the Daping district attacked enemy troops", ["Militiamen of the Daping district"]),
        ("The Tenth Battalion Combat Team attacked", ["Tenth Battalion Combat Team"]),
        ("Soviet frontier guards attacked the enemy troops", ["Soviet frontier guards"]),
        ("The Belgian artillery shelled enemy troops", ["Belgian artillery"]),
        ("The 7th Marine Expeditionary Unit attacked enemy troops", ["7th Marine Expeditionary Unit"]),
        ("The 99th Airborne Infantry attacked enemy troops", ["99th Airborne Infantry"]),
        ("Enemy soldiers and puppet troops of Wang Dashan attacked", ["puppet troops of Wang Dashan"]),
        ("The army of the Sandville government and enemy troops", ["army of the Sandville government"]),
        ("Sixty-three colonial troops and enemy soldiers attacked", ["colonial troops"]),
        ("Soldiers of the Moqing Garrison Command and enemy troops", ["Moqing Garrison Command"]),
        (
            "The Wang Dashan bandits and Li Dahe's Mokuba Army Group attacked our troops.",
            ["Wang Dashan bandits", "Li Dahe's Mokuba Army Group", "our troops"],
        ),
    ],
)
def test_english_short_forms_lists_and_headlines(text, spans):
    assert [f.span.text for f in units(text, Lang.EN)] == spans
