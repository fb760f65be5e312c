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

import codecs
import contextlib
import datetime as dt
import fcntl
import itertools
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from kg.errors import StoreError, UsageError
from kg.model import Kind
from kg.text import fold
from kg.vocab import QID

_ITEM = re.compile(f"{QID}|x-.+")


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
        about = f"judgement on {self.surface!r}"
        if not self.surface.strip():
            raise UsageError("judgement: no name", remedy="name the surface that is judged")
        if self.decision is not Decision.NIL:
            if not self.item:
                raise UsageError(f"{about}: {self.decision} names no item", remedy="say which: Q36027")
            if not _ITEM.fullmatch(self.item):
                raise UsageError(f"{about}: {self.item!r} is no item", remedy="write it as Q36027")
        for day in (self.after, self.before):
            if day is not None and not _is_day(day):
                raise UsageError(f"{about}: {day!r} is no day", remedy="write it as 1954-12-31")
        if self.after and self.before and self.after > self.before:
            raise UsageError(f"{about}: from {self.after} to {self.before} is no time", remedy="swap them")

    def record(self) -> dict[str, str]:
        """The line as a JSON object."""
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
        return {k: v for k, v in record.items() if v is not None}

    def to_json(self) -> str:
        """The line, without its end."""
        return json.dumps(self.record(), ensure_ascii=False)

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
        except UsageError as e:
            raise UsageError(f"{origin}: {e.message}", remedy=e.remedy) from e
        except KeyError as e:
            raise UsageError(f"{origin}: {e!s} is missing", remedy="see docs/linking.md") from e
        except ValueError as e:
            raise UsageError(f"{origin}: {e!s}", remedy="see docs/linking.md") from e

    @property
    def scope(self) -> tuple[str | None, str | None, str | None]:
        """The article and the period it is limited to."""
        return self.article, self.after, self.before

    def applies(self, article: str, day: str) -> bool:
        """Whether it speaks of `article`, printed on `day`."""
        if self.article is not None and self.article != article:
            return False
        return not ((self.after and day < self.after) or (self.before and day > self.before))


def _text(value: object) -> str | None:
    return None if value is None else str(value).strip()


def _is_day(text: str) -> bool:
    """Whether `text` is a whole ISO date: days are compared as text."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def judge(
    kind: Kind,
    surface: str,
    decision: Decision,
    *,
    who: str,
    item: str | None = None,
    article: str | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Judgement:
    """A judgement made now."""
    when = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Judgement(when, who, kind, surface, decision, item, article, after, before)


@dataclass(frozen=True, slots=True)
class Judgements:
    """All judgements, ready to be obeyed."""

    all: tuple[Judgement, ...] = ()
    _by_name: dict[tuple[Kind, str], list[tuple[int, Judgement]]] = field(default_factory=dict)

    @classmethod
    def of(cls, judgements: Iterable[Judgement]) -> Judgements:
        """Index them by kind and surface."""
        every = tuple(judgements)
        by_name: dict[tuple[Kind, str], list[tuple[int, Judgement]]] = defaultdict(list)
        for number, judgement in enumerate(every):
            by_name[judgement.kind, fold(judgement.surface)].append((number, judgement))
        return cls(every, dict(by_name))

    @classmethod
    def load(cls, path: Path) -> Judgements:
        """Read the file; a missing one is empty.  UsageError names the line that cannot be read."""
        if not path.is_file():
            return cls()
        found = []
        # An editor may have put a mark at the start; U+2028 and the like are no ends of lines here.
        for number, line in enumerate(path.read_bytes().removeprefix(codecs.BOM_UTF8).split(b"\n"), 1):
            if not line.strip():
                continue
            origin = f"{path}:{number}"
            try:
                record = json.loads(line.decode())
            except ValueError as e:  # no JSON, or no UTF-8
                raise UsageError(f"{origin}: not JSON: {e}", remedy="mend or delete the line") from e
            if not isinstance(record, dict):
                raise UsageError(f"{origin}: not a JSON object", remedy="mend or delete the line")
            found.append(Judgement.of(record, origin))
        return cls.of(found)

    def on(self, kind: Kind, surfaces: Iterable[str], article: str, day: str) -> tuple[Judgement, ...]:
        """What was said of any of the surfaces, for this article, in the order of the file; judgements on
        the article itself come last, since they win over general ones.
        """
        said = {n: j for n, j in self._named(kind, surfaces) if j.applies(article, day)}
        return tuple(said[n] for n in sorted(said, key=lambda n: (said[n].article is not None, n)))

    def about(self, kind: Kind, surfaces: Iterable[str]) -> tuple[Judgement, ...]:
        """All that was said of any of the surfaces, whatever the article, in the order of the file."""
        said = dict(self._named(kind, surfaces))
        return tuple(said[n] for n in sorted(said))

    def _named(self, kind: Kind, surfaces: Iterable[str]) -> Iterator[tuple[int, Judgement]]:
        if self._by_name:
            for surface in surfaces:
                yield from self._by_name.get((kind, fold(surface)), ())

    def conflicts(self) -> list[tuple[Judgement, Judgement]]:
        """Pairs of judgements on one name and scope that cannot both be right, by different people.

        Of each person the last word counts: who has come round to the other's view conflicts no more.
        """
        return [
            pair
            for said in self._by_name.values()
            for pair in itertools.combinations(_last_words(said), 2)
            if pair[0].scope == pair[1].scope and _clash(*pair)
        ]


def _last_words(said: Iterable[tuple[int, Judgement]]) -> list[Judgement]:
    """Of each person and scope the last positive word or NIL, and the rejections that it does not undo."""
    last: dict[tuple[object, ...], tuple[int, Judgement]] = {}
    for number, judgement in said:
        who = (judgement.who, judgement.scope)
        if judgement.decision is Decision.REJECT:
            word = last.get((*who, None))
            if word is not None and word[1].item == judgement.item:
                del last[*who, None]
            last[*who, judgement.item] = number, judgement
        else:
            last.pop((*who, judgement.item), None)
            last[*who, None] = number, judgement
    return [judgement for _, judgement in sorted(last.values(), key=lambda word: word[0])]


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
    """Add one line and wait until it is on disk; whole or not at all, also when processes write at once.

    A last line that somebody left without its end is ended first.  StoreError where it cannot be written.
    """
    line = (judgement.to_json() + "\n").encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # released when the file is closed
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
                if file.read(1) != b"\n":
                    line = b"\n" + line
            if file.write(line) != len(line):
                with contextlib.suppress(OSError):
                    file.truncate(end)
                raise StoreError(f"judgements {path}: the disk is full", remedy="free space and judge again")
            os.fsync(file.fileno())
    except OSError as e:
        raise StoreError(
            f"judgements {path}: {e.strerror}", remedy="make it writable, or set judgements"
        ) from e
