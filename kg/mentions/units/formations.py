"""Formations that are named by more than one name: 越军 + 第三师, 荷兰 + 营, SWAPO + guerrillas.

Each function looks at what stands right beside a name or a find; :mod:`kg.mentions.units.finding` calls
them in turn.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import attrgetter

from kg.mentions.names import NameMatch
from kg.mentions.rules import load_patterns, load_section
from kg.mentions.view import View
from kg.model import STATES, Echelon, Find, Lang, Name

LETTERED_RULE = "zh-unit-lettered"
NESTED_RULE = "unit-nested"
CONTINGENT = "contingent"
"""The subkind of a country's part of a force of several countries: no army of that country's own."""

FORCE_RULE, COUNTED_RULE = "zh-unit-force", "zh-unit-counted"
_NUMBERED, _KNOWN, _OUR = "zh-unit-numbered", "unit-dictionary", "zh-unit-our"
_GROUP, _COLUMN = "zh-unit-group", "zh-unit-column"
TROOPS = (_KNOWN, FORCE_RULE, "zh-unit-foreign")
"""The rules that find forces by name, of which parts may be told."""
_BRANCH, _REGIMENTAL, _MARINES = "zh-unit-branch", "zh-unit-regimental", "zh-unit-marines"
_ABBREVIATED = frozenset((_NUMBERED, "zh-unit-abbreviated", "zh-unit-numbered-headquarters"))
NICKNAME_RULE = "zh-unit-nicknamed"
_WITHHELD, _LIAISON = "zh-unit-withheld", "zh-unit-liaison"
_PARTLY = _ABBREVIATED | {_REGIMENTAL, _COLUMN, _KNOWN, "zh-unit-army-listed"}
_NO_NAMES = frozenset(("v", "vn", "d", "p", "c", "r", "a"))  # tags of words
_VERBS = frozenset(("会同",))  # the lexicon has it for a noun
_SHORT = 2  # characters of a name that a common word may be
_RANKS = ("将军", "上校", "少校", "大佐", "集团", "政权", "匪帮", "集团的", "政权的")  # after a commander
_LETTERS = 3, 6  # characters of a commander's name that is transcribed
_LONGEST = 16  # characters at most before the echelon of such a division
_SIZES = ("师", "旅", "团", "营", "连")
SERVICES = ("空军", "海军", "陆军")
_OPENING, _CLOSING = '"“', '"”'


def beside(name: str, lang: Lang = Lang.ZH) -> re.Pattern[str]:
    """The pattern `name` of what stands beside a formation's name: ``[beside]`` of ``rules/units.toml``."""
    return load_patterns("units", "beside", lang.value)[name]


def lettered(seen: View) -> Iterator[tuple[int, int, str]]:
    """Divisions of foreign names, transcribed, and foreign commanders' troops: 塔曼 + 师, 卡斯特勒 + 部队."""
    text, (divisions, letters, surnames) = seen.folded, _lettered()
    for size in beside("of_letters").finditer(text):  # looked for first: a run of letters begins anywhere
        found = divisions.search(text, max(0, size.start() - _LONGEST), size.end())
        if found is not None and found.end() == size.end():
            yield found.start(), found.end(), found["e"]
    for m in beside("of_commander").finditer(text):  # from its last word, for few have such a name before it
        end = m.start() - next((len(r) for r in _RANKS if text.endswith(r, 0, m.start())), 0)
        start = end
        while text[start - 1 : start] in letters and start:
            start -= 1
        if not _LETTERS[0] <= end - start <= _LETTERS[1]:
            start = next((end - n for n in (2, 3) if text[max(0, end - n) : end] in surnames), end)
        if start < end:
            yield start, m.end(), m[0]


@functools.cache
def _lettered() -> tuple[re.Pattern[str], frozenset[str], frozenset[str]]:
    """Divisions of transcribed names; the characters that transcribe; families of Japan."""
    letters = load_section("places", "transcription")["common"] + "捷任约夫"
    divisions = re.compile(
        f"(?<![{letters}])(?:[{letters}]{{2,6}}(?:国王)?{beside('guards').pattern}|[{letters}]{{3,6}}(?:国王)?)"
        f"(?P<e>{beside('of_letters').pattern})"
    )
    return divisions, frozenset(letters), frozenset(load_section("units", "vocabulary")["surnames_ja"])


