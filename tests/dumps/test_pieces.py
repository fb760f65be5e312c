"""The file of a year that was patched is made of the pieces of one written anew."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from kg.dumps import pieces as module
from kg.dumps.pieces import Anew, Copied, Piece, dump_pieces, ends_piece, load_pieces, plan

Articles = dict[str, int]  # identity to what it says
articles = st.dictionaries(st.integers(0, 200).map(lambda n: f"1953-01-01/1/{n:03}"), st.integers(0, 2))


def _pressed(some: Articles) -> list[tuple[Piece, bytes]]:
    """Articles as pieces, and their bytes."""
    out = []
    waiting = b""
    ids = sorted(some)
    count = 0
    for id in ids:
        waiting += f"{id}={some[id]};".encode()
        count += 1
        if ends_piece(id) or id == ids[-1]:
            out.append((Piece(id, len(waiting), count), waiting))
            waiting, count = b"", 0
    return out


@settings(max_examples=300)
@given(old=articles, new=articles)
def test_patched_is_written_anew(monkeypatch: pytest.MonkeyPatch, old: Articles, new: Articles) -> None:
    monkeypatch.setattr(module, "MEAN", 4)
    before = _pressed(old)
    file = b"".join(data for _, data in before)
    changed = {id for id in old.keys() | new.keys() if old.get(id) != new.get(id)}
    made: list[Piece] = []
    data = b""
    for step in plan([piece for piece, _ in before], changed, new.__contains__):
        if isinstance(step, Copied):
            made += step.pieces
            data += file[step.offset : step.offset + sum(p.size for p in step.pieces)]
            continue
        some = {i: n for i, n in new.items() if i > step.after and (step.last is None or i <= step.last)}
        for piece, bytes_ in _pressed(some):
            made.append(piece)
            data += bytes_
    assert made == [piece for piece, _ in _pressed(new)]
    assert data == b"".join(d for _, d in _pressed(new))
    assert load_pieces(dump_pieces(made)) == tuple(made)


def test_one_change_concerns_one_piece() -> None:
    pieces = [piece for piece, _ in _pressed({f"1953-01-01/1/{n:05}": 1 for n in range(3000)})]
    steps = list(plan(pieces, {pieces[40].last[:-1] + "/"}, lambda _: True))
    assert [type(step) for step in steps] == [Copied, Anew, Copied]
    assert steps[1] == Anew(pieces[39].last, pieces[40].last)
    assert sum(len(step.pieces) for step in steps if isinstance(step, Copied)) == len(pieces) - 1
