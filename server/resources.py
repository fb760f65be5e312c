"""Linked data: things answer with 303 to a page or to data about them, as the client asks.

``/entity/Q36027`` is a thing; ``/page/entity/Q36027`` and ``/data/entity/Q36027.ttl`` are documents about it.
Articles, events, issues and the dataset likewise.  A format's suffix on the thing leads to its data.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kg.dumps.describing import CATALOGUE
from kg.errors import DatelineError
from kg.rdf import ntriples
from kg.rdf.formats import GRAPHS, Format, media_types
from kg.rdf.iris import Node, is_qid, wikidata
from kg.rdf.transcode import transcode
from kg.store.archive import Archive
from kg.store.releases import Release
from kg.vocab import DL, SCHEMA
from server.app import current_site
from server.errors import HttpError
from server.negotiation import best
from server.sending import revalidated
from server.site import Site

face = Blueprint("resources", __name__)
_JSON = "application/json"
_NODES = ", ".join(n.value for n in Node)
_EXTENSIONS = {f.extension: f for f in GRAPHS}
# What is said of a node; of events also which reports describe them, of issues what they hold.
_DESCRIBE = "CONSTRUCT {{ {0} ?p ?o }} WHERE {{ {0} ?p ?o }}"
_INVERSE = "CONSTRUCT {{ ?s <{1}> {0} }} WHERE {{ ?s <{1}> {0} }} LIMIT 10000"
_POINTING = {Node.EVENT: f"{DL}reports", Node.ISSUE: f"{SCHEMA}isPartOf"}


@face.get(f"/<any({_NODES}):node>/<path:local>")
@face.get("/dataset", defaults={"node": "dataset", "local": ""})
def thing(node: str, local: str) -> BaseResponse:
    """303 to a document about the thing."""
    site = current_site()
    kind = Node(node)
    extension, local = _suffix(local)
    require(site, kind, local)
    if kind is Node.DATASET and local == site.release:
        local = ""  # the published release is described with the dataset, an older one by itself
    format = _EXTENSIONS.get(extension)
    if not extension:
        offered = ("text/html", *media_types(GRAPHS), _JSON)
        accept = request.headers.get("Accept", "")
        # A client that takes anything is a program: browsers name HTML.
        asked = "text/turtle" if accept.strip() in ("", "*/*") else best(accept, offered)
        if asked is None:
            raise HttpError(406, f"{node} {local} has no such format", remedy=f"ask for {', '.join(offered)}")
        # JSON-LD is JSON, and what programs ask for that know no more.
        format = Format.JSON_LD if asked == _JSON else Format.from_media_type(asked)
    target = (
        site.minter.page(kind, local) if format is None else site.minter.data(kind, local, format.extension)
    )
    lang = request.args.get("lang")  # of the page: whoever was sent the address is to see it like that
    tail = f"?{urlencode({'lang': lang})}" if lang and format is None else ""
    response = redirect(relative(site, target) + tail, 303)
    response.headers["Link"] = ", ".join(links(site, kind, local, about="describedby"))
    response.vary.add("Accept")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@face.get("/.well-known/void")
def void() -> BaseResponse:
    """The well-known address of the dataset's description."""
    return thing(Node.DATASET.value, "")


@face.get(f"/data/<any({_NODES}):node>/<path:local>")
@face.get("/data/dataset.<extension>", defaults={"node": "dataset", "local": ""})
def data(node: str, local: str, extension: str = "") -> BaseResponse:
    """The data document: what the graph says of the thing."""
    site = current_site()
    kind = Node(node)
    if not extension:
        stem, dot, extension = local.rpartition(".")
        local = stem if dot else local
    format = _EXTENSIONS.get(extension)
    if format is None:
        known = ", ".join(f"{request.path.removesuffix(f'.{extension}')}.{e}" for e in _EXTENSIONS)
        raise HttpError(404, f"{request.path} names no format", remedy=f"one of: {known}")
    require(site, kind, local)
    body = transcode(triples(site, kind, local), format, prefixes=site.prefixes)
    response = Response(body, content_type=format.content_type)
    response.headers["Link"] = ", ".join(links(site, kind, local, format))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(f"{site.release}-{extension}")
    return revalidated(response)


def _suffix(local: str) -> tuple[str, str]:
    """The suffix that asks for a format or for the page (``html``), and what stands before it."""
    stem, dot, extension = local.rpartition(".")
    return (extension, stem) if dot and (extension in _EXTENSIONS or extension == "html") else ("", local)


def relative(site: Site, iri: str) -> str:
    """The path of one of our IRIs: redirects stay on the host that was asked, whatever the base is."""
    return "/" + iri.removeprefix(site.settings.base)


