"""What differs between releases: applied to the older it gives the newer; worked out once; pruned."""

from __future__ import annotations

import dataclasses
import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.dumps.reading import read_lines
from kg.errors import ReleaseError
from kg.pipeline.comparing import Comparison, Comparisons, compare
from kg.store import durable
from kg.store.releases import Release, Releases
from tests.dumps.conftest import Archive


def graph(release: Release) -> set[bytes]:
    return {line for some in read_lines(release.dumps / "graph.nt.zst") for line in some}


def side(folder: Path, name: str) -> list[bytes]:
    return gzip.decompress((folder / f"{name}.nt.gz").read_bytes()).splitlines()


@pytest.fixture
def comparison(archive: Archive) -> Comparison:
    made = Comparisons(Releases(archive.settings.data)).make(archive.old, archive.new)
    assert made is not None
    return made


def test_applied_to_the_older_they_give_the_newer(archive: Archive, comparison: Comparison):
    added, removed = side(comparison.folder, "added"), side(comparison.folder, "removed")
    before, after = graph(archive.old), graph(archive.new)
    assert set(removed) <= before
    assert not set(added) & before
    assert (before - set(removed)) | set(added) == after
    assert added
    assert removed
    assert len(added) == len(set(added))


def test_backwards_and_between_builds_too(archive: Archive, tmp_path: Path):
    for a, b in ((archive.new, archive.old), (archive.old, archive.rebuilt)):
        folder = tmp_path / f"{a.id}{b.id}"
        folder.mkdir()
        compare(a, b, folder)
        assert (graph(a) - set(side(folder, "removed"))) | set(side(folder, "added")) == graph(b)


def test_what_became_of_articles_is_told(archive: Archive, comparison: Comparison):
    found = {id: action for action, id in comparison.articles()}
    assert sorted(found.values()) == ["added", "changed", "removed"]
    assert list(found) == sorted(found)
    assert {id[:4] for id, action in found.items() if action == "added"} == {"1956"}
    files = {f.name: f for f in comparison.index.files}
    assert files["articles.tsv"].rows == 3
    assert files["added.nt.gz"].triples == len(side(comparison.folder, "added"))
    assert comparison.index.licence == archive.settings.licence


def test_the_same_comparison_gives_the_same_bytes(archive: Archive, comparison: Comparison, tmp_path: Path):
    compare(archive.old, archive.new, tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (comparison.folder / path.name).read_bytes(), path.name
    subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=comparison.folder, check=True)


def test_an_update_wrote_the_same_changes(archive: Archive, comparison: Comparison):
    for name in ("added", "removed"):
        written = gzip.decompress((archive.new.path / "changes" / f"{name}.nt.gz").read_bytes()).splitlines()
        assert sorted(written) == sorted(side(comparison.folder, name))


@pytest.fixture
def copy(archive: Archive, tmp_path: Path) -> Releases:
    """A data directory to play with."""
    shutil.copytree(archive.settings.data, tmp_path / "data", symlinks=True)
    shutil.rmtree(tmp_path / "data" / "changes", ignore_errors=True)
    return Releases(tmp_path / "data")


def test_the_command_tells_counts_and_names_what_is_wrong(copy: Releases, archive: Archive):
    kg = [sys.executable, "-m", "kg", "--data", str(copy.data), "releases", "changes"]
    done = subprocess.run([*kg, archive.old.id, "--json"], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert (said["old"], said["new"]) == (archive.old.id, archive.new.id)
    assert set(said["counts"]) == {"added.nt.gz", "removed.nt.gz", "articles.tsv"}
    wrong = subprocess.run([*kg, "current", archive.old.id], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "not older" in wrong.stderr


def test_it_is_worked_out_once(copy: Releases):
    old, new = copy.all()
    comparisons = Comparisons(copy)
    first = comparisons.make(old, new)
    assert first is not None
    stamp = (first.folder / "index.json").stat().st_mtime_ns
    assert comparisons.make(old, new) == first
    assert (first.folder / "index.json").stat().st_mtime_ns == stamp
    assert comparisons.all() == [first]


def test_while_another_is_at_it_one_may_wait_or_not(copy: Releases):
    old, new = copy.all()
    comparisons = Comparisons(copy)
    (copy.data / "changes").mkdir()
    with durable.exclusive(copy.data / "changes" / f".lock-{old.id}..{new.id}", doing="test"):
        assert comparisons.at_work(old.id, new.id)
        assert comparisons.make(old, new, wait=False) is None
        with pytest.raises(ReleaseError, match="at work"):
            comparisons.make(old, new)
    assert not comparisons.at_work(old.id, new.id)


def test_an_interrupted_comparison_leaves_nothing(copy: Releases, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("kg.pipeline.comparing.durable.sync_tree", fails)
    old, new = copy.all()
    with pytest.raises(OSError, match="disk full"):
        Comparisons(copy).make(old, new)
    assert Comparisons(copy).get(old.id, new.id) is None
    assert [p.name for p in (copy.data / "changes").iterdir() if not p.name.startswith(".lock")] == []


def test_what_leads_to_a_release_that_is_gone_goes_too(copy: Releases):
    old, new = copy.all()
    comparisons = Comparisons(copy)
    made = comparisons.make(old, new)
    assert made is not None
    stale = made.folder.with_name(f"{old.id}..20200101T000000Z-00000000")
    shutil.copytree(made.folder, stale)
    comparisons.prune()
    assert made.folder.is_dir()
    assert not stale.exists()


def test_releases_with_different_names_for_things_are_not_compared(copy: Releases):
    old, new = copy.all()
    other = dataclasses.replace(new, manifest=dataclasses.replace(new.manifest, base="http://elsewhere/"))
    with pytest.raises(ReleaseError, match="differently"):
        Comparisons(copy).make(old, other)
