"""Feeds of changed articles, so that a mirror follows along: Atom, and pages in the manner of LDES.

A feed walks the chain of kept releases.  What a release changed is cut into pages, which never change: the
newest page of all links to the one before it, and so on (RFC 5005; ``tree:relation``).  The oldest kept
release is where the feed ends: its dump is where a mirror begins.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, request

from kg.errors import DatelineError
from kg.pipeline.comparing import Comparison
from kg.rdf import ntriples as nt
from kg.rdf.formats import GRAPHS, PREFIXES, Format, media_types
from kg.rdf.transcode import transcode
from kg.store.archive import Archive
from kg.store.releases import Release
from kg.vocab import DCAT, DCTERMS, RDF, XSD
from server.app import current_site
from server.dumps import compared, dump_index, find_release
from server.errors import HttpError
from server.negotiation import best

face = Blueprint("feeds", __name__, url_prefix="/feeds")
_SIZE = 250  # articles of a page
_LDES = "https://w3id.org/ldes#"
_TREE = "https://w3id.org/tree#"
_AS = "https://www.w3.org/ns/activitystreams#"
_ACTIVITIES = {"added": "Create", "changed": "Update", "removed": "Delete"}
_PREFIXES = {**PREFIXES, "ldes": _LDES, "tree": _TREE, "as": _AS}
_ATOM = "application/atom+xml"


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page: some articles that a release changed.  Pages of a release are numbered from 1, oldest first."""

    release: Release
    comparison: Comparison
    number: int
    entries: tuple[tuple[str, str], ...]

    @property
    def made(self) -> str:
        """When the release was made."""
        return dt.datetime.fromisoformat(self.release.manifest.created).isoformat().replace("+00:00", "Z")


def _chain() -> list[tuple[Release, Release]]:
    """Kept releases up to the published one, each with the one after it."""
    site = current_site()
    # A release with another base tells of other nodes: the feed begins after it.
    return [(a, b) for a, b in site.releases.comparable() if b.id <= site.release]


def _before(release: Release) -> Release | None:
    return next((a for a, b in _chain() if b.id == release.id), None)


def _pages(comparison: Comparison) -> int:
    file = dump_index(comparison.folder).file("articles.tsv")
    return -(-(file.rows or 0) // _SIZE) if file else 0


def _page(id: str, number: int) -> FeedPage:
    release = find_release(id)
    older = _before(release)
    if older is None:
        raise HttpError(404, f"the feed begins after release {id}", remedy=f"download it: /dumps/{id}/")
    comparison = compared(older.id, id)
    if not 1 <= number <= max(1, _pages(comparison)):
        raise HttpError(404, f"release {id} has no page {number}", remedy="begin at /feeds/changes.atom")
    start = (number - 1) * _SIZE
    return FeedPage(release, comparison, number, tuple(islice(comparison.articles(), start, start + _SIZE)))


def _newest() -> FeedPage | None:
    """The last page of the newest release; None where there is one release alone."""
    chain = _chain()
    if not chain:
        return None
    older, newer = chain[-1]
    return _page(newer.id, max(1, _pages(compared(older.id, newer.id))))


def _older(page: FeedPage) -> tuple[str, int] | None:
    """The page before a page: release and number."""
    if page.number > 1:
        return page.release.id, page.number - 1
    before = _before(page.release)
    oldest = _before(before) if before is not None else None
    if before is None or oldest is None:
        return None
    return before.id, max(1, _pages(compared(oldest.id, before.id)))


def _sent(body: bytes, content_type: str, *, etag: str, fixed: bool) -> Response:
    response = Response(body, content_type=content_type)
    response.set_etag(etag)
    # A page is fixed, but a rollback may change what comes before it.
    response.headers["Cache-Control"] = f"public, max-age={86400 if fixed else 60}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


# --- Atom ---


@face.get("/changes.atom")
def atom() -> Response:
    """The newest changes."""
    page = _newest()
    site = current_site()
    body = _atom(page, "feeds/changes.atom") if page else _empty_atom()
    response = _sent(body, _ATOM, etag=f"{site.release}-atom", fixed=False)
    response.make_conditional(request)
    return response


@face.get("/changes/<id>/<int:number>.atom")
def atom_page(id: str, number: int) -> Response:
    """A page of the archive of the feed."""
    page = _page(id, number)
    path = f"feeds/changes/{id}/{number}.atom"
    response = _sent(_atom(page, path), _ATOM, etag=f"{id}-{number}-atom", fixed=True)
    response.make_conditional(request)
    return response


def _head(own: str, updated: str, older: str | None, release: str) -> list[str]:
    """The beginning of a feed."""
    settings = current_site().settings
    base = settings.base
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0">',
        f"<id>{escape(base)}feeds/changes.atom</id>",
        f"<title>{escape(settings.title)}: changed articles</title>",
        f"<updated>{updated}</updated>",
        f"<author><name>{escape(settings.publisher)}</name></author>",
        f"<rights>{escape(settings.rights)}</rights>",
        f'<link rel="self" type="{_ATOM}" href={quoteattr(base + own)}/>',
        f'<link rel="license" href={quoteattr(settings.licence)}/>',
        f'<link rel="related" title="dump" href={quoteattr(f"{base}dumps/{release}/")}/>',
    ]
    if older:
        lines.append(f'<link rel="prev-archive" type="{_ATOM}" href={quoteattr(base + older)}/>')
    if own != "feeds/changes.atom":
        lines.append("<fh:archive/>")
        lines.append(f'<link rel="current" type="{_ATOM}" href={quoteattr(base + "feeds/changes.atom")}/>')
    return lines


