"""What is wrong is said in one line, with the thing, the value and the remedy; exit codes mean something."""

from __future__ import annotations

import json
import resource
import shutil
import socket
from pathlib import Path

import pytest

from kg.cli.serving import elsewhere
from kg.settings import Settings
from kg.store.releases import Releases
from tests.cli.conftest import ARTICLE, kg


@pytest.mark.parametrize("command", ["query", "dump", "annotate"])
def test_an_output_that_cannot_be_written(data: Path, tmp_path: Path, command: str) -> None:
    what = {"query": ["ASK {}"], "dump": [], "annotate": [data.parent / "a.txt"]}[command]
    target = tmp_path / "absent" / "out"
    result = kg("--data", data, command, *what, "-o", target)
    assert result.exit_code == 1
    assert result.stderr == (
        f"kg: {target}: No such file or directory; name another place, or give leave to use it\n"
    )


@pytest.mark.parametrize("command", ["query", "dump", "annotate"])
def test_an_output_that_ends_half_way_is_none(data: Path, tmp_path: Path, command: str) -> None:
    """What was there stays, and nothing is left that looks like the whole."""
    what = {"query": ["SELECT * { ?s ?p ?o }"], "dump": [], "annotate": [data.parent / "a.txt"]}[command]
    target = tmp_path / "out.txt"
    target.write_text("before")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        result = kg("--data", data, command, *what, "-o", target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert result.exit_code == 1
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]
    assert target.read_text() == "before"
    assert kg("--data", data, command, *what, "-o", target).exit_code == 0
    assert target.stat().st_size > 100


def test_a_wrong_query_is_told_by_its_own_lines(data: Path) -> None:
    result = kg("--data", data, "query", "SELECT *\n  nonsense")
    assert result.exit_code == 5
    assert result.stderr.startswith("kg: query: error at 2:")


def test_an_address_that_is_none(tmp_path: Path) -> None:
    result = kg("--data", tmp_path, "mirror", "example.org")
    assert result.exit_code == 2
    assert "'example.org'" in result.stderr
    assert "https://" in result.stderr


