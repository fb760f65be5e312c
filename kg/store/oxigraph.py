"""Oxigraph on disk: read-only for queries, one owner for writing."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.rdf.formats import Format
from kg.rdf.xml import XmlFile
from kg.store.bulk import BulkLoad
from kg.store.columns import columns_in_order
from kg.store.ports import Answer, Answers, Row, Term


def _result_format(media_type: str) -> ox.QueryResultsFormat:
    result_format = ox.QueryResultsFormat.from_media_type(media_type)
    if result_format is None:
        raise QueryError(
            f"format {media_type!r}: not one for results", remedy="ask for JSON, XML, CSV or TSV"
        )
    return result_format


def _rdf_format(media_type: str) -> ox.RdfFormat:
    rdf_format = ox.RdfFormat.from_media_type(media_type)
    if rdf_format is None:
        raise QueryError(f"format {media_type!r}: not one for triples", remedy="ask for text/turtle")
    return rdf_format


def _term(term: object) -> Term:
    if isinstance(term, ox.NamedNode):
        return Term("uri", term.value)
    if isinstance(term, ox.BlankNode):
        return Term("bnode", term.value)
    if isinstance(term, ox.Literal):
        datatype = None if term.language else term.datatype.value
        return Term("literal", term.value, term.language, datatype)
    return Term("triple", str(term))


class OxigraphAnswer:
    """An answer of pyoxigraph; implements `kg.store.ports.Answer`."""

    def __init__(self, answer: ox.QueryBoolean | ox.QuerySolutions | ox.QueryTriples) -> None:
        self._answer = answer

    @property
    def form(self) -> Answers:
        """ASK, SELECT, or triples."""
        if isinstance(self._answer, ox.QueryBoolean):
            return Answers.BOOLEAN
        return Answers.BINDINGS if isinstance(self._answer, ox.QuerySolutions) else Answers.TRIPLES

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of a SELECT."""
        if isinstance(self._answer, ox.QuerySolutions):
            return tuple(v.value for v in self._answer.variables)
        return ()

    def boolean(self) -> bool:
        """The answer of an ASK."""
        if not isinstance(self._answer, ox.QueryBoolean):
            raise QueryError("the answer is no boolean", remedy="ask with ASK")
        return bool(self._answer)

    def rows(self) -> Iterator[Row]:
        """The rows of a SELECT."""
        if not isinstance(self._answer, ox.QuerySolutions):
            raise QueryError("the answer has no rows", remedy="ask with SELECT")
        names = self.variables
        for solution in self._answer:
            yield {n: _term(t) for n, t in zip(names, solution, strict=True) if t is not None}

    def serialize(self, out: IO[bytes], media_type: str) -> None:
        """Write it all; `NotXml` where a literal has a character that XML cannot write."""
        if media_type in (Format.XML.media_type, Format.RDF_XML.media_type):
            out = cast("IO[bytes]", XmlFile(out))
        if isinstance(self._answer, ox.QueryTriples):
            self._answer.serialize(out, format=_rdf_format(media_type))
            return
        self._answer.serialize(out, format=_result_format(media_type))


