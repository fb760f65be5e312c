"""The page of an article, and of an issue of the newspaper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response as BaseResponse

from kg.rdf.iris import Node
from kg.store.rows import ArticleSummary
from kg.store.selecting import nameless
from server.app import current_site
from server.browse.citing import citation
from server.browse.explaining import explain
from server.browse.face import face, page
from server.browse.highlight import marks_of, outermost, paragraphs, side_by_side
from server.browse.i18n import chosen_lang
from server.browse.maps import markers
from server.browse.structured import article_jsonld, issue_jsonld
from server.errors import HttpError
from server.resources import require

_NAMED = 12  # entities of a kind beside an issue
_MAPPED = 60
_KINDS = ("source", "place", "unit", "measure")


@dataclass(frozen=True, slots=True)
class Flow:
    """A dispatch drawn: the way of the news from the farthest source to the paper.

    ``sources`` are mention keys, farthest first; the last of them filed it at ``place`` on ``date``.
    ``days`` is how many days passed until it was printed, None where the dispatch names no day.
    """

    key: str
    sources: tuple[str, ...]
    filed: str | None
    place: str | None
    date: str | None
    days: int | None


@face.get("/page/article/<path:id>")
def article(id: str) -> BaseResponse:
    """Both languages side by side, with what was found and why."""
    site = current_site()
    stored = site.archive.article(id)
    if stored is None:
        require(site, Node.ARTICLE, id)
        raise HttpError(404, f"release {site.release} has no article {id!r}", remedy="search at /search")
    doc = stored.doc
    lang = chosen_lang()
    entities = site.archive.entities(_entity_ids(doc))
    texts = {
        one: paragraphs(body, outermost(marks_of(doc, one)))
        for one in ("zh", "en")
        if (body := doc["article"].get(one)) and body.get("text")
    }
    mentions = {m["key"]: m for m in doc["mentions"]}
    issue = site.archive.issue(stored.summary.date)
    before, after = _neighbours(issue, id)
    near = site.archive.related(id)
    same_page = [a for a in issue if a.page == stored.summary.page and a.id != id]
    return page(
        "article.html",
        about=("article", id),
        stored=stored,
        doc=doc,
        rows=side_by_side(texts.get("zh", []), texts.get("en", []), doc["article"].get("alignment", ())),
        langs=[one for one in ("zh", "en") if one in texts],
        mentions=mentions,
        of_kind=[(kind, found) for kind in _KINDS if (found := _of_kind(doc, kind))],
        conflicts=[(m, c) for m in doc["mentions"] for c in m.get("conflicts", ())],
        flows=[
            _flow(d, doc["article"]["date"], doc["article"].get("day_shift", 0)) for d in doc["dispatches"]
        ],
        entities=entities,
        explain=lambda name: explain(name, lang),
        markers=markers([e for e in entities.values() if e.kind == "place"], lang, close=True),
        same_page=same_page,
        near=near,
        shared=site.archive.entities(dict.fromkeys(e for other in near for e in other.entities)),
        elsewhere=[a for a in issue if a.page != stored.summary.page],
        before=before,
        after=after,
        cited=citation(site, stored.summary, stored.author),
        rivals=site.archive.entities(_rivals(doc)),
        jsonld=article_jsonld(site, stored.summary, doc, entities),
    )


def _entity_ids(doc: Mapping[str, Any]) -> list[str]:
    found = [m["link"]["entity"] for m in doc["mentions"]]
    found += [i for e in doc["events"] for i in e["link"].get("part_of", ())]
    found += [e["link"]["item"] for e in doc["events"] if e["link"].get("item")]
    return list(dict.fromkeys(found))


def _rivals(doc: Mapping[str, Any]) -> list[str]:
    """What mentions could mean besides: some of it is in no article, and has no page."""
    return list(
        dict.fromkeys(x["item"] for m in doc["mentions"] for x in m["link"].get("alternatives") or ())
    )


def _of_kind(doc: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    """The mentions of a kind, those that count before those that are arguable."""
    return sorted(
        (m for m in doc["mentions"] if m["kind"] == kind), key=lambda m: bool(m.get("optional", False))
    )


def _flow(dispatch: Mapping[str, Any], date: str, shift: int) -> Flow:
    filed = dispatch.get("source")
    cited = tuple(dispatch.get("chain", ()))
    day = dispatch.get("date")
    printed = dt.date.fromisoformat(date) + dt.timedelta(days=shift)
    return Flow(
        dispatch["key"],
        cited,
        filed,
        dispatch.get("place"),
        day,
        (printed - dt.date.fromisoformat(day)).days if day else None,
    )


def _neighbours(issue: list[ArticleSummary], id: str) -> tuple[ArticleSummary | None, ArticleSummary | None]:
    """The articles before and after one, in the order of the issue."""
    at = next((n for n, a in enumerate(issue) if a.id == id), None)
    if at is None:
        return None, None
    return (issue[at - 1] if at else None), (issue[at + 1] if at + 1 < len(issue) else None)


@face.get("/page/issue/<date>")
def issue(date: str) -> BaseResponse:
    """The articles of a day, by page."""
    site = current_site()
    require(site, Node.ISSUE, date)
    found = site.archive.issue(date)
    pages: dict[int | None, list[Any]] = {}
    for summary in found:
        pages.setdefault(summary.page, []).append(summary)
    before, after = site.archive.around(date)
    entities = site.archive.issue_entities(date)
    telling = [e for e in entities if e.count > 1 or not nameless(e)]
    named = {kind: [e for e in telling if e.kind == kind] for kind in ("place", "source", "unit")}
    return page(
        "issue.html",
        about=("issue", date),
        date=date,
        pages=pages,
        before=before,
        after=after,
        named_here={kind: list[:_NAMED] for kind, list in named.items()},
        markers=markers(named["place"][:_MAPPED], chosen_lang()),
        jsonld=issue_jsonld(site, date, found),
    )
