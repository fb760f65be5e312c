"""``kg authority`` as people run it: against a server with faults, and killed half way."""

from __future__ import annotations

import contextlib
import gzip
import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.authority import open_authority
from kg.authority.embedded import embedded_items
from kg.authority.tables import load_tables
from kg.authority.verifying import Status, verify
from kg.cli import main
from kg.model import Item

from .standin import StandIn, document, point_value, statement

CITY = document(
    "Q900001", {"en": "Farport", "zh": "远港"}, "Q515", claims=[statement("P625", point_value(3, 4))]
)


def kg(standin: StandIn, *arguments: object):
    environ = {
        "KG_WIKIDATA_API": f"{standin.url}/w/api.php",
        "KG_WIKIDATA_SPARQL": f"{standin.url}/sparql",
        "KG_USER_AGENT": "Dateline-tests/1 (tests@example.org)",
    }
    return CliRunner().invoke(main, ["authority", *map(str, arguments)], env=environ)


def test_pulled_items_get_into_an_index_in_spite_of_faults(standin, tmp_path):
    standin.add(CITY)
    standin.redirects["Q900002"] = "Q900001"
    standin.faults += [(429, {"Retry-After": "0"}), "truncated", 500]
    table, cache = tmp_path / "pulled.tsv", tmp_path / "cache.db"
    pulled = kg(standin, "pull", "Q900002", "Q900009", "-o", table, "--cache", cache)
    assert pulled.exit_code == 0, pulled.output
    assert "Q900002 was merged into Q900001" in pulled.output
    assert "Q900009 is not (or no longer) at Wikidata" in pulled.output
    index = tmp_path / "a.idx"
    assert kg(standin, "build", "-o", index, table).exit_code == 0
    authority = open_authority(index)
    assert [h.item for h in authority.lookup("远港")] == ["Q900001"]
    assert authority.item("Q1858") is not None  # the embedded items are always in it
    shown = json.loads(kg(standin, "lookup", "远港", "--authority", index, "--json").output)
    assert "Q900001" in json.dumps(shown)


def test_what_was_pulled_is_not_fetched_twice(standin, tmp_path):
    standin.add(CITY)
    arguments = ("pull", "Q900001", "-o", tmp_path / "p.tsv", "--cache", tmp_path / "cache.db")
    assert kg(standin, *arguments).exit_code == 0
    asked = len(standin.requests)
    assert kg(standin, *arguments).exit_code == 0
    assert len(standin.requests) == asked
    assert kg(standin, *arguments, "--refresh").exit_code == 0
    assert len(standin.requests) == asked + 1


def test_verifying_proves_fills_and_reports(wikidata, standin):
    standin.add(
        CITY,
        document("Q900003", {"en": "Nearport", "zh": "近港"}, "Q515"),
        document("Q900004", {"en": "Somebody"}, "Q5"),
        document("Q900005", {"en": "Oldport", "zh": "旧港"}, "Q515"),
    )
    standin.redirects["Q900006"] = "Q900005"

    def city(id: str, zh: str, en: str) -> Item:
        return Item(id, "place", "city", (("zh", zh), ("en", en)), verified=False)

    ours = [
        city("Q900001", "远港", "Farport"), city("x-nearport", "近港", "Nearport"),
        city("Q900004", "某港", "Someport"), city("Q900006", "旧港", "Oldport"),
        city("Q900007", "无港", "Noport"), city("x-lostport", "失港", "Lostport"),
    ]  # fmt: skip
    found = {f.item.id: f for f in verify(ours, wikidata)}
    assert {id: f.status for id, f in found.items()} == {
        "Q900001": Status.PROVED, "x-nearport": Status.FOUND, "Q900004": Status.DISAGREES,
        "Q900006": Status.REDIRECTED, "Q900007": Status.MISSING, "x-lostport": Status.NOT_FOUND,
    }  # fmt: skip
    proved = found["Q900001"].now
    assert (proved.verified, proved.lat, proved.lon) == (True, 3, 4)  # the blanks are filled
    assert found["x-nearport"].now.id == "Q900003"
    assert found["Q900006"].now.id == "Q900005"
    assert not found["Q900007"].now.verified


@pytest.mark.slow
def test_the_embedded_tables_are_written_anew_with_what_was_proved(standin, tmp_path):
    hanoi = next(i for i in embedded_items() if i.id == "Q1858")
    standin.add(document("Q1858", dict(hanoi.labels), "Q515"))
    result = kg(
        standin, "verify", "--all", "--no-search", "--write", tmp_path / "out", "--cache", tmp_path / "c.db"
    )
    assert result.exit_code == 0, result.output[-400:]
    assert "1 proved" in result.output
    written = load_tables(sorted((tmp_path / "out").glob("*.tsv")))
    assert len(written) == len(embedded_items())
    assert [i.id for i in written if i.verified and i.id.startswith("Q")] == ["Q1858"]


