"""Releases that share files by hard links: each is whole by itself, and goes its own way."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kg.pipeline.build import build
from kg.pipeline.convert import Converter
from kg.pipeline.runner import InProcess
from kg.pipeline.update import update
from kg.settings import Settings
from kg.store.archive import Archive
from kg.store.overlay import log_of
from kg.store.releases import Release, Releases

from .releases import archive, assert_same, assert_whole
from .test_update import TEXTS


class Kept:
    """A data directory with a build and two updates, and the inputs of each."""

    def __init__(self, root: Path, converter: Converter) -> None:
        self.converter = converter
        self.inputs = root / "in"
        self.inputs.mkdir()
        self.settings = Settings(data=root / "data")
        self.releases = Releases(root / "data")
        for name in ("hanoi", "beijing"):
            self.write(name, name)
        build([self.inputs], self.settings, converter=converter, runner=InProcess())
        self.update("flood", "flood")
        self.update("hanoi", "hanoi2")

    def write(self, name: str, text: str) -> None:
        (self.inputs / name).write_text(TEXTS[text], encoding="utf-8")

    def update(self, name: str, text: str, settings: Settings | None = None) -> Release:
        self.write(name, text)
        wanted = settings or self.settings
        update([self.inputs], wanted, quick=True, converter=self.converter, runner=InProcess())
        return Releases(wanted.data).require()

    def built(self, data: Path) -> Release:
        """What a build of the inputs as they are gives."""
        build([self.inputs], Settings(data=data), converter=self.converter, runner=InProcess())
        return Releases(data).require()


@pytest.fixture
def kept(tmp_path: Path, converter: Converter) -> Kept:
    return Kept(tmp_path, converter)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_updates_share_the_file_and_are_all_whole(kept: Kept) -> None:
    first, second, third = kept.releases.all()
    assert len({r.articles.stat().st_ino for r in (first, second, third)}) == 1
    assert not log_of(first.articles).exists()
    assert all(log_of(r.articles).exists() for r in (second, third))
    for release in (first, second, third):
        assert kept.releases.verify(release) == []
        assert release.manifest.files["articles.db"].sha256 == _sha256(first.articles)
        assert_whole(release)
    assert [len(list(Archive(r.articles).ids())) for r in (first, second, third)] == [2, 3, 3]


@pytest.mark.parametrize("name", ["articles.db", "articles.db-wal"])
def test_verification_reads_what_is_shared_too(kept: Kept, name: str) -> None:
    first, second, third = kept.releases.all()
    path = third.path / name
    path.chmod(0o644)
    with path.open("r+b") as out:
        out.seek(5000)
        byte = out.read(1)
        out.seek(5000)
        out.write(bytes([byte[0] ^ 1]))
    wrong = f"{name}: its bytes are not those that were published"
    shared = name == "articles.db"
    assert kept.releases.verify(third) == [wrong]
    assert kept.releases.verify(second) == ([wrong] if shared else [])
    assert kept.releases.verify(first) == ([wrong] if shared else [])


def test_what_is_pruned_takes_nothing_with_it(kept: Kept, tmp_path: Path) -> None:
    first, _, third = kept.releases.all()
    reader = Archive(first.articles)
    before = list(reader.ids())
    kept.releases.prune(1)
    assert [r.id for r in kept.releases.all()] == [third.id]
    assert kept.releases.verify(third) == []
    assert list(reader.ids()) == before  # who had it open reads on
    newest = kept.update("beijing", "hanoi3")
    assert newest.articles.stat().st_ino == third.articles.stat().st_ino
    assert_same(newest, kept.inputs, kept.built(tmp_path / "built"), kept.inputs)


def test_updates_after_a_roll_back_are_of_that_release(kept: Kept, tmp_path: Path) -> None:
    _, second, third = kept.releases.all()
    told = archive(third, kept.inputs)
    kept.releases.rollback(second.id)
    fourth = kept.update("hanoi", "hanoi3")
    assert fourth.manifest.previous == second.id
    assert_same(fourth, kept.inputs, kept.built(tmp_path / "built"), kept.inputs)
    assert archive(third, kept.inputs) == told
    assert kept.releases.verify(third) == []


def test_a_backup_is_whole_and_can_be_updated(kept: Kept, tmp_path: Path) -> None:
    third = kept.releases.require()
    kept.releases.export(third, tmp_path / "backup.tar")
    restored = Releases(tmp_path / "restored")
    release = restored.import_(tmp_path / "backup.tar")
    assert restored.verify(release) == []
    assert archive(release, kept.inputs) == archive(third, kept.inputs)
    assert release.articles.stat().st_mode & 0o222 == 0
    before = _sha256(release.articles)
    newer = kept.update("flood", "flood2", Settings(data=tmp_path / "restored"))
    assert newer.articles.stat().st_ino == release.articles.stat().st_ino
    assert _sha256(release.articles) == before
    assert_same(newer, kept.inputs, kept.built(tmp_path / "built"), kept.inputs)
