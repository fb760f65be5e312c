"""What a run did: counts that add up, and how long it took."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import DatelineError, StoreError
from kg.model import Reject


@dataclass(slots=True)
class Counts:
    """What became of everything that was read: the last five add up to the first.

    ``unchanged`` is set by updates only; ``duplicates`` are articles that another input holds too.
    """

    read: int = 0
    converted: int = 0
    unchanged: int = 0
    duplicates: int = 0
    rejected: int = 0

    def check(self) -> None:
        """`DatelineError` unless they add up."""
        if self.read != self.converted + self.unchanged + self.duplicates + self.rejected:
            raise DatelineError(f"counts do not add up: {self}", remedy="report it; nothing was published")

    def to_json(self) -> dict[str, int]:
        """By name."""
        return {n: getattr(self, n) for n in ("read", "converted", "unchanged", "duplicates", "rejected")}


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The outcome of a build or update.

    ``release`` is None where nothing was published (nothing could be converted, or nothing had changed).
    ``removed`` counts withdrawn articles of an update, ``added``/``deleted`` its triples.  ``because`` names
    what has changed since the release that was updated, so that all articles were looked at again;
    ``beside`` has new inputs (and whose) that share date, page and title with another article.
    ``unfinished`` says why the files to download could not be made, after publication.
    """

    kind: str
    release: str | None
    path: Path | None
    counts: Counts
    articles: int = 0
    triples: int = 0
    mentions: dict[str, int] = field(default_factory=dict)
    removed: int = 0
    added: int = 0
    deleted: int = 0
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    rejects: Path | None = None
    store_bytes: int = 0
    peak_memory: int = 0
    because: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    unfinished: str = ""

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "kind": self.kind,
            "release": self.release,
            "path": str(self.path) if self.path else None,
            **self.counts.to_json(),
            "articles": self.articles,
            "triples": self.triples,
            "mentions": self.mentions,
            "removed": self.removed,
            "triples_added": self.added,
            "triples_deleted": self.deleted,
            "seconds": round(self.seconds, 3),
            "stages": {k: round(v, 3) for k, v in self.stages.items()},
            "rejects": str(self.rejects) if self.rejects else None,
            "store_bytes": self.store_bytes,
            "peak_memory": self.peak_memory,
            "because": self.because,
            "beside": [{"file": new, "of": other} for new, other in self.beside],
            "unfinished": self.unfinished or None,
        }

    @property
    def exit_code(self) -> int:
        """0; 3 where something was read and nothing of it is in the graph, 5 where files are missing."""
        counts = self.counts
        if self.unfinished:
            return StoreError.exit_code
        return 3 if counts.read and not (counts.converted or counts.unchanged or counts.duplicates) else 0


class RejectLog:
    """``rejects.jsonl``: one object a line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._out = path.open("w", encoding="utf-8", errors="backslashreplace")
        self.count = 0

    def add(self, reject: Reject) -> None:
        """Write one."""
        line = {"file": reject.origin, "line": reject.line, "reason": reject.reason, "remedy": reject.remedy}
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.count += 1

    def close(self) -> None:
        """Finish the file."""
        self._out.close()
