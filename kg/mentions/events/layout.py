"""How a body is laid out: its headlines, and where it holds several news items, their headings and signs."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg.mentions.view import View

_ENDS = ("。", "！", "？", "：", ".", "”", "）")  # of sentences, not of headings
_HEADLINE = 60  # characters
_HEADING = 36  # characters of the heading of a news item
_INDENT = 6  # characters before the dateline with which a paragraph begins
_NEWS = re.compile(r"[\s　]*[^，。：\n]{2,14}(?:消息|讯|电)[：　 ]")
_MARK = re.compile("[▲△●■◆]")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the headlines and the news items of a body stand.

    ``title`` is where the title and the headlines repeated in the body end; ``items`` are the headings of
    news items further on, each with the end of its item; ``marked`` the paragraphs that open with the sign
    of a news item (▲).
    """

    title: int
    items: list[tuple[int, int, int]]
    marked: list[int]

    def in_heading(self, offset: int) -> bool:
        """Whether `offset` stands in the headlines or in the heading of a news item."""
        return offset < self.title or self.item_at(offset) is not None

    def item_at(self, offset: int) -> tuple[int, int] | None:
        """Where the text of the news item stands in whose heading `offset` lies."""
        if not self.items:
            return None
        i = bisect.bisect_right(self.items, offset, key=lambda x: x[0]) - 1
        if i < 0 or offset >= self.items[i][1]:
            return None
        return self.items[i][1:]

    def mark_before(self, offset: int) -> int:
        """How many signs of news items (▲) stand before `offset`."""
        return bisect.bisect_right(self.marked, offset)


def layout(view: View, signed: Iterable[tuple[int, int]]) -> Layout:
    """The layout of the body of `view`, in which datelines stand at `signed`."""
    title = _headlines(view)
    return Layout(title, _items(view, title, signed), _marked(view))


def _marked(view: View) -> list[int]:
    """Where the paragraphs begin that open with the sign of a news item."""
    text = view.text
    if _MARK.search(text) is None:
        return []
    return [start for start, stop in view.body.paragraphs if _MARK.match(text[start:stop].lstrip())]


def _headlines(view: View) -> int:
    """Where the headlines end: the first paragraphs that do not end as sentences do."""
    end = 0
    for start, stop in view.body.paragraphs[:6]:
        text = view.text[start:stop].rstrip("　 \n")
        if start and (len(text) > _HEADLINE or text.endswith(_ENDS)):
            break
        end = stop
    return end


def _items(view: View, title: int, signed: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """The headings of news items in a body of several: short, not a sentence, and a dateline comes next."""
    text, paragraphs = view.text, view.body.paragraphs
    short = [
        i for i, (start, stop) in enumerate(paragraphs[:-1]) if start >= title and stop - start <= _HEADING
    ]
    if not short:
        return []
    opens = {start for start, _ in signed}
    heads = [
        (start, stop)
        for (start, stop), (after, end) in ((paragraphs[i], paragraphs[i + 1]) for i in short)
        if not text[start:stop].rstrip("　 \n").endswith(_ENDS)
        and (not opens.isdisjoint(range(after, after + _INDENT)) or _NEWS.match(text, after, end))
    ]
    ends = [*(start for start, _ in heads[1:]), len(text)]
    return [(start, stop, end) for (start, stop), end in zip(heads, ends, strict=False)]
