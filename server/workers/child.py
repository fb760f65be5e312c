"""Inside a worker: open the store read-only, answer one query after another until the socket closes."""

from __future__ import annotations

import json
import re
import resource
import socket
from typing import IO, Any, cast

import pyoxigraph as ox

from kg.rdf.formats import Format
from server.workers.frames import CHUNK, Frame, pack, pack_json, read_frame

# Counted in what was written, since the engine serialises without telling how many rows there were.
_ROW_MARK = {
    Format.JSON: re.compile(rb'(?:\}\},|"bindings":\[)\{"[^"]*":\{'),
    Format.XML: re.compile(rb"<result>"),
    Format.CSV: re.compile(rb"\n"),
    Format.TSV: re.compile(rb"\n"),
    Format.N_TRIPLES: re.compile(rb" \.\n"),
    Format.N_QUADS: re.compile(rb" \.\n"),
}
_LONGEST_MARK = 120  # bytes that a mark may span, for those that fall between two chunks


class _Writer:
    """A file the engine writes results into; sends them on in large frames and counts rows."""

    def __init__(self, sock: socket.socket, mark: re.Pattern[bytes] | None) -> None:
        self._sock = sock
        self._mark = mark
        self._parts = bytearray()
        self._tail = b""
        self.pending = bytearray()  # frames that may wait for the end
        self.rows = 0
        self.size = 0

    def write(self, data: bytes) -> int:
        """Take some bytes of the result."""
        self._parts += data
        if len(self._parts) >= CHUNK:
            self.flush_chunk()
        return len(data)

    def flush(self) -> None:
        """Nothing to do: the end of the answer flushes."""

    def flush_chunk(self) -> None:
        """Send what has gathered."""
        data = bytes(self._parts)
        self._parts.clear()
        self._count(data)
        self.size += len(data)
        self._sock.sendall(self.pending + pack(Frame.DATA, data))
        self.pending.clear()

    def finish(self, correction: int = 0) -> None:
        """Send the rest and the end, in one go where all is small."""
        data = bytes(self._parts)
        self._count(data)
        self.rows = max(0, self.rows + correction)
        self.size += len(data)
        end = pack_json(Frame.END, {"rows": self.rows, "bytes": self.size})
        self._sock.sendall(self.pending + pack(Frame.DATA, data) + end)

    def _count(self, data: bytes) -> None:
        if self._mark is None:
            return
        known = len(self._tail)  # marks that end in there were counted before
        window = self._tail + data
        self.rows += sum(1 for m in self._mark.finditer(window) if m.end() > known)
        self._tail = window[-_LONGEST_MARK:]


def _nodes(iris: list[str]) -> list[ox.NamedNode]:
    return [ox.NamedNode(iri) for iri in iris]


def _evaluate(store: ox.Store, question: dict[str, Any]) -> Any:
    dataset: dict[str, Any] = {}
    if question.get("default_graphs") is not None:
        dataset["default_graph"] = _nodes(question["default_graphs"])
    if question.get("named_graphs") is not None:
        dataset["named_graphs"] = _nodes(question["named_graphs"])
    return store.query(
        question["query"],
        base_iri=question.get("base"),
        prefixes=question.get("prefixes"),
        use_default_graph_as_union=bool(question.get("union")),
        **dataset,
    )


def _answer(store: ox.Store, question: dict[str, Any], sock: socket.socket) -> None:
    results = _evaluate(store, question)
    if isinstance(results, ox.QueryTriples):
        kind, name = "graph", question["graph_format"]
    else:
        kind = "boolean" if isinstance(results, ox.QueryBoolean) else "solutions"
        name = question["result_format"]
    format = Format[name] if name else None
    if format is None:
        sock.sendall(pack_json(Frame.ERROR, {"type": "not-acceptable", "message": kind}))
        return
    writer = _Writer(sock, _ROW_MARK.get(format))
    writer.pending += pack_json(Frame.HEADER, {"kind": kind, "format": format.name})
    if isinstance(results, ox.QueryTriples):
        prefixes = question.get("out_prefixes")
        ox.serialize(results, cast("IO[bytes]", writer), format.rdf, prefixes=prefixes)
    else:
        results.serialize(cast("IO[bytes]", writer), format.results)
    writer.finish(correction=_correction(kind, format))


def _correction(kind: str, format: Format) -> int:
    """What the row marks miscount: a table has a header line, a boolean is one row."""
    if kind == "boolean":
        return 1
    return -1 if format in (Format.CSV, Format.TSV) else 0


_POSITION = re.compile(r"error at (\d+):(\d+): ")


def _failure(error: Exception) -> bytes:
    """The engine's message as a frame; a syntax error's place in the query stands in its text."""
    if not isinstance(error, SyntaxError):
        return pack_json(Frame.ERROR, {"type": "evaluation", "message": str(error)})
    document: dict[str, Any] = {"type": "syntax", "message": error.msg}
    if (place := _POSITION.match(error.msg)) is not None:
        document |= {"line": int(place[1]), "column": int(place[2])}
    return pack_json(Frame.ERROR, document)


def _limit_memory(mebibytes: int) -> None:
    if mebibytes:
        size = mebibytes << 20
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def main(fd: int, store: str, memory: int) -> int:
    """Answer until the other side closes; the exit status of the process."""
    sock = socket.socket(fileno=fd)
    opened = ox.Store.read_only(store)
    _limit_memory(memory)
    sock.sendall(pack_json(Frame.READY, {}))
    while True:
        try:
            _, payload = read_frame(sock)
        except EOFError:
            return 0
        try:
            _answer(opened, json.loads(payload), sock)
        except (SyntaxError, ValueError, OSError, RuntimeError, MemoryError) as e:
            if isinstance(e, BrokenPipeError | ConnectionResetError):
                return 0
            sock.sendall(_failure(e))
