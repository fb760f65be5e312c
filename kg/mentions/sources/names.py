"""Where sources are named: known names that really are names, and new ones by their shape.

A medium's name is often an ordinary word (时代, 红旗, Time), so a dictionary match alone proves little:
``rules/sources.toml`` lists the words that need brackets, a country or a word of their kind beside them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.mentions.names import NameMatch
from kg.mentions.places.english_names import vehicle
from kg.mentions.places.geography import geography
from kg.mentions.places.shapes import runs_on
from kg.mentions.rules import Hit, Rule, Scanner, Search, any_of, load_patterns, load_rules, load_section
from kg.mentions.sources.cues import cue, listed_before
from kg.mentions.view import View
from kg.model import Find, Lang
from kg.text import fold, is_cjk

DICTIONARY_RULE = "source-dictionary"
NESTED_RULE, TOLD_RULE = "source-nested", "source-en-told"
# Characters from where a name by shape begins to the end of the word of [near] that is in it.
_LONGEST = {Lang.ZH: 24, Lang.EN: 140}

_NO_PAPER_ZH = re.compile(r"[》\"](?:影片|一书|展|摄影|图片|画)")
_MEDIUM_ZH = re.compile(
    "(?:报|社|新闻|电台|电视台|卫视|广播|公司|之声|之音|通讯|协会|周刊|周报|月刊|杂志|画报|评论|新闻处|新闻网|台|季刊|文摘|画刊)$"
)
_SMALL_WORDS = frozenset(
    "of the for and a de la le du des el y di do to in en magazine weekly radio agency news".split()  # noqa: SIM905
)
# A paper's house (每日新闻社), not its chief (日报社长) nor its leader (日报社论).
_HOUSE = re.compile("[报闻]社(?![论评会团员区长])")
_OPEN, _CLOSE = '《"「『“*_', '》"」』”*_'
_KIND_ZH = re.compile(r"[》\"」』]?(?:周刊|杂志|月刊|半月刊|双周刊|季刊|画报|画刊|周报|报(?![告道导])|报纸|编辑部|社论|评论员|记者|第[^,。]{1,6}期)")  # fmt: skip  # noqa: E501
_KIND_EN = re.compile(
    r"[\"”'’*_,]{0,2} ?(?:magazine|newspaper|weekly|daily|paper|radio|journal|news agency)\b"
)
_GENERIC = re.compile(
    r"(?:西方|美国|英国|外国|各国|各|反动|其他|其它|许多|有关|世界|各地|每家|它的|他们的)"
    r"|.*(?:官方|各国|各大?|这家|一家|这些|那些|西方|全国性|地方性|等国际著名|等著名|等大)"
)
_LEADING_EN = re.compile(
    r"(?:(?:The|A|An|In|On|At|And|But|Or|By|For|From|According|To|Of|When|While|As|Both|Even|Also|Today['’]s|"
    r"Yesterday['’]s|His|Her|Its|Their|Our|This|That|Comrade|Mr\.|(?:Mon|Tues|Wednes|Thurs|Fri|Satur)day|"
    r"January|February|March|April|May|June|July|August|September|October|November|December) )+"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of text that names a source, with the rule that says so and the items it may be."""

    start: int
    end: int
    rule: str
    subkind: str = ""
    items: tuple[str, ...] = ()
    confidence: float = 1.0


def candidates(view: View, newspaper: str, told: Sequence[Find] = ()) -> list[Candidate]:
    """The sources named in `view`, not overlapping except where one name stands inside another's.

    `told` are the sources of the original of which `view` is a translation: an ordinary word that may name
    one of them does (Dawn).
    """
    scene = _Scene.of(view, told)
    found = [*_known(scene), *_shaped(scene, newspaper)]
    found.sort(key=lambda c: (c.start - c.end, not c.items, c.start))
    known = {k.end: k for k in reversed(found) if k.items}  # the longest of those that end together
    taken = bytearray(len(view.text))
    kept: list[Candidate] = []
    for c in found:
        if not any(taken[c.start : c.end]):
            taken[c.start : c.end] = b"\1" * (c.end - c.start)
            kept.append(_preferred(scene, c, known.get(c.end)))
    return sorted([*kept, *(n for c in kept for n in _nested(scene, c))], key=lambda c: (c.start, -c.end))


