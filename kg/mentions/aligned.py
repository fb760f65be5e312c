"""Which paragraphs of the two bodies render each other, by the alignment that reading made."""

from __future__ import annotations

from collections.abc import Iterator

from kg.model import Article


def rendering(article: Article) -> dict[int, list[int]]:
    """The English paragraphs that render each Chinese one."""
    out: dict[int, list[int]] = {}
    for zh, en, _ in article.alignment:
        out.setdefault(zh, []).append(en)
    return out


def rendered(article: Article) -> dict[int, list[int]]:
    """The Chinese paragraphs that each English one renders."""
    out: dict[int, list[int]] = {}
    for zh, en, _ in article.alignment:
        out.setdefault(en, []).append(zh)
    return out


def one_to_one(article: Article) -> Iterator[tuple[int, int]]:
    """The paragraphs of which each renders the other alone, the Chinese one first."""
    back = rendered(article)
    for zh, targets in rendering(article).items():
        if len(targets) == 1 and len(back[targets[0]]) == 1:
            yield zh, targets[0]
