"""What the two languages say to each other about names that no dictionary has.

A Chinese candidate and an English capitalised name in paragraphs that render each other, which sound alike,
are one name; what the words around it say in either language then counts for both.  A pair of the article's
``**Named Entities**`` list does the same.  Pinyin of two words (Ding Shuben) is a person's.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.mentions.aligned import rendered, rendering
from kg.mentions.places.english_names import EnglishName
from kg.mentions.places.geography import bases, geography
from kg.mentions.places.readings import keys_of_name, keys_of_spelling, written_so
from kg.mentions.places.shapes import Candidate
from kg.mentions.rules import load_section
from kg.mentions.sounds import (
    BESIDE,
    Sound,
    Spelling,
    alike,
    chinese_sound,
    latin_sound,
    letters,
    may_be_pinyin,
)
from kg.model import STATES, Article, Body, Find, Lang

_DOUBTFUL, _LETTERS_ONLY = -5.0, -8.0  # candidates below this are not asked about; runs of transcription
_ALIKE, _TWO_ALIKE = 0.66, 0.7  # names that sound less alike are two names; those of two characters
_SPELT, _SIMILAR, _LISTED, _PERSON = 2.5, 1.5, 2.0, -6.0
# A name transcribed in so many characters, as alike as this, of which the English says where it is.
_TRANSCRIBED, _LONG_CLOSELY, _CLOSELY, _VERY_CLOSELY, _AT_LEAST, _AT_BEST = 3, 0.7, 0.75, 0.85, -2.0, -1.0
_ONE_WORD = 2.0  # Pinyin in one word: a Chinese person's name has two, an organisation's is translated
_HEADS_AGREE, _HEAD_LOST = 1.0, -1.0
# Names as they are read in Vietnam or Korea: how alike, and from what English score on a new one is believed.
_READ, _MAYBE, _LED = 0.99, -0.5, 0.0
_LED_BOTH = 1.0  # the words before a name lead to places in both languages
_LEADS = re.compile(
    "(?:(?<!看)(?<!听)(?<!受)(?<!遇)(?<!提)(?<!谈)(?<!得)(?<!找)(?<!感)到|(?<!甚)至|从|位于|[开运飞前驶通撤逃派]往|抵达?|途经|路过|进入|返回|离开|占领|攻[克占下入打]|解放|收复)$"
)
_REACH = 3  # characters before a Chinese name that are looked at
_KNOWN, _ONE_ITEM = 3.0, 0.98  # a known English place; two names of one item
_DEMONYM = re.compile(
    "(?:ian|ean|ese|ish|eli|aqi|ani|ench|utch|wiss|reek|hai|rab|zech|ovak|oslav|oviet|ipino|ole|(?<!Vat)ican)$"
)
_LEAST_LETTERS = 5
_MOST = 400  # surfaces a language that are compared: enough for any article, and a bound for hostile ones


@dataclass(slots=True)
class _Surface:
    text: str
    score: float
    head: str = ""
    known: bool = False
    state: bool = False
    lesser: bool = False
    items: tuple[str, ...] = ()
    paragraphs: set[int] = field(default_factory=set)
    before: list[str] = field(default_factory=list)  # what stands before a Chinese one, where it does
    bare: str = ""  # an English one without the head word before it, whose Chinese is ``ending``
    ending: str = ""


class Pair(NamedTuple):
    """A Chinese surface and the English one that renders it; ``score`` is the log-odds of a place."""

    zh: str
    en: str
    score: float
    likeness: float


def pair_names(
    article: Article,
    chinese: Iterable[tuple[float, Candidate]],
    english: Iterable[EnglishName],
    known: Iterable[tuple[int, str, tuple[str, ...]]],
    lesser: Container[str] = (),
) -> tuple[Pair, ...]:
    """The pairs of surfaces that are one name, best first.

    `known` are the English dictionary places, as start, text and items; `lesser` the texts of those that are
    little known.
    """
    if article.zh is None or article.en is None:
        return ()
    zh = _chinese_surfaces(article.zh, chinese)
    en = _english_surfaces(article.en, english, known, lesser)
    aligned = rendering(article)
    pairs = _listed(article.names, zh, en)
    standing: dict[tuple[int, str], list[tuple[int, _Surface]]] = {}
    for order, e in enumerate(list(en.values())[:_MOST]):
        theirs = latin_sound(e.text)
        for number in e.paragraphs:
            firsts = {theirs.skeleton[:1], *keys_of_spelling(theirs.spelling)}
            for first in firsts | ({latin_sound(e.bare).skeleton[:1]} if e.bare else set()):
                standing.setdefault((number, first), []).append((order, e))
    same = tuple(_one_item(zh.values(), en.values(), aligned))
    pairs += same
    done = {p.zh for p in same}  # nothing else but its Pinyin is another rendering of such a name
    for z in list(zh.values())[:_MOST]:
        best = _best(z, aligned, standing)
        if best is not None and (best.likeness == 1 or z.text not in done):
            pairs.append(best)
    return tuple(sorted(set(pairs), key=lambda p: (-p.likeness, -p.score, p.zh, p.en)))


def _best(
    z: _Surface,
    aligned: Mapping[int, Sequence[int]],
    standing: Mapping[tuple[int, str], list[tuple[int, _Surface]]],
) -> Pair | None:
    """The name in the paragraphs that render those of `z` which sounds most like it.

    Looked for among those that begin with a like sound, or are spelt as `z` is.
    """
    sound = chinese_sound(z.text)
    stem = _stem(z)
    base = chinese_sound(stem) if z.head and stem else None
    initial = sound.skeleton[:1]
    firsts = {initial, *BESIDE.get(initial, ""), sound.spelling} - {""}
    read = keys_of_name(z.text) | keys_of_name(stem)
    best = None
    for number in sorted(set().union(*(aligned.get(p, ()) for p in z.paragraphs))):
        found: dict[int, _Surface] = {}
        for first in firsts:
            if (listed := standing.get((number, first))) is not None:
                found.update(listed)
        proposed = [_pair(z, e, sound, base) for _, e in sorted(found.items())]
        proposed += [_read(z, e) for key in sorted(read) for _, e in standing.get((number, key), ())]
        for pair in proposed:
            if pair is not None and (
                best is None or (pair.likeness, pair.score) > (best.likeness, best.score)
            ):
                best = pair
    return best


def spelt_names(
    article: Article, english: Iterable[EnglishName], pairs: Iterable[Pair]
) -> Iterator[tuple[float, Candidate, Pair]]:
    """Chinese names that no rule proposed, found by the Pinyin of an English word that renders them."""
    if article.zh is None or article.en is None:
        return
    done = {p.en for p in pairs if p.likeness == 1 and p.score > 0}
    ours = rendered(article)
    where, listed = _paragraph_of(article.en), {letters(en): zh for zh, en in article.names}
    seen: set[tuple[str, int]] = set()
    demonyms = load_section("units", "words")["demonym"]
    spelt: dict[int, Spelling] = {}
    for n in english:
        spelling = letters(n.text)
        if n.text in done or len(spelling) < _LEAST_LETTERS or len(seen) > _MOST or n.text in demonyms:
            continue
        if " " in n.text:
            yield from _read_names(article.zh, n, ours.get(where[n.start], ()))
            continue
        new = [p for p in ours.get(where[n.start], ()) if (spelling, p) not in seen]
        seen.update((spelling, p) for p in new)
        for number in new if may_be_pinyin(spelling) else ():
            score = n.score + _SPELT + _ONE_WORD - 1 + (_LISTED if spelling in listed else 0)
            start, end = article.zh.paragraphs[number]
            if number not in spelt:
                spelt[number] = Spelling.of(article.zh.text[start:end])
            for a, b in spelt[number].find(spelling):
                found = Candidate(start + a, start + b, "paired", "place-zh-paired")
                yield score, found, Pair(article.zh.text[start + a : start + b], n.text, score, 1.0)


def _read_names(
    body: Body, n: EnglishName, paragraphs: Iterable[int]
) -> Iterator[tuple[float, Candidate, Pair]]:
    """Where a Vietnamese name stands in Chinese; of three syllables it must be led to: it may be a person."""
    if n.score < (_MAYBE if n.text.count(" ") == 1 or n.head is not None else _LED):
        return
    for number in paragraphs:
        start, end = body.paragraphs[number]
        for a, b in written_so(n.text, body.text[start:end]):
            if n.head is not None:  # 锦荔 + 桥, Cam Le Bridge
                b += max((len(w) for w in n.head.zh if body.text.startswith(w, start + b)), default=0)
            found = Candidate(start + a, start + b, "paired", "place-zh-read")
            score = n.score + _SPELT
            yield score, found, Pair(body.text[start + a : start + b], n.text, score, _READ)


def with_heads(finds: Iterable[Find], pairs: Iterable[Pair]) -> Iterator[Pair]:
    """The pairs of the surfaces that were found: a name with its head word goes with one of the same sort.

    沧口机场 and "Cangkou" become 沧口机场 and "Cangkou Airport".
    """
    pairs = tuple(pairs)
    if not pairs:
        return
    headed: dict[tuple[Lang, str], dict[str, str]] = {}
    for f in finds:
        for base, sort in bases(f.span.text, f.span.lang):
            headed.setdefault((f.span.lang, base), {})[f.span.text] = sort
    for p in pairs:
        head = bases(p.zh, Lang.ZH)[-1]
        zh = {**headed.get((Lang.ZH, p.zh), {}), **({} if head[0] == p.zh else {p.zh: head[1]})}
        en = headed.get((Lang.EN, p.en), {})
        same = [(z, e) for z, a in zh.items() for e, b in en.items() if a == b]
        if not same and zh and en:
            same = [(next(iter(zh)), next(iter(en)))]
        yield from (Pair(z, e, p.score, p.likeness) for z, e in same)


def _paragraph_of(body: Body) -> list[int]:
    out = [0] * (len(body.text) + 1)
    for number, (start, end) in enumerate(body.paragraphs):
        out[start:end] = [number] * (end - start)
    return out


def _chinese_surfaces(body: Body, chinese: Iterable[tuple[float, Candidate]]) -> dict[str, _Surface]:
    out: dict[str, _Surface] = {}
    where = _paragraph_of(body)
    for score, c in chinese:
        if score < (_DOUBTFUL if c.way != "run" else _LETTERS_ONLY):
            continue
        text = body.text[c.start : c.end]
        if (s := out.get(text)) is None:
            s = out[text] = _Surface(text, score, c.head)
        elif score > s.score:
            s.score = score
        s.known, s.items = s.known or c.way == "dict", s.items or c.items
        s.state = s.state or c.subkind in STATES
        s.paragraphs.add(where[c.start])
        s.before.append(body.text[max(0, c.start - _REACH) : c.start])
    return out


def _english_surfaces(
    body: Body,
    english: Iterable[EnglishName],
    known: Iterable[tuple[int, str, tuple[str, ...]]],
    lesser: Container[str],
) -> dict[str, _Surface]:
    out: dict[str, _Surface] = {}
    where = _paragraph_of(body)
    preposed = load_section("places", "english")["preposed_zh"]
    for n in english:
        if (s := out.get(n.text)) is None:
            s = out[n.text] = _Surface(n.text, n.score)
            word, _, rest = n.text.partition(" ")
            if rest and word in preposed:
                s.bare, s.ending = rest, preposed[word]
        elif n.score > s.score:
            s.score = n.score
        s.head = s.head or (n.head.type if n.head else "")
        s.paragraphs.add(where[n.start])
    for start, text, items in known:
        if (s := out.get(text)) is None:
            s = out[text] = _Surface(text, _KNOWN)
        s.score, s.known, s.items, s.lesser = max(s.score, _KNOWN), True, items, text in lesser
        s.paragraphs.add(where[start])
    return out


def _one_item(
    zh: Iterable[_Surface], en: Iterable[_Surface], aligned: Mapping[int, Sequence[int]]
) -> Iterator[Pair]:
    """Known names of one item in paragraphs that render each other: what they sound like does not matter."""
    named: dict[str, list[_Surface]] = {}
    for e in en:
        for item in e.items:
            named.setdefault(item, []).append(e)
    for z in zh:
        alike = [e for i in z.items for e in named.get(i, ())]
        there = set().union(*(aligned.get(p, ()) for p in z.paragraphs)) if alike else set()
        for text in dict.fromkeys(e.text for e in alike if there & e.paragraphs):
            yield Pair(z.text, text, max(z.score, _AT_BEST) + _KNOWN, _ONE_ITEM)


def _listed(
    names: Iterable[tuple[str, str]], zh: Mapping[str, _Surface], en: Mapping[str, _Surface]
) -> list[Pair]:
    """The pairs of the article's own list that stand in both texts."""
    out = []
    english = {letters(e.text): e for e in en.values()}
    for chinese, latin in names:
        z = zh.get(chinese)
        e = english.get(letters(latin)) or english.get(letters(latin.rpartition(" ")[0]))
        if z is not None and e is not None:
            likeness = alike(chinese_sound(z.text), latin_sound(e.text))
            score = max(z.score, -2.0) + max(e.score, -2.0) + _LISTED + _sound(z, e, likeness)
            out.append(Pair(z.text, e.text, score, 1.0))
    return out


