"""Articles that filters let through, as a stream: what is behind any list of articles, to take home.

Nothing is gathered: each page of articles is written before the next one is read, so that an export of
everything needs as much memory as one of a day.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.dumps import tables
from kg.dumps.parts import split_article
from kg.dumps.turtle import TurtleWriter
from kg.rdf.formats import Format
from kg.store.archive import Archive
from kg.store.rows import Filters

_PAGE = 200
_GRAPHS = {"nt": Format.N_TRIPLES, "ttl": Format.TURTLE, "nq": Format.N_QUADS}
_TABLES = {f"{table.name}.csv": table for table in tables.OWN_TABLES}
FORMATS = (*_GRAPHS, *_TABLES)
"""What can be asked for: the articles' triples (``nt``, ``ttl``, ``nq``), or one of the tables as CSV."""


def export_articles(
    archive: Archive,
    filters: Filters,
    format: str,
    base: str,
    *,
    search: str | None = None,
    comment: str = "",
) -> tuple[str, Iterator[bytes]]:
    """The media type of an export, and its bytes in pieces.

    `format` is one of `FORMATS`.  With `search`, only articles that a full-text search finds.  Articles come
    in order of printing; `comment` (the rights statement) stands at the beginning of formats that have
    comments.
    """
    pages = _pages(archive, filters, search)
    if format in _TABLES:
        return "text/csv; charset=utf-8; header=present", _table(archive, pages, _TABLES[format], base)
    return _GRAPHS[format].content_type, _graph(archive, pages, _GRAPHS[format], base, comment)


def _pages(archive: Archive, filters: Filters, search: str | None) -> Iterator[list[str]]:
    """Identities, page by page."""
    after: str | None = None
    while True:
        if search:
            found = archive.search(search, filters, after=after, limit=_PAGE, order="oldest", facets=False)
            page = found.page
        else:
            page = archive.articles(filters, after=after, limit=_PAGE)
        if page.articles:
            yield [article.id for article in page.articles]
        after = page.next
        if after is None:
            return


def _graph(
    archive: Archive, pages: Iterator[list[str]], format: Format, base: str, comment: str
) -> Iterator[bytes]:
    turtle = TurtleWriter(base)
    if comment:
        yield "".join(f"# {line}\n" for line in comment.splitlines()).encode()
    if format is Format.TURTLE:
        yield turtle.header()
    for ids in pages:
        out: list[bytes] = []
        for id in ids:
            own = archive.triples(id) or b""
            if format is Format.TURTLE:
                own = turtle.body(own)
            elif format is Format.N_QUADS:
                own = own.replace(b" .\n", f" <{base}article/{id}> .\n".encode())
            out.append(own)
        yield b"".join(out)


def _table(archive: Archive, pages: Iterator[list[str]], table: tables.Table, base: str) -> Iterator[bytes]:
    reader = tables.Reader(base)
    yield tables.csv_header(table)
    for ids in pages:
        rows: list[tables.Row] = []
        for id in ids:
            own = archive.triples(id)
            if own:
                rows += reader.rows(tables.parted(split_article(own)), own.count(b"\n"))[table.name]
        yield tables.csv_rows(table, rows)
