"""What README.md shows works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.cli import main as cli
from kg.pipeline.build import build
from kg.settings import Settings
from kg.store.oxigraph import OxigraphEngine
from kg.store.releases import Releases

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    data = tmp_path_factory.mktemp("readme")
    build([ROOT / "samples"], Settings(data=data, processes=1))
    engine = OxigraphEngine(Releases(data).require().store)
    yield engine
    engine.close()


@pytest.mark.parametrize("query", re.findall(r"```sparql\n(.*?)```", README, re.DOTALL))
def test_example_queries_find_something(engine, query):
    assert list(engine.query(query).rows())


@pytest.mark.parametrize("path", re.findall(r"\]\((docs/[\w.]+|CHANGELOG\.md)\)", README))
def test_documents_that_are_named_are_there(path):
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("line", re.findall(r"^\| (`kg .*?) \|", README, re.MULTILINE))
def test_commands_that_are_named_are_there(line):
    commands = cli.list_commands(None)
    for name in re.findall(r"`kg (\w+)", line):
        assert name in commands
