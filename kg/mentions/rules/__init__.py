"""Rules and vocabulary as data: the TOML files beside this module, and their loader.

A rule has a name (it goes into the provenance of what it finds), a pattern, a production (what the
consuming module does with a match), and its own examples and counter-examples, which are its tests::

    module = "kg.mentions.times"          # who consumes this file, and shows what its rules find

    [macros]                              # {day} in a pattern stands for this; macros.toml has more
    day = "(?:初?[一二三四五六七八九十]{1,3})"

    [[rule]]
    name = "zh-month-day"                 # unique in the project
    lang = "zh"
    production = "month_day"
    pattern = '''(?P<m>{num})月(?P<d>{day})日'''
    examples = { "十二月十一日" = "1953-12-11" }
    counter_examples = ["三八线"]

A table ``[words.NAME]`` gives words a value each, and is at the same time the macro ``{NAME}`` of its keys.

Vocabulary (event triggers, echelon words, cue verbs) stands in ``[[trigger]]`` entries, with ``zh`` and
``en`` word lists and ``not_before``/``not_after`` contexts that forbid a match.  ``examples`` are a list
of texts, of ``{text = …, gives = …, surface = …}``, or a table text -> what it gives.

The module that consumes a file has a function ``demonstrate(text, lang) -> Iterable[Shown]``: what its
rules find in a short text, at a reference date that it documents.  One test runs every example of every
file through it: an example must be shown by its rule, a counter-example must not.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from ahocorasick_rs import AhoCorasick, Implementation

from kg.errors import RuleError
from kg.model import Lang
from kg.text import is_cjk

_MACRO = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_GROUP = re.compile(r"\(\?P<([a-z][a-z0-9_]*)>")
_SURROGATE = re.compile("[\ud800-\udfff]")
_RULE_KEYS = {"name", "lang", "production", "pattern", "examples", "counter_examples", "note"}
_TRIGGER_KEYS = {
    "name",
    "type",
    "zh",
    "en",
    "not_before",
    "not_after",
    "examples",
    "counter_examples",
    "note",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What one rule found in a text: for the tests of the rules, and for explaining them.

    ``gives`` is the value in words that the rule files use (``1953-12-11``, ``capture``).
    """

    rule: str
    text: str
    gives: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a rule must find (or must not, among the counter-examples).

    ``gives`` and ``surface``, where set, are what :class:`Shown` must say.
    """

    text: str
    lang: Lang
    gives: str | None = None
    surface: str | None = None

    def accepts(self, shown: Shown) -> bool:
        """Whether `shown` has the value and surface that the example asks for."""
        return self.gives in (None, shown.gives) and self.surface in (None, shown.text)


@dataclass(frozen=True, slots=True)
class Rule:
    """A named pattern and the production that makes its match into a value.

    ``pattern`` has its macros expanded, and a group name that stands twice (in alternatives) numbered;
    ``extra`` are the keys of the entry that are not of the framework, for productions that take parameters.
    """

    name: str
    lang: Lang
    production: str
    pattern: str
    examples: tuple[Example, ...] = ()
    counter_examples: tuple[Example, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def compiled(self) -> re.Pattern[str]:
        """The pattern as a regular expression of its own (compile once, at load)."""
        return re.compile(self.pattern)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A named set of words in both languages with one meaning (``type``).

    A word does not count directly before one of ``not_before`` or directly after one of ``not_after``.
    """

    name: str
    type: str
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    counter_examples: tuple[Example, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def words(self, lang: Lang) -> tuple[str, ...]:
        """The words in `lang`."""
        return self.zh if lang is Lang.ZH else self.en


@dataclass(frozen=True, slots=True)
class Hit:
    """A match of the combined scan: which rule, where, and the rule's own named groups."""

    rule: Rule
    start: int
    end: int
    groups: Mapping[str, str]


class Scanner:
    """All rules of one language in one left-to-right pass: at each place the first rule that matches wins.

    So a more specific rule stands above a more general one in its file.  Give either `seeds`, a character
    class (without brackets) of the characters with which any match can begin, or `words`, the words with
    which any can begin (they must not continue a word of Latin letters); other places cost nothing.
    Matches do not overlap.  Time is linear where each pattern is bounded.

    >>> rules = (Rule("zh-year", Lang.ZH, "year", "(?P<y>[0-9]{4})年"),)
    >>> [(h.rule.name, h.groups["y"]) for h in Scanner(rules, seeds="0-9").scan("在1953年和1954年")]
    [('zh-year', '1953'), ('zh-year', '1954')]
    """

    def __init__(self, rules: tuple[Rule, ...], *, seeds: str = "", words: tuple[str, ...] = ()) -> None:
        self._rules = rules
        self._seed = re.compile(f"[{seeds}]") if seeds else None
        self._words = AhoCorasick(list(words), implementation=Implementation.ContiguousNFA) if words else None
        branches = [f"(?P<r{i}>{_own_groups(r.pattern, i)})" for i, r in enumerate(rules)]
        self._combined = re.compile("|".join(branches))
        self._groups: dict[str, list[tuple[str, int]]] = {f"r{i}": [] for i in range(len(rules))}
        for group, number in self._combined.groupindex.items():
            owner, _, plain = group.partition("_")
            if plain:
                self._groups[owner].append((plain.partition("__")[0], number))

    def match(self, text: str, start: int) -> Hit | None:
        """The first rule that matches at `start`, or None."""
        m = self._combined.match(text, start)
        if m is None or m.end() == start or m.lastgroup is None:
            return None
        values = {name: v for name, n in self._groups[m.lastgroup] if (v := m.group(n)) is not None}
        return Hit(self._rules[int(m.lastgroup[1:])], start, m.end(), values)

    def scan(self, text: str) -> Iterator[Hit]:
        """The matches in text order."""
        return self._scan_words(text) if self._words is not None else self._scan_characters(text)

    def _scan_characters(self, text: str) -> Iterator[Hit]:
        at = 0
        if self._seed is None:
            return
        while (seed := self._seed.search(text, at)) is not None:
            hit = self.match(text, seed.start())
            at = seed.end() if hit is None else hit.end
            if hit is not None:
                yield hit

    def _scan_words(self, text: str) -> Iterator[Hit]:
        at = 0
        if self._words is None:
            return
        try:
            found = self._words.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # the automaton takes no lone surrogates
            found = self._words.find_matches_as_indexes(_SURROGATE.sub("?", text), overlapping=True)
        for start in sorted({s for _, s, _ in found}):
            if start < at or (start and text[start - 1].isalnum() and text[start - 1].isascii()):
                continue
            if (hit := self.match(text, start)) is not None:
                at = hit.end
                yield hit


def _own_groups(pattern: str, index: int) -> str:
    """Give the named groups of rule `index` names that no other rule has."""
    pattern = pattern.replace("(?P<", f"(?P<r{index}_").replace("(?P=", f"(?P=r{index}_")
    return re.sub(r"\(\?\((?=[a-z])", f"(?(r{index}_", pattern)


def rule_files() -> tuple[str, ...]:
    """The names of the rule files, without ``.toml``."""
    names = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml") and n != "macros.toml"))


@functools.cache
def _document(file: str) -> Mapping[str, Any]:
    path = resources.files(__name__) / f"{file}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as e:
        raise RuleError(
            f"rule file {file}.toml is missing", remedy=f"one of: {', '.join(rule_files())}"
        ) from e
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"rule file {file}.toml: {e}", remedy="mend the TOML") from e


