"""Releases: published as a whole, verified, rolled back, pruned, exported and restored."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import ReleaseError
from kg.pipeline.build import build
from kg.pipeline.convert import Converter
from kg.pipeline.runner import InProcess
from kg.settings import Settings
from kg.store.archive import Archive
from kg.store.cloning import clone_store
from kg.store.oxigraph import OxigraphEngine, OxigraphSink
from kg.store.releases import Release, Releases
from tests.pipeline.releases import assert_whole, store_lines
from tests.pipeline.test_update import TEXTS


@pytest.fixture(scope="session")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with three releases."""
    root = tmp_path_factory.mktemp("releases")
    converter = Converter.load(Settings(data=root / "none"))
    inputs = root / "in"
    inputs.mkdir()
    for name in ("hanoi", "beijing", "flood"):
        (inputs / name).write_text(TEXTS[name], encoding="utf-8")
        build([inputs], Settings(data=root / "data"), converter=converter, runner=InProcess())
    return root / "data"


@pytest.fixture
def data(three: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(three, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


def kg(data: Path, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["--data", str(data), *arguments])
    assert result.exit_code == code, result.output
    return result.output


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_listed_oldest_first(data: Path) -> None:
    listed = json.loads(kg(data, "releases", "list", "--json"))
    assert [r["published"] for r in listed] == [False, False, True]
    assert [r["counts"]["converted"] for r in listed] == [1, 2, 3]
    assert listed == sorted(listed, key=lambda r: r["release"])


def test_roll_back_and_publish(data: Path) -> None:
    releases = Releases(data)
    first, second, third = releases.all()
    assert json.loads(kg(data, "releases", "rollback", "--json"))["release"] == second.id
    assert releases.require().id == second.id
    kg(data, "releases", "rollback", first.id)
    assert "is the oldest" in kg(data, "releases", "rollback", code=5)
    kg(data, "releases", "publish", third.id)
    assert releases.require().id == third.id
    assert "no such release" in kg(data, "releases", "publish", "2001", code=5)


def test_a_damaged_release_is_found_and_not_published(data: Path) -> None:
    releases = Releases(data)
    first = releases.all()[0]
    store_file = next(p for p in first.store.glob("*.sst"))
    damaged = bytearray(store_file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    store_file.write_bytes(damaged)
    (first.path / "stray").write_text("")
    for dumps in (first.path / "dumps", first.dumps):
        (dumps / "SHA256SUMS").unlink()
    wrong = releases.verify(first)
    assert wrong == [
        "dumps/SHA256SUMS: missing",
        "stray: not in the manifest",
        f"store/{store_file.name}: its bytes are not those that were published",
        f"dumps/{first.id}/SHA256SUMS: missing",
    ]
    assert "is damaged" in kg(data, "releases", "verify", first.id, code=5)
    assert "is damaged" in kg(data, "releases", "publish", first.id, code=5)
    assert releases.require().id == releases.all()[2].id
    assert "all as published" in kg(data, "releases", "verify")


def test_a_release_whose_manifest_is_lost_stops_nothing(data: Path, tmp_path: Path) -> None:
    releases = Releases(data)
    first, second, third = releases.all()
    (third.path / "manifest.json").write_bytes((third.path / "manifest.json").read_bytes()[:80])
    (first.path / "manifest.json").unlink()
    assert [r.id for r in releases.all()] == [second.id]
    listed = kg(data, "releases", "list")
    assert f"{first.id}/manifest.json: missing" in listed
    assert f"{third.id}/manifest.json: not a manifest" in listed
    assert "build anew" in kg(data, "query", "ASK {}", code=5)
    article = tmp_path / "flood.txt"
    article.write_text(TEXTS["flood"], encoding="utf-8")
    kg(data, "build", str(article), "--processes", "1")
    fourth = releases.require()
    assert fourth.manifest.previous == third.id
    assert json.loads(kg(data, "releases", "rollback", "--json"))["release"] == second.id
    removed = json.loads(kg(data, "releases", "prune", "--keep", "1", "--json"))["removed"]
    assert removed == [first.id, third.id]


def test_roll_back_from_a_damaged_release(data: Path) -> None:
    releases = Releases(data)
    _, second, third = releases.all()
    (third.path / "manifest.json").write_text("")
    kg(data, "releases", "rollback")
    assert releases.require().id == second.id


def test_prune_keeps_the_newest_and_the_published(data: Path) -> None:
    releases = Releases(data)
    first, second, third = releases.all()
    kg(data, "releases", "rollback", first.id)
    assert json.loads(kg(data, "releases", "prune", "--keep", "1", "--json"))["removed"] == [second.id]
    assert [r.id for r in releases.all()] == [first.id, third.id]
    assert releases.require().id == first.id


def test_a_reader_keeps_what_it_opened(data: Path) -> None:
    releases = Releases(data)
    first = releases.all()[0]
    engine, archive = OxigraphEngine(first.store), Archive(first.articles)
    count = len(engine)
    kg(data, "releases", "prune", "--keep", "1")
    assert not first.path.exists()
    assert len(engine) == count
    assert len(list(archive.ids())) == 1
    engine.close()
    archive.close()


def test_exported_and_restored_elsewhere(data: Path, tmp_path: Path) -> None:
    release = Releases(data).require()
    backup = tmp_path / "backup.tar"
    kg(data, "releases", "export", str(backup))
    first = backup.read_bytes()
    kg(data, "releases", "export", str(backup))
    assert backup.read_bytes() == first
    kg(tmp_path / "restored", "releases", "import", str(backup))
    restored = Releases(tmp_path / "restored").require()
    assert restored.id == release.id
    assert Releases(tmp_path / "restored").verify(restored) == []
    passing = ("LOG", "LOCK")
    kept = {n: b for n, b in content(release.path).items() if not Path(n).name.startswith(passing)}
    assert content(restored.path) == kept
    assert_whole(restored)
    assert store_lines(restored) == store_lines(release)
    again = kg(tmp_path / "restored", "releases", "import", str(backup), code=5)
    assert "is here already" in again


def test_a_damaged_backup_is_refused(data: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    Releases(data).export(Releases(data).require(), backup)
    whole = bytearray(backup.read_bytes())
    target = tmp_path / "restored"
    with tarfile.open(backup) as tar:
        member = next(m for m in tar if m.name.endswith("articles.db"))
    whole[member.offset_data + 5000] ^= 1
    for damaged in (bytes(whole), bytes(whole[:20_000]), b"no tar"):
        backup.write_bytes(damaged)
        with pytest.raises(ReleaseError):
            Releases(target).import_(backup)
        assert Releases(target).current() is None
        assert Releases(target).all() == []


def test_a_backup_that_writes_outside_is_refused(tmp_path: Path) -> None:
    backup = tmp_path / "evil.tar"
    (tmp_path / "payload").write_text("x")
    with tarfile.open(backup, "w") as tar:
        tar.add(tmp_path / "payload", arcname="../../outside")
    with pytest.raises(ReleaseError, match="not an exported release"):
        Releases(tmp_path / "data").import_(backup)
    assert not (tmp_path / "outside").exists()


def test_writing_to_a_clone_leaves_the_original(data: Path, tmp_path: Path) -> None:
    release: Release = Releases(data).require()
    before = content(release.store)
    clone_store(release.store, tmp_path / "clone")
    linked = [p for p in (tmp_path / "clone").glob("*.sst") if p.stat().st_nlink > 1]
    assert linked
    sink = OxigraphSink(tmp_path / "clone")
    lines = store_lines(release)
    sink.remove(b"".join(line + b"\n" for line in sorted(lines)[: len(lines) // 2]))
    sink.add(b"<http://example.org/s> <http://example.org/p> <http://example.org/o> .\n")
    sink.optimize()  # rewrites every table of the clone
    sink.close()
    assert {n: b for n, b in content(release.store).items() if n not in ("LOG", "LOCK")} == {
        n: b for n, b in before.items() if n not in ("LOG", "LOCK")
    }
    assert Releases(data).verify(release) == []
    assert store_lines(release) == lines
    clone = OxigraphEngine(tmp_path / "clone")
    assert len(clone) == len(lines) - len(lines) // 2 + 1
    clone.close()
