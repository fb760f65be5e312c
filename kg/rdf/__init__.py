"""RDF: the only minter of IRIs; records become triples; formats; validation.

What is named here is imported when it is first asked for: who wants a table of formats need not wait for
all that articles are made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.faces import on_demand

if TYPE_CHECKING:
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
__getattr__ = on_demand(
    __name__,
    {
        "ArticleTriples": "writer",
        "DatasetInfo": "dataset",
        "Distribution": "catalogue",
        "Document": "iris",
        "Minted": "iris",
        "Minter": "iris",
        "Node": "iris",
        "Partition": "dataset",
        "Writer": "writer",
    },
)
