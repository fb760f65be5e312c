"""Who may correct links: whoever has the token.  The browser keeps a signed name, never the token."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from server.app import current_site
from server.errors import HttpError

COOKIE = "dateline-editor"
_DAYS = 30
_LONGEST = 80


def token() -> str:
    """The token of the settings; HttpError 404 where corrections are off."""
    found = current_site().settings.edit_token
    if not found:
        raise HttpError(404, "corrections are off on this server", remedy="set edit_token to switch them on")
    return found


def _signature(name: str) -> str:
    return hmac.new(token().encode(), name.encode(), hashlib.sha256).hexdigest()


def sign_in(response: BaseResponse, given: str, name: str) -> None:
    """Let the browser remember that `name` showed the token; HttpError 403 where it is another one."""
    name = name.strip()[:_LONGEST]
    if not hmac.compare_digest(given.encode(), token().encode()):
        raise HttpError(403, "this is not the token", remedy="ask whoever runs the server")
    if not name:
        raise HttpError(400, "nobody signs in", remedy="say who you are")
    value = f"{base64.urlsafe_b64encode(name.encode()).decode()}.{_signature(name)}"
    response.set_cookie(
        COOKIE, value, max_age=_DAYS * 86400, httponly=True, samesite="Strict", secure=request.is_secure
    )


def editor() -> str | None:
    """Who is signed in, by cookie or (with ``X-Editor``) by bearer token; None for nobody."""
    secret = token()
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if not hmac.compare_digest(given.strip().encode(), secret.encode()):
            raise HttpError(
                401, "this is not the token", remedy="send Authorization: Bearer …",
                headers={"WWW-Authenticate": "Bearer"},
            )  # fmt: skip
        return request.headers.get("X-Editor", "").strip()[:_LONGEST] or "api"
    encoded, _, signature = request.cookies.get(COOKIE, "").partition(".")
    try:
        name = base64.urlsafe_b64decode(encoded.encode()).decode()
    except ValueError:
        return None
    return name if name and hmac.compare_digest(signature.encode(), _signature(name).encode()) else None


def require_editor() -> str:
    """Who writes; HttpError 401 for nobody, 403 for a form of another site."""
    who = editor()
    if who is None:
        raise HttpError(
            401, "sign in to correct links", remedy="open /review", headers={"WWW-Authenticate": "Bearer"}
        )
    origin = request.headers.get("Origin")
    if origin and "Authorization" not in request.headers and urlsplit(origin).netloc != request.host:
        raise HttpError(403, f"a form of {origin} may not correct links here", remedy="use /review")
    return who
