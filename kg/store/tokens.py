"""Words for the full-text index: Chinese as overlapping pairs of characters, everything else as words.

The index then finds any Chinese word of two characters or more, without a dictionary: 奠边府 is the
phrase 奠边 边府.  Texts and queries are folded first: traditional characters, full-width digits, case and
diacritics do not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import add

from kg.text import fold, well_formed

_RUN = re.compile("[\u3400-\u9fff]+|[^\\W_\u3400-\u9fff]+", re.UNICODE)
_CJK = re.compile("[\u3400-\u9fff]")
_MIXED = re.compile("([\u3400-\u9fff]+)")
_QUERY = re.compile(r'"([^"]*)"|(\S+)')
# What Chinese keyboards write for the signs of a search.
_SIGNS = str.maketrans(dict.fromkeys("“”„‟「」『』＂", '"') | {"－": "-", "＊": "*"})


def bigrams(text: str) -> str:
    """`text` as the index wants it: pairs of Chinese characters and other words, parted by spaces.

    >>> bigrams("向奠邊府撤退，12架")
    '向奠 奠边 边府 府撤 撤退 12 架'
    """
    out: list[str] = []
    for run in _RUN.findall(fold(text)):
        if len(run) > 1 and "\u3400" <= run[0] <= "\u9fff":
            out.extend(map(add, run, run[1:]))
        else:
            out.append(run)
    return " ".join(out)


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A reader's words, understood: ``match`` is for FTS5, ``words`` (folded) for highlighting.

    Where there are only words to exclude ``match`` is empty, and ``without`` is what matches those.
    """

    match: str
    words: tuple[str, ...]
    without: str = ""

    def __bool__(self) -> bool:
        return bool(self.match or self.without)


def parse_query(text: str) -> TextQuery:
    """All words must occur; ``"…"`` keeps words together; a leading ``-`` excludes; ``vi*`` is a prefix.

    Full-width signs and Chinese quotation marks mean the same.

    >>> query = parse_query('奠边府 "Dien Bien" -日本')
    >>> query.match, query.words
    ('(("奠边 边府") AND ("dien bien")) NOT ("日本")', ('奠边府', 'dien bien'))
    >>> parse_query("-日本 -法国").without
    '("日本") OR ("法国")'
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    words: list[str] = []
    for quoted, bare in _QUERY.findall(text.translate(_SIGNS)):
        word = quoted or bare
        out = not quoted and len(word) > 1 and word.startswith("-")
        phrase = _phrase(word[1:] if out else word, prefix=not quoted)
        if not phrase:
            continue
        (unwanted if out else wanted).append(f"({phrase})")
        if not out:
            words.append(fold(word.strip('-*"')).strip())
    if not wanted:
        return TextQuery("", (), " OR ".join(unwanted))
    match = wanted[0] if len(wanted) == 1 else f"({' AND '.join(wanted)})"
    return TextQuery(match + "".join(f" NOT {u}" for u in unwanted), tuple(w for w in words if w))


def apart(text: str) -> str | None:
    """The search with the words of Chinese runs apart, and of phrases; None where that is no other search.

    A run of characters is looked for as it stands: 朝鲜停战 is in no article that says 朝鲜实现停战.

    >>> apart("朝鲜停战 -1953"), apart("朝鲜 停战"), apart("中印边境"), apart("ceasefire")
    ('朝鲜 停战 -1953', None, '中印 边境', None)
    """
    import rjieba  # with its dictionary: only a search that found nothing needs it

    found: list[str] = []
    for word in text.translate(_SIGNS).replace('"', " ").split():
        if word.startswith("-") or not _CJK.search(word):
            found.append(word)
            continue
        alone = ""  # characters that are no word by themselves, as 中 and 印
        end = 0
        for simplified in rjieba.cut(well_formed(fold(word))):
            end += len(simplified)
            piece = word[end - len(simplified) : end]  # folding keeps the length
            if not _RUN.search(simplified):
                continue
            if len(piece) == 1:
                alone += piece
                continue
            found += [alone, piece] if alone else [piece]
            alone = ""
        found += [alone] if alone else []
    parted = " ".join(found)
    return parted if found and parse_query(parted) != parse_query(text) else None


def _phrase(word: str, *, prefix: bool) -> str:
    """One word or quoted phrase in FTS5's syntax; one Chinese character is the beginning of a pair."""
    parts: list[str] = []
    for run in _MIXED.split(fold(word)):
        if not run:
            continue
        tokens = bigrams(run) if _CJK.match(run) else " ".join(_RUN.findall(run))
        if not tokens:
            continue
        starts = len(tokens) == 1 and _CJK.match(tokens) is not None
        starred = prefix and word.endswith("*") and word.rstrip("*").endswith(run.rstrip("*"))
        parts.append(f'"{tokens}"{" *" if starts or starred else ""}')
    return " AND ".join(parts)


def highlights(text: str, words: tuple[str, ...], *, limit: int = 200) -> list[tuple[int, int]]:
    """Where `words` (folded, as in `TextQuery`) stand in `text`: disjoint spans in order.

    >>> highlights("Điện Biên Phủ, dien bien phu", ("dien bien",))
    [(0, 9), (15, 24)]
    """
    folded = fold(text)
    found: list[tuple[int, int]] = []
    for word in words:
        at = folded.find(word)
        while at >= 0 and len(found) < limit:
            found.append((at, at + len(word)))
            at = folded.find(word, at + len(word))
    out: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
