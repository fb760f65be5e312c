"""The layout of an article: header fields, English part, list of names, Chinese part.

Layout knows where things stand, not what they mean: every value is still the string of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ENGLISH_KEY = re.compile(r"\s*\**(title|author|date|page|edition|section|column)\**\s*[:：]\**\s*(.*)", re.I)
_CHINESE_KEY = re.compile(r"\s*(标题|题目|作者|日期|版次|版面|专栏)\s*[:：]\s*(.*)")
_KEYS = {"标题": "title", "题目": "title", "作者": "author", "日期": "date", "版次": "page", "版面": "page",
         "专栏": "column", "edition": "page"}  # fmt: skip
_TITLE = re.compile(r"\s{0,3}#{1,4}\s+(.*)|\s{0,3}#{1,4}\s*$")
_DATE = re.compile(r"(\d{4}\s?[-./年]\s?\d{1,2}\s?[-./月]\s?\d{1,2}日?)$")
_PAGE = re.compile(r"第\s?(\S{1,4}?)\s?版\s?(?:[(（](.*)[)）])?$")
_COLUMN = re.compile(r"专栏\s*[:：]\s*(.*)")
_DIVIDER = re.compile(r"\**(?:original|原文)(?: text)?\**\s?[:：]?\**$", re.I)
_RULE = re.compile(r"(?:<hr ?/?>|-{3,}|\*{3,}|_{3,})$", re.I)
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
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    english = _ENGLISH_KEY.match(lines[first]) if first < len(lines) else None
    start = _chinese_start(lines, first)
    if start is None:
        return _without_mark(lines, first, english is not None)
    en, names = _english(lines, first, start) if english or start > first else (None, ())
    return Layout(_chinese(lines, start), en, names)


def _chinese_start(lines: list[str], first: int) -> int | None:
    """The line of the ``### title`` that a date follows; sub-headings of an English body have none."""
    for i in range(first, len(lines)):
        if lines[i].lstrip(" ").startswith("#") and _TITLE.match(lines[i]):
            head = lines[i + 1 : i + _HEADER_LINES]
            if any(_is(_DATE, h) or _is(_PAGE, h) or _is(_COLUMN, h) for h in head):
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
    if first < len(lines) and (match := _CHINESE_KEY.match(lines[first])) and match[1] != "专栏":
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
        elif line.strip():
            break
        i += 1
    part.body = lines[i:end]
    return part


def _english(lines: list[str], first: int, end: int) -> tuple[Part, tuple[str, ...]]:
    """The English part in ``lines[first:end]`` and the lines of its list of names."""
    while end > first and (
        not lines[end - 1].strip() or _is(_DIVIDER, lines[end - 1]) or _is(_RULE, lines[end - 1])
    ):
        end -= 1
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
    if "date" not in seen and "page" not in seen and (match := _is(_DATE, line)):
        part.set("date", match[1], number)
    elif "page" not in seen and (match := _is(_PAGE, line)):
        part.set("page", match[1], number)
        part.set("section", match[2] or "", number)
    elif match := _is(_COLUMN, line):
        part.set("column", match[1], number)
    else:
        return False
    return True
