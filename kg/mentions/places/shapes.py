"""Stretches of Chinese text that may be places: what a dictionary, a word's shape or its letters propose.

Nothing is decided here: :mod:`kg.mentions.places.judging` weighs each candidate.  A candidate is proposed by

* the dictionary (``dict``), or a dictionary name and a geographic head word (``known``: 加丹加 + 省);
* a head word with the one to three words before it (``shape``: 千根 + 乡), or in the same word (``word``);
* the segmenter's lexicon of places (``lexicon``) or its guess at a proper name (``guess``);
* a run of characters that transcribe foreign names (``run``: 科耳韦济);
* a common word that is a town's name too (``faint``: 和平), for an enumeration to decide;
* words between what leads to a place and what stands beside one (``frame``: 在 + 道巴 + 附近);
* an autonomous prefecture, county or banner with its peoples (``autonomous``: 青平彝族自治县).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import compress
from typing import NamedTuple

from kg.mentions.names import NameMatch
from kg.mentions.places.geography import Geography, geography
from kg.mentions.rules import Trigger
from kg.mentions.words import Words, is_name
from kg.model import STATES

# What continues a word that only looks like a medium's name: 国际社会, 消息报道, 世界报告.
CONTINUING = {
    "社": frozenset("会团员区交论"),
    "报": frozenset("告道导复仇名销酬效业表馆"),
    "台": frozenset("湾"),
    "闻": frozenset("处司发公工界学媒"),
}
_MODEL, _NO_MODEL = frozenset("式型号牌"), frozenset(("号召", "式样", "号称"))
_WHOLE = frozenset(("dict", "pattern", "autonomous"))
_GROWN, _WHOLE_LINES = frozenset(("known", "shape")), ("铁路", "公路", "运河", "大桥", "水库")
_BUILDING, _BUILT_BY_HAND = frozenset("筑修铺架搭挖"), frozenset("路桥渠坝闸")  # 山区 + 筑路
_OF_FRONTS = frozenset("东西南北中前战防")
_SEVERAL, _OF_LENGTH = frozenset("两三四五六七八九十几数"), frozenset("公英华海百千万0123456789")
_LETTERS = 3  # of a transcribed name before its last, where that is a head word too
# 甲河和乙河; 甲乡乙村: two names.
_SEVERAL_NAMES = re.compile(
    "[省市县州区旗镇乡村河江湖山]和"
    "|.[省市县区旗镇乡].{1,4}[市县区镇乡村庄营寨]$"
    "|^[省市县区旗镇乡].{2,}[区镇乡村庄]$"
    "|.县(?!城).{2,}$"
)
_RIVER = re.compile("[\u4e00-\u9fff]{1,3}[江河]")
_BECAME = ("成立", "独立", "建国", "统一", "诞生")
_NOT_THE_SEA, _STATE = frozenset("外军员关"), 0.9
_LONGEST = 7  # characters of a name by shape
_PROPER = frozenset(("nr", "nrt", "nz", "nrfg"))
# Words of these kinds (first letter of the tag) are no part of a name: preposition, particle, conjunction,
# pronoun, modal particle, punctuation, interjection, onomatopoeia.
_OUTSIDE, _JOINING = frozenset("pucryxeo"), frozenset("和与及")
_ACTIONS = frozenset("vd")  # verbs and adverbs of two characters begin no name
_HEAD_TAGS = frozenset("nxjsvzmqltkfai")
_PEOPLES, _NO_PEOPLES = "族", frozenset(("民族", "少数民族", "各族", "多民族", "异族", "本族", "贵族"))
_REMEMBERED = 100_000  # words
_FRAMED = 4  # words of a name between its cues


class Candidate(NamedTuple):
    """A stretch that may be a place: ``text[start:end]``, proposed by ``way`` (see the module).

    ``rule`` names the rule for provenance; ``head`` is its geographic head word, if it has one;
    ``other`` the kind that the same string means more often (``person``), if any.
    """

    start: int
    end: int
    way: str
    rule: str
    subkind: str = ""
    items: tuple[str, ...] = ()
    prior: float = 0.0
    other: str = ""
    head: str = ""
    nested: bool = False


def candidates(text: str, words: Words, names: Iterable[NameMatch]) -> list[Candidate]:
    """All candidates of `text` (simplified, as the matcher folds it); at most one for each stretch."""
    found: dict[tuple[int, int], Candidate] = {}
    known: dict[int, int] = {}
    for m in names:
        c = _from_dictionary(m, text)
        if c is not None:
            found.setdefault((c.start, c.end), c)
            if c.prior:
                known[c.end] = c.start
    lexical = _from_words(words, known, geography())
    for c in lexical:
        found.setdefault((c.start, c.end), c)
    for c in _from_runs(text, words, geography()):
        found.setdefault((c.start, c.end), c)
    for c in _from_patterns(text, geography()):
        found[c.start, c.end] = c
    geo = geography()
    return [c for c in found.values() if not _impossible(c, text, geo)]


def _impossible(c: Candidate, text: str, geo: Geography) -> bool:
    """No name: a common word, a model's name, or a stretch that the segmenter cut badly."""
    surface = text[c.start : c.end]
    stem = surface[: len(surface) - len(c.head)]
    if surface in geo.never or (c.subkind == "area" and stem in geo.never) or _model_name(text, c.end):
        return True
    if c.way in _WHOLE:
        return False
    if surface[0] in _JOINING and text[c.start - 1 : c.start] in geo.head_ends and surface[:2] != "和平":
        return True  # 淮河 + 和 + 洛河
    if surface[0] in geo.front or not geo.inside.isdisjoint(surface):
        return True
    if _SEVERAL_NAMES.search(surface) is not None:
        return True
    if c.way in _GROWN and stem.endswith(_WHOLE_LINES):  # 兰新铁路 + 铺到
        return True
    if _of_other_words(c, stem, text):
        return True
    if c.head in _BUILT_BY_HAND and stem[-1:] in _BUILDING:
        return True
    if c.head == "营" and stem[-1:] == "一":  # 二三五团一营
        return True
    return bool(c.head) and (stem[-1:] in _SEVERAL or (c.head == "里" and stem[-1:] in _OF_LENGTH))