@pytest.mark.slow
def test_a_killed_build_goes_on_where_it_was(tmp_path):
    """A real process, a real SIGKILL."""
    dump, index = tmp_path / "dump.json.gz", tmp_path / "a.idx"
    total = 25_000
    with gzip.open(dump, "wt", encoding="utf-8", compresslevel=1) as out:
        for n in range(total):
            names = {"en": f"Town {n}", "zh": f"城{n}镇"}
            out.write(json.dumps(document(f"Q{n + 5_000_000}", names, "Q515", sitelinks=1)) + ",\n")
    command = [sys.executable, "-m", "kg", "authority", "build", "-o", str(index), str(dump)]
    build = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    work = index.with_name(f".{index.name}.work")
    while build.poll() is None and not _position(work):
        time.sleep(0.02)
    build.send_signal(signal.SIGKILL)
    assert build.wait() == -signal.SIGKILL
    assert not index.exists()
    position = _position(work)
    assert 0 < position < total
    with sqlite3.connect(work) as db:  # what was read is not read again: this row would come back
        db.execute("DELETE FROM item WHERE id = 'Q5000000'")
    again = subprocess.run([*command, "--json"], check=True, capture_output=True, text=True)
    assert json.loads(again.stdout)["inputs"][0]["read"] == total
    assert not work.exists()
    authority = open_authority(index)
    assert authority.item("Q5000000") is None
    assert all(authority.item(f"Q{n + 5_000_000}") for n in (1, position, total - 1))


def _position(work: Path) -> int:
    with contextlib.suppress(sqlite3.Error):
        db = sqlite3.connect(f"file:{work}?mode=ro", uri=True)
        with contextlib.closing(db):
            return int(db.execute("SELECT max(position) FROM input").fetchone()[0] or 0)
    return 0


def test_looking_up_what_nobody_is_called_fails_like_grep(standin):
    found = kg(standin, "lookup", "莱州")
    assert (found.exit_code, "Q36409" in found.stdout) == (0, True)
    for arguments, said in ((["zzzz"], ""), (["zzzz", "--json"], "[]\n"), (["Q99999999999"], "")):
        nothing = kg(standin, "lookup", *arguments)
        assert (nothing.exit_code, nothing.stdout) == (1, said)
    assert "nothing is called 'zzzz'" in kg(standin, "lookup", "zzzz").stderr
    assert kg(standin, "lookup", " ").exit_code == 2


def test_an_input_that_is_neither_table_dump_nor_index_is_named(standin, tmp_path):
    (tmp_path / "notes.md").write_text("no index", encoding="utf-8")
    result = kg(standin, "build", "-o", tmp_path / "a.idx", tmp_path / "notes.md")
    assert result.exit_code == 4
    assert "notes.md: neither a table (.tsv), a dump (.json) nor an index" in result.stderr


def test_a_pull_of_nothing_or_of_no_class_is_wrong_usage(standin, tmp_path):
    names = tmp_path / "names.txt"
    names.write_bytes("远港".encode("gb18030"))
    for arguments, complaint in (
        ([], "nothing to pull"),
        ([" "], "nothing to pull"),
        (["--class", "cities"], "--class cities: no QID"),
        (["--from", names], "names.txt: no UTF-8"),
    ):
        result = kg(standin, "pull", *arguments, "-o", tmp_path / "p.tsv", "--cache", tmp_path / "c.db")
        assert (result.exit_code, complaint in result.stderr) == (2, True), result.stderr
    assert standin.requests == []
    assert not (tmp_path / "p.tsv").exists()


def test_names_to_pull_may_come_from_a_file(standin, tmp_path):
    standin.add(CITY)
    names = tmp_path / "names.txt"
    names.write_bytes(b"\xef\xbb\xbfQ900001\r\n\r\n" + "远港".encode())
    result = kg(standin, "pull", "--from", names, "-o", tmp_path / "p.tsv", "--cache", tmp_path / "c.db")
    assert result.exit_code == 0, result.output
    assert [i.id for i in load_tables([tmp_path / "p.tsv"])] == ["Q900001"]


def test_every_command_has_a_summary_for_programs(standin, tmp_path):
    standin.add(CITY)
    standin.rows = [{"class": {"value": "http://www.wikidata.org/entity/Q900500"}}]
    table, index, cache = tmp_path / "t.tsv", tmp_path / "a.idx", tmp_path / "c.db"
    table.write_text(
        "qid\tkind\tsubkind\tlabel_zh\tlabel_en\naliases\n"
        "Q900001\tplace\tcity\t远港\tFarport\n?\tplace\tcity\t远镇\tFarton\n",
        encoding="utf-8",
    )

    def told(*arguments):
        result = kg(standin, *arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    (input_,) = told("build", "-o", index, table)["inputs"]
    assert sum(input_["skipped"].values()) == input_["read"] - input_["kept"] > 0
    stats = told("stats", index)
    assert stats["items"] == sum(stats["by_kind"].values())
    assert stats["labels"]["zh"] > 9000
    assert stats["path"] == str(index)
    assert told("import", index, table)["index"]["items"] == stats["items"]
    lines = kg(standin, "stats", index).stdout
    assert f"{stats['items']:,} items" in lines
    assert str(stats["by_kind"]["place/river"]) in lines
    assert "~ Q900001" not in kg(standin, "diff", index).stdout
    assert "- Q900001 Farport\n" in kg(standin, "diff", index).stdout
    assert "0 items compared" in kg(standin, "check", table).stdout
    assert told("lookup", "Q1858")["labels"][0] == ["zh", "河内"]
    assert "Hanoi" in kg(standin, "lookup", "Q1858").stdout
    assert [(c["id"], c["after"]) for c in told("diff", index)] == [("Q900001", None)]
    assert told("check", table)["compared"] == 0
    pulled = told("pull", "Q900001", "Q900009", "-o", tmp_path / "p.tsv", "--cache", cache)
    assert ([i["id"] for i in pulled["items"]], pulled["missing"]) == (["Q900001"], ["Q900009"])
    assert told("classes", "Q515", "-o", tmp_path / "classes.tsv") == {
        "file": str(tmp_path / "classes.tsv"),
        "classes": 1,
    }
