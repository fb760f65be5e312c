"""Building an index: the embedded items with whatever tables, dumps and indexes are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.authority.authority import Authority
from kg.authority.embedded import embedded_date, embedded_items
from kg.authority.importers.dump import Selection, read_dump
from kg.authority.importers.files import InputFile
from kg.authority.importers.report import ImportReport
from kg.authority.importers.tables import read_rows
from kg.authority.index import IndexReport, write_index
from kg.authority.work import WorkFile
from kg.errors import AuthorityError
from kg.model import STATES, Item
from kg.text import fold

_CHECKPOINT = 10_000
_SHOW = 1_000
_NAMESAKE = 0.15  # what a namesake's prior is at most, of the hand-kept item's
_STATE_OF_OLD = 0.03
_PERIOD = "1940"
_SQLITE = b"SQLite format 3\0"

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
        seniors = embedded_items()
        for item in seniors:
            work.add(item, senior=True)
        newest = date or max([embedded_date(), *(r.date for r in reports)])
        names = ["embedded", *(str(path.name) for path in inputs)]
        index = write_index(output, yielding(work.items(), seniors), date=newest, sources=names)
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
        case _ if _is_database(file.path):
            return _index_items(Authority(file.path), report, after)
        case _:
            raise AuthorityError(
                f"{file.path}: neither a table (.tsv), a dump (.json) nor an index",
                remedy="name it by what it is",
            )


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _index_items(authority: Authority, report: ImportReport, after: int) -> Iterator[tuple[int, Item | None]]:
    report.date = authority.date
    for number, item in enumerate(authority.items(), start=1):
        if number > after:
            report.read += 1
            report.kept += 1
            yield number, item


def yielding(items: Iterable[Item], seniors: Iterable[Item]) -> Iterator[Item]:
    """Imported items made to yield to the hand-kept `seniors`, which are what papers of the period name.

    The names of the seniors are settled among them: an import gives none of them a name of another.  Of
    imported items that bear the name of a senior of their kind the prior is cut to a part of the
    senior's.  The hand-kept states are all states of the archive's time, so an imported one that does not
    prove to have lived then is a state of old and hardly ever meant.
    """
    kept: dict[str, Item] = {}
    borne: dict[tuple[str, str], float] = {}
    for senior in seniors:
        kept[senior.id] = senior
        if senior.id.startswith("Q"):  # one without a QID may be the imported item itself
            for _, text in (*senior.labels, *senior.aliases):
                key = senior.kind, fold(text)
                borne[key] = max(borne.get(key, 0.0), senior.prior)
    for item in items:
        own = kept.get(item.id)
        yield _yielding(item, borne) if own is None else _settled(item, own, borne)


def _settled(item: Item, own: Item, borne: Mapping[tuple[str, str], float]) -> Item:
    """A senior with the names that it got from imports, but for those of other seniors."""
    names = {*own.labels, *own.aliases}
    kept = tuple(a for a in item.aliases if a in names or (item.kind, fold(a[1])) not in borne)
    return item if kept == item.aliases else replace(item, aliases=kept)


def _yielding(item: Item, borne: Mapping[tuple[str, str], float]) -> Item:
    prior = item.prior
    rivals = (borne.get((item.kind, fold(text)), 0.0) for _, text in (*item.labels, *item.aliases))
    if (most := max(rivals, default=0.0)) > 0:
        prior = min(prior, round(most * _NAMESAKE, 4))
    if item.subkind in STATES and (item.end or "") < _PERIOD:
        return replace(item, subkind="historical_country", prior=min(prior, _STATE_OF_OLD))
    return replace(item, prior=prior) if prior != item.prior else item