def parse_term(text: str) -> ox.NamedNode | ox.Literal:
    """A term in N-Triples syntax as pyoxigraph's."""
    try:
        quad = next(iter(ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    except (SyntaxError, StopIteration) as e:
        raise QueryError(f"term {text!r}: not in N-Triples syntax") from e
    if not isinstance(quad.object, ox.NamedNode | ox.Literal):
        raise QueryError(f"term {text!r}: neither an IRI nor a literal")
    return quad.object


class OxigraphEngine:
    """Answers queries from a store that nobody writes to (`kg.store.ports.QueryEngine`).

    Several processes may hold the same directory.  Opening takes 10-30 ms at any size.  ``SERVICE`` in a
    query reaches out to the network: whoever takes queries from strangers filters before.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._store = ox.Store.read_only(str(path))
        except (OSError, ValueError) as e:
            raise StoreError(f"store {path}: cannot be opened: {e}", remedy="run kg build") from e

    def query(
        self,
        sparql: str,
        *,
        substitutions: Mapping[str, str] | None = None,
        default_graphs: Iterable[str] | None = None,
        named_graphs: Iterable[str] | None = None,
    ) -> Answer:
        """As `kg.store.ports.QueryEngine.query`."""
        bound: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]
        bound = {ox.Variable(k): parse_term(v) for k, v in (substitutions or {}).items()}
        dataset: dict[str, Any] = {
            "default_graph": [ox.NamedNode(g) for g in default_graphs] if default_graphs else None,
            "named_graphs": [ox.NamedNode(g) for g in named_graphs] if named_graphs else None,
        }
        try:
            ordered = columns_in_order(sparql, substitutions=bound or None)
            return OxigraphAnswer(self._store.query(ordered, substitutions=bound or None, **dataset))
        except SyntaxError as e:
            raise QueryError(f"query: {e}") from e
        except (ValueError, OSError, RuntimeError) as e:
            raise QueryError(f"query cannot be answered: {e}") from e

    def __len__(self) -> int:
        return len(self._store)

    def dump(self, out: IO[bytes], media_type: str) -> None:
        """Write the default graph in an RDF format."""
        self._store.dump(out, format=_rdf_format(media_type), from_graph=ox.DefaultGraph())

    def close(self) -> None:
        """Let go of the store."""
        del self._store


@contextlib.contextmanager
def _loading() -> Iterator[None]:
    try:
        yield
    except SyntaxError as e:
        raise StoreError(f"triples cannot be loaded: {e}") from e
    except OSError as e:
        raise StoreError(f"store cannot be written: {e}", remedy="is the disk full?") from e


class OxigraphSink:
    """The one writer of a store (`kg.store.ports.TripleSink`); the directory is made if need be.

    `write` bulk-loads, releases the GIL, and may run in several threads at once.  Nothing is durable
    before `close`.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._store = ox.Store(str(path))
        except OSError as e:
            raise StoreError(
                f"store {path}: cannot be opened for writing: {e}", remedy="is the disk full?"
            ) from e

    def write(self, ntriples: bytes) -> None:
        """Bulk-load triples."""
        if ntriples:
            with _loading():
                self._store.bulk_load(ntriples, format=ox.RdfFormat.N_TRIPLES)

    def bulk(self, *, minted: bool = False) -> BulkLoad:
        """A bulk load of as much as comes, in one go: cheaper than many calls of `write`, and all or nothing.

        It holds runs of a million statements: 1.0 to 1.6 GB while it is at work.  Where the IRIs are `minted`
        by us, they are not held against the grammar of IRIs again, which costs a tenth of the load.
        """

        def load(path: str) -> None:
            with _loading():
                self._store.bulk_load(path=path, format=ox.RdfFormat.N_TRIPLES, lenient=minted)

        return BulkLoad(load)

    def add(self, ntriples: bytes) -> None:
        """Add a few triples in one transaction: cheaper than `write` below some ten thousand."""
        if ntriples:
            self._update(b"INSERT DATA {", ntriples)

    def remove(self, ntriples: bytes) -> None:
        """Remove triples in one transaction."""
        if ntriples:
            self._update(b"DELETE DATA {", ntriples)

    def _update(self, verb: bytes, ntriples: bytes) -> None:
        try:
            self._store.update((verb + ntriples + b"}").decode())
        except (SyntaxError, OSError) as e:
            raise StoreError(f"store cannot be changed: {e}", remedy="is the disk full?") from e

    def __len__(self) -> int:
        return len(self._store)

    def optimize(self) -> None:
        """Compact: queries run four to five times faster afterwards.  Costs a quarter of the load."""
        try:
            self._store.optimize()
        except OSError as e:
            raise StoreError(f"store cannot be optimised: {e}", remedy="is the disk full?") from e

    def close(self) -> None:
        """Make everything durable and let go of the store."""
        try:
            self._store.flush()
        except OSError as e:
            raise StoreError(f"store cannot be flushed: {e}", remedy="is the disk full?") from e
        del self._store


def count_lines(ntriples: bytes) -> int:
    """How many statements `ntriples` has, parsed strictly; `StoreError` where it does not parse."""
    try:
        return sum(1 for _ in ox.parse(io.BytesIO(ntriples), format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as e:
        raise StoreError(f"triples do not parse: {e}") from e
