"""One contract, two stores: Oxigraph on disk, and any store over HTTP (here a real ``oxigraph serve``)."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.errors import QueryError, StoreError
from kg.store.oxigraph import OxigraphEngine, OxigraphSink
from kg.store.ports import Answers, QueryEngine, Term, TripleSink
from kg.store.remote import RemoteEngine, RemoteSink

S = "http://example.org/s"
LINES = (
    f"<{S}1> <http://example.org/name> \"奠边府\"@zh .\n"
    f"<{S}1> <http://example.org/name> \"Dien \\\"Bien\\\" Phu\\n\"@en .\n"
    f"<{S}1> <http://example.org/size> \"12\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n"
    f"<{S}1> <http://example.org/near> <{S}2> .\n"
    f"<{S}2> <http://example.org/name> \"Sơn La\" .\n"
).encode()  # fmt: skip


class Store:
    """A store that can be written and then asked."""

    def __init__(self, sink: Callable[[], TripleSink], engine: Callable[[], QueryEngine]) -> None:
        self._sink, self._engine = sink, engine

    def write(self, *lines: bytes) -> None:
        sink = self._sink()
        assert isinstance(sink, TripleSink)
        for data in lines:
            sink.write(data)
        sink.close()

    def remove(self, lines: bytes) -> None:
        sink = self._sink()
        sink.remove(lines)
        sink.close()

    def engine(self) -> QueryEngine:
        return self._engine()

    def lines(self) -> set[str]:
        out = io.BytesIO()
        engine = self.engine()
        engine.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }").serialize(out, "application/n-triples")
        engine.close()
        return set(out.getvalue().decode().splitlines())


@pytest.fixture(params=["disk", "http"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "disk":
        path = tmp_path / "store"
        yield Store(lambda: OxigraphSink(path), lambda: OxigraphEngine(path))
        return
    url = request.getfixturevalue("oxigraph")
    made = Store(lambda: RemoteSink(f"{url}/update"), lambda: RemoteEngine(f"{url}/query"))
    yield made
    made.remove("".join(f"{line}\n" for line in made.lines()).encode())


def test_what_is_written_can_be_asked(store: Store) -> None:
    store.write(LINES)
    assert store.lines() == set(LINES.decode().splitlines())


def test_writing_again_changes_nothing(store: Store) -> None:
    store.write(LINES, LINES)
    store.write(LINES[: LINES.index(b"\n") + 1], b"")
    assert len(store.lines()) == 5


def test_removing(store: Store) -> None:
    store.write(LINES)
    gone, kept = LINES.splitlines(keepends=True)[:2], LINES.splitlines(keepends=True)[2:]
    store.remove(b"".join(gone))
    store.remove(b"".join(gone))  # passed over
    assert store.lines() == {line.decode().rstrip() for line in kept}


def test_many_lines_from_several_threads(store: Store) -> None:
    sink = store._sink()
    parts = [
        b"".join(b"<http://example.org/%d-%d> <http://example.org/p> <http://example.org/o> .\n" % (t, i)
                 for i in range(6_000)) for t in range(3)
    ]  # fmt: skip
    threads = [threading.Thread(target=sink.write, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sink.close()
    engine = store.engine()
    (row,) = engine.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }").rows()
    engine.close()
    assert row["n"] == Term("literal", "18000", None, "http://www.w3.org/2001/XMLSchema#integer")


def test_rows(store: Store) -> None:
    store.write(LINES)
    engine = store.engine()
    answer = engine.query(
        "SELECT ?name ?size ?none WHERE { ?s <http://example.org/name> ?name"
        " OPTIONAL { ?s <http://example.org/size> ?size } OPTIONAL { ?s <http://example.org/x> ?none } }"
        " ORDER BY STR(?name)"
    )
    assert answer.form is Answers.BINDINGS
    assert answer.variables == ("name", "size", "none")
    rows = list(answer.rows())
    assert rows[0]["name"] == Term("literal", 'Dien "Bien" Phu\n', "en")
    assert rows[0]["size"] == Term("literal", "12", None, "http://www.w3.org/2001/XMLSchema#integer")
    assert "none" not in rows[0]
    assert rows[1] == {"name": Term("literal", "Sơn La", None, "http://www.w3.org/2001/XMLSchema#string")}
    engine.close()


def test_substitutions_bind_variables(store: Store) -> None:
    store.write(LINES)
    engine = store.engine()
    assert isinstance(engine, QueryEngine)
    rows = list(
        engine.query(
            "SELECT ?s ?o WHERE { ?s <http://example.org/near> ?o }", substitutions={"s": f"<{S}1>"}
        ).rows()
    )
    assert [row["o"] for row in rows] == [Term("uri", f"{S}2")]
    none = engine.query("SELECT ?s ?o WHERE { ?s ?p ?o }", substitutions={"s": f"<{S}3>"})
    assert list(none.rows()) == []
    counted = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    with pytest.raises(QueryError, match=r"\?s"):
        engine.query(counted, substitutions={"s": f"<{S}1>"})
    grouped = "SELECT ?s (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?s"
    assert [r["n"].value for r in engine.query(grouped, substitutions={"s": f"<{S}1>"}).rows()] == ["4"]
    engine.close()


def test_ask_and_serialise(store: Store) -> None:
    store.write(LINES)
    engine = store.engine()
    asked = engine.query(f"ASK {{ <{S}1> ?p ?o }}")
    assert asked.form is Answers.BOOLEAN
    assert asked.boolean()
    out = io.BytesIO()
    engine.query("SELECT ?s { ?s <http://example.org/near> ?o }").serialize(
        out, "application/sparql-results+json"
    )
    found = json.loads(out.getvalue())["results"]["bindings"]
    assert found == [{"s": {"type": "uri", "value": f"{S}1"}}]
    engine.close()


def test_wrong_queries_are_told(store: Store) -> None:
    store.write(LINES)
    engine = store.engine()
    with pytest.raises(QueryError, match="query"):
        engine.query("SELECT WHERE")
    with pytest.raises(QueryError, match="no rows"):
        list(engine.query("ASK { ?s ?p ?o }").rows())
    with pytest.raises(QueryError, match="no boolean"):
        engine.query("SELECT * { ?s ?p ?o }").boolean()
    with pytest.raises(QueryError, match="N-Triples"):
        engine.query("SELECT * { ?s ?p ?o }", substitutions={"s": "not a term"})
    engine.close()


def test_wrong_triples_are_told(store: Store) -> None:
    sink = store._sink()
    with pytest.raises(StoreError):
        sink.write(b"<http://example.org/s> nonsense .\n")
    sink.close()
    assert store.lines() == set()


def test_a_store_that_is_not_there() -> None:
    engine = RemoteEngine("http://127.0.0.1:9/query", timeout=5)
    with pytest.raises(StoreError, match="cannot be reached"):
        engine.query("ASK {}")
    with pytest.raises(StoreError, match="cannot be reached"):
        RemoteSink("http://127.0.0.1:9/update", timeout=5).write(LINES)
