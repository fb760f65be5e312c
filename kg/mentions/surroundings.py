"""What stands around a Chinese candidate that the judge of places, who weighs it alone, does not see.

Each function is a rule with a name that goes into the provenance of what it finds; its words, examples and
counter-examples stand in ``rules/places.toml`` under ``[surroundings]`` and ``[[rule]]`` entries:

* an enumeration that ends by saying what it lists (安卡、贝洛、科里等城市) makes each item a place;
* what stands between two places of an enumeration is likely one, and so are known names that follow one
  another in one (同登、禄平和老街);
* a word that a place's name follows (省会, 首都; 到达, 攻克; 在) makes a transcribed name one;
* a transcribed name begins where its transcription begins (库玛 + 里克河), a hamlet's with 大, 小, 东 …;
* so is one after a group of islands, after one with the same head word in an enumeration, after 首府;
* a name right after the province or county that it lies in is likely one (四川 + 阆中), and a known one
  after a state and 的 (黎巴嫩南部的提尔);
* a lesser name inside a longer run of transcription (西亚 in 鲁西亚努) is none;
* between what leads to a place and its transcribed name nothing else stands (在 + 安 + 巴托市);
* a lesser place does not contain a province (同古 in 同古拉瓦省);
* what is part of a foreign person's surname (德里 in 杰克·德里本), or only seems to stand there
  (:mod:`kg.mentions.standing`), is none;
* one inside the name of a law, an institution or a people is not a mention of its own.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import rjieba

from kg.mentions.geography import geography
from kg.mentions.rules import load_rules, load_section
from kg.mentions.shapes import Candidate
from kg.mentions.standing import as_region, number_around, reaching, stands_here
from kg.mentions.view import View
from kg.mentions.words import Words, is_name
from kg.model import STATES, Lang

LISTED_RULE, FOLLOWING_RULE, REACHED_RULE = "place-listed", "place-after-title", "place-reached"
_COUNTED_RULE = "place-counted"
_AT_RULE, REGION_RULE = "place-at", "place-region"
_SURE, _CROSSED, _PERSONAL = 2.0, -9.0, -2.0
_AMONG, _LIKELIER, _SEPARATORS = 0.6, 1.5, frozenset("、和与及")
_ITEM = 8  # the longest item of an enumeration
_ITEMS = 30
_SEVERAL = re.compile("[、和与及][^、和与及，。；]{2,}$")  # 甲和乙 + 两地
_INSTITUTION_WORDS = 6
_LESSER = frozenset(("city", "town", "township", "village", "county", "district", "river", "mountain"))
_CONTAINING, _CONTAINING_ENDS = frozenset(("province", "prefecture", "county")), frozenset("省邦州县")
_IMPROBABLE, _NO_PERSONS = -1.5, frozenset("河湖岛溪屿渠滩")
_GUESSED, _FOREIGN = frozenset(("run", "guess")), 3  # characters of a transcribed name at least
_FAIR, _NEXT = 0.2, frozenset(("和", "与", "及", "后", "时"))
_AT = frozenset(("在", "到", "至", "抵", "于", "往", "离", "距", "赴", "驻", "经", "自", "从"))
_LED_BY = re.compile("的?(?:领导|指挥|主持|率领|带领|陪同|影响|帮助|关怀|倡议)")
_SEATS = ("首府", "首都", "省会", "州府")
_SEATED = frozenset(("dict", "lexicon", "guess"))
_ISLES, _ISLE_HEADS = ("群岛", "列岛"), frozenset("岛礁屿滩")
_SIDES = ("方向", "地区", "等地", "一线", "之间")
_PART_OF = re.compile("(?:(?:[东南西北中]{1,2}部|境内|沿海|沿岸|外围|附近|边境)(?:的|城市|港口|边境)?|的)$")
_BREAKS = frozenset("pucryxevd")  # first letters of tags that no institution's name runs across
Scored = tuple[float, Candidate]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    listed: re.Pattern[str]
    counted: re.Pattern[str]
    titled: tuple[tuple[str, re.Pattern[str]], ...]
    apart: re.Pattern[str]
    small: frozenset[str]
    hamlets: frozenset[str]
    institutions: tuple[str, ...]
    law: re.Pattern[str]
    people: frozenset[str]
    located: frozenset[str]
    abbreviations: frozenset[str]
    surname: re.Pattern[str]


@functools.cache
def _vocabulary() -> _Vocabulary:
    section = load_section("places", "surroundings")
    rules = {r.name: r.compiled() for r in load_rules("places", Lang.ZH)}
    return _Vocabulary(
        rules[LISTED_RULE],
        rules[_COUNTED_RULE],
        tuple((name, rules[name]) for name in (FOLLOWING_RULE, REACHED_RULE, _AT_RULE)),
        re.compile("[、，,]|和|与|及|以及"),
        frozenset(section["small"]),
        frozenset(section["hamlets"]),
        tuple(section["institutions"]),
        re.compile("[^《》\n]{0,16}(?:" + "|".join(section["laws"]) + ")》"),
        frozenset(section["peoples"]),
        frozenset(section["located"]),
        frozenset(section["abbreviations"]),
        re.compile(f"·([{''.join(geography().loose)}]{{2,7}})"),
    )


def reconsidered(seen: View, words: Words, scored: Iterable[Scored]) -> list[Scored]:
    """The scored candidates of one body after what stands around each has been heard."""
    known = {(c.start, c.end): (score, c) for score, c in scored}
    for found in (*_listed(seen, words), *_titled(seen, words, known)):
        span = (found.start, found.end)
        score, had = known.get(span, (0.0, found))
        if score <= 0:  # what makes it a place is the enumeration or the title
            had = had._replace(rule=found.rule)
        known[span] = (max(score, _SURE), had)
    _among(seen.folded, known)
    listed = _chained(seen.folded, words, known) | _reached(seen.folded, words, known)
    _contained(seen.folded, words, known)
    _akin(seen.folded, words, known)
    out = []
    dictionary = {c.end: c for _, c in known.values() if c.way == "dict"}
    surnames = _surnames(seen.folded)
    for score, c in known.values():
        if score <= 0:
            out.append((score, c))
        elif c.way == "dict":
            personal = surnames.get(c.start, c.end) > c.end
            stands = (c.start, c.end) in listed or (not personal and stands_here(c, seen, words))
            c = c._replace(rule=REGION_RULE) if as_region(c, seen.folded) else c
            out.append((score if stands else _CROSSED, c))
        else:
            out.append((score, _from_its_start(c, seen, words, dictionary)))
    return out


# --- enumerations and titles -------------------------------------------------------------------------


def _listed(seen: View, words: Words) -> Iterator[Candidate]:
    """The items of enumerations that say at their end what they list."""
    text, vocabulary = seen.folded, _vocabulary()
    tails = [(LISTED_RULE, m.start()) for m in vocabulary.listed.finditer(text)]
    counted = [m.start() for m in vocabulary.counted.finditer(text)]
    tails += [(_COUNTED_RULE, at) for at in counted if _SEVERAL.search(text, max(0, at - _ITEM), at)]
    for rule, end in tails:
        for _ in range(_ITEMS):
            cut = text.rfind("、", max(0, end - _ITEM - 1), end)
            whole = cut >= 0
            for start, stop in _items(text, cut + 1 if whole else max(0, end - _ITEM), end):
                if "等" in text[start:stop]:
                    continue
                if (found := _item(words, start, stop, whole=whole)) is not None:
                    yield Candidate(found, stop, "listed", rule)
            if not whole:
                break
            end = cut


def _items(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The one or two items of a piece between separators: 甲 和 乙."""
    joint = next((m for m in re.finditer("以及|[和与及]", text[start:end])), None)
    if joint is None or not 2 <= joint.start() <= end - start - 3:
        yield start, end
        return
    yield start, start + joint.start()
    yield start + joint.end(), end


