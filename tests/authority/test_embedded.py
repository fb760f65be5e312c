"""The hand-kept tables load, and the index made of them opens in every circumstance."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.authority import open_authority
from kg.authority.doubles import doubles
from kg.authority.embedded import (
    cache_folder,
    embedded_date,
    embedded_items,
    embedded_notes,
    embedded_tables,
    open_embedded,
)
from kg.authority.importers.cleaning import unfit
from kg.authority.tables import read_revised

_OPEN = "from kg.authority import open_authority as o; a = o(); print(a.version, len(a), a.path)"


@pytest.fixture(scope="module")
def items():
    return embedded_items()


def test_every_table_loads(items):
    assert len(embedded_tables()) >= 5
    assert len(items) >= 1500


def test_every_kind_is_there(items):
    counts = Counter(i.kind for i in items)
    assert counts["source"] >= 150
    assert all(counts[kind] > 100 for kind in ("place", "source", "unit", "measure"))


def test_every_item_has_both_labels_or_says_why_not(items):
    assert [i.id for i in items if not (i.label("zh") and i.label("en"))] == []


def test_labels_are_in_their_language(items):
    assert [
        (i.id, text) for i in items for lang, text in i.labels if unfit(text, lang, "") == "wrong script"
    ] == []


def test_no_thing_stands_twice(items):
    """Two rows that are two things after all say so in their notes (see docs/authority.md)."""
    assert [str(d) for d in doubles(items, embedded_notes())] == []


def test_the_date_is_that_of_the_latest_revision():
    assert embedded_date() == max(read_revised(path) for path in embedded_tables())
    assert open_authority().date == embedded_date()


@pytest.mark.parametrize("path", embedded_tables(), ids=lambda path: path.name)
def test_every_table_says_when_it_was_revised(path):
    assert dt.date(2026, 1, 1) <= dt.date.fromisoformat(read_revised(path))


def test_the_index_says_what_the_tables_say(items):
    authority = open_authority()
    assert len(authority) == len(items)
    assert [i for i in items if authority.item(i.id) != i] == []


def test_every_label_is_found(items):
    authority = open_authority()
    lost = [(i.id, text) for i in items for _, text in i.labels
            if i.id not in {h.item for h in authority.lookup(text)}]  # fmt: skip
    assert lost == []


def test_it_is_compiled_once(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = open_embedded()
    stamp = first.path.stat().st_mtime_ns
    assert first.path.parent == cache_folder() == tmp_path / "dateline"
    assert open_embedded().path.stat().st_mtime_ns == stamp


def test_processes_and_threads_that_race_all_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path)}
    others = [
        subprocess.Popen([sys.executable, "-c", _OPEN], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    with ThreadPoolExecutor(2) as pool:
        versions = {a.version for a in pool.map(lambda _: open_embedded(), range(2))}
    versions |= {p.communicate(timeout=60)[0].split()[0] for p in others}
    assert len(versions) == 1
    assert len(list((tmp_path / "dateline").iterdir())) == 1


def test_a_damaged_one_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = open_embedded().path
    path.write_bytes(b"damaged" * 1000)
    assert len(open_embedded()) > 1000


def test_without_a_cache_folder_it_serves_from_a_temporary_one(tmp_path):
    (tmp_path / "blocked").touch()  # root may write anywhere, but not below a file
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "blocked"), "TMPDIR": str(temporary)}
    run = subprocess.run(
        [sys.executable, "-c", _OPEN], env=environment, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    assert Path(run.stdout.split()[2]).is_relative_to(temporary)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("base", ["", "relative/path"])
def test_the_cache_folder_without_a_usable_setting(monkeypatch, base):
    monkeypatch.setenv("XDG_CACHE_HOME", base)
    assert cache_folder() == Path.home() / ".cache" / "dateline"