@dataclass(frozen=True, slots=True)
class _Scene:
    """A view with its places by where they begin (the longest one's end) and where they end.

    ``town_at`` has those of the places that are no countries; ``bare`` says of a known name that begins with
    a country where the same name without it begins, ``local`` of one that begins with another place.
    ``original`` are the sources that the original names, ``told`` their items.
    """

    view: View
    place_at: Mapping[int, int]
    place_ends: frozenset[int]
    town_at: Mapping[int, int]
    bare: Mapping[tuple[int, int], int]
    local: Mapping[tuple[int, int], int]
    original: Sequence[Find]
    told: frozenset[str]

    @classmethod
    def of(cls, view: View, original: Sequence[Find]) -> _Scene:
        at: dict[int, int] = {}
        countries: dict[int, int] = {}
        for m, name in view.places:
            if m.end > at.get(m.start, 0):
                at[m.start] = m.end
            if name.subkind.endswith("country"):
                countries[m.start] = m.end
        towns = {s: e for s, e in at.items() if s not in countries}
        nested = [m for m in view.names if m.inside is not None]
        abroad = {s: e for s, e in countries.items() if view.folded[s:e] != "中国"}  # 中国体育报 is its name
        bare = {(o.start, o.end): m.start for m in nested if (o := _outer(m, abroad)) is not None}
        local = {(o.start, o.end): m.start for m in nested if (o := _outer(m, towns)) is not None}
        told = frozenset([item for f in original for item in f.items])
        ends = frozenset([m.end for m, _ in view.places])
        return cls(view, at, ends, towns, bare, local, original, told)

    @property
    def text(self) -> str:
        """The text that the rules of its language see."""
        return self.view.folded if self.view.lang is Lang.ZH else self.view.text

    def left_is_free(self, start: int) -> bool:
        """Whether a Chinese name may begin at `start`: after a mark, a place, or a word of the list."""
        before = self.text[start - 1 : start]
        if not before or not is_cjk(before) or before in _listed("left", Lang.ZH):
            return True
        return start in self.place_ends

    def more_told(self) -> bool:
        """Whether the original names a source that no known name here renders."""
        known = (m.of_kind("source") for m in self.view.names)
        here = {item for name in known if name is not None for item in name.items}
        return any(here.isdisjoint(f.items) for f in self.original)

    def quoted(self, start: int, end: int) -> bool:
        """Whether marks stand around the stretch."""
        text = self.view.text
        return start > 0 and text[start - 1] in _OPEN and text[end : end + 1] in set(_CLOSE)

    def cited(self, start: int, end: int) -> bool:
        """Whether the text relays what stands there."""
        return cue(self.view, start, end) is not None


def _outer(m: NameMatch, place_at: Mapping[int, int]) -> NameMatch | None:
    """The longer name of the same source around `m` that only puts a place (`place_at`) before it."""
    if m.inside is None or m.end != m.inside.end or m.start - place_at.get(m.inside.start, -2) not in (0, 1):
        return None
    mine, outer = m.of_kind("source"), m.inside.of_kind("source")
    if mine is None or outer is None or not set(mine.items) & set(outer.items):
        return None
    key = fold(m.text)
    if key in _listed("inseparable", m.name.lang):
        return None
    return m.inside


def _preferred(scene: _Scene, c: Candidate, known: Candidate | None) -> Candidate:
    """A known name that ends where a new, longer one does is the better reading, but for a town before it."""
    if c.items or "title" in c.rule or known is None or known.start < c.start:
        return c
    if known.start - scene.town_at.get(c.start, -2) in (0, 1) and scene.cited(c.start, c.end):
        if scene.text[known.start : known.end] in _listed("titles", Lang.ZH):
            return c
        return replace(c, subkind=known.subkind, items=known.items)
    return known


def _nested(scene: _Scene, c: Candidate) -> Iterator[Candidate]:
    """The paper inside the name of its house (读卖新闻社), and the name without its town (青岛民言报)."""
    end = c.end
    if scene.text[c.start : c.end].endswith(("报社", "新闻社")) and c.subkind != "agency":
        end = c.end - 1
        yield replace(c, end=end, rule=NESTED_RULE)
    if (short := scene.local.get((c.start, end))) is not None:
        yield replace(c, start=short, end=end, rule=NESTED_RULE)
        return
    town = scene.town_at.get(c.start)
    if town is None or c.rule not in _TOWN_RULES:
        return
    start = town + (scene.view.lang is Lang.EN)
    if end - start > (1 if c.items else 2) and (c.items or scene.view.lang is Lang.ZH):
        yield replace(c, start=start, end=end, rule=NESTED_RULE)


