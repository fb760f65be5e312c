"""The composition root of the server: one `Site`, the endpoint in front, a blueprint a face behind it."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import cast

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from kg.errors import DatelineError, StoreError, UsageError
from kg.settings import Settings
from server.errors import HttpError
from server.observing import Observer
from server.site import Site
from server.sparql.endpoint import Endpoint, Limits, StartResponse, error_response
from server.sparql.limiter import Limiter
from server.sparql.request import Environ

# Each module has a Flask blueprint named `face`.
FACES = (
    "server.health",
    "server.sparql.views",
    "server.ontology",
    "server.dumps",
    "server.resources",
    "server.browse",
    "server.api",
    "server.reconcile",
)
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application.  Raises `kg.errors.ReleaseError` where nothing is published yet."""
    settings = settings or Settings.load()
    app = Flask("server")
    site = Site(settings)
    app.extensions["dateline"] = site
    app.extensions["dateline.observer"] = observer = Observer(settings.query_log)
    for name in FACES:
        if importlib.util.find_spec(name) is not None:
            face = getattr(importlib.import_module(name), "face", None)
            if face is not None:
                app.register_blueprint(face)
    app.register_error_handler(DatelineError, _tell)
    app.register_error_handler(HTTPException, _tell_http)
    app.after_request(_secure)
    endpoint = Endpoint(
        site, Limits(settings.query_timeout, settings.service_allow), site.cache, observer.query
    )
    app.wsgi_app = _Front(app.wsgi_app, endpoint, Limiter(settings.rate_limit))  # type: ignore[method-assign]
    return app


def current_site() -> Site:
    """The `Site` of the application that handles the present request."""
    return cast(Site, current_app.extensions["dateline"])


class _Front:
    """Hands SPARQL queries to the endpoint before Flask is woken."""

    def __init__(self, flask: object, endpoint: Endpoint, limiter: Limiter) -> None:
        self._flask = flask
        self._endpoint = endpoint
        self._limiter = limiter

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/sparql" or not _is_query(environ):
            return self._flask(environ, start_response)  # type: ignore[operator,no-any-return]
        try:
            headers = self._limiter.check(environ.get("REMOTE_ADDR", ""))
        except HttpError as e:
            return error_response(e, start_response, head=environ["REQUEST_METHOD"] == "HEAD")
        if not headers:
            return self._endpoint(environ, start_response)

        def started(status: str, fields: list[tuple[str, str]], *more: object) -> object:
            return start_response(status, [*fields, *headers], *more)

        return self._endpoint(environ, started)


def _is_query(environ: Environ) -> bool:
    """Whether this is a query, and not a reader who opens the editor or asks for the description."""
    method = environ["REQUEST_METHOD"]
    if method == "OPTIONS":
        return False
    if method not in ("GET", "HEAD"):
        return True
    asked = environ.get("QUERY_STRING", "")
    if "query=" not in asked and "update=" not in asked:
        return False
    # A browser that follows a link to a query gets the editor with the query in it.
    return "text/html" not in environ.get("HTTP_ACCEPT", "") or "format=" in asked


def _tell(error: DatelineError) -> Response:
    if isinstance(error, HttpError):
        return _problem(error)
    status = 400 if isinstance(error, UsageError) else 503 if isinstance(error, StoreError) else 500
    return _problem(HttpError(status, error.message, remedy=error.remedy))


def _tell_http(error: HTTPException) -> Response:
    headers = {k: v for k, v in error.get_headers() if k.lower() in ("allow", "location", "retry-after")}
    return _problem(HttpError(error.code or 500, error.description or error.name, headers=headers))


def _problem(error: HttpError) -> Response:
    """The error in the format the client asked for."""
    from server.problems import render

    response = render(error, request)
    response.headers.extend(error.headers)
    return response


def _secure(response: Response) -> Response:
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    return response
