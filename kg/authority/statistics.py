"""What an index holds, counted; and how two of them differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields

from kg.authority.authority import Authority
from kg.model import Item


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of one authority; `ambiguous` are names for the matcher that may mean several items."""

    items: int
    names: int
    matcher_names: int
    ambiguous: int
    verified: int
    by_kind: Counter[tuple[str, str]]
    labels: Counter[str]
    located: int
    dated: int


def statistics(authority: Authority) -> Statistics:
    """Count everything; reads the whole index."""
    by_kind: Counter[tuple[str, str]] = Counter()
    labels: Counter[str] = Counter()
    verified = located = dated = 0
    for item in authority.items():
        by_kind[item.kind, item.subkind] += 1
        labels.update(lang for lang, _ in item.labels)
        verified += item.verified
        located += item.lat is not None
        dated += item.start is not None or item.end is not None
    sizes = [len(name.items) for name in authority.names()]
    return Statistics(
        items=len(authority), names=int(authority.meta["names"]), matcher_names=len(sizes),
        ambiguous=sum(n > 1 for n in sizes), verified=verified, by_kind=by_kind, labels=labels,
        located=located, dated=dated,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One item that two authorities tell apart; `fields` are what differs, empty where one lacks it."""

    id: str
    before: Item | None
    after: Item | None
    fields: tuple[str, ...] = ()


def diff(a: Authority, b: Authority) -> Iterator[Change]:
    """Items added, removed and changed from `a` to `b`, in order of id; streams both."""
    left, right = a.items(), b.items()
    before, after = next(left, None), next(right, None)
    while before is not None or after is not None:
        if after is None or (before is not None and before.id < after.id):
            assert before is not None  # noqa: S101  for the type checker: one of them is there
            yield Change(before.id, before, None)
            before = next(left, None)
        elif before is None or after.id < before.id:
            yield Change(after.id, None, after)
            after = next(right, None)
        else:
            if differing := _differing(before, after):
                yield Change(before.id, before, after, differing)
            before, after = next(left, None), next(right, None)


def _differing(a: Item, b: Item) -> tuple[str, ...]:
    return tuple(f.name for f in fields(Item) if getattr(a, f.name) != getattr(b, f.name))
