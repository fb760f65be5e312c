"""``kg update``: a new release that differs from the published one in what has changed, and only there.

The result is what a full build of all inputs would give, triple for triple.  Store and archive are
cloned by hard links, so that the cost is that of the change, not of the archive::

    read -> [convert what is new] x cores -> ledger -> what each identity becomes -> store, articles.db,
                                                                    dumps, changes/ -> describe -> publish
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Generator, Iterable, Iterator

from kg.dumps.files import year_of
from kg.dumps.pieces import load_pieces
from kg.dumps.writing import DumpWriter, Previous
from kg.errors import InputError, ReleaseError, UsageError
from kg.model import Article, RawArticle
from kg.pipeline import finishing
from kg.pipeline.applying import Difference
from kg.pipeline.convert import Batch, BatchResult, Converter
from kg.pipeline.dumping import completed
from kg.pipeline.feeding import BATCH, Feed, count_files
from kg.pipeline.ledger import Ledger, Seen
from kg.pipeline.progress import Progress, Silent
from kg.pipeline.report import BuildReport
from kg.pipeline.runner import Runner, runner_for
from kg.pipeline.settling import as_claimed
from kg.pipeline.staging import JUDGEMENTS, ONTOLOGY, PIECES, Staging
from kg.pipeline.statistics import GraphStatistics
from kg.settings import Settings
from kg.store import overlay
from kg.store.archive import Archive
from kg.store.cloning import clone_store, link_or_copy
from kg.store.oxigraph import OxigraphSink
from kg.store.releases import Release, Releases
from kg.store.writing import ArchiveWriter


def update(
    inputs: Iterable[str | os.PathLike[str]],
    settings: Settings,
    *,
    delete_missing: bool = False,
    replace: bool = False,
    quick: bool = False,
    converter: Converter | None = None,
    runner: Runner | None = None,
    progress: Progress | None = None,
    now: dt.datetime | None = None,
) -> BuildReport:
    """Bring the published release up to date with `inputs`, and publish the result if anything changed.

    An input with new bytes is converted; it replaces what an input of the same name held before.  What is
    not among the inputs stays, or goes with `delete_missing`.  With `replace` an input takes the place of the
    article of another input, not among these, that has its date, page and title.  Where code, authority,
    judgements or settings have changed since, all that it concerns is converted again, from the kept text if
    it is not among the inputs; so without inputs an update does just that.

    The release is published with its graph as N-Triples by years; after that the other files to download are
    made beside it (`kg.pipeline.dumping`), unless `quick` says that somebody else will.  The report's seconds
    are those until publication.
    Raises as `kg.pipeline.build.build`, and `ReleaseError` where nothing is published yet.
    """
    progress = progress or Silent()
    progress.stage("Opening the authority")
    converter = converter or Converter.load(settings)
    runner = runner or runner_for(settings.processes)
    inputs = list(inputs)
    if delete_missing and not inputs:
        raise UsageError(
            "--delete-missing without inputs would remove every article", remedy="name the inputs"
        )
    if replace and not inputs:
        raise UsageError("--replace without inputs replaces nothing", remedy="name the inputs")
    releases = Releases(settings.data)
    with releases.work("update") as folder:
        old = releases.require()
        if old.manifest.kind == "mirror":
            raise ReleaseError(
                f"release {old.id} is a mirror: what is updated is the archive that it was copied from",
                remedy="kg mirror fetches its next release",
            )
        with contextlib.ExitStack() as stack:
            staging = stack.enter_context(Staging("update", converter, settings, folder, progress, now))
            run = _Update(staging, old, inputs, stack)
            run.convert(runner, delete_missing=delete_missing, replace=replace)
            release = run.apply(releases) if run.changed else None
            report = run.report(release)
    if release is None or quick:
        return report
    return completed(report, release, settings, progress)


class _Update:
    """One update of the release `old` on its way; what is open is closed by `stack`."""

    def __init__(
        self,
        staging: Staging,
        old: Release,
        inputs: list[str | os.PathLike[str]],
        stack: contextlib.ExitStack,
    ) -> None:
        self._staging = staging
        self._stack = stack
        self._old = old
        self._inputs = inputs
        archive = Archive(old.articles)  # refuses one of another version of the code
        text = archive.meta["text"] == "1"
        self._kept_judgements = archive.kept(JUDGEMENTS)
        self._kept_ontology = archive.kept(ONTOLOGY).splitlines()
        archive.close()
        if text != staging.settings.include_text:
            raise ReleaseError(
                f"release {old.id} was made with include_text = {str(text).lower()}",
                remedy="keep the setting, or run kg build",
            )
        staging.statistics = GraphStatistics.from_json(dict(old.manifest.statistics))
        self._ledger = stack.enter_context(contextlib.closing(Ledger(staging.scratch, old.articles)))
        made, asked = dict(old.manifest.fingerprint), staging.converter.fingerprint
        self._stale = made != asked
        self._because = tuple(sorted(k for k in made.keys() | asked.keys() if made.get(k) != asked.get(k)))
        concerned = self._concerned(made, asked)
        if concerned is None:
            self._ledger.all_stale = self._stale
        else:
            self._ledger.convert_again(concerned)
        self._ontology = finishing.ontology_lines()
        self._difference: Difference | None = None
        self._again = 0  # articles that were converted from their kept text

    def _concerned(self, made: dict[str, str], asked: dict[str, str]) -> list[str] | None:
        """The articles that new judgements speak of, where nothing else has changed; None: it may be any."""
        old, new = self._kept_judgements, self._staging.converter.judgements
        if {**made, "judgements": ""} != {**asked, "judgements": ""} or not new.startswith(old):
            return None
        articles = [json.loads(line).get("article") for line in new[len(old) :].splitlines() if line.strip()]
        return None if None in articles else articles

    # --- converting ---

    def convert(self, runner: Runner, *, delete_missing: bool, replace: bool) -> None:
        """Read everything, and convert what is new."""
        staging = self._staging
        feed = Feed(
            self._inputs, max_article=staging.settings.max_article, wanted=self._wanted,
            without=staging.settings.data,
        )  # fmt: skip
        batches = self._batches(feed, delete_missing=delete_missing)
        results = runner.run(staging.converter.batch, batches)  # forks: before any thread
        staging.progress.stage("Reading", count_files(self._inputs) if self._inputs else None)
        with staging.timed("convert (wall)"), contextlib.closing(results) as closing:
            self._take(closing)
        staging.counts.read += feed.read
        if self._inputs and not feed.read:
            raise InputError(
                f"nothing to read in {', '.join(map(str, self._inputs))}", remedy="name files or folders"
            )
        self._ledger.finish(delete_missing=delete_missing, replace=replace)

    def _take(self, results: Generator[BatchResult, None, None]) -> None:
        for result in results:
            for article in result.articles:
                self._ledger.add(article)
            self._staging.take(result)

    def _batches(self, feed: Feed, *, delete_missing: bool) -> Iterator[Batch]:
        for batch in feed:
            self._set_aside(feed)
            yield batch
        self._set_aside(feed)
        if not delete_missing:
            yield from self._kept()

    def _set_aside(self, feed: Feed) -> None:
        for reject in feed.take_rejects():
            self._ledger.see_reject(reject)
            self._staging.reject(reject)

    def _wanted(self, raw: RawArticle) -> bool:
        counts = self._staging.counts
        seen = self._ledger.see(raw.origin, raw.sha256)
        counts.unchanged += seen is Seen.UNCHANGED
        counts.duplicates += seen in (Seen.DUPLICATE, Seen.AGAIN)
        if seen is not Seen.NEW:
            self._staging.progress.advance(1)
        return seen is Seen.NEW

    def _kept(self) -> Iterator[Batch]:
        """Kept articles that are to be converted again."""
        again: list[tuple[Article, str]] = []
        for origin, claimed, doc in self._ledger.kept_stale():
            again.append((as_claimed(doc, claimed, origin), claimed))
            self._again += 1
            if len(again) == BATCH:
                yield Batch(again=tuple(again))
                again = []
        if again:
            yield Batch(again=tuple(again))

    # --- applying ---

    @property
    def changed(self) -> bool:
        """Whether the new release would differ."""
        if self._stale or self._ledger.changed:
            return True
        return self._kept_ontology != self._ontology

    def apply(self, releases: Releases) -> Release:
        """Apply the difference to a clone, and publish it."""
        staging, old = self._staging, self._old
        staging.progress.stage("Cloning the release")
        with staging.timed("clone"):
            clone_store(old.store, staging.folder / "store")
            overlay.clone(old.articles, staging.folder / "articles.db")
        sink = OxigraphSink(staging.folder / "store")
        archive = ArchiveWriter(staging.folder / "articles.db", new=False)
        self._stack.callback(archive.abandon)
        self._difference = change = Difference(staging, self._ledger, sink, archive)
        self._stack.callback(change.close)
        staging.progress.stage("Applying the difference")
        with staging.timed("apply"):
            change.articles(self._ledger.groups())
        staging.counts.check()
        with staging.timed("shared"):
            change.items(all_new=self._stale)
            change.ontology(self._ontology)
            staging.keep_making(archive, self._ontology)
            before = old.path / "dumps" / finishing.SHARED
            if not change.shared(before, staging.dumps / finishing.SHARED):
                link_or_copy(before, staging.dumps / finishing.SHARED)
        staging.progress.stage("Counting, dumping")
        with staging.timed("count"):
            change.recount()
        with staging.timed("dump"):
            dumps = self._dump(archive)
        self._ledger.close()
        staging.progress.stage("Publishing")
        draft = staging.describe(releases, archive, dumps)
        change.description((old.dumps / "dataset.nt").read_bytes(), draft.lines)
        change.close()
        return staging.publish(releases, draft, sink, archive)

    def _dump(self, archive: ArchiveWriter) -> DumpWriter:
        """Write the dumps of the years; what the old release has that is unchanged is taken over."""
        old, changed = self._old, self._difference.changed if self._difference else {}
        code = self._staging.converter.fingerprint["code"]
        if old.manifest.fingerprint.get("code") != code:
            return self._staging.dump(archive)
        own = old.path / "dumps"  # whose files the manifest lists, so that links need no hashing
        names = (path.name for path in own.glob("articles-*.nt.zst"))
        unchanged = set(map(year_of, names)) - changed.keys()
        pieces = {year: load_pieces(archive.kept(f"{PIECES}{year}")) for year in changed}
        return self._staging.dump(archive, Previous(own, unchanged, changed, pieces))

    def report(self, release: Release | None) -> BuildReport:
        """What was done."""
        change = self._difference
        archive = Archive((release or self._old).articles)
        articles = archive.statistics().get("total", {}).get("articles", 0)
        archive.close()
        if not self._inputs:  # then it has read the texts that it keeps
            counts = self._staging.counts
            counts.converted = min(self._again, articles)
            counts.unchanged = articles - counts.converted
            counts.read = articles + counts.duplicates + counts.rejected
        return self._staging.report(
            release,
            articles=articles,
            removed=change.withdrawn if change else 0,
            added=change.changes.added if change else 0,
            deleted=change.changes.removed if change else 0,
            because=self._because if release else (),
            beside=tuple(change.beside) if change else (),
        )
