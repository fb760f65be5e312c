"""A sorted file in which some lines were changed has the bytes of one written anew."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from kg.dumps.reading import read_lines
from kg.pipeline import blocks as module
from kg.pipeline.blocks import BlockFile, blocks_of, count_lines, dump_blocks, load_blocks, rewrite

lines = st.sets(st.integers(0, 400).map(lambda n: b"<http://x/%04d> <p> <o> ." % n), max_size=60)


class _Edit:
    """Towards the lines `new`."""

    def __init__(self, old: set[bytes], new: set[bytes]) -> None:
        self._changes = sorted(old ^ new)
        self._new = new
        self.read = 0

    def due(self, last: bytes) -> bool:
        return bool(self._changes) and self._changes[0] <= last

    def merged(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for line in lines:
            self.read += 1
            while self._changes and self._changes[0] < line:
                yield self._changes.pop(0)
            if self._changes and self._changes[0] == line:
                self._changes.pop(0)
            else:
                yield line

    def rest(self) -> Iterator[bytes]:
        yield from self._changes
        self._changes = []


def _write(path: Path, content: set[bytes]) -> list[module.Block]:
    out = BlockFile(path)
    out.write(sorted(content))
    out.close()
    return out.blocks


def _read(path: Path) -> list[bytes]:
    return list(itertools.chain.from_iterable(read_lines(path)))


@settings(max_examples=200)
@given(old=lines, new=lines)
def test_rewritten_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: set[bytes], new: set[bytes]
) -> None:
    monkeypatch.setattr(module, "_MEAN", 4)
    before, after, anew = (tmp_path / name for name in ("before.zst", "after.zst", "anew.zst"))
    blocks = _write(before, old)
    out = BlockFile(after)
    rewrite(before, blocks, out, _Edit(old, new))
    out.close()
    assert out.blocks == _write(anew, new)
    assert after.read_bytes() == anew.read_bytes()
    assert _read(after) == sorted(new)
    table = dump_blocks(out.blocks)
    assert load_blocks(table) == out.blocks
    assert count_lines(after, table) == count_lines(after, b"") == len(new)


def test_only_blocks_with_changes_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MEAN", 16)
    old = {b"<http://x/%05d> <p> <o> ." % n for n in range(4000)}
    path = tmp_path / "before.zst"
    blocks = _write(path, old)
    edit = _Edit(old, old | {b"<http://x/02000a> <p> <o> ."})
    out = BlockFile(tmp_path / "after.zst")
    rewrite(path, blocks, out, edit)
    out.close()
    assert 0 < edit.read <= max(b.lines for b in blocks)
    assert _read(tmp_path / "after.zst") == sorted(old | {b"<http://x/02000a> <p> <o> ."})


def test_a_table_of_another_file_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.zst"
    table = dump_blocks(_write(path, {b"<a> <b> <c> ."}))
    _write(path, {b"<a> <b> <c> .", b"<a> <b> <d> ."})
    assert blocks_of(path, table) is None
    assert count_lines(path, table) == 2
