"""Datelines: who filed a dispatch, where and when, in every form the archive has.

The forms are rules in ``rules/datelines.toml``.  They are tried only where a dateline can stand: at the
start of a line (after blanks and bullets), after a run of blanks (a headline run into the text), at an
opening bracket; closing credits where the archive's usual signatories are named.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kg.mentions.rules import Hit, Scanner, Shown, load_rules, load_section, plainly
from kg.mentions.view import View
from kg.model import Body, Lang, Role
from kg.text import fold

OWN_PAPER = re.compile(r"本报|本刊|本台|our newspaper|our paper|this newspaper|this paper", re.IGNORECASE)
"""How a paper calls itself."""

_HOME = re.compile(r"新华|中国新闻社|中新社|本报|本刊|本台|Xinhua|Hsinhua|New China News|NCNA|China News|"
                   r"People['’]s Daily|[Oo]ur |[Tt]his ")  # fmt: skip
_BULLETS = " \\t▲△▼▽●○■□★☆◆◇※*·—"
# After these a dateline may stand (and at the beginning), or before a bracket.  Every alternative begins with
# one character: the matcher looks for these and tries at no other place.
_MARKS = {Lang.ZH: ("\n", "  ", *"▲△▼●■★◆◇"), Lang.EN: ("\n", "  ")}
_BEFORE = {Lang.ZH: ("【", "〔", r"\["), Lang.EN: (r"\[",)}
_OPENINGS = {
    lang: re.compile("|".join((*(f"{m}[{_BULLETS}]*" for m in marks), *_BEFORE[lang])))
    for lang, marks in _MARKS.items()
}
_BEGINNING = re.compile(f"[{_BULLETS}]*")
# A closing credit may stand in a bracket, with one of these names, or after a mark or at the beginning.
_CREDITED = r"[ \t]{0,8}(?=[㐀-鿿·]{2,10}[社报])"
_CREDITED_FIRST = re.compile(_CREDITED)
_CREDITING = frozenset("\n 、〔")
_CLOSINGS = {
    Lang.ZH: re.compile(
        "|".join((r"\(", "新(?=华社)", "本(?=报)", "中(?=新社)", *(f"{m}{_CREDITED}" for m in "\n 、〔")))
    ),
    Lang.EN: re.compile(
        r"\(|X(?=inhua)|N(?=ew China News)|T(?=ASS|his news)|P(?=eople['’]s Daily)"
        r"|O(?=ur [Nn]ews)|o(?=ur [Nn]ews)"
    ),
}
_BRACKETS = frozenset("【〔[")
_REACH = {Lang.ZH: 24, Lang.EN: 160}  # characters in which a dateline has named its source
_TOLD_RULES = ("en-dateline-according", "en-dateline-reported")
_TOLD = re.compile(r"(?:报道|报导|消息)\Z")
# What may stand between a dateline and the agency whose report it passes on.
_BETWEEN = re.compile(r"[ \n]*(?:\([^()\n]{0,30}\))?[ :,.–—]*(?:综合)?")
# The journalists who sign after a dateline, and the media that they name as theirs.
_BYLINE = re.compile(r"[ ]*\(?[^。:\n]{0,60}?记者[^。:()\n]{1,16}(?:报道|摄|\))")
_COLLEAGUE = re.compile(r"(新华社|本报|(?<=[、 和])[㐀-鿿]{2,5}日报)(?=(?:特约|特派)?记者)")


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source named in a dateline: where it stands, and the role that this gives it."""

    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True)
class DatelineFind:
    """One dateline or closing credit of a body, at ``start:end``, found by the rule `rule`.

    ``sources[0]`` is the dispatch's own; those after it are colleagues, or agencies that it relays (role
    CITED).  ``place`` is a span, ``day`` the text of the day, empty where there is none.  ``closing``
    datelines stand after their dispatch.
    """

    rule: str
    start: int
    end: int
    sources: tuple[SourceRef, ...] = ()
    place: tuple[int, int] | None = None
    day: str = ""
    closing: bool = False


def find_datelines(view: View) -> tuple[DatelineFind, ...]:
    """The datelines and closing credits of one body, in text order, not overlapping.

    A foreign agency at the start of a paragraph (据塔斯社莫斯科讯) opens a dispatch of its own only where no
    dispatch of a Chinese agency or of the paper is under way; within one, and where it is merely said to
    report (据塔斯社报道), it is relayed.
    """
    text = view.folded if view.lang is Lang.ZH else view.text
    openings = list(_openings(text, view.lang))
    taken = covered(((d.start, d.end) for d in openings), len(text))
    closings = [d for d in _closings(text, view.lang) if not any(taken[d.start : d.end])]
    headline = view.body.paragraphs[0][1] if len(view.body.paragraphs) > 1 else 0
    return _settle(text, sorted([*openings, *closings], key=lambda d: d.start), headline)


def covered(spans: Iterable[tuple[int, int]], length: int) -> bytearray:
    """One byte a character, 1 where a span is: overlap is asked of a slice, in the time of its length."""
    marks = bytearray(length)
    for start, end in spans:
        marks[start:end] = b"\1" * (end - start)
    return marks


@functools.cache
def _scanner(lang: Lang, *productions: str) -> Scanner:
    rules = tuple(r for r in load_rules("datelines", lang) if r.production in productions)
    return Scanner(rules)


@functools.cache
def _near(lang: Lang) -> re.Pattern[str]:
    return plainly(load_section("datelines", "near")[lang])


def _places_to_open(text: str, lang: Lang) -> list[int]:
    """Where a dateline may begin."""
    first = _BEGINNING.match(text)
    begins = first.end() if first is not None else 0
    found = (m.start() if m[0] in _BRACKETS else m.end() for m in _OPENINGS[lang].finditer(text, begins))
    return sorted({begins, *found})


