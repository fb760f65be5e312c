"""Files of parts that end by their content, so that a patched file has the bytes of one written anew.

A part ends with what says so itself: a checksum of its last line or identity is a multiple of the mean number
of them in a part (content-defined chunking, as in rsync and casync).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

Row = tuple[int, int, bytes]
"""A part: its compressed bytes, how much is counted in it, and its last line or identity."""


def ends(last: bytes, mean: int) -> bool:
    """Whether a part ends after this."""
    return zlib.crc32(last) % mean == 0


def dump_table(rows: Iterable[Row], mean: int) -> bytes:
    """The table of a file's parts, as it is kept."""
    return b"%d\n" % mean + b"".join(b"%d %d %s\n" % row for row in rows)


def load_table(table: bytes, mean: int) -> list[Row]:
    r"""The opposite of `dump_table`; empty where there is no table, or one of parts of another size.

    >>> load_table(dump_table([(10, 2, b"<a> <b> <c> .")], 16), 16), load_table(b"32\n10 2 x\n", 16)
    ([(10, 2, b'<a> <b> <c> .')], [])
    """
    said, *lines = table.split(b"\n")
    if said != b"%d" % mean:
        return []
    rows = (line.split(b" ", 2) for line in lines if line)
    return [(int(size), int(count), last) for size, count, last in rows]