# --- known names ------------------------------------------------------------------------------------------

# What is named like a paper: the Hongqi Commune.
_NAMESAKE_EN = re.compile(
    " (?:(?:People's )?Commune|Production|Brigade|Village|Street|Road|Square|County|Factory|Mill|Mine"
    "|Farm|Canal|Bridge|School)"
)


def _known(scene: _Scene) -> Iterator[Candidate]:
    doubtful: list[Candidate] = []
    sure: list[Candidate] = []
    for m in scene.view.names:
        name = m.of_kind("source")
        if name is None or (m.inside is not None and m.inside.of_kind("source") is not None):
            continue
        if not _counts(scene, m, alone=m.name.kind == "source"):
            if m.name.kind == "source" and m.name.lang is Lang.EN and m.text[0].isupper():
                doubtful.append(Candidate(m.start, m.end, DICTIONARY_RULE, name.subkind, name.items))
            continue
        start, end = m.start, m.end
        if name.subkind != "broadcaster" and not scene.quoted(start, end):  # 苏联真理报 is 真理报
            start = scene.bare.get((start, end), start)
        if name.subkind != "agency" and _HOUSE.match(scene.text, end - 1):
            end += 1
        sure.append(Candidate(start, end, DICTIONARY_RULE, name.subkind, name.items))
    yield from sure
    for c in doubtful if sure else ():  # Trud and Komsomolskaya Pravda
        before = any(listed_before(scene.view, s.end, c.start) for s in sure if s.end < c.start)
        if before or any(listed_before(scene.view, c.end, s.start) for s in sure if c.end < s.start):
            yield c


def _counts(scene: _Scene, m: NameMatch, *, alone: bool) -> bool:
    """Whether the known name `m` is one here; `alone` if its string names nothing but a source."""
    key = fold(m.text)
    if scene.view.lang is Lang.EN:
        if _NAMESAKE_EN.match(scene.text, m.end) or _another_acronym(m):
            return False
        if m.text.startswith("German") and scene.text.endswith("East ", 0, m.start):
            return False
        if scene.quoted(m.start, m.end) and vehicle(scene.text, m.start, m.end):  # the yacht "Granma"
            return False
        ordinary = not alone or _is_ordinary_en(key, m.text)
        if not _written_as_name(m.text):
            return False
        return not ordinary or _is_told(scene, m) or _set_off_en(scene, m.start, m.end)
    if runs_on(m, scene.text):
        return False
    if key in _listed("bounded", Lang.ZH) and not scene.left_is_free(m.start):
        return False
    ordinary = not alone or _is_ordinary_zh(key)
    return not ordinary or _set_off_zh(scene, m.start, m.end)


_OWNS = re.compile("['’](?:s|(?<=s['’])) ")
_BESIDE_TOLD = (",", "'", "’", '"', "“")


def _is_told(scene: _Scene, m: NameMatch) -> bool:
    """Whether the original names what the word `m` may; but Time that begins a sentence must be cited."""
    name = m.of_kind("source")
    if not scene.told or name is None or scene.told.isdisjoint(name.items) or not m.text[0].isupper():
        return False
    before = scene.text[max(0, m.start - 2) : m.start].strip()
    return before[-1:].isalnum() or before[-1:] in _BESIDE_TOLD or scene.cited(m.start, m.end)


def _another_acronym(m: NameMatch) -> bool:
    """Whether capitals spell something else: UNITA is not the paper l'Unità."""
    return m.text.isupper() and len(m.text) > 2 and not m.name.text.isupper() and " " not in m.text


def without_its_land(text: str, ref: tuple[int, int], known: Candidate | None) -> Candidate | None:
    """The known name that a dateline's agency at `ref` ends with, after a land: 南联盟南通社."""
    if known is None or not known.items or known.end != ref[1] or known.start <= ref[0]:
        return None
    return None if fold(text[known.start : known.end]) in _listed("inseparable", Lang.ZH) else known


def _is_ordinary_zh(key: str) -> bool:
    if key in _listed("ordinary", Lang.ZH) or len(key) < 3:
        return True
    return not (_MEDIUM_ZH.search(key) or key in _listed("plain", Lang.ZH))


def _is_ordinary_en(key: str, text: str) -> bool:
    if key in _listed("ordinary", Lang.EN) or len(key) < 2:
        return True
    return " " not in key and key not in _listed("plain", Lang.EN) and not (text.isupper() and len(text) < 6)


