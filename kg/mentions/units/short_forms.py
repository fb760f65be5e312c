"""How units are called once their full names have been said.

人民军 after 越南人民军, "People's Army" after "Vietnam People's Army", an acronym in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kg.mentions.rules import load_patterns, load_section
from kg.mentions.units.formations import of_a_country, short_of_described
from kg.mentions.view import View
from kg.model import Find, Lang

SHORT_RULE = "unit-short-form"
_ACRONYM = re.compile(r" ?[(（](?:the )?([A-Z]{2,6})[)）]")
# 黄兵团 of 黄百韬兵团, 北京总队 of 武警北京总队, 省军区 of 青山省军区.
_NAMED = re.compile("(?!第)([\u4e00-\u9fff])[\u4e00-\u9fff]{1,2}(兵团)|武警(.{2,4}[总支]队)|.{2,4}(省军区)")
_COMMON = frozenset(("武装部队", "空军", "海军", "陆军", "海军陆战队", "武装力量", "军队", "部队"))
_OWNER = 24  # characters of an adjective before a short form that is another's: Soviet + frontier guards
_VOLUNTEERS = " Volunteers"
_COMMON_EN = frozenset(("Air Force", "Armed Forces", "Marine Corps"))


def in_other_word(text: str, end: int) -> bool:
    """Whether the 军 that ends at `end` begins another word: 以军 in 以军事手段."""
    if text[end - 1] != "军":
        return False
    return load_patterns("units", "forces", "zh")["other_army"].match(text, end) is not None


def short_forms(seen: View, finds: list[Find]) -> list[Find]:
    """Later short forms of full names: 人民军 of 越南人民军, "People's Army", the acronym in brackets."""
    taken = bytearray(len(seen.text) + 1)
    for f in finds:
        taken[f.span.start : f.span.end] = b"\1" * (f.span.end - f.span.start)
    shorts: dict[str, Find] = {}
    starts = {m.start: m.end for m, _ in reversed(seen.places)}
    for f in finds:
        for short in _shorts(seen, f, starts):
            shorts.setdefault(short, f)
    out = []
    for short, full in sorted(shorts.items(), key=lambda x: -len(x[0])):
        at = seen.text.find(short)
        while at >= 0:
            end = at + len(short)
            if seen.text[end : end + 1] == "队" and short[-1] == "军":  # 人民军队
                end += 1
            if not any(taken[at:end]) and _bounded(seen, at, end):
                taken[at:end] = b"\1" * (end - at)
                whole = _last_before(finds, short, at) or full
                out.append(replace(whole, span=seen.span(at, end), rule=SHORT_RULE, strength=None))
            at = seen.text.find(short, end)
    return out


def _last_before(finds: list[Find], short: str, at: int) -> Find | None:
    """The known force whose name ends so and that was named last before `at`."""
    ending = f" {short}" if short[0].isascii() else short
    return next(
        (f for f in reversed(finds) if f.items and f.span.end <= at and f.span.text.endswith(ending)), None
    )


def as_short_forms(seen: View, finds: list[Find]) -> list[Find]:
    """A known short name is that of the full name in the same text: 人民军 after 越南人民军."""
    starts = {m.start: m.end for m, _ in reversed(seen.places)}
    shorts = {short: f for f in reversed(finds) for short in _shorts(seen, f, starts)}
    out: list[Find] = []
    for f in finds:
        full = shorts.get(f.span.text)
        if full is not None and full.span.start > f.span.start:
            full = _last_before(out, f.span.text, f.span.start) or full
        if full is None or full.items == f.items or f.count is not None:
            out.append(f)
        else:
            out.append(replace(full, span=f.span, rule=SHORT_RULE, strength=None))
    return out


def _shorts(seen: View, f: Find, places: Mapping[int, int]) -> Iterator[str]:
    if f.optional:
        return
    if seen.lang is Lang.ZH and (described := short_of_described(f)) is not None:
        yield described
    if f.count is not None:
        return
    if seen.lang is Lang.ZH:
        if (named := _NAMED.fullmatch(f.span.text)) is not None:
            yield "".join(filter(None, named.groups()))
        end = places.get(f.span.start)
        short = seen.text[end : f.span.end] if end is not None else ""
        short = short.removesuffix("部队") if short.endswith("军部队") else short
        if len(short) > 2 and short not in _COMMON:
            yield short
            if (
                short.endswith("解放军")
                and of_a_country(seen, f.span.start)
                and not f.span.text.startswith("中国")
            ):
                yield "解放军"
        return
    yield from _english_shorts(seen, f, places)


def _english_shorts(seen: View, f: Find, places: Mapping[int, int]) -> Iterator[str]:
    if f.items and f.span.text.endswith(_VOLUNTEERS):
        yield _VOLUNTEERS.strip()
    rest = _without_owner(f, places)
    if " " in rest and rest[0].isupper() and rest not in _COMMON_EN:
        yield rest
    if (m := _ACRONYM.match(seen.text, f.span.end)) is not None:
        yield m[1]


def _without_owner(f: Find, places: Mapping[int, int]) -> str:
    """An English name without the adjective or the land that it begins with: Vietnam + People's Army."""
    text = f.span.text
    if (end := places.get(f.span.start)) is not None and end < f.span.end:
        return text[end - f.span.start :].strip()
    demonyms = load_section("units", "words")["demonym"]
    parts = text.split(" ", 3)
    for count in (3, 2, 1):
        if len(parts) > count and " ".join(parts[:count]) in demonyms:
            return text[len(" ".join(parts[:count])) + 1 :]
    return ""


def _bounded(seen: View, start: int, end: int) -> bool:
    if seen.lang is Lang.ZH:
        return not in_other_word(seen.text, end)
    if seen.text[start - 1 : start].isalnum() or seen.text[end : end + 1].isalnum():
        return False
    before = seen.text[max(0, start - _OWNER) : start].rstrip()
    return before[before.rfind(" ") + 1 :] not in load_section("units", "words")["demonym"]
