"""The evidence for a candidate, each a small named function whose docstring is its explanation.

A feature gives a number in [-1, 1]; 0 means that it has nothing to say.  The weights are fitted by
``kg linking train`` and kept in ``weights.toml``.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.linking.candidates import Candidate
from kg.linking.context import Context, in_one_spot
from kg.linking.knowledge import kilometres
from kg.linking.saying import FITTING
from kg.model import STATES, Item, Kind, Lang, Mention


@dataclass(frozen=True, slots=True)
class Case:
    """One candidate of one mention, with its rivals and the article around it.

    ``said`` is what the text says that the mention is (:func:`kg.linking.saying.said`), ``countries`` are
    the states the candidate's item lies in, or lay in on the article's day, ``nearest`` the kilometres to the
    nearest of the `anchors`, ``beside`` what the places right beside the mention may be, ``listed`` what each
    place enumerated with it may be.
    """

    mention: Mention
    candidate: Candidate
    rivals: Sequence[Candidate]
    context: Context
    anchors: tuple[tuple[Item, float], ...]
    said: str
    item: Item
    countries: frozenset[str]
    nearest: float | None
    beside: Sequence[Item]
    listed: Sequence[Sequence[Item]]

    @classmethod
    def of(
        cls,
        mention: Mention,
        candidate: Candidate,
        rivals: Sequence[Candidate],
        context: Context,
        anchors: tuple[tuple[Item, float], ...],
        said: str,
    ) -> Case:
        """The case with what several features ask for."""
        item = candidate.item
        countries = context.knowledge.countries(item, context.day)
        return cls(
            mention,
            candidate,
            rivals,
            context,
            anchors,
            said,
            item,
            countries,
            _nearest(item, anchors),
            context.beside.get(mention.key, ()),
            context.listed.get(mention.key, ()),
        )


Feature = Callable[[Case], float]


def name_match(case: Case) -> float:
    """The name is the item's label (1), an alias, or a form derived from one (0.6)."""
    return case.candidate.match


def prior(case: Case) -> float:
    """How often the name means this item when nothing else is known (logarithmic, 0..1)."""
    return (math.log10(max(case.candidate.prior, 1e-3)) + 3) / 3


def share_of_prior(case: Case) -> float:
    """The item's part in the priors of all items of this name, the others of its kind included."""
    total = sum([r.prior * r.match for r in case.rivals])
    return case.candidate.prior * case.candidate.match / total if total else 0.0


def kind_fits(case: Case) -> float:
    """The text says what it is (江阴县, "X Province"), and the item is that (1) or is not (-1)."""
    told = case.said
    if not told or (told in _OF_NATURE and _settled(case.rivals, FITTING[told])):
        return 0.0
    if told == "province" and _is_a_towns(case.mention, case.rivals):
        return 0.0
    return 1.0 if case.item.subkind in FITTING[told] else -1.0


# Towns and provinces named after a river or a mountain go by its name: 牡丹江, 黑龙江, 黄山.
_OF_NATURE = frozenset({"river", "lake", "sea", "mountain", "port", "bridge"})
_SETTLED = frozenset({"city", "province", "county", "town"})
_BY_NAME = 0.9


def _settled(rivals: Sequence[Candidate], nature: frozenset[str]) -> bool:
    """Whether a settlement of that very name is better known than what its head word says it is."""
    settled = [r.prior for r in rivals if r.match >= _BY_NAME and r.item.subkind in _SETTLED]
    return max(settled, default=0.0) > max([r.prior for r in rivals if r.item.subkind in nature], default=0.0)


def _is_a_towns(mention: Mention, rivals: Sequence[Candidate]) -> bool:
    """Whether the head word is the last letter of a town's own name: 琅勃拉邦 is no 邦."""
    longest = max(mention.surfaces(Lang.ZH), key=len, default="")
    return any(r.item.subkind in _TOWNS and r.item.label("zh") == longest for r in rivals)


def living_state(case: Case) -> float:
    """It is a state of that day, not a region or a former state of the same name."""
    item = case.item
    return (
        1.0
        if item.subkind in STATES and not (item.end and case.context.day[: len(item.end)] > item.end)
        else 0.0
    )


def town_before_province(case: Case) -> float:
    """It is a province or county, the text does not say so, and its town has the same name (-1)."""
    if case.said or case.item.subkind not in _AROUND_TOWNS:
        return 0.0
    towns = (r.item for r in case.rivals if r.item.subkind in _TOWNS and r.item.country == case.item.country)
    return -1.0 if any((kilometres(case.item, town) or 0.0) < 150 for town in towns) else 0.0


_AROUND_TOWNS = frozenset({"province", "prefecture", "county"})
_TOWNS = frozenset({"city", "town"})