def _pair(z: _Surface, e: _Surface, sound: Sound, base: Sound | None) -> Pair | None:
    theirs = latin_sound(e.text)
    likeness = _likeness(z, e, sound, base)
    if likeness < (_VERY_CLOSELY if z.state and not e.known else _ALIKE):
        return None  # the English names of states are known: Kaesong is not 朝鲜
    if not (likeness == 1 and e.known) and e.text in load_section("units", "words")["demonym"]:
        return None
    if likeness < 1 and (_DEMONYM.search(e.text) or (len(z.text) == 2 and len(e.text) > 9)):
        return None
    if likeness < 1 and e.known and _is_another(z, e, theirs, likeness):
        return None
    if len(z.text) == 2 and likeness < _TWO_ALIKE:
        return None
    ours = _heard(z, e, likeness, len(sound.skeleton))
    return Pair(z.text, e.text, ours + e.score + _sound(z, e, likeness), likeness)


def _likeness(z: _Surface, e: _Surface, sound: Sound, base: Sound | None) -> float:
    """How alike the names sound, with their head words or without."""
    theirs = latin_sound(e.text)
    likeness = alike(sound, theirs)
    if base is not None and likeness < 1 and (e.head or e.known):
        likeness = max(likeness, alike(base, theirs))
    if e.bare and likeness < 1 and len(z.text) > _TRANSCRIBED and z.text.endswith(e.ending):
        likeness = max(likeness, alike(chinese_sound(z.text.removesuffix(e.ending)), latin_sound(e.bare)))
    return likeness


