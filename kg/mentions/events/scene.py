"""When, where and who: what the sentence of a trigger word says of its happening."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.mentions.events.cues import Cue
from kg.mentions.events.marks import Marks, marks
from kg.mentions.events.page import Named, Page
from kg.mentions.events.setting import Setting, Settings, Stand
from kg.mentions.events.when import when
from kg.mentions.events.words import among, by_tail, ends, pattern
from kg.mentions.rules import load_section
from kg.model import Dispatch, EventType, Grain, Interval, Lang, Party

_HE = re.compile(r"[他她](?![们的])")
_HE_FIRST = re.compile(
    r"[\s　]*(?:[^，。；：\n]{1,8}，)?[他她](?![们的])"
)  # the subject, whoever is named behind it
_PARTIES = 4
_PLACES = 3
_OPENING = 40  # characters of a dispatch in which it says where its news are from
_HERE = 2  # characters in which a visit is said to lead to the place of the dateline: 到达这里
_PLACE_BACK = 2  # sentences before, in which the place of a story is told
_APART = re.compile("[，；：]")
_BEGAN = re.compile("(?:是|系)?(?:自|从|于)[^，。；：、]{1,16}?(?:开始|起|打响|发起)")
_AWAY_FROM = re.compile("[，；：的把将]")  # between forces and what others do: 部队的代表到达
_TOLD_BACK = 4  # sentences before, in which the person is told whom 他 means
_LATER, _NESTED = 3, 4  # the ranks of places in a later clause, and in what a body is called
_BESIDE = 2  # characters between a place and what is kept of it
_KIND = 6  # characters that say of which kind a place is: 甲省省会乙市
_NEAR = 14  # characters: a place this near to its trigger is the trigger's own
# A trigger of these types stands right before the place it takes.
_TAKES_PLACE = frozenset(
    (
        EventType.CAPTURE,
        EventType.VISIT,
        EventType.DEPLOYMENT,
        EventType.RETREAT,
        EventType.BATTLE,
        EventType.AIR_RAID,
    )
)
# The word for one of these is named after its place: 拿骚协议.
_NAMED_AFTER = frozenset((EventType.CONFERENCE, EventType.AGREEMENT, EventType.DISASTER))
_AT_DATELINE = frozenset(
    (
        EventType.TALKS, EventType.VISIT, EventType.CONFERENCE, EventType.AGREEMENT, EventType.SPORT,
        EventType.AWARD,
    )
)  # fmt: skip

# Of these a country's own bodies are the actors, at home.
_AT_HOME = frozenset(
    (
        EventType.CONFERENCE, EventType.COUP, EventType.APPOINTMENT, EventType.ARREST, EventType.DISASTER,
        EventType.PROTEST, EventType.FOUNDING, EventType.CONSTRUCTION,
    )
)  # fmt: skip

# Of these the persons of the sentence are kept.
_OF_PERSONS = frozenset((EventType.TALKS, EventType.APPOINTMENT, EventType.AWARD))
# Nobody does these.
_BEFALLS = frozenset((EventType.DISASTER, EventType.ACCIDENT))
_NO_PERSONS: frozenset[str] = frozenset()


@dataclass(slots=True)
class Scene:
    """What is known of the happening that a trigger tells, from the surroundings of this.

    ``word`` is the trigger as it is printed; ``headline``: it stands above the body or in the heading of its
    news item.  ``own_place``: the place stands beside the trigger or is governed by a locative, and so tells
    this happening from others; ``governed``: its sentence governs a place so, be it in another clause;
    ``placed``: it names one at all.  ``before``: somebody is named before the trigger who can have done it;
    ``crowd``: who did it without a name (警察, 工人), which tells happenings apart no better than no party;
    ``persons``: of talks, appointments and awards, those of its sentence.
    ``ended``: the time is that of its end, ``began``: of its beginning (战斗自三日开始).  ``in_country``: its
    places are states.  ``marks``: what stands beside the trigger.
    """

    cue: Cue
    word: str
    headline: bool
    dispatch: Dispatch | None
    interval: Interval | None
    ended: bool
    began: bool
    places: tuple[Party, ...]
    own_place: bool
    governed: bool
    placed: bool
    actors: tuple[Party, ...]
    crowd: tuple[Party, ...]
    before: bool
    persons: frozenset[str]
    in_country: bool
    marks: Marks


def scene(page: Page, settings: Settings, cue: Cue, year: int) -> Scene:
    """Time, places and actors of the happening that `cue` tells; `year` is the year of the issue."""
    setting = settings.around(cue.start, cue.sentence)
    if cue.type is EventType.VISIT and _marches(page.text, setting, cue):
        cue.type = EventType.DEPLOYMENT
    item = page.layout.item_at(cue.start)
    dispatch = page.dispatch_at(cue.start if item is None else item[0])
    interval, ended = when(page, settings, setting, cue)
    if cue.anniversary:  # it is kept here, but what is kept happened in the place that is named with it
        interval = Interval(str(year - cue.anniversary), str(year - cue.anniversary), Grain.YEAR)
        places, own = _kept(cue, setting.named), False
    else:
        places, own = _places(page, cue, setting)
    placed = bool(places)
    if cue.type is EventType.VISIT and page.lang is Lang.ZH:
        places = _distinct([*_told_by_word(page, cue), *places])
    here = not (own or cue.anniversary) and _says_here(page, setting.start, setting.end)
    here = here or (cue.type is EventType.VISIT and _says_here(page, cue.end, cue.end + _HERE))
    if here or (not places and cue.type in _AT_DATELINE):
        places = _distinct([*_dateline_place(page, dispatch, cue.start), *places])
    if not places and cue.type in _AT_HOME:
        places = _country(cue, setting.named)
    places = places or _carried(page, cue)
    actors, before = _actors(cue, setting.others, places)
    if he := _meant_by_pronoun(page, settings, cue, setting):
        actors, before = _distinct([*he, *actors])[:_PARTIES], True
    crowd = _crowd(page.text, setting, cue, found=bool(actors)) if setting.crowds else ()
    word, headline = page.text[cue.start : cue.end], item is not None or cue.start < page.layout.title
    persons = _NO_PERSONS
    if cue.type in _OF_PERSONS:
        persons = frozenset(n.party.text for n in setting.parties if n.kind == "person")
    governed = own or setting.governed
    in_country = own and all(n.kind == "country" for n, _ in setting.places if n.party in places)
    return Scene(
        cue, word, headline, dispatch, interval, ended, _began(page.text, cue), places, own, governed, placed,
        actors, crowd, before, persons, in_country, marks(page, cue),
    )  # fmt: skip


def _began(text: str, cue: Cue) -> bool:
    """Whether the time behind it is when the fighting began."""
    return cue.type is EventType.BATTLE and _BEGAN.match(text, cue.end) is not None


def _marches(text: str, setting: Setting, cue: Cue) -> bool:
    """Whether it is forces that arrive or leave: 先头部队抵达河边."""
    if text[cue.start : cue.end] not in among("zh_moves"):
        return False
    last = max((n for n in setting.others if n.end <= cue.start), key=lambda n: n.end, default=None)
    if last is None or last.kind != "unit":
        return False
    return not _AWAY_FROM.search(text, last.end, cue.start)


def _meant_by_pronoun(page: Page, settings: Settings, cue: Cue, setting: Setting) -> tuple[Party, ...]:
    """The person told before who acts here (他 …), where no person of the sentence can be meant."""
    if page.lang is not Lang.ZH or not cue.sentence:
        return ()
    text, start, end = page.text, setting.start, cue.start
    if text.find("他", start, end) < 0 and text.find("她", start, end) < 0:
        return ()
    named = [n for n in setting.others if n.end <= cue.start]
    if any(n.kind == "person" for n in named):
        return ()
    after = max((n.end for n in named), default=start)
    he = _HE_FIRST.match(text, start) or _HE.search(text, after, end)
    if he is None or pattern("zh_speaks").search(text, he.end(), end):
        return ()
    for sentence in range(cue.sentence - 1, max(-1, cue.sentence - 1 - _TOLD_BACK), -1):
        told = [n.party for n in settings.of(sentence).parties if n.kind == "person"]
        if told:
            return tuple(told[:1])
    return ()


def _places(page: Page, cue: Cue, setting: Setting) -> tuple[tuple[Party, ...], bool]:
    """The places of the sentence, the likeliest first, and whether these are the trigger's own."""
    ranked: list[tuple[int, int, Named]] = []
    for n, stand in setting.places:
        distance = n.start - cue.end if n.start >= cue.end else cue.start - n.end
        rank = _rank(cue, n, stand, distance, page)
        if ranked and ranked[-1][0] < 2 and _inside(page.text, ranked[-1][2].end, n.start):
            rank, distance = ranked[-1][0], ranked[-1][1] - 1  # 湖北省洪湖市: the last is where
        if rank is not None:
            ranked.append((rank, distance, n))
    if not ranked:
        return (), False
    ranked.sort(key=lambda x: x[:2])
    own = ranked[0][0] < 2
    chosen = [n.party for rank, _, n in ranked[:_PLACES] if rank < 2 or not own]
    if ranked[0][0] == _LATER and cue.type in _AT_DATELINE:
        chosen = [*_dateline_place(page, page.dispatch_at(cue.start), cue.start), *chosen]
    return _distinct(chosen), own