def _item(words: Words, start: int, end: int, *, whole: bool) -> int | None:
    """Where the name begins that ends at `end`: all of the piece, or what of its end may be a name."""
    last, first = words.at.get(end), words.at.get(start)
    if end - start < 2:
        return None
    if last is None:  # the segmenter took 等 for the end of the name
        return start if whole and first is not None and words.starts[first + 1] == end + 1 else None
    at = last
    while at > 0 and words.starts[at - 1] >= start and _may_name(words, at - 1, last):
        at -= 1
    begins = words.starts[at]
    if end - begins < 2 or (whole and begins != start):
        return None
    if _vocabulary().abbreviations.issuperset("".join(words.words[at:last])):
        return None
    return begins


def _may_name(words: Words, number: int, last: int) -> bool:
    word, tag = words.words[number], words.tags[number]
    if number == last - 1 and word in geography().heads:
        return True
    if word in geography().before or word in geography().enumeration:
        return False
    if len(word) > 1 and not rjieba.has_word(word):
        return True
    return tag[0] not in _BREAKS and (is_name(word, tag) or word in geography().common)


def _titled(seen: View, words: Words, known: dict[tuple[int, int], Scored]) -> Iterator[Candidate]:
    """The transcribed name after 省会, 首都 and the like, or after 到达, 攻克 and the like."""
    taken = {start for (start, _), (score, c) in known.items() if score > 0 or c.way == "dict"}
    for rule, pattern in _vocabulary().titled:
        for m in pattern.finditer(seen.folded):
            start, end = m.span("name")
            while end > start and end not in words.at:
                end -= 1
            if start not in taken and end - start >= 3 and _mostly_letters(seen.folded[start:end]):
                yield Candidate(start, end, "listed", rule)


