"""Formations that are named by more than one name: 越军 + 第三师, 荷兰 + 营, SWAPO + guerrillas.

Each function looks at what stands right beside a name or a find; :mod:`kg.mentions.units` calls them in turn.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import attrgetter

from kg.mentions.names import NameMatch
from kg.mentions.rules import load_section
from kg.mentions.view import View
from kg.model import STATES, Echelon, Find, Lang, Name

NATIONAL_RULE, LETTERED_RULE = "zh-unit-national", "zh-unit-lettered"
PLACED_RULE, NESTED_RULE = "en-unit-placed", "unit-nested"
CONTINGENT = "contingent"
"""The subkind of a country's part of a force of several countries: no army of that country's own."""

_NUMBERED, _KNOWN, _FORCE, _OUR = "zh-unit-numbered", "unit-dictionary", "zh-unit-force", "zh-unit-our"
_GROUP, _COLUMN = "zh-unit-group", "zh-unit-column"
_BRANCH, _REGIMENTAL, _MARINES = "zh-unit-branch", "zh-unit-regimental", "zh-unit-marines"
_ABBREVIATED = frozenset((_NUMBERED, "zh-unit-abbreviated", "zh-unit-numbered-headquarters"))
_PARTLY = _ABBREVIATED | {_REGIMENTAL, _COLUMN}
NICKNAME_RULE = "zh-unit-nicknamed"
_WITHHELD, _LIAISON = "zh-unit-withheld", "zh-unit-liaison"
# The parts of the Kuomintang's forces are named by themselves: 国民党匪军二十八军.
_APART = re.compile("国民党|匪|蒋|敌|^整")
_ARMS = (
    "(?:防化|工程|远征|轻装|轻步兵|空中突击|野战|维和|维持和平|后勤|步兵|空降兵?|伞兵|机械化|摩托化|装甲|坦克|炮兵"
    "|骑兵|山地|海军陆战|工兵|加强|特种|快速反应)?"
)
_NATIONAL = re.compile(
    rf"军?(?:空降|伞兵|装甲|坦克|骑兵|步兵|炮兵|机械化|工兵|运输)(?P<r>团(?![长体结员校])|连(?![长续接]))|军?{_ARMS}(?P<e>营(?![业造养救私房利生地长])|旅(?![客行游社馆店途程伴居顺大长])|师(?![范傅生父徒爷母资专大长]))"
)
_FIGHTERS = {
    Lang.ZH: re.compile("(?:的)?(?:游击队|武装部队|武装力量|民兵|部队|军队)(?!员)"),
    Lang.EN: re.compile(r" (?:guerrillas|forces|troops|fighters|militia|army)\b"),
}
_ARMED = re.compile(
    "[军兵队舰师旅]$|(?:[Aa]rm(?:y|ies)|[Ff]orces?|[Tt]roops|[Gg]uards?|[Vv]olunteers|[Nn]avy|[Ff]leet|[Cc]orps)$"
)
_NICKNAMED = re.compile(r'军?"[^"\n]{1,6}(?P<e>师|旅|团|营|部队|军团)"|"[^"\n]{1,6}"(?P<t>战术大队|战术群)')
# Whose a numbered formation is, in one character: 伪三军团, 美二师; but 英美第一集团军 is of both.
_WHOSE = re.compile("(?<![中英法苏日德抗援反])(?:[李蒋]?伪|蒋匪|(?<![傅胡阎白马卢])匪|[美英法韩])$")
# The arm before a number: 火箭炮兵 + 二〇九团, 空军轰炸航空兵 + 二十师.
_ARM = re.compile(
    "(?:(?:空军|海军)?(?:轰炸|歼击|强击|运输|侦察)?航空兵|铁道兵|工程兵|防空兵|空军(?:独立)?|海军|公安(?:军|部队)?)$"
)
# What makes the name longer that begins with another word.
_BEFORE = (
    ("炮兵", re.compile("(?:火箭|高射|榴弹|反坦克|海岸|殖民地)$")),
    ("民兵", re.compile("女$")),
    ("第", re.compile('(?<![为是])["“][^"“”\n，。]{1,8}["”]$')),  # “苏河” + 第二十五师
    ("伞兵", re.compile("(?:殖民地|外籍)$")),
    ("某", re.compile("(?:猎潜|扫雷|护卫|快|潜|导弹|登陆|驱逐|鱼雷|炮)[艇舰]$|航空兵$")),
)
_POWER = re.compile("(?<![\u4e00-\u9fff])[美英法俄德意印中韩日]$")  # 俄 + 维和部队
_PEOPLE = re.compile(
    "(?:(?:(?![和与及的由])[\u4e00-\u9fff]){1,2}籍|殖民地|(?:波黑)?(?:穆斯林|塞族|克族|穆族)|拉其普特|拉杰普特|锡克|廓尔喀|多格拉|旁遮普|加瓦尔|库马翁|阿萨姆|贾特|马德拉斯|马拉塔)$"
)
_ARMY_OF_ITS_OWN = re.compile(
    "(?<!国民党)(?<![敌匪蒋])(?:军|军队|部队|军团|陆战队|民兵|伞兵|卫队|警卫队|联队|决死队|纵队|力量|[道程航降炮空甲]兵|[华东中一二三四]野)$"
)
# The numbered parts right after a numbered formation: 第三师 + 二团 + 四连.
_PARTS = re.compile(
    "(?:(?:步兵|炮兵|坦克|装甲|工兵|伞兵|警卫|侦察|特务)?第?[一二三四五六七八九十百〇零○0-9]{1,4}"
    "(?P<e>旅(?![客行游社馆店途程伴居])|团(?![体长结员圆聚])|营(?![业造养私房利生地长])"
    "|连(?![续接日年夜同忙长环])|排(?![长球列放斥])|班(?![长子级次机])|支队(?!长)|大队(?!长)|中队(?!长))){1,4}"
)
_OWN_PARTS = re.compile("[第某0-9０-９〇零○一二三四五六七八九十百].{0,8}[师旅团营连]$|[总支大]队$")
_OF_CHINA = re.compile("解放军|志愿军|国民|八路|红军|新四|野|共|义勇|革命军")
_ARMY_OF_A_STATE = re.compile("(?!国民党|解放军)[^敌匪蒋伪我]{1,3}军")
# Where 军 is what English calls a corps.
_CORPS = re.compile(
    "(?:美|英|法|西?德|意|印|巴|伊|土|南非|联邦德国|加拿大|澳|西班牙|希腊|波黑|克拉伊纳|塞族|克罗地亚)"
    "[^集方野敌]{0,8}第[〇零一二三四五六七八九十百0-9]{1,4}(?:空降|装甲|坦克|山地)?军"
)
_INTO = re.compile(r"(?:侵|驻|援|侵犯|侵占|驻扎)(?:在)?[\u4e00-\u9fff]{1,2}$")
_OWNED = re.compile(r"^[\u4e00-\u9fff]{1,2}军$")
_ADVANCE = re.compile(r"\b(?:[A-Z][\w-]+ )?Advance $")  # Huaibei Advance + Fourth Column
_MOVED = ("进驻", "移驻", "调驻")
_NO_NAMES = frozenset(("v", "vn", "d", "p", "c", "r", "a"))  # tags of words
_VERBS = frozenset(("会同",))  # the lexicon has it for a noun
_SHORT = 2  # characters of a name that a common word may be
_SIZES = "军师旅团营连排班"  # from the largest
_LARGER = re.compile(f".([{_SIZES}]|纵)$")
_SMALLER = re.compile(
    f"(?:独立|步兵|炮兵|骑兵|坦克|装甲|伞兵)?团?(?:第|某|[0-9０-９〇零○一二三四五六七八九十百]).*?([{_SIZES}])$"
)
_BEGINS_WITH_NUMBER = re.compile("[第0-9０-９〇零○一二三四五六七八九十百]")
_LIBERATION = re.compile("(?:中国)?(?:人民)?解放军")
_PLACED = re.compile(
    " (?:(?:government|[Bb]order|[Ff]rontier|puppet|rebel|armed|security|patriotic|liberation|People['’]s"
    r"|National) ){0,2}"
    r"(?:[Tt]roops|[Ff]orces|[Aa]rmy|[Mm]ilitia|[Gg]arrison|guerrillas|gendarmes|gendarmerie|air force)\b"
    "(?! (?:[A-Z]|barracks|hospital|officer|command|headquarters|base|chief|m[ae]n\\b|personnel|spokes))"
)
_DESCRIBED = re.compile("(?:一个|地方|各县)(?P<short>.{2,}[营团旅师连队])$")
_LOCAL = re.compile("(?:地方|各县)(?=.{2,}[营团旅师]$)")
_NATIONWIDE = re.compile("人民(?:解放|志愿)军$|People['’]s (?:Liberation Army|Volunteers)$")
_MANY = re.compile(
    "联合国|多国|维和|维持和平|U\\.?N\\b|UN[A-Z]{2,}|United Nations|[Mm]ultinational|[Pp]eace-?keeping"
)
_PART_OF = re.compile('[”」』"]?(?:所属|中|内)?的')
_PART_OF_EN = re.compile(" (?:of|in|with) the ")


def national_formations(seen: View) -> Iterator[tuple[int, int, str]]:
    """A state's battalion, brigade or division without a number: start, end and the word for its size."""
    for m, name in seen.places:
        if name.subkind not in STATES:
            continue
        found = _NATIONAL.match(seen.folded, m.end) or _NICKNAMED.match(seen.folded, m.end)
        if found is not None:
            yield m.start, found.end(), found[found.lastgroup or "e"]


