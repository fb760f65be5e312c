"""Trigger words of events, found in one pass over a text and held to their contexts.

The vocabulary stands in the ``rules/events-*.toml`` files, the words that make a happening unreal
(negated, threatened, wished for) in ``rules/events.toml``.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from kg.mentions.events.words import (
    Heads,
    Tails,
    begins,
    by_head,
    by_tail,
    ends,
    heads,
    listed,
    pattern,
    tails,
)
from kg.mentions.numerals import parse_number
from kg.mentions.rules import Trigger, any_of, load_triggers, plainly, rule_files
from kg.mentions.rules.scanning import occurrences
from kg.mentions.words import Words
from kg.model import EventType, Lang

FILES = tuple(f for f in rule_files() if f.startswith("events-"))
NONE = "none"
"""The type of a trigger entry that holds words which only look like events."""

# They begin with one of some characters: the matcher looks for these and tries at no other place.
_STOP_ZH = r"[。！？；!?;\n▲△]"
_STOP_EN = r"\.(?<![ .(][A-Z]\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bNo\.)(?<!\bSt\.)(?=[\s\"”’]|$)|!|\?|;|\n|▲"
_SENTENCE = {
    Lang.ZH: re.compile(rf"{_STOP_ZH}{_STOP_ZH}*[”’」』）)]?"),
    Lang.EN: re.compile(rf"(?:{_STOP_EN})(?:{_STOP_EN})*[\"”’]?"),
}
_CLAUSE = re.compile(r"[，、：；。！？,:;\n“”‘’（）()《》—　]|  ")
_LAST_CLAUSE = re.compile(f"(?s:.*)(?:{_CLAUSE.pattern})")
_ANNIVERSARY = re.compile(
    r"[^，。；！？\n]{0,6}?([〇零○一二三四五六七八九十百两0-9]{1,4})(?:个)?(?:周年|年周年)"
)
_INVITES = re.compile(r"邀请(?!前?来|到|赴|访|下)[^,，。;；:：!！?？\n]*$")
_ON_INVITATION = re.compile(r"(?:应|受|经|被|由|按照|根据)[^,，。;；:：!！?？\n]*$")
_HELD = 3  # triggers before a verb of which it may hold one
_INVITED = 30  # characters from an invitation to what somebody is asked to do
_LONGEST = 400  # characters of a sentence
_MOST = 24  # triggers of one sentence that are looked at
_AT_A_CEREMONY = frozenset((EventType.AWARD, EventType.FOUNDING, EventType.APPOINTMENT))
_ALL = frozenset(EventType)
# These keep an anniversary, and are none: 庆祝建交四十周年.
_KEEPS_DAYS = frozenset((EventType.CONFERENCE, EventType.TALKS, EventType.PROTEST, EventType.VISIT))
_PERSON = frozenset(("nr", "nrt", "nrfg"))  # words that are the name of a person
_VOWELS = "aeiou"


@dataclass(slots=True)
class Cue:
    """A trigger word in its place: ``text[start:end]``.

    ``type`` is what kind of happening it tells, ``entry`` what the vocabulary says of the word.
    ``anniversary`` is the age where the text keeps one (成立四十周年: 40): the event itself lies that many
    years back.  ``sentence`` is the number of its sentence.
    """

    entry: Entry
    type: EventType
    start: int
    end: int
    sentence: int
    anniversary: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the vocabulary; ``type`` is None where its words only look like events.

    ``strength`` is how surely the words alone tell a happening, 1 to 3; ``joins`` whether they only go with
    a happening of their type that is told already, if one is.
    """

    trigger: Trigger
    type: EventType | None
    strength: int
    joins: bool
    before: Heads  # what must not follow the words
    after: Tails  # what must not go before them
    having: tuple[str, ...]
    lacking: tuple[str, ...]


