"""``/sparql/terms.json``: what the editor completes.

Prefixes, the classes and properties that the data uses with how often it does, the concepts of our lists, and
what goes with what: which properties a class has, and where they lead.  All of it is known without asking the
data more than its description, so that completion costs the same for a thousand triples and for 300 million.
"""

from __future__ import annotations

import functools
import json
import tomllib
from collections.abc import Callable, Mapping
from importlib import resources

from flask import Response, jsonify

from kg.rdf.formats import PREFIXES
from kg.rdf.outline import outline
from kg.vocab import DL
from server.app import current_site
from server.sending import revalidated
from server.sparql.examples import declare
from server.terms import terms as our_terms

_MOST = 1000
_USED = """
SELECT DISTINCT ?kind ?term ?n WHERE {
  { ?d void:classPartition ?part . ?part void:class ?term ; void:entities ?n BIND("class" AS ?kind) }
  UNION
  { ?d void:propertyPartition ?part . ?part void:property ?term ; void:triples ?n BIND("property" AS ?kind) }
}
"""
_USED_PLAIN = """
SELECT DISTINCT ?kind ?term WHERE {
  { SELECT DISTINCT ("property" AS ?kind) (?p AS ?term)
    { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } LIMIT 500 }
  UNION
  { SELECT DISTINCT ("class" AS ?kind) (?c AS ?term)
    { { ?s a ?c } UNION { GRAPH ?g { ?s a ?c } } } LIMIT 500 }
}
"""


@functools.cache
def labels() -> Mapping[str, Mapping[str, str]]:
    """The labels of terms by their IRIs: of ours, and of those that we take from others."""
    text = resources.files("server.sparql").joinpath("terms.toml").read_text(encoding="utf-8")
    found = {
        PREFIXES[prefix] + name: dict(said)
        for prefix, of in tomllib.loads(text).items()
        for name, said in of.items()
    }
    return found | {DL + name: term.label for name, term in our_terms().items()}


def document(ask: Callable[..., tuple[int, bytes]]) -> Response:
    """The terms as JSON; `ask` answers a query."""
    site = current_site()
    plain = site.settings.rdf is not None
    found: dict[str, list[dict[str, object]]] = {"class": [], "property": []}
    status, body = ask(declare(_USED_PLAIN if plain else _USED, site.prefixes), timeout="5")
    if status == 200:
        for row in json.loads(body)["results"]["bindings"][:_MOST]:
            term = row["term"]["value"]
            uses = int(row["n"]["value"]) if "n" in row else 0
            found[row["kind"]["value"]].append({"iri": term, "n": uses, **_named(term, plain=plain)})
    response = jsonify(
        prefixes=site.prefixes,
        implied=not plain,  # they may go unsaid
        classes=found["class"],
        properties=found["property"],
        concepts=[] if plain else _concepts(),
        shapes={} if plain else _shapes(),
    )
    return revalidated(response)


def _named(iri: str, *, plain: bool) -> Mapping[str, str]:
    return {} if plain else labels().get(iri, {})


def _concepts() -> list[dict[str, object]]:
    return [
        {"iri": DL + name, **term.label} for name, term in our_terms().items() if "inScheme" in term.relations
    ]


def _shapes() -> dict[str, dict[str, dict[str, tuple[str, ...]]]]:
    return {
        of: {path: {"values": use.values, "to": use.to} for path, use in uses.items()}
        for of, uses in outline().items()
    }
