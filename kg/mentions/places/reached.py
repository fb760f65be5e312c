"""Names whose place among their neighbours makes them places.

* between two places of an enumeration, or one after the other in one (同登、禄平和老街);
* after a verb or preposition that leads to a place (撤往尼什, 在头顿附近), or before 消息 (古晋消息);
* right after what contains them (四川 + 阆中, 西沙群岛的 + 甘泉岛), after an item of a list with the same
  head word, after 首府.
"""

from __future__ import annotations

import functools
import re

import rjieba

from kg.mentions.places.geography import geography
from kg.mentions.places.shapes import Candidate
from kg.mentions.places.standing import reaching
from kg.mentions.rules import load_section
from kg.mentions.words import Words
from kg.model import STATES

_AMONG, _LIKELIER, _LONGER, _SEPARATORS = 0.6, 1.5, 0.1, frozenset("、和与及")
_CONTAINING, _CONTAINING_ENDS = frozenset(("province", "prefecture", "county")), frozenset("省邦州县")
_TOWNS = frozenset(("city",))
_OF_TOWNS = frozenset(("district", "county"))
_STRETCHES = ("流域", "平原", "三角洲", "高原", "山区")  # 滁河流域的 + 全椒
_IMPROBABLE, _FAR_FROM, _NO_PERSONS = -1.5, -2.5, frozenset("河湖岛溪屿渠滩")
_GUESSED, _FOREIGN = frozenset(("run", "guess")), 3  # characters of a transcribed name at least
_FAIR, _NEXT = 0.2, frozenset(("和", "与", "及", "后", "时"))
_AT = frozenset("在到至抵于往离距赴驻经自从由沿向")
_LED_BY = re.compile(
    "的?(?:领导|指挥|主持|率领|带领|陪同|影响|帮助|关怀|倡议|担任|介绍|签|接|发起|提|供|主办|编|写|译|作|负)"
)
_SEATS = ("首府", "首都", "省会", "州府")
_ISLES, _ISLE_HEADS = ("群岛", "列岛"), frozenset("岛礁屿滩")
_AKIN = _SEPARATORS | {"的", "岛"}
_SIDES = re.compile("方向|地区|等?地|等?[县镇城]|一线|一带|之?间|两[地县镇城]")
_PART_OF = re.compile("(?:(?:[东南西北中]{1,2}部|境内|沿海|沿岸|外围|附近|边境)(?:的|城市|港口|边境)?|的)$")
Scored = tuple[float, Candidate]
"""A candidate with its log-odds of being a place; what is `known` of a text has one for each stretch."""


def among(text: str, known: dict[tuple[int, int], Scored]) -> None:
    """A known name between two places of an enumeration is one; a guessed one is likelier."""
    starts = {start for (start, _), (score, _) in known.items() if score > 0}
    ends = {end for (_, end), (score, _) in known.items() if score > 0}
    for span, (score, c) in known.items():
        if score > 0 or c.start - 1 not in ends or c.end + 1 not in starts:
            continue
        if text[c.start - 1] in _SEPARATORS and text[c.end] in _SEPARATORS:
            known[span] = (max(score, _AMONG) if c.way == "dict" else score + _LIKELIER, c)


def chained(text: str, words: Words, known: dict[tuple[int, int], Scored]) -> frozenset[tuple[int, int]]:
    """The lesser known names that follow one another in an enumeration; they become likely ones."""
    ends = dict(  # of those that begin together the longest
        sorted(
            (c.start, c.end)
            for _, c in known.values()
            if c.way == "dict" and not c.other and not c.nested and c.end - c.start > 1
        )
    )
    closed = set(ends.values())
    out: set[tuple[int, int]] = set()
    for start in sorted(ends):
        if text[start - 1 : start] in _SEPARATORS and (start - 1) in closed:
            continue  # the chain began earlier
        chain = [(start, ends[start])]
        while text[chain[-1][1] : chain[-1][1] + 1] in _SEPARATORS and (chain[-1][1] + 1) in ends:
            chain.append((chain[-1][1] + 1, ends[chain[-1][1] + 1]))
        if len(chain) < 2:
            continue
        many = len(chain) > 2
        good = sum(
            known[s][0] > 0
            or _uncommon(s, text, words)
            or _named(s, words)
            or (many and known[s][1].prior >= _FAIR)
            for s in chain
        )
        led = text[max(0, chain[0][0] - 1) : chain[0][0]] in _AT
        around = led and (_SIDES.match(text, chain[-1][1]) is not None or text[chain[0][0] - 1] == "经")
        if not around and (good < 2 or 2 * good < len(chain)):
            continue
        for span in chain:
            score, c = known[span]
            if score <= 0:
                known[span] = (_AMONG, c)
                out.add(span)
    return frozenset(out)