def lettered(seen: View) -> Iterator[tuple[int, int, str]]:
    """Divisions of foreign names, transcribed: 捷尔任斯基 + 师, 塔曼 + 摩托化步兵 + 师."""
    for m in _lettered().finditer(seen.folded):
        yield m.start(), m.end(), m["e"]


@functools.cache
def _lettered() -> re.Pattern[str]:
    letters = load_section("places", "transcription")["common"] + "捷任约夫"
    return re.compile(
        f"(?<![{letters}])(?:[{letters}]{{2,6}}(?:国王)?(?:近卫)?(?:摩托化步兵|摩托化|机械化|坦克|空降|步兵|装甲|伞兵|山地)"
        f"|[{letters}]{{3,6}}(?:国王)?)(?P<e>师(?![范傅生父徒爷资母专大长])|旅(?![客行游社馆店途程伴居美英法日苏华顺大长]))"
    )


def placed_forces(seen: View) -> Iterator[tuple[int, int, str]]:
    """The forces that an English text names by where they are from: Katanga gendarmes, Saigon troops."""
    for m in seen.names:
        if m.of_kind("place") is not None and (found := _PLACED.match(seen.text, m.end)) is not None:
            yield m.start, found.end(), "Force"


def whose(seen: View, start: int, rule: str) -> int:
    """Where a numbered formation begins whose power or people stands before it: 美 + 二师, 锡克 + 第四营."""
    if rule == _MARINES or (rule in (_BRANCH, _KNOWN) and seen.folded.startswith("维和部队", start)):
        found = _POWER.search(seen.folded, max(0, start - 2), start)
        return start if found is None else found.start()
    if rule not in _ABBREVIATED and rule != _WITHHELD:
        return start
    found = _PEOPLE.search(seen.folded, max(0, start - 6), start) or _ARM.search(
        seen.folded, max(0, start - 7), start
    )
    for first, before in _BEFORE:
        if found is None and seen.folded.startswith(first, start):
            found = before.search(seen.folded, max(0, start - 10), start)
    found = found or _WHOSE.search(seen.folded, max(0, start - 3), start)
    return start if found is None else found.start()


