"""The interface in Chinese and English: messages from ``messages.toml``, the reader's choice remembered."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

from flask import Request, request

LANGS = ("zh", "en")
COOKIE = "dateline-lang"


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
    return asked.accept_languages.best_match(LANGS) or "en"


def translate(key: str, lang: str, **values: object) -> str:
    """The message in `lang`, with its values filled in; the key itself where there is no message.

    >>> translate("articles", "zh")
    '篇文章'
    """
    found = messages().get(key, {})
    text = found.get(lang) or found.get("en") or key.replace("_", " ").replace("-", " ")
    return text.format(**values) if values else text


def name_of(zh: str | None, en: str | None, lang: str, other: str = "") -> str:
    """A thing's name in the reader's language, falling back to the other one.

    >>> name_of("奠边府", None, "en")
    '奠边府'
    """
    first, second = (zh, en) if lang == "zh" else (en, zh)
    return first or second or other
