"""What the rest of the project needs of a triple store, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Protocol, runtime_checkable


class Answers(StrEnum):
    """The three forms of an answer."""

    BOOLEAN = "boolean"  # ASK
    BINDINGS = "bindings"  # SELECT
    TRIPLES = "triples"  # CONSTRUCT, DESCRIBE


@dataclass(frozen=True, slots=True)
class Term:
    """An RDF term of a result, free of any library: ``type`` is ``uri``, ``literal`` or ``bnode``."""

    type: str
    value: str
    lang: str | None = None
    datatype: str | None = None


Row = Mapping[str, Term]


class Answer(Protocol):
    """The answer to one query.  Read it once: as rows, as a boolean, or serialised to a stream."""

    @property
    def form(self) -> Answers:
        """Which of the three forms it has."""
        ...

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of bindings; empty for the other forms."""
        ...

    def boolean(self) -> bool:
        """The answer of an ASK."""
        ...

    def rows(self) -> Iterator[Row]:
        """The rows of a SELECT, in order; unbound variables are missing from a row."""
        ...

    def serialize(self, out: IO[bytes], media_type: str) -> None:
        """Write the whole answer in a result or RDF format; `QueryError` for one that does not fit it."""
        ...


@runtime_checkable
class QueryEngine(Protocol):
    """Answers SPARQL queries.  Never updates."""

    def query(
        self,
        sparql: str,
        *,
        substitutions: Mapping[str, str] | None = None,
        default_graphs: Iterable[str] | None = None,
        named_graphs: Iterable[str] | None = None,
    ) -> Answer:
        """Answer `sparql`; `QueryError` with the parser's message where it is wrong.

        `substitutions` binds variables (name without ``?``) to terms in N-Triples syntax
        (``<http://…>``, ``"…"@zh``): use it instead of gluing strings together.  A SELECT must have them
        among its variables, or `QueryError` is raised.
        """
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


@runtime_checkable
class TripleSink(Protocol):
    """Takes triples in, as N-Triples lines."""

    def write(self, ntriples: bytes) -> None:
        """Add triples.  Blocks while the store is behind; may be called from several threads."""
        ...

    def remove(self, ntriples: bytes) -> None:
        """Remove triples; those that are not there are passed over."""
        ...

    def close(self) -> None:
        """Finish: everything written before is durable after this."""
        ...