def reached(text: str, words: Words, known: dict[tuple[int, int], Scored]) -> frozenset[tuple[int, int]]:
    """The lesser known names between a verb that leads to a place and a mark or a cue: 撤往 + 尼什 + 。

    Or between a mark and what stands beside a place: ，+ 尼什 + 附近.
    """
    geo, out = geography(), set()
    for span, (score, c) in known.items():
        if score > 0 or c.way != "dict" or c.other or c.nested:
            continue
        first, last = words.at.get(c.start), words.at.get(c.end)
        if first is None or last is None:
            continue
        before = words.words[first - 1] if first else "。"
        after = words.words[last] if last < len(words.words) else "。"
        led = text.endswith(reaching(), 0, c.start)  # to a place, whatever the word is elsewhere
        if not led and (len(before) < 2 or before not in geo.before or not _uncommon(span, text, words)):
            named = _name_like(first, last, words) or c.end - c.start > 2
            likely = _beside(before, after, named=named) or (
                named and before in _AT and _LED_BY.match(text, c.end) is None
            )
        else:
            likely = after in geo.after or not after[0].isalnum() or after in _NEXT
        if likely:
            known[span] = (_AMONG, c)
            out.add(span)
    return frozenset(out)


def _beside(before: str, after: str, *, named: bool) -> bool:
    """Whether a name between these words is a place's by what follows: 附近, or 消息 after a mark."""
    geo = geography()
    marked = not before[0].isalnum()
    if after == "消息":
        return marked and named
    alone = marked or before in geo.before or before in geo.enumeration
    return alone and after in geo.beside and (named or before in _AT)


def _named(span: tuple[int, int], words: Words) -> bool:
    """Whether the span is one word, which is tagged as a name and goes on from no letter (拉 + 哈勒)."""
    first, last = words.at.get(span[0]), words.at.get(span[1])
    if first is None or last != first + 1 or words.tags[first][:2] not in ("nr", "nz"):
        return False
    return not first or words.words[first - 1] not in geography().common


def _name_like(first: int, last: int, words: Words) -> bool:
    """Whether the words may be a name's: one that is tagged as a name, or that the lexicon has not."""
    word = words.words[first]
    return last == first + 1 and (words.tags[first][:2] in ("nr", "ns", "nz") or not rjieba.has_word(word))


def _uncommon(span: tuple[int, int], text: str, words: Words) -> bool:
    """Whether the lexicon has no such word, or has it for a place's name where words end where it ends."""
    first, last = words.at.get(span[0]), words.at.get(span[1])
    if first is not None and last == first + 1 and words.tags[first] == "ns":
        return True
    return not rjieba.has_word(text[slice(*span)])


def contained(text: str, words: Words, known: dict[tuple[int, int], Scored]) -> None:
    """A lesser known name, or a whole run of transcription, right after a place that contains others."""
    geo = geography()
    sure = [c for score, c in known.values() if score > 0]
    ends = {c.end for c in sure if _contains(text, c)}
    states, towns = ({c.end for c in sure if c.subkind in kinds} for kinds in (STATES, _TOWNS))
    starts = {end: start for (start, end), (score, _) in known.items() if score > 0}
    if not ends and not states and not towns:
        return
    located = _located()
    for span, (score, c) in known.items():
        if score > 0 or c.end not in words.at:
            continue
        following = words.words[min(words.at[c.end], len(words.words) - 1)]
        if c.start not in words.at:  # 英国牛津 in one word
            likely = c.way == "dict" and not c.other and not c.nested and c.start in states
        elif c.start in ends or c.start in towns:
            likely = _of_area(c, score, text) if c.start in ends else _of_town(c, score, text)
        elif c.start in states:
            likely = following in located and _foreign(c, text)
        else:
            known_one = c.way == "dict" and not c.other
            if not known_one and (c.way not in _GUESSED or c.end - c.start < _FOREIGN):
                continue
            part = _PART_OF.search(text, max(0, c.start - 6), c.start)
            if part is None or part.start() not in ends | states:
                continue
            at = starts.get(part.start(), 0)
            led = part[0] != "的" or text[at - 1 : at] in _AT  # 从纳米比亚的鲁阿卡纳侵入
            likely = (
                _uncommon(span, text, words) or _named(span, words)
                if known_one
                else led and _foreign(c, text)
            )
        if likely and following not in geo.person and following not in geo.titles:
            known[span] = (_AMONG, c)


