"""From N-Triples to any other format, and from Turtle to plain lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from kg.rdf.formats import PREFIXES, Format


def transcode(
    source: bytes,
    target: Format,
    *,
    origin: Format = Format.N_TRIPLES,
    prefixes: Mapping[str, str] | None = None,
) -> bytes:
    r"""The same graph in another format; equal triples are written once, in the order they came.

    >>> transcode(b'<http://e/s> <http://e/p> "x" .', Format.TURTLE, prefixes={"e": "http://e/"})
    b'@prefix e: <http://e/> .\ne:s e:p "x" .\n'
    """
    if target is origin:
        return source
    triples = dict.fromkeys(quad.triple for quad in ox.parse(source, format=origin.rdf))
    names = PREFIXES if prefixes is None else dict(prefixes)
    return ox.serialize(triples, format=target.rdf, prefixes=names) or b""


def stream(
    lines: Iterable[list[bytes]], out: IO[bytes], target: Format, prefixes: Mapping[str, str] | None
) -> None:
    """Lists of N-Triples lines written to `out` in another format, as they come; nothing is kept.

    They may be N-Quads for a `target` that has named graphs.
    """
    quads = _parsed(lines)
    found = quads if target.rdf.supports_datasets else (quad.triple for quad in quads)
    ox.serialize(found, out, format=target.rdf, prefixes=dict(prefixes) if prefixes else None)


def _parsed(lines: Iterable[list[bytes]]) -> Iterator[ox.Quad]:
    for some in lines:
        yield from ox.parse(b"\n".join(some), format=ox.RdfFormat.N_QUADS)


def named_lines(path: Path) -> list[bytes]:
    """A Turtle file as sorted N-Triples lines, without what hangs on blank nodes."""
    triples = (
        quad.triple
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
        if not isinstance(quad.subject, ox.BlankNode) and not isinstance(quad.object, ox.BlankNode)
    )
    return sorted(set((ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").splitlines()))
