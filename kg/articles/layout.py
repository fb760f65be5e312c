"""The layout of an article: header fields, English part, list of names, Chinese part.

Layout knows where things stand, not what they mean: every value is still the string of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ENGLISH_KEY = re.compile(
    r"\s*(?:[-*+•]\s+|#{1,6}\s*)?\**(title|headline|author|date|page|edition|section|column)\**\s*[:：]\**\s*(.*)",
    re.I,
)
_CHINESE_KEY = re.compile(r"\s*(标题|標題|题目|題目|作者|日期|版次|版面|专栏|專欄)\s*[:：]\s*(.*)")
_KEYS = {
    "标题": "title", "標題": "title", "题目": "title", "題目": "title", "headline": "title",
    "作者": "author", "日期": "date", "版次": "page", "版面": "page", "edition": "page",
    "专栏": "column", "專欄": "column",
}  # fmt: skip
_ANY_KEY = re.compile(r"\s*(?:[-*+•]\s+)?\**[A-Za-z][A-Za-z _-]{1,24}\**\s?[:：]")
_TITLE = re.compile(r"\s{0,3}#{1,4}(?!#)\s*(.*)")
_SEPARATOR = r"\s?[-./年月—–－．／]\s?"
_NUMERAL = "[〇○零一二三四五六七八九十]"
_DATE = re.compile(rf"(\d{{4}}{_SEPARATOR}\d{{1,2}}{_SEPARATOR}\d{{1,2}}日?)$")
# A Chinese header also has a date in words, with a weekday, or with the page behind it.
_DATE_LINE = re.compile(
    rf"({_DATE.pattern[1:-2]}|{_NUMERAL}{{4}}年{_NUMERAL}{{1,3}}月{_NUMERAL}{{1,3}}日)"
    r"[\s,，]*(?:[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?)?[\s,，]*(第.*版.*)?$"
)
_PAGE = re.compile(r"第\s?(\S{1,4}?)\s?版\s?(?:[(（](.*)[)）])?$")
_COLUMN = re.compile(r"(?:专栏|專欄)\s*[:：]\s*(.*)")
_TRANSLATED = re.compile(r"\**(?:(?:english )?translation|译文|译稿)\**\s?[:：]?\**$", re.I)
_DIVIDER = re.compile(r"\**(?:original|原文)(?: text)?\**\s?[:：]?\**$", re.I)
_RULE = re.compile(r"(?:<hr ?/?>|-{3,}|\*{3,}|_{3,})$", re.I)
_BETWEEN = (_DIVIDER, _RULE, _TRANSLATED)
_NAMES = re.compile(r"[#*]*\s?named entities[*:：]*$", re.I)
_SHORT = 200  # characters: no line of a header but the title is longer
_HEADER_LINES = 14  # title, authors, date, page, column, with blank lines between


@dataclass(slots=True)
class Part:
    """One language's part: header fields by name, the line each stood on (from 1), body lines.

    Fields are ``title author date page section column``; those that are absent have no key.
    """

    fields: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)

    def set(self, name: str, value: str, line: int) -> None:
        """Note a field; the first one of a name stands."""
        self.fields.setdefault(name, value.strip())
        self.lines.setdefault(name, line)


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of an article; a part is None where the file has none."""

    zh: Part | None
    en: Part | None
    names: tuple[str, ...] = ()
    marked: bool = True  # the Chinese header begins with its `###`


