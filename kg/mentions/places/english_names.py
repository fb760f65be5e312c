"""English names that no dictionary has: capitalised words, weighed by the words around them.

``the Nam Sa River`` and ``Muang Sa Province`` are places by their head word.  A bare capitalised name
(``stationed at Sezhuang``) is only a candidate; the Chinese original decides
(:mod:`kg.mentions.places.finding`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from kg.mentions.names import NameMatch
from kg.mentions.places.geography import FILE, geography
from kg.mentions.rules import Trigger, any_of, load_section
from kg.mentions.view import View
from kg.model import STATES

_CAPITAL = f"[A-ZÀ-ÖØ-Þ{''.join(c for c in map(chr, range(0x100, 0x250)) if c.isupper())}\u1e00-\u1eff]"
_WORD = rf"{_CAPITAL}[\w’'-]*"
_PARTICLE = "(?:de(?: la| los| las)?|del|el|da|do|dos|di|du)"  # Jalapa de los Santos
_ARTICLE = "(?:al|el|as|ash|ad|ar|an|at|es|ed|er)"  # Bourj al-Barajneh
# What goes before a name is looked at after its first character, so that the matcher skips to capitals.
_RUN = re.compile(rf"{_CAPITAL}(?<![\w’'-].)[\w’'-]*(?: (?:{_PARTICLE} |{_ARTICLE}-)?{_WORD}){{0,5}}")
_LANDS, _LOOSE = STATES | {"province", "region"}, frozenset(("of", "to", "left", "between"))
_IN, _THE = (" in ", ", "), "the "
_QUOTES = frozenset("\"“'‘")
JOINED_RULE = "place-en-joined"
_BASE, _HEADED, _PLACE, _SURELY, _PERSON, _LONG = -2.0, 3.5, 1.5, 0.5, -2.5, -1.5


class EnglishName(NamedTuple):
    """A capitalised name at ``start:end``; with its head word it ends at ``full`` (``end`` if none).

    ``score`` is the log-odds of being a place, from the English alone.
    """

    start: int
    end: int
    full: int
    text: str
    head: Trigger | None
    score: float


@dataclass(frozen=True, slots=True)
class _Words:
    small: re.Pattern[str]
    preposed: re.Pattern[str]
    subdistrict: re.Pattern[str]
    never_first: frozenset[str]
    place_of: frozenset[str]
    place_before: frozenset[str]
    place_surely: re.Pattern[str]
    openings: frozenset[str]
    person_before: frozenset[str]
    person_after: frozenset[str]
    small_heads: dict[str, Trigger]
    occupation: re.Pattern[str]
    ship: re.Pattern[str]
    make: re.Pattern[str]
    organisation: re.Pattern[str]


@functools.cache
def _words() -> _Words:
    words = load_section(FILE, "english")
    heads = geography().english_heads
    small = sorted(words["small"], key=len, reverse=True)
    by_small = {h.lower(): t for h, t in heads.items()}
    fallback = heads["Region"]
    return _Words(
        re.compile(
            rf" (?P<head>{'|'.join(small)})\b(?! (?:station|bridge|bureau|workers?|depot|junction)\b)"
        ),
        re.compile(rf"{any_of(words['preposed'])} {_WORD}(?: {_WORD})?"),
        re.compile(rf"{any_of(words['ordinals'])} (?:Military )?Sub-?district"),
        frozenset(words["never_first"]),
        frozenset(words["place_of"]),
        frozenset(words["place_before"]),
        re.compile(rf"\b(?:{'|'.join(words['place_surely'])}) (?:the )?$", re.IGNORECASE),
        frozenset(words["openings"]),
        frozenset(words["person_before"]),
        frozenset(words["person_after"]),
        {h: by_small.get(h, fallback) for h in small},
        re.compile(
            r",? (?:aged \d+, )?(?:an? |the |deputy |vice |former |lieutenant )*(?:"
            + "|".join(words["occupations"])
            + r")\b"
        ),
        re.compile(rf"\b(?:{'|'.join(words['ships'])}|U\.?S\.?S\.?|H\.?M\.?S\.?) [\"“‘']?$"),
        re.compile(rf"[\"”’']?[ -](?:jet )?(?:{'|'.join(words['makes'])})\b"),
        re.compile(rf" (?:{_WORD} ){{0,3}}(?:{'|'.join(words['organisations'])})\b"),
    )


def head_after(text: str, end: int) -> tuple[int, Trigger] | None:
    """Where a head word that follows a name ending at `end` ends ("Lai Châu| province"), or None."""
    words, geo = _words(), geography()
    if (m := words.small.match(text, end)) is not None:
        return m.end(), words.small_heads[m["head"]]
    m = _FACILITY.match(text, end) or _HEAD.match(text, end)
    if m is not None and (trigger := geo.english_heads.get(m[1])) is not None:
        return m.end(), trigger
    return None


_LESSER = 0.3
_ROADS = ("Highway", "Route", "National Road", "Hill")
_ROAD = re.compile(
    any_of(sort + road for road in _ROADS for sort in ("", "National ", "Provincial ", "Coastal "))
    + r" (?:No\. ?)?[0-9]{1,3}(?:\.[0-9]\b|[A-Z]?\b)"
)
# A railway or a road between two places.  A line in small letters may be that of a front.
_LINES = ("Railway", "Railroad", "Highway", "Line", "Canal", "railway", "railroad", "highway")
_JOINED = re.compile(
    rf"(?<![\w-])(?!The )(?P<one>{_CAPITAL}(?<!\w.)[^\W\d_’']+(?: {_CAPITAL}[^\W\d_]+)?)"
    rf"-(?P<other>{_CAPITAL}[^\W\d_]+)(?: {_CAPITAL}[^\W\d_]+)?"
    rf" (?:{'|'.join(_LINES)})(?: line)?\b(?!-)"
)
# The last syllable of a Korean village's or sub-county's name: ri, myon, eup.
_KOREAN_ENDS = ("-ri", "-ni", "-my", "-eup")
_KOREAN = re.compile(r"[A-Z](?<!\w.)[a-z]{2,}(?:-[a-z]+)?-(?:ri|ni|myo?n|myeon|eup)\b")
_JOINT = re.compile("(?:, | and | or |, and |, or | as well as )(?:the )?")
_MANY_PLACES = 2
_GOES_ON = re.compile(rf"(?: (?:{_PARTICLE} |{_ARTICLE}-)|-(?:e|i|ye)[- ]){_WORD}")
_NEXT, _LAST = re.compile(rf" ({_WORD})"), re.compile(rf"({_WORD}) $")
_HEAD = re.compile(r" ([A-Z][a-z]+(?: (?:Region|Area|District))?)\b")
# What a facility may have between the name of where it is and its head word: Yellow River + Iron Bridge.
_FACILITY = re.compile(
    r" (?:Iron|Railway|Highway|Great|International|Military|Naval|Civil)"
    r" (Bridge|Airport|Airfield|Dam|Port|Harbou?r)\b"
)


def english_names(seen: View) -> list[EnglishName]:
    """The unknown capitalised names of an English body, in text order."""
    text, taken = seen.text, _covered(seen)
    out = []
    for m in _RUN.finditer(text):
        start, end = _trimmed(text, m.start(), m.end(), taken)
        if end - start > 2:
            name = _name(text, start, end)
            if name.head is None or not _common(text, name, name.head):
                out.append(name)
    return _enumerated(seen, _located(seen, out)) if out else out


def _common(text: str, name: EnglishName, head: Trigger) -> bool:
    """Whether before a head word stands a people (the Sudanese town, the Sino-Indian Customary Line) or a
    headline's common words (Cultivated Land Area).
    """
    demonyms = load_section("units", "words")["demonym"]
    if name.text in demonyms:
        return text[name.end : name.full].islower()
    if head.type == "railway" and not demonyms.keys().isdisjoint(re.split("[ -]", name.text)):
        return True
    return text[name.start : name.full].lower() in text


def _located(seen: View, names: list[EnglishName]) -> list[EnglishName]:
    """Names that a preposition leads to and that lie in a land told after them are likelier.

    From Ruacana in Namibia, at Hamar, Norway; but the visit of Brandt in Poland is a person's.
    """
    lands = {m.start for m in seen.names if (land := m.of_kind("place")) and land.subkind in _LANDS}
    out = []
    for n in names:
        joint = next((j for j in _IN if seen.text.startswith(j, n.full)), "")
        at = n.full + len(joint)
        if joint and (at in lands or (joint is _IN[0] and at + len(_THE) in lands)):
            words = seen.text[max(0, n.start - 20) : n.start].lower().split()
            if words and words[-1] in _words().place_before and words[-1] not in _LOOSE:
                n = n._replace(score=n.score + _PLACE)
        out.append(n)
    return out


_Row = tuple[int, int, EnglishName | None, bool]


def _enumerated(seen: View, names: list[EnglishName]) -> list[EnglishName]:
    """Names in an enumeration of places are likelier; what leads to its first name leads to all of them.

    near Wakora, Pelusi and Santo: if Pelusi is known for a place, so are the others likely ones.
    """
    text = seen.text
    rows: list[_Row] = [(n.start, n.full, n, False) for n in names]
    rows += [(m.start, m.end, None, m.name.kind == "place") for m in seen.names if m.inside is None]
    rows.sort(key=lambda row: row[:2])
    better: dict[int, float] = {}
    chain: list[_Row] = []
    for row in rows:
        if chain and _JOINT.fullmatch(text, chain[-1][1], row[0]) is None:
            if len(chain) > 1:
                better.update(_shared(text, chain))
            chain = []
        chain.append(row)
    better.update(_shared(text, chain))
    return [n._replace(score=n.score + better[n.start]) if n.start in better else n for n in names]


def _shared(text: str, chain: list[_Row]) -> Iterator[tuple[int, float]]:
    """What each unknown name of an enumeration gains from the others.

    Two known places make it one; one, or a word that only a place follows, leaves it to the Chinese.
    """
    if len(chain) < 2 or any(name is None and not place for _, _, name, place in chain):
        return  # alone, or with a person or an organisation
    sure = (place or (name is not None and name.score >= _PLACE) for _, _, name, place in chain)
    places = min(sum(sure), _MANY_PLACES)
    led = _led(text, chain[0][0])
    led = led if places or led > _PLACE else 0.0
    demonyms = load_section("units", "words")["demonym"]
    for number, (start, _, name, _) in enumerate(chain):
        if name is None or name.text in demonyms or not (gain := places + (led if number else 0.0)):
            continue
        yield start, gain if places == _MANY_PLACES or name.score > 0 else min(gain, -name.score)


def _covered(seen: View) -> bytearray:
    """Which characters stand in a known name."""
    taken = bytearray(len(seen.text) + 1)
    for m in seen.names:
        if not part_of_name(seen.text, m):
            taken[m.start : m.end] = b"\1" * (m.end - m.start)
    return taken


def part_of_name(text: str, m: NameMatch) -> bool:
    """Whether a lesser place's name is part of a longer one that is not known: Song of Song Zhesheng."""
    if m.name.kind != "place":
        return False
    if _GOES_ON.match(text, m.end) is not None:
        return True
    if m.text in _words().openings and (goes_on := _NEXT.match(text, m.end)) is not None:
        return goes_on[1] not in geography().english_heads
    before = _LAST.search(text, max(0, m.start - 30), m.start)
    if before is not None and before[1] in _words().openings:
        return True  # São Salvador
    if m.name.prior >= _LESSER:
        return False
    if before is not None and before[1] not in _words().never_first:
        return " " not in m.text or m.text.rpartition(" ")[2] in geography().english_heads
    after = _NEXT.match(text, m.end)
    return " " not in m.text and after is not None and after[1] not in geography().english_heads