def stands(seen: View, m: NameMatch, name: Name) -> bool:
    """Whether a town's name of two characters can be one here: not in 农民 + 和 + 部队, not 会同 + 部队."""
    words = seen.words
    if words is None or name.subkind in STATES or m.end - m.start > _SHORT:
        return True
    first = words.at.get(m.start)
    if first is None:
        return False
    if words.starts[first + 1] != m.end:
        return True
    return words.tags[first] not in _NO_NAMES and words.words[first] not in _VERBS


def with_fighters(seen: View, end: int) -> int:
    """Where the name of an organisation that ends at `end` ends with its fighters: SWAPO + guerrillas."""
    if _ARMED.search(seen.text, max(0, end - 12), end) is not None:
        return end
    found = _FIGHTERS[seen.lang].match(seen.text, end)
    return end if found is None else found.end()


def joined(seen: View, finds: list[Find]) -> list[Find]:
    """A force and its numbered part right after it are one name: 越军第三师; so are 二炮 + 某团."""
    if seen.lang is Lang.EN:
        return finds
    out: list[Find] = []
    for f in finds:
        last = out[-1] if out else None
        start = whose(seen, f.span.start, f.rule)
        if start < f.span.start and (last is None or last.span.end <= start):
            f = replace(f, span=seen.span(start, f.span.end))
        if last is not None and last.span.end == f.span.start and _one_name(last, f):
            foreign = f.rule == _KNOWN and _OF_CHINA.search(last.span.text) is None
            own = replace(f, items=(), rule=_NUMBERED) if foreign else f
            out[-1] = replace(own, span=seen.span(last.span.start, f.span.end))
        else:
            out.append(f)
    return [*_with_parts(seen, out)]


