"""The blueprint of the pages, and what every template can use."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kg.rdf.formats import GRAPHS
from kg.rdf.iris import Node
from server.app import current_site
from server.browse.i18n import COOKIE, LANGS, chosen_lang, name_of, translate
from server.errors import HttpError

face = Blueprint("browse", __name__, static_folder="../static", static_url_path="/static")


@face.app_context_processor
def words() -> dict[str, Any]:
    """What templates use: ``t`` translates, ``named`` names an entity, ``site`` is what is served."""
    lang = chosen_lang()
    return {
        "lang": lang,
        "other_lang": "en" if lang == "zh" else "zh",
        "t": lambda key, **values: translate(key, lang, **values),
        "named": lambda e: name_of(e.label_zh, e.label_en, lang, e.id),
        "titled": lambda a: name_of(a.title_zh, a.title_en, lang, a.id),
        "page_path": page_path,
        "site": current_site(),
        "Node": Node,
        "rdf_formats": GRAPHS,
        "here": here,
        "year_link": lambda year: here(year=year),
        "facet_year": lambda year: here(year=year),
        "search_year": lambda year: f"/search?year={year}",
    }


def here(**changes: object) -> str:
    """The present address with some parameters changed, or (None) taken away, from the first page on."""
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k not in ("after", *changes)]
    pairs += [(k, str(v)) for k, v in changes.items() if v is not None]
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path


def page_path(kind: str, local: str = "") -> str:
    """``/page/entity/Q36027``."""
    site = current_site()
    return "/" + site.minter.page(Node(kind), local).removeprefix(site.settings.base)


def data_path(kind: str, local: str, extension: str) -> str:
    """``/data/entity/Q36027.ttl``."""
    site = current_site()
    return "/" + site.minter.data(Node(kind), local, extension).removeprefix(site.settings.base)


def page(template: str, *, about: tuple[str, str] | None = None, **values: object) -> BaseResponse:
    """A page that caches may keep while the release is served; `about` is the thing it describes."""
    text = render_template(template, about=about, data_path=data_path, **values)
    response = Response(text, mimetype="text/html")
    response.set_etag(hashlib.blake2b(text.encode(), digest_size=16).hexdigest())
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.update(["Accept-Language", "Cookie"])
    if about is not None:
        response.headers["Link"] = ", ".join(_links(*about))
    return response.make_conditional(request)


def _links(kind: str, local: str) -> list[str]:
    site = current_site()
    node = Node(kind)
    thing = site.minter.node(node, local) if local else site.minter.dataset()
    return [
        f'<{thing}>; rel="describes"',
        f'<{site.minter.page(node, local)}>; rel="canonical"',
        *(
            f'<{site.minter.data(node, local, f.extension)}>; rel="alternate"; type="{f.media_type}"'
            for f in GRAPHS
        ),
    ]


@face.get("/language/<lang>")
def language(lang: str) -> BaseResponse:
    """Remember the reader's language and go back."""
    if lang not in LANGS:
        raise HttpError(404, f"there is no language {lang!r}", remedy=f"one of: {', '.join(LANGS)}")
    back = request.args.get("back", "/")
    # Only paths of ours: a link must not lead readers elsewhere.
    target = back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
    response = redirect(target, 303)
    response.set_cookie(COOKIE, lang, max_age=365 * 86400, samesite="Lax")
    return response


# The views register themselves on the blueprint.
from server.browse import articles, entities, exploring, home  # noqa: E402, F401
