"""What two releases must have in common to be called the same."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.dumps.reading import read_lines
from kg.store import overlay
from kg.store.releases import Release

# Numbers of rows differ between a build and updates; everything else may not.
_ARCHIVE = {
    "article": "SELECT id, claimed, text_hash, sha256, origin, day, page, form, langs, section, column_title,"
    " author, title_zh, title_en, triples FROM article",
    "triples": "SELECT id, own, shared FROM article JOIN article_triples USING (seq)",
    "mention": "SELECT id, eid, kind, mention.day, role, confidence, optional, conflict FROM mention"
    " JOIN article USING (seq)",
    "article_item": "SELECT id, item FROM article_item JOIN article USING (seq)",
    "duplicate": "SELECT origin, sha256, claimed, text_hash, doc IS NULL FROM duplicate",
    "item": "SELECT * FROM item",
    "entity": "SELECT eid, id, kind, item, lat, lon, verified, articles, first, last FROM entity"
    " WHERE articles > 0",
    "report": "SELECT id, key, event, item, type, start, end, grain, label, report.day FROM report"
    " JOIN article USING (seq)",
    "party": "SELECT id, key, eid, role FROM party JOIN report USING (rid) JOIN article USING (seq)",
    "shared_line": "SELECT * FROM shared_line",
    "entity_year": "SELECT * FROM entity_year",
    "entity_type": "SELECT * FROM entity_type",
    "place_event": "SELECT * FROM place_event",
    "doubt": "SELECT * FROM doubt",
    "neighbour": "SELECT * FROM neighbour",
    "facet": "SELECT * FROM facet WHERE n <> 0",
}
_SEARCHES = ("河内", "hanoi", "北京 OR beijing", "莱州")


def store_lines(release: Release) -> set[bytes]:
    """Every triple of the store."""
    out = io.BytesIO()
    store = ox.Store.read_only(str(release.store))
    store.dump(out, format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    return set(out.getvalue().splitlines())


def dump_lines(release: Release) -> set[bytes]:
    """Every triple of the dumps."""
    paths = [*release.dumps.glob("*.nt.zst"), release.dumps / "dataset.nt"]
    return {line for path in paths for lines in read_lines(path) for line in lines}


def changed_lines(release: Release) -> tuple[set[bytes], set[bytes]]:
    """The change files: added, removed."""
    added, removed = (
        gzip.decompress((release.path / "changes" / f"{name}.nt.gz").read_bytes()).splitlines()
        for name in ("added", "removed")
    )
    assert len(added) == len(set(added))
    assert len(removed) == len(set(removed))
    return set(added), set(removed)


def archive(release: Release, folder: Path) -> dict[str, Any]:
    """What ``articles.db`` holds, with origins relative to `folder`."""
    db = overlay.open_read(release.articles)
    prefix = f"{folder}/"
    out: dict[str, Any] = {}
    for name, sql in _ARCHIVE.items():
        rows = db.execute(sql).fetchall()
        out[name] = sorted(
            (tuple(v.removeprefix(prefix) if isinstance(v, str) else v for v in row) for row in rows),
            key=repr,
        )
    found = "SELECT id FROM words JOIN article ON seq = words.rowid WHERE words MATCH ?"
    for words in _SEARCHES:
        out[words] = sorted(id for (id,) in db.execute(found, (words,)))
    db.close()
    return out


def assert_whole(release: Release) -> None:
    """The store holds what the dumps hold, and the manifest counts it."""
    assert store_lines(release) == dump_lines(release)
    assert release.manifest.triples == len(dump_lines(release))


def assert_same(a: Release, folder_a: Path, b: Release, folder_b: Path) -> None:
    """The graphs are the same, triple for triple, and so is all that pages show."""
    assert a.manifest.content == b.manifest.content
    assert a.manifest.statistics == b.manifest.statistics
    assert_whole(a)
    assert_whole(b)
    ours, theirs = archive(a, folder_a), archive(b, folder_b)
    for name in ours:
        assert ours[name] == theirs[name], name
