"""``kg convert``: articles to sharded N-Triples, on one machine or many, for any store.

A shard is a run of input files.  It becomes three files::

    articles-00042.nt.zst   what its articles own, sorted
    shared-00042.nt.zst     what they say of events, issues and entities without an item, sorted
    shard-00042.json        written last: what went in and came out, with SHA-256; a shard that has it is done

and at the end there are ``entities.nt.zst`` (the authority items that are used, and the ontology) and
``manifest.json``.  The union of all lines is the graph that ``kg build`` makes of the same inputs, but for
the description of the dataset; lines of the shared files may stand in several of them.

Articles of different shards may claim one identity.  So the shards are made, the claims are compared, and
the few shards with a clash are made again under the identities that were settled.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import zstandard

from kg.articles import list_inputs, read_inputs, read_stream
from kg.errors import InputError, ReleaseError
from kg.model import RawArticle, Reject
from kg.pipeline import finishing
from kg.pipeline.convert import Batch, Converted, Converter
from kg.pipeline.folders import Folder, is_url, list_url, open_url
from kg.pipeline.progress import Progress, Silent
from kg.pipeline.runner import Runner, runner_for
from kg.pipeline.settling import Member, as_claimed, seats
from kg.settings import Settings

_LEVEL = 3
_FILES = 1000  # input files a shard, at most
_BYTES = 64 << 20  # of input a shard, about


@dataclass(frozen=True, slots=True)
class Shard:
    """What one task does; `seats` are identities that were settled otherwise (origin, identity or "")."""

    number: int
    inputs: tuple[str, ...]
    seats: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """What all tasks have in common."""

    settings: Settings
    out: str
    key: str  # hash of the fingerprint


@dataclass(slots=True)
class ShardReport:
    """What came of a shard; the content of its JSON file."""

    number: int
    key: str
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    read: int = 0
    converted: int = 0
    duplicates: int = 0
    rejects: list[list[Any]] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    claims: list[list[str]] = field(default_factory=list)  # origin, sha256, claimed, text hash

    def to_json(self) -> bytes:
        """One document."""
        return json.dumps({n: getattr(self, n) for n in self.__slots__}, ensure_ascii=False).encode(
            "utf-8", "backslashreplace"
        )


@functools.cache
def converter_of(settings: Settings) -> Converter:
    """One a process; a forked one has its parent's."""
    return Converter.load(settings)


def convert(
    inputs: Iterable[str],
    settings: Settings,
    out: str,
    *,
    runner: Runner | None = None,
    progress: Progress | None = None,
    files: int = _FILES,
) -> dict[str, Any]:
    """Convert `inputs` (paths or fsspec URLs) into `out`; returns the manifest.

    Shards that were done before, by the same code from the same inputs, are not done again.  The bytes do
    not depend on the runner.  `files` bounds the input files of a shard.
    """
    progress = progress or Silent()
    progress.stage("Opening the authority")
    converter = converter_of(settings)
    runner = runner or runner_for(settings.processes)
    folder = Folder(out)
    job = Job(settings, out, _made_by(converter))
    shards = list(shards_of(inputs, files))
    if not shards:
        raise InputError("nothing to read", remedy="name files or folders")
    reports = _run(job, shards, folder, runner, progress, "Converting")
    again = [replace(s, seats=t) for s, t in zip(shards, _clashes(reports), strict=True) if t]
    for report in _run(job, again, folder, runner, progress, "Settling identities"):
        reports[report.number] = report
    return _finish(converter, folder, reports)


def _run(
    job: Job, shards: list[Shard], folder: Folder, runner: Runner, progress: Progress, stage: str
) -> list[ShardReport]:
    done = {s.number: r for s in shards if (r := _done(folder, s, job)) is not None}
    todo = [s for s in shards if s.number not in done]
    if todo:
        results = runner.run(functools.partial(run_shard, job), todo)
        progress.stage(stage, len(todo))
        for report in results:
            done[report.number] = report
            progress.advance(1)
    return [done[s.number] for s in shards]


def shards_of(inputs: Iterable[str], files: int = _FILES) -> Iterator[Shard]:
    """Cut the inputs into shards: by number of files and by size, the same way everywhere."""
    run: list[str] = []
    size, number = 0, 0
    for path in _listed(inputs):
        run.append(path)
        size += Path(path).stat().st_size if not is_url(path) and Path(path).is_file() else 0
        if len(run) == files or size >= _BYTES:
            yield Shard(number, tuple(run))
            run, size, number = [], 0, number + 1
    if run:
        yield Shard(number, tuple(run))


def _listed(inputs: Iterable[str]) -> Iterator[str]:
    for given in inputs:
        if is_url(given):
            yield from list_url(given)
            continue
        for found in list_inputs([given]):
            if isinstance(found, Reject):
                raise InputError(f"{found.origin}: {found.reason}", remedy=found.remedy)
            yield found


def _made_by(converter: Converter) -> str:
    """The key of a job: code, authority, judgements and settings."""
    return hashlib.sha256(json.dumps(converter.fingerprint, sort_keys=True).encode()).hexdigest()


