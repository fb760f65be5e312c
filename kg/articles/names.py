"""The list of named entities at the end of some translations: pairs of a Chinese and an English name."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CHINESE = re.compile("[\u3400-\u9fff]")
_GAP = re.compile(r"\t+|\s{2,}|\s*(?:[:：=|]|->|→|\s[-–—]\s)\s*")
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d{1,3}[.)、])\s*")
_LONGEST = 300


def pairs(lines: Iterable[str]) -> tuple[tuple[tuple[str, str], ...], int]:
    r"""The ``(Chinese, English)`` pairs in `lines`, and how many lines are none.

    >>> pairs(["新华社  Xinhua News Agency", "* 荷泽: Heze", "Hanoi\t河内", "???"])
    ((('新华社', 'Xinhua News Agency'), ('荷泽', 'Heze'), ('河内', 'Hanoi')), 1)
    """
    found: dict[tuple[str, str], None] = {}
    bad = 0
    for line in lines:
        pair = _pair(line)
        if pair:
            found[pair] = None
        else:
            bad += 1
    return tuple(found), bad


def _pair(line: str) -> tuple[str, str] | None:
    if len(line) > _LONGEST:
        return None
    text = _BULLET.sub("", line.replace("**", "")).strip(" \t　*|")
    left, right = _halves(text)
    if not left or not right:
        return None
    if _CHINESE.search(left) and not _CHINESE.search(right[:1]):
        return left, right
    if _CHINESE.search(right) and not _CHINESE.search(left):
        return right, left
    return None


def _halves(text: str) -> tuple[str, str]:
    gap = _GAP.search(text)
    if gap:
        return text[: gap.start()].strip(), text[gap.end() :].strip()
    # One space between them: the Chinese name ends at its last character before the Latin begins.
    head, _, tail = text.partition(" ")
    return (head, tail.strip()) if _CHINESE.search(head) else ("", "")
