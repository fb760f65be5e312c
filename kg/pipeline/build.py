"""``kg build``: a whole release from inputs, streaming, on all cores.

::

    read -> [convert] x cores -> own lines ----> one bulk load ---------> optimise -----+
                              -> shared lines -> external sort, counted -^              |
                              -> rows ---------> articles.db (thread) -> count, dump ---+-> describe, publish
    then, the release being published: the other files to download (`kg.pipeline.dumping`)

Converting processes are forked before the store is opened.  Queues are short, so that memory stays bounded
however much there is to read.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
from collections.abc import Callable, Iterable

from kg.dumps.writing import DumpWriter
from kg.errors import InputError
from kg.model import Article, Reject
from kg.pipeline import finishing
from kg.pipeline.blocks import dump_blocks
from kg.pipeline.convert import Batch, BatchResult, Converted, Converter
from kg.pipeline.dumping import completed
from kg.pipeline.feeding import Feed, count_files
from kg.pipeline.loading import Stage
from kg.pipeline.progress import Progress, Silent
from kg.pipeline.report import BuildReport
from kg.pipeline.runner import Runner, runner_for, seldom_collected
from kg.pipeline.settling import Contest, Member, as_claimed, seats
from kg.pipeline.staging import BLOCKS, Staging, own_lines
from kg.settings import Settings
from kg.store.lines import LineCounter
from kg.store.oxigraph import OxigraphSink
from kg.store.releases import Release, Releases
from kg.store.rows import ArticleRow, DuplicateRow
from kg.store.schema import line_hash
from kg.store.writing import ArchiveWriter

_AHEAD = 2  # batches that wait to be loaded


@seldom_collected()
def build(
    inputs: Iterable[str | os.PathLike[str]],
    settings: Settings,
    *,
    quick: bool = False,
    converter: Converter | None = None,
    runner: Runner | None = None,
    progress: Progress | None = None,
    now: dt.datetime | None = None,
) -> BuildReport:
    """Convert `inputs` into a new release and publish it.

    The triples depend on the inputs, the code, the authority and the judgements alone: not on the number of
    processes, the order of the inputs or what is published now.  `now` is the date given to the release.

    It is published with its graph as N-Triples by years; after that the other files to download are made
    beside it, unless `quick` says that somebody else will.  The report's seconds are those until publication.
    Raises `InputError` where there is nothing to read, `ReleaseError` where another run is at work, and
    `StoreError` where the disk is full; whatever happens, the published release stays as it is.
    """
    progress = progress or Silent()
    progress.stage("Opening the authority")
    converter = converter or Converter.load(settings)
    runner = runner or runner_for(settings.processes)
    inputs = list(inputs)
    releases = Releases(settings.data)
    with releases.work("build") as folder, contextlib.ExitStack() as stack:
        staging = stack.enter_context(Staging("build", converter, settings, folder, progress, now))
        run = _Build(staging, stack)
        feed = Feed(inputs, max_article=settings.max_article, without=settings.data)
        run.convert(feed, runner, count_files(inputs))
        if not staging.counts.read:
            raise InputError(
                f"nothing to read in {', '.join(map(str, inputs))}", remedy="name files or folders"
            )
        release = run.publish(releases) if staging.counts.converted else None
        report = staging.report(release, articles=staging.counts.converted)
    return report if release is None or quick else completed(report, release, settings, progress)


class _Build:
    """One build on its way; what is open is closed by `stack`."""

    def __init__(self, staging: Staging, stack: contextlib.ExitStack) -> None:
        self._staging = staging
        self._stack = stack
        self._converter = staging.converter
        self._text = staging.settings.include_text
        self._items: set[str] = set()
        self._lines = LineCounter(staging.scratch)
        self._contest = Contest(staging.scratch)
        self._withdrawn: set[bytes] = set()  # own lines that are being loaded, and are to be removed

    # --- converting ---

    def convert(self, feed: Feed, runner: Runner, total: int | None) -> None:
        """Read and convert everything, loading it on the way."""
        staging = self._staging
        results = runner.run(self._converter.batch, feed)  # forks: before the store and the threads
        self._sink = OxigraphSink(staging.folder / "store")
        self._archive = ArchiveWriter(staging.folder / "articles.db", new=True)
        self._stack.callback(self._archive.abandon)
        staging.progress.stage("Converting", total)
        self._load = self._sink.bulk(minted=True)
        self._stack.callback(self._load.abandon)
        self._loader: Stage[bytes] = Stage("load", self._load.write, depth=_AHEAD)
        self._stack.callback(self._loader.stop)
        archive: Stage[list[ArticleRow]] = Stage("archive", self._add_rows)
        try:
            with staging.timed("convert (wall)"), contextlib.closing(results) as closing:
                for result in closing:
                    self._take(result, archive)
                    self._set_aside(feed)
            self._set_aside(feed)
            staging.counts.read = feed.read
            archive.finish()
        except BaseException:
            archive.stop()
            raise
        staging.seconds["archive"] += archive.seconds

    def _add_rows(self, rows: list[ArticleRow]) -> None:
        self._archive.add(rows, text=self._text)

    def _take(self, result: BatchResult, archive: Stage[list[ArticleRow]]) -> None:
        staging = self._staging
        admitted = []
        for article in result.articles:
            verdict = self._contest.admit(article.row)
            if verdict is True:
                admitted.append(article)
                continue
            staging.statistics.add(article.own.splitlines(), -1)
            if isinstance(verdict, Reject):
                staging.duplicate(verdict)
        self._loader.put(self._accept(admitted))
        archive.put([a.row for a in admitted])
        staging.statistics.merge(result.by_property, result.by_class)
        staging.take(result)

    def _accept(self, articles: list[Converted]) -> bytes:
        """Count articles in; their own lines are returned, to be loaded."""
        self._staging.counts.converted += len(articles)
        for article in articles:
            self._items.update(article.row.items)
            self._lines.add(article.shared)
        return own_lines(articles)

    def _set_aside(self, feed: Feed) -> None:
        for reject in feed.take_rejects():
            self._staging.reject(reject)

    # --- settling ---

    def _settle(self) -> None:
        """Give every article that was kept back its identity, or set it aside."""
        self._name_by_first_origin()
        rows = {row.origin: row for row in self._contest.kept_back()}
        held: dict[str, str] = {}  # origin -> identity in the archive, which is as claimed
        members = [_member(row) for row in rows.values()]
        for claimed in sorted({row.claimed for row in rows.values()}):
            sql = "SELECT origin, sha256, claimed, text_hash FROM article WHERE id = ?"
            for found in self._archive.query(sql, (claimed,)):
                member = Member(*map(str, found))
                held[member.origin] = claimed
                members.append(member)
        verdicts = seats(members)
        seated = {m.sha256 for m in members if not isinstance(verdicts[m.origin], Reject)}
        again: list[tuple[Article, str]] = []
        for member in sorted(members, key=lambda m: (m.claimed, m.origin)):
            row = rows.get(member.origin)
            seat = verdicts[member.origin]
            if row is None and seat == held[member.origin]:
                continue
            doc = row.doc if row is not None else self._archive.document(held[member.origin])
            if row is None:
                self._withdraw(held[member.origin])
            if isinstance(seat, Reject):
                self._staging.duplicate(seat)
                self._archive.put_duplicates([_duplicate(member, None if member.sha256 in seated else doc)])
            else:
                again.append((as_claimed(doc, member.claimed, member.origin), seat))
        self._convert_again(again)

    def _convert_again(self, again: list[tuple[Article, str]]) -> None:
        result = self._converter.batch(Batch(again=tuple(again)))
        for reject in result.rejects:
            self._staging.reject(reject)
        self._staging.statistics.merge(result.by_property, result.by_class)
        own = self._accept(list(result.articles))
        self._withdrawn.difference_update(own.splitlines(keepends=True))  # said again, of another article
        self._loader.put(own)
        self._add_rows([a.row for a in result.articles])

    def _name_by_first_origin(self) -> None:
        """Of inputs with the same bytes, that of the smallest origin gives the article."""
        for same in self._contest.same():
            sql = "SELECT origin FROM article WHERE id = ? AND sha256 = ?"
            origin = str(self._archive.query(sql, (same.claimed, same.sha256))[0][0])
            if same.origin < origin:
                self._archive.moved(same.claimed, same.origin)
            later = dataclasses.replace(same, origin=max(same.origin, origin))
            if same.origin != origin:  # else: one input named twice
                self._archive.put_duplicates([later])

    def _withdraw(self, id: str) -> None:
        own, shared = self._archive.triples_of(id)
        self._withdrawn.update(own.splitlines(keepends=True))
        self._staging.statistics.add(own.splitlines(), -1)
        self._lines.add(shared.splitlines(), -1)
        self._archive.remove([id], text=self._text)
        self._staging.counts.converted -= 1

    # --- finishing ---

    def publish(self, releases: Releases) -> Release:
        """Everything after the last article is loaded."""
        staging = self._staging
        with staging.timed("index"):
            self._archive.index()
        if self._contest.clashes:
            staging.progress.stage("Settling identities")
            self._settle()
        staging.counts.check()
        with staging.timed("shared"):
            self._share()
        with staging.timed("optimise, count, dump (wall)"):
            dumps = self._optimise()
        staging.progress.stage("Publishing")
        draft = staging.describe(releases, self._archive, dumps)
        self._sink.add(draft.lines)
        return staging.publish(releases, draft, self._sink, self._archive)

    def _share(self) -> None:
        """Write what articles share, the items they use, and the ontology: each line once."""
        staging = self._staging
        staging.progress.stage("Entities and events")
        writer = self._converter.writer
        items = finishing.closure(self._items, self._converter.authority, writer)
        rows = []
        for _, item in sorted(items.items()):
            triples = writer.entity(item)
            self._lines.add(triples.splitlines())
            rows.append(finishing.item_row(item, triples))
        self._archive.put_items(rows)
        ontology = finishing.ontology_lines()
        self._lines.add(ontology)
        staging.keep_making(self._archive, ontology)
        counted: list[tuple[int, int]] = []
        blocks = finishing.write_shared(
            self._lines.merged(),
            staging.dumps / finishing.SHARED,
            self._loader.put,
            staging.statistics,
            lambda line, n: counted.append((line_hash(line), n)),
        )
        self._archive.keep(BLOCKS, dump_blocks(blocks))
        self._archive.count_shared(counted)
        self._lines.close()

    def _optimise(self) -> DumpWriter:
        """Finish the store while the archive is counted and the graph's dump is written."""
        staging = self._staging
        staging.progress.stage("Optimising, counting, dumping")
        finish: Stage[Callable[[], None]] = Stage("optimise", lambda work: work())
        self._stack.callback(finish.stop)
        finish.put(self._finish_store)
        with staging.timed("count"):
            if not self._text:
                self._archive.strip_text()
            self._archive.recount()
        with staging.timed("dump"):
            dumps = staging.dump(self._archive)
        finish.finish()
        return dumps

    def _finish_store(self) -> None:
        staging = self._staging
        with staging.timed("end of load (wall)"):
            self._loader.finish()
            self._load.finish()
        staging.seconds["parse triples"] += self._load.seconds
        with staging.timed("optimise (wall)"):
            self._sink.optimize()
            # Only now: RocksDB lets nothing be written while so many of the load's files wait to be merged.
            if self._withdrawn:
                self._sink.remove(b"".join(sorted(self._withdrawn)))
                # The merge into an empty store did not compress; another does, where there is much.
                self._sink.optimize()


def _member(row: ArticleRow) -> Member:
    return Member(row.origin, row.sha256, row.claimed, row.text_hash)


def _duplicate(member: Member, doc: bytes | None) -> DuplicateRow:
    return DuplicateRow(member.origin, member.sha256, member.claimed, member.text_hash, doc)