def module_of(file: str) -> str:
    """The module that consumes `file` and demonstrates its rules."""
    module = _document(file).get("module")
    if not isinstance(module, str):
        raise RuleError(f"rule file {file}.toml: no module", remedy='start it with module = "kg.mentions.…"')
    return module


def load_section(file: str, section: str) -> Any:
    """A part of a rule file that is neither rules nor triggers (plain tables), as TOML gives it.

    Empty dict where the file has no such section.
    """
    return _document(file).get(section, {})


@functools.cache
def load_rules(file: str, lang: Lang | None = None) -> tuple[Rule, ...]:
    """The rules of `file` (without ``.toml``) in file order; only those of `lang` if given.

    Raises :class:`~kg.errors.RuleError` naming file and rule for an entry that cannot be used.
    """
    shared = _document("macros").get("macros", {})
    macros = {**shared, **_word_macros(file), **_document(file).get("macros", {})}
    rules = tuple(_rule(file, entry, macros) for entry in _document(file).get("rule", []))
    return tuple(r for r in rules if lang in (None, r.lang))


def _word_macros(file: str) -> dict[str, str]:
    """Each table ``[words.NAME]`` is a macro too: its keys, the longest first."""
    tables = _document(file).get("words", {})
    return {
        name: "(?:" + "|".join(map(re.escape, sorted(table, key=len, reverse=True))) + ")"
        for name, table in tables.items()
    }


