"""``kg annotate``: what was found in each article, one JSON object a line, in input order."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from kg.model import EventReport, Find, Link, LinkedArticle, Mention, Party, Reject, Verdict
from kg.pipeline.convert import Batch, Converter
from kg.pipeline.feeding import Feed
from kg.pipeline.runner import Runner
from kg.rdf import Minter
from kg.rdf.iris import is_qid

_BATCH = 40


def annotate(
    inputs: Iterable[str | os.PathLike[str]], converter: Converter, runner: Runner, *, max_article: int = 16
) -> Iterator[str | Reject]:
    """A line of JSON (without line feed) for every article, in input order; rejects in their place."""
    feed = Feed(inputs, max_article=max_article, size=_BATCH)

    def work(batch: Batch) -> list[str | Reject]:
        return [_line(converter, outcome) for outcome in map(converter.read, batch.raws)]

    for lines in runner.run(work, feed):
        yield from feed.take_rejects()
        yield from lines
    yield from feed.take_rejects()


def _line(converter: Converter, outcome: LinkedArticle | Reject) -> str | Reject:
    if isinstance(outcome, Reject):
        return outcome
    record = annotation(outcome, converter.writer.minter)
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "replace").decode()


def annotation(linked: LinkedArticle, minter: Minter) -> dict[str, Any]:
    """What was found in one article.

    ``start``/``end`` are code-point offsets into the parsed body of the find's language.  ``qid`` is null
    for verdict ``nil`` (decided: no item) and ``undecided``: also for what is linked to an entry of the
    authority that has no QID (``entity`` is ``x-…``), since whether Wikidata has it is open.  Arguable finds
    are left out.
    """
    article = linked.article
    links = {link.key: link for link in linked.links}
    event_links = {link.key: link for link in linked.event_links}
    titles = {"zh": article.title_zh, "en": article.title_en}
    events = []
    for event in linked.understanding.events:
        known = event_links[event.key]
        record = _event(event, links)
        record["qid"] = _qid(known.item)
        record["part_of"] = [w for w in known.part_of if is_qid(w)]
        events.append(record)
    return {
        "file": base_name(article.origin),
        "article": minter.article(article.id),
        "date": article.printed.isoformat(),
        "page": article.page,
        "title": {lang: title for lang, title in titles.items() if title},
        "mentions": [
            _find(mention, find, links[mention.key])
            for mention in linked.understanding.mentions
            for find in mention.finds
            if not find.optional
        ],
        "events": events,
        "notes": sorted({n.code for n in (*article.notes, *linked.understanding.notes)}),
    }


def base_name(origin: str) -> str:
    """The name of the file an article came from, without folders.

    >>> base_name("a/b.zip!c/d.txt"), base_name("x/y.jsonl:17")
    ('d.txt', 'y.jsonl:17')
    """
    return origin.rpartition("!")[2].rpartition("/")[2]


def _find(mention: Mention, find: Find, link: Link) -> dict[str, Any]:
    span = find.span
    out: dict[str, Any] = {
        "kind": mention.kind.value,
        "lang": span.lang.value,
        "text": span.text,
        "start": span.start,
        "end": span.end,
        "qid": _qid(link.item),
        "verdict": _verdict(link).value,
        "confidence": link.confidence,
        "entity": link.entity,
    }
    if mention.role is not None:
        out["role"] = mention.role.value
    if mention.echelon is not None:
        out["echelon"] = mention.echelon.value
    if mention.strength is not None:
        out |= {"strength": mention.strength, "strength_min": mention.strength_min}
    if mention.count is not None:
        out |= {"count": _number(mention.count), "count_min": mention.count_min}
    quantity = mention.quantity
    if quantity is not None:
        out |= {
            "value": _number(quantity.value),
            "min": _number(quantity.min),
            "max": _number(quantity.max),
            "unit": quantity.unit,
        }
    return out


def _event(event: EventReport, links: dict[str, Link]) -> dict[str, Any]:
    interval = event.interval
    return {
        "type": event.type.value,
        "triggers": [
            {"lang": t.lang.value, "text": t.text, "start": t.start, "end": t.end} for t in event.triggers
        ],
        "start": interval.start if interval else None,
        "end": interval.end if interval else None,
        "places": [_party(p, links) for p in event.places],
        "actors": [_party(p, links) for p in event.actors],
        "source": _qid(links[event.source].item) if event.source is not None else None,
        "confidence": event.confidence,
    }


def _party(party: Party, links: dict[str, Link]) -> dict[str, Any]:
    return {"text": party.text, "qid": _qid(links[party.mention].item) if party.mention is not None else None}


def _verdict(link: Link) -> Verdict:
    """What is said of Wikidata: an entry of our own leaves it open."""
    return Verdict.UNDECIDED if link.item is not None and not is_qid(link.item) else link.verdict


def _qid(item: str | None) -> str | None:
    return item if item is not None and is_qid(item) else None


def _number(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
