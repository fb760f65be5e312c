"""SHACL runs in a process of its own and reports in both languages."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import zstandard

from kg.errors import UsageError, ValidationError
from kg.rdf.check import check
from kg.rdf.validate import validate, validate_each
from kg.resources import ontology_dir

pytestmark = pytest.mark.slow
ISSUE = (
    b"<http://a/issue/1953-12-14> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    b"<https://schema.org/PublicationIssue> .\n"
    b"<http://a/issue/1953-12-14> <https://schema.org/isPartOf> <http://a/entity/Q54340> .\n"
)


def test_report_names_node_shape_and_reason_in_both_languages():
    report = validate(ISSUE)
    assert not report.conforms
    (result,) = report.results
    assert (result.node, result.shape, result.component, result.severity) == (
        "http://a/issue/1953-12-14",
        "issue-date",
        "MinCountConstraintComponent",
        "Violation",
    )
    assert result.path == "https://schema.org/datePublished"
    assert result.message("zh") == "每期报纸须有一个日期。"
    assert report.text().splitlines()[:3] == [
        "does not conform: 2 triples, 1 violation",
        "Violation: An issue has one day.  [issue-date]",
        "  at http://a/issue/1953-12-14",
    ]
    assert json.loads(report.json())["results"][0]["shape"] == "issue-date"
    assert {f.shape for f in check(ISSUE)} == {"issue-date"}


def test_compressed_files_are_one_graph(tmp_path: Path):
    first, second = ISSUE.splitlines(keepends=True)
    date = (
        b"<http://a/issue/1953-12-14> <https://schema.org/datePublished> "
        b'"1953-12-14"^^<http://www.w3.org/2001/XMLSchema#date> .\n'
    )
    (tmp_path / "a.nt").write_bytes(first)
    (tmp_path / "b.nt.gz").write_bytes(gzip.compress(second))
    (tmp_path / "c.nt.zst").write_bytes(zstandard.compress(date))
    report = validate(sorted(tmp_path.iterdir()))
    assert report.conforms
    assert report.triples == 3


def test_named_graphs_count_as_one(tmp_path: Path):
    first, second = ISSUE.decode().splitlines()
    date = "<http://a/issue/1953-12-14> <https://schema.org/datePublished> "
    day = date + '"1953-12-14"^^<http://www.w3.org/2001/XMLSchema#date> .'
    (tmp_path / "a.nq.gz").write_bytes(gzip.compress(f"{first[:-1]}<http://a/g> .\n{second}\n".encode()))
    (tmp_path / "b.trig").write_text(f"<http://a/h> {{ {day} }}\n", encoding="utf-8")
    report = validate(sorted(tmp_path.iterdir()))
    assert (report.conforms, report.triples) == (True, 3)
    (tmp_path / "c.nq").write_text("<no quads", encoding="utf-8")
    with pytest.raises(UsageError, match=r"c\.nq: not valid nquads"):
        validate(tmp_path / "c.nq")


def test_a_compressed_file_of_several_parts_is_read_whole_and_a_cut_one_is_named(tmp_path: Path):
    file = tmp_path / "a.nt.zst"
    whole = b"".join(zstandard.compress(line) for line in ISSUE.splitlines(keepends=True))
    file.write_bytes(whole)
    assert validate(file).triples == 2
    for cut in (whole[:-3], whole[:20]):
        file.write_bytes(cut)
        with pytest.raises(UsageError, match=r"a\.nt\.zst: .*cut off"):
            validate(file)


def test_lesser_findings_do_not_break_conformance():
    entity = (
        b"<http://a/entity/Q1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        b"<https://schema.org/Place> .\n"
        b'<http://a/entity/Q1> <http://www.w3.org/2000/01/rdf-schema#label> "Hanoi"@en .\n'
    )
    report = validate(entity)
    assert report.conforms
    assert [(r.shape, r.severity) for r in report.results] == [("entity-chinese-label", "Info")]
    assert "conforms: 2 triples, 1 info" in report.text()


@pytest.mark.parametrize(
    ("name", "content"), [("x.ttl", "this is <no turtle"), ("x.csv", "a,b"), ("x.nt", "é")]
)
def test_what_is_no_graph_is_named(tmp_path: Path, name: str, content: str):
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=name):
        validate(file)


def test_missing_file_is_named(tmp_path: Path):
    with pytest.raises(UsageError, match=r"nowhere\.nt"):
        validate(tmp_path / "nowhere.nt")


def test_a_run_that_takes_too_long_is_ended():
    with pytest.raises(ValidationError, match="took over"):
        validate(ontology_dir() / "examples" / "valid" / "article.ttl", timeout=0.05)


def test_ontology_and_shapes_themselves_break_nothing():
    files = [ontology_dir() / "dateline.ttl", ontology_dir() / "shapes.ttl"]
    for file, report in validate_each(files).items():
        assert report.conforms, (file, report.text())


def test_shapes_are_valid_shapes():
    """The shapes against the SHACL of SHACL."""
    import pyshacl
    import rdflib

    shapes = rdflib.Graph().parse(ontology_dir() / "shapes.ttl")
    conforms, _, text = pyshacl.validate(rdflib.Graph(), shacl_graph=shapes, meta_shacl=True)
    assert conforms, text
