"""What search engines and browsers look for at known places: robots, site maps, the site's own search.

Site maps (https://www.sitemaps.org/protocol.html) list the pages of articles, issues, entities and known
events of the release, in files of at most `_MOST` addresses; an index names them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, jsonify, request, send_from_directory
from werkzeug.wrappers import Response as BaseResponse

from kg.rdf.iris import Node
from server.app import current_site
from server.browse.face import entity_path
from server.browse.i18n import chosen_lang
from server.errors import HttpError

face = Blueprint("crawlers", __name__)
_MOST = 25_000  # addresses in a file; the protocol allows for twice as many
_XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Made for a question, endless, or for programs.
_NOT_FOR_ROBOTS = (
    "/search", "/timeline?", "/trends", "/export", "/cite/", "/complete", "/sparql", "/reconcile", "/review",
    "/language/", "/changes/",
)  # fmt: skip


@face.get("/robots.txt")
def robots() -> BaseResponse:
    """What robots may read, and where the site map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS), ""]
    lines.append(f"Sitemap: {current_site().settings.base}sitemap.xml")
    return _sent("\n".join(lines) + "\n", "text/plain")


@face.get("/favicon.ico")
def icon() -> BaseResponse:
    """The icon, for who asks without reading a page."""
    return send_from_directory("static", "icon.svg", max_age=86400)


@face.get("/opensearch.xml")
def opensearch() -> BaseResponse:
    """How browsers search here from their address bar (OpenSearch 1.1), with suggestions."""
    site = current_site()
    base, title = site.settings.base, site.settings.title
    urls = (
        ("text/html", f"{base}search?q={{searchTerms}}"),
        ("application/x-suggestions+json", f"{base}complete/opensearch?q={{searchTerms}}"),
        ("application/ld+json", f"{base}api/search?q={{searchTerms}}"),
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
        f"<ShortName>{escape(title[:16])}</ShortName>",
        f"<Description>{escape(title)}</Description>",
        *(f"<Url type={quoteattr(kind)} template={quoteattr(template)}/>" for kind, template in urls),
        f'<Image type="image/svg+xml">{escape(base)}static/icon.svg</Image>',
        "<InputEncoding>UTF-8</InputEncoding>",
        "<Language>zh</Language><Language>en</Language>",
        "</OpenSearchDescription>",
    ]
    return _sent("\n".join(lines) + "\n", "application/opensearchdescription+xml")


@face.get("/complete/opensearch")
def suggestions() -> BaseResponse:
    """Names that begin as typed: what was typed, names, what they are, their pages."""
    site = current_site()
    typed = (request.args.get("q") or "")[:100]
    lang = chosen_lang()
    found = site.archive.complete(typed, limit=8)
    labels = [(c.entity.label_en if lang == "en" else c.entity.label_zh) or c.text for c in found]
    pages = [site.settings.base + entity_path(c.entity).lstrip("/") for c in found]
    response = jsonify([typed, [c.text for c in found], labels, pages])
    response.mimetype = "application/x-suggestions+json"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.vary.update(["Accept-Language", "Cookie"])
    return response


@face.get("/sitemap.xml")
def index() -> BaseResponse:
    """The files of the site map."""
    site = current_site()
    statistics = site.archive.statistics()
    names = ["issues"]
    for year, n in sorted(statistics.get("year", {}).items()):
        names += [f"articles-{year}-{part}" for part in range(1, -(-n // _MOST) + 1)]
    known = sum(statistics.get("entities", {}).values())
    names += [f"entities-{part}" for part in range(1, -(-known // _MOST) + 1)]
    lines = (
        f"<sitemap><loc>{escape(site.settings.base)}sitemaps/{name}.xml</loc>{_changed()}</sitemap>"
        for name in names
    )
    return _xml("sitemapindex", lines)


@face.get("/sitemaps/issues.xml")
def issues() -> BaseResponse:
    """The days with a paper."""
    site = current_site()
    days = (day for year in site.archive.years() for day, _ in site.archive.issues(year))
    return _urls(site.minter.page(Node.ISSUE, day) for day in days)


@face.get("/sitemaps/articles-<int:year>-<int:part>.xml")
def articles(year: int, part: int) -> BaseResponse:
    """Articles of a year."""
    site = current_site()
    _part(site.archive.years().get(year, 0), part)
    found = site.archive.ids(after=f"{year:04}-", limit=part * _MOST)
    of_year = (id for id in found if id < f"{year:04}.")
    return _urls(site.minter.page(Node.ARTICLE, id) for id in islice(of_year, (part - 1) * _MOST, None))


@face.get("/sitemaps/entities-<int:part>.xml")
def entities(part: int) -> BaseResponse:
    """Entities that articles mention, those first that most do."""
    site = current_site()
    _part(sum(site.archive.statistics().get("entities", {}).values()), part)
    base = site.settings.base.rstrip("/")
    after, found = None, list[str]()
    while len(found) < part * _MOST:
        page, after = site.archive.ranked(after=after, limit=1000)
        found += [base + entity_path(e) for e in page]
        if after is None:
            break
    return _urls(iter(found[(part - 1) * _MOST : part * _MOST]))


def _part(known: int, part: int) -> None:
    if not 1 <= part <= -(-known // _MOST):
        raise HttpError(404, f"there is nothing at {request.path}", remedy="see /sitemap.xml")


def _changed() -> str:
    release = current_site().served.release
    return f"<lastmod>{release.manifest.created[:10]}</lastmod>" if release else ""


def _urls(addresses: Iterator[str]) -> BaseResponse:
    changed = _changed()
    return _xml("urlset", (f"<url><loc>{escape(a)}</loc>{changed}</url>" for a in addresses))


def _xml(root: str, lines: Iterator[str]) -> BaseResponse:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_XMLNS}">'
    return _sent("\n".join([head, *lines, f"</{root}>\n"]), "application/xml")


def _sent(text: str, media_type: str) -> BaseResponse:
    response = Response(text, mimetype=media_type)
    response.set_etag(f"{current_site().release}-{request.path}")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response.make_conditional(request)
