"""Rules and vocabulary as data: the TOML files beside this module, and their loader.

A rule has a name (it goes into the provenance of what it finds), a pattern, a production (what the
consuming module does with a match), and its own examples and counter-examples, which are its tests::

    module = "kg.mentions.times.finding"          # who consumes this file, and shows what its rules find

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
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from kg.errors import RuleError
from kg.mentions.rules.records import Example, Rule, Shown, Trigger
from kg.mentions.rules.scanning import Hit, Scanner, Search
from kg.model import Lang
from kg.text import is_cjk

__all__ = [
    "Example",
    "Hit",
    "Rule",
    "Scanner",
    "Search",
    "Shown",
    "Trigger",
    "any_of",
    "expand",
    "language_of",
    "load_patterns",
    "load_rules",
    "load_section",
    "load_triggers",
    "module_of",
    "plainly",
    "rule_files",
]

_MACRO = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_GROUP = re.compile(r"\(\?P<([a-z][a-z0-9_]*)>")
_RULE_KEYS = {"name", "lang", "production", "pattern", "examples", "counter_examples", "only_with", "note"}
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

    Raises :class:`~kg.errors.RuleError` naming file and rule for an entry that cannot be used; a pattern is
    looked at when it is first compiled, since compiling all takes half a second.
    """
    macros = _macros(file)
    rules = tuple(_rule(file, entry, macros) for entry in _document(file).get("rule", []))
    return tuple(r for r in rules if lang in (None, r.lang))


@functools.cache
def load_patterns(file: str, section: str, part: str) -> Mapping[str, re.Pattern[str]]:
    """The patterns of the table ``[section.part]`` of `file` by their names, with its macros replaced.

    Raises :class:`~kg.errors.RuleError` naming the pattern that has an unknown macro or cannot be compiled.
    """
    macros = _macros(file)
    return {
        name: _compiled(f"rule file {file}.toml, [{section}.{part}] {name}", expand(pattern, macros))
        for name, pattern in load_section(file, section).get(part, {}).items()
    }


def _compiled(where: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as e:
        raise RuleError(f"{where}: {e}", remedy="mend the pattern") from e


@functools.cache
def _macros(file: str) -> Mapping[str, str]:
    """Those of all files, then the file's own tables of words, then its own."""
    shared = _document("macros").get("macros", {})
    return {**shared, **_word_macros(file), **_document(file).get("macros", {})}


def _word_macros(file: str) -> dict[str, str]:
    """Each table ``[words.NAME]`` is a macro too: any of its keys."""
    return {name: f"(?:{any_of(table)})" for name, table in _document(file).get("words", {}).items()}


def plainly(words: Iterable[str]) -> re.Pattern[str]:
    """Any of `words`, with no group around them: the matcher then looks for their first characters."""
    return re.compile("|".join(map(re.escape, words)))


def any_of(words: Iterable[str]) -> str:
    """A pattern of any of `words`, the longest that fits first.

    Words that begin alike share their beginning: the matcher then tries two dozen letters, not 150 words.

    >>> any_of(["Iraqi", "Iranian", "Irish"]), any_of(["一月", "一月份"])
    ('Ir(?:a(?:qi|nian)|ish)', '一月(?:份)?')
    """
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[:1], []).append(word[1:])
    ends = by_first.pop("", None) is not None
    branches = [re.escape(first) + any_of(rest) for first, rest in by_first.items()]
    if len(branches) == 1 and not ends:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}" if branches else ""


def _rule(file: str, entry: dict[str, Any], macros: Mapping[str, str]) -> Rule:
    where = f"rule file {file}.toml, rule {entry.get('name', '(without a name)')}"
    if missing := {"name", "lang", "production", "pattern"} - entry.keys():
        raise RuleError(f"{where}: no {', '.join(sorted(missing))}", remedy="add it")
    pattern = _apart(expand(entry["pattern"], macros))
    lang = Lang(entry["lang"])
    return Rule(
        entry["name"],
        lang,
        entry["production"],
        pattern,
        _examples(where, entry.get("examples", []), lang),
        _examples(where, entry.get("counter_examples", []), lang),
        {k: v for k, v in entry.items() if k not in _RULE_KEYS},
        tuple(entry.get("only_with", ())),
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
