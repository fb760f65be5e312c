"""Reports over the years compared: entities and words, as shares of each year's articles or by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kg.rdf import ntriples
from kg.store.rows import EntitySummary
from server.app import current_site
from server.browse import asked
from server.browse.charts import lines
from server.browse.exploring import named
from server.browse.exporting import table
from server.browse.face import face, page
from server.browse.i18n import chosen_lang, name_of
from server.errors import HttpError
from server.site import Site

MOST = 6  # as many as can be told apart
_BEGIN = 3  # places to begin with
MEASURES = ("share", "number")


@dataclass(frozen=True, slots=True)
class Series:
    """What is counted: an entity or words, with its articles by year; ``search`` finds them."""

    name: str
    parameter: str
    value: str
    years: dict[int, int]
    entity: EntitySummary | None = None

    @property
    def search(self) -> str:
        """The address of all its articles; add ``&year=``."""
        return f"/search?{urlencode({self.parameter: self.value})}"


def _series(site: Site) -> list[Series]:
    words = list(dict.fromkeys(w.strip() for w in request.args.getlist("q") if w.strip()))
    ids = list(dict.fromkeys(e.strip() for e in request.args.getlist("entity") if e.strip()))
    if len(words) + len(ids) > MOST:
        raise HttpError(400, f"{len(words) + len(ids)} are too many to compare", remedy=f"at most {MOST}")
    if any(len(w) > asked.LONGEST for w in words):
        raise HttpError(400, "the search is too long", remedy=f"use at most {asked.LONGEST} characters")
    archive, lang = site.archive, chosen_lang()
    known = archive.entities(ids)
    found = []
    for id in ids:
        if id not in known:
            raise HttpError(404, f"release {site.release} has no entity {id!r}", remedy="search at /search")
        name = name_of(known[id].label_zh, known[id].label_en, lang, id)
        found.append(Series(name, "entity", id, dict(archive.entity_years(id)), known[id]))
    return found + [Series(f"“{text}”", "q", text, dict(archive.word_years(text))) for text in words]


def _values(series: Series, printed: dict[int, int], measure: str) -> list[float]:
    return [
        100 * series.years.get(year, 0) / n if measure == "share" else float(series.years.get(year, 0))
        for year, n in printed.items()
    ]


@face.get("/trends")
def trends() -> BaseResponse:
    """Lines over the years, with their numbers as a table."""
    if (narrowed := named()) is not None:
        return narrowed
    site = current_site()
    if not any(request.args.get(name, "").strip() for name in ("entity", "q")):
        some = [("entity", e.id) for e in site.archive.top_entities("place", limit=_BEGIN)]
        if some:  # nothing to compare: begin with what is most reported
            return redirect(f"/trends?{urlencode([*request.args.items(multi=True), *some])}", 303)
    measure = asked.choice("measure", MEASURES) or "share"
    printed = site.archive.years()
    series = _series(site)
    unit = "%" if measure == "share" else ""
    chart = lines(list(printed), [_values(s, printed, measure) for s in series], unit)
    return page(
        "trends.html",
        series=list(zip(series, chart.lines, strict=True)),
        chart=chart,
        measure=measure,
        measures=MEASURES,
        printed=list(printed.items()),
        full=len(series) >= MOST,
        sparql=_query(site, [s for s in series if s.entity is not None]),
        csv=f"/trends.csv?{request.query_string.decode()}",
        noindex=True,
    )


@face.get("/trends.csv")
def trends_data() -> BaseResponse:
    """The numbers, a row for each year and thing."""
    site = current_site()
    printed = site.archive.years()
    rows: list[tuple[Any, ...]] = [
        (year, s.name.strip("“”"), site.minter.entity(s.value) if s.entity else "", s.years.get(year, 0), n)
        for s in _series(site)
        for year, n in printed.items()
    ]
    return table("trends", ("year", "name", "entity", "articles", "of"), rows)


def _query(site: Site, series: Sequence[Series]) -> str:
    """The same numbers of the entities by SPARQL; empty where there are words alone."""
    if not series:
        return ""
    entities = " ".join(ntriples.iri(site.minter.entity(s.value)) for s in series)
    return (
        "SELECT ?entity ?year (COUNT(DISTINCT ?article) AS ?articles) WHERE {\n"
        f"  VALUES ?entity {{ {entities} }}\n"
        "  ?article dl:hasMention|dl:hasQuantity [ dl:entity ?entity ] ; schema:datePublished ?date .\n"
        "  BIND(YEAR(?date) AS ?year)\n"
        "}\nGROUP BY ?entity ?year ORDER BY ?entity ?year"
    )
