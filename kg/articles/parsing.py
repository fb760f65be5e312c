"""One raw article to one `kg.model.Article`."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace

from kg.articles import faults
from kg.articles.align import align
from kg.articles.bodies import Prose, prose
from kg.articles.identity import article_id, is_generic
from kg.articles.layout import Layout, Part, lay_out
from kg.articles.names import pairs
from kg.articles.notes import note
from kg.articles.numerals import CHINESE, integer
from kg.articles.recordform import CJK, is_chinese, record_layout
from kg.model import Article, Body, Form, Lang, Note, RawArticle, Reject

_DATE = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})")
_COMPACT = re.compile(r"\s*(\d{4})(\d\d)(\d\d)\s*$")
_CHINESE_DATE = re.compile(rf"([{CHINESE}]{{4}})年([{CHINESE}]{{1,3}})月([{CHINESE}]{{1,3}})日")
_ENGLISH_DATE = re.compile(
    r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})"
    r"|(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([A-Za-z]{3,9})\.?,? (\d{4})"
)
_YEAR_LAST = re.compile(r"\s*(\d{1,2})([./-])(\d{1,2})\2(\d{4})\s*$")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAME_DATE = re.compile(r"(?<!\d)((?:19[4-9]|20[0-2])\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)")
_NUMBER = re.compile(r"\d{1,3}|[〇○零一二三四五六七八九十]{1,3}")
_LAST_PAGE = 400
_LATIN = re.compile(r"[A-Za-z]{2}")
_TELLING = 40  # lines that tell the language of a body
_YEARS = range(1800, 2200)
_HINT = "begin the file with 'Title:'/'Date:'/'Page:' or '### title', date, 第N版; see docs/reading.md"


class _Rejected(Exception):
    def __init__(self, reason: str, remedy: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.remedy, self.line = reason, remedy, line


def parse(raw: RawArticle) -> Article | Reject:
    """The article in `raw`, aligned and with all notes, or why it is none.

    One input is one article, also where it holds several dispatches or short items.  Time is linear in the
    input; nothing is raised.  A reject says line, reason and remedy.
    """
    try:
        form, layout, notes = _laid_out(raw)
        return _Builder(raw, form, layout, [*raw.notes, *notes]).article()
    except _Rejected as e:
        origin, _, number = raw.origin.rpartition(":")
        if raw.fields and number.isdecimal():
            return Reject(origin, int(number), e.reason, e.remedy)
        return Reject(raw.origin, e.line or None, e.reason, e.remedy)


def _laid_out(raw: RawArticle) -> tuple[Form, Layout, list[Note]]:
    text = raw.text
    if raw.fields:
        layout = record_layout(dict(raw.fields))
        return Form.RECORD, layout, []
    layout_or_none = lay_out(text)
    if layout_or_none is None:
        raise _Rejected("no header of an article", _HINT, 1)
    layout, notes = _by_language(layout_or_none)
    if not layout.marked:
        notes.append(note("header-incomplete"))
    form = Form.CHINESE if layout.en is None else Form.ENGLISH if layout.zh is None else Form.BILINGUAL
    return form, layout, notes


def _by_language(layout: Layout) -> tuple[Layout, list[Note]]:
    """The parts under the language that they are in, whatever the form of their headers says."""
    zh, en = layout.zh, layout.en
    if en is not None and _in_chinese_script(en):
        if zh is None:
            return replace(layout, zh=en, en=None), []
        return replace(layout, en=None), [note("translation-missing", "it is in Chinese")]
    if zh is not None and en is None and _in_latin_script(zh):
        return replace(layout, zh=None, en=zh), []
    return layout, []


def _in_chinese_script(part: Part) -> bool:
    text = "\n".join(part.body[:_TELLING]).strip()
    return CJK.search(text) is not None and is_chinese(text)


def _in_latin_script(part: Part) -> bool:
    text = "\n".join(part.body[:_TELLING])
    return CJK.search(text) is None and _LATIN.search(text) is not None


@dataclass(slots=True)
class _Builder:
    """Puts one article together; `notes` grows on the way."""

    raw: RawArticle
    form: Form
    layout: Layout
    notes: list[Note] = field(default_factory=list)

    def article(self) -> Article:
        date = self._date()
        page, section = self._page()
        zh, title_zh = self._body(self.layout.zh, Lang.ZH)
        en, title_en = self._body(self.layout.en, Lang.EN)
        self._check_text(zh, en)
        senior, title = (zh, title_zh) if zh else (en, title_en)
        names, bad = pairs(self.layout.names)
        if bad:
            self.notes.append(note("names-unreadable", f"{bad}"))
        witness = self._faults(date, zh, en, title_zh or "")
        shift, slip = faults.day_slip(date, zh.text) if zh else (0, None)
        if slip:
            self.notes.append(slip)
        opening = _opening(senior, title)
        if is_generic(title or ""):
            self.notes.append(note("generic-title", title or ""))
        return Article(
            id=article_id(date, page, title or "", opening),
            origin=self.raw.origin,
            sha256=self.raw.sha256,
            form=self.form,
            date=date,
            page=page,
            title_zh=title_zh,
            title_en=title_en,
            zh=zh,
            en=en,
            witness_en=witness,
            section=section,
            column=self._field("column"),
            author=self._field("author"),
            names=names,
            alignment=align(zh, en, names) if zh and en and witness else (),
            day_shift=shift,
            notes=tuple(self.notes),
        )

    def _parts(self) -> list[Part]:
        return [p for p in (self.layout.zh, self.layout.en) if p is not None]

    def _field(self, name: str) -> str | None:
        return next((v for p in self._parts() if (v := p.fields.get(name))), None)

    def _date(self) -> dt.date:
        """The header's date (the Chinese one where they differ), else the one in the file's name."""
        dates = [(p, v) for p in self._parts() if (v := p.fields.get("date"))]
        read = [d for _, v in dates if (d := parse_date(v))]
        if len(set(read)) > 1:
            self.notes.append(note("header-conflict", f"date {read[1]} in English, {read[0]} in Chinese"))
        if read:
            return read[0]
        match = _NAME_DATE.search(self.raw.origin.rpartition("/")[2])
        named = parse_date("-".join(match.groups())) if match else None
        if named:
            self.notes.append(note("date-from-file-name", dates[0][1] if dates else "no date in the header"))
            return named
        if dates:
            part, value = dates[0]
            known = _DATE.search(value) or _COMPACT.match(value) or _ENGLISH_DATE.search(value)
            fault = f"does not exist (years {_YEARS[0]} to {_YEARS[-1]})" if known else "cannot be read"
            raise _Rejected(
                f"the date {value[:40]!r} {fault}", "write it as 1953-12-14", part.lines.get("date")
            )
        raise _Rejected(
            "no date in the header",
            "add a line 'Date: 1953-12-14', or 1953-12-14 below '### title'",
            self._first_line(),
        )

    def _first_line(self) -> int | None:
        """The line on which the header begins."""
        return min((n for p in self._parts() for n in p.lines.values()), default=None)

    def _page(self) -> tuple[int | None, str | None]:
        values = [v for p in self._parts() if (v := p.fields.get("page"))]
        numbers = [n for v in values if (n := parse_page(v)) is not None]
        if not values:
            self.notes.append(note("page-missing"))
        elif not numbers:
            self.notes.append(note("page-unreadable", values[0][:40]))
        elif len(set(numbers)) > 1:
            self.notes.append(
                note("header-conflict", f"page {numbers[1]} in English, {numbers[0]} in Chinese")
            )
        return (numbers[0] if numbers else None), self._field("section")

    def _body(self, part: Part | None, lang: Lang) -> tuple[Body | None, str | None]:
        if part is None:
            return None, None
        title = part.fields.get("title", "").strip(" \t　")
        read: Prose = prose(lang, title, part.body)
        if not title and read.body.paragraphs:
            start, end = read.body.paragraphs[0]
            title = read.body.text[start:end][:120]
            self.notes.append(note("title-missing", str(lang)))
        if read.repeated:
            self.notes.append(note("headline-repeated", f"{lang} {read.repeated}"))
        if read.joined:
            self.notes.append(note("broken-lines", f"{lang} {read.joined}"))
        return read.body if read.body.text else None, title or None

    def _check_text(self, zh: Body | None, en: Body | None) -> None:
        """Reject what has no text below its header; note where one of two languages has none."""
        filled = {lang: bool(p and any(line.strip(" \t　") for line in p.body))
                  for lang, p in ((Lang.ZH, self.layout.zh), (Lang.EN, self.layout.en))}  # fmt: skip
        if not any(filled.values()) or not (zh or en):
            raise _Rejected(
                "empty body: nothing stands below the header",
                "restore the text or remove the file",
                self._first_line(),
            )
        if self.layout.zh and not filled[Lang.ZH]:
            self.notes.append(note("original-missing"))
        if self.layout.en and not filled[Lang.EN]:
            self.notes.append(note("translation-missing"))

    def _faults(self, date: dt.date, zh: Body | None, en: Body | None, title: str) -> bool:
        """Notes on what the text shows; whether the English is a witness."""
        if zh:
            self.notes.extend(faults.original_notes(zh, title))
        if not zh or not en:
            return en is not None
        length = faults.text_length(zh)
        if faults.is_invented(length, len(en.text)):
            self.notes.append(note("invented-translation", f"{len(en.text)} characters for {length}"))
            return False
        self.notes.extend(faults.translation_notes(date, zh, en))
        return True


def _opening(body: Body | None, title: str | None) -> str:
    """The first words of the body after its title."""
    if body is None:
        return ""
    start = len(title or "")
    return body.text[start : start + 200]


def parse_date(text: str) -> dt.date | None:
    """The day that a header's date names, or None where there is no such day.

    >>> parse_date("1953-12-14"), parse_date("1953-13-14"), parse_date("Dec. 14, 1953")
    (datetime.date(1953, 12, 14), None, datetime.date(1953, 12, 14))
    """
    match = _COMPACT.match(text) or _DATE.search(text)
    try:
        if match:
            day = dt.date(int(match[1]), int(match[2]), int(match[3]))
            return day if day.year in _YEARS else None
        if named := _ENGLISH_DATE.search(text):
            month, number, year = (
                (named[1], named[2], named[3]) if named[1] else (named[5], named[4], named[6])
            )
            return dt.date(int(year), _MONTHS.index(month[:3].lower()) + 1, int(number))
        return _in_chinese(text) or _year_last(text)
    except ValueError:
        return None


def _in_chinese(text: str) -> dt.date | None:
    match = _CHINESE_DATE.search(text)
    return dt.date(*(integer(n) or 0 for n in match.groups())) if match else None


def _year_last(text: str) -> dt.date | None:
    """14.12.1953, 14/12/1953 or 12/14/1953; None where it may be either of two days."""
    match = _YEAR_LAST.match(text)
    if match is None:
        return None
    day, month, year = int(match[1]), int(match[3]), int(match[4])
    if day <= 12 and match[2] != ".":
        if month <= 12 and day != month:
            return None
        day, month = month, day
    return dt.date(year, month, day)


def parse_page(text: str) -> int | None:
    """The page number in ``4``, ``第4版``, ``Page 4``, ``四``; None where there is none.

    >>> parse_page("4"), parse_page("第十二版"), parse_page("front")
    (4, 12, None)
    """
    match = _NUMBER.search(text)
    number = integer(match[0]) if match else None
    return number if number is not None and 0 < number <= _LAST_PAGE else None