class _Word(NamedTuple):
    """One word of the vocabulary with the entries that list it, the more specific first.

    ``across`` is what begins as it does and holds the end of one word and the beginning of the next: 晚会见.
    """

    text: str
    entries: tuple[Entry, ...]
    across: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    words: tuple[_Word, ...]
    search: AhoCorasick
    reach: int  # how far before a trigger, within its clause, a word makes it unreal
    supposed: re.Pattern[str] | None  # a condition: what follows from it, in any clause, is no fact
    unreal: re.Pattern[str]  # what makes a happening unreal, and what only seems to
    denying: frozenset[str]  # of these, what does
    doubtful: re.Pattern[str]  # any of all these
    unreal_after: Heads


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
        for stop in [m.end() for m in _SENTENCE[lang].finditer(text, start, end)]:
            if stop <= at + _LONGEST:
                out.append((at, stop))
            else:
                out += _pieces(at, stop)
            at = stop
        out += _pieces(at, end)
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
    only: Collection[EventType] = _ALL,
) -> list[Cue]:
    """The trigger words of `text` (folded) that stand in a context of theirs, in text order.

    `bounds` are the sentences.  `covered` has a byte a character, not zero inside names: no trigger begins
    there, but with a whole name (西安事变).  `words` are the words of a Chinese text: a trigger may not lie
    across two of them (晚会 in 昨晚会见).  Other types than `only` are left out.  The longest of words that
    overlap blocks the others.
    """
    vocabulary = _vocabulary(lang)
    out: list[Cue] = []
    kept = lang is Lang.ZH and "周年" in text
    for start, end, word, (first, last), number in _placed(vocabulary, text, lang, bounds, covered, words):
        entry = _entry_at(word, text, (start, end), (first, last))
        if entry is None or entry.type is None or entry.type not in only:
            continue
        years = _years(text, end, last) if kept and entry.type not in _KEEPS_DAYS else 0
        if not years and _unreal(vocabulary, text, first, (start, end)):
            continue
        if entry.type is EventType.VISIT and _invited(text, first, start):
            continue
        cue = Cue(entry, entry.type, start, end, number, years)
        near = [c for c in out[-_HELD:] if c.sentence == number]
        held = next((c for c in reversed(near) if _holds(text, c, cue)), None)
        if held is not None:
            out.remove(held)
        if out and out[-1].end == start and _completes(text, out[-1], cue):
            continue
        if not any(_holds(text, cue, c) for c in near):  # 奥运会昨天在纪念堂开幕: words may stand between
            out.append(cue)
    return out


def find_seeming(
    text: str, lang: Lang, bounds: Iterable[tuple[int, int]], words: Words | None
) -> Iterator[tuple[Trigger, int, int]]:
    """What only looks like a trigger in `text`: the entry that says so, start and end."""
    for start, end, word, sentence, _ in _placed(_vocabulary(lang), text, lang, bounds, b"", words):
        entry = _entry_at(word, text, (start, end), sentence)
        if entry is not None and entry.type is None:
            yield entry.trigger, start, end


def _placed(
    vocabulary: _Vocabulary,
    text: str,
    lang: Lang,
    bounds: Iterable[tuple[int, int]],
    covered: bytes | bytearray,
    words: Words | None,
) -> Iterator[tuple[int, int, _Word, tuple[int, int], int]]:
    """The words that can be triggers: start, end, the word, its sentence and the number of this."""
    spans = [*bounds, (len(text) + 1, len(text) + 2)]  # the last, beyond the text, is none
    at = number = told = 0
    previous = -1
    for start, end, word in _longest(vocabulary, text, lang, words):
        while spans[number][1] <= start:
            number += 1
        if start < at or spans[number][0] > start:
            continue
        at = end
        if covered and covered[start] and (covered[end - 1] or (start and covered[start - 1])):
            continue  # inside a name; 西安事变 begins with one
        told = told + 1 if number == previous else 1
        previous = number
        if told <= _MOST:
            yield start, end, word, spans[number], number


def _holds(text: str, verb: Cue, noun: Cue) -> bool:
    """Whether `verb` only holds what `noun` names (in one sentence): 举行锦标赛, 锦标赛在武汉举行."""
    if verb.type is noun.type or not begins(text, verb.start, _holding(games=noun.type is EventType.SPORT)):
        return False
    first, last = (verb, noun) if verb.start < noun.start else (noun, verb)
    return not _CLAUSE.search(text, first.end, last.start)


def _completes(text: str, first: Cue, cue: Cue) -> bool:
    """Whether the two are one word, told by the first: 授奖仪式, 成立大会."""
    return first.type in _AT_A_CEREMONY and text.startswith(("仪式", "大会", "典礼"), cue.start)


@functools.cache
def _holding(*, games: bool) -> Heads:
    return heads([*listed("zh_holding"), *(listed("zh_holding_games") if games else ())])


def _longest(
    vocabulary: _Vocabulary, text: str, lang: Lang, words: Words | None
) -> Iterator[tuple[int, int, _Word]]:
    """All matches, at each start the longest only."""
    found: Iterable[tuple[int, int, int]] = occurrences(vocabulary.search, text)
    if lang is Lang.EN:
        found = [m for m in found if _stands_alone(text, m[1], m[2])]
    elif words is not None:
        found = [m for m in found if _fits(words, m[1], m[2])]
    # They come in the order of their ends: the last at a start is the longest.
    best = {start: (end, index) for index, start, end in found}
    for start, (end, index) in sorted(best.items()):
        word = vocabulary.words[index]
        if not word.across or not text.startswith(word.across, start):
            yield start, end, word


