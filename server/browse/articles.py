"""The page of an article, and of an issue of the newspaper."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response as BaseResponse

from kg.linking.features import FEATURES, reason
from server.app import current_site
from server.browse.face import face, page
from server.browse.highlight import marks_of, outermost, paragraphs, side_by_side
from server.browse.maps import markers
from server.errors import HttpError


@face.get("/page/article/<path:id>")
def article(id: str) -> BaseResponse:
    """Both languages side by side, with what was found and why."""
    site = current_site()
    stored = site.archive.article(id)
    if stored is None:
        raise HttpError(404, f"release {site.release} has no article {id!r}", remedy="search at /search")
    doc = stored.doc
    entities = site.archive.entities(_entity_ids(doc))
    texts = {
        lang: paragraphs(body, outermost(marks_of(doc, lang)))
        for lang in ("zh", "en")
        if (body := doc["article"].get(lang)) and body.get("text")
    }
    rows = side_by_side(texts.get("zh", []), texts.get("en", []), doc["article"].get("alignment", ()))
    places = [e for e in entities.values() if e.kind == "place"]
    return page(
        "article.html",
        about=("article", id),
        stored=stored,
        doc=doc,
        rows=rows,
        langs=[lang for lang in ("zh", "en") if lang in texts],
        mentions={m["key"]: m for m in doc["mentions"]},
        entities=entities,
        explain=lambda name: reason(name) if name in FEATURES else "",
        markers=markers(places),
        issue=site.archive.issue(stored.summary.date),
        jsonld=_jsonld(stored.summary, doc),
    )


def _entity_ids(doc: dict[str, Any]) -> list[str]:
    found = [m["link"]["entity"] for m in doc["mentions"]]
    found += [i for e in doc["events"] for i in e["link"].get("part_of", ())]
    found += [e["link"]["item"] for e in doc["events"] if e["link"].get("item")]
    return list(dict.fromkeys(found))


def _jsonld(summary: Any, doc: dict[str, Any]) -> dict[str, Any]:
    """schema.org for search engines."""
    site = current_site()
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": site.minter.article(summary.id),
        "headline": summary.title_zh or summary.title_en,
        "datePublished": summary.date,
        "inLanguage": summary.langs.split("+"),
        "mentions": [
            {"@id": site.minter.entity(m["link"]["entity"]), "name": m["name"]}
            for m in doc["mentions"]
            if not m.get("optional")
        ],
    }
    if summary.title_zh and summary.title_en:
        found["alternativeHeadline"] = summary.title_en
    return found


@face.get("/page/issue/<date>")
def issue(date: str) -> BaseResponse:
    """The articles of a day, by page."""
    site = current_site()
    found = site.archive.issue(date)
    if not found:
        raise HttpError(404, f"release {site.release} has no issue of {date!r}", remedy="see /timeline")
    pages: dict[int | None, list[Any]] = {}
    for summary in found:
        pages.setdefault(summary.page, []).append(summary)
    before, after = site.archive.around(date)
    return page("issue.html", about=("issue", date), date=date, pages=pages, before=before, after=after)
