"""Loading any RDF: in pieces, with word of how far it is, and errors that say where."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pyoxigraph as ox
import pytest
import zstandard

from kg.cli import loading
from kg.cli.loading import Loading
from kg.errors import DatelineError, StoreError, UsageError
from kg.store import plain
from kg.store.plain import load_plain


def test_a_file_in_many_pieces_is_loaded_whole(tmp_path, monkeypatch):
    """Blank nodes of one file are the same ones in all pieces, and others than those of the next file."""
    monkeypatch.setattr(plain, "_CHUNK", 7)
    monkeypatch.setattr(plain, "_FEW", 3)
    lines = "".join(f"_:x <http://e/p> {n} .\n" for n in range(30))
    files = [tmp_path / "a.ttl", tmp_path / "b.ttl.gz"]
    files[0].write_text(lines)
    files[1].write_bytes(gzip.compress(lines.encode()))
    told: list[tuple[str, float]] = []
    count = load_plain(files, tmp_path / "store", tell=lambda file, part: told.append((file.name, part)))
    assert count == 60
    store = ox.Store.read_only(str(tmp_path / "store"))
    subjects = [quad.subject for quad in store]
    assert sorted(subjects.count(s) for s in {*subjects}) == [30, 30]
    assert [name for name, _ in told] == ["a.ttl"] * 5 + ["b.ttl.gz"] * 5
    assert all(0 < part <= 1 for _, part in told)


LONG = b"".join(b'<http://e/%d> <http://e/p> "%d" .\n' % (n, n * 7919) for n in range(3000))


@pytest.mark.parametrize(
    ("name", "content", "error", "told"),
    [
        ("a.nt", b"<a:a> <a:b> <a:c> .\n<a:a> <a:b> nope .\n", StoreError, "a.nt, line 2 .*: not valid N-T"),
        ("a.jsonld", b'{"a":\n x}', StoreError, "a.jsonld, line 2 column 2: not valid JSON-LD"),
        ("a.jsonld", b'{"@context": "http://e/c"}', StoreError, "a.jsonld: its @context stands elsewhere"),
        ("a.rdf", b"<rdf>", StoreError, "a.rdf.*: not valid RDF/XML"),
        ("a.nt.gz", gzip.compress(LONG)[:5000], UsageError, "a.nt.gz: cannot be read: .* ended"),
        ("a.nt.zst", zstandard.compress(LONG)[:5000], UsageError, "a.nt.zst: cannot be read: .* cut off"),
        ("a.nt.gz", b"garbage", UsageError, "a.nt.gz: cannot be read: Not a gzipped file"),
        ("a.ttl", None, UsageError, "a.ttl: cannot be read: No such file"),
        ("a.foo", b"", UsageError, "a.foo: no RDF format is known by 'foo'"),
    ],
)  # fmt: skip
def test_errors_name_the_file_the_place_and_the_remedy(tmp_path, name, content, error, told):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DatelineError, match=told) as caught:
        load_plain([file], tmp_path / "store")
    assert isinstance(caught.value, error)
    assert caught.value.remedy


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_told_where_loading_takes_time(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(loading.time, "monotonic", lambda: now[0])
    log, terminal = io.StringIO(), Terminal()
    for stream in (log, terminal):
        now[0] = 0.0
        with Loading(stream) as told:
            for n in range(30):
                now[0] = float(n)
                told(Path("data/a.nt"), n / 29)
    assert log.getvalue().splitlines() == [
        "loading a.nt: 7% after 2 s", "loading a.nt: 41% after 12 s", "loading a.nt: 76% after 22 s"
    ]  # fmt: skip
    assert "\n" not in terminal.getvalue()
    assert terminal.getvalue().count("\r\x1b[K") == 29  # once a second from the third on, and wiped out
    assert terminal.getvalue().endswith("\r\x1b[K")
