"""The strict reader of the embedded tables: every slip is found where it was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.authority.rewriting import rewrite_tables, write_table
from kg.authority.tables import load_tables, read_table
from kg.errors import AuthorityError
from kg.model import Item

from .conftest import ITEMS

HEADER = "id\tkind\tsubkind\tzh\ten\taliases\tlat\tlon\tstart\tend\tprior\tverified\tevent_type"
GOOD = "Q1\tplace\tcity\t新城\tNewtown\tNew Town@en|新城市@zh\t1.5\t2.5\t1946\t1990-05\t0.5\tyes\t"


def table(tmp_path: Path, *rows: str, name: str = "places.tsv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_row_becomes_an_item(tmp_path):
    (item,) = load_tables([table(tmp_path, "# a comment", HEADER, "", GOOD)])
    assert item == Item(
        "Q1", "place", "city", (("zh", "新城"), ("en", "Newtown")), (("en", "New Town"), ("zh", "新城市")),
        lat=1.5, lon=2.5, start="1946", end="1990-05", prior=0.5, verified=True,
    )  # fmt: skip


def test_cells_at_the_end_of_a_row_may_be_left_out(tmp_path):
    (item,) = load_tables([table(tmp_path, HEADER, "x-old-town\tplace\ttown\t旧镇")])
    assert item.verified is False


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (GOOD.replace("Q1", "Q01"), "neither a QID nor x-slug"),
        (GOOD.replace("Q1", "q1"), "neither a QID nor x-slug"),
        (GOOD.replace("Q1", "x-Upper"), "neither a QID nor x-slug"),
        (GOOD.replace("Q1", "x-new"), "verified, but it has no QID"),
        (GOOD.replace("place", "thing"), "kind 'thing' is unknown"),
        (GOOD.replace("city", "metropolis"), "subkind 'metropolis' is unknown"),
        (GOOD.replace("1946", "46"), "not a date"),
        (GOOD.replace("1990-05", "1990-13"), "month must be in 1..12"),
        (GOOD.replace("1990-05", "1945-05"), "ends 1945-05 before it starts 1946"),
        (GOOD.replace("1.5", "91"), "not in [-90, 90]"),
        (GOOD.replace("1.5", ""), "lat without lon"),
        (GOOD.replace("0.5", "2"), "not in [0, 1]"),
        (GOOD.replace("yes", "maybe"), "verified 'maybe' is unknown"),
        (GOOD.replace("@zh", "@de"), "not text@lang"),
        (GOOD.replace("New Town@en", "New Town"), "not text@lang"),
        (GOOD.replace("新城\tNewtown", "\t"), "neither a zh nor an en label"),
        (GOOD.replace("Newtown", " Newtown"), "stray space"),
        (GOOD.replace("Newtown", "Re\u0301my"), "NFC"),
        (GOOD + "party", "'party' is not a valid EventType"),
        (GOOD + "\t\t\t", "cells under"),
    ],
)
def test_faults_name_file_and_line(tmp_path, row, says):
    with pytest.raises(AuthorityError) as caught:
        list(read_table(table(tmp_path, HEADER, row)))
    assert "places.tsv:2: " in str(caught.value)
    assert says in str(caught.value)
    assert "docs/authority.md" in str(caught.value)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (HEADER + "\tcolour", "column 'colour' is unknown"),
        (HEADER.replace("kind\t", ""), "column 'subkind' is missing"),
        (HEADER + "\tzh", "named twice"),
    ],
)
def test_faulty_headers(tmp_path, header, says):
    header = header.replace("subkind\t", "") if "missing" in says else header
    with pytest.raises(AuthorityError, match=r"places\.tsv:1: ") as caught:
        list(read_table(table(tmp_path, header, GOOD)))
    assert "column" in str(caught.value)


def test_an_id_twice_names_both_places(tmp_path):
    a = table(tmp_path, HEADER, GOOD, name="a.tsv")
    b = table(tmp_path, HEADER, GOOD, name="b.tsv")
    with pytest.raises(AuthorityError, match=r"b\.tsv:2: id Q1 stands in a\.tsv:2"):
        load_tables([a, b])


def test_every_table_reports_its_fault(tmp_path):
    a = table(tmp_path, HEADER, GOOD.replace("Q1", "Z1"), name="a.tsv")
    b = table(tmp_path, HEADER, GOOD.replace("city", "burg"), name="b.tsv")
    with pytest.raises(AuthorityError) as caught:
        load_tables([a, b])
    assert "a.tsv:2" in str(caught.value)
    assert "b.tsv:2" in str(caught.value)


def test_not_utf8(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(HEADER.encode() + b"\nQ1\tplace\tcity\t\xff\xfe\n")
    with pytest.raises(AuthorityError, match="cannot be read"):
        load_tables([path])


def test_written_tables_read_back(tmp_path):
    write_table(tmp_path / "out.tsv", ITEMS)
    assert load_tables([tmp_path / "out.tsv"]) == sorted(ITEMS, key=lambda i: i.id)


def test_rewriting_changes_only_what_is_proved(tmp_path):
    head = "id\tkind\tsubkind\tzh\ten\tlat\tlon\tpart_of\tverified\tnote"
    old = table(
        tmp_path, "# kept", head,
        "x-new\tplace\tcity\t新城\tNewtown\t\t\t\tno\tkept too",
        "Q5\tplace\tvillage\t小村\tLittleham\t1\t2\tx-new\tno", "",
    )  # fmt: skip
    now = Item("Q77", "place", "city", (("zh", "新城"), ("en", "Renamed")), lat=3.0, lon=4.0, verified=True)
    assert rewrite_tables([old], {"x-new": now}, tmp_path / "new") == 2
    assert (tmp_path / "new" / "places.tsv").read_text(encoding="utf-8") == "\n".join([
        "# kept", head,
        "Q77\tplace\tcity\t新城\tNewtown\t3\t4\t\tyes\tkept too",
        "Q5\tplace\tvillage\t小村\tLittleham\t1\t2\tQ77\tno", "", "",
    ])  # fmt: skip
