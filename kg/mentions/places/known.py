"""Whether the words of a text make a known name a place, before its neighbours are looked at."""

from __future__ import annotations

import rjieba

from kg.mentions.places.geography import geography
from kg.mentions.places.judging import SURNAMES, Judge
from kg.mentions.places.shapes import Candidate
from kg.mentions.words import Words

UNHEADED = 0.7
"""What a guessed name without a head word loses."""
LONG = 3
"""Characters of a name that is long enough to be sure of."""
_FAIR, _KNOWN, _DOUBTED, _COMMON_WORD = 0.2, 0.1, -0.1, -3.0
_PEOPLE = frozenset(("nr", "nrt", "nrfg"))
_NATURE = frozenset("江河湖山岭峰岛")
_GUESSABLE = _PEOPLE | {"ns", "nz"}
_TOWARDS = ("到", "至", "往", "赴", "驻", "抵")
_TRANSCRIBED = frozenset(("nrt", "ns", "nz"))


def faint(c: Candidate, text: str, words: Words, judge: Judge) -> float:
    """What is sought faintly is weighed as a guess where it is one; else its neighbours must speak for it."""
    if c.way == "faint":
        return _COMMON_WORD
    guess = judge(c._replace(way="guess"), text, words) - UNHEADED
    first, last = words.at.get(c.start), words.at.get(c.end)
    if first is None or last != first + 1 or words.tags[first] not in _GUESSABLE or person_here(c, words):
        return min(guess, _DOUBTED)
    return guess


def person_here(c: Candidate, words: Words) -> bool:
    """Whether the words beside a guessed name make it a person's here."""
    geo, first, last = geography(), words.at.get(c.start), words.at.get(c.end)
    if first and (words.words[first - 1][-2:] in geo.titles or words.words[first - 1][-3:] in geo.titles):
        return True
    return last is not None and last < len(words.words) and words.words[last] in geo.person


def whole(c: Candidate, words: Words) -> bool:
    """Whether a short name begins and ends where words do."""
    return c.end - c.start > 2 or (c.start in words.at and c.end in words.at)


def fitting(c: Candidate, text: str, words: Words) -> bool:
    """Whether the words make a lesser known name a place although nothing else speaks for it."""
    return uncommon(c, words) or across_words(c, words) or of_nature(c, text, words) or led_to(c, text, words)


def uncommon(c: Candidate, words: Words) -> bool:
    """Whether a lesser known name is one word, no person's name, that the lexicon of common words has not.

    Or has it as a place's, which two witnesses then are: 费城.
    """
    first, last = words.at.get(c.start), words.at.get(c.end)
    if first is None or last != first + 1 or words.tags[first] in _PEOPLE:
        return False
    if c.prior >= _FAIR and words.tags[first] == "ns":
        return True
    return not rjieba.has_word(words.words[first])


def across_words(c: Candidate, words: Words) -> bool:
    """Whether a known name of three characters begins or ends inside a word that no lexicon has.

    There the segmenter went astray: 撤至议 + 政府.
    """
    if c.end - c.start != LONG or c.prior < _KNOWN:
        return False
    if c.end in words.at and c.start not in words.at:
        inside = [words.at[p] for p in range(max(0, c.start - LONG), c.start) if p in words.at]
    elif c.start in words.at and c.end not in words.at:
        inside = [words.at[p] for p in range(c.start, c.end) if p in words.at]
    else:
        return False
    return bool(inside) and not rjieba.has_word(words.words[inside[-1]])


def of_nature(c: Candidate, text: str, words: Words) -> bool:
    """Whether a known name of three characters or more is a river's or mountain's that is no common word."""
    if c.end - c.start < LONG or text[c.end - 1] not in _NATURE:
        return False
    return c.start in words.at and c.end in words.at and not rjieba.has_word(text[c.start : c.end])


def led_to(c: Candidate, text: str, words: Words) -> bool:
    """Whether a known name stands beside a word that wants a place, and can be nothing else.

    走到 + 瓦弄, 瓦弄 + 地区, whatever the segmenter made of it: the lexicon has no such word, or for a name
    only (洛桑), and it does not begin as Chinese persons do.
    """
    first, last, geo = words.at.get(c.start), words.at.get(c.end), geography()
    if first is None or last is None or text[c.start] in SURNAMES or person_here(c, words):
        return False
    if rjieba.has_word(text[c.start : c.end]) and words.tags[first] not in _TRANSCRIBED:
        return False
    before = words.words[first - 1] if first else ""
    after = words.words[last] if last < len(words.words) else ""
    if before in geo.before and before not in geo.before_persons and after not in geo.by_persons:
        return True
    return before.endswith(_TOWARDS, 1) or (after in geo.after and len(after) > 1)
