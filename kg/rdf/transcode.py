"""From N-Triples to any other format, for documents about single nodes."""

from __future__ import annotations

from collections.abc import Mapping

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
