"""Whose an army is that a text names by its number alone.

Both sides of the civil war had armies of the same numbers: 三十五军 was Fu Zuoyi's, then one that took
Nanjing.  What stands beside the number, anywhere in the article, tells whose it is (``[sides]`` of
``rules/units.toml``): 敌三十五军, 全歼三十五军 and 三十五军残部 are the enemy's; 我三十五军 and 三十五军战士
are ours.  Where nothing tells, all armies of that number stay, and the linker sees which lived then.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from kg.mentions.rules import load_patterns, load_section
from kg.mentions.view import View
from kg.model import STATES, Find, Lang

SIDE_RULE = "unit-side"
"""The rule of finds whose side the text tells: no other items than theirs are meant."""
NATIONALIST = "Q865"
"""The country of the Kuomintang's armies in the authority."""

FOREIGN_RULE = "zh-unit-foreign-number"
"""The rule of another state's formations that bear the number of one of ours: 埃及 + 第二军."""
_CHINA = frozenset(("Q148", "Q865", "Q13426199", "Q29520"))
_POWERS = re.compile("(?:(?<![抗援反驻侵])[美英法苏日德意印越韩]军?|穆斯林|[塞克穆]族)$")
_OUR = ("zh-unit-our", "en-unit-our")
_KNOWN, _NESTED = "unit-dictionary", "unit-nested"
# What stands between the armies of an enumeration.
_BETWEEN = re.compile(
    "(?:军部|部|全部|一部|主力)?(?:、|和|及|与|以及|连同|,? and (?:the )?|, (?:the )?)(?:敌|我)?"
)
_NUMBERED_ARMIES = "1948-11"
_REACH = {Lang.ZH: 40, Lang.EN: 120}


@dataclass(frozen=True, slots=True)
class _Cues:
    """The patterns of one language."""

    number: re.Pattern[str]
    bare: re.Pattern[str]
    listed_before: re.Pattern[str]
    listed_after: re.Pattern[str]
    hostile_before: re.Pattern[str]
    hostile_after: re.Pattern[str]
    friend_before: re.Pattern[str]
    friend_after: re.Pattern[str]


@functools.cache
def _cues(lang: Lang) -> _Cues:
    said = load_section("units", "sides")[lang.value]
    return _Cues(**{name: re.compile(pattern) for name, pattern in said.items()})


def of_either_side(
    seen: View, finds: list[Find], countries: Mapping[str, str | None], printed: str = ""
) -> list[Find]:
    """`finds`, of which armies known by a bare number keep the items of the side that the text tells.

    `countries` gives the country of each item; those of the Kuomintang have `NATIONALIST`.  The armies of
    one enumeration are on one side.  In an issue `printed` (ISO date) before November 1948, when the
    Liberation Army numbered its armies, an army of a number is the Kuomintang's.
    """
    votes: Counter[str] = Counter()
    lists: list[list[Find]] = []
    for f in finds:
        if (bare := _bare(f)) is None:
            continue
        start = f.span.end - len(bare)
        told = _side(seen, f.span.start, f.span.end)  # 国民党军 + 第八兵团第六军
        votes[bare] += told or (_side(seen, start, f.span.end) if f.span.start < start else 0)
        before = lists[-1][-1].span.end if lists else -1
        listed = before >= 0 and _BETWEEN.fullmatch(seen.text, before, f.span.start) is not None
        if listed:
            lists[-1].append(f)
        else:
            lists.append([f])
    for together in lists:
        _share(together, votes, countries)
    if "" < printed < _NUMBERED_ARMIES:
        votes.update({b: 1 for x in lists for f in x if (b := _bare(f)) and b[-1] == "军" and votes[b] <= 0})
    if not any(votes.values()):
        return finds
    return [_sided(f, votes, countries) for f in finds]


