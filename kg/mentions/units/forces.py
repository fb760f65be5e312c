"""Forces that are named after whose they are: of a country (法国 + 空军), a party, a ruler, a commander.

The words for forces, and those between them and their owners, are ``[vocabulary]`` of ``rules/units.toml``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from kg.mentions.places.judging import SURNAMES
from kg.mentions.rules import any_of, load_patterns, load_rules, load_section
from kg.mentions.rules.scanning import occurrences
from kg.mentions.units.formations import stands
from kg.mentions.view import View
from kg.model import STATES, Lang

COMMANDER_RULE, NATIONAL_RULE = "zh-unit-commander", "zh-unit-national"
_FILE = "units"
_LONGEST_NAME = 8  # characters of 甲乙丙总司令匪所
_TRANSCRIBED = 3  # characters at least of a town that a corps is named after
_WITHIN = ("—", "·")  # 萨瓦—罗马尼亚军 is none of Romania


@dataclass(frozen=True, slots=True)
class _Rules:
    """What may stand after a country, a party, a ruler and a leader."""

    force: re.Pattern[str]
    party: re.Pattern[str]
    ruled: re.Pattern[str]
    led: re.Pattern[str]
    fighters: re.Pattern[str]
    parties: AhoCorasick
    rulers: tuple[str, ...]
    beginnings: frozenset[str]  # characters with which a force's name goes on after whose it is
    commander: re.Pattern[str]
    commanded: re.Pattern[str]
    sides: str


@functools.cache
def _rules() -> _Rules:
    words, patterns = load_section(_FILE, "vocabulary"), load_patterns(_FILE, "forces", "zh")
    armed_men, other_army = patterns["armed_men"].pattern, patterns["other_army"].pattern
    forces = "|".join(sorted(words["forces"], key=len, reverse=True))
    tail = rf"(?:{any_of(words['armed'])}){{0,3}}(?:的(?!部队|守军))?(?:{forces})"
    tail = rf"{tail}(?:(?<!军)(?!队)|(?!{other_army}))"
    return _Rules(
        re.compile(tail),
        re.compile(rf"{tail}|{armed_men}"),
        re.compile(rf"(?:{'|'.join(words['rulers'])})(?:{armed_men}|{tail})"),
        re.compile(rf"(?:派|集团|政权|匪帮)?(?:{armed_men}|(?!军(?![队警])){tail})"),
        load_patterns(_FILE, "beside", "zh")["fighters"],
        AhoCorasick(words["parties"], matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA),
        tuple(words["rulers"]),
        frozenset("的派集政匪当武").union(w[0] for w in (*words["armed"], *words["forces"])),
        next(r.compiled() for r in load_rules(_FILE, Lang.ZH) if r.name == COMMANDER_RULE),
        patterns["commanded"],
        words["sides"],
    )


def owned_forces(seen: View) -> Iterator[tuple[int, int]]:
    """A country's, party's or leader's name with its forces after it."""
    rules, text = _rules(), seen.folded
    ends = {m.end for m, _ in seen.places}
    yield from _abroad(seen)
    yield from _of_leaders(seen)
    for m, name in seen.places:
        if text[m.end : m.end + 1] not in rules.beginnings or text[m.start - 1 : m.start] in _WITHIN:
            continue
        found = rules.force.match(text, m.end) if stands(seen, m, name) else None
        if found is None:
            if text.startswith(rules.rulers, m.end) and (ruled := rules.ruled.match(text, m.end)) is not None:
                yield m.start, ruled.end()  # 万象 + 集团军队
            continue
        state = name.subkind in STATES
        # 达旺的边防部队 are a town's, 青平、安河民兵 those of both towns.
        shared = text[m.start - 1 : m.start] == "、" and (m.start - 1) in ends
        if state or (found[0] != "军" and found[0][0] != "的" and not shared):
            yield m.start, found.end()


