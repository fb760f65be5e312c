"""One bulk load through a pipe: all or nothing, and whoever writes is told what went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.store.bulk import BulkLoad
from kg.store.oxigraph import OxigraphSink


def lines(start: int, stop: int) -> bytes:
    line = b'<http://example.org/%d> <http://example.org/p> "%d" .\n'
    return b"".join(line % (n, n) for n in range(start, stop))


def keep_writing(load: BulkLoad) -> None:
    for _ in range(100):
        load.write(lines(0, 10_000))


def break_off(sink: OxigraphSink) -> None:
    with sink.bulk() as load:
        load.write(lines(0, 1000))
        raise KeyError


def test_everything_is_there_once_it_is_finished(tmp_path: Path) -> None:
    sink = OxigraphSink(tmp_path / "store")
    load = sink.bulk()
    for start in range(0, 90_000, 30_000):  # 5 MB: more than a pipe holds
        load.write(lines(start, start + 30_000))
    load.write(lines(0, 10))  # said twice
    load.finish()
    load.finish()  # for a second time, nothing
    assert len(sink) == 90_000
    assert load.seconds > 0
    sink.close()


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    sink = OxigraphSink(tmp_path / "store")
    with pytest.raises(KeyError):
        break_off(sink)
    assert len(sink) == 0
    with sink.bulk() as load:
        load.write(lines(0, 1000))
    assert len(sink) == 1000
    sink.close()


def test_iris_are_checked_unless_they_are_ours(tmp_path: Path) -> None:
    sink = OxigraphSink(tmp_path / "store")
    with pytest.raises(StoreError, match="host"), sink.bulk() as load:
        load.write(b"<http://[a/> <http://example.org/p> <http://example.org/o> .\n")
    for broken in (
        b"<http://example.org/s> .\n",
        b'<http://example.org/s> <http://example.org/p> "\xff" .\n',
    ):
        with pytest.raises(StoreError, match="cannot be loaded"), sink.bulk(minted=True) as load:
            load.write(broken)
    assert len(sink) == 0
    with sink.bulk(minted=True) as load:
        load.write(lines(0, 1000))
    assert len(sink) == 1000
    sink.close()


def test_nothing_can_be_loaded(tmp_path: Path) -> None:
    sink = OxigraphSink(tmp_path / "store")
    with sink.bulk():
        pass
    assert len(sink) == 0
    sink.close()


def test_what_is_no_statement_is_told_when_it_is_finished(tmp_path: Path) -> None:
    sink = OxigraphSink(tmp_path / "store")
    load = sink.bulk()
    load.write(lines(0, 10) + b"<http://example.org/s> nonsense .\n")
    with pytest.raises(StoreError, match="triples cannot be loaded"):
        load.finish()
    assert len(sink) == 0
    sink.close()


def test_whoever_goes_on_writing_is_told() -> None:
    def full(path: str) -> None:
        with Path(path).open("rb") as source:
            source.read(10)
        raise StoreError("store cannot be written: no space left", remedy="is the disk full?")

    load = BulkLoad(full)
    with pytest.raises(StoreError, match="no space left"):
        keep_writing(load)
    load.abandon()


def test_a_loader_that_stops_before_the_end_is_no_success() -> None:
    load = BulkLoad(lambda path: None)
    with pytest.raises(StoreError, match="before its end"):
        keep_writing(load)
    load.abandon()
