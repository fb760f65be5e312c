"""Candidates: the items that a mention may be, with how its surfaces name them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from kg.authority.aliases import CHINA, without_peoples
from kg.linking.knowledge import Knowledge, is_named_so, lives
from kg.linking.saying import FITTING
from kg.mentions.rules import load_patterns
from kg.mentions.units.sides import SIDE_RULE
from kg.model import STATES, Item, Kind, Lang, Mention, NameHit, Quantity
from kg.text import is_cjk

# How good a match is, from the best kind of name to the weakest.
HOW = {"label": 1.0, "alias": 0.9, "folded": 0.8, "generated": 0.6, "resolved": 0.9}
MOST = 24  # candidates kept a mention: beyond that the prior decides


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item, how well the mention's surfaces name it (0..1), and in which languages they do.

    ``longest`` is the length in characters of the longest surface that names it.
    """

    item: Item
    match: float
    langs: frozenset[Lang]
    longest: int
    prior: float


def candidates(mention: Mention, knowledge: Knowledge, day: str) -> list[Candidate]:
    """The items of the mention's kind that any surface names and that existed by `day`, best prior first."""
    if mention.quantity is not None:
        return _unit_of_measurement(mention, mention.quantity, knowledge)
    # With the number of namings: those that live, states that are no more or only planned, those of old.
    by_time: tuple[list[tuple[int, Candidate]], ...] = ([], [], [])
    living, apart, bygone = by_time
    sided = [f.items for f in mention.finds if f.rule == SIDE_RULE]  # the text tells whose army it is
    for id, (match, langs, longest, prior, namings) in _named(mention, knowledge, day).items():
        item = knowledge.item(id)
        if item is None or item.kind != mention.kind:
            continue
        if sided and not any(id in items for items in sided):
            continue
        if (time := _time(item, day)) is None:
            continue
        if match == HOW["generated"] and _is_short(item, mention):
            match = HOW["alias"]
        made_of = Candidate(item, match, frozenset(langs), longest, max(prior, item.prior))
        by_time[time].append((namings, made_of))
    # A state that is no more (民主德国 in 1991) or only planned is told of if none that lives is called so,
    # or none by its own name and by all those names (西德, 德意志联邦共和国).
    most, past = (max([n for n, _ in found], default=0) for found in (living, apart))
    if past > most and all(c.match < HOW["label"] for _, c in living):
        living = apart
    elif apart and not any(c.item.subkind in STATES for _, c in living):
        # 扎伊尔, the week after: not yet the river
        living += [(n, c) for n, c in apart if lives(c.item, day, echo_years=_JUST)]
    made = [c for _, c in living or bygone]  # 沙俄 in 1963
    made.sort(key=lambda c: (-c.match * c.prior, c.item.id))
    return made[:MOST]


def _is_short(item: Item, mention: Mention) -> bool:
    """Whether the mention has the name without the one character that says what it is: 马关 of 马关县.

    But 嫩江 is the river before it is its county.
    """
    label = item.label("zh") or ""
    if label[-1:] not in _DROPPED or label[-2:-1] in _OF_NATURE:
        return False
    return any(f.span.text == label[:-1] for f in mention.finds)


_DROPPED, _OF_NATURE = frozenset("省市县旗镇"), frozenset("江河湖山岛海")
_Found = dict[str, tuple[float, set[Lang], int, float, int]]


def _named(mention: Mention, knowledge: Knowledge, day: str) -> _Found:
    """Match, languages, longest surface, prior and number of namings of every item that is named.

    A surface names, and a rule does; the number is good for comparing only.
    """
    found: _Found = {}
    untimely: set[str] = set()
    surfaces = sorted({(f.span.text, f.span.lang) for f in mention.finds})
    for surface, lang in surfaces:
        for hit in knowledge.lookup(*_as_written(surface, lang)):
            if not is_named_so(surface, hit.item, day):
                untimely.add(hit.item)
                continue
            _add(found, hit.item, HOW.get(hit.how, 0.5), lang, len(surface), hit.prior)
    if mention.kind is Kind.UNIT and not found:
        for surface, lang in surfaces:
            for hit in _by_rule(surface, lang, knowledge, day):
                _add(found, hit.item, HOW["generated"], lang, len(surface), hit.prior)
    if mention.kind is Kind.PLACE:
        for surface, lang in surfaces:
            for hit in _without_head(surface, lang, knowledge, found):
                _add(found, hit.item, HOW["generated"], lang, len(surface), hit.prior)
    _add_resolved(found, mention, untimely, day)
    return found


def _as_written(surface: str, lang: Lang) -> tuple[str, Lang]:
    """ＣＮＮ in a Chinese text is looked up as CNN, a name in Latin letters."""
    if lang is not Lang.ZH or is_cjk(surface[0]):
        return surface, lang
    plain = unicodedata.normalize("NFKC", surface)
    return (plain.upper(), Lang.EN) if plain.isascii() and plain.isalpha() else (surface, lang)


def _add_resolved(found: _Found, mention: Mention, untimely: set[str], day: str) -> None:
    """The items that the finding of names offered, but those whose name was not theirs on that day."""
    for find in mention.finds:
        for id in find.items:
            inside = find.kind is Kind.UNIT  # 志愿军 + 一二〇师
            if (inside or id in untimely) and not is_named_so(find.span.text, id, day, inside=inside):
                untimely.add(id)
                continue
            # The dictionary offers what bears the name only by rule as well: no better a name for that.
            match = found[id][0] if id in found else HOW["resolved"]
            _add(found, id, match, find.span.lang, len(find.span.text), 0.0)
    for id in mention.items:
        if id not in found and id not in untimely:
            _add(found, id, HOW["resolved"], mention.finds[0].span.lang, 0, 0.0)


