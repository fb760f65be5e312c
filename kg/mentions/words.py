"""Chinese word boundaries and parts of speech, as evidence for names.

A name that a dictionary offers across a word boundary (秋田 in 三秋田间管理) is usually none; a name that no
dictionary has comes out of the segmenter as single characters or with a name's tag.  The tags are those of
the segmenter: ``ns`` place, ``nr`` person, ``v`` verb, ``p`` preposition, ``m`` numeral, ``x`` other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import rjieba

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: word *i* is ``words[i]``, tagged ``tags[i]``, at ``starts[i]``.

    ``starts`` has one entry more, the length of the text.  ``at`` maps the offset where a word starts to
    its number (the length of the text to the number of words).
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    starts: tuple[int, ...]
    at: dict[int, int]

    def between(self, start: int, end: int) -> tuple[int, int] | None:
        """The numbers ``(first, last + 1)`` of the words that fill ``start:end`` exactly, or None."""
        first, last = self.at.get(start), self.at.get(end)
        return None if first is None or last is None else (first, last)


def segment(text: str) -> Words:
    """The words of `text` (folded or not; simplified characters segment better).

    >>> segment("他们在上海开会").words
    ('他们', '在', '上海', '开会')
    """
    try:
        tagged = rjieba.tag(text)
    except UnicodeEncodeError:  # lone surrogates
        tagged = rjieba.tag(_SURROGATE.sub("\ufffd", text))
    starts, at, position = [], {}, 0
    for number, (word, _) in enumerate(tagged):
        starts.append(position)
        at[position] = number
        position += len(word)
    starts.append(position)
    at[position] = len(tagged)
    return Words(tuple(w for w, _ in tagged), tuple(t for _, t in tagged), tuple(starts), at)
