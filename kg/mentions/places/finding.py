"""Places: known names, known names with a geographic word after them, and new names by shape.

In Chinese every candidate of :mod:`kg.mentions.places.shapes` is weighed by
:mod:`kg.mentions.places.judging`; in English a name is a place if a dictionary or a head word says so.
Where an article has both languages each is a witness for the other (:mod:`kg.mentions.places.witnesses`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import rjieba

from kg.mentions.datelines import DatelineFind
from kg.mentions.names import NameDictionary
from kg.mentions.places.english_names import EnglishName, english_names
from kg.mentions.places.english_text import DOUBTED, PAIRED_RULE, english_places, with_datelines
from kg.mentions.places.geography import Geography, geography
from kg.mentions.places.in_step import in_step
from kg.mentions.places.judging import Judge, place_judge, probability
from kg.mentions.places.known import LONG, UNHEADED, faint, fitting, person_here, whole
from kg.mentions.places.neighbours import SEAT, among_others, as_elsewhere, of_area
from kg.mentions.places.shapes import Candidate, candidates, happening, runs_on
from kg.mentions.places.surroundings import inside_longer, reconsidered
from kg.mentions.places.witnesses import Pair, pair_names, spelt_names, with_heads
from kg.mentions.rules import Shown
from kg.mentions.view import View, view
from kg.mentions.words import Words, is_name
from kg.model import STATES, Article, Body, Find, Kind, Lang

Scored = tuple[float, Candidate]
# A dictionary name of this prior, or longer than this, is a place wherever words end where it ends.
_SURE, _SURE_SCORE = 0.3, 2.0
_DATED = 6.0
_FITTING, _A_PERSON = 0.6, 2.0
_KNOWN = frozenset(("dict", "faint"))
_SHAPED = frozenset(("shape", "word"))
_GENERIC = 1.5
_QUALIFYING = frozenset("bfstdz")  # first letters of tags of words that tell which or what sort: 最后, 中小
_BUILT = frozenset(("railway", "road", "airport", "bridge", "dam", "facility", "port", "canal"))
_ROADS, _TO = frozenset(("railway", "road")), frozenset("至到、")
_WAYS, _DASHES = frozenset(("railway", "road", "canal")), "—－–-"
JOINED_RULE = "place-zh-joined"
_CERTAIN = frozenset(("pattern", "autonomous"))
_GUESSED = frozenset(("guess", "run", "lexicon"))
_AFTER_ONE = frozenset("县庄村河江山湖镇集店岛")
_RANGE, _AIRPORT = "山区", "国际机场"
_LONGER = frozenset(("县城", _RANGE))
_LEXICAL = frozenset("省州县区镇乡河江湖山")
_UNMISTAKABLE = frozenset("县镇乡村省市")  # in which a person's given name hardly ends
_PEOPLE = frozenset(("nr", "nrt", "nrfg"))
_HEARD, _WHOLE = 2.0, 0.01  # the most that the other language's word counts; of two such names the longer
_ADMINISTRATIVE, _LOOSE_HEADS = frozenset("省市县区州"), frozenset(("府", "州", "区", "道"))


def find_places(
    article: Article,
    zh: View | None,
    en: View | None,
    datelines: Mapping[Lang, Sequence[DatelineFind]] | None = None,
    others: Iterable[Find] = (),
) -> tuple[list[Find], tuple[Pair, ...]]:
    """The places of both bodies, Chinese first, in text order; and the surfaces that are one name.

    What a dateline names as its place is one.  A name inside that of an organisation, unit, source, person
    or event is optional; `others` are the units and sources that were found, and nothing else where they are.
    """
    datelines = datelines or {}
    scored = scored_candidates(zh) if zh is not None else []
    scored = _dated(scored, datelines.get(Lang.ZH, ()))
    named = [f for f in others if not f.optional and f.kind in (Kind.UNIT, Kind.SOURCE)]
    unknown = _no_media(english_names(en), named) if en is not None else []
    known, faintly = [], set()
    if en is not None:
        names = [m for m in en.names if m.inside is None and m.name.kind == "place"]
        known = [(m.start, m.text, m.name.items) for m in names]
        faintly = {m.text for m in names if m.name.prior < DOUBTED}
    pairs: tuple[Pair, ...] = ()
    if zh is not None and en is not None:
        pairs = pair_names(article, scored, unknown, known, faintly)
        # A lesser known name may be another's here: Liuyuan is 柳园 in Gansu, but 柳圆 elsewhere.
        named_so = {i for _, c in scored for i in c.items}
        lesser = [EnglishName(*m, None, 0.0) for m in _lesser(en, named_so)]
        spelt = list(spelt_names(article, unknown, pairs))
        if lesser:
            told = {i for _, _, items in known for i in items}
            spelt += [s for s in spelt_names(article, lesser, pairs) if not _across(s[1], scored, told)]
        scored += [(score, c) for score, c, _ in spelt]
        pairs = (*dict.fromkeys(p for _, _, p in spelt), *pairs)
        pairs = (*pairs, *in_step(article, scored, unknown, known, pairs))
    finds = []
    if zh is not None:
        finds += _chinese(zh, _with_heads(zh, _persuaded(zh, scored, pairs)), named)
    if en is not None:
        items = {i for f in finds for i in f.items} if zh is not None else None
        english = english_places(en, unknown, {p.en for p in pairs if p.score > 0}, items)
        english = _outside(en, english, named)
        finds += with_datelines(en, english, datelines.get(Lang.EN, ()))
    return finds, tuple(with_heads(finds, (p for p in pairs if p.score > 0)))


def _no_media(names: Iterable[EnglishName], named: Iterable[Find]) -> list[EnglishName]:
    """The names of a translation without those of sources."""
    media = {f.span.start for f in named if f.kind is Kind.SOURCE and f.span.lang is Lang.EN}
    return [n for n in names if n.start not in media]


def _across(c: Candidate, scored: Iterable[Scored], told: set[str]) -> bool:
    """Whether a known place, which the English names too, stands over a part of the candidate: 商邱 + 北."""
    over = (o for _, o in scored if o.way == "dict" and o.start < c.end and c.start < o.end)
    return any(not told.isdisjoint(o.items) for o in over)


def _lesser(en: View, named: set[str]) -> Iterator[tuple[int, int, int, str]]:
    """Where lesser known places that the Chinese does not name stand: start, end twice, text."""
    for m in en.names:
        lesser = m.inside is None and m.name.kind == "place" and m.name.prior < DOUBTED
        if lesser and named.isdisjoint(m.name.items):
            yield m.start, m.end, m.end, m.text


# --- Chinese ---------------------------------------------------------------------------------------


def chinese_places(seen: View, judge: Judge | None = None) -> list[Find]:
    """What is found in a Chinese body for itself, no other witness heard; by `judge` if one is given."""
    return _chinese(seen, _with_heads(seen, scored_candidates(seen, judge)))


def scored_candidates(seen: View, judge: Judge | None = None) -> list[Scored]:
    """The candidates of a Chinese body with their log-odds of being places."""
    if seen.words is None:
        return []
    scored = reconsidered(seen, seen.words, _scored(seen, seen.words, judge or place_judge()))
    return among_others(seen, scored)


def _scored(seen: View, words: Words, judge: Judge) -> Iterator[Scored]:
    """The judge's word on each candidate, where no rule is surer; what is a person once is none again."""
    geo = geography()
    proposed = candidates(seen.folded, words, seen.names)
    people = {seen.folded[c.start : c.end] for c in proposed if c.way in _GUESSED and person_here(c, words)}
    known = {(m.start, m.end) for m in seen.names if m.name.kind == "person" and m.of_kind("place") is None}
    for c in proposed:
        if c.way in _CERTAIN:
            yield _SURE_SCORE + 1, c
            continue
        if c.way in _KNOWN and not c.prior:
            yield faint(c, seen.folded, words, judge), c
            continue
        score = judge(c, seen.folded, words)
        if c.way == "dict" and not c.other and (c.prior >= _SURE or c.end - c.start > LONG):
            score = max(score, _SURE_SCORE if whole(c, words) else -9.0)
        elif c.way == "dict" and not c.other and fitting(c, seen.folded, words):
            score = max(score, _FITTING)
        elif c.way != "dict" and (
            (c.start, c.end) in known or (c.way in _GUESSED and seen.folded[c.start : c.end] in people)
        ):  # 黄镇
            score -= _A_PERSON
        elif c.way == "frame" or (c.head and _fits(c, words, geo)):
            score = max(score, _FITTING)
        if c.way in _GUESSED and not c.head:
            score -= UNHEADED
        elif c.way in _SHAPED and _described(c, words):
            score -= _GENERIC
        yield score, c


