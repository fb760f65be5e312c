"""Noun phrases that may name a unit: a word for one with all that can stand before it.

莫坎族 + 伪军, 妇女 + 支队, "naval" + "units", "the Silawi" + "Brigade".  From its head (伪军, "Brigade") a
phrase is followed outwards, part by part, as long as what stands there can belong to it: a number, a known
name, a people, an arm, a noun.  Each part has a sort, and each place where a part begins is one where the
name may begin; which of them it is, if any, is for :mod:`kg.mentions.units.judging` to say.  The words are
``[phrases]`` and ``[phrase_words]`` of ``rules/units.toml``.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from kg.mentions.names import NameMatch
from kg.mentions.places.judging import SURNAMES
from kg.mentions.rules import load_patterns, load_section
from kg.mentions.rules.scanning import occurrences
from kg.mentions.units.formations import sizes, stands
from kg.mentions.view import View
from kg.model import STATES, Lang

_FILE = "units"
_PARTS, _REACH = 6, 18  # parts of a Chinese phrase before its head at most, and their characters
_WORDS = 7  # the same of an English one
_WITHHELD = "某"
_QUOTED = 12, 30  # characters of a nickname at most, with its marks, in Chinese and in English
_KINDS = {"organisation": "organisation", "person": "person", "unit": "unit"}
_NAMES = frozenset(("nr", "nrt", "nrfg", "ns", "nz", "nt", "x", "zg"))  # tags of words
_NOUNS = frozenset(("n", "j", "b", "s", "ng", "g"))
_NO_POWERS = frozenset(("p", "c", "d", "v", "u"))
_JOINING = frozenset("的和与及在被由从向对同了过着是有辖属说称把将")
_COUNTS = frozenset(("counted", "count", "a"))
_NUMBERS = frozenset(("ordinal", "number"))
_CAPITALS = frozenset(("Name", "Kind", "Owner"))  # sorts of English parts
_LETTERS = frozenset(("letters", "name", "place", "piece"))
_NUMBERED = frozenset(("ordinal", "count", "a"))
# Sorts of parts that do not stand right before a size, and before one that civil bodies have too.
_WEAK = frozenset(("piece", "noun"))
_WEAKER = _WEAK | {"place", "name", "letters", "power", "state", "organisation", "person"}
_NO_PARTS = frozenset(
    ("", *_JOINING, *"，。、；：！？（）《》〈〉　 \n")
)  # before a Chinese head that has none
_PEOPLE = ("族", "籍")
_LONGEST = 4  # characters of a Chinese word that says of what kind a unit is
_OPENING, _CLOSING = '"“', '"”'
_OPENED, _CLOSED = ("（", "("), ("）", ")")
_STATIONED = frozenset(("place", "state", "name", "power", "noun"))  # sorts of what stands after 驻

_Ends = Mapping[int, NameMatch]  # known names by where they end


class Part(NamedTuple):
    """What stands before a head: where it begins, of what sort it is, and its words."""

    start: int
    sort: str
    words: str


class Phrase(NamedTuple):
    """``text[start:end]`` with its head, from ``head`` on, and its parts from the head outwards."""

    start: int
    end: int
    head: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Grammar:
    """What the phrases of one language are made of."""

    heads: re.Pattern[str]
    words: AhoCorasick  # with one of these each head begins
    kinds: frozenset[str]
    number: re.Pattern[str]
    counted: re.Pattern[str]
    powers: frozenset[str]
    letters: frozenset[str]
    parties: frozenset[str]
    never: frozenset[str]
    vague: frozenset[str]
    general: re.Pattern[str]
    sizes: re.Pattern[str]
    alone: re.Pattern[str]


@functools.cache
def _grammar(lang: Lang) -> _Grammar:
    patterns, words = (
        load_patterns(_FILE, "phrases", lang.value),
        load_section(_FILE, "phrase_words")[lang.value],
    )
    known = load_section(_FILE, "vocabulary"), load_section(_FILE, "words")
    chinese = lang is Lang.ZH
    kinds = {*known[0]["armed"], *known[1]["between"]} if chinese else set()
    return _Grammar(
        patterns["heads"],
        AhoCorasick(
            _heads(words["heads"]), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA
        ),
        frozenset(kinds.union(words["kinds"])),
        patterns["number"],
        patterns["counted"],
        frozenset(words["powers"] if chinese else known[1]["demonym"]),
        frozenset("".join(load_section("places", "transcription").values()) if chinese else ""),
        frozenset(known[0]["parties"] if chinese else ()),
        frozenset(words["never"]) | (frozenset() if chinese else _never_first()),
        frozenset(words["vague"]),
        patterns["general"],
        patterns["sizes"],
        patterns["alone"],
    )


def _heads(words: list[str]) -> list[str]:
    """`words`, English ones in both cases."""
    return sorted({*words, *(w[0].upper() + w[1:] for w in words)})


def _never_first() -> frozenset[str]:
    """Verbs and prepositions that begin an English headline."""
    return frozenset(map(str.lower, load_section("places", "english")["never_first"]))


def phrases(seen: View, taken: Container[int] = ()) -> Iterator[tuple[Phrase, ...]]:
    """For each head in the text the phrases that end with it, the shortest first.

    What ends at an offset in `taken` is passed over.
    """
    grammar, chinese = _grammar(seen.lang), seen.lang is Lang.ZH
    text = seen.folded if chinese else seen.text
    names: dict[int, NameMatch] | None = None
    done = 0
    for _, start, end in occurrences(grammar.words, text, overlapping=False):
        if end in taken or start < done or (head := grammar.heads.match(text, start)) is None:
            continue
        done = head.end()
        if done in taken or (chinese and text[start - 1 : start] in _NO_PARTS):
            continue
        if names is None:  # where each ends, of several the longest
            names = {m.end: m for m in reversed(seen.names)}
        walk = _chinese if chinese else _english
        parts = walk(seen, grammar, names, *head.span())
        grown = _whole([*_grown(parts, *head.span())])
        if out := tuple(p for p in grown if _particular(text, grammar, p)):
            yield out


def _grown(parts: Iterator[Part], head: int, end: int) -> Iterator[Phrase]:
    before: tuple[Part, ...] = ()
    yield Phrase(head, end, head, ())
    for part in parts:
        before = (*before, part)
        yield Phrase(part.start, end, head, before)


def _whole(grown: list[Phrase]) -> list[Phrase]:
    """Without those that leave out how many there are, a number, or the beginning of a name in capitals."""
    sorts = [p.parts[-1].sort if p.parts else "" for p in grown]
    if sorts[-1] in _COUNTS:
        return grown[-1:]
    after = [*sorts[1:], ""]
    cut = (a in _NUMBERS or (a in _CAPITALS and s in _CAPITALS) for s, a in zip(sorts, after, strict=True))
    return [p for p, c in zip(grown, cut, strict=True) if not c]


def _particular(text: str, grammar: _Grammar, phrase: Phrase) -> bool:
    """Whether a phrase can name one unit: what has no part, or begins with one that many have, names none.

    A formation of a size is counted, or has a number or a name: 教师 and 难民营 are none, 松林大队 is civil.
    """
    head = text[phrase.head : phrase.end]
    size = grammar.sizes.fullmatch(head) is not None
    if not phrase.parts:
        return grammar.alone.fullmatch(head) is not None
    first, last = phrase.parts[-1], phrase.parts[0]
    chinese = not head[0].isascii()
    vague = first.words in grammar.vague and first.sort != "Kind" and (chinese or first is last)
    if vague and grammar.general.fullmatch(head) is not None:
        return False
    if last.words == _WITHHELD or (chinese and first.words in grammar.never):  # 某部队 is any
        return False
    if not chinese:
        return first.sort != "whose" and (size or first.sort not in _NUMBERED)
    before = text[phrase.start - 1 : phrase.start]
    if first.sort == "name" and (before in _OPENED or text[phrase.end : phrase.end + 1] in _CLOSED):
        return False  # who wrote it: (陈海军)
    if before == "、" and first.sort in ("place", "state"):  # of several: 青河、青平 + 民兵
        return False
    if first.sort in _LETTERS and before in grammar.letters:  # 帕拉 + 利空军
        return False
    return not size or last.sort not in (_WEAK if len(head) == 1 else _WEAKER)


def _name(seen: View, m: NameMatch | None) -> Part | None:
    """A known name as a part: of a state or place, an organisation, a person, a unit."""
    if m is None:
        return None
    place = m.of_kind("place")
    if place is None:
        sort = _KINDS.get(m.name.kind)
        return None if sort is None else Part(m.start, sort, m.text)
    if not stands(seen, m, place):
        return None
    return Part(m.start, "state" if place.subkind in STATES else "place", m.text)


def _chinese(
    seen: View, grammar: _Grammar, names: Mapping[int, NameMatch], head: int, end: int
) -> Iterator[Part]:
    text, at = seen.folded, head
    for _ in range(_PARTS):
        if at == 0 or head - at > _REACH:
            return
        part = _name(seen, names.get(at)) or _chinese_part(seen, grammar, at)
        if part is None:
            m = grammar.counted.search(text, max(0, at - _LONGEST), at)
            if m is not None and grammar.sizes.fullmatch(text, head, end) is not None:
                yield Part(m.start(), "counted", "")
            return
        if text[part.start - 1 : part.start] == "驻" and part.sort in _STATIONED:
            part = Part(part.start - 1, "stationed", "")
        yield part
        at = part.start


def _chinese_part(seen: View, grammar: _Grammar, at: int) -> Part | None:
    """What ends at `at` and can belong to a unit's name."""
    text = seen.folded
    last = text[at - 1]
    if last in _CLOSING:
        begin = max(text.rfind(mark, max(0, at - _QUOTED[0]), at - 1) for mark in _OPENING)
        nickname = begin >= 0 and text[begin + 1 : at - 1] not in grammar.kinds
        return Part(begin, "nickname", "") if nickname else None
    if (m := grammar.number.search(text, max(0, at - 8), at)) is not None:
        return Part(m.start(), "ordinal" if text[m.start()] == "第" else "number", "")
    for size in range(_LONGEST, 0, -1):
        if (word := text[max(0, at - size) : at]) in grammar.kinds:
            return Part(at - len(word), "kind", word)
        if word in grammar.parties:
            return Part(at - len(word), "party", word)
    return _word(seen, grammar, at)


