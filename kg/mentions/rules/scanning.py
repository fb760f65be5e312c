"""Running the rules of one language over a text, in one pass."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation

from kg.mentions.rules.records import Rule
from kg.text import well_formed

T = TypeVar("T")

REACH = 28
"""How far from where a match begins the strings are looked for of a rule's ``only_with``."""
_REMEMBERED = 4096


class Hit(NamedTuple):
    """A match of the combined scan: which rule, where, and the rule's own named groups."""

    rule: Rule
    start: int
    end: int
    groups: Mapping[str, str]


class Scanner:
    """All rules of one language in one left-to-right pass: at each place the first rule that matches wins.

    So a more specific rule stands above a more general one in its file.  Say where a match can begin:
    `seeds`, a character class (without brackets); or `words`, strings (which must not continue a word of
    Latin letters); and with `words` also `heads`, a regular expression; other places cost nothing.
    With `seeds` also `near`: strings of which every match has one, ending at most `reach` characters after
    where it begins; other seeds are passed over.
    A rule with ``only_with`` (a list of strings in its entry) is tried only where one of them stands within
    :data:`REACH` characters.  Matches do not overlap.  Time is linear where each pattern is bounded.

    >>> from kg.model import Lang
    >>> rules = (Rule("zh-year", Lang.ZH, "year", "(?P<y>[0-9]{4})年"),)
    >>> [(h.rule.name, h.groups["y"]) for h in Scanner(rules, seeds="0-9").scan("在1953年和1954年")]
    [('zh-year', '1953'), ('zh-year', '1954')]
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        *,
        seeds: str = "",
        near: tuple[str, ...] = (),
        reach: int = 0,
        words: tuple[str, ...] = (),
        heads: str = "",
    ) -> None:
        self._seed = re.compile(f"[{seeds}]") if seeds else None
        self._near, self._reach = _automaton(near), reach
        self._words = _automaton(words)
        self._heads = re.compile(heads) if heads else None
        self._matcher = _Selective(rules) if any(r.only_with for r in rules) else _Combined(rules)

    def match(self, text: str, start: int) -> Hit | None:
        """The first rule that matches at `start`, or None."""
        return self._matcher.first(text, start)

    def scan(self, text: str) -> Iterator[Hit]:
        """The matches in text order."""
        return self._scan_words(text) if self._words is not None else self._scan_characters(text)

    def accepted(self, text: str, accept: Callable[[Hit], T | None]) -> Iterator[T]:
        """What `accept` makes of the matches: where it makes nothing (None) the next rule is tried."""
        at = 0
        matches = self._matcher.reading(text)
        for start in self._starts(text):
            if start < at or (start and text[start - 1].isalnum() and text[start - 1].isascii()):
                continue
            for hit in matches(start):
                if (made := accept(hit)) is not None:
                    at = hit.end
                    yield made
                    break

    def _scan_characters(self, text: str) -> Iterator[Hit]:
        if self._seed is None:
            return
        ends: list[int] | None = None
        if self._near is not None:  # the last of `ends` stands for none: beyond the reach of any place
            ends = sorted({end for _, _, end in occurrences(self._near, text)})
            ends.append(len(text) + self._reach + 1)
        at = following = 0
        first = self._matcher.first
        while (seed := self._seed.search(text, at)) is not None:
            start = seed.start()
            if ends is not None:
                while ends[following] <= start:
                    following += 1
                if ends[following] - start > self._reach:
                    at = ends[following] - self._reach
                    continue
            hit = first(text, start)
            at = start + 1 if hit is None else hit.end
            if hit is not None:
                yield hit

    def _scan_words(self, text: str) -> Iterator[Hit]:
        at = 0
        first = self._matcher.first
        for start in self._starts(text):
            if start < at or (start and text[start - 1].isalnum() and text[start - 1].isascii()):
                continue
            if (hit := first(text, start)) is not None:
                at = hit.end
                yield hit

    def _starts(self, text: str) -> list[int]:
        if self._words is None:
            return []
        starts = {start for _, start, _ in occurrences(self._words, text)}
        if self._heads is not None:
            starts.update(m.start() for m in self._heads.finditer(text))
        return sorted(starts)


class Search:
    """Rules that few texts have a match of: all in one pass, but for those whose ``only_with`` is nowhere in
    the text.  At each place the first rule that matches wins; matches do not overlap.  The patterns have no
    groups of their own.

    >>> from kg.model import Lang
    >>> search = Search((Rule("zh-height", Lang.ZH, "mountain", "[0-9]+高地", only_with=("高地",)),))
    >>> [(rule.name, m[0]) for rule, m in search.scan("攻占391高地")]
    [('zh-height', '391高地')]
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._patterns: dict[tuple[int, ...], re.Pattern[str]] = {}  # by the rules that are in them

    def scan(self, text: str) -> Iterator[tuple[Rule, re.Match[str]]]:
        """The matches in text order, each with its rule."""
        tried = tuple(
            [i for i, r in enumerate(self._rules) if not r.only_with or any(w in text for w in r.only_with)]
        )
        if not tried:
            return
        if (pattern := self._patterns.get(tried)) is None:
            pattern = re.compile("|".join(f"({self._rules[i].pattern})" for i in tried))
            self._patterns[tried] = pattern
        for m in pattern.finditer(text):
            yield self._rules[tried[(m.lastindex or 1) - 1]], m