def _among(text: str, known: dict[tuple[int, int], Scored]) -> None:
    """A known name between two places of an enumeration is one; a guessed one is likelier."""
    starts = {start for (start, _), (score, _) in known.items() if score > 0}
    ends = {end for (_, end), (score, _) in known.items() if score > 0}
    for span, (score, c) in known.items():
        if score > 0 or c.start - 1 not in ends or c.end + 1 not in starts:
            continue
        if text[c.start - 1] in _SEPARATORS and text[c.end] in _SEPARATORS:
            known[span] = (max(score, _AMONG) if c.way == "dict" else score + _LIKELIER, c)


def _chained(text: str, words: Words, known: dict[tuple[int, int], Scored]) -> frozenset[tuple[int, int]]:
    """The lesser known names that follow one another in an enumeration; they become likely ones."""
    ends = dict(  # of those that begin together the longest
        sorted(
            (c.start, c.end)
            for _, c in known.values()
            if c.way == "dict" and not c.other and not c.nested and c.end - c.start > 1
        )
    )
    closed = set(ends.values())
    out: set[tuple[int, int]] = set()
    for start in sorted(ends):
        if text[start - 1 : start] in _SEPARATORS and (start - 1) in closed:
            continue  # the chain began earlier
        chain = [(start, ends[start])]
        while text[chain[-1][1] : chain[-1][1] + 1] in _SEPARATORS and (chain[-1][1] + 1) in ends:
            chain.append((chain[-1][1] + 1, ends[chain[-1][1] + 1]))
        if len(chain) < 2:
            continue
        many = len(chain) > 2
        good = sum(
            known[s][0] > 0 or _uncommon(s, text, words) or (many and known[s][1].prior >= _FAIR)
            for s in chain
        )
        led = text[max(0, chain[0][0] - 1) : chain[0][0]] in _AT
        around = led and (text.startswith(_SIDES, chain[-1][1]) or text[chain[0][0] - 1] == "经")
        if not around and (good < 2 or 2 * good < len(chain)):
            continue
        for span in chain:
            score, c = known[span]
            if score <= 0:
                known[span] = (_AMONG, c)
                out.add(span)
    return frozenset(out)