def vehicle(text: str, start: int, end: int) -> bool:
    """Whether the words beside a name make a ship, an aircraft or a weapon of it: the cruiser Canberra."""
    words = _words()
    if words.ship.search(text, max(0, start - 18), start) is not None:
        return True
    return words.make.match(text, end) is not None


def of_organisation(text: str, end: int) -> bool:
    """Whether a place's name that ends at `end` begins an institution's: China + Aviation Corporation."""
    return text[end : end + 1] == " " and _words().organisation.match(text, end) is not None


def placed(text: str, start: int) -> bool:
    """Whether the word before `start` leads one to expect a place."""
    words = text[max(0, start - 20) : start].lower().split()
    while words and words[-1] in ("the", "upper", "lower", "northern", "southern", "eastern", "western"):
        words.pop()
    return bool(words) and words[-1] in _words().place_before


def _trimmed(text: str, start: int, end: int, taken: bytearray) -> tuple[int, int]:
    """Cut known names off both ends, and words that begin no name off the front."""
    never = _words().never_first
    while start < end:
        stop = text.find(" ", start, end)
        stop = end if stop < 0 else stop
        if not (taken[start] or text[start:stop].rstrip("’'") in never):
            break
        if taken[start] and (cut := text.find("-", start, stop)) > 0 and not taken[cut + 1]:
            stop = cut  # Koupangtzu of Chinchow-Koupangtzu
        start = min(end, stop + 1)
    known = taken.find(1, start, end)
    raw = text[start : end if known < 0 else known].rstrip(" ’'-")
    if raw.endswith(("’s", "'s")):
        raw = raw[:-2]
    return start, start + len(raw)