def _word(seen: View, grammar: _Grammar, at: int) -> Part | None:
    """The word of the segmenter that ends at `at`, if it can be part of a name."""
    words = seen.words
    if words is None or _joins(seen.folded, at):
        return None
    number = bisect_left(words.starts, at) - 1
    start, tag = words.starts[number], words.tags[number]
    if seen.folded[start] in _JOINING:
        start += 1
    word = seen.folded[start:at]
    if word.endswith(_PEOPLE) and len(word) > 1:
        return Part(start, "people", "")
    whole = words.starts[number + 1] == at
    if whole and grammar.powers.issuperset(word) and len(word) < 3:
        return Part(start, "power", "") if tag not in _NO_POWERS else None
    if not whole:
        return Part(start, "piece", word) if len(word) > 1 else None
    if tag in _NOUNS:
        return Part(start, "noun", word) if len(word) > 1 else None
    if tag not in _NAMES or word in SURNAMES:
        return None
    if not grammar.letters.issuperset(word):
        return Part(start, "name", word)
    while (
        number
        and grammar.letters.issuperset(words.words[number - 1])
        and words.tags[number - 1] not in _NO_POWERS
    ):
        number -= 1
    return Part(min(start, words.starts[number]), "letters", "")


def _joins(text: str, at: int) -> bool:
    """Whether what ends at `at` joins words or is a mark: no name goes on before it."""
    return text[at - 1] in _JOINING or not text[at - 1].isalnum()


