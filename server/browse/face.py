"""The blueprint of the pages, and what every template can use."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from kg.rdf.formats import GRAPHS
from kg.rdf.iris import Node, is_qid
from kg.settings import Settings
from kg.store.rows import EntitySummary, Filters
from kg.text import is_cjk
from server.app import current_site
from server.browse.coastlines import warm
from server.browse.i18n import COOKIE, LANGS, chosen_lang, date_of, messages, moment_of, name_of, translate
from server.browse.spoken import spoken
from server.errors import HttpError
from server.resources import links, relative
from server.sending import revalidated
from server.terms import term_name

face = Blueprint("browse", __name__, static_folder="../static", static_url_path="/static")


_USUAL_RIGHTS = Settings().rights  # which are in both languages, unlike those that somebody set

face.record_once(lambda _: warm())
face.add_app_template_test(is_qid, "qid")
face.add_app_template_test(lambda key: key in messages(), "message")


@face.app_context_processor
def words() -> dict[str, Any]:
    """What templates use: ``t`` translates, ``named`` names an entity, ``site`` is what is served."""
    lang = chosen_lang()
    return {
        "lang": lang,
        "other_lang": "en" if lang == "zh" else "zh",
        "spoken": spoken,
        "term": lambda name: _term(name.replace("_", "-"), lang),
        "t": lambda key, **values: translate(key, lang, **values),
        "rights_of": lambda text: translate("usual-rights", lang) if text == _USUAL_RIGHTS else text,
        "lang_of": lambda text: "zh-Hans" if any(map(is_cjk, text)) else "en",
        "named": lambda e: name_of(e.label_zh, e.label_en, lang, e.id),
        "titled": lambda a: name_of(a.title_zh, a.title_en, lang, a.id),
        "dated": lambda date: date_of(date, lang),
        "moment": lambda iso: timed(iso, moment_of(iso, lang)),
        "day": lambda date: time_of(date, lang),
        "page_path": page_path,
        "thing_iri": thing_iri,
        "thing_path": lambda kind, local: relative(current_site(), thing_iri(kind, local)),
        "data_path": data_path,
        "paged": "after" in request.args,
        "site": current_site(),
        "Node": Node,
        "rdf_formats": GRAPHS,
        "here": here,
        "here_with": here_with,
        "here_without": here_without,
        "here_within": here_within,
        "places_in": lambda place: current_site().archive.places_in(place),
        "no_filters": Filters(),
        "there": there,
        "editing": current_site().settings.edit_token is not None,
    }


def _term(name: str, lang: str) -> str:
    """What a term of the ontology is called; kinds that it has no term for are among the messages."""
    return translate(name, lang) if name in messages() else term_name(name, lang)


def time_of(date: str | None, lang: str) -> Markup:
    """A date for people and for programs; a dash where there is none."""
    return timed(date, date_of(date, lang)) if date else Markup("—")


def timed(iso: str, text: str) -> Markup:
    """A time as an element that programs read too."""
    return Markup('<time datetime="{}">{}</time>').format(iso, text)


def here(*, at: str | None = None, **changes: object) -> str:
    """The present address with some parameters changed, or (None) taken away, from the first page on.

    `at` is another path for the same parameters.
    """
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k not in ("after", *changes)]
    pairs += [(k, str(v)) for k, v in changes.items() if v is not None]
    path = at or request.path
    return f"{path}?{urlencode(pairs)}" if pairs else path


def there(path: str, asked: Sequence[tuple[str, object]]) -> str:
    """Another address, with those of the parameters that have a value."""
    pairs = [(k, str(v)) for k, v in asked if v is not None]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def here_with(name: str, value: str, *, at: str | None = None, leave: Sequence[str] = ()) -> str:
    """The present address (or another path) with one more value of a parameter that may have several.

    Those of `leave` are left out.
    """
    return _repeated(name, [*_others(name, value), value], at, leave)


def here_within(place: str) -> str:
    """The present address with a place and all in it instead of the place alone."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "after" and (k, v) != ("entity", place)]
    return there(request.path, [*kept, ("within", place)])


def here_without(name: str, value: str) -> str:
    """The present address without one of the values of a parameter."""
    return _repeated(name, _others(name, value))


def _others(name: str, value: str) -> list[str]:
    return [v for v in request.args.getlist(name) if v != value]


def _repeated(name: str, values: list[str], at: str | None = None, leave: Sequence[str] = ()) -> str:
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k not in ("after", name, *leave)]
    pairs += [(name, v) for v in values]
    path = at or request.path
    return f"{path}?{urlencode(pairs)}" if pairs else path


def page_path(kind: str, local: str = "") -> str:
    """``/page/entity/Q36027``."""
    site = current_site()
    return relative(site, site.minter.page(Node(kind), local))


def thing_iri(kind: str, local: str = "") -> str:
    """The IRI of what a page is about: the address that lasts."""
    minter = current_site().minter
    return minter.node(Node(kind), local) if local else minter.dataset()


def data_path(kind: str, local: str, extension: str) -> str:
    """``/data/entity/Q36027.ttl``."""
    site = current_site()
    return relative(site, site.minter.data(Node(kind), local, extension))


def entity_path(entity: EntitySummary) -> str:
    """The path of the page about an entity; known events have a page of another kind."""
    return page_path("event" if entity.kind == "event" else "entity", entity.id)


def page(template: str, *, about: tuple[str, str] | None = None, **values: object) -> BaseResponse:
    """A page that caches may keep while the release is served; `about` is the thing it describes."""
    text = render_template(template, about=about, **values)
    response = Response(text, mimetype="text/html")
    response.set_etag(hashlib.blake2b(text.encode(), digest_size=16).hexdigest())
    response.vary.update(["Accept-Language", "Cookie"])
    if about is not None:
        response.headers["Link"] = ", ".join(links(current_site(), Node(about[0]), about[1]))
    return revalidated(response)


@face.get("/language/<lang>")
def language(lang: str) -> BaseResponse:
    """Remember the reader's language and go back."""
    if lang not in LANGS:
        raise HttpError(404, f"there is no language {lang!r}", remedy=f"one of: {', '.join(LANGS)}")
    back = request.args.get("back", "/")
    # Only paths of ours: a link must not lead readers elsewhere.
    ours = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    target = back if ours else "/"
    response = redirect(target, 303)
    response.set_cookie(COOKIE, lang, max_age=365 * 86400, samesite="Lax")
    return response


# The views register themselves on the blueprint.
from server.browse import (  # noqa: E402, F401
    articles,
    citing,
    entities,
    events,
    exploring,
    home,
    mapping,
    reviewing,
    trends,
    viewing,
)
