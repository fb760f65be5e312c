"""What build and update have in common at the end: shared nodes, dumps, the description of the dataset."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from kg.model import Item
from kg.pipeline.blocks import Block, BlockFile
from kg.pipeline.convert import Converter, Items
from kg.pipeline.report import Counts
from kg.pipeline.statistics import GraphStatistics
from kg.rdf import DatasetInfo, Writer
from kg.rdf.transcode import named_lines
from kg.resources import ontology_dir
from kg.settings import Settings
from kg.store.documents import pack
from kg.store.manifest import Manifest
from kg.store.rows import ItemRow

SHARED = "shared.nt.zst"
_CHUNK = 8 << 20


def closure(ids: Iterable[str], authority: Items, writer: Writer) -> dict[str, Item]:
    """The items with these ids and all that their triples refer to; unknown ones are passed over."""
    out: dict[str, Item] = {}
    todo = list(ids)
    while todo:
        id = todo.pop()
        if id in out:
            continue
        item = authority.item(id)
        if item is not None:
            out[id] = item
            todo.extend(writer.references(item))
    return out


def item_row(item: Item, triples: bytes) -> ItemRow:
    """An authority item as a row of the archive."""
    names = tuple(
        dict.fromkeys((text, lang) for lang, text in (*item.labels, *item.aliases) if lang in ("zh", "en"))
    )
    return ItemRow(
        id=item.id,
        kind=item.kind,
        subkind=item.subkind,
        label_zh=item.label("zh"),
        label_en=item.label("en"),
        lat=item.lat,
        lon=item.lon,
        verified=item.verified,
        triples=pack(triples),
        names=names,
    )


def ontology_file() -> Path:
    """The file of the ontology."""
    return ontology_dir() / "dateline.ttl"


def ontology_lines() -> list[bytes]:
    """The ontology as N-Triples, without what hangs on blank nodes: labels for those who query."""
    path = ontology_file()
    if not path.is_file():
        return []
    return named_lines(path)


def write_shared(
    merged: Iterable[tuple[bytes, int]],
    target: Path,
    load: Callable[[bytes], None],
    statistics: GraphStatistics,
    counted: Callable[[bytes, int], None],
) -> list[Block]:
    """Write the shared lines to their dump and to the store, once each; returns the blocks of the dump."""
    out = BlockFile(target)
    chunk: list[bytes] = []
    size = 0
    for line, n in merged:
        if n > 1:
            counted(line, n)
        chunk.append(line)
        size += len(line)
        if size >= _CHUNK:
            _flush(chunk, out, load, statistics)
            chunk, size = [], 0
    _flush(chunk, out, load, statistics)
    out.close()
    return out.blocks


def _flush(
    chunk: list[bytes], out: BlockFile, load: Callable[[bytes], None], statistics: GraphStatistics
) -> None:
    if chunk:
        statistics.add(chunk)
        out.write(chunk)
        load(b"\n".join(chunk) + b"\n")


def content_hash(sums: dict[str, str]) -> str:
    """The hash of a graph, from those of its dump files."""
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    return hashlib.sha256(text.encode()).hexdigest()


class Rows(Protocol):
    """An archive that can be asked (`kg.store.archive.Archive`, `kg.store.writing.ArchiveWriter`)."""

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows."""
        ...


def describe(
    writer: Writer,
    settings: Settings,
    archive: Rows,
    statistics: GraphStatistics,
    *,
    release: str,
    created: str,
    previous: str | None,
    code_version: str,
    authority_date: str,
) -> DatasetInfo:
    """What is said of the dataset; `created` is an ISO time."""
    first, last = archive.query("SELECT min(day), max(day) FROM article")[0]
    return DatasetInfo(
        release=release,
        title=(("en", settings.title),),
        description=(
            ("en", "Sources, places, units and events in newspaper articles, linked to Wikidata."),
            ("zh", "报纸文章中的消息来源、地点、部队与事件，并链接到维基数据。"),
        ),
        licence=settings.licence,
        rights=settings.rights,
        publisher=settings.publisher,
        contact=settings.contact,
        code_version=code_version,
        issued=dt.datetime.fromisoformat(created),
        authority_date=authority_date,
        triples=statistics.triples,
        entities=sum(statistics.by_class.values()),
        links=statistics.links,
        classes=statistics.classes(),
        properties=statistics.properties(),
        examples=tuple(_examples(writer, archive)),
        previous=previous,
        first=_day(first),
        last=_day(last),
    )


def _examples(writer: Writer, archive: Rows) -> Iterator[str]:
    for (id,) in archive.query("SELECT id FROM article ORDER BY id LIMIT 1"):
        yield writer.minter.article(str(id))
    for kind in ("place", "source"):
        sql = "SELECT id FROM entity WHERE kind = ? ORDER BY articles DESC, id LIMIT 1"
        for (id,) in archive.query(sql, (kind,)):
            yield writer.minter.entity(str(id))


def _day(day: object) -> dt.date | None:
    return dt.date(day // 10000, day // 100 % 100, day % 100) if isinstance(day, int) else None


def iso_time(now: dt.datetime) -> str:
    """A time as releases give it: UTC, to the second."""
    return now.astimezone(dt.UTC).replace(microsecond=0).isoformat()


def manifest(
    converter: Converter,
    settings: Settings,
    statistics: GraphStatistics,
    counts: Counts,
    *,
    release: str,
    now: dt.datetime,
    previous: str | None,
    content: str,
    kind: str,
    dataset: int,
) -> Manifest:
    """The manifest of a release that is about to be published; `dataset` counts its description's triples."""
    return Manifest(
        release=release,
        created=iso_time(now),
        previous=previous,
        kind=kind,
        code_version=converter.fingerprint["code"],
        fingerprint=converter.fingerprint,
        authority={"version": converter.authority.version, "date": converter.authority.date},
        base=settings.base,
        content=content,
        triples=statistics.triples + dataset,
        counts=counts.to_json(),
        statistics=statistics.to_json(),
    )
