"""The first page, the pages about the dataset and the ontology."""

from __future__ import annotations

from flask import redirect
from werkzeug.wrappers import Response as BaseResponse

from server.app import current_site
from server.browse.charts import bars
from server.browse.face import face, page
from server.browse.structured import dataset_jsonld
from server.terms import terms

_TOP = 10
_KINDS = ("place", "source", "unit")
EXAMPLES = (
    (
        "Which sources do dispatches come from, and how many articles carry them?",
        "电讯由哪些来源发出，各见于多少篇文章？",
        """SELECT ?source ?name (COUNT(DISTINCT ?article) AS ?articles) WHERE {
  ?article dl:hasDispatch/dl:datelineSource ?source .
  ?source rdfs:label ?name FILTER(LANG(?name) = "en")
} GROUP BY ?source ?name ORDER BY DESC(?articles)""",
    ),
    (
        "Battles by day, with their places",
        "战斗，按日期排列，附地点",
        """SELECT ?when ?place ?name ?report WHERE {
  ?article dl:hasEventReport ?report .
  ?report sem:eventType dl:Battle ; dl:grain dl:grain-day ;
    sem:hasBeginTimeStamp ?when ; sem:hasPlace ?place .
  ?place rdfs:label ?name FILTER(LANG(?name) = "en")
} ORDER BY ?when LIMIT 100""",
    ),
    (
        "Where the original and the translation disagree",
        "原文与译文不一致之处",
        """SELECT ?article ?mention ?conflict WHERE {
  ?article dl:hasMention|dl:hasQuantity ?mention . ?mention dl:conflict ?conflict
} LIMIT 100""",
    ),
    (
        "Who quotes whom: chains of sources inside dispatches",
        "谁引用谁：电讯中的消息来源链",
        """SELECT ?filed ?quoted (COUNT(*) AS ?times) WHERE {
  ?dispatch dl:datelineSource ?a ; dl:cites ?b .
  ?a rdfs:label ?filed FILTER(LANG(?filed) = "en")
  ?b rdfs:label ?quoted FILTER(LANG(?quoted) = "en")
} GROUP BY ?filed ?quoted ORDER BY DESC(?times) LIMIT 50""",
    ),
)


@face.get("/")
def home() -> BaseResponse:
    """What the graph holds, and ways into it."""
    site = current_site()
    if site.served.archive is None:  # another endpoint's graph, without a release to show
        return redirect("/sparql", 303)
    archive = site.archive
    statistics = archive.statistics()
    years = sorted((int(y), n) for y, n in statistics.get("year", {}).items())
    return page(
        "home.html",
        statistics=statistics,
        years=bars(years),
        first=years[0][0] if years else None,
        last=years[-1][0] if years else None,
        top={kind: archive.top_entities(kind, limit=_TOP) for kind in _KINDS},
        event_types=sorted(statistics.get("event_type", {}).items(), key=lambda t: -t[1]),
        examples=EXAMPLES,
        jsonld=dataset_jsonld(site),
    )


@face.get("/page/dataset")
def dataset() -> BaseResponse:
    """The dataset: counts, licence, downloads, versions."""
    site = current_site()
    release = site.served.release
    return page(
        "dataset.html",
        about=("dataset", ""),
        statistics=site.archive.statistics(),
        manifest=release.manifest if release else None,
        changed_since=next((a.id for a, b in site.releases.comparable() if b.id == site.release), None),
        jsonld=dataset_jsonld(site),
    )


@face.get("/page/ontology")
def ontology_page() -> BaseResponse:
    """Every term of the ontology, in both languages."""
    groups: dict[str, list[object]] = {"class": [], "property": [], "scheme": [], "concept": []}
    for term in terms().values():
        if term.group in groups:
            groups[term.group].append(term)
    return page("ontology.html", groups=groups)
