"""Whether a known name of a place stands where its characters stand, or something else does.

* it ends inside a word of the lexicon (海岸 in 东海岸), or begins inside one (应城市 in 供应城市);
* it is part of a longer transcription (塔尔图 in 塔尔图斯, 利马 in 哈比亚利马纳), or of a name after “·”;
* it is a person's: addressed as one (山口同志), after a title with a surname before it (秘书长张香山), in a
  list of such (副市长张瑞权、林西), after a surname at the beginning (王奎达在会上), or a byline;
* it is an ordinary word, or has a namesake at home, and nothing speaks of its country (守卫海防);
* it is two states put together (中沙两国), or only the head word of the name before it (吉莫山口);
* 和 before it joins (专区和县).
"""

from __future__ import annotations

import functools
import re

import rjieba

from kg.mentions.places.geography import Geography, geography
from kg.mentions.places.judging import SURNAMES
from kg.mentions.places.shapes import Candidate
from kg.mentions.rules import load_section
from kg.mentions.view import View
from kg.mentions.words import Words
from kg.model import STATES

_NAMED = frozenset(("ns", "nt", "nz", "nr", "nrt"))
_KNOWN_BY_ALL = 0.6
_KNOWN_WELL, _OF_LAND = 0.3, frozenset("山河岛湾港")
_WATERS = frozenset("江河海")
_OF_STATES = re.compile("两国|两党|两军|双方|双边|友好|友协|建交|关系")
_TOGETHER = re.compile(
    rf"(?:[经济文化贸易技术科教传统的、和与及]{{0,8}})(?:{_OF_STATES.pattern}|合作|交流|团结|往来)|人民|论坛|贸易|友谊|之间|交往|在各"
)
_AFFAIRS = re.compile("危机|战争|战事|局势|问题|冲突|形势|国家|各国|合作|六国|事务|事态|风云")
_REGION_AFTER = re.compile("各国|诸国|国家|地区|[、和与及](?:[东西北]非|南部非洲)")
_REGION_BEFORE = re.compile("(?:[东西北]非|南部非洲)[、和与及]$")
_CERTAIN = 3  # characters; a longer transcription is trusted more than the segmenter
_SHORT = 2  # characters of names that are ordinary words
_OFFICIAL = 24  # characters of a title and the persons that follow it
_SURNAMES = SURNAMES | frozenset("金朴崔尹玄全许")
# Those that are hardly ever a word, or another name's last character, after a mark.
_ONLY_SURNAMES = frozenset("王李张刘陈赵吴徐孙朱郭罗梁宋郑谢韩冯董萧曹袁邓沈彭吕蒋蔡魏薛阎潘汪姜姚谭廖邹陆郝")
# A name of three characters in a list of such: 朴金喆、金昌满.
_SURNAME = f"[{''.join(sorted(SURNAMES))}金朴崔尹玄全]"
_GIVEN = re.compile(
    f"{_SURNAME}[\u4e00-\u9fff][^省市县区州旗镇乡村庄河江湖山岛港、和与及等\\W](?=[、和与及等说])"
)
_PERSONS = re.compile(f"{_SURNAME}[\u4e00-\u9fff]{{2}}[、和]$")


def stands_here(c: Candidate, seen: View, words: Words) -> bool:
    """Whether the known name is meant, of a state or not (see the module)."""
    text = seen.folded
    if text.startswith("主义", c.end) or not meant(c, text):
        return False
    if c.subkind not in STATES and (text.startswith(_address(), c.end) or _looks_like_one(c, text, words)):
        return False
    if c.prior < _KNOWN_WELL and c.end - c.start == 2 and _GIVEN.match(text, c.start) is not None:
        return _PERSONS.search(text, max(0, c.start - 5), c.start) is None
    if c.prior < _KNOWN_WELL and (text[c.start - 1 : c.start] == "·" or _inside_run(c, text, words)):
        return False
    if c.prior < _KNOWN_BY_ALL and c.subkind not in STATES and _amid_letters(c, text, words):
        return False
    if c.prior < _KNOWN_WELL and _begins_run(c, text, words):
        return False
    if c.prior < _KNOWN_WELL and c.start not in words.at and _splits(c.start, text, words):
        return False
    # 南沙河 + 边, where the lexicon has 河边; 克尔巴贾尔 + 后, where it has 尔后
    headed = c.end - 1 in words.at and text[c.end - 1] in geography().heads
    certain = c.end - c.start > _CERTAIN and geography().loose.issuperset(text[c.start : c.end])
    if c.end in words.at or headed or certain:
        return True
    number = number_around(c, words)
    if number is None or words.tags[number] in _NAMED:
        return True
    return not rjieba.has_word(text[c.end - 1 : words.starts[number + 1]])  # 海岸 in 东海岸


