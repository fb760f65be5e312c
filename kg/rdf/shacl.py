"""One SHACL run: reads a job as JSON on standard input, writes the report as JSON on standard output.

It is a program of its own (``python -m kg.rdf.shacl``) because rdflib and pySHACL are heavy, slow and take
memory that the caller should get back; call it through :func:`kg.rdf.validate.validate`.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyshacl
from rdflib import SH, BNode, Dataset, Graph, Literal, Node, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from kg.packed import open_zst

UNREADABLE = 3
"""The exit code where a file is at fault; standard error then is the message."""
_TOLD = 300  # characters of a parser's message
_FORMATS = {
    ".ttl": "turtle", ".nt": "nt", ".rdf": "xml", ".xml": "xml", ".jsonld": "json-ld", ".nq": "nquads",
    ".trig": "trig",
}  # fmt: skip
_DATASETS = frozenset({"nquads", "trig"})


class Unreadable(ValueError):
    """A file is no graph."""


class PreparedGraph(Graph):
    """A graph that parses each query once: pySHACL asks the same few of every node, and parsing one takes
    rdflib forty times as long as answering it.
    """

    def query(self, query_object: str | Query, *args: Any, **options: Any) -> Result:
        """As in `Graph`."""
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **options)


@functools.cache
def _prepared(query: str) -> Query:
    return prepareQuery(query)


def load(paths: list[str]) -> Graph:
    """One graph of several files; ``.gz`` and ``.zst`` are unpacked, named graphs count as one.

    `Unreadable` says which is none.
    """
    graph = PreparedGraph()
    for path in map(Path, paths):
        suffixes = [s for s in path.suffixes if s in _FORMATS]
        if not suffixes:
            raise Unreadable(f"{path}: not a graph by its name; one of: {' '.join(sorted(_FORMATS))}")
        try:
            _parse(graph, path, _FORMATS[suffixes[-1]])
        except OSError as e:
            raise Unreadable(f"{path}: cannot be read: {e.strerror or e}") from e
        except Exception as e:  # rdflib's parsers raise whatever they come upon
            said = " ".join(str(e).split())[:_TOLD] or type(e).__name__
            raise Unreadable(f"{path}: not valid {_FORMATS[suffixes[-1]]}: {said}") from e
    return graph


def _parse(graph: Graph, path: Path, form: str) -> None:
    data, base = _read(path), path.absolute().as_uri()
    if form not in _DATASETS:
        graph.parse(data=data, format=form, publicID=base)
        return
    dataset = Dataset()
    dataset.parse(data=data, format=form, publicID=base)
    for subject, predicate, thing, _ in dataset.quads():
        graph.add((subject, predicate, thing))


def _read(path: Path) -> bytes:
    raw = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(raw)
    if path.suffix == ".zst":
        return open_zst(io.BytesIO(raw)).read()
    return raw


def run(graphs: list[list[str]], shapes: str, ontology: str) -> Iterator[dict[str, Any]]:
    """Validate graphs of several files each, one by one; the reports as built-in types."""
    shape_graph, background = load([shapes]), load([ontology])
    for files in graphs:
        yield _report(load(files), shape_graph, background)


def _report(graph: Graph, shape_graph: Graph, background: Graph) -> dict[str, Any]:
    triples = len(graph)
    for statement in background:  # the concept schemes, and the hierarchy of classes
        graph.add(statement)
    conforms, results, _ = pyshacl.validate(
        graph,
        shacl_graph=shape_graph,
        inference="none",
        inplace=True,
        allow_infos=True,
        allow_warnings=True,
    )
    if not isinstance(results, Graph):
        raise TypeError(f"pySHACL gave no report: {results!r}")
    found = sorted(_results(results, shape_graph), key=lambda r: (r["node"], r["shape"], r["value"] or ""))
    return {"conforms": bool(conforms), "triples": triples, "results": found}


def _results(report: Graph, shapes: Graph) -> Iterator[dict[str, Any]]:
    for result in report.objects(None, SH.result):
        shape = report.value(result, SH.sourceConstraint)
        if not isinstance(shape, URIRef):
            shape = report.value(result, SH.sourceShape)
        path, value = report.value(result, SH.resultPath), report.value(result, SH.value)
        messages = {m.language or "": str(m) for m in _messages(report, shapes, result, shape)}
        yield {
            "node": str(report.value(result, SH.focusNode)),
            "shape": _local(shape),
            "component": _local(report.value(result, SH.sourceConstraintComponent)),
            "severity": _local(report.value(result, SH.resultSeverity)),
            "path": None if path is None or isinstance(path, BNode) else str(path),
            "value": None if value is None else str(value),
            "messages": dict(sorted(messages.items())),
        }


def _messages(report: Graph, shapes: Graph, result: Node, shape: Node | None) -> list[Literal]:
    """In all languages the shape has; the report alone may have only one."""
    said = [*shapes.objects(shape, SH.message)] if shape is not None else []
    return [m for m in said or report.objects(result, SH.resultMessage) if isinstance(m, Literal)]


def _local(node: Node | None) -> str:
    return str(node).rpartition("#")[2] if isinstance(node, URIRef) else ""


def main() -> None:
    """The program."""
    job = json.load(sys.stdin)
    try:
        reports = list(run(job["graphs"], job["shapes"], job["ontology"]))
    except Unreadable as e:
        sys.stderr.write(str(e))
        sys.exit(UNREADABLE)
    json.dump(reports, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
