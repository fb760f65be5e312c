"""The first page, the page about the dataset."""

from __future__ import annotations

from werkzeug.wrappers import Response as BaseResponse

from server.app import current_site
from server.browse.charts import bars
from server.browse.face import face, page

_TOP = 12
KINDS = ("place", "source", "unit")
EXAMPLES = (
    (
        "Which agencies does the paper rest on, and for how many articles?",
        "哪些通讯社为本报供稿，各有多少篇？",
        """SELECT ?source ?name (COUNT(DISTINCT ?article) AS ?articles) {
  ?dispatch dl:datelineSource ?source . ?source rdfs:label ?name . FILTER(LANG(?name) = "en")
  ?article dl:dispatch ?dispatch .
} GROUP BY ?source ?name ORDER BY DESC(?articles)""",
    ),
    (
        "Battles reported in Vietnam, by day",
        "关于越南战事的报道，按日期排列",
        """SELECT ?report ?when ?place ?name {
  ?report a dl:EventReport ; dl:eventType dl:event-battle ; dl:eventPlace ?place .
  OPTIONAL { ?report sem:hasBeginTimeStamp ?when }
  ?place rdfs:label ?name . FILTER(LANG(?name) = "en")
} ORDER BY ?when LIMIT 100""",
    ),
    (
        "Where the original and the translation disagree",
        "原文与译文不一致之处",
        """SELECT ?article ?mention ?conflict {
  ?mention dl:conflict ?conflict . ?article dl:mention ?mention
} LIMIT 100""",
    ),
)


@face.get("/")
def home() -> BaseResponse:
    """What the graph holds, and ways into it."""
    archive = current_site().archive
    statistics = archive.statistics()
    return page(
        "home.html",
        statistics=statistics,
        years=bars(sorted((int(y), n) for y, n in statistics.get("year", {}).items())),
        top={kind: archive.top_entities(kind, limit=_TOP) for kind in KINDS},
        examples=EXAMPLES,
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
    )