def _with_parts(seen: View, finds: list[Find]) -> Iterator[Find]:
    """Numbered formations with the numbered parts after them that no rule finds alone: 一团 + 四连."""
    done = 0
    for f in finds:
        if f.span.start < done:
            continue
        found = None
        if f.count is None and not f.optional and _OWN_PARTS.search(f.span.text) is not None:
            found = _PARTS.match(seen.folded, f.span.end)
        if found is not None:
            done = found.end()
            f = replace(f, span=seen.span(f.span.start, done), items=(), echelon=sizes()[found["e"]])
        yield f


def widened(seen: View, f: Find, places: Mapping[int, int]) -> Find:
    """A force with where it fights before it: 侵越法军, 江汉我军."""
    if seen.lang is Lang.EN and f.rule == "en-unit-numbered":
        found = _ADVANCE.search(seen.text, max(0, f.span.start - 30), f.span.start)
        return f if found is None else replace(f, span=seen.span(found.start(), f.span.end))
    if seen.lang is Lang.EN or f.count is not None or f.optional:
        return f
    start = f.span.start
    if _OWNED.match(f.span.text) and (m := _INTO.search(seen.folded, max(0, start - 5), start)) is not None:
        start = m.start()
    elif f.rule != _KNOWN:
        owner = places.get(start, start)
        shared = seen.folded[owner - 1 : owner] == "、" and (owner - 1) in places
        start = start if shared else owner
    into = places.get(f.span.start)
    if into and seen.folded[into - 1] in "驻赴" and seen.folded[into - 2 : into] not in _MOVED:
        start = into - 1
        start = places.get(start, start)  # 中国 + 赴莫坎维和工兵大队
    if f.rule == _FORCE and seen.folded.startswith("亲", start - 1):  # 亲 + 印尼民兵
        start -= 1
    return f if start == f.span.start else replace(f, span=seen.span(start, f.span.end))


def owners(seen: View) -> Mapping[int, tuple[int, Name]]:
    """Where the names of states end: where each begins, and the name; of several the longest."""
    states = [(m.end, (m.start, name)) for m, name in seen.places if name.subkind in STATES]
    return dict(reversed(states))  # nested names come after what they stand in


