"""What build and update have in common: the folder that a release grows in, counts, times, publication."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime as dt
import resource
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.dumps.describing import describe_dumps
from kg.dumps.pieces import dump_pieces
from kg.dumps.writing import DumpWriter, Previous
from kg.errors import StoreError
from kg.model import Reject
from kg.pipeline import finishing
from kg.pipeline.blocks import count_lines
from kg.pipeline.convert import BatchResult, Converted, Converter
from kg.pipeline.progress import Progress
from kg.pipeline.report import BuildReport, Counts, RejectLog
from kg.pipeline.statistics import GraphStatistics
from kg.settings import Settings
from kg.store.oxigraph import OxigraphSink
from kg.store.releases import Release, Releases
from kg.store.writing import ArchiveWriter

ONTOLOGY = "ontology"
JUDGEMENTS = "judgements"
BLOCKS = "blocks"  # of the shared lines' dump
PIECES = "pieces-"  # of the dump of a year, which follows


class Staging:
    """A release on its way in `folder`."""

    def __init__(
        self,
        kind: str,
        converter: Converter,
        settings: Settings,
        folder: Path,
        progress: Progress,
        now: dt.datetime | None,
    ) -> None:
        self.kind = kind
        self.converter = converter
        self.settings = settings
        self.folder = folder
        self.progress = progress
        self.now = now or dt.datetime.now(dt.UTC)
        self.started = time.perf_counter()
        self.counts = Counts()
        self.statistics = GraphStatistics()
        self.rejects = RejectLog(folder / "rejects.jsonl")
        self.verdicts: collections.Counter[str] = collections.Counter()
        self.seconds: collections.defaultdict[str, float] = collections.defaultdict(float)
        self.scratch = folder / "scratch"
        self.dumps = folder / "dumps"
        for directory in (self.scratch, self.dumps):
            directory.mkdir()

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Close what is open; a write that failed is a `StoreError`."""
        with contextlib.suppress(OSError):
            self.rejects.close()
        if isinstance(error, OSError | sqlite3.Error):
            raise StoreError(
                f"{self.folder}: cannot be written: {error}",
                remedy="is the disk full? nothing was published: free space and run it again",
            ) from error

    # --- taking what was converted ---

    def take(self, result: BatchResult) -> None:
        """Count what a batch brought: times, mentions, rejects."""
        for reject in result.rejects:
            self.reject(reject)
        for stage, seconds in result.seconds.items():
            self.seconds[stage] += seconds
        self.verdicts.update(result.counts)
        self.progress.advance(len(result.articles) + len(result.rejects))

    def reject(self, reject: Reject) -> None:
        """Set an input aside that cannot be read."""
        self.counts.rejected += 1
        self.rejects.add(reject)

    def duplicate(self, reject: Reject) -> None:
        """Set an input aside that is the same as another."""
        self.counts.duplicates += 1
        self.rejects.add(reject)

    @contextlib.contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the wall time of the block to a stage."""
        started = time.perf_counter()
        yield
        self.seconds[stage] += time.perf_counter() - started

    # --- publishing ---

    def keep_making(self, archive: ArchiveWriter, ontology: list[bytes]) -> None:
        """Keep what the release was made with: what the next update compares."""
        archive.keep(ONTOLOGY, b"".join(line + b"\n" for line in ontology))
        archive.keep(JUDGEMENTS, self.converter.judgements)
        archive.set_meta({"base": self.settings.base, "text": str(int(self.settings.include_text))})

    def dump(self, archive: ArchiveWriter, previous: Previous | None = None) -> DumpWriter:
        """Write the graph as N-Triples by years, all but the dataset's description; ``shared.nt.zst`` is
        there already, and `kg.pipeline.dumping` makes the other files later.
        """
        out = DumpWriter(self.dumps, self.settings, previous, years=True)
        shared = self.dumps / finishing.SHARED
        out.articles(archive, shared)
        for year, pieces in out.pieces.items():
            archive.keep(f"{PIECES}{year}", dump_pieces(pieces))
        out.shared(shared, finishing.ontology_file(), archive, count_lines(shared, archive.kept(BLOCKS)))
        return out

    def describe(self, releases: Releases, archive: ArchiveWriter, dumps: DumpWriter) -> Draft:
        """Name the release, describe its dataset and finish its `dumps`."""
        previous = releases.current_id()
        content = finishing.content_hash(dumps.content())
        id = releases.new_id(self.now, content)
        info = finishing.describe(
            self.converter.writer, self.settings, archive, self.statistics,
            release=id, created=finishing.iso_time(self.now), previous=previous,
            code_version=self.converter.fingerprint["code"], authority_date=self.converter.authority.date,
        )  # fmt: skip
        lines = self.converter.writer.dataset(info)
        dumps.dataset(lines)
        describe_dumps(self.dumps, dumps.close(), self.converter.writer, info)
        archive.set_meta({"release": id, "content": content})
        return Draft(id, content, previous, lines)

    def publish(
        self, releases: Releases, draft: Draft, sink: OxigraphSink, archive: ArchiveWriter
    ) -> Release:
        """Close everything and publish."""
        self.rejects.close()
        sink.close()
        archive.close()
        for path in self.scratch.iterdir():
            path.unlink()
        self.scratch.rmdir()
        manifest = finishing.manifest(
            self.converter, self.settings, self.statistics, self.counts,
            release=draft.id, now=self.now, previous=draft.previous, content=draft.content, kind=self.kind,
            dataset=draft.lines.count(b"\n"),
        )  # fmt: skip
        with self.timed("publish"):
            return releases.publish(self.folder, manifest)

    def report(
        self,
        release: Release | None,
        *,
        articles: int,
        removed: int = 0,
        added: int = 0,
        deleted: int = 0,
        because: tuple[str, ...] = (),
        beside: tuple[tuple[str, str], ...] = (),
    ) -> BuildReport:
        """What was done."""
        self.counts.check()
        files = release.manifest.files.items() if release else ()
        return BuildReport(
            kind=self.kind,
            release=release.id if release else None,
            path=release.path if release else None,
            counts=self.counts,
            articles=articles,
            triples=release.manifest.triples if release else 0,
            mentions=dict(self.verdicts),
            removed=removed,
            added=added,
            deleted=deleted,
            seconds=time.perf_counter() - self.started,
            stages=dict(self.seconds),
            rejects=self._keep_rejects(release),
            store_bytes=sum(e.size for n, e in files if n.startswith("store/")),
            peak_memory=peak_memory(),
            because=because,
            beside=beside,
        )

    def _keep_rejects(self, release: Release | None) -> Path | None:
        """Where the rejects are to be read: with the release, or, without one, in the data directory."""
        self.rejects.close()
        if not self.rejects.count:
            return None
        if release is not None:
            return release.path / "rejects.jsonl"
        target = self.settings.data / "rejects.jsonl"
        target.write_bytes((self.folder / "rejects.jsonl").read_bytes())
        return target


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A release that has a name, but is not published: `lines` describe its dataset, as N-Triples."""

    id: str
    content: str
    previous: str | None
    lines: bytes


def own_lines(articles: Iterable[Converted]) -> bytes:
    """The lines that articles own, joined."""
    return b"".join(a.own for a in articles)


def peak_memory() -> int:
    """The most memory (bytes) that this process, or one of its children, has held."""
    usage = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(usage) * 1024
