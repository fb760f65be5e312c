"""Parts of Chinese forces that are named right beside them: 一连 + 外籍军团, 空军 + 导弹部队, 一团 + 四连.

The patterns are ``[beside.zh]`` of ``rules/units.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from kg.mentions.units.formations import COUNTED_RULE, FORCE_RULE, SERVICES, TROOPS, beside, sizes
from kg.mentions.view import View
from kg.model import Echelon, Find


def of_forces(seen: View, finds: Iterable[Find]) -> list[Find]:
    """Forces with the word for a part of theirs before them, or for their being stationed somewhere."""
    return [_stationed(seen, _counted(seen, f)) if f.rule in TROOPS else f for f in finds]


def _counted(seen: View, f: Find) -> Find:
    """A force of which so many companies are told: 一连 + 外籍军团."""
    start = f.span.start
    part = beside("part_of_force").search(seen.folded, max(0, start - 3), start)
    if part is None:
        return f
    count = Fraction(2 if part[0][0] == "两" else 1)
    span = seen.span(part.start(), f.span.end)
    return replace(f, span=span, items=(), rule=COUNTED_RULE, count=count, echelon=sizes()[part["e"]])


def _stationed(seen: View, f: Find) -> Find:
    """Troops named by where they are: 驻 + 青平部队 are not the military region that is called 青平部队."""
    start = f.span.start
    if (
        not f.span.text.endswith("部队")
        or beside("stationed").search(seen.folded, max(0, start - 1), start) is None
    ):
        return f
    return replace(f, span=seen.span(start - 1, f.span.end), items=(), rule=FORCE_RULE, echelon=Echelon.FORCE)


def with_parts(seen: View, finds: Iterable[Find]) -> Iterator[Find]:
    """Formations with the parts right after them that no rule finds alone: 一团 + 四连, 空军 + 导弹部队."""
    done = 0
    for f in finds:
        if f.span.start < done:
            continue
        if f.count is None and not f.optional:
            f = _with_part(seen, f)
            done = f.span.end
        yield f


def _with_part(seen: View, f: Find) -> Find:
    text, end = f.span.text, f.span.end
    if beside("with_parts").search(text) is not None:
        if (found := beside("parts").match(seen.folded, end)) is not None:
            return replace(
                f, span=seen.span(f.span.start, found.end()), items=(), echelon=sizes()[found["e"]]
            )
        found = beside("combat_team").match(seen.folded, end)  # 第五团 + 战斗队
        return f if found is None else replace(f, span=seen.span(f.span.start, found.end()))
    if f.rule not in TROOPS:
        return f
    if (arm := _arm(seen, f)) is not None:
        return replace(f, span=seen.span(f.span.start, arm), items=(), rule=FORCE_RULE)
    if beside("of_arm").search(text) is None:
        return f
    found = beside("troops").match(seen.folded, end)  # 青河前线空军 + 部队
    return f if found is None else replace(f, span=seen.span(f.span.start, found.end()))


def _arm(seen: View, f: Find) -> int | None:
    """Where the troops of an arm end right after a state's arm, or an arm right after a military region."""
    text, end = f.span.text, f.span.end
    if text.endswith("军区"):
        found = beside("arm_of_region").match(seen.folded, end)
    elif text.endswith(SERVICES) and beside("army_of_a_state").fullmatch(text) is not None:
        found = beside("branch").match(seen.folded, end)
    elif text.endswith("军") and beside("numbered").match(text) is None:
        found = beside("arm_of_army").match(seen.folded, end)
    else:
        return None
    return None if found is None else found.end()
