"""``kg linking train``: weights from gold annotations, over the command line."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.linking.weights import Weights

# Articles of our own: where a delegation left and where it went.
TRAVELS = {
    "a1": (("北京", "Q956"), ("上海", "Q8686")),
    "a2": (("天津", "Q11736"), ("南京", "Q16666")),
    "a3": (("河内", "Q1858"), ("莫斯科", "Q649")),
}


@pytest.fixture
def material(tmp_path: Path) -> Path:
    """A folder with ``gold`` and ``articles``."""
    for folder in ("gold", "articles"):
        (tmp_path / folder).mkdir()
    for id, ((start, q1), (goal, q2)) in TRAVELS.items():
        (tmp_path / "articles" / f"{id}.txt").write_text(
            f"### 代表团离{start}\n\n1957-03-0{id[1]}\n第4版()\n专栏：\n\n"
            f"    新华社{start}二日电　代表团今日乘车离开{start}，前往{goal}参观。\n",
            encoding="utf-8",
        )
        entities = [
            {"kind": "source", "zh": ["新华社"], "qid": "Q204839", "role": "dateline"},
            {"kind": "place", "zh": [start], "qid": q1},
            {"kind": "place", "zh": [goal], "qid": q2},
        ]
        document = {"id": id, "date": f"1957-03-0{id[1]}", "entities": entities}
        (tmp_path / "gold" / f"{id}.json").write_text(json.dumps(document), encoding="utf-8")
    return tmp_path


def train(material: Path, *options: object) -> Result:
    arguments = [*options[:1], "linking", "train", material / "gold", material / "articles", *options[1:]]
    return CliRunner().invoke(main, [str(a) for a in arguments if a])


def test_weights_are_written_and_their_worth_is_told(material: Path) -> None:
    target = material / "weights.toml"
    result = train(material, "", "-o", target)
    assert result.exit_code == 0, result.output
    assert "embedded: 9 gold mentions with a choice; on held-out articles 100.0% right" in result.stdout
    assert 'fitted_on = "9 choices of 3 articles"' in target.read_text(encoding="utf-8")
    assert Weights.of(tomllib.loads(target.read_text(encoding="utf-8"))).item


def test_the_summary(material: Path) -> None:
    said = json.loads(train(material, "--json").stdout)
    assert said["authorities"]["embedded"]["examples"] == 9
    assert "[item]" in said["weights"]


def test_articles_without_gold_teach_nothing(material: Path) -> None:
    for path in (material / "articles").iterdir():
        path.rename(path.with_stem(f"other-{path.stem}"))
    target = material / "weights.toml"
    result = train(material, "", "-o", target)
    assert result.exit_code == 2
    assert "no article there has gold" in result.stderr
    assert not target.exists()


@pytest.mark.parametrize("text", ["{broken", '{"entities": []}', '{"id": "a1"}', "[]"])
def test_gold_that_is_none_is_named(material: Path, text: str) -> None:
    (material / "gold" / "a1.json").write_text(text, encoding="utf-8")
    result = train(material, "")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"kg: {material / 'gold' / 'a1.json'}: no gold annotations: ")
