"""Whether a trigger word tells a happening that was told before: nothing that is known of both disagrees."""

from __future__ import annotations

import functools
import re

from kg.mentions.events.cues import Cue
from kg.mentions.events.draft import Draft, keys, kind_told
from kg.mentions.events.page import Page
from kg.mentions.events.scene import Scene
from kg.mentions.events.words import among, listed
from kg.mentions.rules import any_of
from kg.model import EventType, Party

# Several of these can be in one article on one day at one place: the parties tell them apart.
_BY_PARTIES = frozenset(
    (
        EventType.VISIT,
        EventType.TALKS,
        EventType.APPOINTMENT,
        EventType.AWARD,
        EventType.SPORT,
        EventType.TRADE,
        EventType.PROTEST,
        EventType.ARREST,
    )
)
# Of these an article hardly tells two of the same place.
_ONCE = frozenset(
    (EventType.CAPTURE, EventType.RETREAT, EventType.CEASEFIRE, EventType.COUP, EventType.DISASTER)
)
# Several dispatches tell one of these in the same words.
_PASSED_ON = frozenset((EventType.CONFERENCE, EventType.AGREEMENT, EventType.FOUNDING))
_OF_CROWDS = frozenset((EventType.PROTEST, EventType.ARREST))
_OF_CONTACT = frozenset((EventType.VISIT, EventType.TALKS, EventType.AGREEMENT))
# The happening that was told: 出席今晚宴会, 这次展览.
_AGAIN = re.compile(
    r"(?:出席|参加|主持|这次|这届|这场|本届|本次|此次|上述|这一|这项|该次)了?(?:[今昨当][天晚日])?的?$"
    r"|(?:上述|这一|这项)[^，。；：、]{1,8}的$"
)
_ANOTHER = re.compile(r"(?:另外?[一两]?[场次个项起件批]的?|又[一二两三]?次?|还(?:分别|先后)?)$")
_AGAIN_REACH = 12  # characters before a word in which this is said
_GATHERED = frozenset((EventType.CONFERENCE, EventType.TALKS))
# The word for one of these at the head of a sentence names the one that was told: 声明还说.
_REFERRED = _GATHERED | {EventType.DIPLOMATIC_NOTE, EventType.AGREEMENT}
_STOP = re.compile(r"[，；：\n]")
_NEW = 6  # characters before a gathering in which 一次 says that it was not told yet
_REACH = 2  # sentences: what stands further off tells it again only in the same words
_DAY = len("1953-12-14")
_NAME = 3  # characters from which on a word (亚运会) names one happening


def same(draft: Draft, page: Page, one: Scene) -> bool:
    """Whether `one` can tell the happening of `draft`: nothing that is known of both disagrees."""
    cue = one.cue
    if cue.anniversary or draft.lead.anniversary:
        return bool(cue.anniversary and draft.lead.anniversary) and one.interval == draft.interval
    told = one.word in draft.words
    if told and one.word.endswith(listed("zh_games")):
        return True
    if _ties(draft, one):
        return fits_in_time(draft, one)
    if _apart(draft, page, one):
        return False
    if _told_again(draft, page, one):
        return True
    if not (fits_in_time(draft, one) and _fits_in_place(draft, one)):
        return False
    if draft.dispatch is one.dispatch and _means_it(draft, page, one):
        return True
    if _of_other_body(draft, one):
        return False
    if not (told or one.headline or _within_reach(draft, one)):
        return False
    return _fits_parties(draft, page, one)


def _apart(draft: Draft, page: Page, one: Scene) -> bool:
    """Whether its word, or what stands beside it, says that it is another one."""
    if _of_other_dispatch(draft, one) or of_other_kind(draft, one):
        return True
    if one.headline:
        return False
    figure, part = one.marks
    if (figure and draft.figures - {figure}) or (part >= 0 and draft.parts - {part}):
        return True
    return _is_another(draft, page, one)


def _is_another(draft: Draft, page: Page, one: Scene) -> bool:
    """Whether its sentence says that it is one more: 在另一场比赛中, 又逮捕了五人, 与此同时…."""
    cue = one.cue
    if cue.sentence not in draft.sentences and _besides().match(page.text, page.bounds[cue.sentence][0]):
        return True
    return _ANOTHER.search(page.text, max(0, cue.start - _AGAIN_REACH), cue.start) is not None


@functools.cache
def _besides() -> re.Pattern[str]:
    return re.compile(rf"[\s　”]*(?:{any_of(listed('zh_besides'))})")


def _of_other_dispatch(draft: Draft, one: Scene) -> bool:
    """Whether another dispatch tells `one`, and nothing says that it is the same."""
    if draft.dispatch is None or one.dispatch is None or draft.dispatch is one.dispatch or one.headline:
        return False
    return not (_shared(draft, one) or _told_elsewhere(draft, one))


def of_other_kind(draft: Draft, one: Scene) -> bool:
    """Whether its word tells another kind: a banquet is not the talks, a beginning not the end."""
    kind = kind_told(one.word)
    return kind is not None and bool(draft.kinds - {kind})


