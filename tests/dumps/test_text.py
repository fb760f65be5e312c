"""The text of articles is published only where the settings say so."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kg.dumps.reading import opened
from kg.pipeline.build import build
from kg.pipeline.convert import Converter
from kg.settings import Settings
from kg.store.releases import Release, Releases
from tests.server.conftest import ROOT


def release(folder: Path, *, include_text: bool, dump_text: bool) -> Release:
    settings = Settings(data=folder, processes=1, include_text=include_text, dump_text=dump_text)
    build([ROOT / "samples" / "1953.07"], settings, converter=Converter.load(settings))
    return Releases(folder).require()


def bodies(found: Release) -> int:
    """Statements with the text of an article, in all files of triples."""
    total = 0
    for path in found.dumps.iterdir():
        if ".nt" in path.name or ".ttl" in path.name or ".nq" in path.name:
            with opened(path) as data:
                total += data.read().count(b'articleBody> "')
    return total


@pytest.mark.parametrize(("include_text", "dump_text"), [(True, False), (False, True), (False, False)])
def test_texts_are_left_out(tmp_path: Path, include_text: bool, dump_text: bool):
    found = release(tmp_path, include_text=include_text, dump_text=dump_text)
    assert bodies(found) == 0
    table = pq.read_table(found.dumps / "articles.parquet")
    assert table["text_zh"].null_count == table["text_en"].null_count == table.num_rows > 0


def test_texts_are_published_where_both_settings_are_on(tmp_path: Path):
    found = release(tmp_path, include_text=True, dump_text=True)
    assert bodies(found) > 0
    assert any(pq.read_table(found.dumps / "articles.parquet")["text_zh"].to_pylist())
