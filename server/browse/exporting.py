"""Filtered views as CSV and RDF: the same address with another suffix, streamed to the last row."""

from __future__ import annotations

import csv
import hashlib
import io
import json as jsons
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from kg.rdf.formats import GRAPHS, Format
from kg.rdf.transcode import transcode
from kg.store.archive import Archive
from kg.store.rows import ArticleSummary, EventFilters, EventSummary, Filters
from server.errors import HttpError
from server.sending import revalidated
from server.site import Site

_BATCH = 500
_RDF_BATCH = 50  # articles that are written as one piece
_EXTENSIONS = {f.extension: f for f in GRAPHS}


@dataclass(frozen=True, slots=True)
class Exports:
    """Where the present view is to be had as data: addresses, and the query behind it."""

    sparql: str
    csv: str
    rdf: tuple[tuple[Format, str], ...]
    json: str | None = None


def exports(
    sparql: str,
    path: str | None = None,
    arguments: Sequence[tuple[str, str]] | None = None,
    *,
    json: bool = False,
) -> Exports:
    """The exports of the view that is being answered, or of the one at `path` with these arguments.

    Views of numbers (`json`) are to be had as JSON, the others as graphs.
    """
    if arguments is None:
        given = request.args.items(multi=True)
        arguments = [(k, v) for k, v in given if v.strip() and k not in ("after", "lang")]
    path = path or request.path
    tail = f"?{urlencode(arguments)}" if arguments else ""
    graphs = () if json else tuple((f, f"{path}.{f.extension}{tail}") for f in GRAPHS)
    return Exports(sparql, f"{path}.csv{tail}", graphs, f"{path}.json{tail}" if json else None)


def document(value: object, media_type: str = "application/json") -> BaseResponse:
    """A JSON document that caches may keep while the release is served."""
    body = jsons.dumps(value, ensure_ascii=False).encode()
    response = Response(body, content_type=media_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(hashlib.blake2b(body, digest_size=16).hexdigest())
    return revalidated(response)


def table(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file (RFC 4180, UTF-8) with a header, streamed."""

    def lines() -> Iterator[bytes]:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(head)
        for row in rows:
            writer.writerow(row)
            if out.tell() > 1 << 16:
                yield out.getvalue().encode()
                out.seek(0)
                out.truncate()
        yield out.getvalue().encode()

    return _download(Response(lines(), content_type="text/csv; charset=utf-8"), f"{name}.csv")


def graph(site: Site, name: str, extension: str, parts: Iterable[bytes]) -> Response:
    """A graph in the format with this extension, from N-Triples in parts; 404 for an unknown extension."""
    format = _EXTENSIONS.get(extension)
    if format is None:
        known = ", ".join(("csv", *_EXTENSIONS))
        raise HttpError(404, f"there is no format .{extension}", remedy=f"one of: {known}")
    body = _JOINED[format](site, _batches(parts))
    return _download(Response(body, content_type=format.content_type), f"{name}.{extension}")


def _download(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _batches(parts: Iterable[bytes]) -> Iterator[bytes]:
    rest = iter(parts)
    while batch := list(islice(rest, _RDF_BATCH)):
        if joined := b"".join(batch):
            yield joined


def _ntriples(_site: Site, batches: Iterator[bytes]) -> Iterator[bytes]:
    return batches


def _turtle(site: Site, batches: Iterator[bytes]) -> Iterator[bytes]:
    """Turtle allows prefixes to be declared again, so that documents may follow each other."""
    return (transcode(b, Format.TURTLE, prefixes=site.prefixes) for b in batches)


def _rdf_xml(site: Site, batches: Iterator[bytes]) -> Iterator[bytes]:
    """One root element around the contents of all: its prefixes are the same in each."""
    yield transcode(b"", Format.RDF_XML, prefixes=site.prefixes).partition(b"</rdf:RDF>")[0]
    for batch in batches:
        text = transcode(batch, Format.RDF_XML, prefixes=site.prefixes)
        inside = text[text.index(b"<rdf:RDF") :]
        yield inside[inside.index(b">") + 1 : inside.rindex(b"</rdf:RDF>")]
    yield b"</rdf:RDF>\n"


def _json_ld(site: Site, batches: Iterator[bytes]) -> Iterator[bytes]:
    """One array of the nodes of all."""
    yield b"["
    for number, batch in enumerate(batches):
        yield b",\n" if number else b"\n"
        yield transcode(batch, Format.JSON_LD, prefixes=site.prefixes).strip()[1:-1]
    yield b"\n]\n"


_JOINED = {
    Format.N_TRIPLES: _ntriples,
    Format.TURTLE: _turtle,
    Format.RDF_XML: _rdf_xml,
    Format.JSON_LD: _json_ld,
}


def all_articles(archive: Archive, text: str, filters: Filters, order: str) -> Iterator[ArticleSummary]:
    """Every article of a search, page after page."""
    after: str | None = None
    while True:
        if text:
            page = archive.search(
                text, filters, after=after, limit=_BATCH, order=order, facets=False, snippets=False
            ).page
        else:
            page = archive.articles(filters, after=after, limit=_BATCH, newest_first=order == "newest")
        yield from page.articles
        if page.next is None:
            return
        after = page.next


def all_events(archive: Archive, filters: EventFilters) -> Iterator[EventSummary]:
    """Every report of a timeline."""
    after: str | None = None
    while True:
        found, after = archive.events(filters, after=after, limit=_BATCH)
        yield from found
        if after is None:
            return


def report_triples(site: Site, events: Iterable[EventSummary]) -> Iterator[bytes]:
    """The triples of event reports: those of their articles that are about them."""
    last, lines = "", list[bytes]()
    for event in events:
        if event.article != last:
            last, lines = (
                event.article,
                (site.archive.triples(event.article) or b"").splitlines(keepends=True),
            )
        subject = f"<{site.minter.part(event.article, event.key)}> ".encode()
        article = f"<{site.minter.article(event.article)}> ".encode()
        pointer = f" <{site.minter.part(event.article, event.key)}> .".encode()
        yield b"".join(x for x in lines if x.startswith(subject) or (x.startswith(article) and pointer in x))