def _of_other_words(c: Candidate, stem: str, text: str) -> bool:
    """Whether the head word is another word's: 朝鲜 + 西线, 莫斯科 + 市中心."""
    if c.head == "线":
        return stem[-1:] in _OF_FRONTS
    if c.head == "渡" and _RIVER.match(text, c.end) is not None:  # 循化 + 渡黄河
        return True
    return c.head == "市" and c.way == "known" and text.startswith(("中心", "内", "区"), c.end)


def _model_name(text: str, end: int) -> bool:
    """A ship, aircraft or brand named after a place: “堪培拉”式, 上海牌."""
    at = end + (text[end : end + 1] in '”」"')
    return text[at : at + 1] in _MODEL and text[at : at + 2] not in _NO_MODEL


def _from_patterns(text: str, geo: Geography) -> Iterator[Candidate]:
    for rule, m in geo.patterns.scan(text):
        yield Candidate(m.start(), m.end(), "pattern", rule.name, rule.production)


def _from_dictionary(m: NameMatch, text: str) -> Candidate | None:
    name = m.of_kind("place")
    if name is None or (m.inside is not None and m.inside.of_kind("place") is not None):
        return None
    other = "" if m.name.kind == "place" else m.name.kind
    if (
        m.text[-1] == "国"
        and len(m.text) > 2
        and m.text[-2] not in "和王帝邦众"
        and text[m.end : m.end + 1] in geography().after_state
    ):
        return Candidate(m.start, m.end - 1, "dict", "place-dictionary", name.subkind, name.items, name.prior)
    if m.text[-1] == "市" and len(m.text) > 2 and text[m.end : m.end + 1] == "民":  # the citizens of 德里
        return Candidate(m.start, m.end - 1, "dict", "place-dictionary", name.subkind, name.items, name.prior)
    if m.text[-1] == "海" and len(m.text) > 2 and text[m.end : m.end + 1] in _NOT_THE_SEA:  # 日本 + 海外
        return Candidate(m.start, m.end - 1, "dict", "place-dictionary", "country", (), _STATE)
    if name.prior < 0:  # a common word, for an enumeration to decide
        return Candidate(m.start, m.end, "faint", "place-dictionary", name.subkind, name.items)
    start, modifiers = m.start, geography().modifiers
    if m.text.startswith(modifiers):
        start += next(len(w) for w in modifiers if m.text.startswith(w))
    if start > m.start and name.subkind in STATES and m.end - start > 1:
        return Candidate(start, m.end, "dict", "place-dictionary", name.subkind, name.items, name.prior)
    nested = m.inside is not None and not (runs_on(m.inside, text) or happening(m.inside))
    rule = "place-nested" if nested else "place-dictionary"
    return Candidate(m.start, m.end, "dict", rule, name.subkind, name.items, name.prior, other, "", nested)


