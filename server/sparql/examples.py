"""The example queries of the query page, from ``examples.toml``."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

_DECLARED = re.compile(r"\bPREFIX\s+([a-z]+):", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w<?$:])([a-z]+):(?=\w)")


@dataclass(frozen=True, slots=True)
class Example:
    """A query and its title in each language.

    ``network`` says that it asks an endpoint elsewhere, ``first`` that the home page shows it.
    """

    title: Mapping[str, str]
    query: str
    network: bool = False
    first: bool = False

    def full(self, prefixes: Mapping[str, str]) -> str:
        """The query with the prefixes that it uses, so that it runs anywhere."""
        return declare(self.query, prefixes)


@dataclass(frozen=True, slots=True)
class Group:
    """Examples of one task."""

    title: Mapping[str, str]
    examples: tuple[Example, ...]


def declare(query: str, prefixes: Mapping[str, str]) -> str:
    r"""`query` after the ``PREFIX`` lines of the prefixes that it uses and does not declare.

    >>> declare('ASK { ?s rdfs:label "x" }', {"rdfs": "http://r/", "owl": "http://o/"})
    'PREFIX rdfs: <http://r/>\n\nASK { ?s rdfs:label "x" }'
    """
    declared = set(_DECLARED.findall(query))
    used = dict.fromkeys(n for n in _NAME.findall(query) if n in prefixes and n not in declared)
    lines = "".join(f"PREFIX {name}: <{prefixes[name]}>\n" for name in used)
    return f"{lines}\n{query}" if lines else query


@functools.cache
def groups(lang: str = "en") -> tuple[Group, ...]:
    """All of them, by task; what they show has its names in `lang`."""
    text = resources.files("server.sparql").joinpath("examples.toml").read_text(encoding="utf-8")
    text = text.replace("$lang", lang)
    return tuple(
        Group(
            {"en": group["en"], "zh": group["zh"]},
            tuple(
                Example(
                    {"en": e["en"], "zh": e["zh"]},
                    e["query"].strip() + "\n",
                    e.get("network", False),
                    e.get("first", False),
                )
                for e in group["query"]
            ),
        )
        for group in tomllib.loads(text)["group"]
    )
