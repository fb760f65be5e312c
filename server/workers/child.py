"""Inside a worker: open the store read-only, answer one query after another until the socket closes."""

from __future__ import annotations

import re
import resource
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, cast

import pyoxigraph as ox

from kg.errors import DatelineError, QueryError, QueryTimeout
from kg.rdf.formats import Format
from kg.rdf.xml import NotXml, well_formed
from kg.store.columns import columns_in_order
from kg.store.sparql import might_call_service
from server.workers.calls import directed, original, told
from server.workers.frames import (
    CHUNK,
    PIECE,
    Answers,
    Frame,
    pack_answer,
    pack_data,
    pack_json,
    read_question,
)

# Rows are counted in what was written, since the engine serialises without telling how many there were.
# Quotation marks inside JSON strings are escaped, so this mark stands only between two rows.
_ROW_MARK = {
    Format.JSON: b'}},{"',
    Format.XML: b"<result>",
    Format.CSV: b"\n",
    Format.TSV: b"\n",
    Format.N_TRIPLES: b" .\n",
    Format.N_QUADS: b" .\n",
}
_FIRST_ROW = b'"bindings":[{"'

Answering = Callable[[dict[str, Any], Answers], None]


class Writer:
    """A file the engine writes results into; sends them on in large frames and counts rows."""

    def __init__(self, answers: Answers, kind: str, format: Format, began: float) -> None:
        self._answers = answers
        self._began = began
        self._waited = 0.0  # for the reader

        self._kind = kind
        self._format = format
        self._is_xml = format in (Format.XML, Format.RDF_XML)
        self._mark = _ROW_MARK.get(format)
        self._parts: list[bytes] = []
        self._held = 0
        self._tail = b""
        self._header_sent = False
        self.rows = 0
        self.size = 0

    def write(self, data: bytes) -> int:
        """Take some bytes of the result; `NotXml` where they cannot be written."""
        length = len(data)
        if self._is_xml:
            data = well_formed(data)
        if len(data) <= PIECE:
            self._gather(data)
        else:
            for start in range(0, len(data), PIECE):
                self._gather(data[start : start + PIECE])
        return length

    def _gather(self, data: bytes) -> None:
        self._parts.append(data)
        self._held += len(data)
        if self._held >= CHUNK:
            self._send()

    def flush(self) -> None:
        """Nothing to do: the end of the answer flushes."""

    def _take(self) -> bytes:
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        self._held = 0
        self._count(data)
        self.size += len(data)
        return data

    def _send(self) -> None:
        """The next DATA frame, after the HEADER."""
        data = self._take()
        now = time.monotonic()
        if not self._header_sent:
            self._header_sent = True
            self._answers.send(pack_answer(Frame.HEADER, self._kind, self._format))
        self._answers.send(pack_data(now - self._began - self._waited), data)
        self._waited += time.monotonic() - now

    def finish(self) -> None:
        """Send the rest and the end: all in one frame where it is small."""
        if not self._header_sent:
            data = self._take()
            head = pack_answer(Frame.WHOLE, self._kind, self._format, self._rows())
            self._answers.send(head, data)
            return
        self._send()
        self._answers.send(pack_json(Frame.END, {"rows": self._rows(), "bytes": self.size}))

    def _rows(self) -> int:
        """What the marks miscount: a table has a header line, a boolean is one row."""
        if self._kind == "boolean":
            return 1
        return self.rows - (self._format in (Format.CSV, Format.TSV))

    def _count(self, data: bytes) -> None:
        if self._mark is None or not data:
            return
        if self._format is Format.JSON and self.size == 0:
            self.rows += _FIRST_ROW in data
        # A mark may lie across two chunks: look at the seam with one byte less than it is long on each side.
        seam = self._tail + data[: len(self._mark) - 1]
        self.rows += data.count(self._mark) + seam.count(self._mark)
        self._tail = data[1 - len(self._mark) :] if len(self._mark) > 1 else b""


@dataclass(frozen=True, slots=True)
class Terms:
    """What queries may leave unsaid: prefixes, and the IRI that relative ones are relative to."""

    prefixes: dict[str, str]
    base: str | None


def _nodes(iris: list[str]) -> list[ox.NamedNode]:
    return [ox.NamedNode(iri) for iri in iris]


def _evaluate(store: ox.Store, question: dict[str, Any], terms: Terms) -> Any:
    dataset: dict[str, Any] = {}
    if question.get("default_graphs") is not None:
        dataset["default_graph"] = _nodes(question["default_graphs"])
    if question.get("named_graphs") is not None:
        dataset["named_graphs"] = _nodes(question["named_graphs"])
    query = directed(question["query"], question.get("calls", []))
    query = columns_in_order(query, base_iri=terms.base, prefixes=terms.prefixes or None)
    try:
        return store.query(query, base_iri=terms.base, **dataset)
    except SyntaxError:
        if not terms.prefixes:
            raise
        # The usual prefixes may go unsaid.  Tried second, since handing them over costs more than an ASK.
        return store.query(query, base_iri=terms.base, prefixes=terms.prefixes, **dataset)


