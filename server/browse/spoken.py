"""Sentences that were written where nobody knew who reads them, in the reader's language.

An error says what is wrong in English, and so do the titles of files to download.  Pages for readers of
Chinese say it in Chinese where ``spoken.toml`` knows the sentence; what it does not know stays as it is.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources

_PLACE = re.compile(r"\\\{(\w+)\\\}")  # in a sentence whose signs are escaped
_KINDS = {"entity": "实体", "article": "文章", "event": "事件", "issue": "报纸", "dataset": "数据集"}


@functools.cache
def sayings() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is looked for, and what is said instead."""
    text = resources.files("server.browse").joinpath("spoken.toml").read_text(encoding="utf-8")
    return tuple(
        (re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(one["en"])), re.DOTALL), one["zh"])
        for one in tomllib.loads(text)["said"]
    )


def spoken(text: str, lang: str) -> tuple[str, str]:
    """A sentence in `lang`, and the language that it is in now.

    >>> spoken("year 'x' is no year", "zh"), spoken("something else", "zh")
    (("year 的值 'x' 不是年份", 'zh'), ('something else', 'en'))
    """
    if lang == "zh":
        for pattern, said in sayings():
            if (found := pattern.fullmatch(text)) is not None:
                values = {name: _KINDS.get(value, value) for name, value in found.groupdict().items()}
                return said.format(**values), "zh"
    return text, "en"
