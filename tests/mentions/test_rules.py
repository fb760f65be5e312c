"""Each rule's own examples are its test; and the loader says what is wrong with an entry."""

from __future__ import annotations

import importlib

import pytest

from kg.errors import RuleError
from kg.mentions import rules
from kg.mentions.rules import Example, Rule, Scanner, Shown, Trigger
from kg.model import Lang

FILES = rules.rule_files()
ENTRIES = [
    pytest.param(file, entry, id=f"{file}:{entry.name}")
    for file in FILES
    for entry in (*rules.load_rules(file), *rules.load_triggers(file))
]


def shown(file: str, example: Example) -> list[Shown]:
    return list(importlib.import_module(rules.module_of(file)).demonstrate(example.text, example.lang))


@pytest.mark.parametrize(("file", "entry"), ENTRIES)
def test_examples_are_found_and_counter_examples_are_not(file: str, entry: Rule | Trigger) -> None:
    for example in entry.examples:
        found = shown(file, example)
        mine = [s for s in found if s.rule == entry.name]
        assert any(map(example.accepts, mine)), f"{example} not shown by {entry.name}: {found}"
    for example in entry.counter_examples:
        assert not [s for s in shown(file, example) if s.rule == entry.name], example


@pytest.mark.parametrize(("file", "entry"), ENTRIES)
def test_every_rule_has_an_example(file: str, entry: Rule | Trigger) -> None:
    assert entry.examples, f"{file}.toml: {entry.name} has no example"


def test_names_are_unique_in_the_project() -> None:
    names = [entry.values[1].name for entry in ENTRIES]
    assert sorted(names) == sorted(set(names))


def test_unknown_file() -> None:
    with pytest.raises(RuleError, match=r"nosuch\.toml is missing"):
        rules.load_rules("nosuch")


def test_unknown_macro_is_named() -> None:
    with pytest.raises(RuleError, match="no macro 'nosuch'"):
        rules.expand("{nosuch}日", {})


def test_macros_nest_and_quantifiers_stay() -> None:
    assert rules.expand("{a}{1,3}", {"a": "{b}x", "b": "y"}) == "yx{1,3}"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"name": "x", "lang": "zh", "production": "p"}, "rule x: no pattern"),
        ({"name": "x", "lang": "zh", "production": "p", "pattern": "("}, "rule x: pattern"),
        ({"name": "x", "lang": "zh", "production": "p", "pattern": "a", "examples": 3}, "examples are 3"),
        ({"name": "x", "lang": "zh", "production": "p", "pattern": "a", "examples": [3]}, "example 3"),
    ],
)
def test_unusable_rule_is_named(entry: dict[str, object], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        rules._rule("f", entry, {})


def test_first_rule_at_a_place_wins_and_groups_are_its_own() -> None:
    scanner = Scanner(
        (
            Rule("ab", Lang.EN, "p", "(?P<x>a)(?P<y>b)"),
            Rule("a", Lang.EN, "p", "(?P<x>a)(?P<z>c)?"),
        ),
        seeds="a",
    )
    hits = [(h.rule.name, h.start, h.end, dict(h.groups)) for h in scanner.scan("xabac a")]
    assert hits == [
        ("ab", 1, 3, {"x": "a", "y": "b"}),
        ("a", 3, 5, {"x": "a", "z": "c"}),
        ("a", 6, 7, {"x": "a"}),
    ]
