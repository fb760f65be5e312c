"""Articles that claim one identity: settled the same way in whatever order they came.

A million articles pass through here, so only two numbers are kept of each; the few that clash wait on disk.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kg.articles import Claim, settle
from kg.errors import UsageError
from kg.model import Article, Reject
from kg.store.documents import load_article, load_document
from kg.store.rows import ArticleRow, DuplicateRow


@dataclass(frozen=True, slots=True)
class Member:
    """One of the inputs that claim an identity."""

    origin: str
    sha256: str
    claimed: str
    text_hash: str


def seats(members: Iterable[Member]) -> dict[str, str | Reject]:
    """Who has which identity: origin -> its own, or the reject of a duplicate.  Every member is in it."""
    everyone = list(members)
    verdicts = settle(Claim(m.claimed, m.text_hash, m.origin) for m in everyone)
    return {m.origin: verdicts.get(m.origin, m.claimed) for m in everyone}


def as_claimed(doc: bytes, claimed: str, origin: str) -> Article:
    """The article of a document as it was read (from `origin`): under the identity that it claims.

    `UsageError` where its text was not kept.
    """
    article = load_article(load_document(doc))
    if article.zh is None and article.en is None:
        raise UsageError(
            f"article {article.id} must be converted again, and its text was not kept (include_text is off)",
            remedy="run kg build over all inputs",
        )
    notes = tuple(n for n in article.notes if n.code != "same-title")
    return replace(article, id=claimed, origin=origin, notes=notes)


class Contest:
    """Takes articles as they come; keeps those back whose identity is taken."""

    def __init__(self, folder: Path) -> None:
        self._seen: dict[int, int] = {}
        self._spill = _Spill(folder / "contested")
        self._same = _Spill(folder / "same")

    def admit(self, row: ArticleRow) -> bool | Reject:
        """True: it is the first with its identity.  False: kept back.  A reject: the same bytes again."""
        key, sha = _number(row.claimed), int(row.sha256[:15], 16)
        known = self._seen.get(key)
        if known is None:
            self._seen[key] = sha
            return True
        if known == sha:
            self._same.add(DuplicateRow(row.origin, row.sha256, row.claimed, row.text_hash))
            return Reject(row.origin, None, f"the same input again ({row.claimed})", "nothing needs doing")
        self._spill.add(row)
        return False

    @property
    def clashes(self) -> bool:
        """Whether anything is to be settled."""
        return bool(self._spill.count or self._same.count)

    def kept_back(self) -> Iterator[ArticleRow]:
        """The articles that were kept back."""
        return self._spill.read()

    def same(self) -> Iterator[DuplicateRow]:
        """The inputs that have the bytes of one that was admitted."""
        return self._same.read()


class _Spill:
    """Records that wait on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.count = 0

    def add(self, record: object) -> None:
        with self._path.open("ab") as out:
            pickle.dump(record, out)
        self.count += 1

    def read(self) -> Iterator[Any]:
        if self.count:
            with self._path.open("rb") as data:
                for _ in range(self.count):
                    yield pickle.load(data)  # noqa: S301  written by this very run


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