# 爬上 + 海滩, 冲上 + 海岸; 冼恒汉 + 中将; （黄海祥）
_ASHORE = re.compile("(?<=[爬冲登踏跑跳游驶扑涌走送拖推漂闯])上海(?=[滩岸岛面堤])")
_RANK = re.compile("(?<=[上中少大])将(?=[、，,等。和及])")
_SIGNED = re.compile(
    f"[(（][{''.join(sorted(SURNAMES))}][\u4e00-\u9fff][^省市县区州旗镇乡村庄河江湖山岛港关\\W][)）]"
)
_OFFICES = re.compile("政府|人民政府|委|人大|政协|武装部|公安局|人民法院|党委|领导")


def _across(c: Candidate, text: str) -> bool:
    """Whether the characters of the name belong to other words: a rank, a verb, the name of who signs."""
    if _ASHORE.match(text, c.start) is not None:
        return True
    if c.prior >= _KNOWN_BY_ALL or c.subkind in STATES:
        return False
    if _RANK.match(text, c.end) is not None:
        return True
    return c.start > 0 and _SIGNED.match(text, c.start - 1) is not None


def _forename(c: Candidate, text: str) -> bool:
    """Whether a state's name is the first of a foreign person's: 苏丹·阿兹兰."""
    if text[c.end : c.end + 1] != "·" or text[c.end + 1 : c.end + 2] not in geography().common:
        return False
    return geography().loose.issuperset(text[c.start : c.end])


def meant(c: Candidate, text: str) -> bool:
    """Whether an ordinary word, or a word for two states, is the name; a part of a name after “·” is not."""
    if c.subkind in STATES and _forename(c, text):
        return False
    if c.end - c.start == _SHORT:
        if _across(c, text):
            return False
        surface = text[c.start : c.end]
        near = _meant_with().get(surface)
        if near is not None and near.search(text) is None and not text.endswith(reaching(), 0, c.start):
            return False
        if surface in _of_two() and _TOGETHER.match(text, c.end) is not None:  # 中非合作
            return False
        if surface in _attributive() and _AFFAIRS.match(text, c.end) is not None:  # 海湾危机
            return False
    return text[c.start - 1 : c.start] != "·" or text[c.start - 2 : c.start - 1] not in geography().common


def as_region(c: Candidate, text: str) -> bool:
    """Whether a state's name is that of its part of the continent here: 西非、中非和东非, 中非各国."""
    if c.end - c.start != _SHORT or text[c.start : c.end] not in _of_two():
        return False
    return _REGION_AFTER.match(text, c.end) is not None or _REGION_BEFORE.search(text, 0, c.start) is not None


def as_river(c: Candidate, text: str) -> bool:
    """Whether a name that a province or town shares with a river or sea is the water's here: 黑龙江的水位."""
    if text[c.end - 1] not in _WATERS or len(c.items) < 2:
        return False
    return text.startswith(_river("after"), c.end + (text[c.end : c.end + 1] == "的")) or text.endswith(
        _river("before"), 0, c.start
    )


def _looks_like_one(c: Candidate, text: str, words: Words) -> bool:
    """Whether a name of two characters that is no state's is another thing here."""
    if c.end - c.start != 2:
        return False
    if _OF_STATES.match(text, c.end) is not None:  # 中沙两国
        return True
    before = text[c.start - 1 : c.start]
    if text[c.start] == "和" and (
        before in geography().head_ends  # 专区和县
        or (_OFFICES.match(text, c.end) is not None and before.isalnum() and before != "徽")  # 县人大和县政府
    ):
        return True
    if c.prior < _KNOWN_BY_ALL and _of_person(c, text):
        return True
    if c.prior >= _KNOWN_WELL:
        return False
    first, head = words.at.get(c.start), geography().heads.get(text[c.start : c.end])
    if head is not None and head.type != c.subkind and first and words.tags[first - 1] in _NAMED:  # 吉莫山口
        return True
    return _of_official(c, text)


def _of_official(c: Candidate, text: str) -> bool:
    """Whether a title stands before the name and its surname, or before persons that it stands among."""
    around = text[max(0, c.start - _OFFICIAL) : c.start]
    if around[-1:] in _SURNAMES and (around[:-1].endswith(_titles()) or _is_line(c, text)):
        return True
    return text[c.start] in _SURNAMES and _officials().search(around) is not None


def _of_person(c: Candidate, text: str) -> bool:
    """Whether a surname stands right before the name, and a title or nothing else before that: 战士王奎达."""
    surname = text[c.start - 1 : c.start]
    if not surname or surname not in _SURNAMES:
        return False
    if text.endswith(_titles(), max(0, c.start - 6), c.start - 1):
        return True
    before = text[c.start - 2 : c.start - 1] if c.start > 1 else ""
    return surname in _ONLY_SURNAMES and not before.isalnum()


