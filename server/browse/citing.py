"""How an article is cited: words for readers, RIS and BibTeX for reference managers, and tags in the page
that these read by themselves (the ``citation_…`` names of Highwire Press, which Zotero and Scholar know).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from kg.rdf.iris import Node
from kg.store.rows import ArticleSummary
from server.app import current_site
from server.browse.face import face
from server.browse.i18n import date_of, name_of
from server.errors import HttpError
from server.resources import require
from server.sending import revalidated
from server.site import Site

_KINDS = {"ris": "application/x-research-info-systems", "bib": "application/x-bibtex"}


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited: ``title`` in the original language, ``translated`` where there is a translation too.

    ``date`` is the day of printing (ISO), ``iri`` the article's permanent address, ``holder`` the title of
    this site and ``release`` what was read.
    """

    id: str
    title: str
    translated: str | None
    author: str | None
    newspaper: tuple[str | None, str | None]  # in Chinese, in English
    date: str
    page: int | None
    lang: str
    iri: str
    holder: str
    release: str

    def words(self, lang: str) -> str:
        """A reference as it stands in a footnote."""
        before, title, after = self.parts(lang)
        return f"{before}{title}{after}"

    def parts(self, lang: str) -> tuple[str, str, str]:
        """What stands before the title, the title, which may be in another language, and what follows."""
        newspaper, date = name_of(*self.newspaper, lang), date_of(self.date, lang)
        if lang == "zh":
            author = f"{self.author}：" if self.author else ""
            paper = f"《{newspaper}》" if newspaper else ""
            page = f"第{self.page}版" if self.page else ""
            return f"{author}《", self.title, f"》，{paper}{date}{page}。{self._held('，版本 ')}，{self.iri}"
        author = f"{self.author}, " if self.author else ""
        translated = f" [{self.translated}]" if self.translated else ""
        where = ", ".join(filter(None, (newspaper, date, f"p. {self.page}" if self.page else "")))
        return f"{author}“", self.title, f"”{translated}, {where}. {self._held()}. {self.iri}"

    def _held(self, between: str = ", release ") -> str:
        return f"{self.holder}{between}{self.release}"

    def tags(self) -> Iterator[tuple[str, str]]:
        """Names and contents of the ``meta`` elements."""
        yield "citation_title", self.title
        yield "citation_publication_date", self.date.replace("-", "/")
        newspaper = name_of(*self.newspaper, self.lang)
        if newspaper:
            yield "citation_journal_title", newspaper
        if self.author:
            yield "citation_author", self.author
        if self.page:
            yield "citation_firstpage", str(self.page)
        yield "citation_language", self.lang
        yield "citation_public_url", self.iri

    def ris(self) -> str:
        """A record in the RIS format, of the type of newspaper articles."""
        fields = [
            ("TY", "NEWS"), ("AU", self.author), ("TI", self.title), ("TT", self.translated),
            ("T2", name_of(*self.newspaper, self.lang)), ("PY", self.date[:4]),
            ("DA", self.date.replace("-", "/")), ("SP", self.page), ("LA", self.lang), ("UR", self.iri),
            ("DP", self.holder), ("N1", f"release {self.release}"),
        ]  # fmt: skip
        lines = [f"{name}  - {_one_line(str(value))}" for name, value in fields if value]
        return "\r\n".join([*lines, "ER  - ", ""])

    def bibtex(self) -> str:
        """An entry for BibTeX and BibLaTeX."""
        fields = [
            ("author", self.author), ("title", self.title), ("titleaddon", self.translated),
            ("journal", name_of(*self.newspaper, self.lang)), ("date", self.date), ("year", self.date[:4]),
            ("pages", self.page), ("language", {"zh": "chinese", "en": "english"}[self.lang]),
        ]  # fmt: skip
        lines = [f"  {name} = {{{{{_latex(str(value))}}}}},\n" for name, value in fields if value]
        lines += [f"  url = {{{self.iri}}},\n", f"  note = {{{_latex(self._held())}}},\n"]
        return f"@article{{dateline-{_plain(self.id)},\n{''.join(lines)}}}\n"


def _plain(id: str) -> str:
    return re.sub(r"[^0-9A-Za-z]+", "-", id)


_SPECIAL = re.compile(r"[&%$#_{}]")


def _latex(text: str) -> str:
    r"""Text as LaTeX has it.

    >>> _latex("10 % of R&D")
    '10 \\% of R\\&D'
    """
    named = text.replace("\\", "\0").replace("~", "\1").replace("^", "\2")
    escaped = _SPECIAL.sub(lambda m: "\\" + m[0], _one_line(named))
    for mark, name in (("\0", "backslash"), ("\1", "asciitilde"), ("\2", "asciicircum")):
        escaped = escaped.replace(mark, f"\\text{name}{{}}")
    return escaped


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def citation(site: Site, summary: ArticleSummary, author: str | None) -> Citation:
    """How an article of what is served is cited."""
    paper = site.archive.entity(site.settings.newspaper)
    chinese, english = summary.title_zh, summary.title_en
    return Citation(
        id=summary.id,
        title=chinese or english or summary.id,
        translated=english if chinese else None,
        author=author,
        newspaper=(paper.label_zh, paper.label_en) if paper else (None, None),
        date=summary.date,
        page=summary.page,
        lang="zh" if chinese else "en",
        iri=site.minter.article(summary.id),
        holder=site.settings.title,
        release=site.release,
    )


@face.get("/cite/article/<path:id>.<any(ris, bib):form>")
def cite(id: str, form: str) -> BaseResponse:
    """An article as a file for reference managers."""
    site = current_site()
    stored = site.archive.article(id)
    if stored is None:
        require(site, Node.ARTICLE, id)
        raise HttpError(404, f"release {site.release} has no article {id!r}", remedy="search at /search")
    found = citation(site, stored.summary, stored.author)
    text = found.ris() if form == "ris" else found.bibtex()
    response = Response(text, content_type=f"{_KINDS[form]}; charset=utf-8")
    name = f"{_plain(id)}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(f"{site.release}-{form}")
    return revalidated(response)
