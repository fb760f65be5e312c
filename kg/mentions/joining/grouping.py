"""From finds to mentions: one entity of one article, with all its occurrences in both languages.

Finds with one surface are one entity. Surfaces are joined by, in this order: the same item of the
dictionary; a name and its short or longer form (人民军, 应城县); the article's own list of names; names
that sound alike in paragraphs that render each other; numbers (六十八军, "68th Army"); and, for what is
still alone on both sides of such paragraphs, what it says, and its order
(:mod:`kg.mentions.joining.partners`). Where the two languages then name different items, the
Chinese original fixes what is meant and the conflict is recorded.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from kg.mentions.joining.groups import Groups, Node
from kg.mentions.joining.partners import join_partners
from kg.mentions.places.geography import geography
from kg.mentions.sounds import spells_another
from kg.mentions.sources.names import NESTED_RULE
from kg.mentions.units.designations import designation, one_formation
from kg.model import Agreement, Article, Conflict, Find, Kind, Lang, Mention, Role, Span
from kg.text import fold

_ROLES = (Role.DATELINE, Role.CITED, Role.MENTIONED)
# A settlement's name is used with and without these; X省 and X铁路 are other things than X.
_SAME_WITH = frozenset(("县", "市", "城", "县城", "镇", "乡", "村", "国"))
_SAME_WITH_EN = frozenset(("county", "city", "town", "village", "township"))
_folded = functools.lru_cache(maxsize=100_000)(fold)  # the same few names in most articles
_KINDS = tuple(Kind)
_AMOUNTS = (Kind.MEASURE, Kind.UNIT)


def group(
    article: Article,
    finds: Iterable[Find],
    pairs: Iterable[tuple[str, str]] = (),
    filed: Sequence[tuple[Span, Span]] = (),
) -> tuple[Mention, ...]:
    """Join `finds` (any order) into mentions with keys ``place-1``, ``unit-1`` … in text order.

    `pairs` are Chinese and English surfaces of places that are one name
    (:mod:`kg.mentions.places.witnesses`), `filed` the places of datelines that render each other, of
    whatever names.
    """
    nodes = _nodes(sorted(finds, key=_order))
    groups = Groups(nodes)
    index = {(n.kind, n.lang, n.key): i for i, n in enumerate(nodes)}
    _join_by_item(groups)
    _join_forms(groups, index)
    _join_pairs(groups, index, (Kind.PLACE,), pairs)
    _join_pairs(groups, index, _KINDS, article.names)
    _join_designations(groups)
    _join_filed(groups, filed)
    if article.alignment and article.zh is not None and article.en is not None:
        join_partners(groups, article, article.zh, article.en)
    counts = dict.fromkeys(_KINDS, 0)
    out = []
    for members in groups.members():
        kind = members[0].kind
        counts[kind] += 1
        out.append(_mention(article, f"{kind}-{counts[kind]}", members, filed))
    return tuple(out)


def _order(f: Find) -> tuple[bool, int, int, str, str]:
    return f.span.lang is not Lang.ZH, f.span.start, f.span.end, f.kind, f.rule


def _nodes(finds: Iterable[Find]) -> list[Node]:
    nodes: dict[tuple[Kind, Lang, str], Node] = {}
    for f in finds:
        key = str(f.quantity) if f.quantity is not None else _folded(f.span.text)
        whole = (f.kind, f.span.lang, key)
        if (node := nodes.get(whole)) is None:
            nodes[whole] = Node(*whole, f.items, [f])
        else:
            node.finds.append(f)
    return list(nodes.values())


# --- joining -----------------------------------------------------------------------------------------


def _join_by_item(groups: Groups) -> None:
    """The same first item; or the same quantity."""
    seen: dict[tuple[Kind, str], int] = {}
    for i, n in enumerate(groups.nodes):
        if n.kind is Kind.MEASURE or n.items:
            what = n.key if n.kind is Kind.MEASURE else n.items[0]
            if (other := seen.setdefault((n.kind, what), i)) != i:
                groups.join(i, other)
    _join_second_items(groups, seen)
    _join_hedged(groups)


def _join_second_items(groups: Groups, seen: Mapping[tuple[Kind, str], int]) -> None:
    """A name of several items is the one that the other language names, outright or among others."""
    several: dict[tuple[Kind, str], int] = {}
    for i, n in enumerate(groups.nodes):
        if len(n.items) < 2 or n.kind is Kind.MEASURE or not groups.alone(i):
            continue
        for item in n.items:
            other = seen.get((n.kind, item), i)
            other = several.setdefault((n.kind, item), i) if other == i else other
            if groups.nodes[other].lang is not n.lang and groups.alone(other):
                groups.join(i, other)
                break


def _join_hedged(groups: Groups) -> None:
    """A quantity that one language only bounds: 百余里, "100 li"."""
    seen: dict[tuple[str, Fraction], int] = {}
    for i, n in enumerate(groups.nodes):
        q = n.finds[0].quantity
        amount = None if q is None else next((x for x in (q.value, q.min, q.max) if x is not None), None)
        if q is None or amount is None or not groups.alone(i):
            continue
        other = seen.setdefault((q.unit, amount), i)
        if groups.nodes[other].lang is not n.lang and groups.alone(other):
            groups.join(i, other)


def _join_forms(groups: Groups, index: Mapping[tuple[Kind, Lang, str], int]) -> None:
    """A settlement with and without its head word; a unit's short form with its full name; a new paper with
    and without its town.
    """
    endings = _unit_endings(groups)
    wholes: dict[tuple[Lang, int], int] = {}
    for i, n in enumerate(groups.nodes):
        if n.kind is Kind.SOURCE:
            if n.finds[0].rule == NESTED_RULE:
                whole = next(
                    (w for f in n.finds if (w := wholes.get((n.lang, f.span.end))) is not None), None
                )
                if whole is not None and not (n.items and groups.nodes[whole].items):
                    groups.join(i, whole)
            else:
                wholes.update({(n.lang, end): i for f in n.finds for end in (f.span.end, f.span.end - 1)})
        elif n.kind is Kind.PLACE:
            base = _base(n)
            other = index.get((n.kind, n.lang, base)) if base else None
            if other is not None and not (n.items and groups.nodes[other].items):
                groups.join(i, other)
        elif n.kind is Kind.UNIT and n.finds[0].rule == "unit-short-form":
            full = endings.get((n.lang, n.key.removesuffix("队")))
            if full is not None and not (
                n.items and groups.nodes[full].items and n.items[0] not in groups.nodes[full].items
            ):
                groups.join(i, full)


def _base(n: Node) -> str:
    if n.lang is Lang.EN:
        name, _, head = n.key.rpartition(" ")
        return name if head in _SAME_WITH_EN else ""
    heads = geography().heads
    for size in (2, 1):
        if n.key[-size:] in _SAME_WITH and n.key[-size:] in heads and len(n.key) - size > 1:
            return n.key[:-size]
    return ""


def _unit_endings(groups: Groups) -> dict[tuple[Lang, str], int]:
    """The endings of full unit names, each with the first unit that has it."""
    out: dict[tuple[Lang, str], int] = {}
    for i, n in enumerate(groups.nodes):
        if n.kind is not Kind.UNIT or n.finds[0].rule == "unit-short-form" or len(n.key) > 60:
            continue
        for at in range(1, len(n.key) - 2):
            out.setdefault((n.lang, n.key[at:].lstrip()), i)
    return out


def _join_pairs(
    groups: Groups,
    index: Mapping[tuple[Kind, Lang, str], int],
    kinds: Sequence[Kind],
    pairs: Iterable[tuple[str, str]],
) -> None:
    for zh, en in pairs:
        for kind in kinds:
            a, b = index.get((kind, Lang.ZH, _folded(zh))), index.get((kind, Lang.EN, _folded(en)))
            if a is not None and b is not None and _may_join(groups, a, b):
                groups.join(a, b)


def _may_join(groups: Groups, a: int, b: int) -> bool:
    """Two names that are each other's rendering are one unless both have found their match already."""
    return groups.alone(a) or groups.alone(b)


