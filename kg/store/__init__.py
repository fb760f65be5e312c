"""The store: ports, Oxigraph on disk, SPARQL over HTTP, releases, and the archive of articles."""

from __future__ import annotations

from kg.store.manifest import Manifest
from kg.store.oxigraph import OxigraphEngine, OxigraphSink
from kg.store.ports import Answer, Answers, QueryEngine, Row, Term, TripleSink
from kg.store.releases import Release, Releases

__all__ = [
    "Answer",
    "Answers",
    "Manifest",
    "OxigraphEngine",
    "OxigraphSink",
    "QueryEngine",
    "Release",
    "Releases",
    "Row",
    "Term",
    "TripleSink",
]