def whose(seen: View, start: int, rule: str) -> int:
    """Where a numbered formation begins whose power or people stands before it: 美 + 二师, 锡克 + 第四营."""
    if rule == _MARINES or (rule in (_BRANCH, _KNOWN) and seen.folded.startswith("维和部队", start)):
        found = beside("power").search(seen.folded, max(0, start - 2), start)
        return start if found is None else found.start()
    if rule not in _ABBREVIATED and rule != _WITHHELD:
        return start
    found = beside("people").search(seen.folded, max(0, start - 6), start) or beside("arm").search(
        seen.folded, max(0, start - 7), start
    )
    for first, before in load_patterns("units", "beside", "before").items():
        if found is None and seen.folded.startswith(first, start):
            found = before.search(seen.folded, max(0, start - 10), start)
    found = found or beside("whose").search(seen.folded, max(0, start - 3), start)
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
    if beside("armed", seen.lang).search(seen.text, max(0, end - 12), end) is not None:
        return end
    found = beside("fighters", seen.lang).match(seen.text, end)
    return end if found is None else found.end()


def joined(seen: View, finds: list[Find]) -> list[Find]:
    """A force and its numbered part right after it are one name: 越军第三师; so are 二炮 + 某团."""
    out: list[Find] = []
    for f in finds:
        last = out[-1] if out else None
        start = whose(seen, f.span.start, f.rule)
        if start < f.span.start and (last is None or last.span.end <= start):
            f = replace(f, span=seen.span(start, f.span.end))
        if last is not None and last.span.end == f.span.start and _one_name(last, f):
            foreign = f.rule == _KNOWN and beside("of_china").search(last.span.text) is None
            foreign = foreign and not last.span.text.endswith("兵团")
            own = replace(f, items=(), rule=_NUMBERED) if foreign else f
            out[-1] = replace(own, span=seen.span(last.span.start, f.span.end))
        else:
            out.append(f)
    return out


def unquoted(seen: View, f: Find) -> Find:
    """A name that stands in quotation marks without them: “青河旅”; but “青河”旅 is one with them."""
    text = f.span.text
    if f.rule != NICKNAME_RULE or text[0] not in _OPENING or text[-1] not in _CLOSING:
        return f
    return replace(f, span=seen.span(f.span.start + 1, f.span.end - 1))


def widened(seen: View, f: Find, places: Mapping[int, int]) -> Find:
    """A force with where it fights before it: 侵越法军, 江汉我军."""
    if f.count is not None or f.optional:
        return f
    start = f.span.start
    if (
        beside("owned").match(f.span.text)
        and (m := beside("into").search(seen.folded, max(0, start - 5), start)) is not None
    ):
        start = m.start()
    elif f.rule != _KNOWN:
        start = _owner_from(seen, f, places)
    into = places.get(f.span.start)
    if into and beside("into_state").search(seen.folded, max(0, into - 2), into) is not None:
        start = into - 1
        start = places.get(start, start)  # 中国 + 赴莫坎维和工兵大队
    if f.rule == FORCE_RULE and beside("where").search(seen.folded, max(0, start - 2), start) is not None:
        start -= 1  # 亲 + 印尼民兵, 驻 + 青平部队
    if (
        f.rule == FORCE_RULE
        and f.span.text.endswith(SERVICES)
        and beside("royal").search(seen.folded, max(0, start - 2), start)
    ):
        start -= 2
    if (f.rule == FORCE_RULE or start < f.span.start) and beside("twin").search(
        seen.folded, max(0, start - 1), start
    ):
        start = places.get(start - 1, start)  # 苏联— + 卡尔迈勒军队
    return f if start == f.span.start else replace(f, span=seen.span(start, f.span.end))


def _owner_from(seen: View, f: Find, places: Mapping[int, int]) -> int:
    """Where a find begins with the place whose it is, and a number before that: 第四 + 莫坎 + 步兵团."""
    start = f.span.start
    owner = places.get(start)
    if owner is None or (seen.folded[owner - 1 : owner] == "、" and (owner - 1) in places):
        return start
    if f.span.text.endswith(_SIZES) and not f.span.text.startswith("第"):
        number = beside("ordinal").search(seen.folded, max(0, owner - 6), owner)
        return owner if number is None else places.get(number.start(), number.start())
    return owner


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
    if f.rule != _KNOWN or not (f.span.text.startswith("第") or f.span.text.endswith(_SIZES)):
        return f
    owner = owners.get(f.span.start)
    if owner is None:
        power = beside("power_of").search(seen.folded, max(0, f.span.start - 2), f.span.start)
        return f if power is None else replace(f, span=seen.span(power.start(), f.span.end))
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
    if f.echelon is not Echelon.ARMY or f.rule == _KNOWN or beside("corps").fullmatch(f.span.text) is None:
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
    if part.rule in (FORCE_RULE, _KNOWN) and part.span.text.endswith(("部队", "军区")):  # 解放军 + 广州部队
        return beside("liberation").fullmatch(whole.span.text) is not None or whole.span.text.endswith("军区")
    if _smaller(whole, part):  # 第七团 + 第二营
        return True
    if part.rule == _GROUP and whole.span.text.endswith(("军区", "军分区")):  # 青河军区 + 测绘大队
        return True
    if part.rule == _GROUP and part.span.text.startswith("独立"):  # 青河民兵 + 独立团
        return whole.span.text.endswith("民兵")
    if part.rule in (_BRANCH, LETTERED_RULE):  # 美军 + 快速反应部队, 美军 + 弗里尔空降旅
        return (
            whole.rule in (FORCE_RULE, _KNOWN)
            and beside("army_of_a_state").fullmatch(whole.span.text) is not None
        )
    first = part.span.text[0]
    if first in '“"' and part.rule == NICKNAME_RULE:  # 共和国卫队 + “巴格达师”
        return (
            whole.rule in (_KNOWN, FORCE_RULE)
            and beside("army_of_its_own").search(whole.span.text) is not None
        )
    if part.rule == _KNOWN:
        numbered = beside("numbered").match(first) is not None
    else:
        numbered = part.rule in _ABBREVIATED or part.rule == _COLUMN
    numbered = numbered or (
        part.rule == _GROUP and part.span.text[:-2].endswith(tuple("一二三四五六七八九十"))
    )
    return (
        numbered
        and beside("army_of_its_own").search(whole.span.text) is not None
        and (whole.span.text.endswith(SERVICES) or beside("apart").search(whole.span.text) is None)
    )