_CALLED = {Lang.ZH: ("军队", "部队"), Lang.EN: (" army", " troops", " forces")}


def _by_rule(surface: str, lang: Lang, knowledge: Knowledge, day: str) -> Iterator[NameHit]:
    """The items of a state's forces that are called otherwise (莫坎 + 占领军), or by where they are.

    The patterns are ``[called]`` of the rules of units.
    """
    patterns = load_patterns("units", "called", lang.value)
    home = patterns["away"].sub("", surface)
    if home != surface:
        yield from knowledge.lookup(home, lang)
        return
    owner = patterns["force"].sub("", surface)
    for word in _CALLED[lang] if owner != surface else ():
        for hit in knowledge.lookup(owner + word, lang):
            item = knowledge.item(hit.item)
            if item is not None and item.subkind == "force" and is_named_so(surface, hit.item, day):
                yield hit


# 科隆市 may be any town called 科隆; no more than one of them has the longer name by rule.
_HEADS = {"市": "city", "城": "city", "港": "port", "省": "province", "州": "province", "邦": "province"}
_STEM = 2  # characters at least before the head word
# A special district of the fifties was called a region (地区) from about 1970 on.
_DISTRICT, _REGION, _SEAT = "专区", "地区", "县城"
_AUTONOMOUS = {"自治州": "prefecture", "自治县": "county", "自治旗": "county"}
_SETTLED = frozenset({"prefecture", "city"})
_AREAS = (
    FITTING["prefecture"] | FITTING["county"] | FITTING["island"] | FITTING["plain"] | FITTING["sea"] | STATES
    | {"continent", "town", "village", "mountains", "pass"}
)  # fmt: skip


def _without_head(surface: str, lang: Lang, knowledge: Knowledge, found: _Found) -> list[NameHit]:
    """Items called so without the head word that are what it says, in other states than those found."""
    if lang is not Lang.ZH or len(surface) <= _STEM:
        return []
    named = [item for id in found if (item := knowledge.item(id)) is not None]
    taken = {item.country for item in named}
    hits = []
    for name, fitting in _shorter(surface):
        for hit in knowledge.lookup(name, lang):
            item = knowledge.item(hit.item)
            if item is None or item.country in taken:
                continue
            if item.subkind in fitting and not (fitting is _AREAS and _is_seat(item)):
                hits.append(hit)
        if hits:
            break
    return hits


def _is_seat(item: Item) -> bool:
    """Whether a county of China is less than the region called after it: 江津地区 had ten counties."""
    return item.subkind == "county" and item.country == CHINA


def _shorter(surface: str) -> Iterator[tuple[str, frozenset[str]]]:
    """What a name may be called for short, likeliest first, and what it is then."""
    if surface.endswith((_DISTRICT, _REGION)):
        stem = surface[: -len(_REGION)]
        if surface.endswith(_DISTRICT):
            yield stem + _REGION, _SETTLED
            yield stem, FITTING["prefecture"]
        elif len(stem) >= _STEM:
            yield stem, _AREAS
    elif surface.endswith(_SEAT):
        yield surface[:-1], FITTING["county"]
    elif (type := _AUTONOMOUS.get(surface[-3:])) is not None:
        stem = without_peoples(surface[:-3])
        if len(stem) >= _STEM:
            yield stem + surface[-1], FITTING[type]
            yield stem, FITTING[type]
    elif (type := _HEADS.get(surface[-1])) is not None:
        yield surface[:-1], FITTING[type]


_PLANNED, _PAST, _JUST, _EVER = 2, 20, 1, 2000  # years
_EARLY = {"source": 3, "unit": 1}
_ECHO = {"source": 60, "unit": 100, "place": 100}


def _time(item: Item, day: str) -> int | None:
    """Whether the item lives on that day (0), is apart from those that do (1), or of old (2); else None.

    A state is named before its founding day only by mistake, and an army before it was raised (a year for
    plans); other items are often dated by a renaming, so they get some years.  A newspaper is quoted after
    its end, and an army or a province that is no more is still told of (老红军的回忆); the feature `alive`
    speaks against those.
    """
    if lives(item, day, slack_years=_slack(item), echo_years=_echo(item)):
        return 0
    if item.subkind not in STATES:
        return None
    if lives(item, day, slack_years=_PLANNED, echo_years=_PAST):
        return 1
    return 2 if lives(item, day, echo_years=_EVER) else None


def _echo(item: Item) -> int:
    """For how many years after its end an item is still named."""
    return 0 if item.subkind in STATES else _ECHO.get(item.kind, 0)


def _slack(item: Item) -> int:
    """For how many years before its beginning, which may be no more than a renaming, an item is named."""
    return 0 if item.subkind in STATES else _EARLY.get(item.kind, 15)


def _add(
    found: _Found,
    id: str,
    match: float,
    lang: Lang,
    length: int,
    prior: float,
) -> None:
    if id in found:
        best, langs, longest, top, times = found[id]
        langs.add(lang)
        found[id] = (max(best, match), langs, max(longest, length), max(top, prior), times + 1)
    else:
        found[id] = (match, {lang}, length, prior, 1)


def _unit_of_measurement(mention: Mention, quantity: Quantity, knowledge: Knowledge) -> list[Candidate]:
    item = knowledge.item(quantity.unit_item) if quantity.unit_item else None
    if item is None:
        return []
    langs = frozenset(f.span.lang for f in mention.finds)
    return [Candidate(item, 1.0, langs, len(mention.name), item.prior)]