def both_languages(case: Case) -> float:
    """The Chinese and the English name both lead to it."""
    return 1.0 if len(case.candidate.langs) == 2 else 0.0


def original_agrees(case: Case) -> float:
    """The Chinese original names it (1), or names something else while the translation names it (-1)."""
    finds = case.mention.finds  # Chinese first
    if Lang.ZH in case.candidate.langs:
        return 1.0 if finds[-1].span.lang is Lang.EN else 0.0
    return -1.0 if finds[0].span.lang is Lang.ZH else 0.0


def translation_disagrees(case: Case) -> float:
    """The English name leads to other items, but not to this one (-1)."""
    if Lang.EN in case.candidate.langs:
        return 0.0
    return -1.0 if any(Lang.EN in r.langs for r in case.rivals) else 0.0


def country_in_focus(case: Case) -> float:
    """The share that the item's country has in the article."""
    focus = case.context.focus
    return max([focus.get(c, 0.0) for c in case.countries], default=0.0)


def country_not_named(case: Case) -> float:
    """The article speaks of other countries, and nowhere of the item's (-1)."""
    if not case.context.focus or not case.countries:
        return 0.0
    return 0.0 if any(c in case.context.focus for c in case.countries) else -case.context.heard


def near_on_the_map(case: Case) -> float:
    """The item lies near another place of the article: 1 at no distance, 0.37 at 400 km."""
    return math.exp(-case.nearest / 400) if case.nearest is not None else 0.0


def far_on_the_map(case: Case) -> float:
    """Every other place of the article is more than 2,500 km away (-1)."""
    return -1.0 if case.nearest is not None and case.nearest > 2500 else 0.0


def _nearest(item: Item, anchors: tuple[tuple[Item, float], ...]) -> float | None:
    if item.lat is None:
        return None
    distances = [d for other, _ in anchors if (d := kilometres(item, other)) is not None]
    return min(distances, default=None)


def like_the_others(case: Case) -> float:
    """The share of the article's other sure places that are what it is: 吉林 among provinces is one."""
    if not case.anchors or case.mention.kind is not Kind.PLACE:
        return 0.0
    own = case.item.subkind
    alike = sum([weight for item, weight in case.anchors if item.subkind == own])
    return alike / sum([weight for _, weight in case.anchors])


def container_named(case: Case) -> float:
    """The province, region or larger unit that the item is part of is named in the article."""
    named, own = case.context.named, case.item.id
    known = case.context.knowledge.ancestors(own)
    above = [a for a in known if a in named and a != own and a not in case.countries]
    # What the mention alone names says nothing, unless it bears its name: 吉林 in 吉林省.
    by_others = any(named[a] != case.mention.key for a in above)
    return 1.0 if by_others or any(r.item.id in above for r in case.rivals) else 0.0


def named_after_its_land(case: Case) -> float:
    """The name stands right after that of the land or town it belongs to: 越南《人民报》, 福建厦门."""
    return 1.0 if case.beside and _belongs(case, case.item) else 0.0


def before_what_it_holds(case: Case) -> float:
    """The name stands right beside that of a place that lies in it: 吉林 of 吉林镇赉 is the province."""
    after = case.context.after.get(case.mention.key)
    if not after:
        return 0.0
    knowledge, own = case.context.knowledge, case.item.id
    return 1.0 if any(own in knowledge.ancestors(item.id) and own != item.id for item in after) else 0.0


def named_after_another(case: Case) -> float:
    """The name stands right after that of a state that it does not belong to (-1)."""
    if not case.beside or not case.countries or _belongs(case, case.item):
        return 0.0
    if case.item.subkind in STATES and not any(_belongs(case, r.item) for r in case.rivals):
        return 0.0  # two states side by side; but 巴西萨尔瓦多 is a town
    return -1.0 if any(item.subkind in STATES for item in case.beside) else 0.0


def _belongs(case: Case, item: Item) -> bool:
    """Whether `item` belongs to what stands right beside the mention."""
    knowledge, day = case.context.knowledge, case.context.day
    countries = knowledge.countries(item, day)
    circle = knowledge.ancestors(item.id) | countries
    if any(other.id in circle and other.id != item.id for other in case.beside):
        return True
    if not item.part_of and any(o.subkind == "province" and in_one_spot(item, o) for o in case.beside):
        return True  # 高平省的重庆, of which nobody noted in which province it lies
    # A paper belongs to the state of the town before it: 仰光《民族报》.
    return case.mention.kind is not Kind.PLACE and any(
        countries & knowledge.lands(other, day) for other in case.beside
    )


def in_the_land_of_the_list(case: Case) -> float:
    """The share of the places enumerated with it that lie in its country: 巴塞罗那、加拉加斯."""
    if not case.listed or not case.countries:
        return 0.0
    knowledge, day = case.context.knowledge, case.context.day
    alike = [
        any(not case.countries.isdisjoint(knowledge.countries(item, day)) for item in items)
        for items in case.listed
    ]
    return sum(alike) / len(alike)