def _english(
    seen: View, grammar: _Grammar, names: Mapping[int, NameMatch], head: int, _: int
) -> Iterator[Part]:
    text, at = seen.text, head
    for _ in range(_WORDS):
        if at < 2 or text[at - 1] != " ":
            return
        part = _name(seen, names.get(at - 1)) or _english_part(text, grammar, at - 1)
        if part is None:
            return
        yield part
        if part.sort == "a":
            return
        at = part.start


def _english_part(text: str, grammar: _Grammar, end: int) -> Part | None:
    """The word that ends at `end`, if it can be part of a unit's name."""
    start = 1 + max(text.rfind(mark, max(0, end - 40), end) for mark in ' \n"“(')
    word = text[start:end]
    low = word.lower().replace("’", "'")
    if low in ("a", "an", "certain"):
        return Part(start, low if low == "certain" else "a", "")
    if low in grammar.kinds:
        return Part(start, "kind" if word[0].islower() else "Kind", low)
    if grammar.number.fullmatch(word) is not None:
        return Part(start, "ordinal", "")
    if grammar.counted.fullmatch(low) is not None:
        return Part(start, "count", "")
    if not word or low in grammar.never or _is_size_of_another(low):
        return None
    if word[-1] in _CLOSING:
        begin = max(text.rfind(mark, max(0, end - _QUOTED[1]), end - 1) for mark in _OPENING)
        return None if begin < 0 else Part(begin, "nickname", "")
    if word in grammar.powers:
        return Part(start, "state", "")
    if low.endswith(("'s", "s'")):
        return Part(start, "Owner" if word[0].isupper() else "whose", low)
    if not (word[0].isupper() and word[-1].isalpha()) or low.endswith("ing"):
        return None
    return Part(start, "Name", low)


@functools.cache
def _ends() -> tuple[str, ...]:
    return tuple(f"{word}'s" for word in sizes() if word.isascii())


def _is_size_of_another(word: str) -> bool:
    """Whether a word is the head of the unit whose part is named: the Guard Army's + commando groups."""
    return word.endswith(_ends())
