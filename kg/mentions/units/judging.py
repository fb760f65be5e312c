"""Does this noun phrase name a unit?  A linear judge with readable weights, asked where no rule knows.

Each phrase of :mod:`kg.mentions.units.phrases` is described by what it is made of and by what stands beside
it; each observation has a weight in ``unit-weights.tsv`` (observation, value, weight), and their sum is the
log-odds of naming a unit.  The file is written by ``tools/train_units.py``, a logistic regression on
annotated articles.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources

from kg.mentions.numerals import parse_number
from kg.mentions.places.judging import probability, read_weights
from kg.mentions.rules import load_section
from kg.mentions.units.formations import sizes, with_smaller
from kg.mentions.units.phrases import Phrase, phrases
from kg.mentions.view import View
from kg.model import Echelon, Find, Kind, Lang

WEIGHTS = "unit-weights.tsv"
PHRASE_RULE = "unit-phrase"
"""The rule of finds that the judge makes."""
_SURELY = 0.0  # log-odds from which a phrase is a unit
_CERTAIN = 0.9  # no phrase is surer than that
_GENERAL = ("army", "guards", "marines", "team", "teams")  # words for a force that in capitals are sizes
_NUMBERED = frozenset(("ordinal", "number", "counted", "count", "a"))
_SOME = ("army", "corps", "军")  # sizes of what has a number; of others any force: 自卫军, self-defence corps
_NEAR = 3  # finds at most that one phrase can overlap
_SORTS = 4  # parts of a phrase that are looked at together
_TOLD = frozenset(
    ("kind", "Kind", "noun", "party", "Name", "Owner", "whose")
)  # parts whose words are observed
_PLURAL = re.compile("(?:s|ies|men)$")
_BEFORE_EN, _AFTER_EN = re.compile(r"(\S+)\s$"), re.compile(r"(?: ?)(\w+|\S)")
Weights = Mapping[str, Mapping[str, float]]
Observations = list[tuple[str, str]]


def observe(seen: View, phrase: Phrase, found: int) -> Observations:
    """What is seen of `phrase`: observation and value; one may be seen several times.

    `found` is how many units the rules find in the text.
    """
    text = seen.folded if seen.lang is Lang.ZH else seen.text
    head = text[phrase.head : phrase.end]
    sorts = [p.sort for p in phrase.parts]
    first, last = (sorts[-1], sorts[0]) if sorts else ("", "")
    form = ""
    if seen.lang is Lang.EN:
        form = ("C" if head[0].isupper() else "c") + ("s" if _PLURAL.search(head) else "")
        head = head.lower()
    out = [
        ("head", f"{head} {form}"),
        ("sorts", "+".join(sorts[:_SORTS])),
        ("first", f"{first} {form}"),
        ("last", f"{last} {form}"),
        ("first head", f"{first} {head}"),
        ("last head", f"{last} {head}"),
        ("parts", str(len(sorts))),
        ("found", str(min(6, found))),
    ]
    for part in phrase.parts:
        out.append(("with", part.sort))
        if part.words and part.sort in _TOLD:
            out.append(("word", part.words))
    out += (
        _beside_chinese(seen, phrase, first) if seen.lang is Lang.ZH else _beside_english(seen, phrase, first)
    )
    return out


def _beside_chinese(seen: View, phrase: Phrase, first: str) -> Iterator[tuple[str, str]]:
    words = seen.words
    if words is None:
        return
    before, after = bisect_left(words.starts, phrase.start), words.at.get(phrase.end)
    cut = words.starts[before] != phrase.start
    tag = "^" if before == 0 else words.tags[before - 1]
    yield "before", "^" if before == 0 else words.words[before - 1]
    yield "tag before", f"{tag} {'cut' if cut else ''}"
    yield "tag before first", f"{tag} {first} {'cut' if cut else ''}"
    if after is None:
        yield "after", "cut"
        yield "character after", seen.folded[phrase.end : phrase.end + 1]
    elif after < len(words.words):
        yield "after", words.words[after]
        yield "tag after", words.tags[after]


def _beside_english(seen: View, phrase: Phrase, first: str) -> Iterator[tuple[str, str]]:
    text, start = seen.text, phrase.start
    found = _BEFORE_EN.search(text, max(0, start - 25), start)
    word = "^" if found is None else found[1].lower()
    if word[-1] in ",.;:":
        word = word[-1]
    yield "before", word
    yield "before first", f"{word} {first}"
    after = _AFTER_EN.match(text, phrase.end)
    yield "after", "$" if after is None else after[1].lower()


class Judge:
    """Gives the log-odds that a phrase of one language names a unit; `weights` are those of the file."""

    def __init__(self, weights: Weights, lang: Lang) -> None:
        prefix = f"{lang.value} "
        self._bias = weights.get(f"{prefix}bias", {}).get("", 0.0)
        self._tables = {n.removeprefix(prefix): dict(t) for n, t in weights.items() if n.startswith(prefix)}

    def __call__(self, seen: View, phrase: Phrase, found: int) -> float:
        """The log-odds: 0 is even, 3 is 95 in 100."""
        total, nothing = self._bias, dict[str, float]()
        for name, value in observe(seen, phrase, found):
            total += self._tables.get(name, nothing).get(value, 0.0)
        return total


@functools.cache
def unit_judge(lang: Lang) -> Judge:
    """The judge of a language with the weights that travel with the code."""
    path = resources.files(__package__) / WEIGHTS
    return Judge(read_weights(path.read_text(encoding="utf-8"), WEIGHTS), lang)


def asked(seen: View, finds: Sequence[Find]) -> Iterator[list[Phrase]]:
    """For each head the phrases that are a question: what a find of `finds` covers or overlaps is none.

    But a find of a general word (``general`` of the rules: militia, 伪军) may be part of a longer name, and
    in English any may be whose it is (National Guard + battalion).
    """
    general = load_section("units", "phrase_words")[seen.lang.value]["general"]
    spans = sorted((f.span.start, f.span.end, f.rule in general) for f in finds if not f.optional)
    ends = [end for _, end, _ in spans]
    taken = {end for _, end, free in spans if not free}
    for grown in phrases(seen, taken):
        out = []
        for p in grown:
            number = bisect_left(ends, p.start + 1)
            inside = [s for s in spans[number : number + _NEAR] if s[0] < p.end]
            if all(_inside(seen, p, s, e, free=free) for s, e, free in inside):
                out.append(p)
        if out:
            yield out


def _inside(seen: View, phrase: Phrase, start: int, end: int, *, free: bool) -> bool:
    """Whether a find may be part of `phrase`: ``free`` if it is of a general word."""
    if start < phrase.start or end > phrase.end:
        return False
    if free:
        return start > phrase.start or end < phrase.end
    between = seen.text[end : phrase.head]
    return seen.lang is Lang.EN and end < phrase.head and between == between.lower()


def judged(seen: View, finds: list[Find], judge: Judge | None = None) -> list[Find]:
    """`finds` with the units of which only the words of their names tell, in text order."""
    judge = judge or unit_judge(seen.lang)
    made = []
    for question in asked(seen, finds):
        sure, phrase = max((judge(seen, p, len(finds)), p) for p in question)
        if sure >= _SURELY:
            made.append((sure, phrase))
    if not made:
        return finds
    taken, new = bytearray(len(seen.text) + 1), []
    for sure, phrase in sorted(made, reverse=True):
        if not any(taken[phrase.start : phrase.end]):
            taken[phrase.start : phrase.end] = b"\1" * (phrase.end - phrase.start)
            new.append(_find(seen, phrase, sure))
    kept = [f for f in finds if not any(taken[f.span.start : f.span.end])]
    out = sorted([*kept, *new], key=lambda f: (f.span.start, -f.span.end))
    return with_smaller(seen, out) if seen.lang is Lang.ZH else out


def _find(seen: View, phrase: Phrase, sure: float) -> Find:
    head = seen.text[phrase.head : phrase.end]
    size = head.lower().removeprefix("民兵")
    some = size in _SOME and _NUMBERED.isdisjoint(p.sort for p in phrase.parts)
    echelon = Echelon.FORCE if some or head in _GENERAL else sizes().get(size, Echelon.FORCE)
    counted = next((p for p in phrase.parts if p.sort in ("counted", "count", "a")), None)
    count = None
    if counted is not None:
        word = seen.text[counted.start : phrase.end].split(" ", 1)[0].split("个", 1)[0]
        amount = parse_number(word, seen.lang)
        count = None if amount is None else amount.value
    span = seen.span(phrase.start, phrase.end)
    sure = min(_CERTAIN, probability(sure))
    return Find(Kind.UNIT, span, PHRASE_RULE, "formation", echelon=echelon, confidence=sure, count=count)
