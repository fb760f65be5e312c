"""The first page, the pages about the dataset and the ontology."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect
from werkzeug.wrappers import Response as BaseResponse

from kg.rdf.formats import PREFIXES
from server.app import current_site
from server.browse.charts import bars
from server.browse.face import face, page
from server.browse.i18n import chosen_lang
from server.browse.structured import dataset_jsonld
from server.sparql.examples import groups
from server.sparql.terms import labels
from server.terms import terms

_TOP = 10
_KINDS = ("place", "source", "unit")


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
        examples=[e for group in groups(chosen_lang()) for e in group.examples if e.first],
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
        called=_called(chosen_lang()),
        changed_since=next((a.id for a, b in site.releases.comparable() if b.id == site.release), None),
        jsonld=dataset_jsonld(site),
    )


def _called(lang: str) -> Callable[[str], tuple[str, str]]:
    """What a class or property is called in a language ("" where nobody knows), and its IRI by a prefix."""
    known = labels()

    def called(iri: str) -> tuple[str, str]:
        prefix, namespace = max(
            ((p, n) for p, n in PREFIXES.items() if iri.startswith(n)),
            key=lambda f: len(f[1]),
            default=("", ""),
        )
        short = f"{prefix}:{iri.removeprefix(namespace)}" if prefix else iri
        return known.get(iri, {}).get(lang, ""), short

    return called


@face.get("/page/ontology")
def ontology_page() -> BaseResponse:
    """Every term of the ontology, in both languages."""
    grouped: dict[str, list[object]] = {"class": [], "property": [], "scheme": [], "concept": []}
    for term in terms().values():
        if term.group in grouped:
            grouped[term.group].append(term)
    return page("ontology.html", groups=grouped)