def _inside(text: str, end: int, start: int) -> bool:
    """Whether the place from `start` lies in the one up to `end`: 甲省乙市, 甲省省会乙市."""
    return end == start or (start - end <= _KIND and start > end and ends(text, start, by_tail("zh_apposed")))


def _rank(cue: Cue, n: Named, stand: Stand, distance: int, page: Page) -> int | None:
    """0: beside the trigger; 1: locative; 2: in the sentence; later, nested; None: no place of it."""
    takes, near, text = cue.type in _TAKES_PLACE, 3 * _NEAR, page.text
    if page.lang is Lang.ZH:
        near = _NEAR
        if takes and 0 <= n.start - cue.end <= 2 and text[cue.end : cue.end + 1] != "的":
            return 0
        if n.end == cue.start and cue.type in _NAMED_AFTER and n.kind == "place":
            return 0
    if stand is Stand.GOVERNED:
        if _in_a_later_clause(text, cue, n):
            return _LATER
        return 0 if distance <= near else 1
    if stand not in (Stand.NAMED, Stand.NESTED):
        return None
    if _in_a_later_clause(text, cue, n):
        return _LATER
    if stand is Stand.NESTED:
        return _NESTED
    return 1 if takes and distance <= _NEAR else 2


def _in_a_later_clause(text: str, cue: Cue, n: Named) -> bool:
    return n.start > cue.end and _APART.search(text, cue.end, n.start) is not None


