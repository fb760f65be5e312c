"""Every code a reading note may carry, with what it means.

A note records a fault that the reader met and survived; nothing is mended in silence.  Notes about the
input's bytes are made while reading, the others while parsing.
"""

from __future__ import annotations

from kg.model import Note

_BYTES = {
    "encoding-utf8-bom": "The file begins with a UTF-8 byte order mark; it was left out.",
    "encoding-utf16": "The file is UTF-16; it was converted.",
    "encoding-gb18030": "The file is GB18030 (or GBK, GB 2312); it was converted.",
    "undecodable-bytes": "A few bytes are not valid in the file's encoding; U+FFFD stands for them.",
    "control-characters": "Control characters or endless combining marks were left out.",
    "truncated": "The file ends in the middle of a character: its end is missing.",
}
_HEADER = {
    "header-conflict": "The English and the Chinese header disagree; the Chinese one was followed.",
    "header-incomplete": "The mark `###` before the title is missing; the header was known by its date.",
    "date-from-file-name": "The header has no usable date; the one in the file's name was taken.",
    "page-missing": "The header names no page.",
    "page-unreadable": "The header's page is no number; it was left out.",
    "title-missing": "The header has no title; the first line of the body serves.",
    "names-unreadable": "Lines in the list of named entities are no pairs of names; they were left out.",
}
_TEXT = {
    "headline-repeated": "The body repeats the headline; it is kept once.",
    "generic-title": "The title only names a kind of item; the body's first words tell it apart.",
    "broken-lines": "Lines were broken inside a sentence; they were joined.",
    "lost-characters": "Characters were lost in digitising; ＠ × ? or U+FFFD stand in their place.",
    "several-items": "One file holds several short items, each behind a mark such as ▲.",
    "photo-caption": "The original is the caption of a picture.",
    "original-missing": "The file has a Chinese header but no Chinese text.",
}
_TRANSLATION = {
    "translation-missing": "The file has an English header but no English text.",
    "invented-translation": "The English is far too long to be a translation; nothing is taken from it.",
    "abridged-translation": "The English is far too short for the original: parts were left out.",
    "translation-drops-dateline": "The original names its source in a dateline, the translation does not.",
    "translation-month-differs": "The translation names a month that the original does not account for.",
    "translation-day-differs": "A dateline has another day in the translation; the original's was followed.",
}
_DATE = {
    "day-early": "The archive's date is a day early (summer-time slip of 1986-91); the text gives it away.",
    "day-may-be-early": "Dated in a summer of 1986-91, when dates slip by a day; nothing in the text tells.",
}
_IDENTITY = {
    "same-title": "Another article of that day and page has this title; the identity was made longer.",
}

CODES: dict[str, str] = {**_BYTES, **_HEADER, **_TEXT, **_TRANSLATION, **_DATE, **_IDENTITY}


def note(code: str, detail: str = "") -> Note:
    """A note, its code checked against :data:`CODES`.

    >>> note("page-missing").code
    'page-missing'
    """
    if code not in CODES:
        raise KeyError(code)
    return Note(code, detail)
