"""The description of the dataset against the shapes of DCAT-AP: it conforms, and what is wrong is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.rdf.validate import Report, validate_each
from kg.resources import ontology_dir
from kg.vocab import DCAT, DCTERMS, FOAF, RDF, SPDX, VOID
from tests.dumps.conftest import Archive

pytestmark = pytest.mark.slow  # SHACL takes a second

SHAPES = ontology_dir() / "dcat-ap.ttl"
# What is taken out or put in another's place, and the shape that must notice.
Change = Callable[[str], str]


def without(predicate: str, subject: str = "") -> Change:
    def change(text: str) -> str:
        lines = text.splitlines(keepends=True)
        return "".join(x for x in lines if f"> <{predicate}> " not in x or subject not in x.split(" ")[0])

    return change


def instead(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


BROKEN: dict[str, tuple[str, Change]] = {
    "no-title": ("dataset-title", without(DCTERMS + "title", "/dataset>")),
    "no-description": ("dataset-description", without(DCTERMS + "description", "/dataset>")),
    "no-licence": ("dataset-licence", without(DCTERMS + "license", "/dataset>")),
    "no-catalogue-title": ("catalog-title", without(DCTERMS + "title", "#catalog>")),
    "empty-catalogue": ("catalog-dataset", without(DCAT + "dataset")),
    "no-publisher": ("catalog-publisher", without(DCTERMS + "publisher", "#catalog>")),
    "nameless-publisher": ("agent-name", without(FOAF + "name", "#publisher>")),
    "no-access": ("distribution-access", without(DCAT + "accessURL")),
    "no-download": ("distribution-download", without(DCAT + "downloadURL")),
    "no-size": ("distribution-size", without(DCAT + "byteSize")),
    "no-checksum": ("distribution-checksum", without(SPDX + "checksum")),
    "wrong-algorithm": ("distribution-checksum", instead("Algorithm_sha256", "Algorithm_md5")),
    "unknown-packing": ("distribution-packing", instead("application/zstd", "application/rar")),
    "no-distribution-licence": ("distribution-licence", without(DCTERMS + "license", "/graph.nt.gz>")),
    "no-such-version": ("dataset-version-of", without(RDF + "type", "/dataset>")),
    "no-linkset": ("void#subset", without(VOID + "subset")),
    "no-partitions": ("void#classPartition", without(VOID + "classPartition")),
    "no-example": ("void#exampleResource", without(VOID + "exampleResource")),
    "no-link-predicate": ("void#linkPredicate", without(VOID + "linkPredicate")),
}  # fmt: skip


@pytest.fixture(scope="module")
def reports(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    folder = tmp_path_factory.mktemp("descriptions")
    dumps = archive.new.dumps
    whole = (dumps / "dataset.nt").read_text() + (dumps / "catalog.nt").read_text()
    # A few files and partitions stand for all: SHACL is slow.
    kept = ("/graph.nt.gz", "/graph.nt.zst", "/articles.parquet")
    few = re.compile(r"#(?:class|property)-(?:[02-9]|1[0-9])")
    lines = [
        x for x in whole.splitlines(keepends=True)
        if ("/dumps/" not in x or any(k in x for k in kept)) and not few.search(x)
    ]  # fmt: skip
    files = {folder / "right.nt": "".join(lines), folder / "turtle.ttl": (dumps / "catalog.ttl").read_text()}
    files |= {folder / f"{name}.nt": change("".join(lines)) for name, (_, change) in BROKEN.items()}
    for path, text in files.items():
        path.write_text(text)
    return {path.stem: report for path, report in validate_each(list(files), SHAPES).items()}


@pytest.mark.parametrize("name", ["right", "turtle"])
def test_the_description_conforms_without_so_much_as_a_warning(reports: dict[str, Report], name: str):
    assert reports[name].conforms, reports[name].text()
    assert reports[name].results == ()


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_found(reports: dict[str, Report], name: str):
    report = reports[name]
    assert not report.conforms
    # Shapes without a name of their own are told by the path that is not as it should be.
    told = report.text() + str([r.path for r in report.results])
    assert BROKEN[name][0] in told, told


def test_the_description_has_no_blank_nodes(archive: Archive):
    for name in ("dataset.nt", "catalog.nt"):
        assert not any(
            " _:" in x or x.startswith("_:") for x in Path(archive.new.dumps / name).read_text().splitlines()
        )
