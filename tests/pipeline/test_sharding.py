"""``kg convert``: the same bytes whoever runs it, the graph that a build makes, taken up where it stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from kg.errors import InputError
from kg.pipeline.build import build
from kg.pipeline.convert import Converter
from kg.pipeline.folders import Folder, list_url
from kg.pipeline.runner import InProcess, Processes
from kg.pipeline.sharding import Shard, convert, converter_of, run_shard, shards_of
from kg.settings import Settings
from kg.store.releases import Releases

from .releases import dump_lines
from .test_update import TEXTS

KG = Path(sys.executable).with_name("kg")


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data=tmp_path_factory.mktemp("none"))


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def lines(folder: Path) -> set[bytes]:
    found: set[bytes] = set()
    for path in folder.glob("*.nt.zst"):
        found |= set(zstandard.ZstdDecompressor().decompress(path.read_bytes()).splitlines())
    return found


def test_the_graph_is_that_of_a_build(
    inputs: Path, tmp_path: Path, settings: Settings, converter: Converter
) -> None:
    """Articles that claim one identity stand in different shards here."""
    manifest = convert([str(inputs)], settings, str(tmp_path / "out"), runner=InProcess(), files=1)
    report = build([inputs], Settings(data=tmp_path / "data"), converter=converter, runner=InProcess())
    release = Releases(tmp_path / "data").require()
    described = set((release.dumps / "dataset.nt").read_bytes().splitlines())
    assert lines(tmp_path / "out") == dump_lines(release) - described
    counts = report.counts
    assert (manifest["read"], manifest["converted"]) == (counts.read, counts.converted)
    assert (manifest["duplicates"], manifest["rejected"]) == (counts.duplicates, counts.rejected)


def test_files_are_sorted_and_as_the_manifest_says(inputs: Path, tmp_path: Path, settings: Settings) -> None:
    convert([str(inputs)], settings, str(tmp_path / "out"), runner=InProcess(), files=3)
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    for name, entry in manifest["files"].items():
        packed = (tmp_path / "out" / name).read_bytes()
        found = zstandard.ZstdDecompressor().decompress(packed).splitlines()
        assert found == sorted(found)
        assert (len(packed), len(found)) == (entry["size"], entry["lines"])


def test_processes_give_the_same_bytes(inputs: Path, tmp_path: Path, settings: Settings) -> None:
    convert([str(inputs)], settings, str(tmp_path / "one"), runner=InProcess(), files=2)
    convert([str(inputs)], settings, str(tmp_path / "two"), runner=Processes(2), files=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_bytes(inputs: Path, tmp_path: Path) -> None:
    for runner in ("local", "dask"):
        arguments = ["convert", str(inputs), "--out", str(tmp_path / runner), "--files", "2"]
        done = subprocess.run(
            [KG, "--data", str(tmp_path), *arguments, "--runner", runner, "--processes", "2", "--json"],
            capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["read"] == len(TEXTS)
    assert files(tmp_path / "local") == files(tmp_path / "dask")


def test_done_shards_are_not_done_again(inputs: Path, tmp_path: Path, settings: Settings) -> None:
    for name in ("hanoi-same-prose", "hanoi2", "hanoi3", "flood2"):
        (inputs / f"{name}.txt").unlink()  # no clashes: every shard stands as it was made first
    out = tmp_path / "out"
    convert([str(inputs)], settings, str(out), runner=InProcess(), files=1)
    before = files(out)
    made = {p.name: p.stat().st_mtime_ns for p in out.glob("shard-*")}
    (out / "shard-00002.json").write_bytes(before["shard-00002.json"][:100])  # as a killed run leaves it
    (inputs / "flood.txt").write_text(TEXTS["flood2"], encoding="utf-8")
    convert([str(inputs)], settings, str(out), runner=InProcess(), files=1)
    again = {p.name for p in out.glob("shard-*") if p.stat().st_mtime_ns != made[p.name]}
    number = sorted(p.name for p in inputs.iterdir()).index("flood.txt")
    assert again == {"shard-00002.json", f"shard-{number:05}.json"}
    assert files(out)["shard-00002.json"] == before["shard-00002.json"]


def test_shared_storage(inputs: Path, tmp_path: Path, settings: Settings) -> None:
    """From and to URLs, here of memory and of this machine."""
    convert([f"file://{inputs}"], settings, "memory://graph/out", runner=InProcess(), files=3)
    convert([str(inputs)], settings, str(tmp_path / "out"), runner=InProcess(), files=3)
    memory = Folder("memory://graph/out")
    for path in (tmp_path / "out").glob("*.nt.zst"):
        assert memory.read(path.name) == path.read_bytes()
    assert len(list_url(f"file://{inputs}/*.txt")) == len(TEXTS)
    assert memory.read("nothing") is None


def test_shards_are_cut_by_number_of_files(inputs: Path) -> None:
    shards = list(shards_of([str(inputs)], 3))
    assert [len(s.inputs) for s in shards] == [3, 3, 2]
    assert [s.number for s in shards] == [0, 1, 2]


def test_nothing_to_read(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(InputError, match="no file matches"):
        convert([str(tmp_path / "*.txt")], settings, str(tmp_path / "out"))


def test_a_worker_with_other_code_is_refused(inputs: Path, tmp_path: Path, settings: Settings) -> None:
    from kg.errors import ReleaseError
    from kg.pipeline.sharding import Job

    assert converter_of(settings) is converter_of(settings)
    job = Job(settings, str(tmp_path / "out"), "another key")
    with pytest.raises(ReleaseError, match="install the same everywhere"):
        run_shard(job, Shard(0, (str(inputs / "hanoi.txt"),)))