def _openings(text: str, lang: Lang) -> Iterator[DatelineFind]:
    scanner, relays = _scanner(lang, "dateline"), _scanner(lang, "relay")
    near, reach = _near(lang), _REACH[lang]
    reached = 0
    for at in _places_to_open(text, lang):
        if at < reached or (text[at : at + 1] not in _BRACKETS and not near.search(text, at, at + reach)):
            continue
        if (hit := scanner.match(text, at)) is None:
            continue
        find = _of(text, hit, Role.DATELINE)
        end = hit.end
        own_line = text[end : end + 1] == "\n" and text[at] not in _BRACKETS
        for _ in range(0 if own_line else 2):  # a chain is two agencies long at most
            between = _BETWEEN.match(text, end)
            relay = relays.match(text, between.end() if between else end)
            if relay is None:
                break
            find = _with(find, _of(text, relay, Role.CITED).sources, relay.end)
            end = relay.end
        if len(find.sources) == 1 and (byline := _BYLINE.match(text, end)):
            own = text[find.sources[0].start : find.sources[0].end]
            colleagues = (m for m in _COLLEAGUE.finditer(text, *byline.span()) if m[1] != own)
            refs = tuple(SourceRef(*m.span(1), Role.DATELINE) for m in colleagues)
            find = _with(find, refs, find.end)
        reached = end
        yield find


def _places_to_close(text: str, lang: Lang) -> Iterator[int]:
    """Where a closing credit may begin."""
    begins = 0
    if lang is Lang.ZH and (first := _CREDITED_FIRST.match(text)) is not None:
        begins = first.end()
        yield begins
    for m in _CLOSINGS[lang].finditer(text, begins):
        yield m.end() if m[0][0] in _CREDITING else m.start()


def _closings(text: str, lang: Lang) -> Iterator[DatelineFind]:
    scanner = _scanner(lang, "credit", "excerpt")
    reached = 0
    for at in _places_to_close(text, lang):
        if at < reached or (hit := scanner.match(text, at)) is None:
            continue
        reached = hit.end
        role = Role.CITED if hit.rule.production == "excerpt" else Role.DATELINE
        yield replace(_of(text, hit, role), closing=True)


def _of(text: str, hit: Hit, role: Role) -> DatelineFind:
    """The find of a hit; groups are located by their text, in order, within the hit."""
    sources = []
    at = hit.start
    for group in ("source", "source_b", "source_c"):
        if value := hit.groups.get(group):
            at = text.index(value, at, hit.end)
            sources.append(SourceRef(at, at + len(value), role))
            at += len(value)
    place = None
    if value := hit.groups.get("place") or hit.groups.get("place_b"):
        first = hit.start if value in text[hit.start : sources[0].start if sources else hit.end] else at
        start = text.index(value, first, hit.end)
        place = (start, start + len(value))
    return DatelineFind(hit.rule.name, hit.start, hit.end, tuple(sources), place, hit.groups.get("day", ""))


def _with(find: DatelineFind, more: tuple[SourceRef, ...], end: int) -> DatelineFind:
    return replace(find, end=end, sources=(*find.sources, *more))


def _settle(text: str, finds: Sequence[DatelineFind], headline: int) -> tuple[DatelineFind, ...]:
    """Turn a foreign agency's opening inside a dispatch of ours into a relay: its sources are cited.

    A headline (what ends before `headline`) that only says who reports opens no dispatch if another does.
    """
    out: list[DatelineFind] = []
    ours = False
    opened = any(d.start >= headline and not d.closing for d in finds)
    for d in finds:
        if opened and d.end <= headline and text[d.start] not in _BRACKETS and not d.place and not d.day:
            continue
        home = not d.sources or bool(_HOME.match(text, d.sources[0].start))
        bracketed = text[d.start] in _BRACKETS
        told = d.rule in _TOLD_RULES or bool(_TOLD.search(text, d.start, d.end))
        if d.closing or home or bracketed or not (ours or told):
            out.append(d)
            ours = ours or (home and not d.closing)
            continue
        out.append(replace(d, sources=tuple(replace(s, role=Role.CITED) for s in d.sources)))
    return tuple(out)


def is_relay(find: DatelineFind) -> bool:
    """Whether the find opens no dispatch: all it names is cited."""
    return bool(find.sources) and all(s.role is Role.CITED for s in find.sources)


def demonstrate(text: str, lang: Lang) -> Iterator[Shown]:
    """What the rules find in a short text: ``source/place/day``, ``-`` for what is not there."""
    view = View(Body(lang, text, ((0, len(text)),)), fold(text), ())
    folded = view.folded if lang is Lang.ZH else text
    for d in find_datelines(view):
        source = text[d.sources[0].start : d.sources[0].end] if d.sources else "-"
        place = text[slice(*d.place)] if d.place else "-"
        start = folded.find(d.day, d.start) if d.day else -1
        day = text[start : start + len(d.day)] if d.day else "-"
        yield Shown(d.rule, text[d.start : d.end], f"{source}/{place}/{day}")
        yield from _shown_relays(text, folded, lang, d)


def _shown_relays(text: str, folded: str, lang: Lang, find: DatelineFind) -> Iterator[Shown]:
    """The relays of one dateline, matched again from the mark or blank before them."""
    for ref in (r for r in find.sources if r.role is Role.CITED):
        for at in range(max(find.start, ref.start - 2), ref.start + 1):
            if (hit := _scanner(lang, "relay").match(folded, at)) is not None:
                told = "/".join((hit.groups.get("place", "-"), hit.groups.get("day", "-")))
                yield Shown(hit.rule.name, text[at : hit.end], f"{text[ref.start : ref.end]}/{told}")
                break