def _reached(text: str, words: Words, known: dict[tuple[int, int], Scored]) -> frozenset[tuple[int, int]]:
    """The lesser known names between a verb that leads to a place and a mark or a cue: 撤往 + 尼什 + 。

    Or between a mark and what stands beside a place: ，+ 尼什 + 附近.
    """
    geo, out = geography(), set()
    for span, (score, c) in known.items():
        if score > 0 or c.way != "dict" or c.other or c.nested:
            continue
        first, last = words.at.get(c.start), words.at.get(c.end)
        if first is None or last is None:
            continue
        before = words.words[first - 1] if first else "。"
        after = words.words[last] if last < len(words.words) else "。"
        led = text.endswith(reaching(), 0, c.start)  # to a place, whatever the word is elsewhere
        if not led and (len(before) < 2 or before not in geo.before or not _uncommon(span, text, words)):
            alone = not before[0].isalnum() or before in geo.before or before in geo.enumeration
            named = _name_like(first, last, words) or c.end - c.start > 2
            likely = alone and after in geo.beside and (named or before in _AT)
            likely = likely or (named and before in _AT and _LED_BY.match(text, c.end) is None)
        else:
            likely = after in geo.after or not after[0].isalnum() or after in _NEXT
        if likely:
            known[span] = (_AMONG, c)
            out.add(span)
    return frozenset(out)


def _name_like(first: int, last: int, words: Words) -> bool:
    """Whether the words may be a name's: one that is tagged as a name, or that the lexicon has not."""
    word = words.words[first]
    return last == first + 1 and (words.tags[first][:2] in ("nr", "ns", "nz") or not rjieba.has_word(word))


def _uncommon(span: tuple[int, int], text: str, words: Words) -> bool:
    """Whether the lexicon has no such word, or has it for a place's name where words end where it ends."""
    first, last = words.at.get(span[0]), words.at.get(span[1])
    if first is not None and last == first + 1 and words.tags[first] == "ns":
        return True
    return not rjieba.has_word(text[slice(*span)])


def _contained(text: str, words: Words, known: dict[tuple[int, int], Scored]) -> None:
    """A lesser known name, or a whole run of transcription, right after a place that contains others."""
    geo = geography()
    ends = {end for (_, end), (score, c) in known.items() if score > 0 and _contains(text, c)}
    states = {end for (_, end), (score, c) in known.items() if score > 0 and c.subkind in STATES}
    if not ends and not states:
        return
    located = _vocabulary().located
    for span, (score, c) in known.items():
        if score > 0 or c.end not in words.at:
            continue
        following = words.words[min(words.at[c.end], len(words.words) - 1)]
        if c.start not in words.at:  # 英国牛津 in one word
            likely = c.way == "dict" and not c.other and not c.nested and c.start in states
        elif c.start in ends:
            likely = score > _IMPROBABLE and (not c.other if c.way == "dict" else _headed(c, text))
            likely = likely or _foreign(c, text)
        elif c.start in states:
            likely = following in located and _foreign(c, text)
        else:
            known_one = c.way == "dict" and not c.other
            if not known_one and (c.way not in _GUESSED or c.end - c.start < _FOREIGN):
                continue
            among = _PART_OF.search(text, max(0, c.start - 6), c.start)
            if among is None or among.start() not in ends | states:
                continue
            likely = _uncommon(span, text, words) if known_one else among[0] != "的" and _foreign(c, text)
        if likely and following not in geo.person and following not in geo.titles:
            known[span] = (_AMONG, c)


def _akin(text: str, words: Words, known: dict[tuple[int, int], Scored]) -> None:
    """A new name beside what it belongs to: 西沙群岛的 + 甘泉岛, 甘泉岛、 + 金银岛, 首府 + 三隆."""
    heads = {end: text[end - 1] for (_, end), (score, _) in known.items() if score > 0}
    for span in sorted(known):
        score, c = known[span]
        if score > 0 or not c.start or c.other or c.nested or not {c.start, c.end} <= words.at.keys():
            continue
        if c.head:
            before = c.start - (text[c.start - 1] == "的")
            isle = c.head in _ISLE_HEADS and before in heads and text.endswith(_ISLES, 0, before)
            listed = text[c.start - 1] in _SEPARATORS and heads.get(c.start - 1) == c.head
            likely = isle or listed
        else:
            likely = c.way in _SEATED and text.endswith(_SEATS, 0, c.start)
        if likely:
            known[span] = (_AMONG, c)
            heads[c.end] = text[c.end - 1]