def _invited(text: str, first: int, start: int) -> bool:
    """Whether somebody is only asked to come (邀请外长访问中国), not come upon it (应邀请来访)."""
    clause = text[max(first, start - _INVITED) : start]
    asked = _INVITES.search(clause) if "邀请" in clause else None
    return asked is not None and not _ON_INVITATION.search(clause[: asked.start()])


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


def _entry_at(word: _Word, text: str, span: tuple[int, int], sentence: tuple[int, int]) -> Entry | None:
    """The first entry of the word at `span` that the text around allows."""
    start, end = span
    before, after = text[start - 1 : start], text[end : end + 1]
    for entry in word.entries:
        if (
            before in entry.after
            and ends(text, start, entry.after)
            and not ends(text, start, by_tail("zh_forced"))
        ):
            continue
        if after in entry.before and begins(text, end, entry.before) and not _ANNIVERSARY.match(text, end):
            continue
        if (entry.lacking or entry.having) and not _has_company(entry, text[slice(*sentence)]):
            continue
        return entry
    return None


def _has_company(entry: Entry, sentence: str) -> bool:
    """Whether the words that the entry asks for are in the sentence, and none that it forbids."""
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


def _unreal(vocabulary: _Vocabulary, text: str, first: int, span: tuple[int, int]) -> bool:
    """Whether what is told at `span`, in a sentence from `first`, is denied, threatened or wished for."""
    start, end = span
    before = text[max(first, start - vocabulary.reach) : start]
    if vocabulary.doubtful.search(before) and _denied(vocabulary, before):
        return True
    return begins(text, end, vocabulary.unreal_after)


def _denied(vocabulary: _Vocabulary, before: str) -> bool:
    if vocabulary.supposed is not None and vocabulary.supposed.search(before):
        return True
    clause = _LAST_CLAUSE.match(before)
    for m in vocabulary.unreal.finditer(before, clause.end() if clause is not None else 0):
        if m[0] in vocabulary.denying:
            return True
    return False


@functools.cache
def _vocabulary(lang: Lang) -> _Vocabulary:
    by_word: dict[str, list[Entry]] = {}
    for trigger in all_triggers():
        entry = _entry(trigger, lang)
        for word in trigger.words(lang):
            for form in forms(word) if lang is Lang.EN else (word,):
                entries = by_word.setdefault(form, [])
                if entry not in entries:
                    entries.append(entry)
    across = listed("zh_across")
    words = tuple(
        _Word(w, tuple(sorted(e, key=_specific)), tuple(a for a in across if a.startswith(w)))
        for w, e in sorted(by_word.items())
    )
    search = AhoCorasick([w.text for w in words], implementation=Implementation.DFA)
    if lang is Lang.EN:
        denying = listed("en_unreal")
        unreal = re.compile(rf"\b{any_of(denying)}\b")
        return _Vocabulary(words, search, 48, None, unreal, frozenset(denying), unreal, {})
    forced, denying, supposed = listed("zh_forced"), listed("zh_unreal"), listed("zh_if")
    return _Vocabulary(
        words,
        search,
        24,
        pattern("zh_if"),
        plainly([*forced, *denying]),
        frozenset(denying) - frozenset(forced),
        plainly([*forced, *denying, *supposed]),
        by_head("zh_unreal_after"),
    )


def all_triggers() -> Iterator[Trigger]:
    """Every trigger entry of every file, in file order."""
    for file in FILES:
        yield from load_triggers(file)


def _entry(trigger: Trigger, lang: Lang) -> Entry:
    extra = trigger.extra
    chinese = lang is Lang.ZH  # in English nothing is asked of what stands right beside a word
    return Entry(
        trigger,
        None if trigger.type == NONE else EventType(trigger.type),
        int(extra.get("strength", 2)),
        bool(extra.get("joins")),
        heads(trigger.not_before) if chinese else {},
        tails(trigger.not_after) if chinese else {},
        tuple(extra.get("with", ())),
        tuple(extra.get("without", ())),
    )


def _specific(entry: Entry) -> tuple[bool, bool, int]:
    """No event first, then entries that ask for company, then the stronger ones."""
    return entry.type is not None, not entry.having, -entry.strength


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
