"""Records of reading: what came in, and the article that it became."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kg.model.terms import Form, Lang


@dataclass(frozen=True, slots=True)
class Note:
    """A fault of the archive that the reader met and survived; becomes ``dl:readingNote``.

    ``code`` is one of :data:`kg.articles.notes.CODES` (for example ``invented-translation``).
    """

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RawArticle:
    """One article as the archive handed it over, decoded to text but not yet understood.

    ``origin`` says where it came from: ``path``, ``archive.zip!member`` or ``file.jsonl:17``.
    ``sha256`` is of the input bytes.  ``fields`` is set, instead of ``text``, for JSONL and Parquet.
    """

    origin: str
    sha256: str
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """An input that could not be read as an article; a line of ``rejects.jsonl``."""

    origin: str
    line: int | None
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Body:
    """The prose of one language: title first (unless the body repeats it), then the paragraphs.

    ``paragraphs`` are ``(start, end)`` offsets into ``text``; the title is paragraph 0.
    """

    lang: Lang
    text: str
    paragraphs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A parsed article.

    ``id`` is ``1953-12-14/4/1a2b3c4d``: date, page, hash of the title in the original language.
    ``date`` is what the header says; ``day_shift`` is added to it where the archive's dump is known to
    be a day early (see :attr:`printed`).  ``names`` are the pairs of a ``**Named Entities**`` list.
    ``alignment`` pairs paragraph indexes ``(zh, en, score)``; empty where there is one language or the
    translation is not to be trusted (``en`` is then kept for display, and ``witness_en`` is false).
    """

    id: str
    origin: str
    sha256: str
    form: Form
    date: dt.date
    page: int | None
    title_zh: str | None
    title_en: str | None
    zh: Body | None
    en: Body | None
    witness_en: bool
    section: str | None = None
    column: str | None = None
    author: str | None = None
    names: tuple[tuple[str, str], ...] = ()
    alignment: tuple[tuple[int, int, float], ...] = ()
    day_shift: int = 0
    notes: tuple[Note, ...] = ()

    @property
    def printed(self) -> dt.date:
        """The day the paper was printed: the header's date, corrected for the daylight-saving slip."""
        return self.date + dt.timedelta(days=self.day_shift)

    def body(self, lang: Lang) -> Body | None:
        """The prose in `lang`, or None; English only where it is a trusted witness."""
        if lang is Lang.ZH:
            return self.zh
        return self.en if self.witness_en else None