def _join_designations(groups: Groups) -> None:
    """Units of one number and size: 六十八军 and "68th Army", 四个连 and "four companies".

    Where several of a language have that number and size, which one the other language means is left to
    what the names say.
    """
    alike: dict[tuple[str, ...], dict[Lang, list[list[int]]]] = {}
    for i, n in enumerate(groups.nodes):
        named = designation(n.finds[0]) if n.kind is Kind.UNIT else None
        if named is None:
            continue
        formations = alike.setdefault(named, {}).setdefault(n.lang, [])
        for names in formations:
            if all(_one_unit(groups, i, other) for other in names):
                groups.join(i, names[0])
                names.append(i)
                break
        else:
            formations.append([i])
    for by_lang in alike.values():
        if [len(formations) for formations in by_lang.values()] == [1, 1]:
            (ours,), (theirs,) = by_lang.values()
            if not (_has_items(groups, ours) and _has_items(groups, theirs)):
                groups.join(ours[0], theirs[0])


def _one_unit(groups: Groups, i: int, j: int) -> bool:
    """Whether two names in one language with one designation are one unit's."""
    a, b = groups.nodes[i], groups.nodes[j]
    return not (a.items and b.items) and one_formation(a.finds[0], b.finds[0])


def _has_items(groups: Groups, nodes: Iterable[int]) -> bool:
    return any(groups.nodes[i].items for i in nodes)