def _share(together: list[Find], votes: Counter[str], countries: Mapping[str, str | None]) -> None:
    """Give the armies of an enumeration of which the text does not tell the side of the others."""
    numbers = [b for f in together if (b := _bare(f)) is not None]
    told = sum((votes[b] > 0) - (votes[b] < 0) for b in numbers)
    if not told:  # who else is in it, of one side only
        theirs = [{countries.get(i) == NATIONALIST for i in f.items} for f in together]
        told = theirs.count({True}) - theirs.count({False})
    if told:
        for b in numbers:
            votes[b] = votes[b] or (1 if told > 0 else -1)


def ours(seen: View, finds: list[Find], countries: Mapping[str, str | None], printed: str = "") -> list[Find]:
    """`finds` with the items of what is called after us: 我军, and arms named alone.

    我军 is the first force of China's (by `countries`, that of each item) that the text names, else its
    first people's army, else the one of the day when it was `printed` (ISO date; ``[[ours]]`` of the
    rules); 空军 is ours (``[own_arms]``) where the text names no other state.
    """
    own = _own_arms()
    if not any((f.rule in _OUR or f.span.text in own) and not f.items for f in finds):
        return finds
    friends = load_patterns("units", "forces", seen.lang.value)["friends"]
    named = [f.items for f in finds if f.items and friends.search(f.span.text)]
    force = next((x for x in named if any(countries.get(i) in _CHINA for i in x)), named[0] if named else ())
    days = load_section("units", "ours")
    force = force or next((tuple(x["items"]) for x in days if x["from"] <= printed < x["until"]), ())
    if any(name.subkind in STATES and _CHINA.isdisjoint(name.items) for _, name in seen.places):
        own = {}
    items = {f: force if f.rule in _OUR else own.get(f.span.text, ()) for f in finds if not f.items}
    return [replace(f, items=items[f]) if items.get(f) else f for f in finds]


def _own_arms() -> Mapping[str, tuple[str, ...]]:
    return {word: (item,) for item, words in load_section("units", "own_arms").items() for word in words}


def is_bare_number(name: str) -> bool:
    """Whether a known Chinese name is but a number and a size: 三十五军."""
    return _cues(Lang.ZH).number.fullmatch(name) is not None


def foreign_owner(seen: View, start: int) -> int | None:
    """Where the name of another state begins that stands right before `start`, or its abbreviation."""
    for m, name in seen.places:
        if m.end == start and name.subkind in STATES and _CHINA.isdisjoint(name.items):
            return m.start
    found = _POWERS.search(seen.folded, max(0, start - 3), start)
    return None if found is None else found.start()


def _bare(f: Find) -> str | None:
    """The number by which a known army goes in `f`, or None."""
    if not f.items or f.rule not in (_KNOWN, _NESTED):
        return None
    found = _cues(f.span.lang).bare.search(f.span.text)
    return None if found is None else found[0]


def _sided(f: Find, votes: Counter[str], countries: Mapping[str, str | None]) -> Find:
    bare = _bare(f)
    vote = votes[bare] if bare is not None else 0
    if not vote:
        return f
    items = tuple(i for i in f.items if (countries.get(i) == NATIONALIST) is (vote > 0))
    return replace(f, items=items, rule=SIDE_RULE)


def _side(seen: View, start: int, end: int) -> int:
    """1 for the enemy's, -1 for ours, 0 where what stands beside the number does not tell."""
    text, cues, reach = seen.text, _cues(seen.lang), _REACH[seen.lang]
    before, after = text[max(0, start - reach) : start], text[end : end + reach]
    before = before[: m.start()] if (m := cues.listed_before.search(before)) is not None else before
    after = after[m.end() :] if (m := cues.listed_after.match(after)) is not None else after
    if cues.hostile_before.search(before) is not None:
        return 1
    if cues.friend_before.search(before) is not None:
        return -1
    if cues.hostile_after.match(after) is not None:
        return 1
    return -1 if cues.friend_after.match(after) is not None else 0
