"""Content negotiation over Werkzeug's reading of Accept headers."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header

from kg.rdf.formats import Format

# The tags of Chinese: who reads Cantonese or Hakka reads this sooner than English.
_PRIMARY = {"en": "en"} | dict.fromkeys(("zh", "cmn", "yue", "wuu", "hak", "nan", "gan", "hsn"), "zh")


@functools.lru_cache(maxsize=1024)
def best(accept: str, offered: Sequence[str]) -> str | None:
    """The offered media type that `accept` likes best, None where it likes none.

    Of those that it likes the same, what it names goes before what a wildcard stands for, then the first.

    A type asked for with parameters (``application/ld+json;profile=…``) matches without them too, which
    Werkzeug alone does not do.

    >>> best("text/turtle;q=0.5, application/n-triples", ("text/turtle", "application/n-triples"))
    'application/n-triples'
    >>> best("text/*, application/n-triples;q=0", ("application/n-triples", "text/turtle"))
    'text/turtle'
    >>> best("application/json, text/plain, */*", ("text/html", "application/json"))
    'application/json'
    >>> best("image/png", ("text/turtle",)) is None
    True
    >>> best("", ("text/turtle",)), best("*", ("text/turtle",)), best("image/png;q=high", ("text/turtle",))
    ('text/turtle', 'text/turtle', 'text/turtle')
    """
    wanted = parse_accept_header(_readable(accept), MIMEAccept)
    if not wanted:
        return offered[0]
    ranked = [(*_liked(wanted, kind), -n, kind) for n, kind in enumerate(offered)]
    quality, _, _, kind = max(ranked)
    return kind if quality > 0 else None


@functools.lru_cache(maxsize=1024)
def best_format(accept: str, offered: Sequence[Format]) -> Format | None:
    """The offered format that `accept` likes best, as `best` has it.  Synonyms of media types count where
    they are named, but wildcards do not stand for them.

    >>> best_format("text/*", (Format.XML, Format.CSV)), best_format("text/xml", (Format.XML, Format.CSV))
    (<Format.CSV>, <Format.XML>)
    """
    wanted = parse_accept_header(_readable(accept), MIMEAccept)
    if not wanted:
        return offered[0]
    named = {asked.partition(";")[0].strip().lower() for asked, _ in wanted}
    ranked = []
    for n, format in enumerate(offered):
        kinds = [kind for kind in (format.media_type, *format.synonyms) if kind in named]
        quality = max(_liked(wanted, kind)[0] for kind in kinds or (format.media_type,))
        ranked.append((quality, -n, format.name))
    quality, _, name = max(ranked)
    return Format[name] if quality > 0 else None


@functools.lru_cache(maxsize=1024)
def best_lang(accept: str) -> str:
    """The language of the interface that ``Accept-Language`` likes best, whatever region or script it names
    (a lookup by prefixes, RFC 4647, section 3.4); of those that it likes the same, the first.

    >>> best_lang("zh-CN,en"), best_lang("en-US,zh;q=0.9"), best_lang("fr, yue-HK;q=0.5"), best_lang("fr")
    ('zh', 'en', 'zh', 'en')
    """
    wanted = parse_accept_header(accept, LanguageAccept)
    known = [(_PRIMARY.get(tag.lower().partition("-")[0]), quality) for tag, quality in wanted]
    found = max(((lang, q) for lang, q in known if lang and q > 0), key=lambda k: k[1], default=None)
    return found[0] if found else "en"


def _readable(accept: str) -> str:
    """What clients mean that send ``Accept: *``; what cannot be read at all says nothing."""
    return "*/*" if accept.strip() == "*" else accept


def _liked(wanted: MIMEAccept, kind: str) -> tuple[float, int]:
    """The quality of `kind`, by the most specific range that matches it (RFC 9110, section 12.5.1), and how
    specific that is: 3 the type itself, 1 any type, 0 none.
    """
    main = kind.partition("/")[0]
    best_rank, quality = 0, 0.0
    for asked, q in wanted:
        plain = asked.partition(";")[0].strip().lower()
        rank = {kind: 3, f"{main}/*": 2, "*/*": 1}.get(plain, 0)
        if rank > best_rank or (rank == best_rank and rank and q > quality):
            best_rank, quality = rank, q
    return quality, best_rank
