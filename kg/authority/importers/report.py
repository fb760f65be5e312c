"""What an import did: counted, with reasons and examples for everything that was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_EXAMPLES = 5


@dataclass(slots=True)
class ImportReport:
    """Counts of one input; `read` is `kept` plus the sum of `skipped`."""

    source: str
    read: int = 0
    kept: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    dropped_names: Counter[str] = field(default_factory=Counter)
    redirects: dict[str, str] = field(default_factory=dict)
    unknown_classes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    date: str = ""  # ISO: how new the newest thing read is, where the input tells

    def skip(self, reason: str, what: str) -> None:
        """Count one record that was left out, and keep the first few as examples."""
        self.skipped[reason] += 1
        shown = self.examples.setdefault(reason, [])
        if len(shown) < _EXAMPLES:
            shown.append(what)

    def lines(self) -> Iterator[str]:
        """The report for people, a line a fact."""
        yield f"{self.source}: {self.read:,} read, {self.kept:,} kept, {self.skipped.total():,} left out"
        for reason, count in self.skipped.most_common():
            shown = self.examples.get(reason, [])
            yield f"  {count:,} {reason}{': ' if shown else ''}{', '.join(shown)}"
        if self.dropped_names:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in self.dropped_names.most_common())
            yield f"  names dropped: {reasons}"
        if self.redirects:
            pairs = ", ".join(f"{a} -> {b}" for a, b in list(self.redirects.items())[:_EXAMPLES])
            yield f"  {len(self.redirects):,} redirects followed: {pairs}"
        if self.unknown_classes:
            common = ", ".join(f"{c} ({n:,})" for c, n in self.unknown_classes.most_common(10))
            yield f"  classes not known: {common}"
