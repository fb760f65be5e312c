"""The addresses of the reconciliation service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kg.model import Lang
from kg.rdf.iris import Node, is_qid, wikidata
from kg.text import fold, is_cjk
from kg.vocab import DL
from server.app import current_site
from server.authority import current_authority
from server.bodies import read_json, sent_json
from server.browse import asked
from server.errors import HttpError
from server.limiting import NAMES, charge
from server.reconcile.matching import Constraint, Query, candidates, named_by
from server.reconcile.properties import BY_ID, PROPERTIES, described, extended, label
from server.reconcile.types import all_types, suggested, types_of
from server.resources import known
from server.terms import terms

face = Blueprint("reconcile", __name__, url_prefix="/reconcile")
_BATCH = 500  # queries, or rows to extend, at once
_LIMIT = 50
_SUGGESTED = 10
_CALLBACK = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*(?:\.[A-Za-z_$][A-Za-z0-9_$]*){0,4}", re.ASCII)
_STRICT = ("any", "all", "should")


def _answer(value: Any) -> Response:
    """JSON for any site; as JSONP where ``callback`` asks for it, as clients of old do."""
    response = jsonify(value)
    callback = request.values.get("callback")
    if callback is not None:
        if not _CALLBACK.fullmatch(callback):
            raise HttpError(400, f"callback {callback!r}", remedy="a name as in JavaScript, or leave it out")
        # The comment keeps the answer from being taken for anything but a script.
        response = Response(f"/**/{callback}({response.get_data(as_text=True).strip()});")
        response.mimetype = "text/javascript"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@face.route("", methods=["GET", "POST"])
@face.route("/", methods=["GET", "POST"])
def service() -> Response:
    """The manifest; with ``queries`` the matches; with ``extend`` the values of properties."""
    if (text := request.values.get("queries")) is not None:
        return _answer(_reconcile(read_json(text, "queries")))
    if (text := request.values.get("extend")) is not None:
        return _answer(_extend(read_json(text, "extend")))
    if request.is_json:
        sent = sent_json()
        if isinstance(sent, dict) and "queries" in sent:
            return _answer(_reconcile(sent["queries"]))
        if isinstance(sent, dict) and "extend" in sent:
            return _answer(_extend(sent["extend"]))
    return _answer(manifest())


def manifest() -> dict[str, Any]:
    """What the service says of itself."""
    site = current_site()
    base = f"{site.settings.base}reconcile"
    return {
        "versions": ["0.2"],
        "name": f"{site.settings.title} authority",
        "identifierSpace": f"{site.settings.base}entity/",
        "schemaSpace": DL,
        "documentation": f"{site.settings.base}api/",
        "serviceVersion": current_authority().version,
        "logo": f"{site.settings.base}static/icon.svg",
        "defaultTypes": [{"id": t.id, "name": t.name} for t in all_types().values() if t.broader is None],
        "view": {"url": f"{base}/view?id={{{{id}}}}"},
        "preview": {"url": f"{base}/preview?id={{{{id}}}}", "width": 400, "height": 260},
        "suggest": {
            part: {
                "service_url": base,
                "service_path": f"/suggest/{part}",
                "flyout_service_url": base,
                "flyout_service_path": f"/flyout/{part}?id=${{id}}",
            }
            for part in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/extend/propose"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": "Most values of a row; 0 for all.",
                }
            ],
        },
    }


# --- matching ------------------------------------------------------------------------------------------


def _reconcile(batch: Any) -> dict[str, Any]:
    if not isinstance(batch, dict):
        raise HttpError(400, "queries is no object", remedy='send {"q0": {"query": "…"}}')
    if len(batch) > _BATCH:
        raise HttpError(413, f"{len(batch)} queries at once", remedy=f"send at most {_BATCH}")
    charge(len(batch) // NAMES)
    authority = current_authority()
    return {key: {"result": candidates(_query(key, value), authority)} for key, value in batch.items()}


def _query(key: str, value: Any) -> Query:
    if not isinstance(value, dict):
        raise HttpError(400, f"query {key} is no object", remedy='write it as {"query": "奠边府"}')
    constraints = _constraints(key, value)
    text = value.get("query", "")
    if not isinstance(text, str) or not (text.strip() or constraints):
        raise HttpError(400, f"query {key}: no text", remedy='write it as {"query": "奠边府"}')
    types = value.get("type", [])
    types = [types] if isinstance(types, str) else types
    if not isinstance(types, list) or not all(isinstance(t, str) for t in types):
        raise HttpError(400, f"query {key}: type is no list of names", remedy='write it as "place"')
    strict = value.get("type_strict", "any")
    if strict not in _STRICT:
        raise HttpError(400, f"query {key}: type_strict {strict!r}", remedy=f"one of: {', '.join(_STRICT)}")
    limit = value.get("limit", 5)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise HttpError(400, f"query {key}: limit {limit!r}", remedy="a whole number from 1")
    text = text.strip() or named_by(constraints)
    return Query(text[:300], tuple(types), strict, min(limit, _LIMIT), constraints)


def _constraints(key: str, value: Mapping[str, Any]) -> tuple[Constraint, ...]:
    given = value.get("properties", [])
    if not isinstance(given, list):
        raise HttpError(
            400, f"query {key}: properties is no list", remedy='write [{"pid": "country", "v": "…"}]'
        )
    found = []
    for one in given:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise HttpError(
                400, f"query {key}: a property without pid or v", remedy='write {"pid": …, "v": …}'
            )
        values = one["v"] if isinstance(one["v"], list) else [one["v"]]
        found.append(Constraint(one["pid"], tuple(v for v in values if v not in (None, ""))))
    return tuple(found)


# --- data extension ------------------------------------------------------------------------------------


def _extend(asked_for: Any) -> dict[str, Any]:
    if not isinstance(asked_for, dict):
        raise HttpError(400, "extend is no object", remedy='send {"ids": […], "properties": […]}')
    ids, wanted = asked_for.get("ids"), asked_for.get("properties")
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids) or not isinstance(wanted, list):
        raise HttpError(400, "extend: ids or properties is no list", remedy='{"ids": […], "properties": […]}')
    if len(ids) > _BATCH:
        raise HttpError(413, f"{len(ids)} rows at once", remedy=f"send at most {_BATCH}")
    charge(len(ids) // NAMES)
    authority = current_authority()
    properties = [_wanted(w) for w in wanted]
    rows = {}
    for id in ids:
        item = authority.item(id)
        rows[id] = {
            p.id: extended(item, p, authority, limit) if item is not None else [] for p, limit in properties
        }
    meta = [{"id": p.id, "name": p.name, **_of_type(p.of)} for p, _ in properties]
    return {"meta": meta, "rows": rows}


def _of_type(type: str) -> dict[str, Any]:
    """What the items of a property are, which may so be reconciled and extended in turn."""
    return {"type": {"id": type, "name": all_types()[type].name}} if type else {}


def _wanted(one: Any) -> tuple[Any, int]:
    prop = BY_ID.get(str(one.get("id", ""))) if isinstance(one, dict) else None
    if prop is None:
        raise HttpError(400, f"extend: unknown property {one!r}", remedy=f"one of: {', '.join(BY_ID)}")
    settings = one.get("settings") or {}
    limit = str(settings.get("limit", 0)) if isinstance(settings, dict) else ""
    if not (limit.isascii() and limit.isdigit() and len(limit) < 6):
        raise HttpError(400, f"extend: limit {limit!r}", remedy="a whole number, 0 for all")
    return prop, int(limit)


@face.get("/extend/propose")
def propose() -> Response:
    """The properties that items of a type have."""
    type = asked.text("type") or ""
    kind = type.partition("-")[0]
    limit = asked.number("limit", 1, 100, len(PROPERTIES))
    found = [p for p in PROPERTIES if not p.kinds or not kind or kind in p.kinds]
    return _answer(
        {"type": type, "limit": limit, "properties": [{"id": p.id, "name": p.name} for p in found[:limit]]}
    )


# --- suggest and preview -------------------------------------------------------------------------------


@face.get("/suggest/<any(entity, type, property):part>")
def suggest(part: str) -> Response:
    """What begins as the user types."""
    prefix = (request.args.get("prefix") or "").strip()[:300]
    start = asked.number("cursor", 0, 10_000, 0)
    found = {"entity": _entities, "type": _types, "property": _properties}[part](prefix, start + _SUGGESTED)
    return _answer({"result": found[start:]})


def _entities(prefix: str, limit: int) -> list[dict[str, Any]]:
    authority = current_authority()
    lang = Lang.ZH if any(map(is_cjk, prefix)) else Lang.EN
    kind = asked.text("type")
    found = []
    exact = authority.item(prefix)
    if exact is not None:
        found.append(exact)
    for suggestion in authority.suggest(prefix, lang, kind, limit=limit):
        item = authority.item(suggestion.id)
        if item is not None and item is not exact:
            found.append(item)
    return [
        {
            "id": i.id,
            "name": label(i, lang.value),
            "description": described(i, authority),
            "notable": types_of(i),
        }
        for i in found
    ]


def _types(prefix: str, limit: int) -> list[dict[str, Any]]:
    return [t.document() for t in suggested(prefix)[:limit]]


def _properties(prefix: str, limit: int) -> list[dict[str, Any]]:
    wanted = fold(prefix)
    found = [
        p for p in PROPERTIES
        if any(w.startswith(wanted) for w in (p.id, fold(p.name), *fold(p.name).split()))
    ]  # fmt: skip
    return [{"id": p.id, "name": p.name} for p in found[:limit]]


@face.get("/flyout/<any(entity, type, property):part>")
def flyout(part: str) -> Response:
    """A few lines about a suggestion, to stand beside the list."""
    id = asked.needed("id")
    told = {"entity": _about_item, "type": _about_type, "property": _about_property}[part](id)
    return _answer({"id": id, "html": render_template("flyout.html", part=part, id=id, **told)})


def _about_item(id: str) -> dict[str, Any]:
    item, authority = _item(id), current_authority()
    shown = [(p.name, extended(item, p, authority, 8)) for p in PROPERTIES if p.id in _PREVIEWED]
    values = [(name, [str(c.get("name") or next(iter(c.values()))) for c in cells]) for name, cells in shown]
    return {
        "name": label(item),
        "other": item.label("zh") if item.label("en") else None,
        "text": described(item, authority),
        "values": [(name, cells) for name, cells in values if cells],
    }


def _about_type(id: str) -> dict[str, Any]:
    type = all_types().get(id)
    if type is None:
        raise HttpError(404, f"there is no type {id!r}", remedy="search at /reconcile/suggest/type")
    term = terms().get(id)
    text = term.comment.get("en", "") if term else ""
    return {"name": type.name, "other": type.name_zh, "text": text}


def _about_property(id: str) -> dict[str, Any]:
    prop = BY_ID.get(id)
    if prop is None:
        raise HttpError(404, f"there is no property {id!r}", remedy="search at /reconcile/suggest/property")
    kinds = ", ".join(all_types()[kind].name for kind in prop.kinds) or "all kinds of item"
    return {"name": prop.name, "other": prop.type, "text": f"Of {kinds}."}


def _item(id: str) -> Any:
    item = current_authority().item(id)
    if item is None:
        raise HttpError(
            404, f"the authority has no item {id!r}", remedy="search at /reconcile/suggest/entity"
        )
    return item


@face.get("/preview")
def preview() -> Response:
    """A small page about an item, to stand in a frame."""
    item = _item(asked.needed("id"))
    authority = current_authority()
    site = current_site()
    node = Node.EVENT if item.kind == "event" else Node.ENTITY
    values = [(p.name, extended(item, p, authority, 6)) for p in PROPERTIES if p.id in _PREVIEWED]
    response = Response(
        render_template(
            "preview.html",
            item=item,
            types=types_of(item),
            description=described(item, authority),
            values=[(name, cells) for name, cells in values if cells],
            page=site.minter.node(node, item.id) if known(site.archive, node, item.id) else None,
            wikidata=wikidata(item.id) if item.verified and is_qid(item.id) else None,
        ),
        mimetype="text/html",
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    # OpenRefine shows it inside its own page; this wins over X-Frame-Options.
    response.headers["Content-Security-Policy"] = "frame-ancestors *"
    return response


_PREVIEWED = ("names-zh", "names-en", "country", "part-of", "start", "end", "coordinates")


@face.get("/view")
def view() -> BaseResponse:
    """To the item's page, or to Wikidata where no article of this release mentions it."""
    item = _item(asked.needed("id"))
    site = current_site()
    node = Node.EVENT if item.kind == "event" else Node.ENTITY
    if known(site.archive, node, item.id):
        return redirect(f"/page/{node.value}/{item.id}", 303)
    if item.verified and is_qid(item.id):
        return redirect(wikidata(item.id), 303)
    return redirect(f"/reconcile/preview?id={item.id}", 303)