def owned(
    seen: View, f: Find, owners: Mapping[int, tuple[int, Name]], countries: Mapping[str, str | None]
) -> Find:
    """A known numbered formation with the name of the state before it: another state's is another one.

    法国 + 第十一空降师 is none of America's.  `owners` are those of :func:`owners`,
    `countries` gives the country of each item.
    """
    if f.rule != _KNOWN or not f.span.text.startswith("第"):
        return f
    owner = owners.get(f.span.start)
    if owner is None:
        return f
    start, state = owner
    span = seen.span(start, f.span.end)
    theirs = {countries.get(i) for i in f.items} - {None}
    if not theirs or theirs.intersection(state.items):
        return replace(f, span=span)
    return replace(f, span=span, items=(), rule=_NUMBERED)


def as_corps(f: Find) -> Find:
    """A Western formation that Chinese calls 军 is a corps, unless it is a known one: 美国第七军.

    A mobile group of the French (机动兵团) is a regiment.
    """
    if f.span.text.endswith("机动兵团"):
        return replace(f, echelon=Echelon.REGIMENT)
    if f.echelon is not Echelon.ARMY or f.rule == _KNOWN or _CORPS.fullmatch(f.span.text) is None:
        return f
    return replace(f, echelon=Echelon.CORPS)


@functools.cache
def sizes() -> dict[str, Echelon]:
    """By the word for a size, in lower case, the echelon (``[echelons]`` of the rules)."""
    tables = load_section("units", "echelons")
    return {word.lower(): Echelon(name) for name, listed in tables.items() for word in listed}


def _one_name(whole: Find, part: Find) -> bool:
    if whole.optional or part.optional or whole.count is not None:
        return False
    if part.rule in (_WITHHELD, _LIAISON):
        return True
    if part.rule in (_FORCE, _KNOWN) and part.span.text.endswith(("部队", "军区")):  # 解放军 + 广州部队
        return _LIBERATION.fullmatch(whole.span.text) is not None or whole.span.text.endswith("军区")
    if _smaller(whole, part):  # 第七团 + 第二营
        return True
    if part.rule == _GROUP and part.span.text.startswith("独立"):  # 青河民兵 + 独立团
        return whole.span.text.endswith("民兵")
    if part.rule == _BRANCH:  # 美军 + 快速反应部队
        return whole.rule in (_FORCE, _KNOWN) and _ARMY_OF_A_STATE.fullmatch(whole.span.text) is not None
    first = part.span.text[0]
    if first in '“"' and part.rule == NICKNAME_RULE:  # 共和国卫队 + “巴格达师”
        return whole.rule in (_KNOWN, _FORCE) and _ARMY_OF_ITS_OWN.search(whole.span.text) is not None
    if part.rule == _KNOWN:
        numbered = _BEGINS_WITH_NUMBER.match(first) is not None
    else:
        numbered = part.rule in _ABBREVIATED or part.rule == _COLUMN
    numbered = numbered or (
        part.rule == _GROUP and part.span.text[:-2].endswith(tuple("一二三四五六七八九十"))
    )
    return (
        numbered
        and _ARMY_OF_ITS_OWN.search(whole.span.text) is not None
        and _APART.search(whole.span.text) is None
    )


def _smaller(whole: Find, part: Find) -> bool:
    """Whether a numbered formation is followed by its own numbered part, which has the next smaller size."""
    if part.rule not in _PARTLY or whole.rule == _FORCE or _APART.search(whole.span.text) is not None:
        return False
    larger, smaller = _LARGER.search(whole.span.text), _SMALLER.fullmatch(part.span.text)
    if larger is None or smaller is None:
        return False
    return _SIZES.index("军" if larger[0][0] in "军兵" or larger[1] == "纵" else larger[1]) < _SIZES.index(
        smaller[1]
    )


def nested(seen: View, before: list[Find], after: list[Find]) -> Iterator[Find]:
    """Forces that are named inside longer names: 人民解放军 in 江汉人民解放军, 第二炮兵 in 解放军第二炮兵.

    `before` are the finds before they were joined and widened to those of `after`.
    """
    wholes = iter(after)
    whole = next(wholes, None)
    for f in before:
        while whole is not None and whole.span.end < f.span.end:
            whole = next(wholes, None)
        if whole is None or whole.span.start > f.span.start or f.span == whole.span or f.optional:
            continue
        ends = f.span.end == whole.span.end and _BEGINS_WITH_NUMBER.match(f.span.text) is None
        widened = f.rule in (_KNOWN, _OUR) and whole.rule == f.rule and ends  # 江汉 + 我军
        # 二炮 + 某团, 国民党军 + 陆空联络组
        if widened or (whole.rule == _WITHHELD and f.rule == _KNOWN) or f.rule == _LIAISON:
            yield replace(f, rule=NESTED_RULE)
    for f in after:
        yield from _own_name(seen, f)


