"""Formations that are named by more than one name: 越军 + 第三师, 荷兰 + 营, SWAPO + guerrillas.

Each function looks at what stands right beside a name or a find; :mod:`kg.mentions.units` calls them in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kg.mentions.view import View
from kg.model import Find, Lang

NATIONAL_RULE = "zh-unit-national"
CONTINGENT = "contingent"
"""The subkind of a country's part of a force of several countries: no army of that country's own."""

_STATES = frozenset(("country", "historical_country"))
_NUMBERED = "zh-unit-numbered"
_WITHHELD, _LIAISON = "zh-unit-withheld", "zh-unit-liaison"
# The parts of the Kuomintang's forces are named by themselves: 国民党匪军二十八军.
_APART = re.compile("国民党|匪|蒋|敌")
_ARMS = "(?:步兵|空降兵?|伞兵|机械化|摩托化|装甲|坦克|炮兵|骑兵|山地|海军陆战|工兵|加强|特种)?"
_NATIONAL = re.compile(
    rf"军?{_ARMS}(?P<e>营(?![业造养救私房利生地长])|旅(?![客行游社馆店途程伴居顺大长])|师(?![范傅生父徒爷母资专大长]))"
)
_FIGHTERS = {
    Lang.ZH: re.compile("(?:的)?(?:游击队|武装部队|武装力量|民兵|部队|军队)(?!员)"),
    Lang.EN: re.compile(r" (?:guerrillas|forces|troops|fighters|militia|army)\b"),
}
_ARMED = re.compile(
    "[军兵队舰师旅]$|(?:[Aa]rm(?:y|ies)|[Ff]orces?|[Tt]roops|[Gg]uards?|[Vv]olunteers|[Nn]avy|[Ff]leet|[Cc]orps)$"
)
_DESCRIBED = re.compile("(?:一个|地方|各县)(?P<short>.{2,}[营团旅师连队])$")
_MANY = re.compile(
    "联合国|多国|维和|维持和平|U\\.?N\\b|UN[A-Z]{2,}|United Nations|[Mm]ultinational|[Pp]eace-?keeping"
)
_PART_OF = re.compile('[”」』"]?(?:所属|中|内)?的')
_PART_OF_EN = re.compile(" (?:of|in|with) the ")


def national_formations(seen: View) -> Iterator[tuple[int, int, str]]:
    """A state's battalion, brigade or division without a number: start, end and the word for its size."""
    for m in seen.names:
        name = m.of_kind("place")
        if name is None or name.subkind not in _STATES:
            continue
        found = _NATIONAL.match(seen.folded, m.end)
        if found is not None:
            yield m.start, found.end(), found["e"]


def with_fighters(seen: View, end: int) -> int:
    """Where the name of an organisation that ends at `end` ends with its fighters: SWAPO + guerrillas."""
    if _ARMED.search(seen.text, max(0, end - 12), end) is not None:
        return end
    found = _FIGHTERS[seen.lang].match(seen.text, end)
    return end if found is None else found.end()


def joined(seen: View, finds: list[Find]) -> list[Find]:
    """A force and its numbered part right after it are one name: 越军第三师; so are 二炮 + 某团."""
    if seen.lang is Lang.EN:
        return finds
    out: list[Find] = []
    for f in finds:
        last = out[-1] if out else None
        if last is not None and last.span.end == f.span.start and _one_name(last, f):
            out[-1] = replace(f, span=seen.span(last.span.start, f.span.end))
        else:
            out.append(f)
    return out


def _one_name(whole: Find, part: Find) -> bool:
    if whole.optional or part.optional or whole.count is not None:
        return False
    if part.rule in (_WITHHELD, _LIAISON):
        return True
    return (
        part.rule == _NUMBERED
        and part.span.text[0] == "第"
        and whole.span.text.endswith(("军", "陆战队"))
        and _APART.search(whole.span.text) is None
    )


def short_of_described(f: Find) -> str | None:
    """How a described formation is called when it returns: 欧非营 of 一个欧非营, 保安团 of 地方保安团."""
    found = _DESCRIBED.match(f.span.text)
    return None if found is None else found["short"]


def contingents(seen: View, finds: list[Find]) -> list[Find]:
    """The part that a country gives to a force of several: no army of its own, whatever its name.

    “联合国紧急部队”的加拿大部队 makes 加拿大部队 one, wherever it stands in the article.
    """
    if not any(_MANY.search(f.span.text) for f in finds):
        return finds
    parts = {f.span.text for i, f in enumerate(finds) if _is_part(seen, finds, i)}
    if not parts:
        return finds
    return [
        replace(f, items=(), subkind=CONTINGENT) if f.span.text in parts and f.count is None else f
        for f in finds
    ]


def _is_part(seen: View, finds: list[Find], i: int) -> bool:
    f = finds[i]
    if _MANY.search(f.span.text) or f.optional:
        return False
    if seen.lang is Lang.ZH:
        other, between = finds[i - 1] if i else None, _PART_OF
    else:
        other, between = finds[i + 1] if i + 1 < len(finds) else None, _PART_OF_EN
    if other is None or not _MANY.search(other.span.text):
        return False
    first, second = sorted((f, other), key=lambda x: x.span.start)
    return between.fullmatch(seen.text, first.span.end, second.span.start) is not None