def _written_as_name(text: str) -> bool:
    """Whether the words of an English name stand in capitals: the Canadian press is no agency."""
    return all(w[:1].isupper() or not w[:1].isalpha() or w in _SMALL_WORDS for w in re.split("[ -]", text))


@functools.cache
def _listed(section: str, lang: Lang) -> frozenset[str]:
    return frozenset(fold(word) for word in load_section("sources", section).get(lang.value, ()))


def _set_off_zh(scene: _Scene, start: int, end: int) -> bool:
    """《时代》周刊, 古巴《革命报》, 古巴革命报: set off as a name, by marks and kind, or by its country."""
    text, quoted = scene.text, scene.quoted(start, end)
    paper = text[start:end].endswith(("报", "新闻", "电台"))
    of_kind = _KIND_ZH.match(text, end) is not None
    if quoted:
        return (paper or of_kind or scene.cited(start, end)) and not _NO_PAPER_ZH.match(text, end)
    if of_kind and not paper:
        return text[end : end + 1] not in set(_CLOSE) and scene.left_is_free(start)
    if not paper:
        return False
    placed = start in scene.place_ends or text.startswith("机关报", max(0, start - 3))
    return placed or (scene.left_is_free(start) and scene.cited(start, end))


def _set_off_en(scene: _Scene, start: int, end: int) -> bool:
    """The magazine "Red Dawn", the Guardian newspaper, the Times reported."""
    text = scene.text
    if _KIND_EN.match(text, end):
        return True
    if scene.quoted(start, end) or scene.quoted(start, end + 1):
        return scene.cited(start, end)
    return text[max(0, start - 4) : start].lower() == "the " and scene.cited(start, end)


# --- new names --------------------------------------------------------------------------------------------

_SEEDS = {
    Lang.ZH: '本《"刊杂通电报此当据援引日晚晨早时邮导画民公机人中国官广A-Ca-cKkNn',
    Lang.EN: 'A-Z"“*_ot',
}
_REACH = 10
_PERIODICAL = re.compile(r"(?i:magazines?|weekly|weeklies|periodical|monthly) [\"“*_‘']?\Z")
_BEFORE = 14  # characters before a title
_BESIDE = "beside"  # the production of titles that words beside them tell
_UNNAMED_FIRST = ("该", "各", "某", "这", "那", "本", "台", "一", "两", "几", "多", "其", "此", "大")
_STEM = 5  # characters of a local paper's name between its town and 报
_TOWN_RULES = ("zh-source-daily", "zh-source-local-paper", "zh-source-paper-cited", "en-source-paper")
# After these a new name may begin.
_CUTS = frozenset("据由在向对的引是给了将把被从到该和与及")


@functools.cache
def _scanner(lang: Lang) -> Scanner:
    near = tuple(load_section("sources", "near")[lang.value])
    rules = tuple([r for r in load_rules("sources", lang) if r.production != _BESIDE])
    return Scanner(rules, seeds=_SEEDS[lang], near=near, reach=_LONGEST[lang])


@functools.cache
def _search() -> Search:
    return Search(r for r in load_rules("sources", Lang.EN) if r.production == _BESIDE)


def _shaped(scene: _Scene, newspaper: str) -> Iterator[Candidate]:
    for rule, m in _search().scan(scene.text) if scene.view.lang is Lang.EN else ():
        if m.start() not in scene.place_at and _is_allowed(scene, m.start(), m.end(), rule):
            told = _PERIODICAL.search(scene.text, max(0, m.start() - _BEFORE), m.start()) is not None
            yield Candidate(*m.span(), rule.name, "magazine" if told else "newspaper", (), 0.8)
    yield from _told(scene)
    for hit in _scanner(scene.view.lang).scan(scene.text):
        if (span := _span(scene, hit)) is None:
            continue
        own = hit.rule.name.endswith("-own")
        items, confidence = ((newspaper,), 1.0) if own else ((), 0.8)
        yield Candidate(*span, hit.rule.name, str(hit.rule.extra["subkind"]), items, confidence)


