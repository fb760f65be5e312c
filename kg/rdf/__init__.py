"""RDF: the only minter of IRIs; records become triples; formats; validation."""

from __future__ import annotations

from kg.rdf.catalogue import Distribution
from kg.rdf.dataset import DatasetInfo, Partition
from kg.rdf.iris import Document, Minted, Minter, Node
from kg.rdf.writer import ArticleTriples, Writer

__all__ = [
    "ArticleTriples",
    "DatasetInfo",
    "Distribution",
    "Document",
    "Minted",
    "Minter",
    "Node",
    "Partition",
    "Writer",
]
