"""Armed forces and military formations: known names, and formations by shape (``rules/units.toml``).

A described formation (四个连, "four companies") begins at its numeral.  Rules that would also fit civil
things (两个团, "the Third Company") hold only where the article speaks of soldiers.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from kg.mentions.names import NameDictionary, NameMatch
from kg.mentions.numerals import parse_number
from kg.mentions.rules import Hit, Scanner, Shown, load_patterns, load_rules, load_section
from kg.mentions.rules.scanning import occurrences
from kg.mentions.units.english import PLACED_RULE, placed_forces, preceded, with_owners
from kg.mentions.units.forces import (
    COMMANDER_RULE,
    NATIONAL_RULE,
    commanded,
    national_formations,
    owned_forces,
)
from kg.mentions.units.formations import (
    FORCE_RULE,
    LETTERED_RULE,
    NICKNAME_RULE,
    as_corps,
    contingents,
    joined,
    lettered,
    nested,
    owned,
    owners,
    sizes,
    stands,
    unquoted,
    widened,
    with_fighters,
)
from kg.mentions.units.judging import judged
from kg.mentions.units.parts import of_forces, with_parts
from kg.mentions.units.short_forms import as_short_forms, in_other_word, short_forms
from kg.mentions.units.sides import FOREIGN_RULE, foreign_owner, is_bare_number, of_either_side, ours
from kg.mentions.units.strengths import strength_of
from kg.mentions.view import View, view
from kg.model import Body, Echelon, Find, Kind, Lang

DICTIONARY_RULE = "unit-dictionary"
_FILE = "units"
_LONGEST = 30  # characters from where a Chinese formation begins to the end of its size
_WAR = 2  # so many words of war make an article one that speaks of soldiers
# Names that other lands' armies have too, and how far before them stands what says so.
_OTHERS = {"解放军": 2, "人民军": 2, "Liberation Army": 20}
_BY_SUBKIND = {
    "army": Echelon.ARMY,
    "army_group": Echelon.ARMY,
    "corps": Echelon.CORPS,
    "division": Echelon.DIVISION,
    "brigade": Echelon.BRIGADE,
    "regiment": Echelon.REGIMENT,
    "battalion": Echelon.BATTALION,
    "fleet": Echelon.FLEET,
    "command": Echelon.OTHER,
}


@dataclass(frozen=True, slots=True)
class _Rules:
    plain: dict[Lang, Scanner]
    war: dict[Lang, Scanner]
    war_words: dict[Lang, AhoCorasick]
    echelons: dict[str, Echelon]
    areas: tuple[str, ...]
    towards: str
    seeds: AhoCorasick  # words in texts that have a match of the rule of the same number in `apart`
    apart: tuple[tuple[str, re.Pattern[str]], ...]
    nicknamed: re.Pattern[str]


def _of(lang: Lang, name: str) -> re.Pattern[str]:
    return load_patterns(_FILE, "forces", lang.value)[name]


@functools.cache
def _rules() -> _Rules:
    words = load_section(_FILE, "vocabulary")
    apart = [
        (word, r.name, r.compiled())
        for r in load_rules(_FILE, Lang.ZH)
        if not r.extra.get("needs_war")
        for word in r.extra.get("apart", ())
    ]
    return _Rules(
        {lang: _scanner(lang, war=False) for lang in Lang},
        {lang: _scanner(lang, war=True) for lang in Lang},
        {
            lang: AhoCorasick(
                words[f"war_{lang}"], matchkind=MatchKind.LeftmostFirst, implementation=Implementation.DFA
            )
            for lang in Lang
        },
        sizes(),
        tuple(words["areas"]),
        words["towards"],
        AhoCorasick([word for word, _, _ in apart], implementation=Implementation.DFA),
        tuple((name, pattern) for _, name, pattern in apart),
        next(r.compiled() for r in load_rules(_FILE, Lang.ZH) if r.name == NICKNAME_RULE),
    )


def _scanner(lang: Lang, *, war: bool) -> Scanner:
    """The rules of one language, in file order; where the article speaks of soldiers all of them."""
    rules = tuple(
        r
        for r in load_rules(_FILE, lang)
        if (war or not r.extra.get("needs_war"))
        and not r.extra.get("apart")
        and (lang is Lang.EN or r.production != "commander")
    )
    words = load_section(_FILE, "vocabulary")
    if lang is Lang.ZH:
        return Scanner(rules, seeds=words["starts_zh"], near=tuple(words["ends_zh"]), reach=_LONGEST)
    starts = (*words["starts_en"], *load_section(_FILE, "words")["demonym"])
    if not war:
        return Scanner(rules, words=starts, heads=r"[0-9](?<=\b[0-9])")
    # A figure, a commander's, or a name before a size, or in marks.  (One class to begin with is the faster.)
    heads = (
        r"[0-9A-Z\"“](?:(?<=\b[0-9])|(?<=\b[A-Z])[a-z]+(?:(?: [A-Z][a-z]+){1,2}['’]s\b"
        r"|(?: [A-Z][a-z]+)? (?:Division|Brigade|Regiment|Battalion|Army Group|Group Army"
        r"|bandits?|rebels|clique|(?:Provincial )?Military|Garrison)\b)"
        r"|(?<=[\"“])[A-Z][a-z]+(?: [A-Z][a-z]+)?[\"”] (?=[A-Za-z ]{0,24}"
        r"(?:[Dd]ivision|[Bb]rigade|[Rr]egiment|[Bb]attalion)\b))"
    )
    return Scanner(rules, words=(*starts, *words["starts_war_en"]), heads=heads)


def find_units(
    seen: View,
    echelons: Mapping[str, Echelon] | None = None,
    countries: Mapping[str, str | None] | None = None,
    printed: str = "",
    told: Container[str] | None = None,
) -> list[Find]:
    """The units of one body, in text order.

    `echelons` gives the size of known items; a name without one gets that of its kind.  `countries` says
    whose they are, for numbers that both sides of the civil war had (:mod:`kg.mentions.units.sides`);
    `printed` is the ISO date of the issue.  `told` are the items that the Chinese original names, if there
    is one: what an English adjective ("American military advisers") may mean stands only if it does.
    """
    at_war = speaks_of_soldiers(seen)
    finds = ruled_units(seen, echelons or {}, countries or {}, printed, told, at_war=at_war)
    if at_war:
        finds = judged(seen, finds)
        if seen.lang is Lang.EN:
            finds = with_owners(seen, finds)
    return [_with_strength(seen, as_corps(f)) for f in finds]


def ruled_units(
    seen: View,
    echelons: Mapping[str, Echelon],
    countries: Mapping[str, str | None],
    printed: str,
    told: Container[str] | None,
    *,
    at_war: bool,
) -> list[Find]:
    """The units that names and rules find, without their strengths; `at_war` says whether all rules hold."""
    if not (settled := _proposed(seen, echelons, told, at_war=at_war).settled()):
        return []
    ends = {m.end: m.start for m, name in seen.places if m.inside is None and stands(seen, m, name)}
    if seen.lang is Lang.EN:
        out = [preceded(seen, f, ends) for f in settled]
    else:
        states = owners(seen)
        whole = with_parts(seen, joined(seen, of_forces(seen, settled)))
        out = [widened(seen, unquoted(seen, owned(seen, f, states, countries)), ends) for f in whole]
    inner = list(nested(seen, settled, out))
    out = as_short_forms(seen, out)
    out += [*short_forms(seen, out), *inner]
    out = sorted(ours(seen, out, countries, printed), key=lambda f: (f.span.start, -f.span.end))
    return of_either_side(seen, contingents(seen, out), countries, printed)


def _proposed(
    seen: View, echelons: Mapping[str, Echelon], told: Container[str] | None, *, at_war: bool
) -> _Finds:
    """What names and rules propose."""
    text = seen.folded if seen.lang is Lang.ZH else seen.text
    finds = _Finds(seen)
    for m in seen.names:
        if m.inside is None and m.name.kind == "unit" and not _an_adjective(seen, m, told):
            finds.add(_known(seen, m, echelons))
    if seen.lang is Lang.ZH:
        for f in _national_forces(seen, text):
            finds.add(f)
    rules = _rules()
    for hit in (rules.war if at_war else rules.plain)[seen.lang].scan(text):
        finds.add(_ruled(seen, hit, rules))
    if at_war:
        for find in _of_war(seen, text, rules):
            finds.add(find)
    return finds


def _an_adjective(seen: View, m: NameMatch, told: Container[str] | None) -> bool:
    """Whether a name only tells of what sort something is: American military + advisers are no force."""
    if told is None or not m.text.endswith(("military", "Military")):
        return False
    civil = _of(Lang.EN, "civil").match(seen.text, m.end)
    return civil is not None and not any(i in told for i in m.name.items)


def speaks_of_soldiers(seen: View) -> bool:
    """Whether two words of war are in the text, or one and the names of two armed forces."""
    text = seen.folded if seen.lang is Lang.ZH else seen.text
    words = len(occurrences(_rules().war_words[seen.lang], text, overlapping=False))
    if words != _WAR - 1:
        return words >= _WAR
    forces = {m.text for m in seen.names if m.inside is None and m.name.kind == "unit"}
    return len(forces) >= _WAR


def _of_war(seen: View, text: str, rules: _Rules) -> Iterator[Find | None]:
    """What is looked for only where the article speaks of soldiers."""
    if seen.lang is Lang.EN:
        found = [(PLACED_RULE, x) for x in placed_forces(seen)]
    else:
        found = [(COMMANDER_RULE, x) for x in commanded(seen)]
        found += [(NATIONAL_RULE, x) for x in national_formations(seen)]
        found += [(LETTERED_RULE, x) for x in lettered(seen)]
        for m in rules.nicknamed.finditer(text):
            found.append((NICKNAME_RULE, (*m.span(), m[m.lastgroup or 0])))
    for rule, (start, end, size) in found:
        yield _shaped(seen, start, end, rule, rules.echelons.get(size.lower(), Echelon.FORCE))


class _Finds:
    """Finds that do not overlap: a longer one replaces those it covers, a known one stays."""

    def __init__(self, seen: View) -> None:
        self._seen = seen
        self._finds: list[Find] = []

    def add(self, find: Find | None) -> None:
        if find is not None:
            self._finds.append(find)

    def settled(self) -> list[Find]:
        """The longest of what overlaps, in text order."""
        if not self._finds:
            return []
        taken = bytearray(len(self._seen.text) + 1)
        out = []
        for f in sorted(
            self._finds, key=lambda f: (f.optional, f.span.start - f.span.end, not f.items, f.span.start)
        ):
            s, e = f.span.start, f.span.end
            if not any(taken[s:e]):
                taken[s:e] = b"\1" * (e - s)
                out.append(f)
        return sorted(out, key=lambda f: f.span.start)


def _known(seen: View, m: NameMatch, echelons: Mapping[str, Echelon]) -> Find | None:
    start, end = m.start, m.end
    if (quoted := _of(Lang.ZH, "quoted").search(m.text)) is not None:
        start, end = start + quoted.start(1), start + quoted.end(1)
    if seen.lang is Lang.ZH and _clipped(seen, start, end):
        return None
    if seen.lang is Lang.ZH and is_bare_number(m.text):
        if seen.folded.startswith("团", end):  # 第二军 + 团
            return None
        if (owner := foreign_owner(seen, start)) is not None:  # 埃及 + 第二军
            return _shaped(seen, owner, end, FOREIGN_RULE, echelons.get(m.name.items[0], Echelon.ARMY))
    if (reach := _OTHERS.get(m.text)) is not None:
        text = seen.folded if seen.lang is Lang.ZH else seen.text
        other = _of(seen.lang, "other_liberation").search(text, max(0, start - reach), start)
        if other is not None:
            return _shaped(seen, other.start(), end, DICTIONARY_RULE, Echelon.FORCE)
    end = with_fighters(seen, end)
    if _of(Lang.ZH, "battle_group").match(seen.folded, end) is not None:
        end += 1
    return Find(
        Kind.UNIT,
        seen.span(start, end),
        DICTIONARY_RULE,
        m.name.subkind,
        m.name.items,
        echelon=_echelon(m, echelons),
    )


def _echelon(m: NameMatch, echelons: Mapping[str, Echelon]) -> Echelon:
    """The size of a known unit, else that of its kind; its name may tell it better."""
    told = next((echelons[i] for i in m.name.items if i in echelons), None)
    echelon = told or _BY_SUBKIND.get(m.name.subkind, Echelon.FORCE)
    if echelon is Echelon.ARMY and m.name.subkind in ("force", "army_group") and m.text.endswith("部"):
        return Echelon.FORCE  # 董其武部: however many they are
    if echelon is Echelon.FORCE and m.text.endswith(("师", "旅", "营", "连")):  # 廓尔喀营
        return sizes()[m.text[-1]]
    return echelon


def _clipped(seen: View, start: int, end: int) -> bool:
    """Whether a short name only seems to stand here: 以军 in 以军事手段, 日军 in 五日军委."""
    if in_other_word(seen.folded, end):
        return True
    if seen.folded.startswith("队", end) and seen.folded[end - 2 : end] == "部队":  # the team of 北京部队
        return True
    at = seen.words.at if seen.words is not None else {}
    if end - start != 2 or (start in at and end in at):
        return False
    if _of(Lang.ZH, "surely").match(seen.folded, end) is not None:
        return False
    # 同阿军 + 激战 is one name to the segmenter; but 同日 is a day.
    return not (
        end in at
        and start - 1 in at
        and seen.folded[start - 1] in _rules().towards
        and not seen.folded.startswith("同日", start - 1)
    )


def _national_forces(seen: View, text: str) -> Iterator[Find]:
    """The forces of countries and parties, and what only a rare word tells of."""
    rules = _rules()
    for start, end in owned_forces(seen):
        fleet = Echelon.FLEET if text.endswith("舰队", start, end) else Echelon.FORCE
        echelon = Echelon.OTHER if text.endswith(rules.areas, start, end) else fleet
        yield _shaped(seen, start, end, FORCE_RULE, echelon)
    seeds = {n for n, _, _ in occurrences(rules.seeds, text)}
    for name, pattern in dict.fromkeys(rules.apart[n] for n in sorted(seeds)):
        for m in pattern.finditer(text):
            size = next((g for n, g in m.groupdict().items() if n[0] == "e" and g), "")
            yield _shaped(seen, m.start(), m.end(), name, rules.echelons.get(size, Echelon.FORCE))


def _ruled(seen: View, hit: Hit, rules: _Rules) -> Find | None:
    production = hit.rule.production
    start, end, echelon = hit.start, hit.end, rules.echelons.get(hit.groups.get("e", "").lower())
    if production == "commander":
        start = _named_from(seen.text, start)
    if production == "vague":
        return replace(_shaped(seen, start, end, hit.rule.name, Echelon.FORCE), optional=True, confidence=0.4)
    find = _shaped(seen, start, end, hit.rule.name, echelon or Echelon.FORCE)
    if production != "counted":
        return find
    amount = parse_number(hit.groups["n"], seen.lang)
    count = Fraction(amount.value or amount.min or 0) if amount is not None else None
    return replace(find, count=count or None, count_min=bool(hit.groups.get("more")))


def _named_from(text: str, start: int) -> int:
    """Where a commander's name begins that a headline's verb stands before: Annihilates + Huang Baitao's."""
    never = load_section("places", "english")["never_first"]
    first = text[start : text.find(" ", start)]
    return start + len(first) + 1 if first in never else start