def _told(scene: _Scene) -> Iterator[Candidate]:
    """What stands like a title where the original names a source that no known name renders."""
    if not scene.original or not scene.more_told():
        return
    for how, pattern in load_patterns("sources", "told", "en").items():
        for m in pattern.finditer(scene.text):
            start, end = m.span()
            if how == "owned" and not (start - len("'s ") in scene.place_ends and scene.cited(start, end)):
                continue
            if start not in scene.place_at and _peoples().match(m[0] + " ") is None:
                yield Candidate(start, end, TOLD_RULE, "newspaper", (), 0.7)


def _span(scene: _Scene, hit: Hit) -> tuple[int, int] | None:
    if hit.rule.production == "own":
        return hit.start, hit.end
    if hit.rule.production == "suffix":
        return _leftwards(scene, hit)
    name = hit.groups["name"]
    start = scene.text.index(name, hit.start, hit.end)
    end = start + len(name)
    if scene.view.lang is Lang.EN:
        begins = start
        if lead := _LEADING_EN.match(scene.text, start, end):
            start = lead.end()
        land = scene.place_at.get(start)
        if land is not None and (owns := _OWNS.match(scene.text, land, end)):  # Libya's Tripoli Radio
            start = owns.end()
        if (people := _peoples().match(scene.text, start, end)) is not None:
            if scene.text[people.end() : end] in _KINDS:  # West German Weekly
                return None
            if scene.text.startswith(_EDITIONS, people.end()):  # Tanzanian + Sunday News
                start = people.end()
        one_word = start > begins and " " not in scene.text[start:end]
        if one_word and not hit.rule.name.endswith(("station", "own")):
            return None
    return (start, end) if _is_allowed(scene, start, end, hit.rule) else None


_KINDS = ("Weekly", "Newspaper", "Magazine", "Press")
_EDITIONS = ("Daily ", "Sunday ", "Evening ", "Morning ")


@functools.cache
def _peoples() -> re.Pattern[str]:
    """A people before the rest of a name."""
    return re.compile(rf"(?:(?:East|West|North|South) )?{any_of(load_section('units', 'words')['demonym'])} ")


def _leftwards(scene: _Scene, hit: Hit) -> tuple[int, int] | None:
    """Find where a name begins that ends with the suffix of `hit`."""
    text = scene.text
    low = hit.start
    while low > max(0, hit.start - _REACH) and (is_cjk(text[low - 1]) or text[low - 1] == "·"):
        low -= 1
    start, placed = _beginning(scene, low, hit.start)
    if start is None or hit.start - start < 2 or _GENERIC.fullmatch(text, start, hit.start):
        return None
    only = hit.rule.extra["only"]
    if not placed and only == "place":
        return (start, hit.end) if _is_station(scene, start, hit) else None
    if only == "town-cue" and hit.start - scene.town_at.get(start, -_STEM) > _STEM:
        return None
    allowed = scene.cited(start, hit.end) if only == "town-cue" else placed
    return (start, hit.end) if allowed or _is_allowed(scene, start, hit.end, hit.rule) else None


def _is_station(scene: _Scene, start: int, hit: Hit) -> bool:
    """Whether a station without a known place has a name: 特莱维加电视台; 农业电台 if it is cited."""
    stem = scene.text[start : hit.start]
    if len(stem) > 2 and geography().loose.issuperset(stem):
        return True
    plain = stem.startswith(_UNNAMED_FIRST) or stem in _listed("unnamed", Lang.ZH)
    return len(stem) < 5 and not plain and scene.cited(start, hit.end)


def _beginning(scene: _Scene, low: int, suffix: int) -> tuple[int | None, bool]:
    """Where the name may begin, and whether a place stands there."""
    text = scene.text
    cut = max((i + 1 for i in range(low, suffix) if text[i] in _CUTS), default=low)
    places = [s for s in range(cut, suffix) if scene.place_at.get(s, suffix + 1) <= suffix]
    if places:
        first = scene.place_at[places[0]]  # 瑞士日内瓦日报 is the paper of the town; 黑山蒙特纳通讯社
        town = first in scene.town_at or (
            suffix - first > 2 and geography().loose.issuperset(text[first:suffix])
        )
        start = first if places[0] not in scene.town_at and town else places[0]
        return (start - 2 if start - 2 >= low and text.startswith("自由", start - 2) else start), True
    sure = cut > low or low == 0 or not is_cjk(text[low - 1])
    return (cut, False) if sure else (None, False)


def _is_allowed(scene: _Scene, start: int, end: int, rule: Rule) -> bool:
    only = rule.extra.get("only", "")
    return "cue" not in only or ("place" in only and start in scene.place_at) or scene.cited(start, end)