def _foreign(c: Candidate, text: str) -> bool:
    """Whether a guessed name is a whole run of transcription."""
    if c.way not in _GUESSED or c.end - c.start < _FOREIGN or not _transcribed(text[c.start : c.end]):
        return False
    return text[c.end : c.end + 1] not in geography().common and text[c.end : c.end + 1] != "·"


def _headed(c: Candidate, text: str) -> bool:
    """Whether a new name has a head word in which no person's ends, or is transcribed before it."""
    if c.way not in ("guess", "word", "lexicon") or not c.head:
        return False
    return c.head in _NO_PERSONS or _transcribed(text[c.start : c.end - len(c.head)])


def _contains(text: str, c: Candidate) -> bool:
    return c.subkind in _CONTAINING or text[c.end - 1] in _CONTAINING_ENDS


def _transcribed(text: str) -> bool:
    """Whether `text` is written in letters of transcription, most of them in little else."""
    return geography().loose.issuperset(text) and _mostly_letters(text)


def _mostly_letters(text: str) -> bool:
    """Whether two thirds of `text` are characters that little but transcription is written in."""
    common = geography().common
    return 3 * sum(ch in common for ch in text) >= 2 * len(text)


# --- where a name begins and ends --------------------------------------------------------------------


def _from_its_start(c: Candidate, seen: View, words: Words, dictionary: Mapping[int, Candidate]) -> Candidate:
    """The candidate with the front of its name that the segmenter cut off."""
    number = words.at.get(c.start)
    if number is None or number == 0 or c.way == "pattern":
        return c
    before, vocabulary = words.words[number - 1], _vocabulary()
    if c.head in vocabulary.hamlets and before in vocabulary.small and c.way in ("shape", "word", "guess"):
        earlier = words.words[number - 2] if number > 1 else ""
        return c if earlier in ("以", "之") else c._replace(start=c.start - 1)
    known = dictionary.get(c.start)
    if known is not None and c.subkind == "province" and known.subkind in _LESSER and len(known.items) < 2:
        return c._replace(start=known.start)
    common, loose = geography().common, geography().loose
    stem = seen.folded[c.start : c.end - len(c.head)]
    if len(stem) < 2 or not _mostly_letters(stem):
        return c
    start = c.start
    for at in range(number - 1, max(-1, number - 4), -1):
        word = words.words[at]
        if start in dictionary or word in geography().before or not common.issuperset(word):
            break
        if len(word) > 1 and rjieba.has_word(word):
            break
        start = words.starts[at]
    if start == c.start and before in loose and c.head and number > 1:
        earlier = words.words[number - 2]
        if before not in geography().before and (earlier in geography().before or start - 1 in dictionary):
            start -= 1
    return c if start == c.start else c._replace(start=start)


def _surnames(text: str) -> dict[int, int]:
    """Where the transcribed words after “·” stand, there or alone: each offset in one to its end."""
    if "·" not in text:
        return {}
    names = {m[1] for m in _vocabulary().surname.finditer(text)}
    if not names:
        return {}
    anywhere = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    return {at: m.end() for m in anywhere.finditer(text) for at in range(*m.span())}


# --- names inside longer ones ------------------------------------------------------------------------


def inside_longer(c: Candidate, seen: View, words: Words) -> bool:
    """Whether the candidate is only part of the name of a law, an institution or a people."""
    text, vocabulary = seen.folded, _vocabulary()
    if text[c.end : c.end + 1] in vocabulary.people:
        return True
    if text[c.start - 1 : c.start] == "《" and vocabulary.law.match(text, c.end) is not None:
        return True
    first = words.at.get(c.end)
    if first is None:
        number = number_around(c, words)
        return number is not None and words.words[number].endswith(vocabulary.institutions)
    for at in range(first, min(first + _INSTITUTION_WORDS, len(words.words))):
        word, tag = words.words[at], words.tags[at]
        if word.endswith(vocabulary.institutions):
            return True
        if (tag[0] in _BREAKS and tag != "vn") or (tag[0] in "mq" and word[0] != "第"):
            return False
    return False
