"""What people are asked about links: the undecided and the doubtful, and where their answers go.

Command line and pages share this: :func:`questions` lists, :func:`question` finds one, :func:`answer`
appends a judgement that the next build obeys.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import UsageError
from kg.linking.features import FEATURES, reason
from kg.linking.judgements import Decision, Judgement, Judgements, append, judge
from kg.model import Alternative, Evidence, Item, Kind, Verdict
from kg.store.archive import Archive
from kg.store.rows import EntitySummary, Filters

_AROUND = 30  # characters shown on either side of a mention
_PAGE = 50

FindItem = Callable[[str], Item | None]
"""Looks an item up (`Authority.item`)."""


@dataclass(frozen=True, slots=True)
class Example:
    """One article that the answer would settle, with the words around the mention.

    ``before``, ``text`` and ``after`` are empty but for ``text`` where a release keeps no article text.
    """

    article: str
    date: str
    title: str
    lang: str
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An item that the name may mean.  ``description`` tells it from its rivals: kind, where, when."""

    item: str
    label: str
    description: str
    score: float


@dataclass(frozen=True, slots=True)
class Question:
    """A link to be judged.

    ``key`` is ``KIND/ENTITY``.  ``surface`` is the name that a judgement would be about, the commonest of
    ``surfaces``.  ``item`` is the item now linked, None for NIL and undecided.  ``articles`` says how many
    articles the answer settles.  ``choices`` are the linked item and its rivals, likeliest first.  ``said``
    is what was judged of these names so far, ``pending`` whether that waits for the next build.  ``cursor``
    leads to the question after it in the list.
    """

    key: str
    kind: Kind
    entity: str
    label: str
    surface: str
    surfaces: tuple[str, ...]
    verdict: Verdict
    item: str | None
    confidence: float
    articles: int
    evidence: tuple[Evidence, ...]
    choices: tuple[Choice, ...]
    examples: tuple[Example, ...]
    said: tuple[Judgement, ...] = ()
    pending: bool = False
    cursor: str | None = None


def questions(
    archive: Archive,
    judgements: Judgements,
    find: FindItem | None = None,
    *,
    kind: str | None = None,
    after: str | None = None,
    limit: int = 20,
    examples: int = 3,
    pending: bool = False,
) -> tuple[list[Question], str | None]:
    """A page of links to judge, the most valuable first, and the cursor of the next page.

    The value of an answer is the number of articles it settles, each weighed by how doubtful it is.  What
    was answered since the release was built is left out, unless `pending`.  `find` describes the choices.
    """
    found: list[Question] = []
    cursor = after
    while len(found) < limit:
        page, following = archive.doubtful(kind=kind, after=cursor, limit=_PAGE, examples=examples)
        for doubt in page:
            one = _question(archive, judgements, find, doubt.entity, doubt.kind, doubt.examples)
            cursor = doubt.cursor
            if one is None or (one.pending and not pending):
                continue
            found.append(
                dataclasses.replace(one, articles=doubt.articles, confidence=doubt.confidence, cursor=cursor)
            )
            if len(found) == limit:
                more, _ = archive.doubtful(kind=kind, after=cursor, limit=1, examples=0)
                return found, cursor if more else None
        if following is None:
            return found, None
        cursor = following
    return found, cursor


def question(
    archive: Archive,
    judgements: Judgements,
    key: str,
    find: FindItem | None = None,
    *,
    examples: int = 3,
) -> Question:
    """The question with this key (``KIND/ENTITY``), whether it is doubtful or not.

    UsageError where the release has no such entity of that kind.
    """
    kind, _, entity = key.partition("/")
    _kind(kind)
    summary = archive.entity(entity)
    if summary is not None:
        page = archive.articles(Filters(entities=(entity,)), limit=max(examples, 1))
        ids = tuple(a.id for a in page.articles)
        one = _question(archive, judgements, find, summary, kind, ids)
        if one is not None:
            return one
    raise UsageError(f"question {key!r}: no {kind} of the release", remedy="kg judge list shows the keys")


