"""``kg build``: a whole release from inputs, streaming, on all cores.

::

    read -> [convert] x cores -> own lines ----> bulk load (threads) -> optimise ---+
                              -> rows ---------> articles.db (thread) -> count -----+-> describe -> publish
                              -> shared lines -> external sort, counted -> load ----+

Converting processes are forked before the store is opened.  Queues are short, so that memory stays bounded
however much there is to read.
"""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import os
import resource
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.errors import InputError
from kg.model import Reject
from kg.pipeline import finishing
from kg.pipeline.convert import Batch, BatchResult, Converted, Converter
from kg.pipeline.feeding import Feed, count_files
from kg.pipeline.loading import Stage
from kg.pipeline.progress import Progress, Silent
from kg.pipeline.report import BuildReport, Counts, RejectLog
from kg.pipeline.runner import Runner, runner_for
from kg.pipeline.settling import Contest, Incumbent, rule
from kg.pipeline.statistics import GraphStatistics
from kg.settings import Settings
from kg.store.documents import load_article, load_document
from kg.store.lines import LineCounter
from kg.store.oxigraph import OxigraphSink
from kg.store.releases import Release, Releases
from kg.store.rows import ArticleRow
from kg.store.schema import line_hash
from kg.store.writing import ArchiveWriter

_LOADERS = 2


def build(
    inputs: Iterable[str | os.PathLike[str]],
    settings: Settings,
    *,
    converter: Converter | None = None,
    runner: Runner | None = None,
    progress: Progress | None = None,
    now: dt.datetime | None = None,
) -> BuildReport:
    """Convert `inputs` into a new release and publish it.

    The triples depend on the inputs, the code, the authority and the judgements alone: not on the number of
    processes, the order of the inputs or what is published now.  `now` is the date given to the release.
    Raises `InputError` where there is nothing to read, `ReleaseError` where another run is at work, and
    `StoreError` where the disk is full; whatever happens, the published release stays as it is.
    """
    started = time.perf_counter()
    progress = progress or Silent()
    progress.stage("Opening the authority")
    converter = converter or Converter.load(settings)
    runner = runner or runner_for(settings.processes)
    inputs = list(inputs)
    releases = Releases(settings.data)
    with releases.work("build") as folder:
        run = _Build(converter, settings, folder, progress, now or dt.datetime.now(dt.UTC))
        feed = Feed(inputs, max_article=settings.max_article)
        run.convert(feed, runner, count_files(inputs))
        if not run.counts.read:
            raise InputError(
                f"nothing to read in {', '.join(map(str, inputs))}", remedy="name files or folders"
            )
        release = run.publish(releases) if run.counts.converted else None
        return run.report(release, settings, time.perf_counter() - started)


