"""Small archives, real builds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg.pipeline.convert import Converter
from kg.settings import Settings


def chinese(title: str, date: str, body: str, page: int = 4, section: str = "") -> str:
    """A file in the archive's Chinese form; `body` is a paragraph a line."""
    name = f"({section})" if section else "()"
    paragraphs = "\n".join(f"    {line}" for line in [title, *body.split("\n")])
    return f"### {title}\n\n{date}\n第{page}版{name}\n专栏：\n\n{paragraphs}\n"


def bilingual(title: str, date: str, body: str, title_en: str, body_en: str, page: int = 4) -> str:
    """A file in the archive's bilingual form."""
    head = (
        f"Title: {title_en}\nAuthor:\nDate: {date}\nPage: {page}\n\n{body_en}\n\n<hr /> \n\nOriginal: \n\n\n"
    )
    return head + chinese(title, date, body, page)


@pytest.fixture(scope="session")
def converter(tmp_path_factory: pytest.TempPathFactory) -> Converter:
    """The real stages over the embedded authority, without judgements."""
    return Converter.load(Settings(data=tmp_path_factory.mktemp("none")))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes files into a folder: ``write(a=text, b=text)`` -> the folder."""

    def files(folder: str = "in", **texts: str) -> Path:
        target = tmp_path / folder
        target.mkdir(exist_ok=True)
        for name, text in texts.items():
            (target / f"{name}.txt").write_text(text, encoding="utf-8")
        return target

    return files
