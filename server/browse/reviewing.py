"""Corrections: the queue of doubtful links, and the form to judge one.  Off unless there is a token."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kg.errors import UsageError
from kg.linking.judgements import Decision, Judgement, Judgements
from kg.model import Kind
from kg.pipeline.review import Question, answer, question, questions
from server.app import current_site
from server.authority import current_authority
from server.bodies import sent_json
from server.browse import asked
from server.browse.editors import COOKIE, editor, require_editor, sign_in, token
from server.browse.explaining import explain
from server.browse.face import face
from server.browse.i18n import chosen_lang
from server.errors import HttpError
from server.negotiation import best

_PAGE = 20


def _page(template: str, **values: object) -> Response:
    """A page for one editor: no cache keeps it."""
    lang = chosen_lang()
    response = Response(
        render_template(template, explain=lambda name: explain(name, lang), noindex=True, **values),
        mimetype="text/html",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _judgements() -> Judgements:
    return Judgements.load(current_site().settings.judgements_file)


@face.get("/review")
def review() -> BaseResponse:
    """The links that it is most worth to judge: those that settle most articles, and are doubtful most."""
    as_json = best(request.headers.get("Accept", ""), ("text/html", "application/json")) == "application/json"
    who = require_editor() if as_json else editor()  # a program is not shown where to sign in
    kind = asked.choice("kind", Kind)
    if who is None:
        return _page("sign_in.html")
    found, following = questions(
        current_site().archive,
        _judgements(),
        current_authority().item,
        kind=kind,
        after=asked.text("after"),
        limit=_PAGE,
        examples=2,
    )
    if as_json:
        response = jsonify(questions=[_plain(q) for q in found], next=following)
        response.headers["Cache-Control"] = "no-store"
        return response
    return _page(
        "review.html",
        who=who,
        questions=found,
        following=following,
        kind=kind,
        kinds=[k.value for k in Kind],
        done=asked.text("done"),
    )


def _plain(q: Question) -> dict[str, Any]:
    return {
        "key": q.key,
        "surface": q.surface,
        "surfaces": q.surfaces,
        "verdict": q.verdict.value,
        "item": q.item,
        "confidence": round(q.confidence, 3),
        "articles": q.articles,
        "choices": [{"item": c.item, "label": c.label, "description": c.description} for c in q.choices],
        "examples": [e.article for e in q.examples],
    }


@face.post("/review/sign-in")
def sign_in_form() -> BaseResponse:
    """Show the token once; the browser then remembers a signed name."""
    token()
    response = redirect("/review", 303)
    sign_in(response, request.form.get("token", ""), request.form.get("who", ""))
    return response


@face.post("/review/sign-out")
def sign_out() -> BaseResponse:
    """Forget who it was."""
    token()
    response = redirect("/", 303)
    response.delete_cookie(COOKIE)
    return response


@face.get("/review/<any(place, source, unit, measure):kind>/<path:entity>")
def judge_form(kind: str, entity: str) -> BaseResponse:
    """One link, with what speaks for it and the forms to judge it."""
    who = editor()
    if who is None:
        return _page("sign_in.html")
    q = _question(kind, entity)
    article = asked.text("article")
    scopes = {article: ""} if article else {}
    scopes.update((e.article, e.title) for e in q.examples)
    return _page("judge.html", who=who, link=q, article=article, scopes=scopes)


def _question(kind: str, entity: str) -> Question:
    try:
        return question(
            current_site().archive, _judgements(), f"{kind}/{entity}", current_authority().item, examples=5
        )
    except UsageError as e:
        raise HttpError(404, e.message, remedy="see /review") from e


@face.post("/review/<any(place, source, unit, measure):kind>/<path:entity>")
def judge(kind: str, entity: str) -> BaseResponse:
    """Write the judgement: ``decision`` is accept, reject, nil, item, or ``item:Q…`` (one of the choices)."""
    who = require_editor()
    q = _question(kind, entity)
    sent = sent_json() if request.is_json else request.form
    if not hasattr(sent, "get"):
        raise HttpError(400, "the judgement is no object", remedy='send {"decision": "accept"}')
    said = _said(q, sent, who)
    if best(request.headers.get("Accept", ""), ("text/html", "application/json")) == "application/json":
        response = jsonify(judgement=json.loads(said.to_json()))
        response.status_code = 201
        return response
    return redirect(f"/review?done={q.kind.value}", 303)


def _said(q: Question, sent: Any, who: str) -> Judgement:
    decision, _, item = str(sent.get("decision", "")).partition(":")
    if decision not in tuple(Decision):
        known = ", ".join(d.value for d in Decision)
        raise HttpError(400, f"decision {decision!r}", remedy=f"one of: {known}")
    chosen = item or str(sent.get("item") or "").strip() or (q.item if decision in _OF_THE_LINK else None)
    surface = str(sent.get("surface") or q.surface)
    if surface not in q.surfaces:
        raise HttpError(400, f"{surface!r} is no name of it", remedy=f"one of: {', '.join(q.surfaces)}")
    return answer(
        current_site().settings.judgements_file,
        q.kind.value,
        surface,
        Decision(decision),
        who=who,
        item=chosen,
        article=str(sent.get("article") or "") or None,
        since=str(sent.get("since") or "") or None,
        until=str(sent.get("until") or "") or None,
    )


_OF_THE_LINK = (Decision.ACCEPT, Decision.REJECT)