def _own_name(seen: View, f: Find) -> Iterator[Find]:
    """What the Liberation Army's arms, and local troops, are called by themselves: 地方 + 保安团."""
    text, start = f.span.text, f.span.start
    if f.optional:
        return
    if f.rule == _KNOWN and (m := _NATIONWIDE.search(text)) is not None and m.start():
        within = (start + m.start(), f.span.end)
        named = names_at(seen, within[0])
        name = next((n for n in named if n.end == f.span.end and n.name.kind == "unit"), None)
        if name is not None and name.name.items != f.items and not _of_a_state(seen, start, m.start()):
            yield replace(f, span=seen.span(*within), rule=NESTED_RULE, items=name.name.items)
    if seen.lang is Lang.EN:
        return
    if f.count is None and (described := _LOCAL.match(text)) is not None:
        yield replace(f, span=seen.span(start + described.end(), f.span.end), rule=NESTED_RULE)
    army = _LIBERATION.match(text)
    if f.rule == _KNOWN and army is not None and army.end() < len(text):
        at = start + army.end()
        if any(n.end == f.span.end and n.of_kind("unit") is not None for n in names_at(seen, at)):
            yield replace(f, span=seen.span(at, f.span.end), rule=NESTED_RULE)


def _of_a_state(seen: View, start: int, length: int) -> bool:
    """Whether a country's name, or the adjective of one, stands there: 老挝人民解放军 is another army."""
    owner = seen.text[start : start + length].strip()
    if owner in load_section("units", "words")["demonym"]:
        return True
    return of_a_country(seen, start)


def of_a_country(seen: View, start: int) -> bool:
    """Whether a country's name begins at `start`."""
    there = (m.of_kind("place") for m in names_at(seen, start))
    return any(name is not None and name.subkind in STATES for name in there)


def names_at(seen: View, start: int) -> Iterator[NameMatch]:
    """The known names that begin at `start`."""
    number = bisect_left(seen.names, start, key=attrgetter("start"))
    while number < len(seen.names) and seen.names[number].start == start:
        yield seen.names[number]
        number += 1


def short_of_described(f: Find) -> str | None:
    """How a described formation is called when it returns: 欧非营 of 一个欧非营, 保安团 of 地方保安团."""
    found = _DESCRIBED.match(f.span.text)
    return None if found is None else found["short"]


def contingents(seen: View, finds: list[Find]) -> list[Find]:
    """The part that a country gives to a force of several: no army of its own, whatever its name.

    “联合国紧急部队”的加拿大部队 makes 加拿大部队 one, wherever it stands in the article.
    """
    if not any(_MANY.search(f.span.text) for f in finds):
        return finds
    parts = {f.span.text for i, f in enumerate(finds) if _is_part(seen, finds, i)}
    if not parts:
        return finds
    return [
        replace(f, items=(), subkind=CONTINGENT) if f.span.text in parts and f.count is None else f
        for f in finds
    ]


def _is_part(seen: View, finds: list[Find], i: int) -> bool:
    f = finds[i]
    if _MANY.search(f.span.text) or f.optional:
        return False
    if seen.lang is Lang.ZH:
        other, between = finds[i - 1] if i else None, _PART_OF
    else:
        other, between = finds[i + 1] if i + 1 < len(finds) else None, _PART_OF_EN
    if other is None or not _MANY.search(other.span.text):
        return False
    first, second = sorted((f, other), key=lambda x: x.span.start)
    return between.fullmatch(seen.text, first.span.end, second.span.start) is not None