def _of_area(c: Candidate, score: float, text: str) -> bool:
    """Whether a name right after a province or county is that of a place in it: 四川 + 阆中."""
    known = c.way == "dict" and not c.other and score > _FAR_FROM
    return known or (score > _IMPROBABLE and _headed(c, text)) or _foreign(c, text)


def _of_town(c: Candidate, score: float, text: str) -> bool:
    """Whether a known name right after a town is that of its district: 北京海淀区, not 北京新源 + 里."""
    known = c.way == "dict" and not c.other and score > _IMPROBABLE and c.subkind in _OF_TOWNS
    return known and text[c.end : c.end + 1] not in geography().head_ends


def akin(text: str, words: Words, known: dict[tuple[int, int], Scored]) -> None:
    """A new name beside what it belongs to: 西沙群岛的 + 甘泉岛, 甘泉岛、 + 金银岛, 首府 + 三隆."""
    open_ones = [c for score, c in known.values() if score <= 0 and _may_be_akin(c, text)]
    if not open_ones:
        return
    heads = {end: text[end - 1] for (_, end), (score, _) in known.items() if score > 0}
    for c in sorted(open_ones, key=lambda c: c.start):
        if c.start not in words.at or c.end not in words.at:
            continue
        if c.head:
            before = c.start - (text[c.start - 1] == "的")
            isle = c.head in _ISLE_HEADS and before in heads and text.endswith(_ISLES, 0, before)
            listed = (
                text[c.start - 1] in _SEPARATORS
                and c.start - 1 in heads
                and text.endswith(c.head, 0, c.start - 1)
            )
            likely = isle or listed
        else:
            short = c.way == "lexicon" and c.end - c.start <= _FOREIGN  # 城市绿化 is tagged a place too
            likely = short or c.way == "dict" or (c.way == "guess" and _transcribed(text[c.start : c.end]))
        if likely:
            stem, _ = known.get((c.start, c.end - len(c.head)), (0.0, c))
            known[c.start, c.end] = (max(_AMONG, stem + _LONGER), c)  # 羊山集、 + 独山集, not 独山
            heads[c.end] = text[c.end - 1]


def _may_be_akin(c: Candidate, text: str) -> bool:
    """Whether such a thing stands right before the candidate."""
    if not c.start or c.other or c.nested:
        return False
    return text[c.start - 1] in _AKIN if c.head else text.endswith(_SEATS, 0, c.start)


def _foreign(c: Candidate, text: str) -> bool:
    """Whether a guessed name is a whole run of transcription."""
    if c.way not in _GUESSED or c.end - c.start < _FOREIGN or not _transcribed(text[c.start : c.end]):
        return False
    return text[c.end : c.end + 1] not in geography().common and text[c.end : c.end + 1] != "·"


def _headed(c: Candidate, text: str) -> bool:
    """Whether a new name has a head word in which no person's ends, or is transcribed before it."""
    if c.way not in ("guess", "word", "lexicon") or not c.head:
        return False
    return c.head in _NO_PERSONS or _transcribed(text[c.start : c.end - len(c.head)])


def _contains(text: str, c: Candidate) -> bool:
    if text.endswith(_STRETCHES, c.start, c.end):
        return True
    return c.subkind in _CONTAINING or text[c.end - 1] in _CONTAINING_ENDS


def _transcribed(text: str) -> bool:
    """Whether `text` is written in letters of transcription, most of them in little else."""
    return geography().loose.issuperset(text) and mostly_letters(text)


def mostly_letters(text: str) -> bool:
    """Whether two thirds of `text` are characters that little but transcription is written in."""
    common = geography().common
    return 3 * sum(ch in common for ch in text) >= 2 * len(text)


@functools.cache
def _located() -> frozenset[str]:
    return frozenset(load_section("places", "surroundings")["located"])
