"""Records of JSON Lines and Parquet laid out like the parts of a file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.articles.layout import Layout, Part, lay_out

CJK = re.compile("[\u3400-\u9fff]")
_ZH_TEXT = ("text_zh", "body_zh", "original")
_EN_TEXT = ("text_en", "body_en", "translation")
_ANY_TEXT = ("text", "body", "content")
_COMMON = ("date", "section", "column", "author")


def record_layout(fields: Mapping[str, str]) -> Layout:
    """The parts of a record.

    Texts and titles go to the language they are in; a ``text`` that is a whole file of the archive is laid
    out as one, and the record's other fields fill what its header lacks.
    """
    whole = next((v for k in (*_ANY_TEXT, "original") if (v := fields.get(k)) and _has_header(v)), None)
    inner = lay_out(whole) if whole else None
    layout = inner or _from_texts(fields)
    for part in (layout.zh, layout.en):
        if part is not None:
            _fill(part, fields)
    return layout


def _has_header(text: str) -> bool:
    return text.lstrip().startswith(("### ", "Title:", "title:"))


def _from_texts(fields: Mapping[str, str]) -> Layout:
    zh, en = Part(), Part()
    for names, part in ((_ZH_TEXT, zh), (_EN_TEXT, en)):
        given = next((v for k in names if (v := fields.get(k))), "")
        part.body = given.split("\n") if given else []
    for name in _ANY_TEXT:
        if text := fields.get(name):
            part = zh if is_chinese(text) else en
            part.body = part.body or text.split("\n")
    for name in ("title_zh", "title_en", "title"):
        if title := fields.get(name):
            chinese = name == "title_zh" or (name == "title" and is_chinese(title))
            (zh if chinese else en).set("title", title.replace("\n", "  "), 0)
    pairs = tuple(line for line in fields.get("names", "").split("\n") if line)
    # A title alone is a translated headline, not a translation.
    has_zh, has_en = bool(zh.body or zh.fields), bool(en.body or en.fields)
    return Layout(zh if has_zh else None, en if has_en or not has_zh else None, pairs)


def _fill(part: Part, fields: Mapping[str, str]) -> None:
    for name in _COMMON:
        if value := fields.get(name):
            part.set(name, value.replace("\n", "　"), 0)
    if page := fields.get("page") or fields.get("edition"):
        part.set("page", page, 0)


def is_chinese(text: str) -> bool:
    """Whether a text is Chinese: one of ten of its first characters is.

    >>> is_chinese("新华社 Beijing"), is_chinese("Lai Châu 莱州 was liberated by the People's Army")
    (True, False)
    """
    head = text[:2000]
    return len(CJK.findall(head)) * 10 > len(head.replace(" ", ""))
