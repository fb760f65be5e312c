"""What of other people's names is fit to be looked for in a newspaper.

Aliases gathered by volunteers hold country codes, flags, nicknames and names in the wrong language.  Each
rule is a small function that says why a text is unfit; the importer counts the reasons.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from kg.authority.aliases import is_chinese
from kg.authority.kinds import LANGUAGES
from kg.mentions.rules import load_section
from kg.text import fold, simplify

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"(?:\d{{1,2}} )?(?:{_MONTHS})(?: \d{{1,2}}(?:st|nd|rd|th)?)?(?:,? \d{{4}})?", re.IGNORECASE
)
_QUALIFIER = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_POETIC = re.compile("之(?:国|地|城|都|乡|岛|邦|王|父|州)$")
_WEB = re.compile(r"\w\.(?:com|org|net|cn|gov)\b")
_ADJECTIVAL = ("an", "ese", "ish", "ch", "ic")
_LONGEST = 80


def tidy(text: str, lang: str) -> str:
    """NFC, spaces single, a closing qualifier in brackets dropped; Chinese simplified.

    >>> tidy("清水縣 (明尼蘇達州)", "zh"), tidy("Macedonia  (Greece)", "en")
    ('清水县', 'Macedonia')
    """
    text = " ".join(unicodedata.normalize("NFC", text).replace("\u0301", "").split())
    bare = _QUALIFIER.sub("", text)
    text = bare if len(bare) > 1 else text
    return simplify(text) if lang.startswith("zh") else text


class _Given(NamedTuple):
    text: str
    lang: str
    kind: str


def _symbols(name: _Given) -> bool:
    return not any(c.isalpha() for c in name.text) or any(
        unicodedata.category(c) in {"So", "Cn", "Co"} for c in name.text
    )


def _wrong_script(name: _Given) -> bool:
    base = name.lang.split("-")[0]
    if base == "zh":
        return not is_chinese(name.text)
    if base == "ru":
        return not _CYRILLIC.search(name.text)
    return not fold(name.text).isascii() and (is_chinese(name.text) or bool(_CYRILLIC.search(name.text)))


def _code(name: _Given) -> bool:
    """CHN, DPRK@fr, EGKA: codes of states and airports, not what a paper calls a place or a person."""
    short = name.text.isascii() and len(name.text) <= 4 and (name.text.isupper() or name.text.islower())
    return name.kind in {"place", "person", "event"} and short


def _lower_case(name: _Given) -> bool:
    return (
        name.kind in {"place", "person", "source"}
        and name.lang in {"en", "fr", "vi"}
        and name.text[:1].islower()
        and " " not in name.text
    )


def _adjective(name: _Given) -> bool:
    """South Korean: what is of the country, not the country."""
    last = name.text.rpartition(" ")[2]
    return name.kind == "place" and last.endswith(_ADJECTIVAL) and last in _demonyms()


@functools.cache
def _demonyms() -> frozenset[str]:
    return frozenset(load_section("units", "words")["demonym"])


def _one_character(name: _Given) -> bool:
    return name.kind != "measure" and len(name.text) < 2


def _date(name: _Given) -> bool:
    return bool(_DATE.fullmatch(name.text))


def _poetic(name: _Given) -> bool:
    """阳光之地, 北村之国."""
    return name.lang.startswith("zh") and bool(_POETIC.search(name.text))


def _overlong(name: _Given) -> bool:
    return len(name.text) > _LONGEST


def _web_address(name: _Given) -> bool:
    return bool(_WEB.search(name.text)) or "//" in name.text


_RULES: dict[str, Callable[[_Given], bool]] = {
    "symbols": _symbols,
    "overlong": _overlong,
    "wrong script": _wrong_script,
    "code": _code,
    "lower case": _lower_case,
    "adjective": _adjective,
    "one character": _one_character,
    "date": _date,
    "poetic": _poetic,
    "web address": _web_address,
}


def unfit(text: str, lang: str, kind: str) -> str | None:
    """Why a name is unfit, or None.

    >>> unfit("CAN", "en", "place"), unfit("CAN", "zh", "place"), unfit("BBC", "en", "source")
    ('code', 'wrong script', None)
    """
    name = _Given(text, lang, kind)
    return next((reason for reason, rule in _RULES.items() if rule(name)), None)


def clean_names(
    labels: Iterable[tuple[str, str]], aliases: Iterable[tuple[str, str]], kind: str, dropped: Counter[str]
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Labels (one a language, the first that is fit) and aliases, cleaned; reasons are counted in `dropped`.

    Languages that the authority does not keep are left out silently.  A derived alias keeps its private tag
    (``zh-x-short``), by which it weighs less.
    """
    chosen: dict[str, str] = {}
    rest: dict[tuple[str, str], tuple[str, str]] = {}
    for given, is_label in [*((p, True) for p in labels), *((p, False) for p in aliases)]:
        lang, text = given[0], tidy(given[1], given[0])
        base = lang.split("-")[0]
        if base not in LANGUAGES or not text:
            continue
        if reason := unfit(text, lang, "" if is_label and base == "en" else kind):
            dropped[reason] += 1
        elif is_label and base not in chosen:
            chosen[base] = text
        else:
            rest.setdefault((base, text), (lang, text))
    kept = tuple(pair for (base, text), pair in rest.items() if chosen.get(base) != text)
    return tuple((lang, chosen[lang]) for lang in LANGUAGES if lang in chosen), kept
