"""Writes the dumps of a release: every format and slice in one pass over the articles.

===========================  ===================================================================
``graph.nt`` ``.ttl`` ``.nq``  the whole graph; in N-Quads the triples of an article are a graph
``articles-1953.nt``         what the articles of a year own
``kind-mentions.nt`` …       the graph by kind of node; `kg.dumps.parts` says which
``shared.nt``                what articles share: entities, events, issues, and the ontology
``authority.nt``             the Wikidata items that the release uses
``articles.csv`` …           tables; also ``.parquet``
``dateline.ttl``             the ontology
===========================  ===================================================================

Order: the articles by year and identity, in pieces (`kg.dumps.pieces`), each piece by kind; then what is
shared, sorted; then the description of the dataset.  The same content gives the same bytes, on however
many processes.  A file is made of sections, one a year: an update takes over those that have not changed,
and of the years' own files the pieces.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol

from kg.dumps import parquet, tables
from kg.dumps.describing import has_these_tables
from kg.dumps.entities import entity_rows
from kg.dumps.files import OpenFile, describe, replace_file, year_file
from kg.dumps.index import NAME, DumpFile, DumpIndex, Section
from kg.dumps.parts import KINDS, ONTOLOGY
from kg.dumps.pieces import MEAN, Anew, Copied, Piece, ends_piece, plan
from kg.dumps.pressing import Frame, Job, Press, Pressed, Presses, Wanted
from kg.dumps.reading import read_lines
from kg.dumps.tables import ENTITIES, OWN_TABLES, Table
from kg.dumps.turtle import TurtleWriter
from kg.settings import Settings
from kg.store.cloning import link_or_copy
from kg.store.documents import unpack

_CONTENT = re.compile(r"(?:articles-\d{4}|shared)\.nt\.zst")
PRODUCTS = ("gzip", "kinds", "turtle", "nquads", "tables")
"""What the setting ``dump_products`` may name; the graph and its years are written in any case."""

_JOB = 40_000  # triples of a job, at the least: about 6 MB
_FEW = 1_500  # articles that are not worth the start of processes
_SHARED, _DATASET, _HEAD = "shared", "dataset", "head"


class Articles(Protocol):
    """What the articles are read from (`kg.store.writing.ArchiveWriter`)."""

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows."""
        ...


@dataclass(frozen=True, slots=True)
class Previous:
    """The dumps of the release before, and the years of it that have not changed.

    Of the other years, where they are known: the identities of the articles that differ, and the pieces of
    the file of that year.
    """

    folder: Path
    unchanged: Collection[int]
    changed: Mapping[int, Collection[str]] = field(default_factory=dict)
    pieces: Mapping[int, Sequence[Piece]] = field(default_factory=dict)


