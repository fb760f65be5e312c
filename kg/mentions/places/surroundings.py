"""What stands around a Chinese candidate that the judge of places, who weighs it alone, does not see.

Each function is a rule with a name that goes into the provenance of what it finds; its words, examples and
counter-examples stand in ``rules/places.toml`` under ``[surroundings]`` and ``[[rule]]`` entries:

* an enumeration that ends by saying what it lists (安卡、贝洛、科里等城市) makes each item a place;
* a word that a place's name follows (省会, 首都; 到达, 攻克; 在) makes a transcribed name one;
* a transcribed name begins where its transcription begins (库玛 + 里克河), a hamlet's with 大, 小, 东 …;
* what its neighbours make a place (:mod:`kg.mentions.places.reached`);
* a name right after the province or county that it lies in is likely one (四川 + 阆中), and a known one
  after a state and 的 (黎巴嫩南部的提尔);
* a lesser name inside a longer run of transcription (西亚 in 鲁西亚努) is none;
* between what leads to a place and its transcribed name nothing else stands (在 + 安 + 巴托市);
* a lesser place does not contain a province (同古 in 同古拉瓦省);
* what is part of a foreign person's surname (德里 in 杰克·德里本), or only seems to stand there
  (:mod:`kg.mentions.places.standing`), is none;
* one inside the name of a law, an institution or a people is not a mention of its own.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import rjieba

from kg.mentions.places.geography import geography
from kg.mentions.places.reached import Scored, akin, among, chained, contained, mostly_letters, reached
from kg.mentions.places.shapes import Candidate
from kg.mentions.places.standing import as_region, as_river, meant, number_around, stands_here
from kg.mentions.rules import any_of, load_rules, load_section
from kg.mentions.view import View
from kg.mentions.words import Words, is_name
from kg.model import Lang

LISTED_RULE, FOLLOWING_RULE, REACHED_RULE = "place-listed", "place-after-title", "place-reached"
_COUNTED_RULE = "place-counted"
_AT_RULE, REGION_RULE, RIVER_RULE = "place-at", "place-region", "place-river"
_SURE, _CROSSED, _PERSONAL = 2.0, -9.0, -2.0
TAKEN_RULE = "place-taken"
_STOPS = re.compile("[^\\w、]|后")  # where what is taken ends
_THREE, _FOURTH, _TAKEN = 3, 4, 5  # items at least, of how many one is sure; characters of one at most
_ITEM = 8  # the longest item of an enumeration
_ITEMS = 30
_SEVERAL = re.compile("[、和与及][^、和与及，。；]{2,}$")  # 甲和乙 + 两地
_INSTITUTION_WORDS = 6
_LESSER = frozenset(("city", "town", "township", "village", "county", "district", "river", "mountain"))
_BREAKS = frozenset("pucryxevd")  # first letters of tags that no institution's name runs across


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    listed: re.Pattern[str]
    counted: re.Pattern[str]
    taken: re.Pattern[str]
    titled: tuple[tuple[str, re.Pattern[str]], ...]
    apart: re.Pattern[str]
    small: frozenset[str]
    hamlets: frozenset[str]
    institutions: tuple[str, ...]
    collectives: tuple[str, ...]
    law: re.Pattern[str]
    people: frozenset[str]
    abbreviations: frozenset[str]
    surname: re.Pattern[str]


@functools.cache
def _vocabulary() -> _Vocabulary:
    section = load_section("places", "surroundings")
    rules = {r.name: r.compiled() for r in load_rules("places", Lang.ZH)}
    return _Vocabulary(
        rules[LISTED_RULE],
        rules[_COUNTED_RULE],
        rules[TAKEN_RULE],
        tuple((name, rules[name]) for name in (FOLLOWING_RULE, REACHED_RULE, _AT_RULE)),
        re.compile("[、，,]|和|与|及|以及"),
        frozenset(section["small"]),
        frozenset(section["hamlets"]),
        tuple(section["institutions"]),
        tuple(section["collectives"]),
        re.compile("[^《》\n]{0,16}(?:" + "|".join(section["laws"]) + ")》"),
        frozenset(section["peoples"]),
        frozenset(section["abbreviations"]),
        re.compile(f"·([{''.join(geography().loose)}]{{2,7}})"),
    )


def reconsidered(seen: View, words: Words, scored: Iterable[Scored]) -> list[Scored]:
    """The scored candidates of one body after what stands around each has been heard."""
    known = {(c.start, c.end): (score, c) for score, c in scored}
    _made_places(known, (*_listed(seen, words), *_titled(seen, words, known)))
    among(seen.folded, known)
    listed = chained(seen.folded, words, known) | reached(seen.folded, words, known)
    _made_places(known, _taken(seen, words, known))
    contained(seen.folded, words, known)
    akin(seen.folded, words, known)
    out = []
    dictionary = {c.end: c for _, c in known.values() if c.way == "dict"}
    surnames = _surnames(seen.folded)
    for score, c in known.values():
        if score <= 0:
            out.append((score, c))
        elif c.way == "dict":
            personal = surnames.get(c.start, c.end) > c.end
            beside = (c.start, c.end) in listed and meant(c, seen.folded)
            stands = beside or (not personal and stands_here(c, seen, words))
            if as_region(c, seen.folded):
                c = c._replace(rule=REGION_RULE)
            elif as_river(c, seen.folded):
                c = c._replace(rule=RIVER_RULE)
            out.append((score if stands else _CROSSED, c))
        else:
            out.append((score, _from_its_start(c, seen, words, dictionary)))
    return out


def _made_places(known: dict[tuple[int, int], Scored], found: Iterable[Candidate]) -> None:
    """What an enumeration, a title or a verb makes a place is one, whatever it is by itself."""
    for c in tuple(found):
        score, had = known.get((c.start, c.end), (0.0, c))
        if score <= 0:
            had = had._replace(rule=c.rule)
        known[c.start, c.end] = (max(score, _SURE), had)


# --- enumerations and titles -------------------------------------------------------------------------


def _listed(seen: View, words: Words) -> Iterator[Candidate]:
    """The items of enumerations that say at their end what they list."""
    text, vocabulary = seen.folded, _vocabulary()
    tails = [(LISTED_RULE, m.start()) for m in vocabulary.listed.finditer(text)]
    counted = [m.start() for m in vocabulary.counted.finditer(text)]
    tails += [(_COUNTED_RULE, at) for at in counted if _SEVERAL.search(text, max(0, at - _ITEM), at)]
    for rule, end in tails:
        for _ in range(_ITEMS):
            cut = text.rfind("、", max(0, end - _ITEM - 1), end)
            whole = cut >= 0
            for start, stop in _items(text, cut + 1 if whole else max(0, end - _ITEM), end):
                if "等" in text[start:stop]:
                    continue
                if (found := _item(words, start, stop, whole=whole)) is not None:
                    yield Candidate(found, stop, "listed", rule)
            if not whole:
                break
            end = cut


def _items(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The one or two items of a piece between separators: 甲 和 乙."""
    joint = next((m for m in re.finditer("以及|[和与及]", text[start:end])), None)
    if joint is None or not 2 <= joint.start() <= end - start - 3:
        yield start, end
        return
    yield start, start + joint.start()
    yield start + joint.end(), end


