"""``kg annotate`` and ``kg inspect`` as people run them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kg.cli import main

ARTICLE = """### 海河铁桥今日通车

1953-12-14
第4版()
专栏：

    【新华社天津十三日电】横跨海河的铁桥十三日举行通车典礼。铁桥长二百公尺。
    据塔斯社讯：苏联专家三人参加了典礼。
"""
LONG = "a name that is long enough to be broken over two lines by whoever takes a pipe for a narrow terminal "


@pytest.fixture
def folder(tmp_path):
    """A good article between two bad ones."""
    (tmp_path / "a.txt").write_text("no header\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text(ARTICLE, encoding="utf-8")
    record = {"title": "铁桥通车", "date": "1953-13-14", "text": "铁桥通车了。"}
    (tmp_path / f"{LONG}.jsonl").write_text(json.dumps(record) + "\n{oops\n", encoding="utf-8")
    return tmp_path


def kg(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)], env={"KG_DATA": "nowhere", "KG_PROCESSES": "1"})


def test_annotations_are_lines_and_rejects_are_told_beside_them(folder):
    result = kg("annotate", folder)
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    assert (found["file"], found["date"], found["page"]) == ("b.txt", "1953-12-14", 4)
    assert found["title"] == {"zh": "海河铁桥今日通车"}
    text = "\n".join(["海河铁桥今日通车", *(line.strip() for line in ARTICLE.splitlines()[6:])])
    for mention in found["mentions"]:
        assert text[mention["start"] : mention["end"]] == mention["text"]
    sources = {m["text"]: (m["qid"], m["role"]) for m in found["mentions"] if m["kind"] == "source"}
    assert sources == {"新华社": ("Q204839", "dateline"), "塔斯社": ("Q223799", "cited")}
    (measure,) = (m for m in found["mentions"] if m["kind"] == "measure")
    assert (measure["value"], measure["unit"], measure["qid"]) == (200, "metre", "Q11573")
    told = result.stderr.splitlines()
    assert [line.partition(f"{folder}/")[2].partition("; ")[0] for line in told] == [
        f"{LONG}.jsonl:2: no JSON: Expecting property name enclosed in double quotes at column 2",
        f"{LONG}.jsonl:1: the date '1953-13-14' does not exist (years 1800 to 2199)",
        "a.txt:1: no header of an article",
    ]


def test_annotations_go_to_a_file(folder):
    result = kg("annotate", folder, "-o", folder / "out.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads((folder / "out.json").read_text(encoding="utf-8"))["file"] == "b.txt"


def test_nothing_readable_is_a_failure(folder):
    for command in ("annotate", "inspect"):
        for file in ("a.txt", "absent.txt"):
            result = kg(command, folder / file)
            assert result.exit_code == 3
            assert file in result.stderr
            assert "the reasons stand above" in result.stderr


def test_inspecting_shows_what_was_understood_and_why(folder):
    result = kg("inspect", folder / "b.txt")
    assert result.exit_code == 0
    for shown in (
        "1953-12-14/4/", "chinese, printed 1953-12-14, page 4", "海河铁桥今日通车", "zh-dateline-brackets",
        "新华社 Q204839", "塔斯社", "dateline", "cited", "200 metre", "Q11573", "name_match",
    ):  # fmt: skip
        assert shown in result.stdout
    assert "苏联专家三人参加了典礼" not in kg("inspect", "--no-text", folder / "b.txt").stdout


def test_inspecting_goes_on_after_what_is_no_article(folder):
    result = kg("inspect", folder, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["understood"]["article"]["page"] == 4
    assert "a.txt:1: no header of an article" in result.stderr
