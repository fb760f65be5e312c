"""Is this stretch of Chinese text a place?  A linear judge with readable weights.

Each candidate of :mod:`kg.mentions.places.shapes` is described by a fixed row of observations (how it was
proposed, its length and prior, whether words end where it ends, its head word, the words beside it …);
every observation has a weight in ``place-weights.tsv`` (observation, value, weight), and their sum is
the log-odds of being a place.  Weights of values that were never met are 0.  The file is written by
``tools/train_places.py``, a logistic regression on sentences with marked places.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from importlib import resources

from kg.errors import RuleError
from kg.mentions.places.geography import Geography, geography
from kg.mentions.places.shapes import Candidate
from kg.mentions.words import Words

WEIGHTS = "place-weights.tsv"
OBSERVATIONS = (
    "way", "length", "ends", "prior", "subkind", "other", "tags", "tags of way", "head", "head length",
    "transcription", "first", "last", "surname",
    "before", "tag before", "cue before", "listed after", "second before",
    "after", "tag after", "cue after", "listed before", "second after", "person after", "title before",
)  # fmt: skip
_OF_ITSELF = 14  # so many of them are the same wherever the name stands
_REMEMBERED = 50_000
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊"
)
# A name as it stands: surface, way, prior, kind, other kind, head word, where words end, its words' tags.
_Itself = tuple[str, str, float, str, str, str, str, tuple[str, ...]]
_NOTHING = ("",) * 4
_ENDS = (("no", "right"), ("left", "both"))


def observe(c: Candidate, text: str, words: Words) -> tuple[str, ...]:
    """What is seen of `c`, one value for each of :data:`OBSERVATIONS` ("" for nothing)."""
    first, last = words.at.get(c.start), words.at.get(c.end)
    return (*_of_itself(_itself(c, text, words, first, last)), *_beside(c, text, words, first, last))


def _itself(c: Candidate, text: str, words: Words, first: int | None, last: int | None) -> _Itself:
    tags = words.tags[first:last][:3] if first is not None and last is not None else ()
    ends = _ENDS[first is not None][last is not None]
    return text[c.start : c.end], c.way, c.prior, c.subkind, c.other, c.head, ends, tags


def _of_itself(name: _Itself) -> tuple[str, ...]:
    """What is seen of a name wherever it stands."""
    surface, way, prior, subkind, other, head, ends, tags = name
    size, joined = len(surface), "+".join(tags)
    common = geography().common
    return (
        way,
        f"{way} {min(size, 7)}",
        f"{way} {ends}",
        f"{_bucket(prior)} {min(size, 3)}" if way == "dict" else "",
        subkind if way == "dict" else "",
        other,
        joined,
        f"{joined} {way} {min(size, 3)}" if tags else "",
        head,
        f"{subkind} {size - len(head)}" if head else "",
        f"{way} {4 * sum(ch in common for ch in surface) // size}",
        surface[0],
        surface[-1],
        f"{way} {min(size, 4)}" if surface[0] in SURNAMES and way != "dict" else "",
    )


def _beside(c: Candidate, text: str, words: Words, first: int | None, last: int | None) -> tuple[str, ...]:
    """What is seen on both sides of a name."""
    geo, way = geography(), c.way
    before = words.words[first - 1] if first else ""
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    if first is not None:
        left = _left(first, before, way, words, geo)
    if last is not None:
        right = _right(last, way, words, geo)
    return (
        *(left or (f"~{text[c.start - 1]}", *_NOTHING)),
        *(right or (f"~{text[c.end]}", *_NOTHING, "")),
        "yes" if before and (before[-2:] in geo.titles or before[-3:] in geo.titles) else "",
    )


def _bucket(prior: float) -> str:
    return "low" if prior < 0.1 else "fair" if prior < 0.3 else "good" if prior < 0.6 else "high"


def _left(first: int, word: str, way: str, words: Words, geo: Geography) -> tuple[str, ...]:
    if first == 0:
        return ("^", *_NOTHING)
    tags = words.tags
    earlier, listed = "^", ""
    if first > 1:
        earlier, listed = words.words[first - 2], tags[first - 2] if word in geo.enumeration else ""
    return (word, f"{tags[first - 1]} {way}", "yes" if word in geo.before else "", listed, earlier)


def _right(last: int, way: str, words: Words, geo: Geography) -> tuple[str, ...]:
    tags, end = words.tags, len(words.words)
    if last == end:
        return ("$", *_NOTHING, "")
    word = words.words[last]
    later, listed = "$", ""
    if last + 1 < end:
        later, listed = words.words[last + 1], tags[last + 1] if word in geo.enumeration else ""
    cue = "yes" if word in geo.after else ""
    return (word, f"{tags[last]} {way}", cue, listed, later, "yes" if word in geo.person else "")


class Judge:
    """Gives the log-odds that a candidate is a place.

    `weights` maps each observation to the weights of its values.
    """

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        self._bias = weights.get("bias", {}).get("", 0.0)
        # Nothing seen weighs nothing.
        self._tables = tuple({v: w for v, w in weights.get(n, {}).items() if v} for n in OBSERVATIONS)
        weigh = tuple(table.get for table in self._tables)
        self._own, self._around = weigh[:_OF_ITSELF], weigh[_OF_ITSELF:]
        self._known: dict[_Itself, float] = {}

    def __call__(self, c: Candidate, text: str, words: Words) -> float:
        """The log-odds: 0 is even, 3 is 95 in 100."""
        first, last = words.at.get(c.start), words.at.get(c.end)
        name = _itself(c, text, words, first, last)
        total = self._known.get(name)
        if total is None:
            total = self._bias
            for weight, value in zip(self._own, _of_itself(name), strict=True):
                total += weight(value, 0.0)
            if len(self._known) < _REMEMBERED:
                self._known[name] = total
        for weight, value in zip(self._around, _beside(c, text, words, first, last), strict=True):
            if value:
                total += weight(value, 0.0)
        return total

    def reasons(self, c: Candidate, text: str, words: Words) -> tuple[tuple[str, str, float], ...]:
        """What spoke for and against `c`: observation, value, weight; the strongest first."""
        seen = zip(OBSERVATIONS, self._tables, observe(c, text, words), strict=True)
        rows = ((name, value, table[value]) for name, table, value in seen if value in table)
        return tuple(sorted(rows, key=lambda r: -abs(r[2])))


def probability(log_odds: float) -> float:
    """Log-odds as a probability, kept off the ends.

    >>> probability(0.0), probability(50.0)
    (0.5, 0.999)
    """
    bounded = 30.0 if log_odds > 30 else -30.0 if log_odds < -30 else log_odds
    return round(min(0.999, 1 / (1 + math.exp(-bounded))), 3)


def read_weights(text: str, name: str = WEIGHTS) -> dict[str, dict[str, float]]:
    """Parse a weights file: observation, value, weight, separated by tabs; ``#`` starts a comment."""
    weights: dict[str, dict[str, float]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        try:
            observation, value, weight = line.split("\t")
            weights.setdefault(observation, {})[value] = float(weight)
        except ValueError as e:
            raise RuleError(
                f"{name}, line {number}: {line!r} is not observation, value, weight",
                remedy="mend it, or run the tool that its first line names",
            ) from e
    return weights


@functools.cache
def place_judge() -> Judge:
    """The judge with the weights that travel with the code."""
    path = resources.files(__package__) / WEIGHTS
    return Judge(read_weights(path.read_text(encoding="utf-8")))