def _of_leaders(seen: View) -> Iterator[tuple[int, int]]:
    """A person's, an organisation's or a party's name with its forces: 奈温 + 军队, 青河解放阵线 + 部队."""
    rules, text = _rules(), seen.folded
    after = {"person": rules.led, "organisation": rules.fighters}
    for m in seen.names:
        if m.name.kind in after and text[m.end : m.end + 1] in rules.beginnings:
            found = after[m.name.kind].match(text, m.end)
            if found is not None:
                yield m.start, found.end()
    for start, end in _parties(text):
        if (found := rules.party.match(text, end)) is not None:
            yield start, found.end()


@functools.lru_cache(maxsize=1)
def _parties(text: str) -> tuple[tuple[int, int], ...]:
    """Where the parties stand in a text: asked for by one rule after the other."""
    found = occurrences(_rules().parties, text, overlapping=False)
    return tuple([(start, end) for _, start, end in found])


def _abroad(seen: View) -> Iterator[tuple[int, int]]:
    """A state's name with its forces in another land: 苏联 + 驻 + 阿富汗 + 军队."""
    patterns, text = load_patterns(_FILE, "beside", "zh"), seen.folded
    for m, name in seen.places:
        if text[m.end : m.end + 1] != "驻" or name.subkind not in STATES:
            continue
        if (at := patterns["abroad"].match(text, m.end)) is None:
            continue
        ends = [other.end for other, _ in seen.places if other.start == at.end()]
        if (short := patterns["abroad_short"].match(text, at.end())) is not None:
            ends.append(short.end())
        for end in ends:
            there = patterns["there"].match(text, end)
            found = None if there is None else _rules().force.match(text, there.end())
            if found is not None:
                yield m.start, found.end()


def national_formations(seen: View) -> Iterator[tuple[int, int, str]]:
    """A state's battalion or division without a number, one of two powers (德法 + 混合旅), a town's corps.

    Start, end and the word for its size.
    """
    patterns = load_patterns(_FILE, "beside", "zh")
    owners = [(m.start, m.end) for m, name in seen.places if name.subkind in STATES]
    owners += _parties(seen.folded)
    for start, end in owners:
        found = patterns["national"].match(seen.folded, end) or patterns["nicknamed"].match(seen.folded, end)
        if found is not None:
            counted = patterns["counted"].search(seen.folded, max(0, start - 3), start)  # 一个 + 莫坎营
            yield (start if counted is None else counted.start()), found.end(), found[found.lastgroup or "e"]
    for m, name in seen.places:
        corps = None if name.subkind in STATES else patterns["corps_of_town"].match(seen.folded, m.end)
        if corps is not None and m.end - m.start >= _TRANSCRIBED and _letters().issuperset(m.text):
            yield m.start, corps.end(), "军团"


@functools.cache
def _letters() -> frozenset[str]:
    """The characters that transcribe foreign names."""
    return frozenset("".join(load_section("places", "transcription").values()))


def commanded(seen: View) -> Iterator[tuple[int, int, str]]:
    """The troops of a commander, from where a person's name begins: start, end, the word for their size."""
    for m in _led(_rules(), seen.folded):
        start = _named(seen, m.start(), m.end("who"))
        if start is not None:
            yield start, m.end(), m["e"]


def _led(rules: _Rules, text: str) -> Iterator[re.Match[str]]:
    """The matches of the rule, looked for from their last words, which few places have."""
    done = 0
    for last in rules.commanded.finditer(text):
        for start in range(max(done, last.start() - _LONGEST_NAME), last.start() - 1):
            m = rules.commander.match(text, start)
            if m is not None and m.start("e") == last.start():
                yield m
                done = m.end()
                break


def _named(seen: View, begin: int, end: int) -> int | None:
    """Where between `begin` and `end` a person's name begins that ends there; None if none does."""
    if seen.words is None:
        return None
    for start in range(begin, end - 1):
        first = seen.words.at.get(start)
        if first is None:
            continue
        word, tag, named = seen.words.words[first], seen.words.tags[first], end - start
        if tag in ("nr", "nrfg") and len(word) > 1:
            return start
        if word in SURNAMES and (named == 3 or (named == 2 and seen.folded[start + 1] not in _rules().sides)):
            return start
    return None
