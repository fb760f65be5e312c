"""A sorted file of lines in blocks that can be replaced one by one.

Each block is a zstd frame of its own, and ends with a line that says so itself (`kg.dumps.chunking`).  Where
the blocks end therefore depends on the lines alone, so that a file in which a few lines were changed has the
bytes of one that was written anew, and shares all other blocks with the old one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import zstandard

from kg.dumps import chunking
from kg.dumps.reading import read_lines

_LEVEL = 3
_MEAN = 1024  # lines of a block; in a block of 128 KiB zstd is within some percent of its best


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its compressed bytes, how many lines it has, and the last of them."""

    size: int
    lines: int
    last: bytes


def ends_block(line: bytes) -> bool:
    """Whether a block ends after this line."""
    return chunking.ends(line, _MEAN)


def dump_blocks(blocks: Iterable[Block]) -> bytes:
    """The table of a file's blocks, as it is kept."""
    return chunking.dump_table(((b.size, b.lines, b.last) for b in blocks), _MEAN)


def load_blocks(table: bytes) -> list[Block]:
    """The opposite of `dump_blocks`; empty where there is no table, or one of blocks of another size.

    >>> load_blocks(dump_blocks([Block(10, 2, b"<a> <b> <c> .")]))
    [Block(size=10, lines=2, last=b'<a> <b> <c> .')]
    """
    return [Block(*row) for row in chunking.load_table(table, _MEAN)]


def blocks_of(path: Path, table: bytes) -> list[Block] | None:
    """The blocks of a file by its kept table; None where it has none, as of a release made without."""
    blocks = load_blocks(table)
    return blocks if blocks and sum(b.size for b in blocks) == path.stat().st_size else None


def count_lines(path: Path, table: bytes) -> int:
    """How many lines a file has, by its kept table if there is one."""
    blocks = blocks_of(path, table)
    return sum(map(len, read_lines(path))) if blocks is None else sum(b.lines for b in blocks)


class BlockFile:
    """Writes such a file: give it sorted lines (without line feeds), or blocks of another one."""

    def __init__(self, path: Path) -> None:
        self.blocks: list[Block] = []
        self._out = path.open("wb")
        self._zstd = zstandard.ZstdCompressor(level=_LEVEL)
        self._lines: list[bytes] = []

    @property
    def between(self) -> bool:
        """Whether a block has just ended."""
        return not self._lines

    def write(self, lines: Iterable[bytes]) -> None:
        """Append lines."""
        for line in lines:
            self._lines.append(line)
            if ends_block(line):
                self._cut()

    def copy(self, block: Block, data: bytes) -> None:
        """Append a block as it is; only where one has just ended."""
        assert self.between  # noqa: S101  else lines would be lost from their order
        self.blocks.append(block)
        self._out.write(data)

    def _cut(self) -> None:
        data = self._zstd.compress(b"\n".join(self._lines) + b"\n")
        self.blocks.append(Block(len(data), len(self._lines), self._lines[-1]))
        self._out.write(data)
        self._lines = []

    def close(self) -> None:
        """Finish the file."""
        if self._lines:
            self._cut()
        self._out.close()


class Edit(Protocol):
    """What becomes of sorted lines, asked from the first to the last."""

    def due(self, last: bytes) -> bool:
        """Whether anything changes among the lines up to `last`."""
        ...

    def merged(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The lines that take the place of `lines`, which come next."""
        ...

    def rest(self) -> Iterator[bytes]:
        """The lines that come after all others."""
        ...


def rewrite(source: Path, blocks: list[Block], target: BlockFile, edit: Edit) -> None:
    """Write the lines of `source`, whose `blocks` are given, with an edit made; only what it concerns is
    unpacked.
    """
    unpack = zstandard.ZstdDecompressor().decompress
    with source.open("rb") as data:
        for block in blocks:
            packed = data.read(block.size)
            # The last block of the file goes on to whatever comes after it, unless it ends by itself.
            last = block.last if block is not blocks[-1] or ends_block(block.last) else b"\xff"
            if target.between and not edit.due(last):
                target.copy(block, packed)
            else:
                target.write(edit.merged(unpack(packed).split(b"\n")[:-1]))
    target.write(edit.rest())
