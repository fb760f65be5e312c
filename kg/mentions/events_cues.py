"""Trigger words of events, found in one pass over a text and held to their contexts.

The vocabulary stands in the ``rules/events-*.toml`` files, the words that make a happening unreal
(negated, threatened, wished for) in ``rules/events.toml``.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from kg.mentions.numerals import parse_number
from kg.mentions.rules import Trigger, load_section, load_triggers, rule_files
from kg.mentions.words import Words
from kg.model import EventType, Lang
from kg.text import well_formed

FILES = tuple(f for f in rule_files() if f.startswith("events-"))
NONE = "none"
"""The type of a trigger entry that holds words which only look like events."""

# Every alternative begins with one character: the matcher looks for these and tries at no other place.
_STOP_EN = r"\.(?<![ .(][A-Z]\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bNo\.)(?<!\bSt\.)(?=[\s\"”’]|$)|!|\?|;|\n|▲"
_SENTENCE = {
    Lang.ZH: re.compile(r"[。！？；!?;\n▲△]+[”’」』）)]?"),
    Lang.EN: re.compile(rf"(?:{_STOP_EN})(?:{_STOP_EN})*[\"”’]?"),
}
_CLAUSE = re.compile(r"[，、：；。！？,:;\n“”‘’（）()《》—　]|  ")
_LAST_CLAUSE = re.compile(f"(?s:.*)(?:{_CLAUSE.pattern})")
_UNREAL_REACH = 24  # how far before a trigger, within its clause, a word makes it unreal
_ANNIVERSARY = re.compile(
    r"[^，。；！？\n]{0,6}?([〇零○一二三四五六七八九十百两0-9]{1,4})(?:个)?(?:周年|年周年)"
)
_LONGEST = 400  # characters of a sentence
_MOST = 24  # triggers of one sentence that are looked at
_TYPES = {t.value: t for t in EventType}
_AT_A_CEREMONY = frozenset((EventType.AWARD, EventType.FOUNDING, EventType.APPOINTMENT))
# These keep an anniversary, and are none: 庆祝建交四十周年.
_KEEPS_DAYS = frozenset((EventType.CONFERENCE, EventType.TALKS, EventType.PROTEST, EventType.VISIT))
_PERSON = frozenset(("nr", "nrt", "nrfg"))  # words that are the name of a person
_VOWELS = "aeiou"


class Cue(NamedTuple):
    """A trigger word in its place: ``text[start:end]``.

    ``anniversary`` is the age where the text keeps one (成立四十周年: 40): the event itself lies that many
    years back.  ``sentence`` is the number of its sentence.
    """

    trigger: Trigger
    start: int
    end: int
    sentence: int
    anniversary: int = 0

    @property
    def type(self) -> EventType:
        """What kind of happening it tells."""
        return _TYPES[self.trigger.type]

    @property
    def strength(self) -> int:
        """How surely the word alone tells a happening: 1 to 3."""
        return int(self.trigger.extra.get("strength", 2))

    @property
    def joins(self) -> bool:
        """Whether it only goes with a happening of its type that is told already, if one is."""
        return bool(self.trigger.extra.get("joins"))


class _Word(NamedTuple):
    """One word of the vocabulary with the entries that list it, the more specific first."""

    text: str
    triggers: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    trigger: Trigger
    type: EventType | None
    before: tuple[str, ...]  # what must not follow the word
    after: tuple[str, ...]  # what must not go before it
    having: tuple[str, ...]
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    words: tuple[_Word, ...]
    search: AhoCorasick
    unreal: re.Pattern[str]  # what makes a happening unreal, and what only seems to
    denying: frozenset[str]  # of these, what does
    unreal_after: tuple[str, ...]


def sentences(text: str, paragraphs: Iterable[tuple[int, int]], lang: Lang) -> list[tuple[int, int]]:
    """The sentences of a body as offsets, in text order; they never cross a paragraph.

    One of more than 400 characters is cut: what stands further from a trigger says nothing of it, and the
    time to read a sentence once for each trigger in it stays bounded.

    >>> sentences("甲。乙", [(0, 3)], Lang.ZH)
    [(0, 2), (2, 3)]
    """
    out: list[tuple[int, int]] = []
    for start, end in paragraphs:
        at = start
        for stop in (*(m.end() for m in _SENTENCE[lang].finditer(text, start, end)), end):
            if at < stop <= at + _LONGEST:
                out.append((at, stop))
            else:
                out += _pieces(at, stop)
            at = stop
    return out


def _pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(start, end, _LONGEST):
        yield at, min(at + _LONGEST, end)


def find_cues(
    text: str,
    lang: Lang,
    bounds: Iterable[tuple[int, int]],
    *,
    covered: bytes | bytearray = b"",
    words: Words | None = None,
    keep_none: bool = False,
) -> list[Cue]:
    """The trigger words of `text` (folded) that stand in a context of theirs, in text order.

    `bounds` are the sentences.  `covered` has a byte a character, not zero inside names: no trigger begins
    there.  `words` are the words of a Chinese text: a trigger may not lie across two of them (晚会 in
    昨晚会见).
    With `keep_none` the words that only look like events are listed too.
    Where words overlap, the longest counts, and it blocks the shorter even where it fails.
    """
    vocabulary = _vocabulary(lang)
    out: list[Cue] = []
    spans = [*bounds, (len(text) + 1, len(text) + 2)]  # the last, beyond the text, is none
    at, number = 0, 0
    last, told = -1, 0
    for start, end, word in _longest(vocabulary, text, lang, words):
        while spans[number][1] <= start:
            number += 1
        if start < at or spans[number][0] > start:
            continue
        at = end
        if covered and covered[start]:
            continue
        told = told + 1 if number == last else 1
        last = number
        if told > _MOST:
            continue
        cue = _cue(vocabulary, text, lang, (start, end), word, (*spans[number], number))
        if cue is not None and (keep_none or cue.trigger.type != NONE):
            if out and out[-1].sentence == number and _holds(text, out[-1], cue):
                out.pop()
            if out and _completes(text, out[-1], cue):
                continue
            if not (out and out[-1].sentence == number and _holds(text, cue, out[-1])):
                out.append(cue)
    return out


def _holds(text: str, verb: Cue, noun: Cue) -> bool:
    """Whether `verb` only holds what `noun` names (in one sentence): 举行锦标赛, 锦标赛在武汉举行."""
    first, last = (verb, noun) if verb.start < noun.start else (noun, verb)
    return (
        verb.trigger.type != noun.trigger.type
        and text.startswith(_holding(games=noun.trigger.type == EventType.SPORT.value), verb.start)
        and not _CLAUSE.search(text, first.end, last.start)
    )


def _completes(text: str, first: Cue, cue: Cue) -> bool:
    """Whether the two are one word, told by the first: 授奖仪式, 成立大会."""
    return (
        first.end == cue.start
        and first.trigger.type in _AT_A_CEREMONY
        and text.startswith(("仪式", "大会", "典礼"), cue.start)
    )


@functools.cache
def _holding(*, games: bool) -> tuple[str, ...]:
    cues = load_section("events", "cues")
    return tuple(cues["zh_holding"] + (cues["zh_holding_games"] if games else []))


def _longest(
    vocabulary: _Vocabulary, text: str, lang: Lang, words: Words | None
) -> Iterator[tuple[int, int, _Word]]:
    """All matches, at each start the longest only."""
    plain = well_formed(text)
    best: dict[int, tuple[int, int]] = {}
    for index, start, end in vocabulary.search.find_matches_as_indexes(plain, overlapping=True):
        if lang is Lang.EN and not _stands_alone(text, start, end):
            continue
        if words is not None and not _fits(words, start, end):
            continue
        if start not in best or end > best[start][0]:
            best[start] = (end, index)
    for start in sorted(best):
        end, index = best[start]
        yield start, end, vocabulary.words[index]


def _fits(words: Words, start: int, end: int) -> bool:
    """A trigger begins or ends with a word; one of a single character is a word, none a part of a name."""
    begins, ends = start in words.at, end in words.at
    if begins and ends:
        return True
    if end - start == 1 or not (begins or ends):
        return False
    whole = bisect.bisect_right(words.starts, start) - 1  # 卢建国
    return words.tags[whole] not in _PERSON or words.starts[whole + 1] < end


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return not (before.isalnum() or before in "-'") and not after.isalnum()


def _cue(
    vocabulary: _Vocabulary,
    text: str,
    lang: Lang,
    span: tuple[int, int],
    word: _Word,
    sentence: tuple[int, int, int],
) -> Cue | None:
    start, end = span
    first, last, number = sentence
    whole = text[first:last]
    for entry in word.triggers:
        if lang is Lang.ZH and not _allowed(entry, text, start, end):
            continue
        if (entry.lacking or entry.having) and not _placed(entry, whole):
            continue
        if entry.type is None:
            return Cue(entry.trigger, start, end, number)
        keeps = lang is Lang.ZH and "周年" in whole and entry.type not in _KEEPS_DAYS
        years = _years(text, end, last) if keeps else 0
        if not years and _unreal(vocabulary, text, span, (first, last), lang):
            return None
        return Cue(entry.trigger, start, end, number, years)
    return None


def _allowed(entry: _Entry, text: str, start: int, end: int) -> bool:
    """Whether what stands right beside a Chinese word allows it."""
    if entry.after:
        before = text[max(0, start - 8) : start]
        if before.endswith(entry.after) and not before.endswith(_forced()):
            return False
    return not entry.before or not text.startswith(entry.before, end) or bool(_ANNIVERSARY.match(text, end))


@functools.cache
def _forced() -> tuple[str, ...]:
    return tuple(load_section("events", "cues")["zh_forced"])


@functools.cache
def _if() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, load_section("events", "cues")["zh_if"])))


def _placed(entry: _Entry, sentence: str) -> bool:
    for word in entry.lacking:
        if word in sentence:
            return False
    for word in entry.having:
        if word in sentence:
            return True
    return not entry.having


def _years(text: str, end: int, last: int) -> int:
    m = _ANNIVERSARY.match(text, end, last)
    if m is None:
        return 0
    amount = parse_number(m[1], Lang.ZH)
    return int(amount.value) if amount is not None and amount.value is not None else 0


def _unreal(
    vocabulary: _Vocabulary, text: str, span: tuple[int, int], sentence: tuple[int, int], lang: Lang
) -> bool:
    """Whether the happening is denied, threatened, planned or wished for."""
    start, end = span
    reach = _UNREAL_REACH if lang is Lang.ZH else _UNREAL_REACH * 2
    before = text[max(sentence[0], start - reach) : start]
    if lang is Lang.ZH and _if().search(before):  # what follows from a condition is no fact either
        return True
    clause = _LAST_CLAUSE.match(before)
    for m in vocabulary.unreal.finditer(before, clause.end() if clause is not None else 0):
        if m[0] in vocabulary.denying:
            return True
    return bool(vocabulary.unreal_after) and text.startswith(vocabulary.unreal_after, end)


@functools.cache
def _vocabulary(lang: Lang) -> _Vocabulary:
    by_word: dict[str, list[_Entry]] = {}
    for trigger in all_triggers():
        entry = _entry(trigger)
        for word in trigger.words(lang):
            for form in forms(word) if lang is Lang.EN else (word,):
                listed = by_word.setdefault(form, [])
                if entry not in listed:
                    listed.append(entry)
    words = tuple(_Word(w, tuple(sorted(e, key=_specific))) for w, e in sorted(by_word.items()))
    search = AhoCorasick([w.text for w in words], implementation=Implementation.DFA)
    cues = load_section("events", "cues")
    if lang is Lang.ZH:
        # Plain words and no group around them: the matcher then looks for their first characters.
        forced, denying = cues["zh_forced"], cues["zh_unreal"]
        unreal = re.compile("|".join(map(re.escape, (*forced, *denying))))
        after = tuple(cues["zh_unreal_after"])
        return _Vocabulary(words, search, unreal, frozenset(denying) - frozenset(forced), after)
    denying = cues["en_unreal"]
    unreal = re.compile(rf"\b(?:{'|'.join(map(re.escape, denying))})\b")
    return _Vocabulary(words, search, unreal, frozenset(denying), ())


def all_triggers() -> Iterator[Trigger]:
    """Every trigger entry of every file, in file order."""
    for file in FILES:
        yield from load_triggers(file)


def _entry(trigger: Trigger) -> _Entry:
    extra = trigger.extra
    return _Entry(
        trigger,
        None if trigger.type == NONE else EventType(trigger.type),
        trigger.not_before,
        trigger.not_after,
        tuple(extra.get("with", ())),
        tuple(extra.get("without", ())),
    )


def _specific(entry: _Entry) -> tuple[bool, bool, int]:
    """No event first, then entries that ask for company, then the stronger ones."""
    return (
        entry.type is not None,
        not entry.having,
        -int(entry.trigger.extra.get("strength", 2)),
    )


def forms(word: str) -> tuple[str, ...]:
    """An English trigger as it may stand, in lower case: a single word inflected, a phrase as it is.

    >>> forms("occupy")
    ('occupy', 'occupies', 'occupied', 'occupying')
    """
    word = word.lower()
    if " " in word or word.endswith(("ed", "ing", "s", "tion")):
        return (word,)
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word, word[:-1] + "ies", word[:-1] + "ied", word + "ing"
    if word.endswith("e"):
        return word, word + "s", word + "d", word[:-1] + "ing"
    plural = "es" if word.endswith(("ch", "sh", "x")) else "s"
    doubled = word[-1] if word.endswith(("pel", "bel", "hip", "rol", "mit", "kid", "lan", "nap")) else ""
    return word, word + plural, word + doubled + "ed", word + doubled + "ing"