def _is(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    """Match a short line without the space around it; patterns need not cope with long ones."""
    return pattern.match(line.strip()) if len(line) <= _SHORT else None


def lay_out(text: str) -> Layout | None:
    """Divide the text of one file, or None where it has no header that an article would have."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip() and not _is(_RULE, line)), len(lines))
    english = _ENGLISH_KEY.match(lines[first]) if first < len(lines) else None
    start = _chinese_start(lines, first)
    if start is None:
        return _without_mark(lines, first, english is not None)
    en, names = _english(lines, first, start) if english or start > first else (None, ())
    if en is None and (behind := _english_behind(lines, start, text)) is not None:
        en, names = _english(lines, behind, len(lines))
        lines = _without_divider(lines[:behind])
    return Layout(_chinese(lines, start), en, names)


def _english_behind(lines: list[str], start: int, text: str) -> int | None:
    """The line of the English header where the translation stands behind the original."""
    if "itle" not in text:
        return None
    for i in range(start + 1, len(lines)):
        match = _is(_ENGLISH_KEY, lines[i])
        if match and match[1].lower() == "title":
            head = (_is(_ENGLISH_KEY, line) for line in lines[i + 1 : i + _HEADER_LINES])
            if any(m and m[1].lower() in ("date", "page", "edition") for m in head):
                return i
    return None


def _without_divider(lines: list[str]) -> list[str]:
    """`lines` without the rule or the word that tells the next part from them."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or any(_is(p, lines[end - 1]) for p in _BETWEEN)):
        end -= 1
    return lines[:end]


def _chinese_start(lines: list[str], first: int) -> int | None:
    """The line of the ``### title`` that a date follows; sub-headings of an English body have none."""
    for i in range(first, len(lines)):
        if lines[i].lstrip(" ").startswith("#") and _TITLE.match(lines[i]):
            head = lines[i + 1 : i + _HEADER_LINES]
            if any(_is(_DATE_LINE, h) or _is(_PAGE, h) or _is(_COLUMN, h) for h in head):
                return i
    return None


def _without_mark(lines: list[str], first: int, english: bool) -> Layout | None:
    """An English-only file, a bilingual one whose Chinese part has lost its mark, or a bare Chinese one."""
    if english:
        divider = next((i for i in range(first, len(lines)) if _is(_DIVIDER, lines[i])), None)
        if divider is None:
            en, names = _english(lines, first, len(lines))
            return Layout(None, en, names)
        en, names = _english(lines, first, divider)
        rest = next((i for i in range(divider + 1, len(lines)) if lines[i].strip()), None)
        return Layout(None if rest is None else _chinese(lines, rest), en, names, marked=rest is None)
    keyed = _CHINESE_KEY.match(lines[first]) if first < len(lines) else None
    if keyed and _KEYS[keyed[1]] != "column":
        return Layout(_keyed(lines, first, _CHINESE_KEY), None)
    head = lines[first : first + _HEADER_LINES]
    if any(_is(_DATE, h) for h in head) or (
        any(_is(_PAGE, h) for h in head) and any(_is(_COLUMN, h) for h in head)
    ):
        return Layout(_chinese(lines, first), None, marked=False)
    return None


def _keyed(lines: list[str], first: int, key: re.Pattern[str], end: int | None = None) -> Part:
    """A part whose header lines are ``Key: value``; the body starts at the first line that is none."""
    part = Part()
    end = len(lines) if end is None else end
    i = first
    while i < end:
        line = lines[i]
        match = key.match(line)
        if match:
            name = match[1].lower()
            name = _KEYS.get(name, name)
            if name in part.fields:
                break  # a body that opens with "Date:" after the header had one
            part.set(name, match[2].rstrip("*"), i + 1)
        elif line.strip() and not _goes_on(part, lines[i:end], key):
            break
        i += 1
    if part.fields and i < end and _is(_RULE, lines[i]):
        i += 1  # front matter ends with one
    part.body = lines[i:end]
    return part


def _goes_on(part: Part, lines: list[str], key: re.Pattern[str]) -> bool:
    """Whether a line that is no field of ours is one of another archive's header, with fields behind it."""
    for line in lines[:_HEADER_LINES]:
        match = _is(key, line)
        if match:
            name = match[1].lower()
            return _KEYS.get(name, name) not in part.fields
        if line.strip() and not _is(_ANY_KEY, line):
            return False
    return False


def _english(lines: list[str], first: int, end: int) -> tuple[Part, tuple[str, ...]]:
    """The English part in ``lines[first:end]`` and the lines of its list of names."""
    end = first + len(_without_divider(lines[first:end]))
    part = _keyed(lines, first, _ENGLISH_KEY, end)
    offset = end - len(part.body)
    mark = next((i for i in range(offset, end) if _is(_NAMES, lines[i])), None)
    if mark is None:
        return part, ()
    part.body = lines[offset:mark]
    return part, tuple(line for line in lines[mark + 1 : end] if line.strip() and not _is(_RULE, line))


def _chinese(lines: list[str], start: int) -> Part:
    """The Chinese part from line `start`: title, authors, date, page, column, body."""
    part = Part()
    match = _TITLE.match(lines[start])
    part.set("title", (match[1] or "") if match else lines[start], start + 1)
    authors: list[str] = []
    i = start + 1
    while i < min(len(lines), start + _HEADER_LINES):
        line = lines[i]
        if not _header_line(part, line, i + 1):
            if len(part.fields) > 1 or "body" in part.lines:
                break
            if line.strip():
                authors.append(line.strip(" \t　"))
        i += 1
    if len(part.fields) == 1:  # no header line at all: what looked like authors is the body
        part.body = lines[start + 1 :]
        return part
    if authors:
        part.set("author", "　".join(authors), start + 2)
    part.body = lines[i:]
    return part


def _header_line(part: Part, line: str, number: int) -> bool:
    """Take `line` into the header if it belongs there: date, then page, then column, blank lines between."""
    seen = part.fields
    if "column" in seen:
        return False
    if not line.strip():
        return len(seen) > 1
    if "date" not in seen and "page" not in seen and (match := _is(_DATE_LINE, line)):
        part.set("date", match[1], number)
        if match[2]:
            _header_line(part, match[2], number)
    elif "page" not in seen and (match := _is(_PAGE, line)):
        part.set("page", match[1], number)
        part.set("section", match[2] or "", number)
    elif match := _is(_COLUMN, line):
        part.set("column", match[1], number)
    else:
        return False
    return True
