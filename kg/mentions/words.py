"""Chinese word boundaries and parts of speech, as evidence for names.

A name that a dictionary offers across a word boundary (秋田 in 三秋田间管理) is usually none; a name that no
dictionary has comes out of the segmenter as single characters or with a name's tag.  The tags are those of
the segmenter: ``ns`` place, ``nr`` person, ``v`` verb, ``p`` preposition, ``m`` numeral, ``x`` other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import rjieba

from kg.text import well_formed

# The segmenter guesses unknown names with function words stuck to them (商邱之, 驻淇门): these come off.
_LEADING = frozenset("驻于在从由至向自与和及距离将被把对往经抵赴沿据之")
_TRAILING = frozenset("之等与和及亦于在向将已为的各间即而至")
_NO_SURNAME = frozenset("从在往被把将对")
# Head words that end the name before and are taken for the beginning of the next: 何集 + 乡史 + 庄村.
_HEADS = frozenset("省市县区乡镇村州")
_BETWEEN = "和"  # 莫坎罗和查 + 温达
# A head word that is taken for the beginning of the side or direction after it: 莫坎 + 河以东, 伊汶 + 江北岸.
_SIDED = re.compile(
    "([河江湖山岛岭湾港溪镇县市省州村城])"
    "(以[东西南北内外]|之[东西南北]|[东西南北两对沿]岸|[东西南北][面麓侧坡端]|沿线|[上中下]游|境内|附近|一带|郊区)"
)
_GUESSED = frozenset(("nr", "nz", "nrt", "x", "n", "v", "a", "nrfg"))
_NAMES = frozenset(("nr", "nz", "nrt", "x", "nrfg"))
# 镇人 and the like, where 人 follows a name: 青平镇 + 人.
_WITH_PEOPLE = frozenset(("镇人", "县人", "省人", "村人", "乡人"))
# A formation and 在, which are taken for one word: 第三旅 + 在.
_AT = frozenset(("师在", "旅在", "团在", "营在", "连在", "军在"))
_REMEMBERED = 100_000  # words


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: word *i* is ``words[i]``, tagged ``tags[i]``, at ``starts[i]``.

    ``starts`` has one entry more, the length of the text.  ``at`` maps the offset where a word starts to
    its number (the length of the text to the number of words).
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    starts: tuple[int, ...]
    at: dict[int, int]

    def between(self, start: int, end: int) -> tuple[int, int] | None:
        """The numbers ``(first, last + 1)`` of the words that fill ``start:end`` exactly, or None."""
        first, last = self.at.get(start), self.at.get(end)
        return None if first is None or last is None else (first, last)


class _Cuts(dict[tuple[str, str], tuple[tuple[str, str], ...]]):
    """By word and tag, the words into which one is cut; nothing for the many that stay as they are."""

    def __missing__(self, one: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        cut = _cut(*one)
        if len(self) < _REMEMBERED:
            self[one] = cut
        return cut


_cuts = _Cuts()


def segment(text: str) -> Words:
    """The words of `text` (folded or not; simplified characters segment better).

    >>> segment("他们在上海开会").words
    ('他们', '在', '上海', '开会')
    """
    try:
        tagged = rjieba.tag(text)
    except UnicodeEncodeError:  # lone surrogates
        tagged = rjieba.tag(well_formed(text))
    cuts = [*map(_cuts.__getitem__, tagged)]
    if any(cuts):
        tagged = [x for one, cut in zip(tagged, cuts, strict=True) for x in cut or (one,)]
    return numbered(*zip(*tagged, strict=True)) if tagged else numbered((), ())


def is_name(word: str, tag: str) -> bool:
    """Whether a word may be (part of) a proper name: tagged one, or in no lexicon.

    >>> is_name("莱州", "ns"), is_name("青平", "n"), is_name("农村", "n")
    (True, True, False)
    """
    return tag in _NAMES or tag in ("ns", "j") or (len(word) > 1 and not rjieba.has_word(word))


def numbered(words: Sequence[str], tags: Sequence[str]) -> Words:
    """Words and their tags with the offsets at which they start."""
    starts = tuple(accumulate(map(len, words), initial=0))
    return Words(tuple(words), tuple(tags), starts, dict(zip(starts, range(len(starts)), strict=True)))


def _cut(word: str, tag: str) -> tuple[tuple[str, str], ...]:
    if (sided := _SIDED.fullmatch(word)) is not None:
        return (sided[1], "n"), (sided[2], "f")
    if word in _AT:
        return (word[0], "n"), (word[1], "p")
    cut = _unstuck(word, tag) if _stuck(word, tag) else [(word, tag)]
    cut = [x for w, t in cut for x in (((w[0], "n"), (w[1], "n")) if w in _WITH_PEOPLE else ((w, t),))]
    return tuple(cut) if len(cut) > 1 else ()


def _stuck(word: str, tag: str) -> bool:
    return (
        tag in _GUESSED
        and (word[0] in _LEADING or word[-1] in _TRAILING or word[0] in _HEADS or _BETWEEN in word)
        and len(word) >= (2 if tag in _NAMES or word[0] in _HEADS else 3)
    )


def _unstuck(word: str, tag: str) -> list[tuple[str, str]]:
    if rjieba.has_word(word) and not (word[0] in _NO_SURNAME and rjieba.has_word(word[1:])):
        return [(word, tag)]  # but 从锡兰, which the lexicon has for a person, is none
    if word[0] in _LEADING:
        return [(word[0], "p"), (word[1:], tag)]
    if word[0] in _HEADS:
        return [(word[0], "n"), (word[1:], tag)]
    if word[-1] in _TRAILING:
        return [(word[:-1], tag), (word[-1], "u")]
    first, _, second = word.partition(_BETWEEN)
    return [(first, tag), (_BETWEEN, "c"), (second, tag)]
