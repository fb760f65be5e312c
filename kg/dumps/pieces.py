"""The pieces that the dump of a year is made of, and which of them an update must write anew.

A piece is some articles in the order of their identities, pressed together.  It ends with an article whose
identity says so itself (`kg.dumps.chunking`).  So where pieces end depends on the articles alone, a change of
one article changes one piece (or joins or parts two), and a file that was patched has the bytes of one that
was written anew.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.dumps import chunking

MEAN = 16  # articles of a piece; the file is 13 % larger than in one piece, 8 % with 32


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: the identity of its last article, its compressed bytes, its triples."""

    last: str
    size: int
    count: int


@dataclass(frozen=True, slots=True)
class Copied:
    """Pieces that stay as they are, from byte `offset` on."""

    offset: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Anew:
    """Articles behind identity `after` (``""``: from the first) up to `last` (None: to the end of the year)
    that are to be pressed.
    """

    after: str
    last: str | None


def ends_piece(id: str) -> bool:
    """Whether a piece ends with this article."""
    return chunking.ends(id.encode(), MEAN)


def dump_pieces(pieces: Iterable[Piece]) -> bytes:
    """The table of a file's pieces, as it is kept."""
    return chunking.dump_table(((p.size, p.count, p.last.encode()) for p in pieces), MEAN)


def load_pieces(table: bytes) -> tuple[Piece, ...]:
    """The opposite of `dump_pieces`; empty where there is no table, or one of pieces of another size.

    >>> load_pieces(dump_pieces([Piece("1953-12-14/1/0a1b2c3d", 70, 5)]))
    (Piece(last='1953-12-14/1/0a1b2c3d', size=70, count=5),)
    """
    rows = chunking.load_table(table, MEAN)
    return tuple(Piece(last.decode(), size, count) for size, count, last in rows)


def plan(
    pieces: Sequence[Piece], changed: Iterable[str], is_there: Callable[[str], bool]
) -> Iterator[Copied | Anew]:
    """How a file of these `pieces` becomes one of the articles that there are now.

    `changed` are the identities that have left, come, or say something else; `is_there` tells of one of them
    whether it is there now.
    """
    touched = sorted(changed)
    offset = start = 0  # of the pieces that can be copied together
    kept: list[Piece] = []
    open_after: str | None = None  # behind which articles wait to be pressed
    before = ""
    for number, piece in enumerate(pieces):
        # The last piece goes on to whatever comes after it, unless it ends by itself.
        endless = number == len(pieces) - 1 and not ends_piece(piece.last)
        at = bisect.bisect_right(touched, before)
        hit = at < len(touched) and (endless or touched[at] <= piece.last)
        if open_after is None and not hit:
            kept.append(piece)
        else:
            if kept:
                yield Copied(start, tuple(kept))
                kept = []
            if open_after is None:
                open_after = before
            if _stands(piece.last, touched, is_there) and not endless:
                yield Anew(open_after, piece.last)
                open_after = None
        offset += piece.size
        if not kept:
            start = offset
        before = piece.last
    if kept:
        yield Copied(start, tuple(kept))
    if open_after is not None or bisect.bisect_right(touched, before) < len(touched):
        yield Anew(before if open_after is None else open_after, None)


def _stands(id: str, touched: Sequence[str], is_there: Callable[[str], bool]) -> bool:
    at = bisect.bisect_left(touched, id)
    return at == len(touched) or touched[at] != id or is_there(id)
