"""Each valid example conforms; each invalid one fails for the reason its file name gives, and no other.

The name of an invalid example is that of the shape it breaks, two hyphens, and how.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from kg.rdf.check import check
from kg.rdf.rules import RULES
from kg.rdf.validate import Report, validate_each
from kg.resources import ontology_dir

pytestmark = pytest.mark.slow  # SHACL takes a tenth of a second a graph

EXAMPLES = ontology_dir() / "examples"
VALID = sorted((EXAMPLES / "valid").glob("*.ttl"))
INVALID = sorted((EXAMPLES / "invalid").glob("*.ttl"))


@pytest.fixture(scope="module")
def reports() -> dict[Path, Report]:
    return validate_each([*VALID, *INVALID])


def n_triples(file: Path) -> bytes:
    parsed = pyoxigraph.parse(path=str(file), format=pyoxigraph.RdfFormat.TURTLE)
    written = pyoxigraph.serialize(parsed, format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert written is not None
    return written


@pytest.mark.parametrize("file", VALID, ids=lambda f: f.stem)
def test_valid_example_conforms(file: Path, reports: dict[Path, Report]):
    assert reports[file].conforms, reports[file].text()
    assert reports[file].triples > 3
    assert check(n_triples(file)) == ()


@pytest.mark.parametrize("file", INVALID, ids=lambda f: f.stem)
def test_invalid_example_breaks_the_shape_it_is_named_after(file: Path, reports: dict[Path, Report]):
    shape = file.stem.partition("--")[0]
    assert not reports[file].conforms
    assert {r.shape for r in reports[file].results if r.severity == "Violation"} == {shape}
    assert {f.shape for f in check(n_triples(file))} == {shape}


def test_messages_are_in_both_languages(reports: dict[Path, Report]):
    for file in INVALID:
        for result in reports[file].results:
            assert set(result.messages) == {"en", "zh"}, result


def test_every_rule_of_the_fast_check_has_an_invalid_example():
    named = {f.stem.partition("--")[0] for f in INVALID}
    rules = {r.shape for rules in RULES.values() for r in rules}
    assert rules - named == set()
