"""The difference between two releases, applied to a clone of the older one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from kg.dumps.reading import read_lines
from kg.model import Article
from kg.pipeline import finishing
from kg.pipeline.blocks import BlockFile, blocks_of, dump_blocks, rewrite
from kg.pipeline.changes import Changes, difference
from kg.pipeline.convert import Batch, Converted
from kg.pipeline.ledger import Group, Ledger
from kg.pipeline.settling import as_claimed
from kg.pipeline.staging import BLOCKS, ONTOLOGY, Staging
from kg.store.lines import LineCounter
from kg.store.oxigraph import OxigraphSink
from kg.store.rows import ArticleRow
from kg.store.schema import line_hash
from kg.store.writing import ArchiveWriter

_BULK = 20_000  # lines; above it bulk loading is faster than a transaction
_TOGETHER = 200  # groups
_BUFFER = 50_000  # lines that are gathered before the store is told


class Difference:
    """Applies groups of a ledger to the store and the archive in `staging`'s folder."""

    def __init__(self, staging: Staging, ledger: Ledger, sink: OxigraphSink, archive: ArchiveWriter) -> None:
        self._staging = staging
        self._ledger = ledger
        self._sink = sink
        self._archive = archive
        self._lines = LineCounter(staging.scratch)
        self.changes = Changes(staging.folder / "changes")
        self._added: list[bytes] = []
        self._removed: list[bytes] = []
        self._items_gone: set[str] = set()  # that articles refer to which have left, or have come
        self._items_come: set[str] = set()
        self.changed: defaultdict[int, set[str]] = defaultdict(set)  # identities, by year
        self.withdrawn = 0
        self.beside: list[tuple[str, str]] = []  # new inputs, and articles of the same date, page and title

    # --- articles ---

    def articles(self, groups: Iterable[Group]) -> None:
        """Apply what became of the inputs: so many at once, since counts are brought up to date by queries
        over all that leave or come together.
        """
        upcoming = iter(groups)
        while some := list(islice(upcoming, _TOGETHER)):
            self._groups(some)
        self._flush()

    def _groups(self, groups: list[Group]) -> None:
        """Groups are of one identity each, so none concerns another."""
        text = self._staging.settings.include_text
        leaving = [self._leaving(group) for group in groups]
        self._archive.remove((id for group in groups for id in group.removed), text=text)
        rows: list[ArticleRow] = []
        for group, before in zip(groups, leaving, strict=True):
            articles = list(self._contents(group))
            after = [line for a in articles for line in a.own.splitlines()]
            self._say(*difference(before, after))
            for article in articles:
                self._lines.add(article.shared)
                self._items_come.update(article.row.items)
                self.changed[article.row.year].add(article.row.id)
            rows += (a.row for a in articles)
            self.withdrawn += len(set(group.removed) - {a.row.id for a in articles})
        self._archive.add(rows, text=text)
        for group in groups:
            for id, origin in group.moved:
                self._archive.moved(id, origin)
            self._archive.drop_duplicates(group.undone)
            self._archive.put_duplicates(group.duplicates)

    def _leaving(self, group: Group) -> list[bytes]:
        """Count a group; the lines that its articles said before."""
        counts = self._staging.counts
        counts.converted += group.converted
        counts.unchanged += group.unchanged
        counts.duplicates += group.set_aside
        self.beside += group.beside
        for reject in group.rejects:
            self._staging.rejects.add(reject)
        before: list[bytes] = []
        for id in group.removed:
            own, shared = self._archive.triples_of(id)
            before += own.splitlines()
            self._lines.add(shared.splitlines(), -1)
            self._items_gone.update(self._archive.items_of(id))
            self.changed[int(id[:4])].add(id)
        return before

    def _contents(self, group: Group) -> Iterator[Converted]:
        """The new articles of a group; those that get another identity are converted under it."""
        again: list[tuple[Article, str]] = []
        for winner in group.winners:
            if winner.place is not None:
                article = self._ledger.converted(winner.place)
                if winner.id == article.row.id:
                    yield _as_of(article, winner.member.origin)
                    continue
                doc = article.row.doc
            else:
                assert winner.doc is not None  # noqa: S101  for the type checker
                doc = winner.doc
            article_again = as_claimed(doc, winner.member.claimed, winner.member.origin)
            again.append((article_again, winner.id))
        if again:
            result = self._staging.converter.batch(Batch(again=tuple(again)))
            for reject in result.rejects:
                self._staging.counts.converted -= 1
                self._staging.reject(reject)
            yield from result.articles

    def _say(self, added: list[bytes], removed: list[bytes]) -> None:
        self._staging.statistics.add(added)
        self._staging.statistics.add(removed, -1)
        self.changes.add(added, removed)
        self._added += added
        self._removed += removed
        if len(self._added) + len(self._removed) > _BUFFER:
            self._flush()

    def _flush(self) -> None:
        for start in range(0, len(self._removed), _BUFFER):
            self._sink.remove(_joined(self._removed[start : start + _BUFFER]))
        load = self._sink.write if len(self._added) > _BULK else self._sink.add
        load(_joined(self._added))
        self._added, self._removed = [], []

    # --- what articles share ---

    def items(self, *, all_new: bool) -> None:
        """Bring in the items that articles use now, and drop those they do not; `all_new`: compare all."""
        archive, writer = self._archive, self._staging.converter.writer
        authority = self._staging.converter.authority
        held = archive.item_ids()
        gone: list[str] = []
        if all_new or not all(map(archive.is_used, self._items_gone)):
            used = finishing.closure(archive.items_used(), authority, writer)
            gone = sorted(held - used.keys())
        else:  # what was used is used still: only what new items bring with them is to be found out
            used = finishing.closure(self._items_come - held, authority, writer)
        for id in gone:
            self._lines.add(archive.item_triples(id).splitlines(), -1)
        archive.drop_items(gone)
        rows = []
        for id in sorted(used if all_new else used.keys() - held):
            triples = writer.entity(used[id])
            before = archive.item_triples(id) if id in held else b""
            self._lines.add(before.splitlines(), -1)
            self._lines.add(triples.splitlines())
            rows.append(finishing.item_row(used[id], triples))
        archive.put_items(rows)

    def ontology(self, lines: list[bytes]) -> None:
        """Compare the ontology with that of the old release."""
        added, removed = difference(self._archive.kept(ONTOLOGY).splitlines(), lines)
        self._lines.add(added)
        self._lines.add(removed, -1)

    def shared(self, old: Path, new: Path) -> bool:
        """Apply the counted lines, and turn the dump `old` into `new`; False where nothing changed."""
        turning = _Turning(self._lines.changes(), self._archive)
        blocks = blocks_of(old, self._archive.kept(BLOCKS))
        if blocks is not None and not turning:
            return False
        out = BlockFile(new)
        if blocks is not None:
            rewrite(old, blocks, out, turning)
        else:
            for lines in read_lines(old):
                out.write(turning.merged(lines))
            out.write(turning.rest())
        out.close()
        turning.close()
        self._archive.keep(BLOCKS, dump_blocks(out.blocks))
        self._say(turning.added, turning.removed)
        self._flush()
        self._lines.close()
        return True

    def recount(self) -> None:
        """Bring what pages show counted up to date."""
        self._archive.recount()

    def description(self, old: bytes, new: bytes) -> None:
        """Replace the description of the dataset, which the statistics do not count."""
        added, removed = difference(old.splitlines(), new.splitlines())
        self.changes.add(added, removed)
        self._sink.remove(_joined(removed))
        self._sink.add(_joined(added))

    def close(self) -> None:
        """Finish the change files."""
        self.changes.close()