def _told_by_word(page: Page, cue: Cue) -> tuple[Party, ...]:
    """The place that a visit names by one character: 访华 is to China, 离京 is from Peking."""
    for sign, names in load_section("events", "inside").items():
        if sign in page.text[cue.start : cue.end]:
            known = (page.place_called(n) for n in names)
            return (next(filter(None, known), None) or Party(names[0]),)
    return ()


def _kept(cue: Cue, named: list[Named]) -> tuple[Party, ...]:
    """Where that happened whose anniversary is kept: 昌都解放四十周年; else the country named."""
    beside = [n.party for n in named if n.kind in ("place", "country") and 0 <= cue.start - n.end <= _BESIDE]
    return tuple(beside[-1:]) or _country(cue, named)


def _country(cue: Cue, named: list[Named]) -> tuple[Party, ...]:
    """The country whose body acts (巴西参议院, 印度警察), where nothing else tells the place."""
    before = [n for n in named if n.kind == "country" and n.end <= cue.start]
    if not before and cue.type is EventType.APPOINTMENT:  # 当选为某国总统
        return tuple(n.party for n in named if n.kind == "country" and n.start == cue.end)
    while len(before) > 1 and before[-2].end == before[-1].start:
        before.pop()  # 某国他国友好协会: the first is where it is
    return tuple(n.party for n in before[-1:])


def _carried(page: Page, cue: Cue) -> tuple[Party, ...]:
    """The place told last in the sentence before, or in the one before that, of the same paragraph."""
    start, _ = page.bounds[cue.sentence]
    if not cue.sentence or page.layout.in_heading(cue.start) or page.lang is not Lang.ZH:
        return ()
    for sentence in range(cue.sentence - 1, max(-1, cue.sentence - 1 - _PLACE_BACK), -1):
        before, end = page.bounds[sentence]
        if not page.in_one_paragraph(before, start):
            break
        told = [n for n in page.named_in(before, end) if n.kind == "place" and not page.in_dateline(n.start)]
        if told:
            return (told[-1].party,)
    return ()


