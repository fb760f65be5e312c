"""The only minter of IRIs.

Every IRI of ours stands under one base; what follows the base says what it names::

    article/1953-12-14/4/1a2b3c4d            an article
    article/1953-12-14/4/1a2b3c4d#place-3    a part of it: mention, quantity, dispatch, event report
    entity/Q36027, entity/place-1f3a…        a place, source, unit …; with or without a Wikidata item
    event/battle-1953-12-10-…, event/Q748780 an event
    issue/1953-12-14, dataset
    page/entity/Q36027, data/entity/Q36027.ttl   documents about them
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

from kg.errors import UsageError
from kg.vocab import QID, WD

_PLAIN = re.compile(r"[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*", re.ASCII)
_QID = re.compile(QID)
# Sub-delimiters, ":" and "@" may stand in a path segment as they are; "%" and all else may not.
_SAFE = "/-._~!$&'()*+,;=:@"


class Node(StrEnum):
    """What an IRI of ours names; the value is the first segment after the base."""

    ARTICLE = "article"
    ENTITY = "entity"
    EVENT = "event"
    ISSUE = "issue"
    DATASET = "dataset"


class Document(StrEnum):
    """A document about a node: a page to read, or data to parse."""

    PAGE = "page"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Minted:
    """What an IRI of ours says: ``local`` is decoded; ``fragment`` names a part (``place-3``);
    ``document`` and ``extension`` are set for the documents about a node.
    """

    node: Node
    local: str
    fragment: str = ""
    document: Document | None = None
    extension: str = ""


def is_qid(local: str) -> bool:
    """Whether `local` has the form of a Wikidata item.

    >>> is_qid("Q36027"), is_qid("x-lai-chau")
    (True, False)
    """
    return _QID.fullmatch(local) is not None


def wikidata(qid: str) -> str:
    """The IRI of a Wikidata item.

    >>> wikidata("Q36027")
    'http://www.wikidata.org/entity/Q36027'
    """
    if not is_qid(qid):
        raise UsageError(f"item {qid!r}: not a Wikidata item", remedy="write it as Q and a number: Q36027")
    return WD + qid


@dataclass(frozen=True, slots=True)
class Minter:
    """Mints IRIs under `base`, which ends in ``/``, and reads them back.

    >>> m = Minter("http://127.0.0.1:8000/")
    >>> m.part("1953-12-14/4/1a2b3c4d", "place-3")
    'http://127.0.0.1:8000/article/1953-12-14/4/1a2b3c4d#place-3'
    >>> m.parse(m.data(Node.ENTITY, "Q36027", "ttl"))
    Minted(node=<Node.ENTITY: 'entity'>, local='Q36027', fragment='', document=<Document.DATA: 'data'>, \
extension='ttl')
    """

    base: str

    def __post_init__(self) -> None:
        if not self.base.startswith(("http://", "https://")) or not self.base.endswith("/"):
            raise UsageError(
                f"base {self.base!r}: not an http(s) IRI ending in '/'",
                remedy="write it as https://example.org/kg/",
            )
        if quote(self.base, safe=_SAFE + "[]%") != self.base:
            raise UsageError(
                f"base {self.base!r}: has characters that an IRI may not have here",
                remedy="percent-encode them, and use no '?' or '#'",
            )
        try:
            NamedNode(self.base)
        except ValueError as e:
            raise UsageError(f"base {self.base!r}: not an IRI: {e}", remedy="mend its host or port") from e

    def article(self, id: str) -> str:
        """The article with this :attr:`kg.model.Article.id`."""
        return self.node(Node.ARTICLE, id)

    def part(self, article: str, key: str) -> str:
        """A part of an article: the mention, quantity, dispatch or event report with this key."""
        return f"{self.article(article)}#{_encode(key)}"

    def entity(self, local: str) -> str:
        """The entity with this local name (:attr:`kg.model.Link.entity`, :attr:`kg.model.Item.id`)."""
        return self.node(Node.ENTITY, local)

    def event(self, local: str) -> str:
        """The event with this local name (:attr:`kg.model.EventLink.event`)."""
        return self.node(Node.EVENT, local)

    def item(self, id: str, kind: str) -> str:
        """An authority item: events are under ``event/``, all others under ``entity/``."""
        return self.event(id) if kind == "event" else self.entity(id)

    def issue(self, date: dt.date) -> str:
        """The issue of the newspaper printed on `date`."""
        return self.node(Node.ISSUE, date.isoformat())

    def dataset(self, release: str = "") -> str:
        """The dataset, or one release of it."""
        return self.node(Node.DATASET, release) if release else f"{self.base}dataset"

    def node(self, node: Node, local: str) -> str:
        """Any node by its kind and local name; percent-encodes what an IRI may not hold."""
        return f"{self.base}{node.value}/{_encode(local)}"

    def page(self, node: Node, local: str = "") -> str:
        """The page about a node."""
        return f"{self.base}page/{node.value}" + (f"/{_encode(local)}" if local else "")

    def data(self, node: Node, local: str, extension: str) -> str:
        """The data document about a node, in the format with this extension (``ttl``)."""
        return f"{self.base}data/{node.value}" + (f"/{_encode(local)}" if local else "") + f".{extension}"

    def owns(self, article: str, subject: str) -> bool:
        """Whether the triples of `subject` belong to the article with the id `article`."""
        iri = self.article(article)
        return subject == iri or subject.startswith(iri + "#")

    def parse(self, iri: str) -> Minted | None:
        """Read an IRI back; None where it is not one of ours."""
        if not iri.startswith(self.base):
            return None
        path, _, fragment = iri[len(self.base) :].partition("#")
        document, extension = None, ""
        first, _, rest = path.partition("/")
        if first in tuple(Document):
            document, path = Document(first), rest
            if document is Document.DATA:
                path, _, extension = path.rpartition(".")
        head, _, local = path.partition("/")
        if head not in tuple(Node) or (head != Node.DATASET and not local) or "?" in path:
            return None
        return Minted(Node(head), unquote(local), unquote(fragment), document, extension)


def _encode(local: str) -> str:
    if _PLAIN.fullmatch(local):
        return local
    if not local or local.startswith("/") or local.endswith("/"):
        raise UsageError(f"local name {local!r}: empty, or with an empty segment", remedy="give it a name")
    try:
        return quote(local, safe=_SAFE)
    except UnicodeEncodeError as e:
        raise UsageError(f"local name {local!r}: holds half a character", remedy="read the file anew") from e
