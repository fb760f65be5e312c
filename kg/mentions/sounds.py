"""How alike a Chinese name and a Latin one sound: 瑟庄 and "Sezhuang", 库塞马 and "Quseima".

Pinyin that is spelt out agrees letter by letter.  A foreign name went into Chinese by its sound, so both
sides are reduced to a skeleton of consonant classes in which the usual confusions of transcription
(b/p, d/t, g/k/q/c, l/r, s/z/sh, f/v/w/h …) are equal, and compared.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from pypinyin import Style, lazy_pinyin
from pypinyin import pinyin as pinyin_of

from kg.text import fold_latin

_LETTERS = re.compile("[^a-z]+")
# Letters whose sound their mark tells.
_MARKED = str.maketrans(
    {**dict.fromkeys("čć", "ch"), **dict.fromkeys("šśşș", "sh"), **dict.fromkeys("žźż", "zh")}
)
_SILENT = re.compile(r"(?<=[aeiou])h\b")  # Aceh, Sabah, Putih
_CONSONANTS = re.compile("[^aeiouv]+")
# The end of one syllable, one without a vowel (嗯, 哼), the beginning of the next.
_CLUSTERS = frozenset(
    end + alone + start
    for end in ("", "n", "ng", "r")
    for alone in ("", "m", "n", "ng", "hm", "hng")
    for start in ("", "zh", "ch", "sh", *"bpmfdtnlgkhjqxzcsryw")
)


_VOWELS = ("a", "e", "i", "o", "u")
_Table = tuple[dict[str, str], re.Pattern[str]]


# Longest spellings first; vowels vanish, except that a leading one is kept as "a".
def _table(pairs: str) -> _Table:
    sounds = dict(pair.split("=") for pair in pairs.split())
    return sounds, re.compile("|".join(sounds))


_PINYIN = _table(
    "zh=j ch=j sh=s ng=n q=j x=s c=s z=s j=j b=p p=p d=t t=t g=k k=k l=l r=l s=s f=f w=f h=h m=m n=n y=y"
)
_LATIN = _table(
    "sch=s tch=j ch=j sh=s hs=s ts=s tz=s zh=j ph=f th=t gh=k kh=k ck=k ng=n ce=s ci=s cy=s ge=j gi=j qu=k "
    "q=k c=k x=s z=s j=j b=p p=p d=t t=t g=k k=k l=l r=l s=s f=f v=f w=f h=h m=m n=n y=y"
)


@functools.cache
def _syllable(character: str) -> str:
    return _LETTERS.sub("", "".join(lazy_pinyin(character, errors="ignore")))


class _Spelt(dict[str, str]):
    """The Pinyin of a character; a bar for one that has none."""

    def __missing__(self, character: str) -> str:
        spelt = self[character] = _syllable(character) or "|"
        return spelt


_spelt = _Spelt()


def pinyin(name: str) -> str:
    """The Pinyin of `name`, letters only.

    >>> pinyin("瑟庄"), pinyin("A庄")
    ('sezhuang', 'zhuang')
    """
    return "".join(map(_syllable, name))


@dataclass(frozen=True, slots=True)
class Spelling:
    """The Pinyin of a Chinese text, and the character at which each of its syllables begins."""

    joined: str
    starts: dict[int, int]

    @classmethod
    def of(cls, text: str) -> Spelling:
        """Spell out `text`; what has no Pinyin is a bar."""
        syllables = [*map(_spelt.__getitem__, text)]
        starts = dict(zip(accumulate(map(len, syllables), initial=0), range(len(text) + 1), strict=True))
        return cls("".join(syllables), starts)

    def find(self, latin: str) -> Iterator[tuple[int, int]]:
        """Where a name of two to four characters stands whose Pinyin is `latin` (letters only).

        >>> list(Spelling.of("驻于瑟庄车站").find("sezhuang"))
        [(2, 4)]
        """
        at = self.joined.find(latin)
        while at >= 0:
            first, last = self.starts.get(at), self.starts.get(at + len(latin))
            if first is not None and last is not None and 2 <= last - first <= 4:
                yield first, last
            at = self.joined.find(latin, at + 1)


@functools.lru_cache(maxsize=50_000)
def may_be_pinyin(latin: str) -> bool:
    """Whether `latin` (letters only) can be Pinyin at all, by the consonants between its vowels.

    >>> may_be_pinyin("sezhuang"), may_be_pinyin("kissinger")
    (True, False)
    """
    return all(cluster in _CLUSTERS for cluster in _CONSONANTS.findall(latin))


_WHOLE_PINYIN = re.compile(
    "(?:(?:[zcs]h?|[bpmfdtnlgkhjqxrwy])?(?:i?ang?|i?ao|uan?g?|uai|i?ong|eng?|ing?|ie?|iu|i?a|ai|ei|ou|ue|ui|uo|un|er?|o|u|v)){2,}"
)


def spells_another(chinese: str, latin: str) -> bool:
    """Whether `latin` is Pinyin, and of something else than `chinese`, with or without 县, 市 … at its end.

    >>> spells_another("陵水", "Lingao"), spells_another("单县", "Shanxian"), spells_another("顺化", "Huế")
    (True, False, False)
    >>> spells_another("应城县", "Yingcheng"), spells_another("卡萨布兰卡", "Casablanca")
    (False, False)
    """
    spelling = letters(latin)
    if len(spelling) < _FEWEST or _WHOLE_PINYIN.fullmatch(spelling) is None:
        return False
    names = (chinese, chinese[:-1] if chinese[-1:] in _HEADS else chinese)
    if max(likeness(name, latin) for name in names) >= _ONE_NAME:
        return False
    return not any(re.fullmatch("".join(map(_readings, name)), spelling) for name in names)


@functools.cache
def _readings(character: str) -> str:
    """A pattern of all readings of a character: 单 is dan and shan."""
    found = pinyin_of(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return f"(?:{'|'.join(sorted({_LETTERS.sub('', r) for rs in found for r in rs}))})"


_ONE_NAME = 0.7  # names that sound less alike are two names
_FEWEST = 5  # letters: Hue is no Pinyin
_HEADS = "省县市区镇乡村城旗"


def letters(name: str) -> str:
    """The plain letters of a Latin name.

    >>> letters("Qian'gen"), letters("Điện Biên")
    ('qiangen', 'dienbien')
    """
    return _LETTERS.sub("", fold_latin(name))


def _skeleton(spelling: str, table: _Table) -> str:
    out = "a" if spelling[:1] in _VOWELS else ""
    ended = 0  # where the last consonant ended: ll is one sound, l in lora are two
    sounds, consonants = table
    for found in consonants.finditer(spelling):
        sound = sounds[found[0]]
        if not (sound in "nsl" and found.start() == ended and out.endswith(sound)):
            out += sound
        ended = found.end()
    return out


def chinese_skeleton(name: str) -> str:
    """The consonant classes of a Chinese name's Pinyin.

    >>> chinese_skeleton("库塞马")
    'ksm'
    """
    return "".join(_skeleton_of_syllable(_syllable(c), first=i == 0) for i, c in enumerate(name))


@functools.cache
def _skeleton_of_syllable(syllable: str, *, first: bool) -> str:
    s = _skeleton(syllable, _PINYIN)
    return s if first else s.removeprefix("a")


def latin_skeleton(name: str) -> str:
    """The consonant classes of a Latin name.

    >>> latin_skeleton("Quseima"), latin_skeleton("Bačka")
    ('ksm', 'pjk')
    """
    return _skeleton(letters(_SILENT.sub("", fold_latin(name.lower().translate(_MARKED)))), _LATIN)


@dataclass(frozen=True, slots=True)
class Sound:
    """A name as it sounds: its letters (Pinyin of a Chinese one) and the skeleton of its consonants."""

    spelling: str
    skeleton: str


@functools.lru_cache(maxsize=50_000)
def chinese_sound(name: str) -> Sound:
    """How a Chinese name sounds."""
    return Sound(pinyin(name), chinese_skeleton(name))


@functools.lru_cache(maxsize=50_000)
def latin_sound(name: str) -> Sound:
    """How a Latin name sounds."""
    return Sound(letters(name), latin_skeleton(name))


def likeness(chinese: str, latin: str) -> float:
    """How alike two names sound, 0 to 1; 1 only for Pinyin spelt out.

    >>> likeness("瑟庄", "Sezhuang"), likeness("库塞马", "Quseima"), likeness("瑟庄", "Taiyang") < 0.5
    (1.0, 0.9, True)
    """
    return alike(chinese_sound(chinese), latin_sound(latin))


def alike(chinese: Sound, latin: Sound) -> float:
    """:func:`likeness` of sounds."""
    if chinese.spelling == latin.spelling:
        return 1.0
    a, b = chinese.skeleton, latin.skeleton
    if not a or not b or (a[0] != b[0] and a[0] + b[0] not in _NEAR):
        return 0.0
    ours, theirs = len(a), len(b)
    if ours > 2 * theirs or theirs > 2 * ours:
        return 0.0
    return 0.9 * (1 - _distance(a, b) / (ours if ours > theirs else theirs))


# Classes that transcription mixes up: they cost half.
_NEAR = frozenset(
    (
        "mn",
        "nm",
        "js",
        "sj",
        "hk",
        "kh",
        "hf",
        "fh",
        "fp",
        "pf",
        "jk",
        "kj",
        "ya",
        "ay",
        "yj",
        "jy",
        "ah",
        "ha",
    )
)


BESIDE = {a: "".join(n[1] for n in sorted(_NEAR) if n[0] == a) for a in "abcdefghijklmnopqrstuvwxyz"}
"""The classes that transcription mixes up with each: names that begin otherwise do not sound alike."""


_LETTERS_OF_SOUNDS = "abcdefghijklmnopqrstuvwxyz"
_COST = {
    x: {y: 0.0 if x == y else 0.5 if x + y in _NEAR else 1.0 for y in _LETTERS_OF_SOUNDS}
    for x in _LETTERS_OF_SOUNDS
}
_LOSS = {x: 0.5 if x in "hya" else 1.0 for x in _LETTERS_OF_SOUNDS}


@functools.lru_cache(maxsize=100_000)
def _distance(a: str, b: str) -> float:
    """Weighted Levenshtein distance of two short strings of letters; h, y and a are lightly lost."""
    theirs = [(y, _LOSS[y]) for y in b]
    row: list[float] = [0.0, *accumulate(loss for _, loss in theirs)]
    for x in a:
        cost, lost = _COST[x], _LOSS[x]
        diagonal = row[0]
        left = row[0] = diagonal + lost
        for j, (y, loss) in enumerate(theirs, 1):
            above = row[j]
            best = diagonal + cost[y]
            if above + lost < best:
                best = above + lost
            if left + loss < best:
                best = left + loss
            diagonal = above
            row[j] = left = best
    return row[-1]