def _says_here(page: Page, start: int, end: int) -> bool:
    """Whether the sentence says that it happened where the dispatch comes from."""
    return pattern("zh_here" if page.lang is Lang.ZH else "en_here").search(page.text, start, end) is not None


def _dateline_place(page: Page, dispatch: Dispatch | None, offset: int) -> tuple[Party, ...]:
    if dispatch is None:
        return ()
    if (news := _news_from(page, offset)) or dispatch.place is None:
        return news
    return next(((n.party,) for n in page.named if n.party.mention == dispatch.place), ())


def _news_from(page: Page, offset: int) -> tuple[Party, ...]:
    """The place of the message that a dispatch passes on: 新华社十四日讯　墨西哥城消息."""
    start = next((s for s, end, _ in reversed(page.dispatches) if s <= offset < end), offset)
    for n in page.named_in(start, start + _OPENING):
        if n.kind == "place" and page.text.startswith(("消息", "讯"), n.end):
            return (n.party,)
    return ()


def _actors(cue: Cue, others: list[Named], places: tuple[Party, ...]) -> tuple[tuple[Party, ...], bool]:
    """Those named before the trigger, the nearest and the first; then those after it in its clause."""
    if not others:
        return (), False
    surfaces = {p.text for p in places}
    kept: list[Named] = []
    for n in others:
        if n.party.text in surfaces and n.kind in ("country", "unit"):
            continue
        if not kept or n.start >= kept[-1].end:
            kept.append(n)
        elif n.end > kept[-1].end or n.kind == "unit":
            kept[-1] = n
    left = [n.party for n in kept if n.end <= cue.start]
    right = [n.party for n in kept if n.start >= cue.end]
    return _distinct([*left[-1:], *left[:1], *right[:2], *left[1:-1]])[:_PARTIES], bool(left)


def _crowd(text: str, setting: Setting, cue: Cue, *, found: bool) -> tuple[Party, ...]:
    """Who acts in the clause of `cue` without a name, nobody named being nearer; else to whom it is done."""
    last = next((n for n in reversed(setting.crowds) if n.end <= cue.start), None)
    nearer = last is not None and any(last.end <= n.start and n.end <= cue.start for n in setting.others)
    if last is not None and not nearer and not _APART.search(text, last.end, cue.start):
        return (last.party,)
    if found:
        return ()
    first = next((n for n in setting.crowds if n.start >= cue.end), None)
    return () if first is None or _APART.search(text, cue.end, first.start) else (first.party,)


def meant(page: Page, settings: Settings, cue: Cue) -> tuple[Party, ...]:
    """Who has done what `cue` tells, where its sentence names nobody else."""
    return at_home(settings, cue) or _subject(page, settings, cue)


def _subject(page: Page, settings: Settings, cue: Cue) -> tuple[Party, ...]:
    """Of whom the sentence before told first, where that of `cue` names nobody and goes on with it."""
    if (
        page.lang is not Lang.ZH
        or not cue.sentence
        or page.layout.in_heading(cue.start)
        or cue.type in _BEFALLS
    ):
        return ()
    before, start = page.bounds[cue.sentence - 1][0], page.bounds[cue.sentence][0]
    if before < page.layout.title or not page.in_one_paragraph(before, start):
        return ()
    told = settings.of(cue.sentence - 1).others
    return tuple(n.party for n in told[:1])


def at_home(settings: Settings, cue: Cue) -> tuple[Party, ...]:
    """The country that did it, where nobody else did: 苏联在四日发射了卫星."""
    if cue.type in _BEFALLS:
        return ()
    setting = settings.around(cue.start, cue.sentence)
    acting = [n.party for n, stand in setting.places if stand is Stand.COUNTRY and n.end <= cue.start]
    return tuple(acting[-1:])


def _distinct(parties: list[Party]) -> tuple[Party, ...]:
    if len(parties) < 2:
        return tuple(parties)
    return tuple({p.mention or p.text: p for p in parties}.values())
