"""Happenings as whole reports tell them: once each, on their own day, by those who did it (all invented)."""

from __future__ import annotations

import pytest

from kg.mentions import Understander
from kg.model import EventReport, EventType
from tests.mentions.test_events import chinese, found, only, start, understander

__all__ = ["understander"]  # the fixture
T = EventType


def actors(report: EventReport) -> str:
    return " ".join(p.text for p in report.actors)


ONCE = [  # date, title, text, type: told several times, and one happening
    (
        "1963-03-05",
        "文化部举行招待会",
        "新华社四日讯　文化部今晚举行招待会，欢迎越南贸易代表团。\n招待会上，沈雁冰部长和团长先后讲话。",
        T.TALKS,
    ),
    (
        "1963-03-05",
        "陈毅副总理接见客人",
        "新华社四日讯　陈毅副总理今天下午接见朝鲜贸易代表团。\n接见时在座的有外贸部副部长李强。",
        T.TALKS,
    ),
    (
        "1958-06-12",
        "全国木材会议开幕",
        "新华社武汉十一日电　全国木材会议今天在武汉开幕。\n会议将在十五日闭幕。\n林业部长在会上作了报告。",
        T.CONFERENCE,
    ),
    (
        "1982-05-02",
        "武汉庆祝劳动节",
        "新华社武汉５月１日电　武汉市今天举行庆祝大会。\n大会由市长主持。\n大会通过了一封信。",
        T.CONFERENCE,
    ),
]


@pytest.mark.parametrize(("date", "title", "text", "kind"), ONCE)
def test_what_is_told_again_is_one_happening(
    understander: Understander, date: str, title: str, text: str, kind: EventType
):
    only(understander, chinese(title, text, date), kind)


DAYS = [  # date, text, type, word, start
    (
        "1990-10-12",
        "新华社北京１０月１１日电　１０月９日上午，市长来到武汉视察。晚上，他在武汉设宴招待来宾。",
        *(T.TALKS, "设宴", "1990-10-09"),
    ),
    (
        "1963-03-05",
        "新华社河内四日电　美国飞机二日轰炸海防。同一天，河内二万群众举行集会抗议。",
        *(T.PROTEST, "集会", "1963-03-02"),
    ),
    (
        "1990-10-30",
        "新华社大连１０月２９日电　１９９０年全国女足锦标赛２８日在大连结束。",
        *(T.SPORT, "锦标赛", "1990-10-28"),
    ),
    (
        "1990-10-30",
        "新华社北京１０月２９日电　１９９０年国际棉花大会日前在北京举行。",
        *(T.CONFERENCE, "大会", None),
    ),
    (
        "1953-12-14",
        "新华社十三日讯　侵越法军司令十二日说，莱州的撤退四个月前即已决定。",
        *(T.RETREAT, "撤退", None),
    ),
]


@pytest.mark.parametrize(("date", "text", "kind", "word", "day"), DAYS)
def test_each_happening_has_its_own_day(
    understander: Understander, date: str, text: str, kind: EventType, word: str, day: str | None
):
    reports = found(understander, chinese("简讯", text, date), kind)
    assert [start(r) for r in reports if any(word in t.text for t in r.triggers)] == [day]


def test_a_feast_of_an_anniversary_is_of_today_and_what_is_kept_long_ago(understander: Understander):
    article = chinese(
        "集会庆祝", "新华社河内七日电　河内各界今天举行大会，庆祝奠边府解放三十周年。", "1984-05-08"
    )
    assert start(only(understander, article, T.CONFERENCE)) == "1984-05-07"
    kept = only(understander, article, T.CAPTURE)
    assert start(kept) == "1954"
    assert kept.places[0].text == "奠边府"


def test_reporters_have_no_part_in_what_they_report(understander: Understander):
    article = chinese(
        "会见客人",
        "新华社北京１０月１６日电　（记者王士龙）副委员长彭冲今天下午会见泰国客人。",
        "1990-10-17",
    )
    told = actors(only(understander, article, T.TALKS))
    assert "彭冲" in told
    assert "王士龙" not in told


def test_long_names_and_days_beside_names(understander: Understander):
    article = chinese(
        "总统将来访",
        "新华社北京１０月１１日电　瓦努阿图总统弗雷德里克·卡罗穆阿纳·蒂马卡塔今天下午到达北京访问。",
        "1990-10-12",
    )
    told = actors(only(understander, article, T.VISIT))
    assert "蒂马卡塔" in told
    assert "今天" not in told


def test_a_word_for_a_time_before_an_organisation_is_no_part_of_its_name(understander: Understander):
    article = chinese(
        "茶会", "新华社一日讯　周恩来说，四年前政协全国委员会曾邀集老人举行了一个茶会。", "1963-01-02"
    )
    told = [p.text for p in only(understander, article, T.TALKS).actors]
    assert "政协全国委员会" in told


def test_a_match_is_told_by_its_score(understander: Understander):
    article = chinese("足球", "本报武汉五日讯　武汉队四日以三比一战胜上海队。", "1963-05-06")
    assert start(only(understander, article, T.SPORT)) == "1963-05-04"