def _fits(c: Candidate, words: Words, geo: Geography) -> bool:
    """A name of no known word before a head word, where a place is looked for: 在 + 青平 + 铁路."""
    first, last = words.at.get(c.start), words.at.get(c.end)
    stem = c.end - c.start - len(c.head)
    if first is None or last is None or not 1 <= stem <= 5 or (stem == 1 and c.head not in _AFTER_ONE):
        return False
    if _named_by_shape(c, first, last, words, geo):
        return True
    stems = words.words[first:last]
    if len(stems) == 1 and stem == 1 and words.tags[first] == "v":  # 积集
        return False
    if len(stems) > 1 and not all(
        is_name(w, t) or (stem > LONG and w in geo.common)
        for w, t in zip(stems[:-1], words.tags[first:last], strict=False)
    ):
        return False
    if len(stems) == 1 and not is_name(stems[0], words.tags[first]):
        return False
    before = words.words[first - 1] if first else ""
    placed = first > 0 and words.tags[first - 1] == "ns"
    return before in geo.before or placed or (last < len(words.words) and words.words[last] in geo.after)


def _named_by_shape(c: Candidate, first: int, last: int, words: Words, geo: Geography) -> bool:
    """A head word after a transcribed or unknown name; a word that the lexicon has for a place; 刘金镇."""
    if last == first + 1:
        word = words.words[first]
        if len(word) < len(c.head) + 2:
            return False
        if rjieba.has_word(word):
            return words.tags[first] == "ns" and (len(c.head) > 1 or c.head in _LEXICAL)
        return c.head in _UNMISTAKABLE and not person_here(c, words)
    if c.head not in geo.always:
        return False
    stems, tags = words.words[first : last - 1], words.tags[first : last - 1]
    if c.way == "known":  # 三北 + 地区
        lexical = len(stems) == 1 and tags[0] == "ns" and rjieba.has_word(stems[0])
        return lexical and len(c.head) > 1 and c.subkind not in _BUILT
    stem = "".join(stems)
    if not all(is_name(w, t) or len(w) == 1 for w, t in zip(stems, tags, strict=True)):
        return False
    if len(stem) > 1 and geo.loose.issuperset(stem):
        return 2 * sum(ch in geo.common for ch in stem) >= len(stem) + len(stem) % 2
    return (
        len(stems) == 1
        and len(c.head) > 1
        and len(stem) > 1
        and tags[0] in _PEOPLE
        and not rjieba.has_word(stem)
    )