def _join_filed(groups: Groups, filed: Iterable[tuple[Span, Span]]) -> None:
    """Where dispatches were filed, by datelines that render each other."""
    for places in filed:
        i, j = (_standing_at(groups, place) for place in places)
        if i is not None and j is not None and groups.alone(i) and groups.alone(j):
            groups.join(i, j)


def _standing_at(groups: Groups, place: Span) -> int | None:
    standing = (
        i for i, n in enumerate(groups.nodes) if n.kind is Kind.PLACE for f in n.finds if f.span == place
    )
    return next(standing, None)


# --- mentions ----------------------------------------------------------------------------------------


def _mention(
    article: Article, key: str, members: Sequence[Node], filed: Sequence[tuple[Span, Span]]
) -> Mention:
    if len(members) == 1 and len(members[0].finds) == 1:
        return _mentioned_once(article, key, members[0].finds[0])
    finds = members[0].finds  # which are in order
    if len(members) > 1:
        finds = sorted([f for n in members for f in n.finds], key=_order)
    names = tuple(_conflicts(members, filed)) if len(members) > 1 else ()
    conflicts = (*names, *_amounts(finds)) if members[0].kind in _AMOUNTS else names
    roles = [f.role for f in finds if f.role is not None]
    units = finds if members[0].kind is Kind.UNIT else ()  # nothing else has sizes
    strong = next((f for f in units if f.strength is not None), None)
    counted = next((f for f in units if f.count is not None), None)
    return Mention(
        key,
        finds[0].kind,
        tuple(finds),
        subkind=next((f.subkind for f in finds if f.items), "") or finds[0].subkind,
        items=_items(members, conflict=bool(names)),
        role=min(roles, key=_ROLES.index) if roles else None,
        echelon=next((f.echelon for f in units if f.echelon is not None), None),
        strength=strong.strength if strong else None,
        strength_min=strong.strength_min if strong else False,
        count=counted.count if counted else None,
        count_min=any(f.count_min for f in units),
        quantity=finds[0].quantity,  # the original's, where the languages differ
        agreement=_agreement(article, finds, conflict=bool(conflicts)),
        conflicts=conflicts,
        confidence=max([f.confidence for f in finds]),
    )