def with_smaller(seen: View, finds: list[Find]) -> list[Find]:
    """Formations joined with the smaller numbered ones right after them: 皇家莫坎团 + 第二营."""
    out: list[Find] = []
    for f in finds:
        last = out[-1] if out else None
        if last is not None and last.span.end == f.span.start and last.count is None and _smaller(last, f):
            out[-1] = replace(f, span=seen.span(last.span.start, f.span.end), items=(), rule=last.rule)
        else:
            out.append(f)
    return out


def _smaller(whole: Find, part: Find) -> bool:
    """Whether a numbered formation is followed by its own numbered part, which has the next smaller size.

    So are the Liberation Army's troops by where they are: 解放军 + 驻青平部队.
    """
    if part.span.text[0] == "驻" and beside("liberation").fullmatch(whole.span.text) is not None:
        return True
    if whole.rule == FORCE_RULE or beside("apart").search(whole.span.text) is not None:
        return False
    if part.rule not in _PARTLY or beside("part").fullmatch(part.span.text) is None:
        return False
    larger, smaller = beside("sizes").search(whole.span.text), beside("sizes").search(part.span.text)
    return larger is not None and smaller is not None and (larger.lastindex or 0) < (smaller.lastindex or 0)


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
        ends = f.span.end == whole.span.end and beside("numbered").match(f.span.text) is None
        whose = f.rule in (_KNOWN, _OUR) and whole.rule == f.rule and not f.span.text.endswith(_SIZES)
        part = whole.rule == COUNTED_RULE and f.rule in TROOPS
        widened = ends and (whose or part)  # 江汉 + 我军, 一连 + 外籍军团
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
    if f.rule == _KNOWN and (m := beside("nationwide", seen.lang).search(text)) is not None and m.start():
        within = (start + m.start(), f.span.end)
        named = names_at(seen, within[0])
        name = next((n for n in named if n.end == f.span.end and n.name.kind == "unit"), None)
        if name is not None and name.name.items != f.items and not _of_a_state(seen, start, m.start()):
            yield replace(f, span=seen.span(*within), rule=NESTED_RULE, items=name.name.items)
    if seen.lang is Lang.EN:
        return
    if f.count is None and (described := beside("local").match(text)) is not None:
        yield replace(f, span=seen.span(start + described.end(), f.span.end), rule=NESTED_RULE)
    army = beside("liberation").match(text)
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
    found = beside("described").match(f.span.text)
    return None if found is None else found["short"]


def contingents(seen: View, finds: list[Find]) -> list[Find]:
    """The part that a country gives to a force of several: no army of its own, whatever its name.

    “联合国紧急部队”的加拿大部队 makes 加拿大部队 one, wherever it stands in the article.
    """
    many = beside("of_many", seen.lang)
    if not any(many.search(f.span.text) for f in finds):
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
    if beside("of_many", seen.lang).search(f.span.text) or f.optional:
        return False
    before, after = (finds[n] if 0 <= n < len(finds) else None for n in (i - 1, i + 1))
    if seen.lang is Lang.EN:
        return _stands_between(seen, "part_of", f, after)
    return _stands_between(seen, "part_of", before, f) or _stands_between(seen, "made_of", f, after)


def _stands_between(seen: View, name: str, first: Find | None, second: Find | None) -> bool:
    """Whether words of the pattern `name` join two finds, of which one is of several states."""
    if first is None or second is None:
        return False
    many = beside("of_many", seen.lang)
    if not any(many.search(f.span.text) for f in (first, second)):
        return False
    return beside(name, seen.lang).fullmatch(seen.text, first.span.end, second.span.start) is not None
