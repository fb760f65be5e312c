"""Articles that claim one identity: settled the same way in whatever order they came.

A million articles pass through here, so only two numbers are kept of each; the few that clash wait on disk.
"""

from __future__ import annotations

import collections
import hashlib
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.articles import Claim, settle
from kg.model import Reject
from kg.store.rows import ArticleRow


@dataclass(frozen=True, slots=True)
class Incumbent:
    """An article that is in the archive already."""

    id: str
    claimed: str
    text_hash: str
    origin: str


@dataclass(slots=True)
class Ruling:
    """What is to change: incumbents to remove, or to give another identity (old, new); challengers to
    convert under an identity; duplicates.
    """

    remove: list[str]
    rename: list[tuple[str, str]]
    again: list[tuple[ArticleRow, str]]
    duplicates: list[Reject]


class Contest:
    """Takes articles as they come; keeps those back whose identity is taken."""

    def __init__(self, folder: Path) -> None:
        self._seen: dict[int, int] = {}
        self._spill = folder / "contested"
        self.contested = 0
        self.moved: dict[str, str] = {}

    def admit(self, row: ArticleRow) -> bool | Reject:
        """True: it is the first with its identity.  False: kept back.  A reject: the same bytes again."""
        key, sha = _number(row.claimed), int(row.sha256[:15], 16)
        known = self._seen.get(key)
        if known is None:
            self._seen[key] = sha
            return True
        if known == sha:
            self.moved[row.claimed] = min(self.moved.get(row.claimed, row.origin), row.origin)
            return Reject(row.origin, None, f"the same input again ({row.claimed})", "nothing needs doing")
        with self._spill.open("ab") as out:
            pickle.dump(row, out)
        self.contested += 1
        return False

    def kept_back(self) -> Iterator[ArticleRow]:
        """The articles that were kept back."""
        if not self.contested:
            return
        with self._spill.open("rb") as data:
            for _ in range(self.contested):
                yield pickle.load(data)  # noqa: S301  written by this very run


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def rule(incumbents: Iterable[Incumbent], challengers: Iterable[ArticleRow]) -> Ruling:
    """Settle who has which identity.

    `incumbents` are all articles in the archive that claim one of the identities in question.  Both may
    hold one article twice (by origin): a challenger replaces an incumbent of the same origin.
    """
    rows = {row.origin: row for row in challengers}
    held = {i.origin: i for i in incumbents if i.origin not in rows}
    claims = collections.defaultdict(list)
    for i in held.values():
        claims[i.claimed].append(Claim(i.claimed, i.text_hash, i.origin))
    for row in rows.values():
        claims[row.claimed].append(Claim(row.claimed, row.text_hash, row.origin))
    out = Ruling([], [], [], [])
    for claimed in sorted(claims):
        verdicts = settle(claims[claimed])
        for c in sorted(claims[claimed], key=lambda c: c.origin):
            _apply(out, verdicts.get(c.origin, claimed), held.get(c.origin), rows.get(c.origin))
    return out


def _apply(out: Ruling, verdict: str | Reject, incumbent: Incumbent | None, row: ArticleRow | None) -> None:
    """The verdict on one article, an incumbent or a challenger (`row`)."""
    if row is not None:
        if isinstance(verdict, Reject):
            out.duplicates.append(verdict)
        else:
            out.again.append((row, verdict))
    elif incumbent is not None and verdict != incumbent.id:
        if isinstance(verdict, Reject):
            out.remove.append(incumbent.id)
            out.duplicates.append(verdict)
        else:
            out.rename.append((incumbent.id, verdict))