def _name(text: str, start: int, end: int) -> EnglishName:
    geo = geography()
    surface = text[start:end]
    head, name_end, full = None, end, end
    parts = surface.split(" ")
    for count in (2, 1):
        trigger = geo.english_heads.get(" ".join(parts[-count:])) if len(parts) > count else None
        if trigger is not None:
            head, name_end = trigger, start + len(" ".join(parts[:-count]))
            break
    if head is None and (found := head_after(text, end)) is not None:
        full, head = found
    score = _weigh(text, start, full, head)
    return EnglishName(start, name_end, full, text[start:name_end], head, score)


def _weigh(text: str, start: int, end: int, head: Trigger | None) -> float:
    words = _words()
    before = text[max(0, start - 30) : start].split()
    after = text[end : end + 30].split()
    last = before[-1] if before else ""
    if last == "the" and len(before) > 1:
        last = before[-2]
    score = _BASE + (_HEADED if head is not None else 0.0) + _led(text, start)
    score += _HEADED if last == "of" and len(before) > 1 and before[-2].lower() in words.place_of else 0.0
    score += _PERSON if last in words.person_before else 0.0
    score += _PERSON if after and after[0].strip(",.") in words.person_after else 0.0
    score += _PERSON if text[start - 1 : start] in _QUOTES and start else 0.0  # a ship or a slogan
    score += _PERSON if text.startswith(",", end) and words.occupation.match(text, end) is not None else 0.0
    score += _LONG if text.count(" ", start, end) > 3 else 0.0
    return score


