"""Several facts in one literal, where a node for each would make the graph grow by a half.

The store pays by the statement, so the spans of a mention, its evidence and its rivals are one literal
each.  What is packed here is read back by the functions beside it.

=============  =====================================================================
spans          ``zh:180-185,200-202 en:311-324``
evidence       ``rule=zh-province; name_match=1; near_on_the_map=0.83``
alternatives   ``Q203918=0.12 Laizhou; Q11231=0.03 Laiyang``
conflict       ``zh:410-413 合众社; en:700-716 Associated Press; two agencies``
=============  =====================================================================

A semicolon inside a detail is written as ``；``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable

from kg.model import Alternative, Conflict, Evidence, Lang, Span

_RANGES = r"\d+-\d+(,\d+-\d+)*"
SPANS_PATTERN = f"^(zh:{_RANGES}( en:{_RANGES})?|en:{_RANGES})$"
_SPACE = re.compile(r"\s+")


def pack_spans(spans: Iterable[Span]) -> str:
    """Offsets by language, in text order, each once.

    >>> pack_spans([Span(Lang.ZH, 5, 7, "莱州"), Span(Lang.EN, 30, 39, "Lai Châu")])
    'zh:5-7 en:30-39'
    """
    found: dict[Lang, list[tuple[int, int]]] = {Lang.ZH: [], Lang.EN: []}
    for span in spans:
        found[span.lang].append((span.start, span.end))
    return " ".join(
        [
            f"{lang}:" + ",".join([f"{s}-{e}" for s, e in sorted(set(ranges))])
            for lang, ranges in found.items()
            if ranges
        ]
    )


def unpack_spans(literal: str) -> dict[Lang, list[tuple[int, int]]]:
    """What :func:`pack_spans` packed.

    >>> unpack_spans("zh:5-7,9-11")
    {<Lang.ZH: 'zh'>: [(5, 7), (9, 11)]}
    """
    spans: dict[Lang, list[tuple[int, int]]] = {}
    for group in literal.split():
        lang, _, ranges = group.partition(":")
        found = spans[Lang(lang)] = []
        for pair in ranges.split(","):
            start, _, end = pair.partition("-")
            found.append((int(start), int(end)))
    return spans


def pack_evidence(
    rules: Iterable[str], evidence: Iterable[Evidence], explained: Collection[str] = frozenset()
) -> str:
    """The rules that found something, then the reasons; a detail is left out where the feature is
    `explained` elsewhere and the detail is its standing explanation.

    >>> reasons = [Evidence("prior", 0.25, "how often …"), Evidence("judgement", 1.0, "by Li")]
    >>> pack_evidence(["zh-river"], reasons, explained={"prior"})
    'rule=zh-river; prior=0.25; judgement=1 by Li'
    """
    parts = [f"rule={rule}" for rule in dict.fromkeys(rules)]
    for e in evidence:
        detail = "" if e.feature in explained or not e.detail else f" {_plain(e.detail)}"
        parts.append(f"{e.feature}={number(e.value)}{detail}")
    return "; ".join(parts)


def unpack_evidence(literal: str) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
    """The rules and the reasons of :func:`pack_evidence`."""
    rules, evidence = [], []
    for part in filter(None, literal.split("; ")):
        feature, _, rest = part.partition("=")
        if feature == "rule":
            rules.append(rest)
        else:
            value, _, detail = rest.partition(" ")
            evidence.append(Evidence(feature, float(value), detail))
    return tuple(rules), tuple(evidence)


def pack_alternatives(alternatives: Iterable[Alternative]) -> str:
    """Rival items with their probabilities, likeliest first."""
    return "; ".join(f"{a.item}={number(a.score)} {_plain(a.label)}".rstrip() for a in alternatives)


def unpack_alternatives(literal: str) -> tuple[Alternative, ...]:
    """What :func:`pack_alternatives` packed.

    >>> unpack_alternatives("Q203918=0.12 Laizhou")
    (Alternative(item='Q203918', label='Laizhou', score=0.12),)
    """
    found = []
    for part in filter(None, literal.split("; ")):
        item, _, rest = part.partition("=")
        score, _, label = rest.partition(" ")
        found.append(Alternative(item, label, float(score)))
    return tuple(found)


def pack_conflict(conflict: Conflict) -> str:
    """The two readings of one place in the text, and what is the matter."""
    zh, en = conflict.zh, conflict.en
    return (
        f"zh:{zh.start}-{zh.end} {_plain(zh.text)}; en:{en.start}-{en.end} {_plain(en.text)};"
        f" {_plain(conflict.detail)}"
    )


def unpack_conflict(literal: str) -> Conflict:
    """What :func:`pack_conflict` packed."""
    zh, en, detail = literal.split("; ", 2)
    return Conflict(_span(zh), _span(en), detail)


@functools.lru_cache(maxsize=8192)  # the same confidences come again and again
def number(value: float) -> str:
    """Three decimals at most.

    >>> number(0.95), number(1.0)
    ('0.95', '1')
    """
    written = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def _span(packed: str) -> Span:
    where, _, surface = packed.partition(" ")
    lang, _, offsets = where.partition(":")
    start, _, end = offsets.partition("-")
    return Span(Lang(lang), int(start), int(end), surface)


def _plain(detail: str) -> str:
    return _SPACE.sub(" ", detail.replace(";", "；")).strip()