def _with_heads(seen: View, scored: Iterable[Scored]) -> Iterator[Scored]:
    """A head word that always belongs to the name before it makes the longer stretch the likelier.

    So does what begins a known name, of which another find is only the end: 一江山岛.
    """
    scored, always = as_elsewhere(seen.folded, list(scored)), geography().always
    base = {(c.start, c.end): score for score, c in scored}
    states = {(c.start, c.end) for _, c in scored if c.way == "dict" and c.subkind in STATES}
    ends = {c.end for s, c in scored if s > 0 and c.way == "dict"}
    tails: dict[int, float] = {}
    for score, c in sorted(scored, key=lambda x: x[1].end - x[1].start):
        head = c.head if c.way != "dict" else _ending(seen.folded, c, always)
        if head == _AIRPORT[2:] and seen.folded.endswith(_AIRPORT, c.start, c.end):
            head = _AIRPORT
        if head in always or head == _RANGE:
            stem = (c.start, c.end - len(head))
            name = base.get(stem, 0.0)
            if head in _LONGER:  # 青平县 + 城; but 福建 is no range of mountains
                name = max(name if head != _RANGE else 0.0, base.get((c.start, c.end - 1), 0.0))
            # 美国铁路 are the railways of a state, 沧州至德州公路 is between two towns
            built = c.subkind in _BUILT and (stem in states or _between(seen.folded, c, ends))
            if built and stem not in states:
                continue
            if name > 0 and not built and not _doubled(seen.folded[slice(*stem)], head):
                base[c.start, c.end] = score = max(score, name + 0.1)
        if c.way == "dict" and _at_words(c, seen.words):
            score = max(score, tails.get(c.end, score) + _WHOLE)
        if score > 0 and not c.nested:
            tails[c.end] = max(score, tails.get(c.end, 0.0))
        yield score, c