def runs_on(m: NameMatch, text: str) -> bool:
    """Whether a medium's name only seems to stand there: 越南社 in 越南社会主义, 柏林报 in 从柏林报道."""
    return text[m.end : m.end + 1] in CONTINUING.get(m.text[-1], ())


def happening(m: NameMatch) -> bool:
    """Whether the name only says what became of a place, which it names too: 中华人民共和国成立."""
    return m.name.kind == "event" and m.text.endswith(_BECAME)


class _Part(NamedTuple):
    """What a word can be in a place's name, wherever it stands: a head word (``trigger``), a word with the
    head word ``head`` at its end (``inner``), a name by itself (``way``), a cue ``beside`` a name, 自治县.
    """

    trigger: Trigger | None
    inner: Trigger | None
    head: str
    way: str
    beside: bool
    autonomous: bool


class _Parts(dict[tuple[str, str], _Part | None]):
    """By word and tag; None for the many words that have no part in a place's name."""

    def __missing__(self, key: tuple[str, str]) -> _Part | None:
        part = _part(*key)
        if len(self) < _REMEMBERED:
            self[key] = part
        return part


_parts = _Parts()


def _part(word: str, tag: str) -> _Part | None:
    geo = geography()
    trigger, inner, head, way = geo.heads.get(word), None, "", ""
    several = len(word) > 1
    if several:
        if trigger is None and word[-1] in geo.head_ends and tag[0] in _HEAD_TAGS:
            inner, head = _inner_head(word, tag, geo)
        way = "lexicon" if tag == "ns" else "guess" if tag in _PROPER else "word" if inner else ""
    beside = several and word in geo.beside
    autonomous = several and not beside and word.endswith(geo.autonomous)
    if trigger is None and not way and not beside and not autonomous:
        return None
    return _Part(trigger, inner, head, way, beside, autonomous)


def _from_words(words: Words, known: dict[int, int], geo: Geography) -> Iterator[Candidate]:
    starts = words.starts
    parts = [*map(_parts.__getitem__, zip(words.words, words.tags, strict=True))]
    # Passed over at the speed of C: the many words without a part.
    for i, part in zip(compress(range(len(parts)), parts), filter(None, parts), strict=True):
        start, end = starts[i], starts[i + 1]
        trigger, inner, head, way, beside, autonomous = part
        if trigger is not None:
            if start in known:
                word = words.words[i]
                yield Candidate(known[start], end, "known", trigger.name, trigger.type, head=word)
            yield from _extended(words, i, trigger.name, trigger.type, words.words[i], 3)
        if beside:
            yield from _framed(words, i, geo)
        elif autonomous:
            yield from _autonomous(words, i, geo)
        if way == "lexicon":
            known.setdefault(end, start)
        if way:
            rule, subkind = (inner.name, inner.type) if inner is not None else (f"place-{way}", "")
            yield Candidate(start, end, way, rule, subkind, head=head)
        if inner is not None:
            yield from _extended(words, i, inner.name, inner.type, head, 2)


