"""The same content gives the same file: on however many processes, by a build or by updates."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from kg.dumps import writing
from kg.dumps.index import DumpIndex
from kg.dumps.reading import read_lines
from kg.dumps.writing import PRODUCTS, DumpWriter, Previous
from kg.resources import ontology_dir
from kg.settings import Settings
from kg.store import overlay
from kg.store.cloning import clone_file
from kg.store.releases import Release
from kg.store.writing import ArchiveWriter
from tests.dumps.conftest import Archive


def write(folder: Path, release: Release, settings: Settings, previous: Previous | None = None) -> DumpIndex:
    """Write the dumps of a release anew."""
    folder.mkdir()
    overlay.clone(release.articles, folder.with_suffix(".db"))
    clone_file(release.dumps / "shared.nt.zst", folder / "shared.nt.zst")
    archive = ArchiveWriter(folder.with_suffix(".db"), new=False)
    out = DumpWriter(folder, settings, previous)
    shared = folder / "shared.nt.zst"
    out.articles(archive, shared)
    out.shared(shared, ontology_dir() / "dateline.ttl", archive, sum(map(len, read_lines(shared))))
    out.dataset((release.dumps / "dataset.nt").read_bytes())
    archive.abandon()
    return out.close()


def sums(index: DumpIndex) -> dict[str, str]:
    return {f.name: f.sha256 for f in index.files}


@pytest.mark.parametrize("processes", [2, 3])
def test_as_one_process_writes_them_so_do_several(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int
):
    monkeypatch.setattr(writing, "_FEW", 0)
    settings = dataclasses.replace(archive.settings, processes=processes)
    assert sums(write(tmp_path / "out", archive.new, settings)) == sums(DumpIndex.load(archive.new.dumps))


def test_many_small_pieces_hold_what_few_large_ones_hold(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writing, "_JOB", 100)
    monkeypatch.setattr(writing, "_FEW", 0)
    settings = dataclasses.replace(archive.settings, processes=2)
    index = write(tmp_path / "out", archive.new, settings)
    before = {f.name: (f.triples, f.rows) for f in DumpIndex.load(archive.new.dumps).files}
    assert {f.name: (f.triples, f.rows) for f in index.files} == before


def test_an_update_writes_what_a_build_writes(archive: Archive):
    updated, built = DumpIndex.load(archive.new.dumps), DumpIndex.load(archive.rebuilt.dumps)
    ours, theirs = sums(updated), sums(built)
    differing = {name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)}
    # The descriptions name the release before; the graphs hold the description.
    assert {n.partition(".")[0] for n in differing} == {"dataset", "graph"}


def test_unchanged_years_are_taken_over(archive: Archive):
    for year in (1946, 1997):
        name = f"articles-{year}.nt.zst"
        assert (archive.new.dumps / name).samefile(archive.old.dumps / name)
    assert not (archive.new.dumps / "articles-1953.nt.zst").samefile(
        archive.old.dumps / "articles-1953.nt.zst"
    )


def test_sections_taken_over_are_the_bytes_that_would_be_written(archive: Archive, tmp_path: Path):
    previous = Previous(archive.old.dumps, {1946, 1997})
    fresh = write(tmp_path / "fresh", archive.new, archive.settings)
    taken = write(tmp_path / "taken", archive.new, archive.settings, previous)
    assert taken == fresh


def test_other_products_make_nothing_be_taken_over(archive: Archive, tmp_path: Path):
    settings = dataclasses.replace(archive.settings, dump_products=("tables",))
    previous = Previous(archive.old.dumps, {1946, 1997})
    index = write(tmp_path / "out", archive.new, settings, previous)
    names = set(sums(index))
    assert "graph.nt.zst" in names
    assert "articles.parquet" in names
    assert not any(n.endswith((".gz", ".ttl.zst", ".nq.zst")) or n.startswith("kind-") for n in names)


@pytest.mark.parametrize("left_out", PRODUCTS)
def test_what_the_setting_leaves_out_is_not_written(archive: Archive, tmp_path: Path, left_out: str):
    products = tuple(p for p in PRODUCTS if p != left_out)
    settings = dataclasses.replace(archive.settings, dump_products=products)
    names = set(sums(write(tmp_path / "out", archive.new, settings)))
    sign = {"gzip": ".nt.gz", "kinds": "kind-", "turtle": ".ttl.", "nquads": ".nq.", "tables": ".parquet"}
    assert not any(sign[left_out] in name for name in names)
    assert all(any(sign[p] in name for name in names) for p in products if p != "gzip" or left_out != "gzip")