class _Build:
    """One build on its way in `folder`."""

    def __init__(
        self, converter: Converter, settings: Settings, folder: Path, progress: Progress, now: dt.datetime
    ) -> None:
        self._converter = converter
        self._settings = settings
        self._folder = folder
        self._progress = progress
        self._now = now
        self.counts = Counts()
        self._items: set[str] = set()
        self._statistics = GraphStatistics()
        self._scratch = folder / "scratch"
        self._scratch.mkdir()
        self._dumps = folder / "dumps"
        self._dumps.mkdir()
        self._lines = LineCounter(self._scratch)
        self._contest = Contest(self._scratch)
        self._rejects = RejectLog(folder / "rejects.jsonl")
        self._verdicts: collections.Counter[str] = collections.Counter()
        self._seconds: collections.defaultdict[str, float] = collections.defaultdict(float)
        self._store_bytes = 0

    # --- converting ---

    def convert(self, feed: Feed, runner: Runner, total: int | None) -> None:
        """Read and convert everything, loading it on the way."""
        results = runner.run(self._converter.batch, feed)  # forks: before the store and the threads
        self._sink = OxigraphSink(self._folder / "store")
        self._archive = ArchiveWriter(self._folder / "articles.db", new=True)
        self._progress.stage("Converting", total)
        loader: Stage[bytes] = Stage("load", self._sink.write, threads=_LOADERS, depth=_LOADERS)
        archive: Stage[list[ArticleRow]] = Stage("archive", self._add_rows)
        try:
            with self._timed("convert (wall)"), contextlib.closing(results) as closing:
                for result in closing:
                    self._take(result, loader, archive)
                    self._set_aside(feed)
            self._set_aside(feed)
            self.counts.read = feed.read
            loader.finish()
            archive.finish()
        except BaseException:
            loader.stop()
            archive.stop()
            raise
        self._seconds["bulk load"] += loader.seconds
        self._seconds["archive"] += archive.seconds

    def _add_rows(self, rows: list[ArticleRow]) -> None:
        self._archive.add(rows, text=self._settings.include_text)

    def _take(self, result: BatchResult, loader: Stage[bytes], archive: Stage[list[ArticleRow]]) -> None:
        admitted = []
        for article in result.articles:
            verdict = self._contest.admit(article.row)
            if verdict is True:
                admitted.append(article)
                continue
            self._statistics.add(article.own.splitlines(), -1)
            if isinstance(verdict, Reject):
                self._duplicate(verdict)
        loader.put(self._accept(admitted))
        archive.put([a.row for a in admitted])
        for reject in result.rejects:
            self._reject(reject)
        for stage, seconds in result.seconds.items():
            self._seconds[stage] += seconds
        self._verdicts.update(result.counts)
        self._statistics.merge(result.by_property, result.by_class)
        self._progress.advance(len(result.articles) + len(result.rejects))

    def _accept(self, articles: list[Converted]) -> bytes:
        """Count articles in; their own lines are returned, to be loaded."""
        self.counts.converted += len(articles)
        for article in articles:
            self._items.update(article.row.items)
            self._lines.add(article.shared)
        return b"".join(a.own for a in articles)

    def _reject(self, reject: Reject) -> None:
        self.counts.rejected += 1
        self._rejects.add(reject)

    def _duplicate(self, reject: Reject) -> None:
        self.counts.duplicates += 1
        self._rejects.add(reject)

    def _set_aside(self, feed: Feed) -> None:
        for reject in feed.take_rejects():
            self._reject(reject)

    # --- settling ---

    def _settle(self) -> None:
        """Give every article that was kept back its identity, or reject it."""
        for id, origin in self._contest.moved.items():
            if origin < str(self._archive.query("SELECT origin FROM article WHERE id = ?", (id,))[0][0]):
                self._archive.moved(id, origin)
        challengers = list(self._contest.kept_back())
        incumbents = []
        for id in sorted({row.claimed for row in challengers}):
            sql = "SELECT id, claimed, text_hash, origin FROM article WHERE id = ?"
            incumbents += [Incumbent(*map(str, row)) for row in self._archive.query(sql, (id,))]
        ruling = rule(incumbents, challengers)
        again = [(load_article(load_document(row.doc)), id) for row, id in ruling.again]
        again += [
            (load_article(load_document(self._archive.document(old))), new) for old, new in ruling.rename
        ]
        gone = [*ruling.remove, *(old for old, _ in ruling.rename)]
        for id in gone:
            self._withdraw(id)
        for reject in ruling.duplicates:
            self._duplicate(reject)
        result = self._converter.batch(Batch(again=tuple(again)))
        for reject in result.rejects:
            self._reject(reject)
        self._statistics.merge(result.by_property, result.by_class)
        self._sink.write(self._accept(list(result.articles)))
        self._add_rows([a.row for a in result.articles])

    def _withdraw(self, id: str) -> None:
        own, shared = self._archive.triples_of(id)
        self._sink.remove(own)
        self._statistics.add(own.splitlines(), -1)
        self._lines.add(shared.splitlines(), -1)
        self._archive.remove([id], text=self._settings.include_text)
        self.counts.converted -= 1

    # --- finishing ---

    def publish(self, releases: Releases) -> Release:
        """Everything after the last article is loaded."""
        self._archive.index()
        if self._contest.contested or self._contest.moved:
            self._progress.stage("Settling identities")
            self._settle()
        self.counts.check()
        self._rejects.close()
        with self._timed("shared"):
            self._share()
        with self._timed("optimise and count (wall)"):
            self._optimise()
        return self._describe_and_publish(releases)

    def _share(self) -> None:
        """Write what articles share, the items they use, and the ontology: each line once."""
        self._progress.stage("Entities and events")
        writer = self._converter.writer
        items = finishing.closure(self._items, self._converter.authority, writer)
        rows = []
        for _, item in sorted(items.items()):
            triples = writer.entity(item)
            self._lines.add(triples.splitlines())
            rows.append(finishing.item_row(item, triples))
        self._archive.put_items(rows)
        self._lines.add(finishing.ontology_lines())
        counted: list[tuple[int, int]] = []
        finishing.write_shared(
            self._lines.merged(),
            self._dumps / "shared.nt.zst",
            self._sink.write,
            self._statistics,
            lambda line, n: counted.append((line_hash(line), n)),
        )
        self._archive.count_shared(counted)
        self._lines.close()

    def _optimise(self) -> None:
        """Compact the store while the archive is counted and dumped: one core each."""
        self._progress.stage("Optimising, counting, dumping")
        optimise: Stage[OxigraphSink] = Stage("optimise", OxigraphSink.optimize)
        optimise.put(self._sink)
        with self._timed("count"):
            if not self._settings.include_text:
                self._archive.strip_text()
            self._archive.recount()
        with self._timed("dump"):
            for (year,) in self._archive.query("SELECT DISTINCT day / 10000 FROM article ORDER BY 1"):
                assert isinstance(year, int)  # noqa: S101  for the type checker
                finishing.write_year(self._archive, self._dumps, year)
        optimise.finish()
        self._seconds["optimise"] += optimise.seconds

    def _describe_and_publish(self, releases: Releases) -> Release:
        self._progress.stage("Publishing")
        current = releases.current()
        previous = current.id if current else None
        sums = finishing.dump_sums(self._dumps)
        content = finishing.content_hash(sums)
        id = releases.new_id(self._now, content)
        description = finishing.describe(
            self._converter, self._settings, self._archive, self._statistics,
            release=id, now=self._now, previous=previous, dumps=self._dumps, sums=sums,
        )  # fmt: skip
        self._sink.add(description)
        self._sink.close()
        self._archive.set_meta({"release": id, "content": content, "base": self._settings.base})
        self._archive.close()
        self._scratch_away()
        manifest = finishing.manifest(
            self._converter, self._settings, self._statistics, self.counts,
            release=id, now=self._now, previous=previous, content=content, kind="build",
            dataset=description.count(b"\n"),
        )  # fmt: skip
        with self._timed("publish"):
            release = releases.publish(self._folder, manifest)
        self._store_bytes = sum(e.size for n, e in release.manifest.files.items() if n.startswith("store/"))
        return release

    def _scratch_away(self) -> None:
        for path in self._scratch.iterdir():
            path.unlink()
        self._scratch.rmdir()

    @contextlib.contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._seconds[stage] += time.perf_counter() - started

    def report(self, release: Release | None, settings: Settings, seconds: float) -> BuildReport:
        """What was done."""
        self.counts.check()
        return BuildReport(
            kind="build",
            release=release.id if release else None,
            path=release.path if release else None,
            counts=self.counts,
            articles=self.counts.converted,
            triples=release.manifest.triples if release else 0,
            mentions=dict(self._verdicts),
            seconds=seconds,
            stages=dict(self._seconds),
            rejects=self._keep_rejects(release, settings.data),
            store_bytes=self._store_bytes,
            peak_memory=peak_memory(),
        )

    def _keep_rejects(self, release: Release | None, data: Path) -> Path | None:
        """Where the rejects are to be read: with the release, or, without one, in the data directory."""
        self._rejects.close()
        if not self._rejects.count:
            return None
        if release is not None:
            return release.path / "rejects.jsonl"
        target = data / "rejects.jsonl"
        target.write_bytes((self._folder / "rejects.jsonl").read_bytes())
        return target


def peak_memory() -> int:
    """The most memory (bytes) that this process, or one of its children, has held."""
    usage = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(usage) * 1024