def _heard(z: _Surface, e: _Surface, likeness: float, sounds: int) -> float:
    """What the Chinese name scores beside an English one that sounds so much like it, of so many sounds."""
    ours, size = z.score, len(z.text)
    if z.items and likeness >= _VERY_CLOSELY and e.score >= _LED:
        ours = max(ours, _AT_BEST)  # a county that a common word may be: 新民, Hsinmin
    close = _LONG_CLOSELY if size > _TRANSCRIBED else _CLOSELY
    if e.score >= 0 and not e.head and likeness >= close and size >= _TRANSCRIBED:
        exact = likeness >= (close if size > _TRANSCRIBED else _VERY_CLOSELY)
        ours = max(ours, _AT_BEST if exact and sounds >= _TRANSCRIBED else _AT_LEAST)
    if e.score >= _MAYBE and likeness >= _VERY_CLOSELY and size >= _TRANSCRIBED and _is_led(z):
        ours = max(ours, _AT_BEST) + _LED_BOTH
    return ours


def _is_led(z: _Surface) -> bool:
    """Whether a word that leads to places, and hardly to people, stands before the Chinese name."""
    return any(_LEADS.search(before) is not None for before in z.before)


def _stem(z: _Surface) -> str:
    return z.text[: len(z.text) - len(z.head)]