def near_in_the_list(case: Case) -> float:
    """It lies near a place that is enumerated with it: 1 at no distance, 0.37 at 100 km."""
    if case.item.lat is None:
        return 0.0
    apart = [
        d
        for items in case.listed
        for item in items
        if item.id != case.item.id and (d := kilometres(case.item, item)) is not None
    ]
    return math.exp(-min(apart) / 100) if apart else 0.0


def dateline_country(case: Case) -> float:
    """The report was filed from the item's country."""
    return 1.0 if case.countries & case.context.dateline else 0.0


def of_its_time(case: Case) -> float:
    """The article falls into its lifetime, and of such candidates it is the shortest-lived (1)."""
    own = _years(case.item)
    if own is None:
        return 0.0
    return min(years for r in case.rivals if (years := _years(r.item)) is not None) / own


def _years(item: Item) -> float | None:
    if not item.start or not item.end:
        return None
    return max(1.0, float(item.end[:4]) - float(item.start[:4]))


def alive(case: Case) -> float:
    """The item had ended before the article was printed (-1)."""
    end = case.item.end
    return -1.0 if end and case.context.day[: len(end)] > end else 0.0


def only_candidate(case: Case) -> float:
    """No other item has this name."""
    return 1.0 if len(case.rivals) == 1 else 0.0


def long_name(case: Case) -> float:
    """Long names mislead less than short ones (1 from six characters on)."""
    return min(case.candidate.longest, 6) / 6


FEATURES: dict[str, Feature] = {
    f.__name__: f
    for f in (
        name_match,
        prior,
        share_of_prior,
        kind_fits,
        living_state,
        town_before_province,
        both_languages,
        original_agrees,
        translation_disagrees,
        country_in_focus,
        country_not_named,
        near_on_the_map,
        far_on_the_map,
        like_the_others,
        container_named,
        named_after_its_land,
        before_what_it_holds,
        named_after_another,
        in_the_land_of_the_list,
        near_in_the_list,
        dateline_country,
        of_its_time,
        alive,
        only_candidate,
        long_name,
    )
}


_IN_ORDER = tuple(FEATURES.values())


def vector(case: Case) -> tuple[float, ...]:
    """The values of all features, in the order of :data:`FEATURES`."""
    return tuple([f(case) for f in _IN_ORDER])


@functools.cache
def reason(name: str) -> str:
    """The published explanation of a feature: the first line of its docstring."""
    return (FEATURES[name].__doc__ or "").strip().splitlines()[0]


# --- evidence that there is no item ----------------------------------------------------------------


def nil_bias(_mention: Mention) -> float:
    """There may be no item at all."""
    return 1.0


def nil_found_by_shape(mention: Mention) -> float:
    """No dictionary knows the name: it was found by its shape and context."""
    return 0.0 if mention.items or any(f.items for f in mention.finds) else 1.0


def nil_described(mention: Mention) -> float:
    """The text describes it without a name (一个营, four companies)."""
    return 1.0 if described(mention) else 0.0


def nil_small_place(mention: Mention) -> float:
    """A village, street or gate: most have no item."""
    return 1.0 if mention.subkind in SMALL else 0.0


def nil_common_name(mention: Mention) -> float:
    """Every town has one (东关, 西门): the item of that name is another town's."""
    return 1.0 if mention.kind is Kind.PLACE and mention.name in COMMON else 0.0


SMALL = frozenset({"village", "street", "gate", "hamlet", "station"})

COMMON = frozenset(
    side + what for side in "东西南北" for what in ("关", "门", "街", "郊", "城", "大街", "乡", "村", "庄")
) | {"城关"}
"""Names that every town has: what bears one is looked for in the article's own surroundings only."""

NIL_FEATURES: dict[str, Callable[[Mention], float]] = {
    f.__name__: f for f in (nil_bias, nil_found_by_shape, nil_described, nil_small_place, nil_common_name)
}


def is_contingent(mention: Mention) -> bool:
    """Whether it is the part that a country gives to a force of several: no army of that country's own."""
    return mention.kind is Kind.UNIT and any(f.subkind == "contingent" for f in mention.finds)


def described(mention: Mention) -> bool:
    """Whether the mention is a formation that is only described: by number and size, or as a part."""
    return (
        is_contingent(mention)
        or mention.count is not None
        or mention.name.startswith(("某", "一支", "另一支", "a certain"))
    )


def nil_vector(mention: Mention) -> tuple[float, ...]:
    """The values of the NIL features, in the order of :data:`NIL_FEATURES`."""
    return tuple([f(mention) for f in NIL_FEATURES.values()])
