"""Building an index: the embedded items with whatever tables, dumps and indexes are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.authority.authority import Authority
from kg.authority.embedded import EMBEDDED_DATE, embedded_items
from kg.authority.importers.dump import Selection, read_dump
from kg.authority.importers.files import InputFile
from kg.authority.importers.report import ImportReport
from kg.authority.importers.tables import read_rows
from kg.authority.index import IndexReport, write_index
from kg.authority.work import WorkFile
from kg.errors import AuthorityError
from kg.model import Item

_CHECKPOINT = 10_000
_SHOW = 1_000

Progress = Callable[[ImportReport, float], None]
"""Called now and then with the report so far and the fraction of the input that is read."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What went into an index, and what came out."""

    inputs: tuple[ImportReport, ...]
    index: IndexReport
    date: str


def build_index(
    output: Path,
    inputs: Sequence[Path] = (),
    *,
    selection: Selection | None = None,
    date: str | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Write the index of the embedded items and of `inputs` to `output`; resumes a build that was stopped.

    Inputs are tables (``.tsv``), dumps (``.json``), plain or compressed, or indexes; in order of
    seniority: of one item, the earlier input's statements stand and the later ones fill gaps.  The embedded
    items are senior to all.  `date` is otherwise that of the newest statement read.
    """
    for path in inputs:
        if not path.is_file():
            raise AuthorityError(f"{path}: no such file", remedy="name tables, dumps or indexes")
    output.parent.mkdir(parents=True, exist_ok=True)
    work = WorkFile(output.with_name(f".{output.name}.work"), inputs)
    done = False
    try:
        reports = tuple(_take(work, path, selection or Selection(), progress) for path in inputs)
        for item in embedded_items():
            work.add(item, senior=True)
        newest = date or max([EMBEDDED_DATE, *(r.date for r in reports)])
        names = ["embedded", *(str(path.name) for path in inputs)]
        index = write_index(output, work.items(), date=newest, sources=names)
        done = True
        return BuildReport(reports, index, newest)
    finally:
        work.close(delete=done)


def _take(work: WorkFile, path: Path, selection: Selection, progress: Progress | None) -> ImportReport:
    """Read one input into the work file, from where the last run left off."""
    name = str(path)
    after, done, report = work.progress(name)
    if done:
        return report
    file = InputFile(path)
    position = after
    for count, (position, item) in enumerate(_records(file, report, after, selection), start=1):
        if item is not None:
            work.add(item)
        if count % _CHECKPOINT == 0:
            work.checkpoint(name, position, report)
        if progress is not None and count % _SHOW == 0:
            progress(report, file.fraction)
    work.checkpoint(name, position, report, done=True)
    if progress is not None:
        progress(report, 1.0)
    return report


def _records(
    file: InputFile, report: ImportReport, after: int, selection: Selection
) -> Iterator[tuple[int, Item | None]]:
    suffixes = [s for s in file.path.suffixes if s not in {".gz", ".bz2", ".zst"}]
    match suffixes[-1:]:
        case [".tsv" | ".txt"]:
            return read_rows(file, report, after=after)
        case [".json" | ".ndjson" | ".jsonl"]:
            return read_dump(file, report, selection, after=after)
        case _:
            return _index_items(Authority(file.path), report, after)


def _index_items(authority: Authority, report: ImportReport, after: int) -> Iterator[tuple[int, Item | None]]:
    report.date = authority.date
    for number, item in enumerate(authority.items(), start=1):
        if number > after:
            report.read += 1
            report.kept += 1
            yield number, item
