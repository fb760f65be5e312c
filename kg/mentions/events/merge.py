"""From trigger words to happenings: what can be one and the same becomes one draft of a report."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator

from kg.mentions.events.cues import Cue, find_cues, sentences
from kg.mentions.events.draft import Draft, keys, kind_told
from kg.mentions.events.page import Page, covered
from kg.mentions.events.same import fits_in_time, of_other_kind, same
from kg.mentions.events.scene import Scene, scene
from kg.mentions.events.setting import Settings
from kg.mentions.view import View
from kg.model import Article, Dispatch, EventType, Kind, Mention

_OPEN = 40  # happenings of one type that a later word can still belong to
_MOST = 48  # words that are kept of one happening


def drafts(page: Page, year: int) -> list[Draft]:
    """The happenings of one body, in the order of their first words in the body; headlines join last."""
    out: list[Draft] = []
    by_type: dict[EventType, list[Draft]] = {}
    settings = Settings(page)
    for cue in _in_order(page):
        one = scene(page, settings, cue, year)
        like = by_type.setdefault(cue.type, [])
        # A heading tells what its text begins with; a word of the text, what was told last.
        near = _within(page, like, one)
        home = _joined_to(like, one) if cue.entry.joins else None
        home = home or _home(near, page, one)
        if home is None and one.headline and len(near) == 1 and not of_other_kind(near[0], one):
            home = near[0]  # the only happening of its type in the text
        if home is None:
            home = Draft(cue.type, page, settings, [], [], one.dispatch, cue)
            like.append(home)
            out.append(home)
        if len(home.cues) < _MOST:
            home.add(one)
    return out


def _joined_to(like: list[Draft], one: Scene) -> Draft | None:
    """The last happening of its day, for a word that tells none of its own (到机场欢送)."""
    if not like or like[-1].dispatch is not one.dispatch:
        return None
    last = (d for d in like[: -_OPEN - 1 : -1] if d.dispatch is one.dispatch and fits_in_time(d, one))
    return next(last, None)


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
        last = like[: -_OPEN - 1 : -1]
        if not page.layout.marked:
            return last
        mark = page.layout.mark_before(at)
        return [d for d in last if page.layout.mark_before(d.cues[0].start) == mark]
    if (item := page.layout.item_at(at)) is None:
        return like[:_OPEN]
    start, end = item
    return [d for d in like[-_OPEN:] if start <= d.cues[0].start < end]


def _home(near: list[Draft], page: Page, one: Scene) -> Draft | None:
    """The first of `near` that `one` can tell, sooner one with a party of its own."""
    first = None
    parties = () if one.headline else keys(one.actors)
    for draft in near:
        shares = not draft.parties.isdisjoint(parties)
        if first is not None and not shares:
            continue
        if same(draft, page, one):
            if shares or not parties:
                return draft
            first = first or draft
    return first


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
        kind = kind_told(en.text[cue.start : cue.end].lower())
        meant = next((n for n in fits if kind in found[n].kinds), fits[0])
        if len(english := found[meant].english) < _MOST:
            english.append(en.span(cue.start, cue.end))
