"""The identity of an article: date, page and a short hash of its title in the original language."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kg.articles.notes import note
from kg.model import Article, Reject

_SPACE = re.compile(r"\s+")
# Titles that name a kind of item, not an item: a page may carry several on one day.
GENERIC = frozenset(
    [
        "图片",
        "照片",
        "新闻图片",
        "图片新闻",
        "图片说明",
        "简讯",
        "短讯",
        "要闻",
        "通知",
        "启事",
        "更正",
        "无题",
        "无标题",
        "漫画",
        "木刻",
        "速写",
        "国画",
        "油画",
        "素描",
        "摄影",
        "剪纸",
        "诗",
        "untitled",
        "photo",
        "photos",
        "picture",
    ]
)
_OPENING = 40


def article_id(date: dt.date, page: int | None, title: str, opening: str = "") -> str:
    """The identity ``1953-12-14/4/1a2b3c4d`` of an article.

    The title counts without white space and in compatibility form, so that a repaired space or a
    full-width digit does not make another article.  A title that only names a kind of item (图片) says
    nothing: the first 40 characters of the body, `opening`, are hashed with it.

    >>> a = article_id(dt.date(1968, 12, 30), 1, "南京长江大桥  全面通车")
    >>> a, a == article_id(dt.date(1968, 12, 30), 1, "南京长江大桥　全面通车")
    ('1968-12-30/1/1d662d1a', True)
    """
    key = _key(title)
    if is_generic(title):
        key += "\n" + _key(opening)[:_OPENING]
    digest = hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()
    return f"{date.isoformat()}/{page or 0}/{digest[:8]}"


def _key(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def is_generic(title: str) -> bool:
    """Whether `title` only names a kind of item."""
    return _key(title).strip("()") in GENERIC or not _key(title)


@dataclass(frozen=True, slots=True)
class Claim:
    """An article's claim to an identity; cheap to keep for a whole run (`origin` as in the article)."""

    id: str
    text_hash: str
    origin: str


def claim(article: Article) -> Claim:
    """The claim of `article`.  Its text hash is of the prose, so the same article in two layouts has one."""
    text = "\f".join(b.text if b else "" for b in (article.zh, article.en))
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    return Claim(article.id, digest[:16], article.origin)


def settle(claims: Iterable[Claim], held: Mapping[str, str] | None = None) -> dict[str, str | Reject]:
    """Who keeps an identity that several articles claim: origin -> its identity or its reject.

    Only the origins whose identity changes, or that are duplicates, are in the result.  The order of the
    claims does not matter.  Articles with the same prose are one: that of the smallest origin stays, the
    others are rejected.  Of different articles the one in `held` (identity -> text hash, as published
    before), else the one of the smallest text hash, keeps the identity; the others' are made longer by eight
    digits of their text hash.

    >>> settle([Claim("1953-12-14/4/1a2b3c4d", f"{t * 8}", o) for t, o in (("ff", "b"), ("01", "a"))])
    {'b': '1953-12-14/4/1a2b3c4d-ffffffff'}
    """
    by_id: defaultdict[str, list[Claim]] = defaultdict(list)
    for c in claims:
        by_id[c.id].append(c)
    held = held or {}
    out: dict[str, str | Reject] = {}
    for id, rivals in by_id.items():
        if len(rivals) > 1:
            out.update(_settled(id, rivals, held.get(id)))
    return out


def _settled(id: str, rivals: list[Claim], holder: str | None) -> dict[str, str | Reject]:
    out: dict[str, str | Reject] = {}
    by_text: defaultdict[str, list[str]] = defaultdict(list)
    for c in rivals:
        by_text[c.text_hash].append(c.origin)
    holder = holder if holder in by_text else min(by_text)
    for text_hash, origins in by_text.items():
        first, *others = sorted(origins)
        if text_hash != holder:
            out[first] = f"{id}-{text_hash[:8]}"
        for origin in others:
            out[origin] = Reject(
                origin, None, f"the same article as {first} ({id})", "remove one of the two, or leave it"
            )
    return out


def renamed(article: Article, id: str) -> Article:
    """`article` with the identity that :func:`settle` gave it, and a note of that."""
    return replace(article, id=id, notes=(*article.notes, note("same-title", article.id)))