def _empty_atom() -> bytes:
    site = current_site()
    created = next(r for r in site.releases.all() if r.id == site.release).manifest.created
    return "\n".join([*_head("feeds/changes.atom", created, None, site.release), "</feed>\n"]).encode()


def _atom(page: FeedPage, own: str) -> bytes:
    minter, base = current_site().minter, current_site().settings.base
    older = _older(page)
    before = f"feeds/changes/{older[0]}/{older[1]}.atom" if older else None
    lines = _head(own, page.made, before, page.release.id)
    headlines = _headlines(page)
    for action, id in reversed(page.entries):
        title = f"{action}: {headlines[id]}" if id in headlines else f"{action}: {id}"
        data = quoteattr(f"{base}data/article/{id}.nt")
        lines += [
            f"<entry><id>{escape(_member(page, id))}</id><title>{escape(title)}</title>",
            f'<updated>{page.made}</updated><category term="{action}"/>',
            f'<link rel="alternate" href={quoteattr(minter.article(id))}/>',
            f'<link rel="enclosure" type="application/n-triples" href={data}/>'
            if action != "removed"
            else "",
            f"<summary>{action} in release {page.release.id}</summary></entry>",
        ]
    return "\n".join([*lines, "</feed>\n"]).encode()


def _headlines(page: FeedPage) -> dict[str, str]:
    """What the articles of a page are called.  Not those that were removed, which may have had a reason;
    a release of another version of the code may not tell.
    """
    try:
        archive = Archive(page.release.articles)
    except DatelineError:
        return {}
    try:
        known = archive.summaries(id for _, id in page.entries)
    finally:
        archive.close()
    return {a.id: " ".join(title.split()) for a in known if (title := a.title_zh or a.title_en)}


def _member(page: FeedPage, article: str) -> str:
    """The IRI of what became of an article in a release."""
    return f"{current_site().settings.base}feeds/ldes/{page.release.id}/{page.number}#{article}"


# --- LDES ---


@face.get("/ldes")
def ldes() -> Response:
    """The event stream, and where its newest page is."""
    page = _newest()
    site = current_site()
    stream = f"{site.settings.base}feeds/ldes"
    lines = _stream(stream)
    if page is not None:
        lines += _relation(stream, f"{stream}/{page.release.id}/{page.number}")
    return _rdf(lines, etag=f"{site.release}-ldes", fixed=False)


@face.get("/ldes/<id>/<int:number>")
def ldes_page(id: str, number: int) -> Response:
    """A page of the event stream, with its members."""
    page = _page(id, number)
    stream = f"{current_site().settings.base}feeds/ldes"
    node = f"{stream}/{id}/{number}"
    lines = _stream(stream)
    older = _older(page)
    if older is not None:
        lines += _relation(node, f"{stream}/{older[0]}/{older[1]}")
    else:
        lines.append(_said(node, RDF + "type", nt.iri(_TREE + "Node")))
    for action, article in page.entries:
        lines += _member_lines(page, stream, action, article)
    return _rdf(lines, etag=f"{id}-{number}-ldes", fixed=True)


def _stream(stream: str) -> list[str]:
    site = current_site()
    dataset = site.minter.dataset()
    return [
        _said(stream, RDF + "type", nt.iri(_LDES + "EventStream")),
        _said(stream, DCTERMS + "title", nt.text(f"{site.settings.title}: changed articles", "en")),
        _said(stream, DCTERMS + "license", nt.iri(site.settings.licence)),
        _said(stream, DCTERMS + "rights", nt.iri(f"{dataset}#rights")),
        _said(stream, DCTERMS + "isPartOf", nt.iri(dataset)),
        _said(stream, _LDES + "timestampPath", nt.iri(DCTERMS + "modified")),
        _said(stream, _LDES + "versionOfPath", nt.iri(DCTERMS + "isVersionOf")),
        _said(stream, _TREE + "view", nt.iri(stream)),
    ]


def _relation(node: str, to: str) -> list[str]:
    relation = f"{node}#older"
    return [
        _said(node, RDF + "type", nt.iri(_TREE + "Node")),
        _said(node, _TREE + "relation", nt.iri(relation)),
        _said(relation, RDF + "type", nt.iri(_TREE + "Relation")),
        _said(relation, _TREE + "node", nt.iri(to)),
    ]


def _member_lines(page: FeedPage, stream: str, action: str, article: str) -> list[str]:
    member = _member(page, article)
    return [
        _said(stream, _TREE + "member", nt.iri(member)),
        _said(member, RDF + "type", nt.iri(_AS + _ACTIVITIES[action])),
        _said(member, DCTERMS + "isVersionOf", nt.iri(current_site().minter.article(article))),
        _said(member, DCTERMS + "modified", nt.typed(page.made, XSD + "dateTime")),
        _said(member, DCAT + "version", nt.string(page.release.id)),
    ]


def _said(subject: str, predicate: str, obj: str) -> str:
    return nt.statement(nt.iri(subject), nt.iri(predicate), obj)


def _rdf(lines: list[str], *, etag: str, fixed: bool) -> Response:
    asked = best(request.headers.get("Accept", ""), media_types(GRAPHS))
    format = Format.from_media_type(asked) if asked else None
    if format is None:
        offered = ", ".join(f.media_type for f in GRAPHS)
        raise HttpError(406, "the feed has no such format", remedy=f"one of: {offered}")
    body = transcode(nt.encode(lines, of="feed"), format, prefixes=_PREFIXES)
    response = _sent(body, format.content_type, etag=f"{etag}-{format.extension}", fixed=fixed)
    response.vary.add("Accept")
    response.make_conditional(request)
    return response
