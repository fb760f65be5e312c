"""A linked article as a row of the archive."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kg.articles import Claim
from kg.model import EventReport, Kind, Lang, Link, LinkedArticle, Mention, Party, Role, Verdict
from kg.rdf import ArticleTriples
from kg.store.documents import dump_document, pack
from kg.store.rows import ArticleRow, EventRow, MentionRow
from kg.store.tokens import bigrams

_VALUES = {member: member.value for enum in (Kind, Role, Verdict) for member in enum}  # `.value` is slow
_ROLES = ("dateline", "cited", "mentioned")


def article_row(
    linked: LinkedArticle, triples: ArticleTriples, claimed: Claim, explained: Collection[str] = ()
) -> ArticleRow:
    """Everything the archive keeps of one article."""
    article = linked.article
    links = {link.key: link for link in linked.links}
    langs = [lang.value for lang in Lang if article.body(lang) is not None]
    return ArticleRow(
        id=article.id,
        claimed=claimed.id,
        text_hash=claimed.text_hash,
        sha256=article.sha256,
        origin=article.origin,
        date=article.printed.isoformat(),
        page=article.page,
        form=article.form.value,
        langs="+".join(langs),
        section=article.section,
        column=article.column,
        author=article.author,
        title_zh=article.title_zh,
        title_en=article.title_en,
        triples=triples.own.count(b"\n"),
        doc=dump_document(linked, explained),
        own=pack(triples.own),
        shared=pack(b"".join(triples.shared)),
        search=tuple(bigrams(b.text) if b else "" for b in (article.zh, article.en)),  # type: ignore[arg-type]
        mentions=tuple(_mentions(linked, links)),
        events=tuple(_events(linked, links)),
        items=triples.items,
    )


def _mentions(linked: LinkedArticle, links: dict[str, Link]) -> Iterator[MentionRow]:
    """One row an entity and kind: the strongest of its mentions."""
    best: dict[tuple[str, str], MentionRow] = {}
    for mention in linked.understanding.mentions:
        row = _mention(mention, links[mention.key])
        rival = best.get((row.entity, row.kind))
        best[row.entity, row.kind] = row if rival is None else _stronger(rival, row)
    yield from best.values()


def _stronger(a: MentionRow, b: MentionRow) -> MentionRow:
    best = min(a, b, key=lambda m: (m.optional, _rank(m.role), -m.confidence))
    return best._replace(conflict=True) if (a.conflict or b.conflict) and not best.conflict else best


def _rank(role: str | None) -> int:
    return _ROLES.index(role) if role in _ROLES else len(_ROLES)


def _mention(mention: Mention, link: Link) -> MentionRow:
    return MentionRow(
        entity=link.entity,
        kind=_VALUES[mention.kind],
        subkind=mention.subkind,
        role=_VALUES[mention.role] if mention.role else None,
        verdict=_VALUES[link.verdict],
        confidence=link.confidence,
        item=link.item,
        label_zh=_longest(mention, Lang.ZH),
        label_en=_longest(mention, Lang.EN),
        optional=all(f.optional for f in mention.finds),
        conflict=bool(mention.conflicts),
    )


def _longest(mention: Mention, lang: Lang) -> str | None:
    surfaces = mention.surfaces(lang)
    if len(surfaces) == 1:
        return surfaces[0]
    return max(surfaces, key=lambda s: (len(s), s), default=None)


def _events(linked: LinkedArticle, links: dict[str, Link]) -> Iterator[EventRow]:
    event_links = {link.key: link for link in linked.event_links}
    for event in linked.understanding.events:
        link = event_links[event.key]
        parties = [*_entities(event.places, "place", links), *_entities(event.actors, "actor", links)]
        if event.source is not None:
            parties.append((links[event.source].entity, "source"))
        yield EventRow(
            key=event.key,
            event=link.event,
            item=link.item,
            type=event.type.value,
            start=event.interval.start if event.interval else None,
            end=event.interval.end if event.interval else None,
            grain=event.interval.grain.value if event.interval else None,
            label=_label(event),
            confidence=event.confidence,
            parties=tuple(dict.fromkeys(parties)),
            part_of=link.part_of,
        )


def _entities(parties: tuple[Party, ...], role: str, links: dict[str, Link]) -> Iterator[tuple[str, str]]:
    for party in parties:
        if party.mention is not None:
            yield links[party.mention].entity, role


def _label(event: EventReport) -> str:
    """What to call a report in a list: who, trigger, where."""
    words = [*(p.text for p in event.actors[:1]), *(t.text for t in event.triggers[:1])]
    return " ".join([*words, *(p.text for p in event.places[:1])])
