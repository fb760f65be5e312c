"""The records of the rules: what a rule file holds, and what a rule shows of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.errors import RuleError
from kg.model import Lang


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
    ``only_with``: see :class:`Scanner` and :class:`Search`;
    ``extra`` are the keys of the entry that are not of the framework, for productions that take parameters.
    """

    name: str
    lang: Lang
    production: str
    pattern: str
    examples: tuple[Example, ...] = ()
    counter_examples: tuple[Example, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    only_with: tuple[str, ...] = ()

    def compiled(self) -> re.Pattern[str]:
        """The pattern as a regular expression of its own (compile once, when it is needed).

        Raises :class:`~kg.errors.RuleError` naming the rule where it is none.
        """
        try:
            return re.compile(self.pattern)
        except re.error as e:
            raise RuleError(
                f"rule {self.name}: pattern {self.pattern!r}: {e}", remedy="mend the regular expression"
            ) from e


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
