"""Persons and organisations beside a trigger word: named by their offices, surnames, last words.

Simple recognisers, run only in the sentences where something happens.  What they find is a party to an
event, not a mention of the article.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

from kg.mentions.events.page import Named, Page
from kg.mentions.events.words import listed
from kg.mentions.places.geography import geography
from kg.mentions.places.judging import SURNAMES
from kg.mentions.rules import any_of, load_section
from kg.mentions.words import Words
from kg.model import Lang, Party

_NAME_TAGS = frozenset(("nr", "nrt", "nrfg"))
_LOOSE_TAGS = frozenset(("nr", "nrt", "nrfg", "nz", "ns", "vg", "ng", "g", "j", "tg", "ag", "eng"))
_NO_NAME = frozenset(("t", "d"))  # 今天, 甫: they follow a name and are none, whatever their characters
_DAYS = frozenset("今昨明")  # 今天下午
_DIGITS = frozenset("一二三四五六七八九十0123456789０１２３４５６７８９")
_DATED = frozenset("年月日")
_PART_TAGS = frozenset(
    ("n", "ns", "nt", "nz", "nr", "nrt", "b", "j", "vn", "s", "ng", "l", "a", "an", "f", "i")
)
_OFFICE, _TITLE, _BODY, _ENDS_AS_BODY = 1, 2, 4, 8  # ends in an office, is one; is a body, ends as one
_CROWD = 16  # says by itself who acts, though not by name
_NAMES = _CROWD - 1  # any of the others
_REMEMBERED = 100_000  # words
_LONGEST = 8  # words of an organisation's name
_NAME = 24  # characters of a person's name
_SPLIT_OFF = frozenset(("a", "f", "g", "ng", "vg", "ag", "nr", "nrt", "ns", "nz", "v", "n", "zg", "j", "q"))
_SIGNED = 16  # words of a list of reporters


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    organisation: frozenset[str]
    suffixes: tuple[str, ...]
    office: frozenset[str]
    nobody: frozenset[str]
    crowd: frozenset[str]
    linking: frozenset[str]
    outside: frozenset[str]
    like_names: frozenset[str]
    not_last: frozenset[str]
    reporters: tuple[str, ...]
    signed: frozenset[str]


@functools.cache
def _vocabulary() -> _Vocabulary:
    parties = {key: tuple(words) for key, words in load_section("events", "parties").items()}
    return _Vocabulary(
        frozenset(parties["organisation"]),
        parties["organisation"],
        frozenset(parties["office"]),
        frozenset(parties["nobody"]),
        frozenset(parties["crowd"]),
        frozenset(parties["linking"]),
        frozenset(parties["outside"]),
        frozenset(parties["like_names"]),
        frozenset(parties["not_last"]),
        parties["reporters"],
        frozenset(parties["signed"]),
    )


def holds_office(name: str) -> bool:
    """Whether it is called by an office alone: 某国总统."""
    return name.endswith(tuple(_vocabulary().office))


def parties_in(page: Page, start: int, end: int, named: list[Named], told: set[str]) -> list[Named]:
    """The persons and organisations named in ``start:end``, in text order, not overlapping, and crowds.

    A name the dictionary knows as a person's or an organisation's counts as well; no person's begins where
    one of the mentions `named` does.  `told` are the names of persons that were found before, to which those
    found here are added: a name that stood beside an office (参谋长惠勒) stands alone later.
    """
    if page.lang is Lang.EN:
        return [
            Named(m.start(1), m.end(1), "person", Party(m[1].strip()))
            for m in _en_person().finditer(page.text, start, end)
        ]
    words = page.view.words
    if words is None:
        return []
    first = bisect.bisect_left(words.starts, start)
    last = bisect.bisect_left(words.starts, min(end, words.starts[-1]), first)
    # By the number of the word: most words are no part of a party's name.
    marks = [*map(_parts.__getitem__, words.words[first:last])]
    parts = dict(compress(enumerate(marks, first), marks))
    names = [*compress(range(first, last), map(_NAME_TAGS.__contains__, words.tags[first:last]))]
    found = page.known_in(start, end)
    crowds = [i for i, part in parts.items() if part & _CROWD]
    if crowds:
        parts = {i: part & _NAMES for i, part in parts.items() if part & _NAMES}
    if parts:
        found += _organisations(page, words, first, parts)
    if parts or names:
        found += _persons(page, words, (first, last), parts, names, {n.start for n in named}, told)
        found += _dotted(page, words, first, last)
        told.update(n.party.text.rpartition("·")[2] for n in found if n.kind == "person")
    found.sort(key=lambda n: (n.start, -n.end))
    taken: list[Named] = []
    for one in found:
        if not taken or one.start >= taken[-1].end:
            taken.append(one)
    if crowds:
        taken += _crowds(page, words, crowds, [*named, *taken])
    return taken


class _Parts(dict[str, int]):
    """What a word can be in the name of a party, in bits."""

    def __missing__(self, word: str) -> int:
        part = _part(word)
        if len(self) < _REMEMBERED:
            self[word] = part
        return part


_parts = _Parts()


def _part(word: str) -> int:
    vocabulary = _vocabulary()
    title, body = word in vocabulary.office, word in vocabulary.organisation
    office = title or (len(word) > 2 and word[-2:] in vocabulary.office)
    ends = len(word) > 2 and word.endswith(vocabulary.suffixes)
    crowd = word in vocabulary.crowd
    return office * _OFFICE | title * _TITLE | body * _BODY | ends * _ENDS_AS_BODY | crowd * _CROWD


def _crowds(page: Page, words: Words, at: list[int], named: list[Named]) -> Iterator[Named]:
    """The words that say who acts and name nobody (警察, 学生, 国王), with the place before (某国国王).

    None is one that is a part of what is `named`, or that belongs to a person's name beside it.
    """
    starts = {n.end: n.start for n in named if n.kind in ("country", "place")}
    persons = {x for n in named if n.kind == "person" for x in (n.start, n.end)}
    done = -1
    for i in at:
        if i < done:
            continue
        a, done = words.starts[i], i + 1
        while done in at:  # 学生|代表
            done += 1
        b = words.starts[done]
        if page.text.startswith("的", b) or not persons.isdisjoint((a, b)):
            continue
        if not any(n.start <= a < n.end for n in named):
            a = starts.get(a, a)
            yield Named(a, b, "crowd", Party(page.text[a:b]))


def _organisations(page: Page, words: Words, first: int, parts: dict[int, int]) -> Iterator[Named]:
    """Those that end in one of the words of `parts`, the last first; none begins before word `first`."""
    before = len(words.words)
    for i, part in reversed(parts.items()):
        if part < _BODY or i >= before:
            continue
        alone = part & _BODY
        if alone or words.tags[i][:1] in "nj":
            j = _leftmost(words, first, i)
            if _vocabulary().nobody.issuperset(words.words[j : i + 1]):
                continue
            if not alone or j < i or len(words.words[i]) > 2:
                a, b = words.starts[j], words.starts[i + 1]
                if b - a > 1:
                    yield Named(a, b, "organisation", Party(page.text[a:b]))
                    before = j


def _leftmost(words: Words, first: int, i: int) -> int:
    j, vocabulary = i, _vocabulary()
    while j > first and i - j < _LONGEST:
        word, tag = words.words[j - 1], words.tags[j - 1]
        if word in vocabulary.outside or word in vocabulary.office:
            break
        if tag not in _PART_TAGS and word not in vocabulary.linking:
            break
        j -= 1
    return j


def _persons(
    page: Page,
    words: Words,
    within: tuple[int, int],
    parts: dict[int, int],
    names: list[int],
    taken: set[int],
    told: set[str],
) -> Iterator[Named]:
    """Those among the words `within`, of which `names` are tagged so; none begins at an offset of `taken`."""
    first, last = within
    offices = {i for i, part in parts.items() if part & _OFFICE}
    titles = {i for i in offices if parts[i] & _TITLE}
    done = first
    before = [i - 1 for i in titles if i > first]
    for i in sorted({*offices, *names, *before}):
        if i < done:
            continue
        tag, after = words.tags[i], i + 1 in titles
        word, at, office = words.words[i], words.starts[i], i in offices
        if office and word.endswith(
            _vocabulary().reporters
        ):  # who signs the report has no part in what it tells
            done = _signed(words, i + 1, last)
            continue
        if office and (j := _name_after(words, i + 1, last)) > i + 1:
            a, b = words.starts[i + 1], words.starts[j]
            if b - a > 1 and a not in taken:
                yield Named(a, b, "person", Party(page.text[a:b]))
                done = j
                continue
        end = words.starts[i + 1]
        named = tag in _NAME_TAGS and len(word) > 1 and at not in taken
        if named and page.text.startswith(listed("zh_named_after"), end):
            named = False
        if named and (word in told or _looks_like_name(word)):
            yield Named(at, end, "person", Party(page.text[at:end]))
        elif after and not office:
            j = _name_before(words, first, i)
            a, b = words.starts[j], words.starts[i + 1]
            if j <= i and b - a > 1 and a not in taken:
                yield Named(a, b, "person", Party(page.text[a:b]))


def _dotted(page: Page, words: Words, first: int, last: int) -> Iterator[Named]:
    """Transcribed names of several parts (卡尔·李卜克内西), with the last character that was split off."""
    done = first
    dots = page.text.find("·", words.starts[first], words.starts[last]) >= 0
    for i in range(first + 1, last - 1) if dots else ():
        if words.words[i] != "·" or i < done:
            continue
        j = i
        while j < last and words.words[j] == "·":
            j += 2
            while j < last and words.tags[j] in _NAME_TAGS and _letters().issuperset(words.words[j]):
                j += 1
        j = min(j, last)
        if j < last and len(words.words[j]) == 1 and words.tags[j] in _SPLIT_OFF:
            j += words.words[j] not in _vocabulary().not_last
        k = i - 1
        if k > first and len(words.words[k]) == 1 and words.tags[k - 1] in _NAME_TAGS:  # 图尔|西·吉里
            k -= 1
        a, b = words.starts[k], words.starts[j]
        yield Named(a, b, "person", Party(page.text[a:b]))
        done = j


def _signed(words: Words, i: int, last: int) -> int:
    """The end of the names of reporters from word `i`, which ends where they report or the bracket closes."""
    for j in range(i, min(i + _SIGNED, last)):
        if words.words[j] in _vocabulary().signed:
            return j
    return i


def _name_after(words: Words, i: int, last: int) -> int:
    """The end of the run of words that can be a name, from `i`."""
    j, size = i, 0
    letters = _letters()
    while j < last:
        word, tag = words.words[j], words.tags[j]
        fits = tag in _LOOSE_TAGS or letters.issuperset(word)
        dated = word[0] in _DAYS or (word[0] in _DIGITS and word[-1] in _DATED)  # 今天, 十月十日
        if not fits or tag in _NO_NAME or dated or size + len(word) > _NAME:
            break
        size += len(word)
        j += 1
    return j


def _name_before(words: Words, first: int, i: int) -> int:
    """The beginning of the run of words that can be a name and ends with word `i`; `i` + 1 if none."""
    common = geography().common
    j = i + 1
    while j > first:
        word, tag = words.words[j - 1], words.tags[j - 1]
        loose = tag != "ns" and tag not in _NO_NAME and common.issuperset(word)
        deputy = j == i and len(word) == 2 and word[0] in SURNAMES and word[1] == "副"  # 陈副|总理
        if not (tag in _NAME_TAGS or word == "·" or loose or deputy):
            break
        j -= 1
    return j


def _looks_like_name(word: str) -> bool:
    if word[0] in SURNAMES and len(word) <= 4:
        return word not in _vocabulary().like_names
    return len(word) > 2 and _letters().issuperset(word)


@functools.cache
def _letters() -> frozenset[str]:
    """What transcribed names are written with."""
    return geography().common | {"·"}


@functools.cache
def _en_person() -> re.Pattern[str]:
    """An English name behind an office."""
    offices = any_of(load_section("events", "parties")["office_en"])
    return re.compile(rf"\b{offices} ((?:[A-Z][\w'’-]+ ?){{1,3}})")
