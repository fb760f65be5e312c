"""One linked article as triples: its own, and what it contributes to nodes it shares with others."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from kg import vocab
from kg.errors import ValidationError
from kg.model import (
    Agreement,
    Dispatch,
    EventLink,
    EventReport,
    Evidence,
    Interval,
    Kind,
    Lang,
    Link,
    LinkedArticle,
    Mention,
    Party,
    Quantity,
    Verdict,
)
from kg.rdf import names as n
from kg.rdf import ntriples as nt
from kg.rdf.classes import classes, subkind
from kg.rdf.compact import pack_alternatives, pack_conflict, pack_evidence, pack_spans
from kg.rdf.constraints import Graph, Properties
from kg.rdf.iris import Minter
from kg.rdf.times import first_day, last_day
from kg.rdf.units import QUDT_UNITS

_CJK = re.compile("[\u3400-\u9fff]")

_DATE = vocab.XSD + "date"
_KINDS = {k: f"<{iri}>" for k, iri in vocab.KINDS.items()}
_ROLES = {r: f"<{iri}>" for r, iri in vocab.ROLES.items()}
_ECHELONS = {e: f"<{iri}>" for e, iri in vocab.ECHELONS.items()}
_VERDICTS = {v: f"<{iri}>" for v, iri in vocab.VERDICTS.items()}
_AGREEMENTS = {a: f"<{iri}>" for a, iri in vocab.AGREEMENTS.items()}
_GRAINS = {g: f"<{iri}>" for g, iri in vocab.GRAINS.items()}
_EVENT_TYPES = {t: f"<{iri}>" for t, iri in vocab.EVENT_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Options:
    """What a writer is told once: the item of the newspaper, whether the text goes into the graph, and
    the features whose explanation is published elsewhere, so that it need not be repeated in each link.
    """

    newspaper: str
    include_text: bool = False
    explained: Collection[str] = frozenset()


class ArticleWriter:
    """Writes one article; made anew for each.  Read `graph`, `shared` and `items` when it is made.

    ``graph`` is what the article owns, by subject and predicate; an object may stand in it twice.
    """

    __slots__ = (
        "_article",
        "_authority_date",
        "_entities",
        "_event_links",
        "_links",
        "_minter",
        "_node",
        "_options",
        "graph",
        "items",
        "shared",
    )

    def __init__(self, linked: LinkedArticle, minter: Minter, options: Options) -> None:
        self._article = linked.article
        self._authority_date = nt.typed(linked.authority_date, _DATE)
        self._minter = minter
        self._options = options
        self._node = minter.article(linked.article.id)
        self._links = {link.key: link for link in linked.links}
        self._event_links = {link.key: link for link in linked.event_links}
        self._entities: dict[str, str] = {}  # terms by the keys of mentions
        self.graph: Graph = {}
        self.shared: list[str] = []
        self.items: set[str] = set()
        self._write_article(linked)
        for mention in linked.understanding.mentions:
            self._write_mention(mention)
        for dispatch in linked.understanding.dispatches:
            self._write_dispatch(dispatch)
        for report in linked.understanding.events:
            self._write_report(report)

    # --- the article itself ---

    def _write_article(self, linked: LinkedArticle) -> None:
        article = self._article
        add = self._adder(f"<{self._node}>")
        add(n.TYPE, n.NEWS_ARTICLE)
        add(n.DATE_PUBLISHED, nt.date(article.printed))
        add(n.INPUT_HASH, nt.string(article.sha256))
        add(n.AUTHORITY_DATE, self._authority_date)
        if article.page is not None:
            add(n.PAGE_START, nt.integer(article.page))
        if article.day_shift:
            add(n.DAY_SHIFT, nt.integer(article.day_shift))
        for predicate, said in (
            (n.PRINT_SECTION, article.section),
            (n.COLUMN_TITLE, article.column),
            (n.BYLINE, article.author),
        ):
            if said:
                add(predicate, _in_its_language(said))
        self._write_languages(add)
        for note in (*article.notes, *linked.understanding.notes):
            add(n.READING_NOTE, f"<{vocab.note_code(note.code)}>")
            if note.detail:
                add(n.NOTE_DETAIL, nt.string(f"{note.code}: {note.detail}"))
        self._write_issue(add)

    def _write_languages(self, add: _Add) -> None:
        """What is said once a language; an English part that is no witness says nothing."""
        article = self._article
        for lang, title, length in (
            (Lang.ZH, article.title_zh, n.LENGTH_ZH),
            (Lang.EN, article.title_en, n.LENGTH_EN),
        ):
            body = article.body(lang)
            if title and (body is not None or lang is Lang.ZH or not article.title_zh):
                add(n.HEADLINE, nt.text(title, lang))
            if body is None:
                continue
            add(n.IN_LANGUAGE, f'"{lang.value}"')
            add(length, nt.integer(len(body.text)))
            if self._options.include_text:
                add(n.ARTICLE_BODY, nt.text(body.text, lang))

    def _write_issue(self, add: _Add) -> None:
        printed = self._article.printed
        issue = f"<{self._minter.issue(printed)}>"
        newspaper = f"<{self._minter.entity(self._options.newspaper)}>"
        self.items.add(self._options.newspaper)
        add(n.IS_PART_OF, issue)
        share = self._sharer(issue)
        share(n.TYPE, n.PUBLICATION_ISSUE)
        share(n.DATE_PUBLISHED, nt.date(printed))
        share(n.IS_PART_OF, newspaper)
        self._sharer(newspaper)(n.TYPE, n.NEWSPAPER)

    # --- mentions and quantities ---

    def _write_mention(self, mention: Mention) -> None:
        link = self._link(mention.key)
        entity = self._entity(mention.key)
        if mention.kind is Kind.MEASURE:
            node, has, cls = f"<{self._node}#{quantity_key(mention.key)}>", n.HAS_QUANTITY, n.QUANTITY
        else:
            node, has, cls = f"<{self._node}#{mention.key}>", n.HAS_MENTION, n.MENTION
        said = self.graph[node] = {n.TYPE: [cls], n.KIND: [_KINDS[mention.kind]], n.ENTITY: [entity]}
        self._add_article(has, node)
        if all(f.optional for f in mention.finds):
            said[n.OPTIONAL] = [nt.TRUE]
        elif mention.kind is not Kind.MEASURE:
            self._add_article(n.MENTIONS, entity)
        if mention.quantity is not None:
            self._write_quantity(said, mention.quantity, link)
        self._write_surfaces(said, mention)
        self._write_unit(said, mention)
        self._write_link(said, mention, link)
        self._share_entity(mention, link, entity)

    def _write_surfaces(self, said: Properties, mention: Mention) -> None:
        spans = [f.span for f in mention.finds]
        surfaces = dict.fromkeys([(s.text, s.lang) for s in spans])
        said[n.SURFACE] = [nt.text(surface, lang) for surface, lang in surfaces]
        said[n.SPANS] = [f'"{pack_spans(spans)}"']
        if mention.agreement is not Agreement.SINGLE:
            said[n.AGREEMENT] = [_AGREEMENTS[mention.agreement]]
        if mention.conflicts:
            said[n.CONFLICT] = [nt.string(pack_conflict(conflict)) for conflict in mention.conflicts]
        if mention.role is not None:
            said[n.ROLE] = [_ROLES[mention.role]]

    def _write_unit(self, said: Properties, mention: Mention) -> None:
        if mention.echelon is not None:
            said[n.ECHELON] = [_ECHELONS[mention.echelon]]
        if mention.strength is not None:
            said[n.STRENGTH_MIN if mention.strength_min else n.STRENGTH] = [nt.integer(mention.strength)]
        if mention.count is not None:
            said[n.COUNT_MIN if mention.count_min else n.COUNT] = [nt.decimal(mention.count)]

    def _write_link(self, said: Properties, mention: Mention, link: Link) -> None:
        said[n.VERDICT] = [_VERDICTS[link.verdict]]
        said[n.CONFIDENCE] = [nt.decimal(link.confidence)]
        said[n.AUTHORITY_DATE] = [self._authority_date]
        evidence = link.evidence
        if mention.confidence < 1:
            evidence = (Evidence("recognised", mention.confidence), *evidence)
        packed = pack_evidence([f.rule for f in mention.finds], evidence, self._options.explained)
        said[n.EVIDENCE] = [nt.string(packed)]
        if link.alternatives:
            said[n.ALTERNATIVES] = [nt.string(pack_alternatives(link.alternatives))]
        if link.judged:
            said[n.JUDGED] = [nt.TRUE]

    def _write_quantity(self, said: Properties, quantity: Quantity, link: Link) -> None:
        for predicate, bound in (
            (n.NUMERIC_VALUE, quantity.value),
            (n.MIN_VALUE, quantity.min),
            (n.MAX_VALUE, quantity.max),
        ):
            if bound is not None:
                said[predicate] = [nt.decimal(bound)]
        qudt = QUDT_UNITS.get(link.item or "")
        said[n.UNIT] = [f"<{vocab.UNIT}{qudt}>" if qudt else self._entity(link.key)]
        if quantity.counted:
            said[n.COUNTED] = [_in_its_language(quantity.counted)]

    def _share_entity(self, mention: Mention, link: Link, entity: str) -> None:
        """The entity of a mention without an item is known only by the articles that name it."""
        if link.verdict is Verdict.LINKED:
            self.items.add(link.entity)
            return
        share = self._sharer(entity)
        for cls in classes(mention.kind, mention.subkind):
            share(n.TYPE, cls)
        concept = subkind(mention.kind, mention.subkind)
        if concept:
            share(n.CATEGORY, concept)
        for lang in Lang:
            surfaces = mention.surfaces(lang)
            if surfaces:
                share(n.LABEL, nt.text(max(surfaces, key=lambda s: (len(s), s)), lang))

    # --- dispatches ---

    def _write_dispatch(self, dispatch: Dispatch) -> None:
        node = f"<{self._node}#{dispatch.key}>"
        said = self.graph[node] = {n.TYPE: [n.DISPATCH], n.RULE: [nt.string(dispatch.rule)]}
        self._add_article(n.HAS_DISPATCH, node)
        if dispatch.spans:
            said[n.SPANS] = [f'"{pack_spans(dispatch.spans)}"']
        if dispatch.dateline:
            said[n.DATELINE_SPANS] = [f'"{pack_spans(dispatch.dateline)}"']
        if dispatch.source is not None:
            said[n.DATELINE_SOURCE] = [self._entity(dispatch.source)]
        if dispatch.place is not None:
            said[n.DATELINE_PLACE] = [self._entity(dispatch.place)]
        if dispatch.date is not None:
            said[n.DATELINE_DATE] = [nt.date(dispatch.date)]
        if dispatch.chain:
            said[n.CITES] = [self._entity(key) for key in dispatch.chain]
            said[n.HAS_CHAIN_LINK] = [
                self._chain_link(dispatch.key, position, source)
                for position, source in enumerate(said[n.CITES], start=1)
            ]

    def _chain_link(self, dispatch: str, position: int, source: str) -> str:
        node = f"<{self._node}#{dispatch}-chain-{position}>"
        self.graph[node] = {
            n.TYPE: [n.CHAIN_LINK],
            n.CHAIN_POSITION: [nt.integer(position)],
            n.CHAIN_SOURCE: [source],
        }
        return node

    # --- events ---

    def _write_report(self, report: EventReport) -> None:
        link = self._event_link(report.key)
        node = f"<{self._node}#{report.key}>"
        event = f"<{self._minter.event(link.event)}>"
        evidence = pack_evidence([report.rule], link.evidence, self._options.explained)
        said = self.graph[node] = {
            n.TYPE: [n.EVENT_REPORT],
            n.EVENT_TYPE: [_EVENT_TYPES[report.type]],
            n.REPORTS: [event],
            n.CONFIDENCE: [nt.decimal(report.confidence)],
            n.EVIDENCE: [nt.string(evidence)],
        }
        self._add_article(n.HAS_EVENT_REPORT, node)
        if report.triggers:
            triggers = dict.fromkeys([(s.text, s.lang) for s in report.triggers])
            said[n.TRIGGER] = [nt.text(trigger, lang) for trigger, lang in triggers]
            said[n.SPANS] = [f'"{pack_spans(report.triggers)}"']
        if report.interval is not None:
            self._write_interval(said, report.interval)
        self._write_parties(said, report.places, n.HAS_PLACE, n.PLACE_NAME)
        self._write_parties(said, report.actors, n.HAS_ACTOR, n.ACTOR_NAME)
        if report.source is not None:
            said[n.REPORTED_BY] = [self._entity(report.source)]
        if report.dispatch is not None:
            said[n.IN_DISPATCH] = [f"<{self._node}#{report.dispatch}>"]
        self._share_event(report, link, event)

    def _write_interval(self, said: Properties, interval: Interval) -> None:
        begin, end = first_day(interval.start), last_day(interval.end)
        if begin is not None:
            said[n.BEGIN] = [nt.date(begin)]
        if end is not None:
            said[n.END] = [nt.date(end)]
        if begin is not None or end is not None:
            said[n.GRAIN] = [_GRAINS[interval.grain]]

    def _write_parties(self, said: Properties, parties: tuple[Party, ...], known: str, named: str) -> None:
        for party in parties:
            entity = self._party(party)
            if entity is not None:
                said.setdefault(known, []).append(entity)
            elif party.text:
                said.setdefault(named, []).append(_in_its_language(party.text))

    def _share_event(self, report: EventReport, link: EventLink, event: str) -> None:
        """A known event is described by the authority alone; a joined one by its reports."""
        share = self._sharer(event)
        share(n.TYPE, n.EVENT)
        self.items.update(link.part_of)
        if link.item is not None:
            self.items.add(link.item)
            return
        share(n.EVENT_TYPE, _EVENT_TYPES[report.type])
        begin = first_day(report.interval.start) if report.interval is not None else None
        if begin is not None:
            share(n.BEGIN, nt.date(begin))
        for party in report.places:
            entity = self._party(party)
            if entity is not None:
                share(n.HAS_PLACE, entity)
        for whole in link.part_of:
            share(n.SUB_EVENT_OF, f"<{self._minter.event(whole)}>")

    # --- helpers ---

    def _adder(self, subject: str) -> _Add:
        said = self.graph.setdefault(subject, {})

        def add(predicate: str, obj: str) -> None:
            if predicate in said:
                said[predicate].append(obj)
            else:
                said[predicate] = [obj]

        return add

    def _sharer(self, subject: str) -> _Add:
        append = self.shared.append

        def share(predicate: str, obj: str) -> None:
            append(f"{subject} {predicate} {obj} .\n")

        return share

    def _add_article(self, predicate: str, obj: str) -> None:
        self.graph[f"<{self._node}>"].setdefault(predicate, []).append(obj)

    def _link(self, key: str) -> Link:
        return _found(self._links, key, self._article.id)

    def _event_link(self, key: str) -> EventLink:
        return _found(self._event_links, key, self._article.id)

    def _entity(self, key: str) -> str:
        found = self._entities.get(key)
        if found is None:
            found = self._entities[key] = f"<{self._minter.entity(self._link(key).entity)}>"
        return found

    def _party(self, party: Party) -> str | None:
        return self._entity(party.mention) if party.mention is not None else None


_Add = Callable[[str, str], None]
_T = TypeVar("_T")


def quantity_key(key: str) -> str:
    """The fragment of a measure's mention: quantities are named for what they are in the graph.

    >>> quantity_key("measure-2")
    'quantity-2'
    """
    return key.replace("measure-", "quantity-", 1)


def _in_its_language(said: str) -> str:
    return nt.text(said, "zh" if _CJK.search(said) else "en")


def _found(links: dict[str, _T], key: str, article: str) -> _T:
    try:
        return links[key]
    except KeyError as e:
        raise ValidationError(
            f"article {article}: nothing was decided for {key!r}", remedy="link it anew"
        ) from e