def _mentioned_once(article: Article, key: str, find: Find) -> Mention:
    """What :func:`_mention` makes of a single find: most mentions are of one."""
    return Mention(
        key,
        find.kind,
        (find,),
        find.subkind,
        tuple(dict.fromkeys(find.items)),
        find.role,
        find.echelon,
        find.strength,
        find.strength_min and find.strength is not None,
        find.count,
        find.count_min,
        find.quantity,
        _agreement(article, (find,), conflict=False),
        (),
        find.confidence,
    )


def _items(members: Sequence[Node], *, conflict: bool) -> tuple[str, ...]:
    """Candidate items: those that both languages offer first; in a conflict the Chinese ones only."""
    zh = [i for n in members if n.lang is Lang.ZH for f in n.finds for i in f.items]
    en = [i for n in members if n.lang is Lang.EN for f in n.finds for i in f.items]
    if conflict:
        return tuple(dict.fromkeys(zh))
    theirs = set(en)
    both = [i for i in zh if i in theirs]
    return tuple(dict.fromkeys((*both, *zh, *en)))


def _conflicts(members: Sequence[Node], filed: Iterable[tuple[Span, Span]]) -> Iterator[Conflict]:
    """Chinese and English names of which no item is common; datelines of which one spells another name."""
    if members[0].kind is Kind.MEASURE:
        return
    zh = [n for n in members if n.lang is Lang.ZH and n.items]
    en = [n for n in members if n.lang is Lang.EN and n.items]
    ours = {i for n in zh for i in n.items}
    for n in en if zh else ():
        if ours.isdisjoint(n.items):
            a, b = zh[0].finds[0].span, n.finds[0].span
            yield Conflict(a, b, f"{a.text} is {zh[0].items[0]}, {b.text} is {n.items[0]}")
    if members[0].kind is Kind.PLACE and not (zh and en):
        spans = {f.span for n in members for f in n.finds}
        for a, b in filed:
            if a in spans and b in spans and spells_another(a.text, b.text):
                yield Conflict(a, b, f"{b.text} does not spell {a.text}")
                return


def _amounts(finds: Sequence[Find]) -> Iterator[Conflict]:
    """How much or how many, where the Chinese and the English say what cannot both be."""
    told = [(f, amount) for f in finds if (amount := _amount(f)) is not None]
    ours = [(f, amount) for f, amount in told if f.span.lang is Lang.ZH]
    theirs = [(f, amount) for f, amount in told if f.span.lang is Lang.EN]
    if ours and theirs and not any(_meet(x, y) for _, x in ours for _, y in theirs):
        (a, x), (b, y) = ours[0], theirs[0]
        says = [f"{f.span.text} is {_shown(low)}" for f, (low, _) in ((a, x), (b, y))]
        yield Conflict(a.span, b.span, ", ".join(says))


_Amount = tuple[Fraction, Fraction | None]  # at least, and at most


def _amount(f: Find) -> _Amount | None:
    if f.strength is not None:
        return Fraction(f.strength), None if f.strength_min else Fraction(f.strength)
    q = f.quantity
    if q is None:
        return None
    low = next((x for x in (q.min, q.value, q.max) if x is not None), None)
    return None if low is None else (low, None if q.min is not None and q.max is None else q.max or q.value)


def _meet(a: _Amount, b: _Amount) -> bool:
    return (a[1] is None or b[0] <= a[1]) and (b[1] is None or a[0] <= b[1])


def _shown(amount: Fraction) -> str:
    return f"{int(amount):,}" if amount.denominator == 1 else f"{float(amount):,}"


def _agreement(article: Article, finds: Sequence[Find], *, conflict: bool) -> Agreement:
    if article.body(Lang.EN) is None or article.body(Lang.ZH) is None:
        return Agreement.SINGLE
    if conflict:
        return Agreement.CONFLICT
    first, last = finds[0].span.lang, finds[-1].span.lang  # Chinese stands first
    if first is not last:
        return Agreement.AGREE
    return Agreement.ZH_ONLY if first is Lang.ZH else Agreement.EN_ONLY
