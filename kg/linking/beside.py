"""Which places stand right beside a mention and say where it belongs, and with which it is enumerated.

In Chinese a land stands before it: 越南《人民报》, 塞舌尔首都维多利亚; in English a state or province
follows: "Victoria, Seychelles".  What is enumerated mostly lies together, and in the land that stands before
the first of it: 委内瑞拉的马拉开波、梅里达.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.model import STATES, Article, Find, Kind, Lang, Mention

_FARTHEST = 10  # characters between the two
# What may stand between: 塞舌尔首都维多利亚, 越南《人民报》, 智利北部的安托法加斯塔, 奥地利“人民之声报”,
# 荷兰共产党机关报《真理报》.
_BETWEEN = re.compile(
    "的?(?:首都|首府|省会|[东南西北中]部|[东南西北]方|沿海|境内|港口|港市|城市|名城|官方|"
    "(?:[共社工劳人][产会人动民]党)?(?:中央)?机关报|[省市区地县]?委(?:主办|主编|出版)?的?(?:机关)?(?:刊物|理论刊物|报)?)?的?[《“]?"
)
_PAPERS = re.compile("[》”](?:、|和|与|及|以及|、?和)?[《“]")  # between two papers of a list
_JOINTS = frozenset(("、", "和", "与", "及", "以及", "至", "、和", ", ", " and ", ", and "))
_WINDOW = 5  # places of an enumeration before and after each that are looked at
_Rows = list[tuple[int, int, Find, str]]
_AREAS = STATES | {"province", "region"}


class Neighbours(NamedTuple):
    """By the key of a mention, for those that have any, the keys of other mentions of places.

    ``beside`` are those right beside it, ``listed`` the nearest ones of the enumerations that it stands in.
    """

    beside: dict[str, tuple[str, ...]]
    listed: dict[str, tuple[str, ...]]


def neighbours(article: Article, mentions: Iterable[Mention]) -> Neighbours:
    """The places beside each of the mentions, and those it is enumerated with."""
    found: dict[str, dict[str, None]] = {}
    together: dict[str, dict[str, None]] = {}
    rows: dict[Lang, _Rows] = {lang: [] for lang in Lang}
    for mention in mentions:
        if mention.kind is not Kind.MEASURE:
            for find in mention.finds:
                rows[find.span.lang].append((find.span.start, -find.span.end, find, mention.key))
    for lang, pairs in ((Lang.ZH, _before), (Lang.EN, _after)):
        body = article.body(lang)
        if body is not None:
            rows[lang].sort(key=lambda r: r[:2])
            for key, other in pairs(body.text, rows[lang]):
                found.setdefault(key, {})[other] = None
            for keys in _enumerations(body.text, rows[lang], found):
                for n, key in enumerate(keys):
                    near = [k for k in keys[max(0, n - _WINDOW) : n + _WINDOW + 1] if k != key]
                    together.setdefault(key, {}).update(dict.fromkeys(near))
    return Neighbours(_frozen(found), _frozen(together))


def _frozen(keys: dict[str, dict[str, None]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(others) for key, others in keys.items()}


def _enumerations(text: str, rows: _Rows, beside: dict[str, dict[str, None]]) -> Iterator[Sequence[str]]:
    """The keys of the places of each enumeration, after those of the land that stands before the first."""
    keys: list[str] = []
    last = None
    for start, end, find, key in rows:
        if find.kind is not Kind.PLACE or (last is not None and start < last):
            continue
        if last is None or text[last:start] not in _JOINTS:
            if len(keys) > 1:
                yield [*beside.get(keys[0], ()), *keys]
            keys = []
        keys.append(key)
        last = -end
    if len(keys) > 1:
        yield [*beside.get(keys[0], ()), *keys]


def _before(text: str, rows: _Rows) -> Iterator[tuple[str, str]]:
    land = None  # of the paper before: 突尼斯《新闻报》和《晨报》
    for (_, end, first, other), (start, _, second, key) in pairwise(rows):
        gap = start + end  # ends are negative
        if (
            0 <= gap <= _FARTHEST
            and first.kind is Kind.PLACE
            and key != other
            and (not gap or _BETWEEN.fullmatch(text, -end, start) is not None)
        ):
            land = other if second.kind is Kind.SOURCE else None
            yield key, other
        elif second.kind is not Kind.SOURCE or first.kind is not Kind.SOURCE:
            land = None
        elif land is not None and key != land:
            if _PAPERS.fullmatch(text, -end, start) is None:
                land = None
            else:
                yield key, land


def _after(text: str, rows: _Rows) -> Iterator[tuple[str, str]]:
    for (_, end, _, key), (start, _, second, other) in pairwise(rows):
        if (
            start + end == 2
            and second.kind is Kind.PLACE
            and second.subkind in _AREAS
            and key != other
            and text.startswith(", ", -end)
        ):
            yield key, other
