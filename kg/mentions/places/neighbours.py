"""Chinese places by what stands beside them and elsewhere in the article.

* Of names joined by 、, 和 or 与, half of them places and at least two, the others are places too, if they
  are known names, transcribed or have a head word (马洛查、波利斯、莫坎罗和乌维拉); one place, of no state,
  is enough where a word that leads to a place stands before them (攻占克宁、奥布罗瓦茨、格利纳);
* 库塞马地区 names 库塞马 too;
* a name with its head word is as likely wherever it stands (廊希南村 is not 南村 once);
* 西南 right after a town, 这里 or 向 tells a direction; after a country, or alone, it is a region.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

import rjieba

from kg.mentions.places.geography import geography
from kg.mentions.places.reached import mostly_letters
from kg.mentions.places.shapes import Candidate
from kg.mentions.view import View
from kg.model import STATES

SEAT = "县城"
"""The seat of a county, which names the county itself; other areas only have the name in theirs."""
ENUMERATED_RULE, WITHIN_RULE = "place-enumerated", "place-of-area"
_AREAS = ("地区", "流域", "解放区", "根据地", "空军基地", "海军基地", "机场", "基地")
_SETTLED = frozenset(("county", "district", "town", "township", "village"))
_FULL = 3  # characters of a name that can do without its head word
_BESIDE, _NONE, _WHOLE = 0.6, -9.0, 0.1
_SEPARATORS = frozenset("、和与及")
_LEAST, _MANY, _LONGEST, _LONGEST_STEM = 2, 3, 7, 4
_AROUND = ("一带", "地区", "附近", "一线", "等地", "之间")
# Head words that hardly end a word of another sort.
_LAND, _BY_SHAPE = frozenset("岛屿礁河江湖湾溪庄屯镇县乡寨峪"), frozenset(("word", "shape"))
_WAYS = frozenset(("run", "guess", "lexicon"))
_DOUBTFUL, _NEARLY = -8.0, -1.5
_DIRECTIONS = frozenset(a + b for a in ("东", "西") for b in ("南", "北"))
_HERE = frozenset(("这里", "此地", "该地", "当地"))
_TOWARDS, _SIDE = frozenset("向往朝之以偏(（"), frozenset("面侧角方向")
Scored = tuple[float, Candidate]


def among_others(seen: View, scored: Iterable[Scored]) -> list[Scored]:
    """The scored candidates of a body after their neighbours have been looked at."""
    scored = list(scored)
    text = seen.folded
    likely = _enumerated(text, scored)
    ends = {c.end: c for score, c in scored if score > 0}
    out = []
    for score, c in scored:
        if score <= 0 and (c.start, c.end) in likely:
            whole = text[c.start - 1 : c.start] in _SEPARATORS or text.endswith(_leading(), 0, c.start)
            inner = [s for s, o in scored if whole and s > 0 and c.start <= o.start and o.end <= c.end]
            score = max([_BESIDE, *(s + _WHOLE for s in inner)])  # 赫利奥波利斯 holds no 波利斯
            c = c._replace(rule=c.rule if c.way == "dict" else ENUMERATED_RULE)
        elif score > 0 and text[c.start : c.end] in _DIRECTIONS and _directs(text, c, ends.get(c.start)):
            score = _NONE
        out.append((score, c))
    return out


def _directs(text: str, c: Candidate, before: Candidate | None) -> bool:
    """Whether a direction is told from what stands before it."""
    if text[c.start - 1 : c.start] in _TOWARDS and not (before is None and text[c.start - 1] in "(（"):
        return True
    if text[c.end : c.end + 1] in _SIDE or text[c.start - 2 : c.start] in _HERE:
        return True
    return before is not None and before.subkind not in STATES


def _enumerated(text: str, scored: list[Scored]) -> frozenset[tuple[int, int]]:
    """The doubtful candidates that stand in an enumeration of places."""
    sound = [c for score, c in sorted(scored, key=lambda x: x[0]) if score > 0 and not c.nested]
    places = {c.start: c.end for c in sound}
    if not places:
        return frozenset()
    covered = {at for start, end in places.items() for at in range(start + 1, end)}
    doubtful: dict[int, list[tuple[int, int]]] = {}
    for score, c in scored:
        free = c.start not in covered and places.get(c.start, 0) < c.end
        if score <= 0 and free and (how := _may_be_one(text, score, c)):
            doubtful.setdefault(c.start, []).append((c.end, how))
    if not doubtful:
        return frozenset()
    states = {c.start for c in sound if c.subkind in STATES}
    out: set[tuple[int, int]] = set()
    done: set[int] = set()
    for start in sorted({*places, *doubtful}):
        if start in done:
            continue
        chain = _chain(text, start, places, doubtful)
        done.update(a for a, _, _ in chain)
        if accepted := _accepted(text, chain, states):
            out.update((a, b) for a, b, how in chain if how in accepted)
    return frozenset(out)


# What an item is: sure, of the dictionary, by its shape, short, of no known sort.
_PLACE, _KNOWN, _SHAPED, _WEAK, _UNKNOWN = 4, 3, 2, 1, 0
_ITEM = re.compile("[\u4e00-\u9fff]{2,4}?(?=[、和与及])")
_Chain = list[tuple[int, int, int]]  # start, end and what it is of each item


def _accepted(text: str, chain: _Chain, states: set[int]) -> frozenset[int]:
    """Which doubtful items of an enumeration are places, by what they are.

    Joined by 、 they are no parties to talks; the more are sure, the less is asked of the others.
    """
    size = len(chain)
    hows = [how for *_, how in chain]
    sure, known = hows.count(_PLACE), hows.count(_KNOWN)
    if size < _LEAST or sure == size:
        return frozenset()
    first = chain[0][0]
    joined = size >= _MANY and "、" in text[first : chain[-1][1]]
    led = text.endswith(_leading(), max(0, first - _FULL), first)
    landed = led and any(how == _PLACE and at not in states for at, _, how in chain)
    last = chain[-1][1]
    after = text[last : last + 1]
    pair = landed and size == _LEAST and (after == "的" or not after.isalnum())  # 撤出马塔迪和巴纳纳。
    if min(hows) >= _SHAPED and _is_framed(text, first, last):
        return frozenset((_KNOWN, _SHAPED))
    all_of_a_kind = joined and sure >= _LEAST and 3 * sure >= size and min(hows) >= _SHAPED
    if sure >= _MANY and 3 * sure >= 2 * size:
        return frozenset((_KNOWN, _SHAPED, _WEAK))
    if (sure >= _LEAST and 2 * sure >= size) or (joined and landed) or pair or all_of_a_kind:
        return frozenset((_KNOWN, _SHAPED))
    several = sure + known >= _LEAST and 2 * (sure + known) >= size
    if landed or (joined and ((sure and several) or (led and known >= _LEAST))):
        return frozenset((_KNOWN,))
    return frozenset()


def _is_framed(text: str, first: int, last: int) -> bool:
    """Whether what stands around an enumeration makes places of all that may be some: 在安卡和莫洛一带."""
    return text[first - 1 : first] == "在" and text.startswith(_AROUND, last)


def _chain(
    text: str, start: int, places: dict[int, int], doubtful: dict[int, list[tuple[int, int]]]
) -> _Chain:
    """The items of the enumeration that begins at `start`."""
    chain: _Chain = []
    while True:
        end, how = places.get(start, 0), _PLACE
        if not end or text[end : end + 1] in geography().common:  # 马里 of 马里基塔
            found = doubtful.get(start, [])
            separated = [e for e in found if text[e[0] : e[0] + 1] in _SEPARATORS]
            longer = max(separated or ([] if end else found), default=(0, 0))
            if longer[0]:
                end, how = longer
            if not end or (how is not _PLACE and not separated and text[end : end + 1] in geography().common):
                end, how = _gap(text, start) if any(h == _PLACE for *_, h in chain) else 0, _UNKNOWN
            if not end:
                break
        chain.append((start, end, how))
        if text[end : end + 1] not in _SEPARATORS or not text[end : end + 1]:
            break
        start = end + 1
    return chain


def _gap(text: str, start: int) -> int:
    """Where the short item ends that stands at `start` and says nothing by itself: 芒潘."""
    item = _ITEM.match(text, start)
    return item.end() if item is not None else 0


@functools.cache
def _leading() -> tuple[str, ...]:
    return tuple(geography().before)


def _may_be_one(text: str, score: float, c: Candidate) -> int:
    """What a doubtful candidate by a separator is, if it may be a place at all; or 0."""
    beside = text[c.start - 1 : c.start] in _SEPARATORS or text[c.end : c.end + 1] in _SEPARATORS
    if not beside or c.nested or c.other or score < _DOUBTFUL:
        return 0
    if c.way == "dict":
        return _KNOWN if c.prior else _SHAPED
    if c.way == "faint" or (c.way == "lexicon" and c.head and c.end - c.start > _LEAST):
        return _SHAPED
    if c.head in _LAND and c.way in _BY_SHAPE and c.end - c.start - len(c.head) < _LONGEST_STEM:
        return _SHAPED
    surface = text[c.start : c.end]
    if c.way not in _WAYS | _BY_SHAPE or len(surface) > _LONGEST or "·" in surface:
        return 0
    if len(surface) == _LEAST:
        return _WEAK
    return _SHAPED if geography().loose.issuperset(surface) and mostly_letters(surface) else 0


def as_elsewhere(text: str, free: list[Scored]) -> list[Scored]:
    """A name with its head word is as likely wherever it stands: 廊希南村 is not 南村 once."""
    best: dict[str, float] = {}
    for score, c in free:
        if score > 0 and _is_headed(c):
            surface = text[c.start : c.end]
            best[surface] = max(score, best.get(surface, 0.0))
    return [
        (max(score, best.get(text[c.start : c.end], 0.0)) if _may_be_meant(score, c, text) else score, c)
        for score, c in free
    ]


def _may_be_meant(score: float, c: Candidate, text: str) -> bool:
    """Whether a name that is a place elsewhere is one here: if likely, or known and no common word."""
    if not _is_headed(c):
        return False
    return score > 0 or (c.way == "dict" and score > _NEARLY and not rjieba.has_word(text[c.start : c.end]))


def _is_headed(c: Candidate) -> bool:
    return bool(c.head) or (c.way == "dict" and c.subkind in _SETTLED)


def of_area(text: str, c: Candidate, names: Mapping[tuple[int, int], Scored]) -> Candidate | None:
    """The name of the town or river by which an area is known: 库塞马 of 库塞马地区, 安河县 of 安河县城."""
    surface = text[c.start : c.end]
    size = 0
    if surface.endswith(_AREAS):
        size = next((len(w) for w in _AREAS if surface.endswith(w) and len(surface) > len(w) + 1), 0)
    size = size or (1 if surface.endswith(SEAT) and len(surface) > _FULL else 0)
    stem = (c.start, c.end - size)
    score, name = names.get(stem, (0.0, None))
    if not size or (name is not None and name.other):
        return None
    if name is not None and (score > 0 or name.way == "dict"):
        return name._replace(rule=WITHIN_RULE)
    transcribed = stem[1] - stem[0] >= _FULL and geography().loose.issuperset(text[slice(*stem)])
    return Candidate(*stem, "run", WITHIN_RULE) if transcribed else None
