"""How a report uses a source: cues before and after the name, in both languages.

The words are the ``cue-…`` triggers of ``rules/sources.toml``.  They are looked for in the clause around
the name only, within a bounded distance.
"""

from __future__ import annotations

import functools
import re

from kg.mentions.rules import Trigger, any_of, load_triggers
from kg.mentions.view import View
from kg.model import Lang

_BEFORE, _AFTER = 40, 70

# Verbs of one character, kept from the nouns that begin with them.
_SHORT_ZH = (
    r"(?<![贺唁函来致通])电(?![视台影力话报子池器厂站灯网动机])|讯(?!问)|说|谓|直播(?![车间室])|称(?!号|为|呼|赞)|载(?!重|货|运)|"
    r"引(?!起|导|进|人|用水)|传(?!统|真|达|单|播|染)|广播(?!电台|公司|局|员)"
)
# What may stand between a name and its verb: no mark that ends a clause; titles and quotations whole.
_ZH_FILLER = (
    r"(?:[^,。;!?、\n\"》《(]|\([^()\n]{1,24}\)|\"[^\"\n]{1,24}\"|《[^《》\n]{1,40}》"
    r"|(?<=[一二三四五六七八九十0-9])、)"
)
# What is done to a medium is not its report: 遭到驳斥, 受到警告.
_DONE_TO_IT = r"(?<![遭被])(?<!遭到)(?<!受到)(?<!遭受)"
_INTERVIEWED = re.compile(r"(?:对|向|答|回答|会见|接见|告诉|邀请)(?:[㐀-鿿]{0,6})[《\"]?\Z")
# What is told to a foreign medium is known from it; what is told to the paper itself is its own report.
_TOLD = re.compile(r"对(?:[㐀-鿿]{0,6})[《\"]?\Z")
_TELLING = re.compile(
    r"[》\"]?(?:周刊|杂志|周报|社)?(?:编辑|(?:驻[㐀-鿿]{1,8})?(?:特派)?(?:记者|代表))?(?:[㐀-鿿·]{0,8}?)"
    r"(?:发表(?!在)|说|表示|指出|强调|谈到|的(?:[㐀-鿿]{0,4})?(?:谈话|声明|讲话))"
)
# What the people of a house write is its report: 主编王某撰文说.
_WROTE = {
    Lang.ZH: re.compile(r"[㐀-鿿·]{0,12}?(?P<cue>撰文|著文|写道|在文章中|写的文章|署名文章)"),
    Lang.EN: re.compile(r"[^.;:\n]{0,40}?\b(?P<cue>wrote|writes|reported|reports)\b"),
}
_OWN = re.compile(r"本报|本社|本刊|新华社|人民日报")
_PRINTING = frozenset(("刊登", "登载", "刊载", "转载", "发表", "载"))
_ANOTHER = re.compile(r"(?:了)?[^,。;\n]{0,6}《[^《》\n]{1,10}(?:报|新闻|杂志)》")  # 全文刊登《甲报》的社论
_ASKED = re.compile(r"(?:接受|答)(?:[㐀-鿿]{0,8})[《\"]?\Z")
_LISTED_ZH = re.compile(
    r"[》\"]?(?:周刊|杂志|等报?)?(?:\([^()\n]{1,20}\))?(?:[、和及与]|以及|,)"
    r"[㐀-鿿·]{0,8}(?:\([㐀-鿿]{1,4}\))?[《\"]?\Z"
)
_LISTED_EN = re.compile(r"[\"”'’,*_]{0,3}(?:,| and| or|, and) (?:the )?[\"“*_]?\Z")


@functools.cache
def _trigger(type_: str) -> tuple[Trigger, ...]:
    return tuple(t for t in load_triggers("sources") if t.type == type_)


def _alternatives(type_: str, lang: Lang) -> str:
    return any_of(sorted({w for t in _trigger(type_) for w in t.words(lang)}))


@functools.cache
def _after(lang: Lang) -> re.Pattern[str]:
    words = _alternatives("after", lang)
    if lang is Lang.ZH:
        return re.compile(
            rf"[》\"」』]?(?:周刊|杂志|月刊|画报|电台|广播电台|报)?{_ZH_FILLER}{{0,18}}?"
            rf"(?P<cue>{_DONE_TO_IT}(?:{words})|{_SHORT_ZH}|以[《\"])"
        )
    return re.compile(rf"[\"”'’,*_]{{0,3}}(?:s\b)?(?:[^.;:\n]{{0,45}}?)\b(?P<cue>{words})\b")


@functools.cache
def _before(lang: Lang) -> re.Pattern[str]:
    words = _alternatives("before", lang)
    if lang is Lang.ZH:
        barred = "".join(f"(?<!{w})" for t in _trigger("before") for w in t.not_after)
        return re.compile(rf"{barred}(?P<cue>{words})[^,。;:!?\n]{{0,16}}\Z")
    return re.compile(rf"\b(?P<cue>{words})\b[^.;:\n]{{0,30}}\Z", re.IGNORECASE)


@functools.cache
def _before_long(lang: Lang) -> re.Pattern[str]:
    words = _alternatives("before-long", lang)
    return re.compile(rf"(?P<cue>{words})[^.,。;:!?\n]{{0,34}}\Z", re.IGNORECASE)


@functools.cache
def _staff(lang: Lang) -> re.Pattern[str]:
    words = _alternatives("staff", lang)
    if lang is Lang.ZH:
        return re.compile(rf"[》\"」』]?(?:杂志|周刊|社)?(?P<cue>{words})")
    return re.compile(rf"[\"”'’,*_]{{0,3}}(?:s\b)? ?(?P<cue>{words})\b")


def cue(view: View, start: int, end: int) -> str | None:
    """The cue word by which the text relays the source named at ``start:end``, or None."""
    text = view.folded if view.lang is Lang.ZH else view.text
    head = text[max(0, start - _BEFORE) : start]
    tail = text[end : end + _AFTER]
    if view.lang is Lang.ZH and (_INTERVIEWED.search(head) or _ASKED.search(head)):
        if _OWN.match(text, start) is not None:
            return None
        if _INTERVIEWED.search(head):
            told = _TOLD.search(head) is not None and _TELLING.match(tail) is not None
            return "采访" if told or _ASKED.search(head) is not None else None
    if (m := _before(view.lang).search(head) or _before_long(view.lang).search(head)) is not None:
        return m["cue"]
    if (staff := _staff(view.lang).match(tail)) is not None:
        wrote = _WROTE[view.lang].match(tail, staff.end())
        return None if wrote is None else wrote["cue"]
    if tail.startswith(":") and text[end - 1] in "台播音社报":  # 莫斯科广播: …
        return ":"
    m = _after(view.lang).match(tail)
    if m is None or (m["cue"] in _PRINTING and _ANOTHER.match(tail, m.end())):
        return None
    return m["cue"]


def cited(view: View, start: int, end: int) -> bool:
    """Whether the text relays or quotes the source named at ``start:end``."""
    return cue(view, start, end) is not None


def listed_before(view: View, end: int, following: int) -> bool:
    """Whether a name that ends at `end` stands in one list with the name that begins at `following`."""
    between = view.folded[end:following] if view.lang is Lang.ZH else view.text[end:following]
    if len(between) > 40:
        return False
    return bool((_LISTED_ZH if view.lang is Lang.ZH else _LISTED_EN).match(between))
