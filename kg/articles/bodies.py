"""Body lines to prose: title once, paragraphs without indentation, broken lines joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.model import Body, Lang

_SPACE = " \t　"
_NO_WORD = re.compile(r"[\W_]+")
_PICTURE = re.compile(r"[(（](?:附?图片|照片|Photos?|Pictures?)[)）]$", re.I)
_OPENING = frozenset('“‘《「『（〔("')
_ENDING = frozenset("。！？…：；”’」』》）〕)!?.:;▲●■")
_DATELINE = re.compile(r"【|[据本新]\S{0,30}?[电讯](?:】|　|\s|$)")
_DATE_LINE = re.compile(r"[\d０-９〇○零一二三四五六七八九十]+年")
_LINE = 20  # characters: a shorter line was not broken by the type-setter, it ends there
_HEAD = 6  # a repeated headline stands among the first paragraphs


@dataclass(frozen=True, slots=True)
class Prose:
    """A body and what was done to get it."""

    body: Body
    repeated: int  # how often the headline stood in the body
    joined: int  # how many broken lines were joined


def prose(lang: Lang, title: str, lines: Sequence[str]) -> Prose:
    r"""The prose of one language: `title` as paragraph 0 (where there is one), then the paragraphs.

    >>> prose(Lang.ZH, "长江大桥通车", ["　　长江大桥通车", "    新华社二日讯　通车。"]).body.text
    '长江大桥通车\n新华社二日讯　通车。'
    """
    paragraphs, joined = (_chinese if lang is Lang.ZH else _english)(lines)
    title = title.strip(_SPACE)
    repeated = _drop_headline(title, paragraphs) if title else 0
    if title:
        paragraphs.insert(0, title)
    return Prose(_body(lang, paragraphs), repeated, joined)


def _body(lang: Lang, paragraphs: list[str]) -> Body:
    spans = []
    start = 0
    for paragraph in paragraphs:
        spans.append((start, start + len(paragraph)))
        start += len(paragraph) + 1
    return Body(lang, "\n".join(paragraphs), tuple(spans))


def _chinese(lines: Sequence[str]) -> tuple[list[str], int]:
    paragraphs: list[list[str]] = []
    joined = 0
    body_indent = _usual_indent(lines)
    for line in lines:
        text = line.strip(_SPACE)
        if not text:
            continue
        indent = _indent(line)
        if paragraphs and _continues(paragraphs[-1][-1], text, indent, body_indent):
            paragraphs[-1].append(text)
            joined += 1
        else:
            paragraphs.append([text])
    return ["".join(p) for p in paragraphs], joined


def _indent(line: str) -> int:
    """The indentation in half-widths: an ideographic space counts two."""
    spaces = line[: len(line) - len(line.lstrip(_SPACE))]
    return len(spaces) + spaces.count("　")


def _usual_indent(lines: Sequence[str]) -> int:
    """The indentation that paragraphs of this body have: 4 in the archive, 0 where a hand has typed it."""
    indents = [_indent(line) for line in lines[:40] if line.strip(_SPACE)]
    return 4 if sum(i >= 3 for i in indents) * 2 >= len(indents) and indents else 0


def _continues(before: str, text: str, indent: int, usual: int) -> bool:
    """Whether a line goes on with the sentence of the line before it.

    The archive indents paragraphs by two ideographic spaces or four plain ones; a line with less was
    broken off, typically before a quotation mark.  A headline, a signature or its date may have less
    too, so the line before must be long and its sentence unfinished.
    """
    if len(before) < _LINE or _DATELINE.match(text) or text.startswith("—"):
        return False
    unfinished = before[-1] not in _ENDING
    if text[0] in _OPENING and (unfinished or before[-1] == "："):
        return indent < usual or (unfinished and before[-1] != "，" and indent <= usual and text[0] in "“‘")
    return indent < usual and unfinished and not _DATE_LINE.match(text)


def _english(lines: Sequence[str]) -> tuple[list[str], int]:
    """English paragraphs; a line that goes on in lower case was broken inside a sentence."""
    paragraphs: list[list[str]] = []
    joined = 0
    blank = True
    for line in lines:
        text = line.strip(_SPACE)
        if text and not blank and text[0].islower() and paragraphs[-1][-1][-1] not in _ENDING:
            paragraphs[-1].append(text)
            joined += 1
        elif text:
            paragraphs.append([text])
        blank = not text
    return [" ".join(p) for p in paragraphs], joined


def squeeze(text: str) -> str:
    """Letters and digits only, lower case: what a repeated headline has in common with the title."""
    return _NO_WORD.sub("", text).casefold()


def bare(title: str) -> str:
    """The title without a closing （图片）."""
    title = title.rstrip()
    match = _PICTURE.search(title, max(0, len(title) - 12))
    return title[: match.start()].rstrip() if match else title


def _drop_headline(title: str, paragraphs: list[str]) -> int:
    """Take the repetitions of the headline out of `paragraphs`; how many there were.

    A repetition may be split over several lines, follow a kicker, or have the artist's name behind it.
    A line that is only a piece of the headline goes too: its words stand in the title.
    """
    keys = {squeeze(title), squeeze(bare(title))}
    whole = max(keys, key=len)
    repeated = i = 0
    while i < min(len(paragraphs), _HEAD) and repeated < 3:
        line = paragraphs[i]
        size = _lines_of_headline(keys, paragraphs, i)
        if size:
            del paragraphs[i : i + size]
            repeated += 1
        elif rest := _after_headline(bare(title), line):
            paragraphs[i] = rest
            repeated += 1
            i += 1
        elif (
            len(line) >= 4 and len(line) < len(title) and line[-1] not in "。.：:" and squeeze(line) in whole
        ):
            del paragraphs[i]
            repeated = max(repeated, 1)
        elif len(line) > 80 or _DATELINE.match(line):
            break
        else:
            i += 1
    return repeated


def _lines_of_headline(keys: set[str], paragraphs: list[str], start: int) -> int:
    """How many paragraphs from `start` make up one of `keys`; 0: they do not."""
    together = ""
    for size, paragraph in enumerate(paragraphs[start : start + _HEAD], 1):
        if len(paragraph) > 300:
            return 0
        together += squeeze(paragraph)
        if together in keys:
            return size
        if not any(key.startswith(together) for key in keys):
            return 0
    return 0


def _after_headline(title: str, line: str) -> str:
    """What follows the headline on its line after a gap: an artist's name, a photographer's."""
    if title and line.startswith(title) and line[len(title) : len(title) + 1].isspace():
        return line[len(title) :].strip(_SPACE)
    return ""
