"""From finds to mentions: one entity of one article, with all its occurrences in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.model import Agreement, Article, Find, Kind, Lang, Mention, Role
from kg.text import fold

_ROLES = (Role.DATELINE, Role.CITED, Role.MENTIONED)


def group(
    article: Article,
    finds: Iterable[Find],
    pairs: Iterable[tuple[str, str]] = (),  # noqa: ARG001
) -> tuple[Mention, ...]:
    """Join `finds` (any order) into mentions with keys ``place-1``, ``unit-1`` … in text order."""
    ordered = sorted(finds, key=_order)
    clusters: dict[tuple[Kind, str], list[Find]] = {}
    for f in ordered:
        clusters.setdefault((f.kind, f.items[0] if f.items else fold(f.span.text)), []).append(f)
    counts = dict.fromkeys(Kind, 0)
    out = []
    for members in clusters.values():
        kind = members[0].kind
        counts[kind] += 1
        out.append(_mention(article, f"{kind}-{counts[kind]}", members))
    return tuple(out)


def _order(f: Find) -> tuple[bool, int, int, str]:
    return f.span.lang is not Lang.ZH, f.span.start, f.span.end, f.kind


def _mention(article: Article, key: str, finds: Sequence[Find]) -> Mention:
    first = finds[0]
    roles = [f.role for f in finds if f.role is not None]
    items = tuple(dict.fromkeys(i for f in finds for i in f.items))
    return Mention(
        key,
        first.kind,
        tuple(finds),
        subkind=next((f.subkind for f in finds if f.subkind), ""),
        items=items,
        role=min(roles, key=_ROLES.index) if roles else None,
        echelon=next((f.echelon for f in finds if f.echelon is not None), None),
        strength=next((f.strength for f in finds if f.strength is not None), None),
        strength_min=any(f.strength_min for f in finds if f.strength is not None),
        count=next((f.count for f in finds if f.count is not None), None),
        count_min=any(f.count_min for f in finds),
        quantity=next((f.quantity for f in finds if f.quantity is not None), None),
        agreement=_agreement(article, finds),
        confidence=max(f.confidence for f in finds),
    )


def _agreement(article: Article, finds: Sequence[Find]) -> Agreement:
    if article.body(Lang.EN) is None or article.body(Lang.ZH) is None:
        return Agreement.SINGLE
    langs = {f.span.lang for f in finds}
    if len(langs) == 2:
        return Agreement.AGREE
    return Agreement.ZH_ONLY if Lang.ZH in langs else Agreement.EN_ONLY