class _Turning:
    """Turns the sorted lines of one release's shared nodes into those of the next."""

    def __init__(self, changes: Iterator[tuple[bytes, int]], archive: ArchiveWriter) -> None:
        self._changes = changes
        self._archive = archive
        self._next = next(changes, None)
        self._counts: list[tuple[int, int]] = []
        self.added: list[bytes] = []
        self.removed: list[bytes] = []

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return self._next is not None

    def due(self, last: bytes) -> bool:
        """Whether anything changes among the lines up to `last`."""
        return self._next is not None and self._next[0] <= last

    def merged(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The lines that take the place of `lines`, which come next."""
        for line in lines:
            while self._next is not None and self._next[0] < line:
                yield from self._apply(present=False)
            if self._next is not None and self._next[0] == line:
                yield from self._apply(present=True)
            else:
                yield line

    def rest(self) -> Iterator[bytes]:
        """The lines that come after all others."""
        while self._next is not None:
            yield from self._apply(present=False)

    def close(self) -> None:
        """Write down how often lines are said now."""
        self._archive.count_shared(self._counts)

    def _apply(self, *, present: bool) -> list[bytes]:
        """Count the next change: the line, if it is (still) said by anybody."""
        assert self._next is not None  # noqa: S101  for the type checker
        line, more = self._next
        self._next = next(self._changes, None)
        hash = line_hash(line)
        before = (self._archive.shared_count(hash) or 1) if present else 0
        self._counts.append((hash, before + more))
        if before + more > 0:
            if not present:
                self.added.append(line)
            return [line]
        if present:
            self.removed.append(line)
        return []


def _as_of(article: Converted, origin: str) -> Converted:
    """The article as an input of another name with the same bytes gives it."""
    if article.row.origin == origin:
        return article
    return replace(article, row=replace(article.row, origin=origin))


def _joined(lines: list[bytes]) -> bytes:
    return b"\n".join(lines) + b"\n" if lines else b""