def _rule(file: str, entry: dict[str, Any], macros: Mapping[str, str]) -> Rule:
    where = f"rule file {file}.toml, rule {entry.get('name', '(without a name)')}"
    if missing := {"name", "lang", "production", "pattern"} - entry.keys():
        raise RuleError(f"{where}: no {', '.join(sorted(missing))}", remedy="add it")
    pattern = _apart(expand(entry["pattern"], macros))
    try:
        re.compile(pattern)
    except re.error as e:
        raise RuleError(f"{where}: pattern {pattern!r}: {e}", remedy="mend the regular expression") from e
    lang = Lang(entry["lang"])
    return Rule(
        entry["name"],
        lang,
        entry["production"],
        pattern,
        _examples(where, entry.get("examples", []), lang),
        _examples(where, entry.get("counter_examples", []), lang),
        {k: v for k, v in entry.items() if k not in _RULE_KEYS},
    )


def expand(pattern: str, macros: Mapping[str, str], depth: int = 8) -> str:
    """Replace ``{macro}`` by its text, and macros inside macros, up to `depth` deep.

    >>> expand("{num}月", {"num": "[0-9]{1,2}"})
    '[0-9]{1,2}月'
    """
    for _ in range(depth):
        expanded = _MACRO.sub(lambda m: macros.get(m[1], m[0]), pattern)
        if expanded == pattern:
            break
        pattern = expanded
    if unknown := _MACRO.findall(pattern):
        raise RuleError(f"pattern {pattern!r}: no macro {unknown[0]!r}", remedy="add it to [macros]")
    return pattern


def _apart(pattern: str) -> str:
    """Let a group name stand more than once, in alternatives: the repeated ones are numbered.

    >>> _apart("(?P<a>x)|(?P<a>y)")
    '(?P<a>x)|(?P<a__2>y)'
    """
    seen: dict[str, int] = {}

    def numbered(m: re.Match[str]) -> str:
        seen[m[1]] = seen.get(m[1], 0) + 1
        return m[0] if seen[m[1]] == 1 else f"(?P<{m[1]}__{seen[m[1]]}>"

    return _GROUP.sub(numbered, pattern)


@functools.cache
def load_triggers(file: str) -> tuple[Trigger, ...]:
    """The vocabulary entries of `file` (without ``.toml``) in file order."""
    return tuple(_trigger(file, entry) for entry in _document(file).get("trigger", []))


def _trigger(file: str, entry: dict[str, Any]) -> Trigger:
    where = f"rule file {file}.toml, trigger {entry.get('name', '(without a name)')}"
    if missing := {"name", "type"} - entry.keys():
        raise RuleError(f"{where}: no {', '.join(sorted(missing))}", remedy="add it")
    lists = {k: tuple(entry.get(k, ())) for k in ("zh", "en", "not_before", "not_after")}
    return Trigger(
        entry["name"],
        entry["type"],
        **lists,
        examples=_examples(where, entry.get("examples", [])),
        counter_examples=_examples(where, entry.get("counter_examples", [])),
        extra={k: v for k, v in entry.items() if k not in _TRIGGER_KEYS},
    )


def _examples(where: str, given: object, lang: Lang | None = None) -> tuple[Example, ...]:
    if isinstance(given, dict):
        return tuple(Example(text, lang or language_of(text), str(gives)) for text, gives in given.items())
    if not isinstance(given, list):
        raise RuleError(f"{where}: examples are {given!r}", remedy="write a list or a table")
    return tuple(_example(where, entry, lang) for entry in given)


def _example(where: str, entry: object, lang: Lang | None) -> Example:
    if isinstance(entry, str):
        return Example(entry, lang or language_of(entry))
    if not isinstance(entry, dict) or "text" not in entry:
        raise RuleError(f"{where}: example {entry!r}", remedy="write a text or {text = …, gives = …}")
    text = entry["text"]
    chosen = Lang(entry["lang"]) if "lang" in entry else lang or language_of(text)
    return Example(text, chosen, entry.get("gives"), entry.get("surface"))


def language_of(text: str) -> Lang:
    """Chinese if there is a Chinese character in `text`, else English."""
    return Lang.ZH if any(map(is_cjk, text)) else Lang.EN