NONE = [  # date, text, type: words that tell nothing here
    ("1990-10-21", "女副市长卢建国给老人颁发纪念册。", T.FOUNDING),
    ("1990-10-28", "奶牛放牧时常会遭受日晒雨淋。", T.CONFERENCE),
    ("1990-10-24", "石家庄市采取措施，扭转经济效益滑坡。", T.DISASTER),
    ("1990-10-27", "秦基伟会见苏联部长会议副主席。", T.CONFERENCE),
]


@pytest.mark.parametrize(("date", "text", "kind"), NONE)
def test_words_in_names_offices_and_figures_of_speech_tell_nothing(
    understander: Understander, date: str, text: str, kind: EventType
):
    assert not found(understander, chinese("简讯", text, date), kind)


def test_the_closing_of_a_congress_is_that_of_the_one_its_clause_names(understander: Understander):
    article = chinese(
        "木材会议闭幕", "新华社林城十六日电　十一日在林城召开的木材工业代表大会今天早晨闭幕。", "1963-01-17"
    )
    assert len(found(understander, article, T.CONFERENCE)) == 1


def test_what_is_said_to_be_the_one_told_is_that_one(understander: Understander):
    article = chinese(
        "风光摄影展览在江城开幕",
        "新华社江城三日电　邻国风光摄影展览今天在江城开幕。\n"
        "展品有一百多件，都是新近拍摄的。其中有山有水。也有城市。也有乡村。\n"
        "这次展览是由江城市文化局主办的。",
        "1963-05-04",
    )
    assert len(found(understander, article, T.CONFERENCE)) == 1
    article = chinese(
        "市长设宴招待来宾",
        "新华社上海六日电　上海市市长柯庆施今晚举行宴会，欢迎来自远方的客人。\n"
        "席上宾主频频举杯。大家谈笑风生。气氛热烈。\n"
        "出席今晚宴会作陪的，还有副市长曹荻秋和各界人士。",
        "1963-01-07",
    )
    assert len(found(understander, article, T.TALKS)) == 1


def test_a_time_from_which_a_period_is_counted_is_no_plenum(understander: Understander):
    article = chinese("变化", "五日，这个县的干部谈到了三中全会以来农村的巨大变化。", "1990-10-06")
    assert not found(understander, article, T.CONFERENCE)


def test_a_guest_who_is_received_did_not_come_that_day(understander: Understander):
    article = chinese(
        "副主席会见客人",
        "新华社北京十月三日电　国家副主席王震今天下午会见了来访的意大利部长。",
        "1990-10-05",
    )
    assert start(only(understander, article, T.TALKS)) == "1990-10-03"
    visit = only(understander, article, T.VISIT).interval
    assert visit is not None
    assert (visit.start, visit.end) == (None, "1990-10-03")


def test_what_was_not_long_before_the_day_of_the_story_has_no_day(understander: Understander):
    article = chinese(
        "外长谈访华",
        "新华社罗马十月三日电　意大利外长今天下午会见了中国部长朱良。外长对他不久前访华表示满意。",
        "1990-10-05",
    )
    visit = next(e for e in found(understander, article, T.VISIT) if e.triggers[0].text == "访华")
    assert start(visit) is None


def test_what_was_said_of_an_earlier_meeting_is_not_what_came_before(understander: Understander):
    article = chinese(
        "特使会谈",
        "新华社伦敦十月二十日电　苏联特使普里马科夫今天同英国外交大臣赫德举行会谈。"
        "他介绍了十月六日在巴格达会见伊拉克总统的情况。随后，普里马科夫又同英国首相撒切尔夫人进行了会谈。",
        "1990-10-23",
    )
    talks = {start(e): [t.text for t in e.triggers] for e in found(understander, article, T.TALKS)}
    assert talks["1990-10-06"] == ["会见"]
    assert set(talks) == {"1990-10-06", "1990-10-20"}


def test_when_a_congress_was_held_is_said_before_its_name(understander: Understander):
    article = chinese(
        "工会代表团",
        "新华社二十八日讯　工会代表团一月十五日到达阿尔及尔，参加从十七日到二十日举行的工会代表大会。",
        "1963-01-30",
    )
    assert start(only(understander, article, T.CONFERENCE)) == "1963-01-17"


def test_a_day_before_with_whom_somebody_met_is_that_of_the_talks(understander: Understander):
    article = chinese(
        "总统同外长会谈",
        "新华社十五日讯　突尼斯总统十四日在突尼斯同来访的法国外长举行了会谈。",
        "1990-10-17",
    )
    assert start(only(understander, article, T.TALKS)) == "1990-10-14"


def test_a_visit_for_which_a_banquet_is_given_is_not_of_its_day(understander: Understander):
    article = chinese(
        "大使举行宴会",
        "新华社平壤七日电　中国大使七日晚上在平壤为文化艺术代表团访问朝鲜举行了宴会。",
        "1963-01-08",
    )
    assert start(only(understander, article, T.TALKS)) == "1963-01-07"
    assert start(only(understander, article, T.VISIT)) is None


