"""The interface in Chinese and English: messages from ``messages.toml``, the reader's choice remembered."""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from importlib import resources

from flask import Request, request

from server.negotiation import best_lang

LANGS = ("zh", "en")
COOKIE = "dateline-lang"
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?", re.ASCII)


@functools.cache
def messages() -> dict[str, dict[str, str]]:
    """Message key to its text in each language."""
    text = resources.files("server.browse").joinpath("messages.toml").read_text(encoding="utf-8")
    return {key: dict(value) for key, value in tomllib.loads(text).items()}


def chosen_lang(asked: Request | None = None) -> str:
    """The reader's language: ``?lang=``, the cookie, the browser's, else English."""
    asked = asked or request
    for value in (asked.args.get("lang"), asked.cookies.get(COOKIE)):
        if value in LANGS:
            return value
    return best_lang(asked.headers.get("Accept-Language", ""))


def translate(key: str, lang: str, **values: object) -> str:
    """The message in `lang`, with its values filled in; the key itself where there is no message.

    >>> translate("articles", "zh")
    '篇文章'
    """
    found = messages().get(key, {})
    text = found.get(lang) or found.get("en") or key.replace("_", " ").replace("-", " ")
    return text.format(**values) if values else text


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_of(iso: str, lang: str) -> str:
    """A day, month or year as people write it; what is none of these as it is.

    >>> date_of("1953-12-11", "en"), date_of("1953-12", "zh"), date_of("1953", "en")
    ('11 Dec 1953', '1953年12月', '1953')
    """
    match = _DATE.fullmatch(iso)
    if match is None or int(match[2]) not in range(1, 13):
        return iso
    year, month, day = match[1], int(match[2]), match[3]
    if lang == "zh":
        return f"{year}年{month}月" + (f"{int(day)}日" if day else "")
    return (f"{int(day)} " if day else "") + f"{_MONTHS[month - 1]} {year}"


def moment_of(iso: str, lang: str) -> str:
    """A moment as people write it, in UTC; what is none as it is.

    >>> moment_of("2026-11-29T01:18:11+00:00", "en"), moment_of("2026-11-29T09:18:11+08:00", "zh")
    ('29 Nov 2026, 01:18 UTC', '2026年11月29日 01:18 UTC')
    """
    try:
        moment = dt.datetime.fromisoformat(iso).astimezone(dt.UTC)
    except ValueError:
        return iso
    return f"{date_of(moment.date().isoformat(), lang)}{' ' if lang == 'zh' else ', '}{moment:%H:%M} UTC"


def name_of(zh: str | None, en: str | None, lang: str, other: str = "") -> str:
    """A thing's name in the reader's language, falling back to the other one.

    >>> name_of("奠边府", None, "en")
    '奠边府'
    """
    first, second = (zh, en) if lang == "zh" else (en, zh)
    return first or second or other