def _key(shard: Shard, job: Job) -> str:
    """What decides the bytes of a shard."""
    stats = [(path, *_stamp(path)) for path in shard.inputs]
    text = json.dumps([job.key, stats, shard.seats], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _stamp(path: str) -> tuple[int, ...]:
    """Size and time of change of a file of this machine."""
    if is_url(path) or not Path(path).is_file():
        return ()
    stat = Path(path).stat()
    return stat.st_size, stat.st_mtime_ns


def _done(folder: Folder, shard: Shard, job: Job) -> ShardReport | None:
    """The report of a shard that is there already, whole, under the same key; or under settled identities."""
    data = folder.read(f"shard-{shard.number:05}.json")
    if data is None:
        return None
    try:
        report = ShardReport(**json.loads(data))
    except (ValueError, TypeError):
        return None  # the run that wrote it was killed
    return report if report.key == _key(shard, job) else None


def run_shard(job: Job, shard: Shard) -> ShardReport:
    """Convert one shard and write its files; may run on any machine."""
    converter = converter_of(job.settings)
    if _made_by(converter) != job.key:
        raise ReleaseError(
            f"worker {socket.gethostname()}: other code, authority or judgements: {converter.fingerprint}",
            remedy="install the same everywhere",
        )
    report = ShardReport(shard.number, _key(shard, job))
    articles = list(_converted(converter, job, shard, report))
    folder = Folder(job.out)
    own = b"".join(sorted(line for a in articles for line in a.own.splitlines(keepends=True)))
    shared = b"".join(line + b"\n" for line in sorted({line for a in articles for line in a.shared}))
    for name, data in (("articles", own), ("shared", shared)):
        report.files[f"{name}-{shard.number:05}.nt.zst"] = write_packed(
            folder, f"{name}-{shard.number:05}.nt.zst", data
        )
    report.items = sorted({i for a in articles for i in a.row.items})
    report.converted = len(articles)
    folder.write(f"shard-{shard.number:05}.json", report.to_json())
    return report


def write_packed(folder: Folder, name: str, data: bytes) -> dict[str, Any]:
    """Write compressed lines; what the manifest says of the file."""
    packed = zstandard.ZstdCompressor(_LEVEL).compress(data)
    folder.write(name, packed)
    return {"sha256": hashlib.sha256(packed).hexdigest(), "size": len(packed), "lines": data.count(b"\n")}


def _converted(converter: Converter, job: Job, shard: Shard, report: ShardReport) -> Iterator[Converted]:
    """The articles of a shard that have a place in the graph, under their identities."""
    settled = dict(shard.seats)
    raws: list[RawArticle] = []
    for raw in _read(shard.inputs, job.settings.max_article):
        report.read += 1
        if isinstance(raw, Reject):
            report.rejects.append([raw.origin, raw.line, raw.reason, raw.remedy])
        else:
            raws.append(raw)
    result = converter.batch(Batch(tuple(raws)))
    report.rejects += [[r.origin, r.line, r.reason, r.remedy] for r in result.rejects]
    named: set[str] = set()
    for article in result.articles:
        row = article.row
        if row.origin in named:  # one input named twice
            report.duplicates += 1
            continue
        named.add(row.origin)
        report.claims.append([row.origin, row.sha256, row.claimed, row.text_hash])
        seat = settled.get(row.origin, row.claimed)
        if seat == row.claimed:
            yield article
        elif seat:
            again = as_claimed(row.doc, row.claimed, row.origin)
            yield from converter.batch(Batch(again=((again, seat),))).articles
        else:
            report.duplicates += 1


def _read(inputs: Iterable[str], max_article: int) -> Iterator[RawArticle | Reject]:
    for path in inputs:
        if is_url(path):
            with open_url(path) as data:
                yield from read_stream(path, data, max_article=max_article)
        else:
            yield from read_inputs([path], max_article=max_article)


def _clashes(reports: list[ShardReport]) -> list[tuple[tuple[str, str], ...]]:
    """For each shard the origins whose seat is not what they claim ("" for duplicates)."""
    seen: dict[int, int] = {}
    doubtful: set[str] = set()
    for report in reports:
        for _, _, claimed, _ in report.claims:
            number = int.from_bytes(hashlib.blake2b(claimed.encode(), digest_size=8).digest(), "big")
            seen[number] = seen.get(number, 0) + 1
            if seen[number] > 1:
                doubtful.add(claimed)
    members = [Member(*c) for report in reports for c in report.claims if c[2] in doubtful]
    verdicts = seats(members)
    out = []
    for report in reports:
        wrong = []
        for origin, _, claimed, _ in report.claims:
            seat = verdicts.get(origin, claimed)
            if seat != claimed:
                wrong.append((origin, "" if isinstance(seat, Reject) else seat))
        out.append(tuple(sorted(wrong)))
    return out


def _finish(converter: Converter, folder: Folder, reports: list[ShardReport]) -> dict[str, Any]:
    """Write what all shards share, and the manifest."""
    used = {item for report in reports for item in report.items}
    items = finishing.closure(used, converter.authority, converter.writer)
    lines = {line for item in items.values() for line in converter.writer.entity(item).splitlines()}
    lines |= set(finishing.ontology_lines())
    files = {"entities.nt.zst": write_packed(folder, "entities.nt.zst", b"\n".join(sorted(lines)) + b"\n")}
    rejects = io.StringIO()
    for report in reports:
        files |= report.files
        for origin, line, reason, remedy in report.rejects:
            record = {"file": origin, "line": line, "reason": reason, "remedy": remedy}
            rejects.write(json.dumps(record, ensure_ascii=False) + "\n")
    folder.write("rejects.jsonl", rejects.getvalue().encode("utf-8", "backslashreplace"))
    manifest = {
        "fingerprint": converter.fingerprint,
        "read": sum(r.read for r in reports),
        "converted": sum(r.converted for r in reports),
        "duplicates": sum(r.duplicates for r in reports),
        "rejected": sum(len(r.rejects) for r in reports),
        "lines": sum(f["lines"] for f in files.values()),
        "files": dict(sorted(files.items())),
    }
    folder.write("manifest.json", (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode())
    return manifest
