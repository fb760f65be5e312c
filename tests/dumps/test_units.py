"""The pieces: Turtle, the runs of an article, reading and writing literals, slices."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kg import vocab
from kg.cli import main
from kg.dumps.index import DumpIndex
from kg.dumps.parts import OWN, kind_of, split_article
from kg.dumps.pressing import Press, Wanted, gzip_member
from kg.dumps.reading import read_lines
from kg.dumps.slicing import SLICES, dump_triples
from kg.dumps.tables import Column, Table, csv_rows
from kg.dumps.turtle import TurtleWriter
from kg.errors import ReleaseError
from kg.rdf import ntriples as nt
from kg.rdf.formats import Format
from tests.dumps.conftest import Archive

BASE = "http://127.0.0.1:8000/"
LOCAL = st.from_regex(r"(entity|article|event)/[A-Za-z0-9_.~%-]{1,12}(#[a-z]{1,5}-[0-9])?", fullmatch=True)
OURS = LOCAL.map(lambda x: f"<{BASE}{x}>").filter(lambda x: "%" not in x)
KNOWN = st.sampled_from([vocab.DL, vocab.SCHEMA, vocab.WD, vocab.XSD, vocab.UNIT, "urn:other:"])
NAMES = st.from_regex(r"[A-Za-z0-9_.-]{0,8}", fullmatch=True)
IRIS = st.one_of(OURS, st.tuples(KNOWN, NAMES).map(lambda p: f"<{p[0]}{p[1]}>"))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LITERALS = st.one_of(
    TEXTS.map(nt.string),
    TEXTS.map(lambda t: nt.text(t, "zh-Hans")),
    st.tuples(TEXTS, KNOWN).map(lambda p: nt.typed(p[0], f"{p[1]}type")),
    st.integers().map(nt.integer),
)
STATEMENTS = st.builds(nt.statement, IRIS, IRIS, st.one_of(IRIS, LITERALS))


def parsed(text: bytes, form: ox.RdfFormat) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(text, format=form)}


@given(st.lists(STATEMENTS, max_size=12))
def test_turtle_says_what_the_ntriples_say(statements: list[str]):
    lines = nt.encode(statements, of="test")
    turtle = TurtleWriter(BASE)
    written = turtle.header() + turtle.body(lines)
    assert parsed(written, ox.RdfFormat.TURTLE) == parsed(lines, ox.RdfFormat.N_TRIPLES)


@given(st.lists(STATEMENTS, max_size=6), st.lists(STATEMENTS, max_size=6))
def test_bodies_of_turtle_can_be_joined(a: list[str], b: list[str]):
    first, second = nt.encode(a, of="test"), nt.encode(b, of="test")
    turtle = TurtleWriter(BASE)
    written = turtle.header() + turtle.body(first) + turtle.body(second)
    assert parsed(written, ox.RdfFormat.TURTLE) == parsed(first + second, ox.RdfFormat.N_TRIPLES)


@given(TEXTS)
def test_escaped_text_is_read_back(text: str):
    assert nt.unescape(nt.escape(text)) == text


FRAGMENTS = ["", *(f"#{kind}-{n}" for n in (1, 2, 10) for kind in
             ("dispatch", "event", "measure", "place", "quantity", "source", "unit"))]  # fmt: skip
FRAGMENTS += ["#dispatch-1-chain-1", "#dispatch-2-chain-3"]


_CELLS = st.none() | st.text(alphabet=st.sampled_from('a ,;"\r\n|文'))


@given(st.lists(st.tuples(_CELLS, _CELLS, st.none() | st.integers())))
def test_csv_is_quoted_as_python_quotes_it(rows: list[tuple[str | None, str | None, int | None]]):
    kinds = ("string", "date", "integer")
    table = Table("t", "", tuple(Column(kind, kind, "") for kind in kinds))
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    assert csv_rows(table, [list(row) for row in rows]).decode() == out.getvalue()


@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=30), TEXTS)
def test_the_runs_of_an_article_are_all_its_lines_by_kind(fragments: list[str], text: str):
    node = f"{BASE}article/1953-12-14/4/1a2b3c4d"
    own = nt.encode(
        [nt.statement(f"<{node}{f}>", f"<urn:p:{i}>", nt.string(text)) for i, f in enumerate(fragments)],
        of="test",
    )
    runs = list(split_article(own))
    assert b"".join(run for _, run in runs) == own
    for kind, run in runs:
        assert kind in OWN
        assert {kind_of(line, BASE.encode()) for line in run.splitlines()} == {kind}


@given(st.binary(max_size=2000), st.binary(max_size=100))
def test_gzip_members_can_be_joined_and_hold_no_time(a: bytes, b: bytes):
    joined = gzip_member(a) + gzip_member(b)
    assert gzip.decompress(joined) == a + b
    assert gzip_member(a)[4:8] == b"\0\0\0\0"
    assert zlib.decompress(gzip_member(a), 31) == a


def test_frames_of_zstd_can_be_joined(tmp_path: Path):
    press = Press(Wanted(BASE))
    (tmp_path / "x.zst").write_bytes(press.frame(b"a\nb\n").data["zst"] + press.frame(b"c\n").data["zst"])
    assert [line for some in read_lines(tmp_path / "x.zst") for line in some] == [b"a", b"b", b"c"]


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"base": "x"}', b'{"files": [{"name": 1}]}', b"\xff"])
def test_a_broken_index_is_named(tmp_path: Path, text: bytes):
    (tmp_path / "index.json").write_bytes(text)
    with pytest.raises(ReleaseError, match="index"):
        DumpIndex.load(tmp_path)


# --- kg dump ---


@pytest.mark.parametrize("kind", SLICES)
def test_a_slice_by_kind_is_the_file_of_the_kind(archive: Archive, kind: str):
    names = {"article": "kind-articles", "mention": "kind-mentions", "event": "kind-events",
             "entity": "kind-entities", "link": "kind-links", "ontology": "ontology"}  # fmt: skip
    path = archive.new.dumps / (f"{names[kind]}.nt.zst" if kind in names else "dataset.nt")
    out = io.BytesIO()
    dump_triples(archive.new, out, Format.N_TRIPLES, kinds=[kind])
    assert sorted(out.getvalue().splitlines()) == sorted(x for some in read_lines(path) for x in some)


@pytest.mark.parametrize("form", ["nt", "ttl", "nq", "rdf", "jsonld", "trig"])
def test_a_slice_by_year_and_kind_in_any_format(archive: Archive, tmp_path: Path, form: str):
    target = tmp_path / f"slice.{form}.gz"
    arguments = ["--data", str(archive.settings.data), "dump", "--year", "1953", "--kind", "event"]
    done = CliRunner().invoke(main, [*arguments, "-f", form, "-o", str(target)])
    assert done.exit_code == 0, done.output
    chosen = Format.from_name(form)
    assert chosen is not None
    quads = list(ox.parse(gzip.decompress(target.read_bytes()), format=chosen.rdf))
    assert quads
    assert all("/article/1953-" in str(q.subject) and "#event-" in str(q.subject) for q in quads)
    out = io.BytesIO()
    dump_triples(archive.new, out, Format.N_TRIPLES, years=[1953], kinds=["event"])
    assert len(quads) == len(out.getvalue().splitlines())


@pytest.mark.parametrize("form", [Format.N_QUADS, Format.TRIG])
def test_formats_with_graphs_say_which_article_owns_a_triple(archive: Archive, form: Format):
    """As ``graph.nq`` does, triple by triple."""
    out = io.BytesIO()
    dump_triples(archive.new, out, form)
    (path,) = archive.new.dumps.glob("graph.nq.zst")
    lines = b"\n".join(x for some in read_lines(path) for x in some)
    expected = set(ox.parse(lines, format=ox.RdfFormat.N_QUADS))
    assert set(ox.parse(out.getvalue(), format=form.rdf)) == expected
    assert len({q.graph_name for q in expected}) > 2


def test_the_whole_dump_is_the_store(archive: Archive, tmp_path: Path):
    target = tmp_path / "graph.nt.zst"
    done = CliRunner().invoke(main, ["--data", str(archive.settings.data), "dump", "-o", str(target)])
    assert done.exit_code == 0, done.output
    found = [line for some in read_lines(target) for line in some]
    assert len(found) == len(set(found)) == archive.new.manifest.triples