def links(
    site: Site, kind: Node, local: str, format: Format | None = None, *, about: str = "alternate"
) -> list[str]:
    """The values of ``Link`` for a document about a thing: in `format`, or the page where that is None.

    For the thing itself `about` is ``describedby``: all documents describe it, none is canonical.
    """
    minter = site.minter
    page = minter.page(kind, local)
    found = []
    if about == "alternate":
        thing = minter.node(kind, local) if local else minter.dataset()
        own = page if format is None else minter.data(kind, local, format.extension)
        found = [f'<{thing}>; rel="describes"', f'<{own}>; rel="canonical"']
    if format is not None or about == "describedby":
        found.append(f'<{page}>; rel="{about}"; type="text/html"')
    return found + [
        f'<{minter.data(kind, local, f.extension)}>; rel="{about}"; type="{f.media_type}"'
        for f in GRAPHS
        if f is not format
    ]


def require(site: Site, kind: Node, local: str) -> None:
    """HttpError 404 where the release has no such thing, 410 where an earlier release had it."""
    if kind is Node.DATASET:
        if dataset_release(site, local) is not None:
            return
    elif known(site.archive, kind, local):
        return
    earlier = _last_seen(site, kind, local)
    if earlier is not None:
        raise HttpError(
            410,
            f"{kind.value} {local!r} is gone: release {earlier} was the last that had it",
            remedy=f"see /dumps/{earlier}/",
        )
    message = f"release {site.release} has no {kind.value} {local!r}"
    raise HttpError(404, message, remedy=_instead(site, kind, local))


def _instead(site: Site, kind: Node, local: str) -> str:
    """Where to look for what the release does not have: the issues nearest to a day, what Wikidata says."""
    if kind is Node.ISSUE and _is_day(local):
        around = " and ".join(f"/issue/{day}" for day in site.archive.around(local) if day)
        return f"the issues nearest to it: {around}" if around else "see /issues"
    if kind is Node.ENTITY and is_qid(local):
        return f"no article mentions it; see {wikidata(local)}, or search at /search"
    return "search for it at /search"


def dataset_release(site: Site, local: str) -> Release | None:
    """The release that the dataset's node, or that of one release of it, is about; None where none is."""
    served = site.served.release
    if served is None or local in ("", served.id):
        return served
    return next((r for r in site.releases.all() if r.id == local), None)


def _last_seen(site: Site, kind: Node, local: str) -> str | None:
    """The newest of the other kept releases that has the thing."""
    for release in reversed(site.releases.all()):
        if release.id == site.release:
            continue
        try:
            archive = Archive(release.articles)
        except DatelineError:
            continue  # made by another version of the code: it cannot tell
        try:
            if known(archive, kind, local):
                return release.id
        finally:
            archive.close()
    return None


def known(archive: Archive, kind: Node, local: str) -> bool:
    """Whether a release has the thing; False for the dataset, which is no row of it."""
    if kind is Node.ARTICLE:
        return bool(archive.summaries([local]))
    if kind is Node.ENTITY:
        return (found := archive.entity(local)) is not None and found.kind != "event"
    if kind is Node.EVENT:
        found = archive.entity(local)
        return (found is not None and found.kind == "event") or bool(archive.event_reports(local, limit=1))
    return kind is Node.ISSUE and _is_day(local) and bool(archive.issue(local))


def _is_day(local: str) -> bool:
    """Whether `local` is the name of a day as issues have it."""
    try:
        return dt.date.fromisoformat(local).isoformat() == local
    except ValueError:
        return False


def triples(site: Site, kind: Node, local: str) -> bytes:
    """What the graph says of a thing, as N-Triples."""
    if kind is Node.ARTICLE:
        return site.archive.triples(local) or b""
    if kind is Node.ENTITY and (known := site.archive.entity_triples(local)) is not None:
        return known
    if kind is Node.DATASET and (release := dataset_release(site, local)) is not None:
        # What can be downloaded is described beside the graph.
        return b"".join((release.dumps / name).read_bytes() for name in ("dataset.nt", CATALOGUE))
    node = ntriples.iri(site.minter.node(kind, local))
    found = construct(site, _DESCRIBE.format(node))
    if kind in _POINTING:
        found += construct(site, _INVERSE.format(node, _POINTING[kind]))
    return found


def construct(site: Site, query: str) -> bytes:
    """The graph of a CONSTRUCT, as N-Triples, by the pages' own workers."""
    answer = site.lookups.ask(
        {"query": query, "result_format": None, "graph_format": Format.N_TRIPLES.name}, timeout=10
    )
    try:
        return b"".join(answer.chunks)
    finally:
        answer.close()