def _read(z: _Surface, e: _Surface) -> Pair | None:
    """The pair of a name and its spelling as it is read in Vietnam or Korea."""
    if e.known and z.items and not set(z.items) & set(e.items):
        return None
    if not (z.known or e.known or e.head or e.score >= _MAYBE):
        return None
    heads = 0.0 if not e.head else _HEADS_AGREE if z.head else _HEAD_LOST
    return Pair(z.text, e.text, max(z.score, _AT_BEST) + e.score + _SPELT + heads, _READ)


def _is_another(z: _Surface, e: _Surface, theirs: Sound, likeness: float) -> bool:
    """Whether a known English name is not that of `z`: a town of China sounds as it is spelt.

    But a lesser known one may be spelt in an older way as another is in Pinyin: Changwu, 彰武.
    """
    if z.items:
        return not (e.lesser and likeness >= _VERY_CLOSELY) and not set(z.items) & set(e.items)
    transcribed = z.score > 0 and e.lesser and likeness >= _CLOSELY and len(z.text) >= _TRANSCRIBED
    if transcribed and geography().loose.issuperset(z.text):
        return False  # another of the name: Saïda, 赛伊达
    return may_be_pinyin(theirs.spelling)


def _sound(z: _Surface, e: _Surface, likeness: float) -> float:
    heads = 0.0 if not e.head else _HEADS_AGREE if z.head else _HEAD_LOST
    if likeness < 1:
        return _SIMILAR + heads
    if " " not in e.text:
        return _SPELT + _ONE_WORD + heads
    return _SPELT + heads if e.head or z.head or e.known or z.known else _PERSON
