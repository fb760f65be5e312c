"""Is this a happening that the article reports?  A linear judge with readable weights.

Every draft is described by a fixed row of features, each with a weight in ``event-weights.tsv``; their sum
is the log-odds of being a reported event.  The file is written by ``tools/train_events.py``, a logistic
regression on annotated articles with a strong pull towards 0.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from kg.errors import RuleError
from kg.mentions.events.cues import Cue
from kg.mentions.events.draft import Draft
from kg.mentions.events.page import Page
from kg.mentions.events.words import pattern
from kg.model import Grain, Lang

WEIGHTS = "event-weights.tsv"

_REACH = 120  # characters from the mark that opens a quotation
_TITLE = 30  # characters of the title of a book or a film
_LISTED = 8  # characters beside a trigger in which things are listed
_CLAUSE = re.compile("[，；：。]")
_DESCRIBES = re.compile("[^，。；：！？、\\n的]{0,8}的")  # behind a trigger: 访问中国的客人
_DESCRIBED = 9  # characters from a trigger to the end of such a clause
_AHEAD = 16  # characters before a trigger, in its clause, in which it is said to come
_DAY = len("1953-12-14")
_SENTENCE = 60  # characters of a sentence of some length
# What a paper calls news lies so far from its day.
_NEWS_BEFORE, _NEWS_AFTER = dt.timedelta(days=7), dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judge:
    """Weights by feature, and the probability from which on a report is kept."""

    weights: Mapping[str, float]
    threshold: float

    def probability(self, row: Mapping[str, float]) -> float:
        """The probability that a draft with this row of features is a reported event."""
        weight = self.weights.get
        total = weight("bias", 0.0)
        for feature, value in row.items():
            total += weight(feature, 0.0) * value
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Around:
    """What is seen of an article for all its drafts.

    ``first`` is the number of the first sentence after the headlines; ``news`` are the first and the last
    day, in ISO 8601, of which the paper of its day brings news.
    """

    bilingual: bool
    length: float
    first: int
    news: tuple[str, str]

    @classmethod
    def of(cls, page: Page, printed: dt.date, *, bilingual: bool) -> Around:
        """The article of `page`, the body in which its drafts were found, of the paper of `printed`."""
        size = len(page.text)
        return cls(
            bilingual,
            min(3.0, size / 1000 / (1 if page.lang is Lang.ZH else 3)),
            page.sentence_at(min(page.layout.title + 1, size)),
            ((printed - _NEWS_BEFORE).isoformat(), (printed + _NEWS_AFTER).isoformat()),
        )


def features(page: Page, around: Around, draft: Draft) -> dict[str, float]:
    """What is seen of `draft`: features with their values, most of them 1."""
    lead = draft.lead
    row: dict[str, float] = {
        f"strength {lead.entry.strength}": 1.0,
        f"type {draft.type}": 1.0,
        f"rule {lead.entry.trigger.name}": 1.0,
        f"word {page.text[lead.start : lead.end]}": 1.0,
    }
    _seen_in_text(page, around, draft, row)
    _seen_of_scene(draft, around.news, row)
    if around.bilingual and draft.english:
        row["in translation"] = 1.0
    return row


def _seen_in_text(page: Page, around: Around, draft: Draft, row: dict[str, float]) -> None:
    text, lead, cues = page.text, draft.lead, draft.cues
    if cues[-1].start < page.layout.title:  # the cues of the body come first
        row["in headline"] = 1.0
    if cues[0].start < page.layout.title:
        row["in headline only"] = 1.0
    else:
        place = cues[0].sentence - around.first
        row["lead" if place <= 0 else "second" if place <= 1 else "later"] = 1.0
    row["further triggers"] = min(3, len(cues) - 1)
    row["further sentences"] = min(3, len(draft.sentences) - 1)
    row["triggers in sentence"] = float(page.crowd(lead.sentence))
    row["length of article"] = around.length
    if draft.dispatch is not None:
        row["under a dateline"] = 1.0
    after = text[lead.end : lead.end + 1]
    if after in ("了", "过") or text.endswith(("已", "已经"), max(0, lead.start - 2), lead.start):
        row["done"] = 1.0
    if after in ("的", "中", "后", "时"):
        row["attributive"] = 1.0
    _seen_in_sentence(page, lead, row)


def _seen_in_sentence(page: Page, lead: Cue, row: dict[str, float]) -> None:
    text = page.text
    start, end = page.bounds[lead.sentence]
    if _open(text, lead.start, max(start, lead.start - _REACH), "“", "”"):
        row["quoted"] = 1.0
    if _open(text, lead.start, max(start, lead.start - _TITLE), "《", "》"):
        row["in a title"] = 1.0
    if text.find("、", max(start, lead.start - _LISTED), min(end, lead.end + _LISTED)) >= 0:
        row["beside a list"] = 1.0
        if text.startswith("、", lead.end) or text.startswith("、", lead.start - 1):
            row["enumerated"] = 1.0
    if page.lang is Lang.ZH:
        if text.find("的", lead.end, lead.end + _DESCRIBED) >= 0 and _DESCRIBES.match(text, lead.end, end):
            row["describes"] = 1.0
        if _is_ahead(text, max(start, lead.start - _AHEAD), lead.start):
            row["ahead"] = 1.0
    row["length of sentence"] = min(3.0, (end - start) / _SENTENCE)
    told = page.times_in(start, lead.start)
    if told and not _CLAUSE.search(text, told[-1].span.end, lead.start):
        row["time in clause"] = 1.0
    if page.lang is Lang.ZH and pattern("zh_habitual").search(text, start, end):
        row["habitual"] = 1.0


def _is_ahead(text: str, start: int, at: int) -> bool:
    """Whether its clause says before `at` that it will be, is to be, or goes on."""
    said = [m.end() for m in pattern("zh_ahead").finditer(text, start, at)]
    return bool(said) and not _CLAUSE.search(text, said[-1], at)


def _open(text: str, at: int, start: int, opens: str, closes: str) -> bool:
    """Whether a quotation or title that opened in ``start:at`` is still open at `at`."""
    opened = text.rfind(opens, start, at)
    return opened >= 0 and text.find(closes, opened, at) < 0


def _seen_of_scene(draft: Draft, news: tuple[str, str], row: dict[str, float]) -> None:
    interval = draft.interval
    if interval is None:
        row["no time"] = 1.0
    elif interval.start is None:
        row["time of report only"] = 1.0
    else:
        row["day known" if interval.grain in (Grain.DAY, Grain.HOUR) else "time roughly known"] = 1.0
        if len(interval.start) == _DAY and news[0] <= interval.start <= news[1]:
            row["of these days"] = 1.0
    scenes = draft.scenes
    if any(s.governed for s in scenes):
        row["place beside it"] = 1.0
    elif any(s.placed for s in scenes):
        row["place in sentence"] = 1.0
    if any(s.before for s in scenes):
        row["party before it"] = 1.0
    elif any(s.actors for s in scenes):
        row["party after it"] = 1.0
    if any(c.anniversary for c in draft.cues):
        row["anniversary"] = 1.0


def read_weights(text: str, name: str = WEIGHTS) -> Judge:
    """Parse a weights file: feature and weight, separated by a tab; ``#`` starts a comment."""
    weights: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        feature, _, weight = line.partition("\t")
        try:
            weights[feature] = float(weight)
        except ValueError as e:
            raise RuleError(
                f"{name}, line {number}: {line!r} is not feature, _, weight",
                remedy="mend it or run tools/train_events.py",
            ) from e
    return Judge(weights, weights.pop("threshold", 0.5))


@functools.cache
def judge() -> Judge:
    """The judge with the weights that travel with the code."""
    path = resources.files(__package__) / WEIGHTS
    return read_weights(path.read_text(encoding="utf-8"))