def _between(text: str, c: Candidate, ends: Container[int]) -> bool:
    """Whether a road is named by the two towns that it joins."""
    made_up = c.subkind in _ROADS and c.way != "dict"
    return made_up and text[c.start - 1 : c.start] in _TO and c.start - 1 in ends


def _at_words(c: Candidate, words: Words | None) -> bool:
    """Whether a known name of three characters or more begins where a word does: 新泰县 is more than 泰县."""
    known = c.prior > 0 and not c.other and not c.nested and c.end - c.start >= LONG
    return known and words is not None and c.start in words.at


def _ending(text: str, c: Candidate, always: frozenset[str]) -> str:
    return next((h for n in (3, 2, 1) if (h := text[c.end - n : c.end]) in always), "")


def _dated(scored: list[Scored], datelines: Iterable[DatelineFind]) -> list[Scored]:
    """The places of datelines are places, whatever else speaks against them."""
    named = {d.place: d.rule for d in datelines if d.place is not None}
    if not named:
        return scored
    out = [(max(x[0], _DATED) if (x[1].start, x[1].end) in named else x[0], x[1]) for x in scored]
    had = {(c.start, c.end) for _, c in scored}
    out += [(_DATED, Candidate(*s, "dateline", r)) for s, r in named.items() if s not in had]
    return out


def _described(c: Candidate, words: Words) -> bool:
    """Whether what stands before the head word only tells which or what sort: 最后要塞, 中小城镇."""
    first, last = words.at.get(c.start), words.at.get(c.end)
    if first is None or last is None:
        return False
    return any(
        t[0] in _QUALIFYING and len(w) > 1
        for w, t in zip(words.words[first:last], words.tags[first:last], strict=True)
    )


def _doubled(name: str, head: str) -> bool:
    """省 + 省会 and 市 + 府 are no names: the first belongs to the name, the second is a word of its own.

    But 黄州 + 府, a prefecture of old, is one.
    """
    if head == "府" and name[-1] == "州" and len(name) == 2:
        return False
    return name[-1] == head[0] or (name[-1] in _ADMINISTRATIVE and head in _LOOSE_HEADS)


def _persuaded(seen: View, scored: Iterable[Scored], pairs: Iterable[Pair]) -> Iterator[Scored]:
    """The scores after the English witness has been heard."""
    heard = {p.zh: p.score for p in reversed(tuple(pairs))}
    for score, c in scored:
        other = heard.get(seen.text[c.start : c.end])
        if other is not None:
            score = (
                max(score, min(other, _HEARD) + _WHOLE * (c.end - c.start))
                if other > 0
                else min(score, other)
            )
        yield score, c


