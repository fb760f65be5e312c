"""Linked data: things answer with 303 to a page or to data about them, as the client asks.

``/entity/Q36027`` is a thing; ``/page/entity/Q36027`` and ``/data/entity/Q36027.ttl`` are documents about it.
Articles, events, issues and the dataset likewise.  A format's suffix on the thing leads to its data.
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kg.errors import UsageError
from kg.rdf import ntriples
from kg.rdf.formats import GRAPHS, Format, media_types
from kg.rdf.iris import Node
from kg.rdf.transcode import transcode
from server.app import current_site
from server.errors import HttpError
from server.negotiation import best
from server.site import Site

face = Blueprint("resources", __name__)
_NODES = ", ".join(n.value for n in Node)
_EXTENSIONS = {f.extension: f for f in GRAPHS}
_DESCRIBE = "CONSTRUCT {{ {0} ?p ?o }} WHERE {{ {0} ?p ?o }}"
_DATASET = """CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(STRSTARTS(STR(?s), "%sdataset")) }"""


@face.get(f"/<any({_NODES}):node>/<path:local>")
@face.get("/dataset", defaults={"node": "dataset", "local": ""})
@face.get("/.well-known/void", defaults={"node": "dataset", "local": ""})
def thing(node: str, local: str) -> BaseResponse:
    """303 to a document about the thing."""
    site = current_site()
    kind = Node(node)
    format, local = _suffix(local)
    require(site, kind, local)
    if format is None:
        offered = ("text/html", *media_types(GRAPHS))
        accept = request.headers.get("Accept", "")
        # A client that takes anything is a program: browsers name HTML.
        asked = "text/turtle" if accept.strip() in ("", "*/*") else best(accept, offered)
        if asked is None:
            raise HttpError(406, f"{node} {local} has no such format", remedy=f"ask for {', '.join(offered)}")
        format = Format.from_media_type(asked)
    target = (
        site.minter.page(kind, local) if format is None else site.minter.data(kind, local, format.extension)
    )
    response = redirect(relative(site, target), 303)
    response.vary.add("Accept")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@face.get(f"/data/<any({_NODES}):node>/<path:local>")
@face.get("/data/dataset.<extension>", defaults={"node": "dataset", "local": ""})
def data(node: str, local: str, extension: str = "") -> BaseResponse:
    """The data document: what the graph says of the thing."""
    site = current_site()
    kind = Node(node)
    if not extension:
        local, _, extension = local.rpartition(".")
    format = _EXTENSIONS.get(extension)
    if format is None:
        known = ", ".join(_EXTENSIONS)
        raise HttpError(404, f"there is no format .{extension}", remedy=f"one of: {known}")
    require(site, kind, local)
    body = transcode(triples(site, kind, local), format, prefixes=site.prefixes)
    response = Response(body, content_type=format.content_type)
    response.headers["Link"] = ", ".join(_links(site, kind, local, format))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(f"{site.release}-{extension}")
    return response.make_conditional(request)


def _suffix(local: str) -> tuple[Format | None, str]:
    stem, dot, extension = local.rpartition(".")
    format = _EXTENSIONS.get(extension) if dot else None
    return (format, stem) if format is not None else (None, local)


def relative(site: Site, iri: str) -> str:
    """The path of one of our IRIs: redirects stay on the host that was asked, whatever the base is."""
    return "/" + iri.removeprefix(site.settings.base)


def _links(site: Site, kind: Node, local: str, format: Format) -> list[str]:
    minter = site.minter
    thing = minter.node(kind, local) if local else minter.dataset()
    page = minter.page(kind, local)
    return [
        f'<{thing}>; rel="describes"',
        f'<{minter.data(kind, local, format.extension)}>; rel="canonical"',
        f'<{page}>; rel="alternate"; type="text/html"',
        *(
            f'<{minter.data(kind, local, f.extension)}>; rel="alternate"; type="{f.media_type}"'
            for f in GRAPHS
            if f is not format
        ),
    ]


def require(site: Site, kind: Node, local: str) -> None:
    """HttpError 404 where the release has no such thing."""
    if not _known(site, kind, local):
        raise HttpError(
            404, f"release {site.release} has no {kind.value} {local!r}", remedy="search for it at /search"
        )


def _known(site: Site, kind: Node, local: str) -> bool:
    archive = site.archive
    if kind is Node.ARTICLE:
        return bool(archive.summaries([local]))
    if kind is Node.ENTITY:
        return archive.entity(local) is not None
    if kind is Node.EVENT:
        return bool(archive.event_reports(local, limit=1)) or archive.entity(local) is not None
    return _issue(site, local) if kind is Node.ISSUE else local in ("", site.release)


def _issue(site: Site, date: str) -> bool:
    try:
        return bool(site.archive.issue(date))
    except UsageError:
        return False


def triples(site: Site, kind: Node, local: str) -> bytes:
    """What the graph says of a thing, as N-Triples."""
    if kind is Node.ARTICLE:
        return site.archive.triples(local) or b""
    if kind is Node.ENTITY and (known := site.archive.entity_triples(local)) is not None:
        return known
    if kind is Node.DATASET:
        return construct(site, _DATASET % site.settings.base)
    return construct(site, _DESCRIBE.format(ntriples.iri(site.minter.node(kind, local))))


def construct(site: Site, query: str) -> bytes:
    """The graph of a CONSTRUCT, as N-Triples, by the pages' own workers."""
    answer = site.lookups.ask(
        {"query": query, "result_format": None, "graph_format": Format.N_TRIPLES.name}, timeout=10
    )
    try:
        return b"".join(answer.chunks)
    finally:
        answer.close()
