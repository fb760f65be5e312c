"""Why a link was made, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kg.linking.features import FEATURES, reason
from kg.store.archive import Archive
from server.browse.i18n import messages

_LOOKED_AT = 8  # articles whose links are summed up


@dataclass(frozen=True, slots=True)
class Why:
    """What speaks for an entity's links, over some of its articles.

    ``reasons`` are features with their mean value, the strongest first; ``surfaces`` how it was written.
    """

    articles: int
    confidence: float
    judged: bool
    surfaces: tuple[str, ...]
    reasons: tuple[tuple[str, float], ...]
    rivals: tuple[tuple[str, str], ...]


def explain(feature: str, lang: str) -> str:
    """The published explanation of a feature; empty where it has none."""
    found = messages().get(f"feature-{feature}", {}).get(lang)
    return found or (reason(feature) if feature in FEATURES else "")


def why(archive: Archive, entity: str, articles: Iterable[str]) -> Why | None:
    """Sum up the links to `entity` in the first few of `articles`; None where there are none."""
    links: list[Mapping[str, Any]] = []
    surfaces: dict[str, None] = {}
    for id in list(articles)[:_LOOKED_AT]:
        stored = archive.article(id)
        for mention in stored.doc["mentions"] if stored else ():
            if mention["link"]["entity"] == entity:
                links.append(mention["link"])
                surfaces.update(dict.fromkeys(f["text"] for f in mention["finds"]))
    if not links:
        return None
    sums: dict[str, float] = {}
    rivals: dict[str, str] = {}
    for link in links:
        for evidence in link.get("evidence", ()):
            feature = evidence["feature"]
            sums[feature] = sums.get(feature, 0.0) + evidence.get("value", 0.0) / len(links)
        rivals.update((a["item"], a["label"]) for a in link.get("alternatives", ()))
    rivals.pop(entity, None)
    return Why(
        len(links),
        sum(k.get("confidence", 0.0) for k in links) / len(links),
        any(k.get("judged") for k in links),
        tuple(surfaces)[:12],
        tuple(sorted(sums.items(), key=lambda s: -abs(s[1]))[:8]),
        tuple(rivals.items())[:5],
    )
