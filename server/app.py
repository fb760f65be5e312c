"""The composition root of the server: one `Site`, the endpoint in front, a blueprint a face behind it."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, redirect, request
from werkzeug.exceptions import HTTPException, NotFound

from kg.errors import DatelineError, StoreError, UsageError
from kg.settings import Settings
from server.assets import vendored
from server.bodies import bound
from server.errors import HttpError
from server.limiter import USUAL_PAGES, Limiter, Slots
from server.limiting import limit_requests
from server.observing import Observer, Reporter, observe_requests
from server.site import Site
from server.sparql.answering import CORS, Reply, StartResponse, error_reply
from server.sparql.endpoint import Endpoint, Limits
from server.sparql.request import LARGEST_BODY, Environ, is_query

# Each module has a Flask blueprint named `face`.
FACES = (
    "server.health",
    "server.sparql.views",
    "server.ontology",
    "server.dumps",
    "server.feeds",
    "server.resources",
    "server.browse",
    "server.crawlers",
    "server.api",
    "server.reconcile",
)
_TOLD = ("allow", "location", "retry-after", "content-range")  # with an error
PLAIN_FACES = ("server.health", "server.sparql.views")
"""The faces over plain RDF, which has no articles to show."""
_NO_HOST = HttpError(400, "the request names no host", remedy="send the header Host")
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application.  Raises `kg.errors.ReleaseError` where nothing is published yet."""
    settings = settings or Settings.load()
    app = Flask("server")
    bound(app)
    site = Site(settings)
    app.extensions["dateline"] = site
    app.extensions["dateline.observer"] = observer = Observer(settings.query_log)
    app.extensions["dateline.reporter"] = Reporter(site, observer)
    observe_requests(app)
    limiter, slots = Limiter(settings.rate_limit), Slots(settings.client_queries)
    limit_requests(app, Limiter(settings.page_limit, usual=USUAL_PAGES, name="pages"), limiter)
    for name in FACES if settings.rdf is None else PLAIN_FACES:
        if importlib.util.find_spec(name) is not None:
            face = getattr(importlib.import_module(name), "face", None)
            if face is not None:
                app.register_blueprint(face)
    if settings.rdf is None:
        # With what the pages need, which plain RDF has not.  What is remembered is compressed already.
        from server.compressing import compressing
        from server.remembering import remember

        remember(app, site)
        compressing(app, site)
    else:  # a release has a home of its own
        app.add_url_rule("/", view_func=lambda: redirect("/sparql", 303))
    app.jinja_env.globals["vendored"] = vendored
    app.register_error_handler(DatelineError, _tell)
    app.register_error_handler(HTTPException, _tell_http)
    app.after_request(_secure)
    app.extensions["dateline.slots"] = slots
    app.extensions["dateline.large"] = Slots(settings.client_queries, "large answers are sent to you")
    endpoint = Endpoint(
        site,
        Limits(settings.query_timeout, settings.service_allow),
        site.cache,
        observer.query,
        limiter,
        slots,
    )
    app.extensions["dateline.endpoint"] = endpoint
    app.wsgi_app = _Front(app.wsgi_app, endpoint)  # type: ignore[method-assign]
    return app


def current_site() -> Site:
    """The `Site` of the application that handles the present request."""
    return cast(Site, current_app.extensions["dateline"])


class _Front:
    """Hands SPARQL queries to the endpoint before Flask is woken."""

    def __init__(self, flask: object, endpoint: Endpoint) -> None:
        self._flask = flask
        self._endpoint = endpoint

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_HOST" not in environ and environ.get("SERVER_PROTOCOL") == "HTTP/1.1":  # RFC 9112, 3.2
            return error_reply(_NO_HOST).send(start_response)
        address = environ.get("RAW_URI", "")
        if address.startswith("//"):  # a base that ends in / with a path: urlsplit takes that for a host
            return _moved("/" + address.lstrip("/\\")).send(start_response)
        if environ["PATH_INFO"] == "/sparql" and is_query(environ):
            return self._endpoint(environ, start_response)
        return self._flask(environ, start_response)  # type: ignore[operator,no-any-return]


def _moved(address: str) -> Reply:
    """A redirect to another address here, for every method."""
    return Reply(308, [("Location", address), ("Content-Length", "0"), *CORS], b"")


def _tell(error: DatelineError) -> Response:
    if isinstance(error, HttpError):
        return _problem(error)
    status = 400 if isinstance(error, UsageError) else 503 if isinstance(error, StoreError) else 500
    return _problem(HttpError(status, error.message, remedy=error.remedy))


def _tell_http(error: HTTPException) -> Response:
    headers = {k: v for k, v in error.get_headers() if k.lower() in _TOLD}
    status = error.code or 500
    message, remedy = error.description or error.name, "see / or /api/"
    if status == 404 and (plain := _without_slash()) is not None:
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        return cast(Response, redirect(plain + query, 308))
    if status == 404:
        message = f"there is nothing at {request.path}"
    elif status == 405:
        message = f"{request.path} is not for {request.method}"
        remedy = f"use one of: {headers.get('Allow', 'GET')}"
    elif status == 413:
        message, remedy = "the body is too large", f"send at most {LARGEST_BODY} bytes"
    elif 300 <= status < 400:
        remedy = "follow Location"
    elif status == 416:
        remedy = "ask for a range inside the document, or for all of it"
    return _problem(HttpError(status, message, remedy=remedy, headers=headers))


def _without_slash() -> str | None:
    """The address without the slash at its end, where there is something at that."""
    plain = request.path.rstrip("/")
    if plain == request.path or not plain:
        return None
    adapter = current_app.create_url_adapter(request)
    try:
        adapter and adapter.match(plain)
    except NotFound:
        return None
    except HTTPException:
        pass  # for another method, as queries by POST: they have a way of their own
    return plain


def _problem(error: HttpError) -> Response:
    """The error in the format the client asked for."""
    from server.problems import render

    response = render(error, request)
    response.headers.extend(error.headers)
    return response


def _secure(response: Response) -> Response:
    if response.status_code == 412:  # what the client has is another version; it did not ask for this one
        response.set_data(b"")
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    if response.location is not None and response.location.startswith(request.host_url):
        # A proxy in front may speak another scheme: stay on the host that was asked, by the path alone.
        response.location = "/" + response.location.removeprefix(request.host_url)
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", _policy())
    return response


def _policy() -> str:
    """What pages may load: nothing of other hosts but map tiles, and no scripts or styles in the page itself.

    The page of the query editor has a policy of its own.
    """
    tiles = urlsplit(current_site().settings.tile_url or "")
    host = tiles.netloc.replace("{s}", "*")
    images = f"'self' data: {tiles.scheme}://{host}" if host else "'self' data:"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; font-src 'self' data:;"
        " connect-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
    )