class DumpWriter:
    """Writes one release's dumps: `articles`, `shared`, `dataset`, then `close`.

    `years` alone: what the years' articles own and what they share, as N-Triples (zstd), and nothing else.
    That is the whole graph, in the fewest bytes; the index says that it is not all there will be.
    `years_of` is a folder of such dumps of the same release, whose files of years become part of these.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        previous: Previous | None = None,
        *,
        years: bool = False,
        years_of: Path | None = None,
    ) -> None:
        products = frozenset[str]() if years else frozenset(settings.dump_products)
        self._years = years
        self._folder = folder
        self._settings = settings
        self._kinds = "kinds" in products
        self._wanted = Wanted(
            settings.base,
            gzip="gzip" in products,
            turtle="turtle" in products,
            nquads="nquads" in products,
            tables="tables" in products,
            kinds=self._kinds,
        )
        self._press = Press(self._wanted)
        self._pressed = Presses(self._wanted, 1).run(())
        self._files: dict[str, OpenFile] = {}
        self._parquet: dict[str, parquet.TableWriter] = {}
        self._done: list[DumpFile] = []
        self.pieces: dict[int, list[Piece]] = {}  # of the files of years that are not taken over
        self._previous = previous
        there = previous is not None and (previous.folder / NAME).is_file()
        self._before = DumpIndex.load(previous.folder) if previous and there else None
        if self._before is None or previous is None or not self._has_all(self._before, previous.folder):
            self._previous = self._before = None
        self._linked: set[str] = set()
        if years_of is not None:
            self._link_years(years_of)
        self._begin()

    def _link_years(self, folder: Path) -> None:
        for file in DumpIndex.load(folder).files:
            if file.group == "year":
                target = self._folder / file.name
                target.unlink(missing_ok=True)
                link_or_copy(folder / file.name, target)
                self._done.append(file)
                self._linked.add(file.name)

    def _has_all(self, before: DumpIndex, folder: Path) -> bool:
        """Whether older dumps hold every file that is to be taken over, in the form that it has now."""
        if self._years:
            return True
        if self._wanted.tables and not has_these_tables(folder):
            return False
        names = {f.name for f in before.files}
        return before.complete and all(
            name in names or not wanted
            for name, wanted in (
                ("graph.nt.gz", self._wanted.gzip),
                ("graph.ttl.zst", self._wanted.turtle),
                ("graph.nq.zst", self._wanted.nquads),
                ("kind-articles.nt.zst", self._kinds),
                ("articles.parquet", self._wanted.tables),
            )
        )

    def _wants(self, file: DumpFile) -> bool:
        """Whether a file of older dumps is one that these have too."""
        stem = file.name.partition(".")[0]
        return (
            (file.group == "year" or not self._years)
            and (self._wanted.gzip or not file.name.endswith(".gz"))
            and (self._kinds or file.group != "kind")
            and (self._wanted.turtle or ".ttl" not in file.name)
            and (self._wanted.nquads or ".nq" not in file.name)
            and (self._wanted.tables or stem not in tables.BY_NAME)
        )

    def _begin(self) -> None:
        if self._wanted.turtle:
            head = self._press.frame(TurtleWriter(self._wanted.base).header(), 0)
            self._append("graph.ttl", "graph", "The whole graph", _HEAD, head)
        if not self._wanted.tables:
            return
        for table in OWN_TABLES:
            self._csv(table, _HEAD, self._press.frame(tables.csv_header(table), 0))
            path = self._folder / f"{table.name}.parquet"
            path.unlink(missing_ok=True)
            self._parquet[table.name] = parquet.TableWriter(path, table, self._said())

    def _said(self) -> dict[str, str]:
        return {"license": self._settings.licence, "rights": self._settings.rights, "base": self._wanted.base}

    # --- articles ---

    def articles(self, archive: Articles, shared: Path) -> None:
        """What the articles own, year by year; what they share, the file `shared` in the folder, is pressed
        after that in the same processes, and waits for the method `shared`.
        """
        years = {int(year): n for year, n in archive.query(_YEARS)}
        plans = {year: self._plan(archive, year) for year in years if not self._unchanged(year)}
        ranges = [(year, step) for year, plan in plans.items() for step in plan if isinstance(step, Anew)]
        many = sum(years[year] if step == Anew("", None) else MEAN for year, step in ranges)
        processes = 1 if many < _FEW else self._settings.processes or os.cpu_count() or 1
        jobs = chain.from_iterable(_jobs(archive, *r) for r in ranges)
        if not self._years:
            jobs = chain(jobs, (Job(_SHARED, lines=lines) for lines in _pieces(shared)))
        self._pressed = pressed = Presses(self._wanted, processes).run(jobs)
        for year in years:
            if year not in plans:
                self._take_over(year)
            for step in plans.get(year, ()):
                if isinstance(step, Copied):
                    self._copy(year, step)
                    continue
                for done in pressed:
                    self._add(done)
                    self.pieces.setdefault(year, []).extend(done.pieces)
                    if done.ends:
                        break

    def _unchanged(self, year: int) -> bool:
        return self._previous is not None and year in self._previous.unchanged

    def _plan(self, archive: Articles, year: int) -> list[Copied | Anew]:
        """How the file of a year is made: from that of the release before, where its pieces are known."""
        pieces = self._previous.pieces.get(year, ()) if self._previous and self._years else ()
        if not pieces or not self._previous:
            return [Anew("", None)]
        old = self._previous.folder / year_file(year)
        if not old.is_file() or old.stat().st_size != sum(p.size for p in pieces):
            return [Anew("", None)]

        def is_there(id: str) -> bool:
            return bool(archive.query("SELECT 1 FROM article WHERE id = ?", (id,)))

        return list(plan(pieces, self._previous.changed.get(year, ()), is_there))

    def _copy(self, year: int, step: Copied) -> None:
        """Some pieces of the file of a year as the release before has them."""
        assert self._previous is not None  # noqa: S101  else there is no plan to copy
        size, count = (sum(getattr(p, name) for p in step.pieces) for name in ("size", "count"))
        section = Section(f"{year:04}", step.offset, size, count)
        self._open(year_file(year), "year", _title(year)).copy(
            section, self._previous.folder / year_file(year)
        )
        self.pieces.setdefault(year, []).extend(step.pieces)

    def _add(self, pressed: Pressed) -> None:
        section = pressed.section
        for kind, frame in pressed.ntriples:
            if not self._years:
                self._append("graph.nt", "graph", "The whole graph", section, frame)
            if section.isdigit():
                year = int(section)
                self._append(year_file(year).removesuffix(".zst"), "year", _title(year), section, frame)
            if self._kinds and kind in KINDS:
                self._kind(kind, section, frame)
            if kind == ONTOLOGY:
                self._append("ontology.nt", "ontology", "The ontology, as in the graph", section, frame)
        if self._kinds and pressed.links is not None:
            self._kind("links", section, pressed.links)
        for name, frame_or_none in (("graph.ttl", pressed.turtle), ("graph.nq", pressed.nquads)):
            if frame_or_none is not None:
                self._append(name, "graph", "The whole graph", section, frame_or_none)
        for table in filter(lambda t: t.name in pressed.csv, OWN_TABLES):
            self._csv(table, section, pressed.csv[table.name])
            self._parquet[table.name].add(section, pressed.arrow[table.name])

    def _kind(self, kind: str, section: str, frame: Frame) -> None:
        self._append(f"kind-{kind}.nt", "kind", _KIND_TITLES[kind], section, frame)

    def _csv(self, table: Table, section: str, frame: Frame) -> None:
        self._append(f"{table.name}.csv", "table", table.about, section, frame)

    def _append(self, name: str, group: str, title: str, section: str, frame: Frame) -> None:
        for extension, data in frame.data.items():
            if f"{name}.{extension}" in self._linked:
                continue
            self._open(f"{name}.{extension}", group, title).append(section, data, frame.count)

    def _open(self, name: str, group: str, title: str) -> OpenFile:
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = OpenFile(self._folder / name, group, title, rows=group == "table")
        return file

    def _take_over(self, year: int) -> None:
        """The sections of a year from the dumps of the release before."""
        assert self._previous is not None and self._before is not None  # noqa: S101, PT018  the caller looked
        for before in filter(self._wants, self._before.files):
            source = self._previous.folder / before.name
            section = next((s for s in before.sections if s.name == f"{year:04}"), None)
            if section is None or before.name in self._linked:
                continue
            table = before.name.removesuffix(".parquet")
            if before.group == "year":
                target = self._folder / before.name
                target.unlink(missing_ok=True)
                os.link(source, target)
                self._done.append(before)
            elif table in self._parquet and table != before.name:
                self._parquet[table].copy(section, source)
            else:
                self._open(before.name, before.group, before.title).copy(section, source)

    # --- what articles share ---

    def shared(self, path: Path, ontology: Path, archive: Articles, triples: int) -> None:
        """The lines of the file `path` (so many `triples`) that `articles` was told of; what is known of the
        Wikidata items that are used; the ontology; the table of entities.
        """
        self._done.append(describe(path, "graph", "Entities, events, issues, ontology", triples=triples))
        if self._years:
            self._pressed.close()
            return
        for packed in _paged(archive, _ITEMS, ""):
            frame = self._press.frame(b"".join(unpack(p) for _, p in packed))
            self._append("authority.nt", "authority", "The Wikidata items that are used", _SHARED, frame)
        target = self._folder / ontology.name
        target.unlink(missing_ok=True)
        shutil.copyfile(ontology, target)
        self._done.append(describe(target, "ontology", "The ontology"))
        if self._wanted.tables:
            self._entities(path, archive)
        for done in self._pressed:
            self._add(done)

    def _entities(self, shared: Path, archive: Articles) -> None:
        self._csv(ENTITIES, _HEAD, self._press.frame(tables.csv_header(ENTITIES), 0))
        path = self._folder / f"{ENTITIES.name}.parquet"
        path.unlink(missing_ok=True)
        writer = self._parquet[ENTITIES.name] = parquet.TableWriter(path, ENTITIES, self._said())
        rows = entity_rows(read_lines(shared), self._wanted.base, archive.query)
        while found := list(islice(rows, _JOB)):
            self._csv(ENTITIES, _SHARED, self._press.frame(tables.csv_rows(ENTITIES, found), len(found)))
            writer.add(_SHARED, parquet.batch(ENTITIES, found))

    # --- the end ---

    def content(self) -> dict[str, str]:
        """SHA-256 by name of the files that hold the graph, without its description."""
        known = {f.name: f.sha256 for f in self._done} | {n: f.sha256 for n, f in self._files.items()}
        return {name: digest for name, digest in known.items() if _CONTENT.fullmatch(name)}

    def dataset(self, lines: bytes) -> None:
        """The description of the dataset, which is part of the graph."""
        if not self._years:
            self._add(self._press.lines(_DATASET, lines))
        path = self._folder / "dataset.nt"
        replace_file(path, lines)
        self._done.append(describe(path, "dataset", "Description of the dataset", triples=lines.count(b"\n")))

    def close(self) -> DumpIndex:
        """Finish all files and write ``index.json``."""
        files = [*self._done, *(f.close() for f in self._files.values())]
        for name, writer in self._parquet.items():
            writer.close()
            path = self._folder / f"{name}.parquet"
            file = describe(path, "table", tables.BY_NAME[name].about, rows=writer.rows)
            files.append(dataclasses.replace(file, sections=tuple(writer.sections)))
        index = DumpIndex(
            self._wanted.base,
            self._settings.licence,
            self._settings.rights,
            tuple(sorted(files, key=lambda f: f.name)),
            complete=not self._years,
        )
        replace_file(self._folder / NAME, index.to_json())
        return index


def _title(year: int) -> str:
    return f"What the articles of {year:04} say"


_YEARS = "SELECT value, n FROM facet WHERE dimension = 'year' AND n > 0 ORDER BY value"
_OWN = (
    "SELECT id, own, triples FROM article JOIN article_triples USING (seq)"
    " WHERE id > ? AND id <= ? ORDER BY id LIMIT 1000"
)
_ITEMS = "SELECT id, triples FROM entity JOIN item USING (eid) WHERE id > ? ORDER BY id LIMIT 10000"


def _paged(archive: Articles, sql: str, after: str, *more: str) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in pages; the first column is what they are ordered by."""
    while rows := archive.query(sql, (after, *more)):
        yield rows
        after = rows[-1][0]


def _jobs(archive: Articles, year: int, step: Anew) -> Iterator[Job]:
    """Articles of a year, so many pieces at once; the last job says that it is, and may be empty."""
    some: list[tuple[str, bytes]] = []
    size = 0
    for rows in _paged(archive, _OWN, step.after or f"{year:04}-", step.last or f"{year:04}."):
        for id, own, triples in rows:
            if size >= _JOB and ends_piece(some[-1][0]):
                yield Job(f"{year:04}", tuple(some))
                some, size = [], 0
            some.append((id, own))
            size += triples
    yield Job(f"{year:04}", tuple(some), ends=True)


def _pieces(path: Path) -> Iterator[bytes]:
    """The lines of a file in pieces."""
    piece: list[bytes] = []
    for lines in read_lines(path):
        piece += lines
        while len(piece) >= _JOB:
            yield b"\n".join(piece[:_JOB]) + b"\n"
            piece = piece[_JOB:]
    if piece:
        yield b"\n".join(piece) + b"\n"


_KIND_TITLES = {
    "articles": "Articles, their dispatches, and issues",
    "mentions": "Mentions and quantities",
    "events": "Events and reports of them",
    "entities": "Places, sources, units and other entities",
    "links": "owl:sameAs links to Wikidata",
}