def _framed(words: Words, i: int, geo: Geography) -> Iterator[Candidate]:
    """The names or single characters before word `i`, if what stands before them leads to a place."""
    end = words.starts[i]
    for j in range(i - 1, max(-1, i - 2 - _FRAMED), -1):
        word, tag = words.words[j], words.tags[j]
        if word in geo.before:
            if 2 <= end - words.starts[j + 1] <= _LONGEST:
                yield Candidate(words.starts[j + 1], end, "frame", "place-framed")
            return
        if tag[0] in _OUTSIDE or not (len(word) == 1 or is_name(word, tag)):
            return


def _autonomous(words: Words, i: int, geo: Geography) -> Iterator[Candidate]:
    """The name that ends with word `i`, 自治州 or the like: its peoples and the one name before them."""
    word, end = words.words[i], words.starts[i + 1]
    head = next(h for h in geo.autonomous if word.endswith(h))
    first = i
    while first and (before := words.words[first - 1])[-1] == _PEOPLES and before not in _NO_PEOPLES:
        first -= 1
    if word == head:
        first -= 1
        if first < 0 or not (len(words.words[first]) > 1 and is_name(words.words[first], words.tags[first])):
            return
    elif first < i or len(word) < len(head) + 2:
        return
    trigger = geo.heads[head]
    yield Candidate(words.starts[first], end, "autonomous", trigger.name, trigger.type, head=head)


def _inner_head(word: str, tag: str, geo: Geography) -> tuple[Trigger | None, str]:
    """The head word in which `word` ends: 庄 of 李家庄."""
    if tag == "nt" or not is_name(word, tag):
        return None, ""
    for length in range(min(len(word) - 1, geo.longest), 0, -1):
        if (inner := geo.heads.get(word[-length:])) is not None:
            stem = word[:-length]
            if len(stem) >= _LETTERS and geo.common.issuperset(stem) and word[-length:] in geo.common:
                break  # 德卡斯特里: the last letter of a foreign name
            return inner, word[-length:]
    return None, ""


def _extended(words: Words, i: int, rule: str, subkind: str, head: str, most: int) -> Iterator[Candidate]:
    """The word(s) before word `i` taken into the name, one more each time."""
    end, before = words.starts[i + 1], geography().before
    for j in range(i - 1, max(-1, i - 1 - most), -1):
        word, tag = words.words[j], words.tags[j]
        if tag[0] in _OUTSIDE or end - words.starts[j] > _LONGEST or word in before:
            return
        if len(word) > 1 and tag[0] in _ACTIONS:
            return
        yield Candidate(words.starts[j], end, "shape", rule, subkind, head=head)
        if len(word) > 1 and word[0] in before and tag in _PROPER:  # 往沧 + 口 + 机场
            yield Candidate(words.starts[j] + 1, end, "shape", rule, subkind, head=head)


def _from_runs(text: str, words: Words, geo: Geography) -> Iterator[Candidate]:
    at = words.at
    for m in geo.runs.finditer(text):
        start, end = m.span()
        starts = [start, *(p for p in range(start + 1, min(end, start + 8)) if p in at)][:4]
        ends = [end, *(p for p in range(end - 1, max(start, end - 8), -1) if p in at)][:3]
        for a in starts:
            for b in ends:
                if 3 <= b - a <= 12:
                    yield Candidate(a, b, "run", "place-transcription")
        number = at.get(end)
        head = words.words[number] if number is not None and number < len(words.words) else ""
        if (trigger := geo.heads.get(head)) is not None:
            for a in starts:
                if end - a <= 8:
                    yield Candidate(a, end + len(head), "shape", trigger.name, trigger.type, head=head)
