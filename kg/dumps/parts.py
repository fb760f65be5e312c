"""Which part of a graph a line of N-Triples is about: by the subject's IRI alone.

The lines of an article stand sorted, so that each part of it is one run: ``#dispatch-…``, ``#event-…``,
the mentions (``#measure-… #place-… #quantity-… #source-… #unit-…``), then the article itself.  Cutting the
runs out costs a few searches an article instead of a look at every line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from kg.rdf import names as n
from kg.rdf.iris import Node

ARTICLES, MENTIONS, EVENTS, ENTITIES, LINKS = "articles", "mentions", "events", "entities", "links"
ONTOLOGY, DATASET = "ontology", "dataset"
KINDS = (ARTICLES, MENTIONS, EVENTS, ENTITIES, LINKS)
"""The slices by kind.  All but ``links``, with ``ontology`` and ``dataset``, are the whole graph, each
triple once; ``links`` are the ``owl:sameAs`` statements among them."""

OWN = (ARTICLES, EVENTS, MENTIONS)
"""The kinds that the lines of an article belong to, in their order in a file."""

_SAME = n.SAME_AS.encode()
# The fragments of an article's parts in their sorted order; "#" sorts before ">".
_FRAGMENTS = (
    (b"#dispatch-", ARTICLES),
    (b"#event-", EVENTS),
    (b"#measure-", MENTIONS),
    (b"#place-", MENTIONS),
    (b"#quantity-", MENTIONS),
    (b"#source-", MENTIONS),
    (b"#unit-", MENTIONS),
    (b">", ARTICLES),
)
_SHARED = {
    Node.ARTICLE.value.encode(): ARTICLES,
    Node.ISSUE.value.encode(): ARTICLES,
    Node.EVENT.value.encode(): EVENTS,
    Node.ENTITY.value.encode(): ENTITIES,
    Node.DATASET.value.encode(): DATASET,
}


def split_article(own: bytes) -> Iterator[tuple[str, bytes]]:
    r"""The runs of an article's own lines with the kind of each, in order; together they are all lines.

    >>> own = b'<h:a#event-1> <p:p> "1" .\n<h:a#place-1> <p:p> "2" .\n<h:a> <p:p> "3" .\n'
    >>> [(kind, lines.count(b"\n")) for kind, lines in split_article(own)]
    [('events', 1), ('mentions', 1), ('articles', 1)]
    """
    subject = own[: own.index(b">")].partition(b"#")[0]
    starts: list[tuple[int, str]] = []
    position = 0
    for fragment, kind in _FRAGMENTS:
        found = _line_start(own, subject + fragment, position)
        if found >= 0:
            starts.append((found, kind))
            position = found
    ends = [start for start, _ in starts[1:]] + [len(own)]
    for (start, kind), end in zip(starts, ends, strict=True):
        yield kind, own[start:end]


def _line_start(lines: bytes, beginning: bytes, position: int) -> int:
    if lines.startswith(beginning, position):
        return position
    found = lines.find(b"\n" + beginning, position)
    return found + 1 if found >= 0 else -1


def kind_of(line: bytes, base: bytes) -> str:
    """The kind of node that a line is about; what is not under `base` is the ontology.

    >>> kind_of(b"<http://h/article/1953-12-14/4/0b718882#place-3> <p:p> <o:o> .", b"http://h/")
    'mentions'
    """
    subject = line[1 : line.index(b">")]
    if not subject.startswith(base):
        return ONTOLOGY
    path, _, fragment = subject[len(base) :].partition(b"#")
    head = path.partition(b"/")[0]
    if head == Node.ARTICLE.value.encode() and fragment:
        name = b"#" + fragment.partition(b"-")[0] + b"-"
        return next((kind for known, kind in _FRAGMENTS if known == name), MENTIONS)
    return _SHARED.get(head, DATASET)


def split_shared(lines: Iterable[bytes], base: bytes) -> Iterator[tuple[str, bytes]]:
    """The runs of sorted lines (without line feeds) with their kinds."""
    for kind, run in groupby(lines, key=lambda line: kind_of(line, base)):
        yield kind, b"\n".join(run) + b"\n"


def links(lines: bytes) -> bytes:
    """The ``owl:sameAs`` statements among `lines`."""
    if _SAME not in lines:
        return b""
    return b"".join(line for line in lines.splitlines(keepends=True) if is_link(line))


def is_link(line: bytes) -> bool:
    """Whether a line says that two things are the same."""
    return _SAME in line and line.split(b" ", 2)[1] == _SAME