def _item(words: Words, start: int, end: int, *, whole: bool) -> int | None:
    """Where the name begins that ends at `end`: all of the piece, or what of its end may be a name."""
    last, first = words.at.get(end), words.at.get(start)
    if end - start < 2:
        return None
    if last is None:  # the segmenter took 等 for the end of the name
        return start if whole and first is not None and words.starts[first + 1] == end + 1 else None
    at = last
    while at > 0 and words.starts[at - 1] >= start and _may_name(words, at - 1, last):
        at -= 1
    begins = words.starts[at]
    if end - begins < 2 or (whole and begins != start):
        return None
    if _vocabulary().abbreviations.issuperset("".join(words.words[at:last])):
        return None
    return begins


def _may_name(words: Words, number: int, last: int) -> bool:
    word, tag = words.words[number], words.tags[number]
    if number == last - 1 and word in geography().heads:
        return True
    if word in geography().before or word in geography().enumeration:
        return False
    if len(word) > 1 and not rjieba.has_word(word):
        return True
    return tag[0] not in _BREAKS and (is_name(word, tag) or word in geography().common)


def _taken(seen: View, words: Words, known: dict[tuple[int, int], Scored]) -> Iterator[Candidate]:
    """The items of what is taken or bombed, if the first and a fourth of all are places: 攻占江达、同普。"""
    text = seen.folded
    sure = {start: end for (start, end), (score, _) in known.items() if score > 0}
    for m in _vocabulary().taken.finditer(text):
        mark = _STOPS.search(text, m.end())
        end = mark.start() if mark is not None else len(text)
        items = [s for part in _parts(text, m.end(), end) for s in _items(text, *part)]
        places = [sure.get(start, 0) == stop for start, stop in items]
        if len(items) < _THREE or not places[0] or _FOURTH * sum(places) < len(items):
            continue
        for start, stop in items:
            short = 2 <= stop - start <= _TAKEN and start not in sure
            if short and not rjieba.has_word(text[start:stop]) and _item(words, start, stop, whole=True):
                yield Candidate(start, stop, "listed", TAKEN_RULE)


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between the separators 、 of `text`."""
    while (cut := text.find("、", start, end)) >= 0:
        yield start, cut
        start = cut + 1
    yield start, end


def _titled(seen: View, words: Words, known: dict[tuple[int, int], Scored]) -> Iterator[Candidate]:
    """The transcribed name after 省会, 首都 and the like, or after 到达, 攻克 and the like."""
    taken = {start for (start, _), (score, c) in known.items() if score > 0 or c.way == "dict"}
    for rule, pattern in _vocabulary().titled:
        for m in pattern.finditer(seen.folded):
            start, end = m.span("name")
            while end > start and end not in words.at:
                end -= 1
            if start not in taken and end - start >= 3 and mostly_letters(seen.folded[start:end]):
                yield Candidate(start, end, "listed", rule)


# --- where a name begins and ends --------------------------------------------------------------------


def _from_its_start(c: Candidate, seen: View, words: Words, dictionary: Mapping[int, Candidate]) -> Candidate:
    """The candidate with the front of its name that the segmenter cut off."""
    number = words.at.get(c.start)
    if number is None or number == 0 or c.way == "pattern":
        return c
    before, vocabulary = words.words[number - 1], _vocabulary()
    if c.head in vocabulary.hamlets and before in vocabulary.small and c.way in ("shape", "word", "guess"):
        earlier = words.words[number - 2] if number > 1 else ""
        return c if earlier in ("以", "之") else c._replace(start=c.start - 1)
    known = dictionary.get(c.start)
    if known is not None and c.subkind == "province" and known.subkind in _LESSER and len(known.items) < 2:
        return c._replace(start=known.start)
    common, loose = geography().common, geography().loose
    stem = seen.folded[c.start : c.end - len(c.head)]
    if len(stem) < 2 or not mostly_letters(stem):
        return c
    start = c.start
    for at in range(number - 1, max(-1, number - 4), -1):
        word = words.words[at]
        if start in dictionary or word in geography().before or not common.issuperset(word):
            break
        if len(word) > 1 and rjieba.has_word(word):
            break
        start = words.starts[at]
    if start == c.start and before in loose and c.head and number > 1:
        earlier = words.words[number - 2]
        if before not in geography().before and (earlier in geography().before or start - 1 in dictionary):
            start -= 1
    return c if start == c.start else c._replace(start=start)


def _surnames(text: str) -> dict[int, int]:
    """Where the transcribed words after “·” stand, there or alone: each offset in one to its end."""
    if "·" not in text:
        return {}
    names = {m[1] for m in _vocabulary().surname.finditer(text)}
    if not names:
        return {}
    anywhere = re.compile(any_of(names))
    return {at: m.end() for m in anywhere.finditer(text) for at in range(*m.span())}


# --- names inside longer ones ------------------------------------------------------------------------


def inside_longer(c: Candidate, seen: View, words: Words) -> bool:
    """Whether the candidate is only part of the name of a law, an institution or a people."""
    text, vocabulary = seen.folded, _vocabulary()
    if text[c.end : c.end + 1] in vocabulary.people or text.startswith(vocabulary.collectives, c.end):
        return True
    if text[c.start - 1 : c.start] == "《" and vocabulary.law.match(text, c.end) is not None:
        return True
    first = words.at.get(c.end)
    if first is None:
        number = number_around(c, words)
        return number is not None and words.words[number].endswith(vocabulary.institutions)
    for at in range(first, min(first + _INSTITUTION_WORDS, len(words.words))):
        word, tag = words.words[at], words.tags[at]
        if word.endswith(vocabulary.institutions):
            return True
        if (tag[0] in _BREAKS and tag != "vn") or (tag[0] in "mq" and word[0] != "第"):
            return False
    return False
