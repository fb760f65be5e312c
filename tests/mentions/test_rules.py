"""Each rule's own examples are its test; and the loader says what is wrong with an entry."""

from __future__ import annotations

import importlib
import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize("file", FILES)
def test_no_possessive_quantifier(file: str) -> None:
    """Before Python 3.11.5 they match too little; an atomic group, (?>…), says the same."""
    text = (resources.files(rules) / f"{file}.toml").read_text(encoding="utf-8")
    assert re.findall(r".{0,20}(?:\{\d*,?\d*\}|[\])}\w][*+?])\+", text) == []


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


def test_patterns_of_a_table_have_the_macros_of_their_file() -> None:
    patterns = rules.load_patterns("units", "beside", "zh")
    assert patterns["parts"].match("二团四连") is not None
    assert patterns["parts"].match("二团长") is None


def test_unusable_pattern_is_named(monkeypatch) -> None:
    monkeypatch.setattr(rules, "load_section", lambda file, section: {"zh": {"broken": "(一"}})
    with pytest.raises(RuleError, match=r"units\.toml, \[nosuch\.zh\] broken: missing \)"):
        rules.load_patterns("units", "nosuch", "zh")


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
        rules._rule("f", entry, {}).compiled()


@pytest.mark.parametrize("only_with", [(), ("a",)])
def test_a_pattern_that_is_none_is_named_when_it_is_needed(only_with: tuple[str, ...]) -> None:
    good, bad = Rule("good", Lang.EN, "p", "a"), Rule("bad", Lang.EN, "p", "b(", only_with=only_with)
    with pytest.raises(RuleError, match=r"rule bad: pattern 'b\("):
        list(Scanner((good, bad), seeds="a-z").scan("b a"))


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


@given(st.text("abx. ", max_size=120))
def test_seeds_far_from_what_a_match_ends_with_are_passed_over(text: str) -> None:
    rule = (Rule("r", Lang.EN, "p", "a[abx]{0,4}b"),)
    near = Scanner(rule, seeds="a", near=("b",), reach=6)
    assert list(near.scan(text)) == list(Scanner(rule, seeds="a").scan(text))


@given(st.text("abxy ", max_size=120))
def test_what_a_rule_needs_near_is_found_in_one_pass_as_at_each_place(text: str) -> None:
    rules = (
        Rule("x", Lang.EN, "p", "a[^x]{0,40}x", only_with=("x",)),
        Rule("yb", Lang.EN, "p", "a[^y]{0,40}yb", only_with=("yb",)),
        Rule("a", Lang.EN, "p", "a+"),
    )
    scanner = Scanner(rules, words=("a",))
    told = [(h.rule.name, h.start, h.end) for h in scanner.accepted(text, lambda hit: hit)]
    assert told == [(h.rule.name, h.start, h.end) for h in scanner.scan(text)]