def answer(
    file: Path,
    kind: str,
    surface: str,
    decision: Decision,
    *,
    who: str,
    item: str | None = None,
    article: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Judgement:
    """Append a judgement on the name `surface` to `file`, on disk when this returns.

    `item` is the one accepted or rejected, or that "it is".  It holds for all articles that have the name,
    or for one `article`, or for those printed from `since` to `until` (ISO dates).  UsageError where a value
    cannot work; StoreError where the file cannot be written.
    """
    if not who.strip():
        raise UsageError(f"judgement on {surface!r}: nobody judges", remedy="say who you are")
    said = judge(
        _kind(kind), surface.strip(), decision, who=who.strip(),
        item=None if decision is Decision.NIL else item, article=article,
        after=since, before=until,
    )  # fmt: skip
    append(file, said)
    return said


def _kind(kind: str) -> Kind:
    try:
        return Kind(kind)
    except ValueError:
        known = ", ".join(k.value for k in Kind)
        raise UsageError(f"kind {kind!r} is unknown", remedy=f"one of: {known}") from None


def describe(item: Item, find: FindItem) -> str:
    """What tells an item from others of its name: kind, country, years."""
    above = [find(id) for id in dict.fromkeys((*item.part_of[:1], *([item.country] if item.country else [])))]
    names = [a.label("en") or a.label("zh") or a.id for a in above if a is not None and a.id != item.id]
    parts = [(item.subkind or item.kind).replace("_", " "), *(["in " + ", ".join(names)] if names else [])]
    if item.start or item.end:
        parts.append(f"{item.start or ''}–{item.end or ''}")
    return " ".join(parts)


def _question(
    archive: Archive,
    judgements: Judgements,
    find: FindItem | None,
    entity: EntitySummary,
    kind: str,
    articles: Iterable[str],
) -> Question | None:
    seen = [(a, *found) for a in articles for found in _mentions(archive, a, entity.id, kind)]
    if not seen:
        return None
    link = min((m["link"] for _, _, m in seen), key=lambda k: float(k.get("confidence", 0.0)))
    surfaces = _surfaces(m for _, _, m in seen)
    said = judgements.about(Kind(kind), surfaces)
    item = link.get("item")
    return Question(
        key=f"{kind}/{entity.id}",
        kind=Kind(kind),
        entity=entity.id,
        label=entity.label_zh or entity.label_en or surfaces[0],
        surface=surfaces[0],
        surfaces=surfaces,
        verdict=Verdict(link["verdict"]),
        item=item,
        confidence=link.get("confidence", 0.0),
        articles=entity.articles,
        evidence=tuple(_evidence(e) for e in link.get("evidence", ())),
        choices=tuple(_choices(link, find)),
        examples=tuple(_example(*one) for one in seen),
        said=said,
        pending=_is_pending(said, item, link.get("judged", False)),
    )


def _mentions(
    archive: Archive, article: str, entity: str, kind: str
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    stored = archive.article(article)
    if stored is None:
        return
    for mention in stored.doc["mentions"]:
        if mention["kind"] == kind and mention["link"]["entity"] == entity:
            yield stored.doc["article"], mention
            return  # one example an article


def _surfaces(mentions: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names that the linker would look judgements up by, the commonest first."""
    counts: Counter[str] = Counter()
    for mention in mentions:
        finds = mention["finds"]
        chinese = [f for f in finds if f["lang"] == "zh"]
        counts.update(f["text"] for f in chinese or finds)
    return tuple(text for text, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0])))


def _evidence(said: Mapping[str, Any]) -> Evidence:
    feature = said["feature"]
    detail = said.get("detail") or (reason(feature) if feature in FEATURES else "")
    return Evidence(feature, said.get("value", 0.0), detail)


def _choices(link: Mapping[str, Any], find: FindItem | None) -> Iterator[Choice]:
    rivals = [Alternative(a["item"], a["label"], a.get("score", 0.0)) for a in link.get("alternatives", ())]
    if item := link.get("item"):
        known = find(item) if find else None
        label = (known.label("en") or known.label("zh") if known else None) or item
        rivals.insert(0, Alternative(item, label, link.get("confidence", 0.0)))
    for rival in rivals:
        known = find(rival.item) if find else None
        told = describe(known, find) if known and find else ""
        yield Choice(rival.item, rival.label, told, rival.score)


def _example(article: str, doc: Mapping[str, Any], mention: Mapping[str, Any]) -> Example:
    find = mention["finds"][0]
    lang = find["lang"]
    text = (doc.get(lang) or {}).get("text", "")
    start, end = find["start"], find["end"]
    return Example(
        article=article,
        date=doc["date"],
        title=doc.get(f"title_{lang}") or doc.get("title_zh") or doc.get("title_en") or "",
        lang=lang,
        before=text[max(0, start - _AROUND) : start].replace("\n", " "),
        text=find["text"],
        after=text[end : end + _AROUND].replace("\n", " "),
    )


def _is_pending(said: tuple[Judgement, ...], item: str | None, judged: bool) -> bool:
    """Whether something general was said that the release does not obey yet."""
    general = [j for j in said if j.scope == (None, None, None)]
    if not general:
        return False
    last = general[-1]
    if last.decision is Decision.REJECT:
        return last.item == item
    wanted = None if last.decision is Decision.NIL else last.item
    return wanted != item or not judged
