"""From trigger words to happenings: what can be one and the same becomes one draft of a report."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.mentions.events_cues import Cue, find_cues, sentences
from kg.mentions.events_page import Page, covered
from kg.mentions.events_scene import Scene, meant, scene
from kg.mentions.events_setting import Settings
from kg.mentions.rules import any_of, load_section
from kg.mentions.view import View
from kg.model import Article, Dispatch, EventType, Interval, Kind, Mention, Party, Span

# Several of these can be in one article on one day at one place: the parties tell them apart.
_BY_PARTIES = frozenset(
    (
        EventType.VISIT,
        EventType.TALKS,
        EventType.APPOINTMENT,
        EventType.AWARD,
        EventType.SPORT,
        EventType.TRADE,
    )
)
# Of these an article hardly tells two of the same place.
_ONCE = frozenset(
    (EventType.CAPTURE, EventType.RETREAT, EventType.CEASEFIRE, EventType.COUP, EventType.DISASTER)
)
# Several dispatches tell one of these in the same words.
_PASSED_ON = frozenset((EventType.CONFERENCE, EventType.AGREEMENT, EventType.FOUNDING))
_OF_CONTACT = frozenset((EventType.VISIT, EventType.TALKS, EventType.AGREEMENT))
_GAMES = ("运动会", "亚运会", "奥运会", "全运会", "世界杯")  # one name, one happening, of many days
# The happening that was told: 出席今晚宴会, 这次展览.
_AGAIN = re.compile(
    r"(?:出席|参加|主持|这次|这届|这场|本届|本次|此次|上述|这一|这项|该次)了?(?:[今昨当][天晚日])?的?$"
)
_ANOTHER = re.compile(r"(?:另外?[一两]?[场次个项起件批]的?|又[一二两三]?次?)$")
_AGAIN_REACH = 8  # characters before a word in which this is said
_GATHERED = frozenset((EventType.CONFERENCE, EventType.TALKS))
# The word for one of these at the head of a sentence names the one that was told: 声明还说.
_REFERRED = _GATHERED | {EventType.DIPLOMATIC_NOTE, EventType.AGREEMENT}
_STOP = re.compile(r"[，；：\n]")
_NEW = 6  # characters before a gathering in which 一次 says that it was not told yet
_REACH = 2  # sentences: what stands further off tells it again only in the same words
_DAY = len("1953-12-14")
_HOME = ("中国", "中华", "我国", "两国", "双方")  # of its relations the paper tells those with others
_NAME = 3  # characters from which on a word (亚运会) names one happening
_OPEN = 40  # happenings of one type that a later word can still belong to
_MOST = 48  # words that are kept of one happening
_PARTIES = 6
_PLACES = 4


@dataclass(slots=True)
class Draft:
    """A report in the making: its cues with their scenes, in text order, and English triggers that joined.

    ``lead`` is the cue that stands for it, the first of the strongest.  What the next cue is held against is
    kept beside the cues: ``words``, what they say; ``kinds``, the gatherings these name; ``sentences`` in
    which they stand; ``starts``, the times told; ``beside``, the places told beside them; ``parties``,
    the keys of those who take part.
    """

    type: EventType
    page: Page
    settings: Settings
    cues: list[Cue]
    scenes: list[Scene]
    dispatch: Dispatch | None
    lead: Cue
    english: list[Span] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    kinds: set[int] = field(default_factory=set)
    sentences: set[int] = field(default_factory=set)
    starts: set[str] = field(default_factory=set)
    beside: list[tuple[Party, ...]] = field(default_factory=list)
    parties: set[str] = field(default_factory=set)

    def add(self, one: Scene) -> None:
        """Take in one more cue that tells it."""
        cue, interval = one.cue, one.interval
        self.cues.append(cue)
        self.scenes.append(one)
        self.dispatch = self.dispatch or one.dispatch
        if cue.entry.strength > self.lead.entry.strength:
            self.lead = cue
        self.words.add(one.word)
        if (kind := _kind_told(one.word)) is not None:
            self.kinds.add(kind)
        self.sentences.add(cue.sentence)
        if interval is not None and interval.start is not None:
            self.starts.add(interval.start)
        if one.own_place and one.places:
            self.beside.append(one.places)
        if one.actors:
            self.parties |= _keys(one.actors)

    @property
    def sentence(self) -> tuple[int, int]:
        """Where the sentence of the first cue stands: one in the body, if there is any."""
        return self.page.bounds[self.cues[0].sentence]

    @property
    def interval(self) -> Interval | None:
        """The most exact time that a cue of it has, the first of them."""
        best = end = None
        for one in self.scenes:
            if (known := one.interval) is not None:
                if best is None or _exactness(known) > _exactness(best):
                    best = known
                if end is None and one.ended:
                    end = known
        return end if end is not None and best is not None and best.start in (None, end.end) else best

    @property
    def places(self) -> tuple[Party, ...]:
        """Its places, those beside a trigger first."""
        ordered = sorted(self.scenes, key=lambda s: not s.own_place)
        return _joined((p for s in ordered for p in s.places), _PLACES)

    @property
    def actors(self) -> tuple[Party, ...]:
        """Its parties, in text order."""
        named = _joined((p for s in self.scenes for p in s.actors), _PARTIES)
        return named or _joined((p for c in self.cues for p in meant(self.page, self.settings, c)), 1)

    def triggers(self) -> Iterator[Span]:
        """The trigger words, Chinese first."""
        for c in self.cues:
            yield self.page.view.span(c.start, c.end)
        yield from self.english


def _exactness(interval: Interval) -> tuple[int, int]:
    return len(interval.start or ""), len(interval.end or "")


def _joined(parties: Iterator[Party], most: int) -> tuple[Party, ...]:
    return tuple({p.mention or p.text: p for p in parties}.values())[:most]


def drafts(page: Page, year: int) -> list[Draft]:
    """The happenings of one body, in the order of their first words in the body; headlines join last."""
    out: list[Draft] = []
    by_type: dict[EventType, list[Draft]] = {}
    settings = Settings(page)
    for cue in _in_order(page):
        one = scene(page, settings, cue, year)
        like = by_type.setdefault(cue.type, [])
        joins = cue.entry.joins and like and like[-1].dispatch is one.dispatch
        # A heading tells what its text begins with; a word of the text, what was told last.
        near = like[-1:] if joins else _within(page, like, one)
        home = near[0] if joins else _home(near, page, one)
        if home is None and one.headline and len(near) == 1 and not _of_other_kind(near[0], one):
            home = near[0]  # the only happening of its type in the text
        if home is None:
            home = Draft(cue.type, page, settings, [], [], one.dispatch, cue)
            like.append(home)
            out.append(home)
        if len(home.cues) < _MOST:
            home.add(one)
    return out


def _in_order(page: Page) -> Iterator[Cue]:
    """The cues of the body, those in the heading of a news item after the item; the headlines come last."""
    body = bisect.bisect_left(page.cue_starts, page.layout.title)
    held: list[Cue] = []
    until = 0
    for cue in page.cues[body:]:
        if held and cue.start >= until:
            yield from held
            held = []
        if (item := page.layout.item_at(cue.start)) is not None:
            held.append(cue)
            until = item[1]
        else:
            yield cue
    yield from held
    yield from page.cues[:body]


def _within(page: Page, like: list[Draft], one: Scene) -> list[Draft]:
    """Which of the happenings told so far `one` can tell, the likeliest first: those of its news item."""
    at = one.cue.start
    if not one.headline:
        mark = page.layout.mark_before(at)
        return [d for d in like[: -_OPEN - 1 : -1] if page.layout.mark_before(d.cues[0].start) == mark]
    if (item := page.layout.item_at(at)) is None:
        return like[:_OPEN]
    start, end = item
    return [d for d in like[-_OPEN:] if start <= d.cues[0].start < end]


def _home(near: list[Draft], page: Page, one: Scene) -> Draft | None:
    """The first of `near` that `one` can tell, sooner one with a party of its own."""
    first = None
    parties = () if one.headline else _keys(one.actors)
    for draft in near:
        shares = not draft.parties.isdisjoint(parties)
        if first is not None and not shares:
            continue
        if _same(draft, page, one):
            if shares or not parties:
                return draft
            first = first or draft
    return first


def _same(draft: Draft, page: Page, one: Scene) -> bool:
    """Whether `one` can tell the happening of `draft`: nothing that is known of both disagrees."""
    cue = one.cue
    if cue.anniversary or draft.lead.anniversary:
        return bool(cue.anniversary and draft.lead.anniversary) and one.interval == draft.interval
    told = one.word in draft.words
    if told and one.word.endswith(_GAMES):
        return True
    if _ties(draft, one):
        return _fits_in_time(draft, one)
    if _of_other_dispatch(draft, one) or _of_other_kind(draft, one) or _is_another(page, one):
        return False
    if _told_again(draft, page, one):
        return True
    if not (_fits_in_time(draft, one) and _fits_in_place(draft, one)):
        return False
    if draft.dispatch is one.dispatch and _means_it(draft, page, one):
        return True
    if _of_other_body(draft, one):
        return False
    if not (told or one.headline or _within_reach(draft, one)):
        return False
    return _fits_parties(draft, page, one)


def _is_another(page: Page, one: Scene) -> bool:
    """Whether its sentence says that it is one more: 在另一场比赛中, 又逮捕了五人."""
    if one.headline:
        return False
    at = one.cue.start
    return _ANOTHER.search(page.text, max(0, at - _AGAIN_REACH), at) is not None


def _of_other_dispatch(draft: Draft, one: Scene) -> bool:
    """Whether another dispatch tells `one`, and nothing says that it is the same."""
    if draft.dispatch is None or one.dispatch is None or draft.dispatch is one.dispatch or one.headline:
        return False
    return not (_shared(draft, one) or _told_elsewhere(draft, one))


def _of_other_kind(draft: Draft, one: Scene) -> bool:
    """Whether its word tells another kind: a banquet is not the talks, a beginning not the end."""
    kind = _kind_told(one.word)
    return kind is not None and bool(draft.kinds - {kind})


def _ties(draft: Draft, one: Scene) -> bool:
    """Whether both tell that a state took up relations with the same other one: 建交, 建立外交关系."""
    if one.word not in _ties_words() or draft.words.isdisjoint(_ties_words()):
        return False
    known = {k for s in draft.scenes for k in _abroad((*s.actors, *s.places))}
    named = _abroad((*one.actors, *one.places))
    return not known or not named or not known.isdisjoint(named)


def _abroad(parties: tuple[Party, ...]) -> set[str]:
    return {p.mention or p.text for p in parties if not p.text.startswith(_HOME)}


@functools.cache
def _ties_words() -> frozenset[str]:
    return frozenset(load_section("events", "cues")["zh_ties"])


def _told_elsewhere(draft: Draft, one: Scene) -> bool:
    """Whether two dispatches tell it in the same word, of the same day and with a party in common."""
    start = one.interval.start if one.interval is not None else None
    if draft.type not in _PASSED_ON or start is None or len(start) < _DAY:
        return False
    if one.word not in draft.words or one.cue.entry.strength < 2:
        return False
    return start in draft.starts and not draft.parties.isdisjoint(_keys(one.actors))


def _told_again(draft: Draft, page: Page, one: Scene) -> bool:
    """Whether its sentence says that it is the one told: 出席今晚宴会; or it is the closing of that."""
    cue = one.cue
    if _named(draft, one.word):
        if one.word in draft.words and _attributive(page, cue):
            return True
        if _AGAIN.search(page.text, max(0, cue.start - _AGAIN_REACH), cue.start):
            return True
    return cue.type in _GATHERED and _closes(draft, page, one)


def _means_it(draft: Draft, page: Page, one: Scene) -> bool:
    """Whether it only names the gathering or the document that was told last in the dispatch."""
    cue = one.cue
    if cue.type in _GATHERED and _at_it(page, one):
        return True
    return cue.type in _REFERRED and _named(draft, one.word) and _begins_sentence(page, cue)


def _within_reach(draft: Draft, one: Scene) -> bool:
    """Whether it stands near, or is of the kind a place sees once an article."""
    at = one.cue.sentence
    return not draft.sentences.isdisjoint(range(at - _REACH, at + _REACH + 1)) or _shared(draft, one)


def _fits_in_time(draft: Draft, one: Scene) -> bool:
    start = one.interval.start if one.interval is not None else None
    if start is not None:
        for told in draft.starts:
            if not start.startswith(told) and not told.startswith(start):
                return False
    return True


def _fits_in_place(draft: Draft, one: Scene) -> bool:
    """Whether its own place is that of all others, or one of both is a state, in which the other may lie."""
    if not one.own_place:
        return True
    same = _shares_place if draft.type is EventType.VISIT else _same_place  # a journey leads through several
    return all(
        same(one.places, s.places) or (s.in_country != one.in_country and draft.type in _OF_CONTACT)
        for s in draft.scenes
        if s.own_place and s.places
    )


def _fits_parties(draft: Draft, page: Page, one: Scene) -> bool:
    """Whether nobody else is about, where the parties tell happenings apart."""
    cue = one.cue
    if cue.type not in _BY_PARTIES or one.headline or not one.actors:
        return True
    told = one.word in draft.words
    if told and len(one.word) >= _NAME:
        return True
    if told and cue.type is EventType.VISIT and one.own_place and draft.beside:
        return True  # the same said of the same place
    if any(
        abs(c.sentence - cue.sentence) <= 1 and page.in_one_paragraph(c.start, cue.start) for c in draft.cues
    ):
        return not _others(draft, one)
    return not draft.parties.isdisjoint(_keys(one.actors))


def _of_other_body(draft: Draft, one: Scene) -> bool:
    """Whether another body speaks than in the sentences before: 国防部发表声明。外交部提出抗议."""
    cue = one.cue
    if cue.type is not EventType.DIPLOMATIC_NOTE or cue.entry.strength < 3 or not one.before or one.headline:
        return False
    if cue.sentence in draft.sentences:
        return False
    known = [_keys(s.actors) for s in draft.scenes if s.before]
    return bool(known) and all(p.isdisjoint(_keys(one.actors)) for p in known)


def _others(draft: Draft, one: Scene) -> bool:
    """Whether other people meet than in the sentence before: 主席会见了客人。总理同外长举行了会谈."""
    cue = one.cue
    if cue.entry.strength < 3 or cue.sentence in draft.sentences:
        return False
    if cue.type is not EventType.TALKS:
        return False
    known = [s.persons for s in draft.scenes if s.persons]
    return bool(known and one.persons) and all(p.isdisjoint(one.persons) for p in known)


@functools.cache
def _kind_told(word: str) -> int | None:
    """Which of the kinds of ``rules/events.toml`` the word tells."""
    kinds = load_section("events", "cues")["zh_kinds"]
    return next((n for n, words in enumerate(kinds) if word.endswith(tuple(words))), None)


def _named(draft: Draft, word: str) -> bool:
    """Whether `word`, or a longer word that ends so, told the happening: 展览 after 摄影展览."""
    return word in draft.words or (len(word) > 1 and any(known.endswith(word) for known in draft.words))


def _begins_sentence(page: Page, cue: Cue) -> bool:
    """Whether it is the first word of its sentence: a bare noun there names what was told."""
    start, _ = page.bounds[cue.sentence]
    return not page.text[start : cue.start].strip("　 \n“")


def _closes(draft: Draft, page: Page, one: Scene) -> bool:
    """Whether it is the closing of the gathering told in its sentence: 三日召开的大会今天闭幕."""
    cue, last = one.cue, draft.scenes[-1].cue
    if one.word not in _closing() or last.sentence != cue.sentence:
        return False
    return not _STOP.search(page.text, last.end, cue.start)


@functools.cache
def _closing() -> frozenset[str]:
    return frozenset(load_section("events", "cues")["zh_closing"])


def _at_it(page: Page, one: Scene) -> bool:
    """Whether it only names the gathering that was told, for what was said or done there: 招待会上."""
    cue = one.cue
    if one.word == "会上":
        return True
    if page.text.find("一次", max(0, cue.start - _NEW), cue.start) >= 0:
        return False
    return _gathered().match(page.text, cue.end - 1) is not None


@functools.cache
def _gathered() -> re.Pattern[str]:
    """The end of a word for a gathering with what follows where the gathering is the one that was told."""
    cues = load_section("events", "cues")
    return re.compile(f"会上|{any_of(cues['zh_gathering_ends'])}{any_of(cues['zh_gathered'])}")


def _attributive(page: Page, cue: Cue) -> bool:
    """Whether it only describes somebody by what was told: 被击落的飞机."""
    text = page.text
    return text.startswith("的", cue.end) and text.startswith("被", max(0, cue.start - 1))


def _shared(draft: Draft, one: Scene) -> bool:
    """Whether it is of a kind that happens to a place once in an article, and to the same place."""
    if draft.type not in _ONCE:
        return False
    return bool(_keys(one.places) & {k for s in draft.scenes for k in _keys(s.places)})


def _keys(parties: tuple[Party, ...]) -> set[str]:
    return {p.mention or p.text for p in parties}


def _shares_place(a: tuple[Party, ...], b: tuple[Party, ...]) -> bool:
    return any(_alike(x, y) for x in a for y in b)


def _same_place(a: tuple[Party, ...], b: tuple[Party, ...]) -> bool:
    """Whether the nearest place of one is among those of the other."""
    return any(_alike(a[0], y) for y in b) or any(_alike(x, b[0]) for x in a)


def _alike(x: Party, y: Party) -> bool:
    return (x.mention is not None and x.mention == y.mention) or x.text in y.text or y.text in x.text


def join_english(
    article: Article,
    zh: Page,
    en: View,
    found: list[Draft],
    mentions: Iterable[Mention],
    dispatches: Iterable[Dispatch],
) -> None:
    """Give each English trigger to the Chinese report of its type in the paragraph that it renders.

    Nothing else is asked of the translation, so that triggers are looked for in such paragraphs only.
    """
    told: dict[tuple[EventType, int], list[int]] = {}  # which of `found` are of a type in a paragraph
    for number, draft in enumerate(found):
        for key in dict.fromkeys((draft.type, zh.paragraph_at(c.start)) for c in draft.cues):
            told.setdefault(key, []).append(number)
    telling = {paragraph for _, paragraph in told}
    rendered: dict[int, set[int]] = {}
    for a, b, _ in article.alignment:
        if a in telling:
            rendered.setdefault(b, set()).add(a)
    numbers = sorted(rendered)
    paragraphs = [en.body.paragraphs[b] for b in numbers]
    bounds = sentences(en.folded, paragraphs, en.lang)
    starts = [start for start, _ in paragraphs]
    named = [f.span for m in mentions if m.kind is not Kind.MEASURE for f in m.finds]
    signed = [span for d in dispatches for span in d.dateline]
    inside = covered(len(en.text), [(s.start, s.end) for s in (*named, *signed) if s.lang is en.lang])
    types = {type for type, _ in told}
    for cue in find_cues(en.folded, en.lang, bounds, covered=inside, only=types):
        rendering = rendered[numbers[bisect.bisect_right(starts, cue.start) - 1]]
        fits = sorted(n for p in rendering for n in told.get((cue.type, p), ()))
        if not fits:
            continue
        kind = _kind_told(en.text[cue.start : cue.end].lower())
        meant = next((n for n in fits if kind in found[n].kinds), fits[0])
        if len(english := found[meant].english) < _MOST:
            english.append(en.span(cue.start, cue.end))