def _automaton(words: tuple[str, ...]) -> AhoCorasick | None:
    """For a few hundred words: as a DFA, which is twice as fast and much larger (a megabyte or two)."""
    return AhoCorasick(list(words), implementation=Implementation.DFA) if words else None


def occurrences(automaton: AhoCorasick, text: str, *, overlapping: bool = True) -> list[tuple[int, int, int]]:
    """Each occurrence of the automaton's strings: number of the string, start and end."""
    try:
        return automaton.find_matches_as_indexes(text, overlapping=overlapping)
    except UnicodeEncodeError:  # the automaton takes no lone surrogates
        return automaton.find_matches_as_indexes(well_formed(text), overlapping=overlapping)


class _Combined:
    """Rules as one regular expression: best where most rules can match at most places; one match a place.

    An empty group at the end of each rule tells which one matched.  (Around the rule it would hide from the
    matcher with what the rule begins, by which most rules are passed over without a try.)
    """

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        branches = [f"(?:{_own_groups(r.pattern, i)})(?P<r{i}>)" for i, r in enumerate(rules)]
        try:
            self._combined = re.compile("|".join(branches))
        except re.error:
            for rule in rules:
                rule.compiled()  # raises, naming the one that is to blame
            raise
        # By the name of its empty group, each rule with the names and numbers of its own groups.
        self._ruled: dict[str | None, tuple[Rule, list[tuple[str, int]]]] = {
            f"r{i}": (rule, []) for i, rule in enumerate(rules)
        }
        for group, number in self._combined.groupindex.items():
            owner, _, plain = group.partition("_")
            if plain:
                self._ruled[owner][1].append((plain.partition("__")[0], number))

    def reading(self, text: str) -> Callable[[int], Iterator[Hit]]:
        """:meth:`matches` for the places of one text."""
        return functools.partial(self.matches, text)

    def matches(self, text: str, start: int) -> Iterator[Hit]:
        """The match at `start`, if there is one."""
        if (hit := self.first(text, start)) is not None:
            yield hit

    def first(self, text: str, start: int) -> Hit | None:
        """The match at `start`, or None."""
        m = self._combined.match(text, start)
        if m is None or (end := m.end()) == start:
            return None
        rule, groups = self._ruled[m.lastgroup]
        return Hit(rule, start, end, {name: v for name, n in groups if (v := m[n]) is not None})


class _Selective:
    """Rules one by one, those whose ``only_with`` is near: best where few rules can match at a place."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        needs = {n: 1 << i for i, n in enumerate(sorted({n for r in rules for n in r.only_with}))}
        self._needs = tuple(needs.items())
        self._search = _automaton(tuple(needs))
        self._rules = tuple((sum(needs[n] for n in set(r.only_with)), r) for r in rules)
        self._patterns: dict[str, re.Pattern[str]] = {}  # by rule; compiled when a rule is first tried
        self._near: dict[int, tuple[tuple[Rule, re.Pattern[str]], ...]] = {}

    def reading(self, text: str) -> Callable[[int], Iterator[Hit]]:
        """:meth:`matches` for the places of one text, in which the strings are looked for once."""
        if self._search is None:
            return functools.partial(self._tried, text, 0)
        found = sorted((start, end, 1 << number) for number, start, end in occurrences(self._search, text))
        begins = [start for start, _, _ in found]

        def matches(start: int) -> Iterator[Hit]:
            present = 0
            for at in range(bisect.bisect_left(begins, start), len(found)):
                if begins[at] >= start + REACH:
                    break
                if found[at][1] <= start + REACH:
                    present |= found[at][2]
            return self._tried(text, present, start)

        return matches

    def first(self, text: str, start: int) -> Hit | None:
        """The first of :meth:`matches`, or None."""
        return next(self.matches(text, start), None)

    def matches(self, text: str, start: int) -> Iterator[Hit]:
        """The matches at `start`, in the order of the rules."""
        window = text[start : start + REACH]
        present = 0
        for need, bit in self._needs:
            if need in window:
                present |= bit
        return self._tried(text, present, start)

    def _tried(self, text: str, present: int, start: int) -> Iterator[Hit]:
        near = self._near.get(present)
        if near is None:
            near = tuple((r, self._pattern(r)) for mask, r in self._rules if not mask or mask & present)
            if len(self._near) < _REMEMBERED:
                self._near[present] = near
        for rule, pattern in near:
            m = pattern.match(text, start)
            if m is not None and m.end() > start:
                values = {k.partition("__")[0]: v for k, v in m.groupdict().items() if v is not None}
                yield Hit(rule, start, m.end(), values)

    def _pattern(self, rule: Rule) -> re.Pattern[str]:
        pattern = self._patterns.get(rule.name)
        if pattern is None:
            pattern = self._patterns[rule.name] = rule.compiled()
        return pattern


def _own_groups(pattern: str, index: int) -> str:
    """Give the named groups of rule `index` names that no other rule has."""
    pattern = pattern.replace("(?P<", f"(?P<r{index}_").replace("(?P=", f"(?P=r{index}_")
    return re.sub(r"\(\?\((?=[a-z])", f"(?(r{index}_", pattern)
