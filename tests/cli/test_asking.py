"""``kg query``, ``dump``, ``annotate``, ``validate``: what they answer, and the summaries of ``--json``."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from tests.cli.conftest import kg

SEARCH = """SELECT ?title {{ SERVICE dl:search {{ ?a dl:text "{}" }} ?a schema:headline ?title }}"""


def test_a_query_may_search_text(data: Path) -> None:
    def titles(words: str) -> list[str]:
        result = kg("--data", data, "query", "-f", "csv", SEARCH.format(words))
        assert result.exit_code == 0, result.stderr
        return [row["title"] for row in csv.DictReader(result.stdout.splitlines())]

    assert titles("天津 通车") == ["铁桥通车"]
    assert titles("上海") == []


def test_the_summary_of_a_dump(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph.nt"
    result = kg("--data", data, "--json", "dump", "-o", target)
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)
    assert said["file"] == str(target)
    assert said["format"] == "nt"
    assert said["triples"] == len(target.read_bytes().splitlines()) > 100
    told = kg("--data", data, "dump", "-o", target).stdout
    assert told.startswith(f"{said['triples']:,} triples of release {said['release']}")


def test_the_summary_of_a_dump_to_standard_output_is_apart_from_it(data: Path) -> None:
    result = kg("--data", data, "--json", "dump", "--kind", "article")
    assert json.loads(result.stderr)["triples"] == len(result.stdout.splitlines())


def test_the_summary_of_annotating(data: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    inputs = (data.parent / "a.txt", tmp_path / "empty.txt")
    result = kg("--json", "annotate", "-o", tmp_path / "out.jsonl", *inputs, "--processes", "1")
    assert json.loads(result.stdout) == {
        "annotated": 1, "rejected": 1, "file": str(tmp_path / "out.jsonl")
    }  # fmt: skip


def test_the_summary_of_completing(data: Path) -> None:
    said = json.loads(kg("--data", data, "--json", "releases", "complete").stdout)
    assert said["made"] is False
    assert said["release"] == (data / "current").resolve().name


def test_validating_says_how_much_was_looked_at(data: Path) -> None:
    result = kg("--data", data, "validate")
    assert result.exit_code == 0, result.stdout
    assert result.stdout.startswith("conforms: ")
    assert "checked: 1 of the 1 articles of release " in result.stdout


@pytest.mark.parametrize(("name", "begins"), [("a.csv", b"n\r\n"), ("a.srj", b'{"head"'), ("a", b"n\r\n")])
def test_the_name_of_the_output_says_the_format(data: Path, tmp_path: Path, name: str, begins: bytes) -> None:
    result = kg("--data", data, "query", "SELECT ?n { ?n a schema:NewsArticle }", "-o", tmp_path / name)
    assert result.exit_code == 0
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_what_xml_cannot_write_is_told(data: Path) -> None:
    result = kg("--data", data, "query", "-f", "srx", 'SELECT ?o { BIND("a\\u0001b" AS ?o) }')
    assert result.exit_code != 0
    assert 'XML cannot write the character U+0001 in the value of ?o: "a\\u0001b"' in result.stderr
    assert kg("--data", data, "query", "-f", "csv", 'SELECT ?o { BIND("\\u0001" AS ?o) }').exit_code == 0


@pytest.mark.parametrize(
    ("name", "label"), [("a.ttl.gz", "Turtle"), ("a.nq", "N-Quads"), ("a.txt", "N-Triples")]
)
def test_so_does_that_of_a_slice(data: Path, tmp_path: Path, name: str, label: str) -> None:
    result = kg("--data", data, "dump", "--kind", "link", "-o", tmp_path / name)
    assert f" as {label} in " in result.stdout.replace("\n", " ")
    body = (tmp_path / name).read_bytes()
    body = gzip.decompress(body) if name.endswith(".gz") else body
    assert body.startswith(b"@base" if label == "Turtle" else b"<")
    told = kg("--data", data, "dump", "--kind", "link", "-f", "nt", "-o", tmp_path / name)
    assert " as N-Triples in " in told.stdout.replace("\n", " ")