def _ties(draft: Draft, one: Scene) -> bool:
    """Whether both tell that a state took up relations with the same other one: 建交, 建立外交关系."""
    if one.word not in among("zh_ties") or draft.words.isdisjoint(among("zh_ties")):
        return False
    known = {k for s in draft.scenes for k in _abroad((*s.actors, *s.places))}
    named = _abroad((*one.actors, *one.places))
    return not known or not named or not known.isdisjoint(named)


def _abroad(parties: tuple[Party, ...]) -> set[str]:
    return {p.mention or p.text for p in parties if not p.text.startswith(listed("zh_home"))}


def _told_elsewhere(draft: Draft, one: Scene) -> bool:
    """Whether two dispatches tell it in the same word, of the same day and with a party in common."""
    start = one.interval.start if one.interval is not None else None
    if draft.type not in _PASSED_ON or start is None or len(start) < _DAY:
        return False
    if one.word not in draft.words or one.cue.entry.strength < 2:
        return False
    return start in draft.starts and not draft.parties.isdisjoint(keys(one.actors))


def _told_again(draft: Draft, page: Page, one: Scene) -> bool:
    """Whether its sentence says that it is the one told: 出席今晚宴会; or it is the closing of that.

    So is the fighting of which the next sentence says when it began: 守军被歼。战斗自三日开始.
    """
    cue = one.cue
    if one.began and draft.dispatch is one.dispatch and _is_last(draft, page, one):
        return True
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


def fits_in_time(draft: Draft, one: Scene) -> bool:
    """Whether the start of `one` is none that the draft contradicts."""
    start = one.interval.start if one.interval is not None else None
    if start is not None:
        for told in draft.starts:
            if not start.startswith(told) and not told.startswith(start):
                return False
    return True


def _fits_in_place(draft: Draft, one: Scene) -> bool:
    """Whether its own place is that of all others, or one of both is a state, in which the other may lie.

    A journey leads through several: there it is enough that one of them is the same.
    """
    told = [s for s in draft.scenes if s.own_place and s.places] if one.own_place else []
    if not told:
        return True
    journey = draft.type is EventType.VISIT
    same = _shares_place if journey else _same_place
    fits = (
        same(one.places, s.places) or (s.in_country != one.in_country and draft.type in _OF_CONTACT)
        for s in told
    )
    return any(fits) if journey else all(fits)


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
    return not draft.parties.isdisjoint(keys(one.actors))


def _of_other_body(draft: Draft, one: Scene) -> bool:
    """Whether another body speaks than in the sentences before: 国防部发表声明。外交部提出抗议."""
    cue = one.cue
    if cue.type is not EventType.DIPLOMATIC_NOTE or cue.entry.strength < 3 or one.headline:
        return False
    return cue.sentence not in draft.sentences and _others_act(draft, one)


def _others(draft: Draft, one: Scene) -> bool:
    """Whether other people meet than in the sentence before: 主席会见了客人。总理同外长举行了会谈."""
    cue = one.cue
    if cue.entry.strength < 3 or cue.sentence in draft.sentences:
        return False
    if cue.type in _OF_CROWDS:
        return _others_act(draft, one)
    known = [s.persons for s in draft.scenes if s.persons]
    return bool(known and one.persons) and all(p.isdisjoint(one.persons) for p in known)


def _others_act(draft: Draft, one: Scene) -> bool:
    """Whether nobody who is named before a trigger of the draft is named before this one."""
    if not one.before:
        return False
    known = [keys(s.actors) for s in draft.scenes if s.before]
    return bool(known) and all(p.isdisjoint(keys(one.actors)) for p in known)


def _is_last(draft: Draft, page: Page, one: Scene) -> bool:
    """Whether it begins the sentence after one that tells the happening."""
    return one.cue.sentence - 1 in draft.sentences and _begins_sentence(page, one.cue)


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
    if one.word not in among("zh_closing") or last.sentence != cue.sentence:
        return False
    return not _STOP.search(page.text, last.end, cue.start)


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
    return re.compile(f"会上|{any_of(listed('zh_gathering_ends'))}{any_of(listed('zh_gathered'))}")


def _attributive(page: Page, cue: Cue) -> bool:
    """Whether it only describes somebody by what was told: 被击落的飞机."""
    text = page.text
    return text.startswith("的", cue.end) and text.startswith("被", max(0, cue.start - 1))


def _shared(draft: Draft, one: Scene) -> bool:
    """Whether it is of a kind that happens to a place once in an article, and to the same place."""
    if draft.type not in _ONCE:
        return False
    return bool(keys(one.places) & {k for s in draft.scenes for k in keys(s.places)})


def _shares_place(a: tuple[Party, ...], b: tuple[Party, ...]) -> bool:
    return any(_alike(x, y) for x in a for y in b)


def _same_place(a: tuple[Party, ...], b: tuple[Party, ...]) -> bool:
    """Whether the nearest place of one is among those of the other."""
    return any(_alike(a[0], y) for y in b) or any(_alike(x, b[0]) for x in a)


def _alike(x: Party, y: Party) -> bool:
    return (x.mention is not None and x.mention == y.mention) or x.text in y.text or y.text in x.text