def _answer(store: ox.Store, terms: Terms, question: dict[str, Any], answers: Answers) -> None:
    began = time.monotonic()
    if "dump" in question:
        _dump(store, question, terms, answers)
        return
    results = _evaluate(store, question, terms)
    if isinstance(results, ox.QueryTriples):
        kind, name = "graph", question["graph_format"]
    else:
        kind = "boolean" if isinstance(results, ox.QueryBoolean) else "solutions"
        name = question["result_format"]
    format = Format[name] if name else None
    if format is None:
        answers.send(pack_json(Frame.ERROR, {"type": "not-acceptable", "message": kind}))
        return
    writer = Writer(answers, kind, format, began)
    if isinstance(results, ox.QueryTriples):
        ox.serialize(results, cast("IO[bytes]", writer), format.rdf, prefixes=terms.prefixes or None)
    else:
        results.serialize(cast("IO[bytes]", writer), format.results)
    writer.finish()


def _dump(store: ox.Store, question: dict[str, Any], terms: Terms, answers: Answers) -> None:
    """A whole graph, or the whole dataset: the Graph Store Protocol.  ``dump`` is default, all, or an IRI."""
    format = Format[question["graph_format"]]
    which = question["dump"]
    graph: ox.DefaultGraph | ox.NamedNode | None = None if which == "all" else ox.DefaultGraph()
    if which not in ("default", "all"):
        graph = ox.NamedNode(which)
        if not store.contains_named_graph(graph):
            answers.send(pack_json(Frame.ERROR, {"type": "no-graph", "message": which}))
            return
    writer = Writer(answers, "graph", format, time.monotonic())
    store.dump(cast("IO[bytes]", writer), format.rdf, from_graph=graph, prefixes=terms.prefixes or None)
    writer.finish()


_MESSAGE = 10_000  # characters: more than anybody reads
_POSITION = re.compile(r"error at (\d+):(\d+): ")
_SENTENCE = re.compile(
    r"^error at \d+:\d+: expected (?:one of )?.*?\b([A-Z][a-z]* [^,'\"\[]*[a-z])(?=,|$)", re.DOTALL
)


def _failure(error: Exception, question: dict[str, Any]) -> bytes:
    """The engine's message as a frame; a syntax error's place in the query stands in its text."""
    query, calls = str(question.get("query", "")), question.get("calls", [])
    if not isinstance(error, SyntaxError):
        message = told(error.message if isinstance(error, DatelineError) else str(error), calls)
        return pack_json(Frame.ERROR, {"type": _kind(error, query), "message": message[:_MESSAGE]})
    place = _POSITION.match(error.msg)
    if place is None:
        return pack_json(Frame.ERROR, {"type": "syntax", "message": told(error.msg, calls)[:_MESSAGE]})
    line, column = int(place[1]), int(place[2])
    if calls:
        line, column = original(line, column, query, calls)
    said = _SENTENCE.search(error.msg)  # what is no list of characters is what helps
    what = said[1] if said else told(error.msg[place.end() :], calls)
    lines = query.split("\n")
    near = lines[line - 1][max(0, column - 1) :][:60] if line <= len(lines) else ""
    message = f"error at {line}:{column}: {what}"[:_MESSAGE]
    document = {"type": "syntax", "message": message, "line": line, "column": column, "near": near}
    return pack_json(Frame.ERROR, document)


def _kind(error: Exception, query: str) -> str:
    """Whose fault it is, as `server.sparql.answering` tells it."""
    if isinstance(error, NotXml):
        return "not-xml"
    if isinstance(error, QueryTimeout):
        return "store-late"
    if isinstance(error, DatelineError):  # of a store elsewhere
        return "evaluation" if isinstance(error, QueryError) else "store"
    return "service" if might_call_service(query) else "evaluation"


def _limit_memory(mebibytes: int) -> None:
    if mebibytes:
        size = mebibytes << 20
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def _open(store: str, terms: Terms, timeout: float) -> Answering:
    """What answers: a store on disk, or a SPARQL endpoint elsewhere."""
    if store.startswith(("http://", "https://")):
        from server.workers.relay import Relay  # brings an HTTP client, which few workers need

        return Relay(store, timeout, Writer).answer
    opened = ox.Store.read_only(store)
    return lambda question, answers: _answer(opened, terms, question, answers)


def main(
    answers: int,
    questions: int,
    store: str,
    memory: int = 0,
    prefixes: dict[str, str] | None = None,
    base: str | None = None,
    timeout: float = 3600.0,
) -> int:
    """Answer until the other side closes; the exit status of the process.

    `answers` and `questions` are the numbers of the sockets for these.
    """
    sock, asked = socket.socket(fileno=answers), socket.socket(fileno=questions)
    answer = _open(store, Terms(prefixes or {}, base), timeout)
    _limit_memory(memory)
    sock.send(pack_json(Frame.READY, {}))
    while True:
        try:
            question = read_question(asked, sock)
        except EOFError:
            return 0
        out = Answers(sock, question["number"])
        try:
            answer(question, out)
        except (SyntaxError, ValueError, OSError, RuntimeError, MemoryError, DatelineError) as e:
            if isinstance(e, BrokenPipeError | ConnectionResetError):
                return 0
            out.send(_failure(e, question))
