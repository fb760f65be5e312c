"""Which places stand right beside a mention and say where it belongs.

In Chinese they stand before it: 越南《人民报》, 塞舌尔首都维多利亚, 福建厦门; in English a state or province
follows: "Victoria, Seychelles".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from kg.model import STATES, Article, Find, Kind, Lang, Mention

_FARTHEST = 10  # characters between the two
# What may stand between: 塞舌尔首都维多利亚, 越南《人民报》, 智利北部的安托法加斯塔, 奥地利“人民之声报”,
# 荷兰共产党机关报《真理报》.
_BETWEEN = re.compile(
    "的?(?:首都|首府|省会|[东南西北中]部|[东南西北]方|沿海|境内|港口|港市|城市|名城|官方|"
    "(?:[共社工劳人][产会人动民]党)?(?:中央)?机关报)?的?[《“]?"
)
_AREAS = STATES | {"province", "region"}


def beside(article: Article, mentions: Iterable[Mention]) -> dict[str, tuple[str, ...]]:
    """For the mentions that have any, the keys of the mentions of places that stand right beside them."""
    found: dict[str, dict[str, None]] = {}
    rows: dict[Lang, list[tuple[int, int, Find, str]]] = {lang: [] for lang in Lang}
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
    return {key: tuple(others) for key, others in found.items()}


_Rows = list[tuple[int, int, Find, str]]


def _before(text: str, rows: _Rows) -> Iterator[tuple[str, str]]:
    for (_, end, first, other), (start, _, _, key) in pairwise(rows):
        gap = start + end  # ends are negative
        if (
            0 <= gap <= _FARTHEST
            and first.kind is Kind.PLACE
            and key != other
            and (not gap or _BETWEEN.fullmatch(text, -end, start) is not None)
        ):
            yield key, other


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
