"""Records become triples.

A `Writer` is made once a process and is stateless: the same record gives the same bytes, whatever was
written before it.  What an article says of nodes it does not own (the issue, entities without an item,
events) is a pure function of the article, so that the sorted union over all articles is the shared part
of the graph, in whatever order and on however many machines they were converted.

>>> from kg.rdf.iris import Minter
>>> writer = Writer(Minter("http://127.0.0.1:8000/"))
>>> hanoi = Item("Q1858", "place", "city", (("zh", "河内"), ("en", "Hanoi")), lat=21.03, lon=105.85)
>>> len(writer.entity(hanoi).splitlines())
9
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kg.model import Item, LinkedArticle
from kg.rdf import ntriples as nt
from kg.rdf.article import ArticleWriter, Options
from kg.rdf.catalogue import Distribution, catalogue_lines
from kg.rdf.constraints import Graph
from kg.rdf.dataset import DatasetInfo, dataset_lines
from kg.rdf.entity import entity_lines, references
from kg.rdf.iris import Minter


@dataclass(frozen=True, slots=True)
class ArticleTriples:
    """One article as N-Triples.

    ``own`` are the lines whose subject is the article or a part of it, sorted.  ``shared`` are lines
    about other nodes, sorted, a line each with its newline.  ``items`` are the authority items that the
    article refers to: write each once with :meth:`Writer.entity`, and what :meth:`Writer.references` says.
    ``graph`` is ``own`` by subject and predicate: what `kg.rdf.check` checks, without parsing lines again.
    """

    id: str
    own: bytes
    shared: tuple[bytes, ...]
    items: tuple[str, ...]
    graph: Graph


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes articles, authority items and the dataset as N-Triples.

    `newspaper` is the item of the paper that the archive is of; `include_text` puts the bodies into the
    graph; `explained` names the features whose explanation need not be repeated with each link.
    """

    minter: Minter
    newspaper: str = "Q54340"
    include_text: bool = False
    explained: Collection[str] = frozenset()

    def article(self, linked: LinkedArticle) -> ArticleTriples:
        """All triples of one article; `ValidationError` where a mention or event has no link."""
        options = Options(self.newspaper, self.include_text, self.explained)
        written = ArticleWriter(linked, self.minter, options)
        id = linked.article.id
        return ArticleTriples(
            id=id,
            own=nt.encode_graph(written.graph, of=f"article {id}"),
            shared=tuple(nt.encode(written.shared, of=f"article {id}").splitlines(keepends=True)),
            items=tuple(sorted(written.items)),
            graph=written.graph,
        )

    def entity(self, item: Item) -> bytes:
        """An authority item, of whatever kind, as sorted N-Triples; events stand under ``event/``."""
        return nt.encode(entity_lines(item, self.minter), of=f"item {item.id}")

    def references(self, item: Item) -> tuple[str, ...]:
        """The other items that :meth:`entity` names: country, what it is part of, parties, places."""
        return references(item)

    def dataset(self, info: DatasetInfo) -> bytes:
        """The description of the dataset, which is part of the graph, as sorted N-Triples."""
        return nt.encode(dataset_lines(info, self.minter), of="dataset")

    def catalogue(self, info: DatasetInfo, files: tuple[Distribution, ...]) -> bytes:
        """The catalogue of what can be downloaded as sorted N-Triples."""
        return nt.encode(catalogue_lines(info, files, self.minter), of="catalogue")