def _chinese(seen: View, scored: Iterable[Scored], others: Iterable[Find] = ()) -> list[Find]:
    covered = _covered(seen, others)
    persons = {at for m in seen.names if m.of_kind("person") is not None for at in range(m.start, m.end)}
    free, finds = [], []
    for score, c in scored:
        if c.nested or _inside(c, covered):
            if score > 0 and (c.start not in persons or c.end - 1 not in persons):  # none in 苏班德里约
                finds.append(_find(seen, c, score, optional=True))
        else:
            free.append((score, c))
    names = {(c.start, c.end): (score, c) for score, c in free}
    for score, c in chosen(free):
        nested = seen.words is not None and inside_longer(c, seen, seen.words)
        finds.append(_find(seen, c, score, optional=nested))
        if not nested and (within := of_area(seen.folded, c, names)) is not None:
            seat = seen.folded.endswith(SEAT, 0, c.end)
            finds.append(_find(seen, within, max(score, _FITTING), optional=not seat))
    finds.sort(key=lambda f: (f.span.start, f.span.end))
    return _lines(seen, finds) if any(dash in seen.folded for dash in _DASHES) else finds


def _lines(seen: View, finds: Iterable[Find]) -> list[Find]:
    """The finds, with a line between two places as one name: 马洛查—莫坎罗公路."""
    out: list[Find] = []
    for f in finds:
        one = next((o for o in out if o.span.end + 1 == f.span.start and not o.optional), None)
        if one is None or f.optional or f.subkind not in _WAYS or seen.folded[one.span.end] not in _DASHES:
            out.append(f)
            continue
        out[out.index(one)] = replace(one, optional=True)
        out.append(replace(f, span=seen.span(one.span.start, f.span.end), rule=JOINED_RULE, items=()))
    return sorted(out, key=lambda f: (f.span.start, f.span.end))


def chosen(scored: Iterable[Scored]) -> list[Scored]:
    """Of overlapping candidates that are more likely places than not, the likeliest."""
    taken: set[int] = set()
    out = []
    for score, c in sorted((x for x in scored if x[0] > 0), key=lambda x: (-x[0], x[1].start, x[1].end)):
        if c.start not in taken and c.end - 1 not in taken and taken.isdisjoint(range(c.start, c.end)):
            taken.update(range(c.start, c.end))
            out.append((score, c))
    return out


def _covered(seen: View, others: Iterable[Find]) -> dict[int, tuple[int, int]]:
    """Where longer names of other kinds stand: for each offset the stretch of the name there."""
    spans = [
        (m.start, m.end)
        for m in seen.names
        if m.inside is None and m.of_kind("place") is None and not (runs_on(m, seen.folded) or happening(m))
    ]
    spans += [(f.span.start, f.span.end + 1) for f in others if f.span.lang is seen.lang]
    return {at: span for span in spans for at in range(*span)}


def _inside(c: Candidate, covered: Mapping[int, tuple[int, int]]) -> bool:
    span = covered.get(c.start)
    return span is not None and c.end <= span[1] and span[1] - span[0] > c.end - c.start


def _find(seen: View, c: Candidate, score: float, *, optional: bool) -> Find:
    return Find(
        Kind.PLACE,
        seen.span(c.start, c.end),
        c.rule,
        c.subkind,
        c.items,
        optional=optional,
        confidence=probability(score),
    )


# --- English ---------------------------------------------------------------------------------------


def _outside(seen: View, finds: Iterable[Find], others: Iterable[Find]) -> list[Find]:
    """Places inside units and sources are optional; the whole of one is none."""
    covered = _covered(seen, others)
    out = []
    for f in finds:
        span = covered.get(f.span.start)
        within = span is not None and f.span.end <= span[1]
        out.append(replace(f, optional=True) if within and f.rule != PAIRED_RULE else f)
    return out


def demonstrate(text: str, lang: Lang) -> Iterator[Shown]:
    """What the rules find in a short text when no name is known."""
    body = Body(lang, text, ((0, len(text)),))
    seen = view(body, NameDictionary.build(()))
    if lang is Lang.ZH and seen.words is not None:
        finds = chinese_places(seen)
    else:
        finds = english_places(seen, english_names(seen), set())
    for f in finds:
        if not f.optional:
            yield Shown(f.rule, f.span.text, f.subkind)
