"""A corpus of any size for benchmarks: the samples again and again, under other dates and headlines."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path

from kg.articles import parse, read_inputs
from kg.model import Article, Reject

ROOT = Path(__file__).resolve().parent.parent


def write_corpus(target: Path, articles: int, *, samples: Path = ROOT / "samples") -> None:
    """Write `articles` records as JSON Lines; the same number gives the same file."""
    parsed = [a for r in read_inputs([samples]) if not isinstance(r, Reject)
              for a in [parse(r)] if isinstance(a, Article)]  # fmt: skip
    first = dt.date(1946, 5, 15)
    with target.open("w", encoding="utf-8") as out:
        for number, article in zip(range(articles), itertools.cycle(parsed), strict=False):
            day = first + dt.timedelta(days=number * 21_000 // articles)
            record = {
                "date": day.isoformat(),
                "page": str(number % 8 + 1),
                "title_zh": f"{article.title_zh or article.title_en}（{number}）",
                "text_zh": article.zh.text if article.zh else "",
                "text_en": article.en.text if article.en else "",
            }
            if article.title_en:
                record["title_en"] = f"{article.title_en} ({number})"
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