def _shaped(seen: View, start: int, end: int, rule: str, echelon: Echelon) -> Find:
    return Find(Kind.UNIT, seen.span(start, end), rule, "formation", echelon=echelon, confidence=0.85)


_PARTS = frozenset(("zh-unit-abbreviated", "zh-unit-numbered-headquarters"))


def _ends_list(seen: View, f: Find) -> bool:
    """Whether a find is the last item of a list: what is counted after it is all of them."""
    at = f.span.start
    text = seen.folded if seen.lang is Lang.ZH else seen.text
    return _of(seen.lang, "ends_list").search(text, max(0, at - 10), at) is not None


def _with_strength(seen: View, f: Find) -> Find:
    described = f.count is not None or f.optional or f.rule in _PARTS
    amount = strength_of(
        seen.text,
        f.span.start,
        f.span.end,
        seen.lang,
        described=described,
        last=f.count is None and _ends_list(seen, f),
    )
    return f if amount is None else replace(f, strength=amount[0], strength_min=amount[1])


def demonstrate(text: str, lang: Lang) -> Iterator[Shown]:
    """What the rules find in a short text when no name is known; ``gives`` is the echelon."""
    for f in find_units(view(Body(lang, text, ((0, len(text)),)), NameDictionary.build(()))):
        yield Shown(f.rule, f.span.text, f.echelon.value if f.echelon else "")