def _led(text: str, start: int) -> float:
    """What the words that lead to a name say of its being a place."""
    words = _words()
    before = text[max(0, start - 30) : start].split()
    last = before[-2] if len(before) > 1 and before[-1] == "the" else before[-1] if before else ""
    if words.place_surely.search(text, max(0, start - 24), start) is not None:
        return _PLACE + _SURELY
    return _PLACE if last.lower() in words.place_before else 0.0


def english_shapes(seen: View) -> list[tuple[int, int, str]]:
    """Places whose head word stands first (Mount X), and numbered sub-districts: spans and rule."""
    words = _words()
    out = [(m.start(), m.end(), "place-en-preposed") for m in _at_words(words.preposed, seen.text)]
    out += [(m.start(), m.end(), "place-en-sub-district") for m in _at_words(words.subdistrict, seen.text)]
    out += [(m.start(), m.end(), "place-en-numbered-road") for m in _at_words(_ROAD, seen.text)]
    if any(end in seen.text for end in _KOREAN_ENDS):
        out += [(m.start(), m.end(), "place-en-korean") for m in _KOREAN.finditer(seen.text)]
    if any(line in seen.text for line in _LINES):
        out += [(m.start(), m.end(), JOINED_RULE) for m in _JOINED.finditer(seen.text) if _joins_towns(m)]
    return out


def _joins_towns(line: re.Match[str]) -> bool:
    """Whether a line joins two towns, not two peoples: the Sino-Indian Customary Line."""
    demonyms = load_section("units", "words")["demonym"]
    return line["other"] not in demonyms and line["one"] not in demonyms


def _at_words(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    r"""The matches that begin where a word does (a pattern that says so by ``\b`` is tried everywhere)."""
    for m in pattern.finditer(text):
        before = text[m.start() - 1 : m.start()]
        if not (before.isalnum() or before == "_"):
            yield m
