"""Every code a reading note may carry, with what it means.

A note records a fault that the reader met and survived; nothing is mended in silence.  Notes about the
input's bytes are made while reading, the others while parsing.
"""

from __future__ import annotations

from kg.model import Note

CODES: dict[str, str] = {
    # bytes
    "encoding-utf8-bom": "The file begins with a UTF-8 byte order mark; it was left out.",
    "encoding-utf16": "The file is UTF-16; it was converted.",
    "encoding-gb18030": "The file is GB18030 (or GBK, GB 2312); it was converted.",
    "undecodable-bytes": "A few bytes are not valid in the file's encoding; U+FFFD stands for them.",
    "control-characters": "Control characters, lone surrogates or endless combining marks were left out.",
    "truncated": "The file ends in the middle of a character: its end is missing.",
    # header
    "header-conflict": "The English and the Chinese header disagree; the Chinese one was followed.",
    "date-from-file-name": "The header has no usable date; the one in the file's name was taken.",
    "page-missing": "The header names no page.",
    "page-unreadable": "The header's page is no number; it was left out.",
    "title-missing": "The header has no title; the first line of the body serves.",
    "header-incomplete": "The title line `### …` is missing; the header was recognised by its date.",
    # titles and bodies
    "headline-repeated": "The body repeats the headline; it is kept once.",
    "generic-title": "The title is only a kind of item (图片, 简讯); the first words of the body tell it apart.",
    "broken-lines": "Lines were broken inside a sentence; they were joined.",
    "lost-characters": "Characters were lost when the archive was digitised; ＠, ×, ? or U+FFFD stand for them.",
    "several-items": "One file holds several short items, marked ▲ or ●.",
    "photo-caption": "The original is the caption of a picture.",
    "original-missing": "The file has a Chinese header but no Chinese text.",
    "translation-missing": "The file has an English header but no English text.",
    "names-unreadable": "Lines of the list of named entities are no pairs of names; they were left out.",
    # translations
    "invented-translation": "The English is far too long for the original: it is no translation; nothing is taken from it.",
    "abridged-translation": "The English is far too short for the original: parts were left out.",
    "translation-drops-dateline": "The original has a dateline of an agency or newspaper that the translation lacks.",
    "translation-month-differs": "The translation names a month that neither the original nor the issue accounts for.",
    # dates
    "day-early": "The archive's date is a day early (daylight-saving slip of 1986-91); a dateline gives it away.",
    "day-may-be-early": "Dated in a summer of 1986-91, when the archive's dates slip by a day; nothing in the text tells.",
    # identity
    "same-title": "Another article of that day and page has the same title; the identity was made longer.",
}


def note(code: str, detail: str = "") -> Note:
    """A note, its code checked against :data:`CODES`.

    >>> note("page-missing").code
    'page-missing'
    """
    if code not in CODES:
        raise KeyError(code)
    return Note(code, detail)