_NO_ADDRESS = "not an http(s) address; write it as https://example.org/x"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("KG_PROCESSES", "-1", "setting processes = -1: out of range; give 0 or more"),
        ("KG_SERVICE_ALLOW", "https://e.org/x e.org", f"setting service_allow = 'e.org': {_NO_ADDRESS}"),
        ("KG_STORE", "ftp://e.org/", f"setting store = 'ftp://e.org/': {_NO_ADDRESS}"),
        ("KG_LICENCE", "CC BY 4.0", f"setting licence = 'CC BY 4.0': {_NO_ADDRESS}"),
        ("KG_QUERY_WORKERS", "100000", "setting query_workers = 100000: out of range; give from 1 to 256"),
        ("KG_MAX_ARTICLE", "0", "setting max_article = 0: out of range; give 1 or more"),
        ("KG_PORT", "65536", "setting port = 65536: out of range; give from 0 to 65535"),
        ("KG_PORT", "http", "setting port = 'http': not a whole number; see docs/settings.md"),
        ("KG_QUERY_TIMEOUT", "nan", "setting query_timeout = nan: out of range; give 0.001 or more"),
        ("KG_DUMP_TEXT", "perhaps", "setting dump_text = 'perhaps': not true or false; see docs/settings.md"),
    ],
)
def test_a_setting_that_cannot_be(tmp_path: Path, name: str, value: str, said: str) -> None:
    result = kg("--data", tmp_path, "releases", "list", **{name: value})
    assert (result.exit_code, result.stderr) == (2, f"kg: {said}\n")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("KG_AUTHORITY", "/nowhere.idx", "setting authority = '/nowhere.idx': there is no such file"),
        ("KG_LOG_LEVEL", "silent", "KG_LOG_LEVEL = 'silent': no level; one of: debug, info"),
        ("KG_QUERY_LOG", "/nowhere/log", "setting query_log = '/nowhere/log': No such file"),
    ],
)
def test_what_a_server_needs_is_looked_at_before_it_starts(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    result = kg("--data", tmp_path, "serve", "--check", **{name: value})
    assert result.exit_code == 2
    assert result.stderr.startswith(f"kg: {said}")


@pytest.mark.parametrize("option", ["--workers", "--threads"])
def test_a_server_of_countless_processes_is_not_started(tmp_path: Path, option: str) -> None:
    result = kg("--data", tmp_path, "serve", "--check", option, "1000000")
    assert result.exit_code == 2
    assert "1000000 is not in the range 1<=x<=" in result.stderr


def test_a_misspelt_variable_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("KG_PROT", "8001")
    monkeypatch.setenv("KG_JUDGE", "li")
    Settings.load(file=None)
    assert [r.getMessage().split()[0] for r in caplog.records] == ["KG_PROT"]


def test_what_was_rejected_is_shown(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("")
    result = kg("--data", tmp_path / "data", "build", tmp_path, "--processes", "1")
    assert result.exit_code == 3
    assert result.stdout.count("empty file; restore the file or remove it") == 3
    assert (tmp_path / "data" / "rejects.jsonl").read_text().count("\n") == 5
    assert "nothing was published" in result.stdout


def test_contradicting_judgements_are_told_by_a_build(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "data").mkdir()
    for who, decision in (("li", {"decision": "nil"}), ("wu", {"decision": "item", "item": "Q1858"})):
        said = {"when": "2026-11-24T10:00:00Z", "who": who, "kind": "place", "surface": "河内", **decision}
        with (tmp_path / "data" / "judgements.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(said) + "\n")
    result = kg("build", tmp_path / "a.txt", "--processes", "1", "--data", tmp_path / "data")
    assert "1 judgements contradict each other: kg judge conflicts" in result.stderr


def test_where_to_look_names_the_data(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    result = kg("build", tmp_path / "a.txt", "--processes", "1", "--data", tmp_path / "data")
    assert f"kg serve --data {tmp_path / 'data'}, then http://127.0.0.1:8000" in result.stdout


def test_an_update_keeps_the_base_of_the_release(tmp_path: Path) -> None:
    """It is an option of a build, and nobody says it again: all addresses would be others."""
    article, data = tmp_path / "a.txt", tmp_path / "data"
    article.write_text(ARTICLE, encoding="utf-8")
    common = ("--processes", "1", "--quick", "--data", data)
    kg("build", article, "--base", "http://127.0.0.1:8123/", *common)
    article.write_text(ARTICLE.replace("今日", "昨日"), encoding="utf-8")
    result = kg("update", article, *common)
    assert Releases(data).require().manifest.base == "http://127.0.0.1:8123/"
    assert "--port 8123" in result.stdout
    assert "have changed" not in result.stdout
    result = kg("update", "--base", "http://127.0.0.1:8124/", *common)
    assert Releases(data).require().manifest.base == "http://127.0.0.1:8124/"
    assert "have changed: settings" in result.stdout
    kg("update", *common, KG_BASE=Settings().base)  # said, though it is what it would be anyway
    assert Releases(data).require().manifest.base == Settings().base


@pytest.mark.parametrize("command", [["build", "x.txt"], ["update"], ["releases", "prune"]])
def test_a_data_directory_that_cannot_be_written(data: Path, command: list[str]) -> None:
    result = kg("--data", data.parent / "a.txt" / "data", *command)
    assert result.exit_code == 5
    assert "a.txt/data: cannot be changed: Not a directory; give leave to write there" in result.stderr


def test_an_address_that_is_taken(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for more in ([], ["--check"]):
            result = kg("--data", data, "serve", "--port", port, *more)
            assert result.exit_code == 2
            said = f"kg: 127.0.0.1:{port} cannot be served at: Address already in use; "
            assert result.stderr.startswith(said)
    assert kg("--data", data / "none", "serve", "--port", port, "--check").exit_code == 0  # before any build


def test_addresses_of_ipv6_are_written_as_browsers_want_them(data: Path) -> None:
    with socket.socket(socket.AF_INET6) as taken:
        try:
            taken.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 here")
        taken.listen()
        port = taken.getsockname()[1]
        result = kg("--data", data, "serve", "--host", "::1", "--port", port, "--check")
    assert result.stderr.startswith(f"kg: [::1]:{port} cannot be served at")


@pytest.mark.parametrize(
    ("base", "port", "warned"),
    [
        ("http://127.0.0.1:8000/", 8000, False),
        ("http://127.0.0.1:8000/", 8001, True),
        ("http://localhost/", 80, False),
        ("https://example.org/", 8001, False),
    ],
)
def test_a_release_of_another_port_is_warned_of(base: str, port: int, warned: bool) -> None:
    told = elsewhere(base, port)
    assert (told is not None) is warned
    if told is not None:
        assert base in told
        assert "kg build --base http://127.0.0.1:8001/" in told


def test_a_release_without_articles_has_no_pages(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "copy", symlinks=True)
    (tmp_path / "copy" / "current" / "articles.db").unlink()
    result = kg("--data", tmp_path / "copy", "serve", "--port", "0")
    assert result.exit_code == 5
    assert "is a mirror" in result.stderr
    assert "KG_RDF=" in result.stderr


@pytest.mark.parametrize(
    ("name", "said"), [("a.txt", "not a graph by its name"), ("a.ttl", "not valid turtle")]
)
def test_what_is_no_graph_is_not_validated(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).write_text("nonsense")
    result = kg("validate", tmp_path / name)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"kg: {tmp_path / name}: {said}")
    assert result.stderr.count("\n") == 1


def test_a_file_without_triples_is_not_said_to_conform(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("# nothing")
    result = kg("validate", tmp_path / "a.ttl")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.startswith(f"kg: {tmp_path / 'a.ttl'}: there is no triple in it")


def test_an_update_is_called_so(data: Path) -> None:
    result = kg("--data", data, "query", "PREFIX a: <http://a/>\ninsert data { a:b a:c 1 }")
    assert result.exit_code == 5
    assert result.stderr == (
        "kg: query: error at 2:1: insert is an update, not a query; write through kg update\n"
    )


def test_an_undeclared_prefix_is_named(data: Path) -> None:
    result = kg("--data", data, "query", "SELECT *\n{ ?a foo:bar ?b }")
    assert result.exit_code == 5
    assert result.stderr == (
        "kg: query: error at 2:6: the prefix foo: is not declared; write PREFIX foo: <…> before the query\n"
    )


def test_a_search_that_is_none_is_told_how_to_write_it(data: Path) -> None:
    result = kg("--data", data, "query", 'SELECT * { SERVICE dl:search { ?a dl:words "铁桥" } }')
    assert result.exit_code == 5
    assert "unknown term dl:words; write it as SERVICE dl:search {" in result.stderr


def test_a_slice_with_nothing_in_it_is_told(data: Path) -> None:
    result = kg("--data", data, "dump", "--year", "1900")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith("has nothing of that kind and year; it has articles of 1953\n")


def test_without_a_release(tmp_path: Path) -> None:
    assert kg("--data", tmp_path, "releases", "list").stdout == f"no whole release in {tmp_path}\n"
    assert json.loads(kg("--data", tmp_path, "releases", "list", "--json").stdout) == []


@pytest.mark.parametrize(("wrong", "right"), [(["bild"], "build"), (["releases", "lst"], "list")])
def test_a_misspelt_command_is_answered_with_the_right_one(wrong: list[str], right: str) -> None:
    result = kg(*wrong)
    assert result.exit_code == 2
    assert f"Did you mean {right!r}?" in result.stderr


@pytest.mark.parametrize("group", [[], ["releases"], ["judge"], ["authority"], ["linking"]])
def test_no_sentence_of_a_list_of_commands_is_cut(group: list[str]) -> None:
    assert "..." not in kg(*group, "--help").stdout.partition("Commands:")[2]