def test_who_sees_a_guest_off_does_so_on_this_journey(understander: Understander):
    article = chinese(
        "总理来华访问",
        "新华社新加坡十月十四日电　新加坡总理李光耀今天离开这里前往北京。"
        "这是他自一九七六年五月首次访华以来对中国的第五次访问。中国商务代表王久安今天到机场送行。",
        "1990-10-16",
    )
    visits = {start(e): " ".join(t.text for t in e.triggers) for e in found(understander, article, T.VISIT)}
    assert "送行" in visits["1990-10-14"]
    assert "送行" not in visits["1976-05"]


def test_teams_called_after_states_are_no_places_where_the_story_moves(understander: Understander):
    article = chinese(
        "男篮险胜",
        "新华社十月五日电　中国男篮四日下午受到日本队的挑战。最后中国队仅以九十二比八十八险胜日本队。",
        "1990-10-05",
    )
    assert start(only(understander, article, T.SPORT)) == "1990-10-04"


def test_a_battle_lasts_until_the_day_on_which_it_ended(understander: Understander):
    article = chinese(
        "我军歼敌",
        "【新华社江汉二十九日电】人民解放军本月二十四日夜向应城守敌发动攻击，于二十五日下午结束战斗，将守敌全部歼灭。",
        "1948-11-01",
    )
    interval = only(understander, article, T.BATTLE).interval
    assert interval is not None
    assert (interval.start, interval.end) == ("1948-10-24", "1948-10-25")


def test_a_congress_lasts_until_its_closing(understander: Understander):
    article = chinese(
        "妇女代表大会开幕",
        "新华社哈瓦那十一日电　美洲妇女代表大会今天晚上在哈瓦那开幕。\n代表大会将在十五日闭幕。",
        "1963-01-13",
    )
    interval = only(understander, article, T.CONFERENCE).interval
    assert interval is not None
    assert (interval.start, interval.end) == ("1963-01-11", "1963-01-15")


def test_by_which_way_somebody_goes_home_is_one_journey(understander: Understander):
    article = chinese(
        "首相回国",
        "新华社莫斯科三十一日电　阿富汗首相达乌德今天乘飞机离开莫斯科。\n达乌德将取道塔什干回国。",
        "1956-11-01",
    )
    assert start(only(understander, article, T.VISIT)) == "1956-10-31"


def test_what_a_conference_discusses_is_no_talks(understander: Understander):
    article = chinese(
        "五国总理会议讨论局势",
        "新华社三十日讯　五国总理在二十八日开幕的科伦坡会议上讨论了印度支那局势。",
        "1954-05-03",
    )
    assert not found(understander, article, T.TALKS)


def test_the_statement_of_whom_it_was_is_the_one_told(understander: Understander):
    article = chinese(
        "秘书长发表声明",
        "新华社十日讯　联合国秘书长九日晚上发表声明，要求停火。\n上述联合国秘书长的声明是受美国指使的。",
        "1963-01-11",
    )
    assert len(found(understander, article, T.DIPLOMATIC_NOTE)) == 1


def test_the_years_of_which_a_meeting_speaks_are_not_its_own(understander: Understander):
    article = chinese(
        "友协举行会议",
        "新华社十六日讯　日中友好协会在十四日和十五日举行全国会议。会议总结了去年九月到十一月间的工作。",
        "1963-01-17",
    )
    assert start(only(understander, article, T.CONFERENCE)) == "1963-01-14"


def test_what_an_editorial_is_about_or_called_is_not_of_its_day(understander: Understander):
    article = chinese(
        "两国建交",
        "新华社纽约十月三日电　中国和新加坡今天正式建立外交关系。\n"
        "新华社新加坡十月四日电　《早报》今天就两国建立外交关系，发表了题为《正式建交的意义》的社论。",
        "1990-10-05",
    )
    assert start(only(understander, article, T.AGREEMENT)) == "1990-10-03"


def test_fighting_lasts_from_the_day_on_which_it_is_said_to_have_begun(understander: Understander):
    article = chinese(
        "我军全歼守敌",
        "新华社十七日电　人民解放军十六日在莱州全歼守敌一个师。战斗自十三日晚开始。",
        "1947-05-18",
    )
    battle = only(understander, article, T.BATTLE)
    assert battle.interval is not None
    assert (battle.interval.start, battle.interval.end) == ("1947-05-13", "1947-05-16")


def test_what_is_signed_is_of_the_day_behind_its_name(understander: Understander):
    article = chinese(
        "群众集会庆祝协定签字",
        "新华社河内二十八日电　河内五万人今天集会，庆祝停战协定七月二十七日签字。",
        "1953-07-29",
    )
    assert start(only(understander, article, T.AGREEMENT)) == "1953-07-27"


def test_that_day_is_none_that_is_to_come(understander: Understander):
    article = chinese(
        "会议将闭幕",
        "新华社北京二十三日电　木材工业会议十八日在这里开幕，将在二十四日闭幕。\n"
        "二十三日，周恩来总理致电会议。当天晚上，陈毅副总理设宴招待代表。",
        "1955-04-24",
    )
    assert start(only(understander, article, T.TALKS)) == "1955-04-23"
