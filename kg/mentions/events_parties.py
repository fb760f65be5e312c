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

from kg.mentions.events_page import Named, Page
from kg.mentions.geography import geography
from kg.mentions.judging import SURNAMES
from kg.mentions.rules import load_section
from kg.mentions.words import Words
from kg.model import Lang, Party

_NAME_TAGS = frozenset(("nr", "nrt", "nrfg"))
_LOOSE_TAGS = frozenset(("nr", "nrt", "nrfg", "nz", "ns", "vg", "ng", "g", "j", "tg", "ag", "eng"))
_PART_TAGS = frozenset(
    ("n", "ns", "nt", "nz", "nr", "nrt", "b", "j", "vn", "s", "ng", "l", "a", "an", "f", "i")
)
_LINKING = frozenset(
    (
        "促进",
        "合作",
        "联合",
        "访华",
        "访问",
        "进出口",
        "交流",
        "研究",
        "建筑",
        "运输",
        "管理",
        "公安",
        "检察",
        "劳动",
        "中国",
        "解放",
    )
)
_NO_PART = frozenset(
    ("等", "各", "全体", "一些", "有关", "由于", "今天", "昨天", "上午", "下午", "目前", "最近", "同时")
)
_LONGEST = 8  # words of an organisation's name
_NAME = 12  # characters of a person's name
_EN_PERSON = re.compile(
    r"\b(?:President|Premier|Prime Minister|Minister|Foreign Minister|Ambassador|Marshal|General|Chairman"
    r"|King|Prince|Queen|Secretary|Secretary-General|Senator|Mr\.|Dr\.|Colonel|Vice Premier|Vice President)"
    r" ((?:[A-Z][\w'’-]+ ?){1,3})"
)


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    organisation: frozenset[str]
    suffixes: tuple[str, ...]
    office: frozenset[str]


@functools.cache
def _vocabulary() -> _Vocabulary:
    parties = load_section("events", "parties")
    organisation = tuple(parties["organisation"])
    return _Vocabulary(frozenset(organisation), organisation, frozenset(parties["office"]))


def parties_in(page: Page, start: int, end: int) -> list[Named]:
    """The persons and organisations named in ``start:end``, in text order, not overlapping.

    A name the dictionary knows as a person's or an organisation's counts as well.
    """
    if page.lang is Lang.EN:
        return [
            Named(m.start(1), m.end(1), "person", Party(m[1].strip()))
            for m in _EN_PERSON.finditer(page.view.text, start, end)
        ]
    words = page.view.words
    if words is None:
        return []
    found = [*_known(page, start, end), *_organisations(page, words, start, end)]
    found += _persons(page, words, start, end)
    taken: list[Named] = []
    for one in sorted(found, key=lambda n: (n.start, -n.end)):
        if not taken or one.start >= taken[-1].end:
            taken.append(one)
    return taken


def _known(page: Page, start: int, end: int) -> Iterator[Named]:
    names = page.view.names
    for i in range(bisect.bisect_left(names, start, key=lambda m: m.start), len(names)):
        m = names[i]
        if m.start >= end:
            return
        if m.inside is None and m.name.kind in ("person", "organisation"):
            yield Named(m.start, m.end, m.name.kind, Party(page.view.text[m.start : m.end]))


def _range(words: Words, start: int, end: int) -> tuple[int, int]:
    """The numbers of the words in ``start:end``; word boundaries may not fit at the ends."""
    return bisect.bisect_left(words.starts, start), bisect.bisect_left(words.starts, end)


def _organisations(page: Page, words: Words, start: int, end: int) -> Iterator[Named]:
    vocabulary = _vocabulary()
    first, last = _range(words, start, min(end, words.starts[-1]))
    i = last - 1
    while i >= first:
        word = words.words[i]
        alone = word in vocabulary.organisation
        if alone or (len(word) > 2 and word.endswith(vocabulary.suffixes) and words.tags[i][:1] in "nj"):
            j = _leftmost(words, first, i)
            if not alone or j < i or len(word) > 2:
                a, b = words.starts[j], words.starts[i + 1]
                if b - a > 1:
                    yield Named(a, b, "organisation", Party(page.view.text[a:b]))
                    i = j
        i -= 1


def _leftmost(words: Words, first: int, i: int) -> int:
    j = i
    while j > first and i - j < _LONGEST:
        word, tag = words.words[j - 1], words.tags[j - 1]
        if word in _NO_PART or (tag not in _PART_TAGS and word not in _LINKING):
            break
        if word in _vocabulary().office:
            break
        j -= 1
    return j


def _persons(page: Page, words: Words, start: int, end: int) -> Iterator[Named]:
    vocabulary = _vocabulary()
    mentions = {n.start: n.end for n in page.named_in(start, end)}
    first, last = _range(words, start, min(end, words.starts[-1]))
    i = first
    while i < last:
        word, tag = words.words[i], words.tags[i]
        at = words.starts[i]
        office = word in vocabulary.office or (len(word) > 2 and word[-2:] in vocabulary.office)
        if office and (j := _name_after(words, i + 1, last)) > i + 1:
            a, b = words.starts[i + 1], words.starts[j]
            if b - a > 1 and a not in mentions:
                yield Named(a, b, "person", Party(page.view.text[a:b]))
                i = j
                continue
        if tag in _NAME_TAGS and len(word) > 1 and at not in mentions and _looks_like_name(word):
            yield Named(at, words.starts[i + 1], "person", Party(page.view.text[at : words.starts[i + 1]]))
        elif not office and i + 1 < last and words.words[i + 1] in vocabulary.office:
            j = _name_before(words, first, i)
            a, b = words.starts[j], words.starts[i + 1]
            if j <= i and b - a > 1 and a not in mentions:
                yield Named(a, b, "person", Party(page.view.text[a:b]))
        i += 1


def _name_after(words: Words, i: int, last: int) -> int:
    """The end of the run of words that can be a name, from `i`."""
    j, size = i, 0
    common = geography().common
    while j < last:
        word, tag = words.words[j], words.tags[j]
        fits = tag in _LOOSE_TAGS or word == "·" or all(c in common or c == "·" for c in word)
        if not fits or size + len(word) > _NAME:
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
        if not (tag in _NAME_TAGS or word == "·" or (tag != "ns" and all(c in common for c in word))):
            break
        j -= 1
    return j


def _looks_like_name(word: str) -> bool:
    if word[0] in SURNAMES and len(word) <= 4:
        return True
    common = geography().common
    return len(word) > 2 and all(c in common or c == "·" for c in word)
