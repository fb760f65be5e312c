"""All the files to download of a release that was published without most of them.

A build or an update publishes the graph as N-Triples by years, which are quickly made, and so can be queried
and browsed.  The other formats, slices and tables are made after that, beside the release, which never
changes::

    DATA/dumps/RELEASE/     every file; it appears as a whole, and is from then on what `Release.dumps` is
"""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
import time
from pathlib import Path

from kg.dumps.describing import describe_dumps
from kg.dumps.files import year_of
from kg.dumps.index import NAME, DumpIndex
from kg.dumps.writing import DumpWriter, Previous
from kg.errors import DatelineError
from kg.pipeline import finishing
from kg.pipeline.blocks import count_lines
from kg.pipeline.progress import Progress
from kg.pipeline.report import BuildReport
from kg.pipeline.staging import BLOCKS
from kg.pipeline.statistics import GraphStatistics
from kg.rdf import Minter, Writer
from kg.settings import Settings
from kg.store import durable
from kg.store.archive import Archive
from kg.store.cloning import link_or_copy
from kg.store.releases import Release, Releases


def is_complete(release: Release) -> bool:
    """Whether all files of a release are there."""
    return not (release.dumps / NAME).is_file() or DumpIndex.load(release.dumps).complete


def completed(report: BuildReport, release: Release, settings: Settings, progress: Progress) -> BuildReport:
    """Make the other files of a release that was published just now; the report of it, with the time that
    they took among its stages.  Where they could not be made the report says why; it is published even so.
    """
    progress.stage("Published; writing the files to download")
    started = time.perf_counter()
    try:
        complete_dumps(release, settings)
    except (OSError, sqlite3.Error, DatelineError) as e:
        return dataclasses.replace(report, unfinished=str(e))
    stages = {**report.stages, "files to download": time.perf_counter() - started}
    return dataclasses.replace(report, stages=stages)


def complete_dumps(release: Release, settings: Settings) -> bool:
    """Make all files of `release` that the settings ask for; False where they are there already.

    What the newest complete release before it has of years that did not change is taken over.  The files
    appear as a whole; a run that is ended leaves nothing behind.  Raises `ReleaseError` where another run is
    at work.
    """
    releases = Releases(settings.data)
    with releases.work("dump") as folder:
        if is_complete(release):
            return False
        target = folder / "dumps"
        target.mkdir()
        with contextlib.closing(Archive(release.articles)) as archive:
            _write(release, releases, settings, archive, target)
        durable.sync_tree(target)
        shelf = releases.derived_dumps
        shelf.mkdir(exist_ok=True)
        target.rename(shelf / release.id)
        durable.sync_file(shelf)
        return True


def _write(release: Release, releases: Releases, settings: Settings, archive: Archive, target: Path) -> None:
    manifest = release.manifest
    out = DumpWriter(target, settings, _previous(release, releases), years_of=release.path / "dumps")
    shared = target / finishing.SHARED
    link_or_copy(release.dumps / finishing.SHARED, shared)
    out.articles(archive, shared)
    out.shared(shared, finishing.ontology_file(), archive, count_lines(shared, archive.kept(BLOCKS)))
    out.dataset((release.dumps / "dataset.nt").read_bytes())
    writer = Writer(Minter(manifest.base), settings.newspaper)
    info = finishing.describe(
        writer, settings, archive, GraphStatistics.from_json(dict(manifest.statistics)),
        release=release.id, created=manifest.created, previous=manifest.previous,
        code_version=manifest.code_version, authority_date=str(manifest.authority["date"]),
    )  # fmt: skip
    describe_dumps(target, out.close(), writer, info)


def _previous(release: Release, releases: Releases) -> Previous | None:
    """The newest complete dumps of an older release, and the years that are the same in both."""
    code = release.manifest.fingerprint.get("code")
    for older in reversed(releases.all()):
        if older.id >= release.id or older.manifest.fingerprint.get("code") != code or not is_complete(older):
            continue
        files, before = release.manifest.files, older.manifest.files
        names = [n for n in files if n.startswith("dumps/articles-") and n.endswith(".nt.zst")]
        same = [n for n in names if n in before and before[n].sha256 == files[n].sha256]
        return Previous(older.dumps, {year_of(n.removeprefix("dumps/")) for n in same})
    return None
