"""A small release, and the command line in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.pipeline.build import build
from kg.settings import Settings

ARTICLE = (
    "### 铁桥通车\n\n1953-12-14\n第4版()\n专栏：\n\n    铁桥通车\n    新华社天津十三日电　铁桥今日通车。\n"
)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one release of one article; the article is beside it."""
    root = tmp_path_factory.mktemp("one")
    (root / "a.txt").write_text(ARTICLE, encoding="utf-8")
    build([root / "a.txt"], Settings(data=root / "data", processes=1))
    return root / "data"


def kg(*arguments: object, **environ: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, [str(a) for a in arguments], env=environ)