def _is_line(c: Candidate, text: str) -> bool:
    """Whether the name with its surname is a line by itself: a byline."""
    return not text[c.start - 2 : c.start - 1].strip() and not text[c.end : c.end + 1].strip()


@functools.cache
def reaching() -> tuple[str, ...]:
    """The verbs after which an ordinary word is the town of that name."""
    return tuple(load_section("places", "surroundings")["reaching"])


@functools.cache
def _verbs() -> tuple[str, ...]:
    """The words of two characters or more that lead to a place: 到达 + 姆贝亚 is no run of letters."""
    return tuple(word for word in geography().before if len(word) > 1)


@functools.cache
def _river(side: str) -> tuple[str, ...]:
    return tuple(load_section("places", "surroundings")[f"river_{side}"])


@functools.cache
def _of_two() -> frozenset[str]:
    return frozenset(load_section("places", "surroundings")["of_two"])


@functools.cache
def _attributive() -> frozenset[str]:
    return frozenset(load_section("places", "surroundings")["attributive"])


@functools.cache
def _meant_with() -> dict[str, re.Pattern[str]]:
    """Name that is more often something else -> the words of which one is near where it is meant."""
    groups = load_section("places", "meant_with").items()
    return {name: re.compile("|".join(words.split())) for words, names in groups for name in names.split()}


@functools.cache
def _titles() -> tuple[str, ...]:
    return tuple(geography().titles)


@functools.cache
def _officials() -> re.Pattern[str]:
    """A title and one or more persons of three characters, joined, to the end: 副市长张瑞权、."""
    return re.compile(
        f"(?:{'|'.join(map(re.escape, geography().titles))})(?:{_SURNAME}[\u4e00-\u9fff]{{2}}[、和])+$"
    )


@functools.cache
def _address() -> tuple[str, ...]:
    return tuple(load_section("places", "surroundings")["address"])


def _amid_letters(c: Candidate, text: str, words: Words) -> bool:
    """Whether a transcribed name goes on on both sides, or where a word does: 利马 in 哈比亚利马纳.

    Or before “·”: 基多 in 蒙基多·贝雷兹.
    """
    if text[c.end : c.end + 1] == "·":
        return True
    common = geography().common
    if not c.start or not common.issuperset(text[c.start : c.end]):
        return False
    before = text[c.start - 1] in common and not text.endswith(_verbs(), 0, c.start)
    after = text[c.end : c.end + 1] in common
    if before and after:
        return True
    return (before and c.start not in words.at) or (after and c.end not in words.at)


def _splits(at: int, text: str, words: Words) -> bool:
    """Whether the offset is inside a word of the lexicon that ends right after it: 应城市 in 供应城市."""
    if text.endswith(_verbs(), 0, at):
        return False
    return at + 1 in words.at and at - 1 in words.at and rjieba.has_word(text[at - 1 : at + 1])


def _inside_run(c: Candidate, text: str, words: Words) -> bool:
    """Whether single letters of transcription stand right beside a transcribed name, outside of words."""
    geo = geography()
    stem = text[c.start : c.end - 1] if text[c.end - 1] in _OF_LAND else text[c.start : c.end]
    if c.end - c.start > 3 or not geo.loose.issuperset(stem):
        return False
    first, last = words.at.get(c.start), words.at.get(c.end)
    before = words.words[first - 1] if first and not text.endswith(_verbs(), 0, c.start) else ""
    after = words.words[last] if last is not None and last < len(words.words) else ""
    return _letters(before, geo) or _letters(after, geo)


def _begins_run(c: Candidate, text: str, words: Words) -> bool:
    """Whether a transcribed name is only the beginning of a word that no lexicon has: 塔尔图 of 塔尔图斯."""
    first = words.at.get(c.start)
    if first is None or c.end in words.at or not geography().common.issuperset(text[c.start : c.end]):
        return False
    word = words.words[first]
    return len(word) > c.end - c.start and _letters(word, geography())


def _letters(word: str, geo: Geography) -> bool:
    """Whether a word beside a name is only letters of transcription that no lexicon knows as a word."""
    if len(word) < 2:
        return word in geo.common
    return geo.common.issuperset(word) and not rjieba.has_word(word)


def number_around(c: Candidate, words: Words) -> int | None:
    """The number of the word inside which the candidate ends."""
    number = next((words.at[p] for p in range(c.end - 1, c.start - 1, -1) if p in words.at), None)
    return number if number is not None and number < len(words.words) else None
