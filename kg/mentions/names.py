"""The dictionary matcher: every name of the authority, found in one pass over a text.

Reach for :class:`NameDictionary` wherever known names are looked for.  It is handed its names (so that
this room knows no authority), is built once before processes fork, and costs about a tenth of a
millisecond an article whatever the number of names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick_rs

from kg.model import Lang, Name
from kg.text import fold, well_formed

_ARTICLE = re.compile(r"^(?:the|a|an) ", re.IGNORECASE)
_SHORT_PIECE = 3
_POSSESSIVE = re.compile("['’](?:s(?![a-z])|(?![a-z]))")
_KNOWN_WELL = 0.3
# Where two kinds share one string, the kind that a newspaper means when nothing else is known.
_KIND_ORDER = {"source": 0, "unit": 1, "place": 2, "event": 3, "organisation": 4, "person": 5, "measure": 6}
_SIDES = frozenset(
    side + end
    for side in ("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest")
    for end in ("", "ern")
) | {"central"}
_SHORT_CAPITALS = 5  # up to this length a name in capitals (AP, UNEF) must stand in capitals


class NameMatch(NamedTuple):
    """A known name in a text: ``text[start:end]`` is what stands there, ``name`` what it may mean.

    ``others`` are the names of other kinds that the same string bears (华盛顿, a city and a man).
    ``inside`` is the longer match around a nested one, or None.
    """

    start: int
    end: int
    text: str
    name: Name
    others: tuple[Name, ...] = ()
    inside: NameMatch | None = None

    def of_kind(self, kind: str) -> Name | None:
        """The name of `kind` that this string bears, or None."""
        if self.name.kind == kind:
            return self.name
        for name in self.others:
            if name.kind == kind:
                return name
        return None


@dataclass(frozen=True, slots=True)
class _Entry:
    """All names with one folded key; ``cased``/``capitals`` say how English ones must be written."""

    names: tuple[Name, ...]
    cased: bool
    capitals: bool


class _Entries(dict[int, _Entry]):
    """The entry of each key by its number, worked out when the key is first met: few of them ever are, and
    whoever converts one article should not wait for all.
    """

    def __init__(self, named: list[list[Name]]) -> None:
        super().__init__()
        self.named = named

    def __missing__(self, number: int) -> _Entry:
        entry = self[number] = _entry(self.named[number])
        return entry


@dataclass(frozen=True, slots=True)
class _Automaton:
    entries: _Entries
    search: ahocorasick_rs.AhoCorasick | None

    @classmethod
    def of(cls, names: Iterable[Name], lang: Lang) -> _Automaton:
        keyed: dict[str, list[Name]] = {}
        for name in names:
            key = fold(_ARTICLE.sub("", name.text)) if lang is Lang.EN else fold(name.text)
            if len(key) > 1 and not key.isdigit():
                keyed.setdefault(key, []).append(name)
        keys = sorted(keyed)
        entries = _Entries([keyed[k] for k in keys])
        if not keys:
            return cls(entries, None)
        search = ahocorasick_rs.AhoCorasick(
            keys,
            matchkind=ahocorasick_rs.MatchKind.Standard,
            store_patterns=False,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )
        return cls(entries, search)


def _entry(names: list[Name]) -> _Entry:
    by_kind: dict[str, Name] = {}
    for n in sorted(names, key=lambda n: (-n.prior, n.text)):
        had = by_kind.get(n.kind)
        by_kind[n.kind] = n if had is None else _joined(had, n)
    ranked = sorted(by_kind.values(), key=lambda n: (-round(n.prior, 1), _KIND_ORDER.get(n.kind, 9), n.text))
    texts = [_ARTICLE.sub("", n.text) for n in names]
    return _Entry(
        tuple(ranked),
        cased=all(t[:1].isupper() for t in texts),
        capitals=all(len(t) <= _SHORT_CAPITALS and t.isupper() for t in texts),
    )


def _joined(a: Name, b: Name) -> Name:
    items = tuple(dict.fromkeys((*a.items, *b.items)))
    return Name(a.text, a.lang, a.kind, a.subkind, items, a.prior)


@dataclass(frozen=True, slots=True)
class NameDictionary:
    """Known names in both languages, ready to be looked for.

    >>> names = [Name("上海", Lang.ZH, "place", "city", ("Q8686",), 0.9),
    ...          Name("上海中学", Lang.ZH, "organisation", "school", ("x-school",))]
    >>> [m.text for m in NameDictionary.build(names).match("他在上海中学讀書,住上海", Lang.ZH)]
    ['上海中学', '上海']
    """

    zh: _Automaton
    en: _Automaton

    @classmethod
    def build(cls, names: Iterable[Name]) -> NameDictionary:
        """Build from `names`, in any order; same names, same dictionary.  Single characters are left out."""
        all_names = list(names)
        return cls(
            _Automaton.of((n for n in all_names if n.lang is Lang.ZH), Lang.ZH),
            _Automaton.of((n for n in all_names if n.lang is Lang.EN), Lang.EN),
        )

    def __len__(self) -> int:
        return len(self.zh.entries.named) + len(self.en.entries.named)

    def match(
        self, text: str, lang: Lang, *, nested: bool = False, folded: str | None = None
    ) -> list[NameMatch]:
        """The names in `text`, longest first where they overlap, in text order.

        With `nested`, names inside the chosen ones are given too, after their container, with
        ``inside`` set.  Pass `folded` (``kg.text.fold(text)``) if you have it already.
        """
        automaton = self.zh if lang is Lang.ZH else self.en
        if automaton.search is None or not text:
            return []
        folded = fold(text) if folded is None else folded
        hits, entries = _search(automaton.search, folded), automaton.entries
        if lang is Lang.ZH:
            return _resolve(text, [(s, -e, i) for i, s, e in hits], entries, nested)
        found = [
            (s, -e, i) for i, s, e in hits if _stands_alone(text, s, e) and _case_fits(text[s:e], entries[i])
        ]
        return _resolve(text, found, entries, nested)


def _search(search: ahocorasick_rs.AhoCorasick, folded: str) -> list[tuple[int, int, int]]:
    try:
        return search.find_matches_as_indexes(folded, overlapping=True)
    except UnicodeEncodeError:  # lone surrogates, as broken JSON carries them, are no part of any name
        return search.find_matches_as_indexes(well_formed(folded), overlapping=True)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """English names end where words end (the plural or possessive ``'s`` is outside)."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if end - start <= _SHORT_PIECE and "-" in (before, after) and not text[start:end].isupper():
        return False  # Ji of Ji-Huang, but not US of US-made
    if after in "'’" and end - start <= _SHORT_PIECE + 1 and _POSSESSIVE.match(text, end) is None:
        return False  # Qian of Qian'gen
    if after == "$" and text[start:end].isupper():
        return False  # US$5,000
    return not (before.isalnum() and before < "\u2e80") and not (after.isalnum() and after < "\u2e80")


def _case_fits(surface: str, entry: _Entry) -> bool:
    if entry.capitals:
        return surface.isupper()
    if not entry.cased or surface[0].isupper():
        return True
    side, _, name = surface.partition(" ")  # northern Jiangsu, as well as Northern Jiangsu
    return side in _SIDES and name[:1].isupper()


def _resolve(
    text: str, found: list[tuple[int, int, int]], entries: _Entries, nested: bool
) -> list[NameMatch]:
    """Choose among overlapping names: in each run of overlaps the longest first, then the well-known.

    `found` has start, the end made negative (so that a longer one comes before it), and number of the entry.
    """
    found.sort()
    out: list[NameMatch] = []
    run: list[tuple[int, int, _Entry]] = []
    reach = -1
    for start, before_end, number in found:
        if start >= reach and run:
            _resolve_run(text, run, nested, out)
            run = []
        run.append((start, -before_end, entries[number]))
        if -before_end > reach:
            reach = -before_end
    if run:
        _resolve_run(text, run, nested, out)
    return out


def _longest_best_known(span: tuple[int, int, _Entry]) -> tuple[bool, int, bool, int]:
    """Of two that overlap and are as long the well-known one: 其中沙特 has 沙特, no 中沙; faint ones last."""
    start, end, entry = span
    prior = entry.names[0].prior
    return not prior, start - end, prior < _KNOWN_WELL, start


def _resolve_run(text: str, run: list[tuple[int, int, _Entry]], nested: bool, out: list[NameMatch]) -> None:
    if len(run) == 1:
        s, e, entry = run[0]
        out.append(NameMatch(s, e, text[s:e], entry.names[0], entry.names[1:]))
        return
    base, end = run[0][0], max([e for _, e, _ in run])
    owner: list[NameMatch | None] = [None] * (end - base)  # of each character
    found: list[NameMatch] = []
    inner: list[NameMatch] = []
    for s, e, entry in sorted(run, key=_longest_best_known):
        first, last = owner[s - base], owner[e - 1 - base]
        if first is None and last is None:
            chosen = NameMatch(s, e, text[s:e], entry.names[0], entry.names[1:])
            owner[s - base : e - base] = [chosen] * (e - s)
            found.append(chosen)
        elif nested and first is not None and first is last:
            inner.append(NameMatch(s, e, text[s:e], entry.names[0], entry.names[1:], inside=first))
    found += inner
    found.sort(key=lambda m: (m.start, -m.end))
    out.extend(found)
