"""Human judgements: an append-only JSON Lines file that every run obeys and that survives rebuilds.

One line a judgement, written by ``kg judge``, by the pages, or by hand::

    {"when": "2026-11-24T10:00:00Z", "who": "li", "kind": "place", "surface": "莱州",
     "decision": "item", "item": "Q36409", "article": "1953-12-14/4/1a2b3c4d"}

``decision`` is ``accept`` or ``reject`` (of ``item``), ``item`` ("it is Q…") or ``nil``.  Without
``article`` it holds for every article that has the surface; with ``from``/``to`` (ISO dates) only for
articles printed in between.  Later lines win over earlier ones; where two people disagree the later
one is obeyed and :func:`conflicts` reports it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from kg.errors import UsageError
from kg.model import Kind
from kg.text import fold


class Decision(StrEnum):
    """What a person said of a link."""

    ACCEPT = "accept"
    REJECT = "reject"
    ITEM = "item"
    NIL = "nil"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One line of the file."""

    when: str
    who: str
    kind: Kind
    surface: str
    decision: Decision
    item: str | None = None
    article: str | None = None
    after: str | None = None
    before: str | None = None

    def __post_init__(self) -> None:
        if self.decision is not Decision.NIL and not self.item:
            raise UsageError(
                f"judgement on {self.surface!r}: {self.decision} names no item", remedy='add "item": "Q…"'
            )

    def to_json(self) -> str:
        """The line, without its end."""
        record = {
            "when": self.when,
            "who": self.who,
            "kind": self.kind.value,
            "surface": self.surface,
            "decision": self.decision.value,
            "item": self.item,
            "article": self.article,
            "from": self.after,
            "to": self.before,
        }
        return json.dumps({k: v for k, v in record.items() if v is not None}, ensure_ascii=False)

    @classmethod
    def of(cls, record: Mapping[str, object], origin: str) -> Judgement:
        """Read a parsed line; UsageError names what is wrong with it."""
        try:
            return cls(
                when=str(record.get("when", "")),
                who=str(record.get("who", "")),
                kind=Kind(str(record["kind"])),
                surface=str(record["surface"]),
                decision=Decision(str(record["decision"])),
                item=_text(record.get("item")),
                article=_text(record.get("article")),
                after=_text(record.get("from")),
                before=_text(record.get("to")),
            )
        except (KeyError, ValueError) as e:
            raise UsageError(f"{origin}: {e!s} is missing or unknown", remedy="see docs/linking.md") from e

    def applies(self, article: str, day: str) -> bool:
        """Whether it speaks of `article`, printed on `day`."""
        if self.article is not None and self.article != article:
            return False
        return not ((self.after and day < self.after) or (self.before and day > self.before))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def judge(
    kind: Kind,
    surface: str,
    decision: Decision,
    *,
    who: str,
    item: str | None = None,
    article: str | None = None,
) -> Judgement:
    """A judgement made now."""
    when = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Judgement(when, who, kind, surface, decision, item, article)


@dataclass(frozen=True, slots=True)
class Judgements:
    """All judgements, ready to be obeyed."""

    all: tuple[Judgement, ...] = ()
    _by_name: dict[tuple[Kind, str], list[Judgement]] = field(default_factory=dict)

    @classmethod
    def of(cls, judgements: Iterable[Judgement]) -> Judgements:
        """Index them by kind and surface."""
        every = tuple(judgements)
        by_name: dict[tuple[Kind, str], list[Judgement]] = defaultdict(list)
        for judgement in every:
            by_name[judgement.kind, fold(judgement.surface)].append(judgement)
        return cls(every, dict(by_name))

    @classmethod
    def load(cls, path: Path) -> Judgements:
        """Read the file; a missing one is empty.  UsageError names the line that cannot be read."""
        if not path.is_file():
            return cls()
        found = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            origin = f"{path}:{number}"
            try:
                record = json.loads(line)
            except json.JSONDecodeError as e:
                raise UsageError(f"{origin}: not JSON: {e}", remedy="mend or delete the line") from e
            if not isinstance(record, dict):
                raise UsageError(f"{origin}: not a JSON object", remedy="mend or delete the line")
            found.append(Judgement.of(record, origin))
        return cls.of(found)

    def on(self, kind: Kind, surfaces: Iterable[str], article: str, day: str) -> tuple[Judgement, ...]:
        """What was said of any of the surfaces, for this article, oldest first; judgements on the
        article itself come last, since they win over general ones.
        """
        if not self._by_name:
            return ()
        said = [
            j
            for surface in surfaces
            for j in self._by_name.get((kind, fold(surface)), ())
            if j.applies(article, day)
        ]
        return tuple(sorted(said, key=lambda j: (j.article is not None, j.when)))

    def conflicts(self) -> list[tuple[Judgement, Judgement]]:
        """Pairs of judgements on one name and scope that cannot both be right, by different people."""
        return [
            (a, b)
            for said in self._by_name.values()
            for a, b in itertools.combinations(said, 2)
            if (a.article, a.after, a.before) == (b.article, b.after, b.before) and _clash(a, b)
        ]


def _clash(a: Judgement, b: Judgement) -> bool:
    if a.who == b.who:
        return False
    positive = (Decision.ACCEPT, Decision.ITEM)
    if a.decision in positive and b.decision in positive:
        return a.item != b.item
    if Decision.REJECT in (a.decision, b.decision):
        return a.item == b.item and a.decision != b.decision
    return Decision.NIL in (a.decision, b.decision) and a.decision != b.decision


def append(path: Path, judgement: Judgement) -> None:
    """Add one line, whole or not at all, also when two processes write at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = (judgement.to_json() + "\n").encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
