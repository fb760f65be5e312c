"""`docs/reading.md` has a row for every note, and only for notes that exist."""

from __future__ import annotations

import re
from pathlib import Path

from kg.articles import CODES
from kg.articles.records import FIELDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")


def test_every_note_is_documented() -> None:
    table = PAGE.partition("## Notes")[2].partition("## Rejects")[0]
    first_cells = re.findall(r"^\| (`.*?) \|", table, re.M)
    documented = {code for cell in first_cells for code in re.findall(r"`([a-z0-9-]+)`", cell)}
    assert documented == set(CODES)


def test_every_field_is_documented() -> None:
    table = PAGE.partition("**Records**")[2].partition("One input is")[0]
    assert set(re.findall(r"`(\w+)`", table)) >= set(FIELDS)
