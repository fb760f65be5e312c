"""``kg inspect``: what was understood in one article, and why, on one screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kg.articles import read_inputs
from kg.cli.common import common, current_run, err, out, print_json, told
from kg.errors import InputError
from kg.linking.features import FEATURES
from kg.model import Body, EventReport, Find, Lang, Link, LinkedArticle, Mention, Party, Reject, Verdict
from kg.pipeline.annotate import annotation
from kg.pipeline.convert import Converter
from kg.store.documents import plain

_STYLES = {"source": "cyan", "place": "green", "unit": "red", "measure": "yellow"}
_VERDICTS = {Verdict.LINKED: "green", Verdict.NIL: "dim", Verdict.UNDECIDED: "yellow"}
_AGREEMENTS = {
    "agree": "zh = en",
    "conflict": "zh ≠ en",
    "zh_only": "zh only",
    "en_only": "en only",
    "single": "",
}


@click.command()
@click.argument("file")
@click.option(
    "--text/--no-text", default=True, help="Show the text with its mentions coloured (the default)."
)
@common
@click.pass_context
def inspect(ctx: click.Context, file: str, text: bool) -> None:
    r"""Show what was understood in an article, and why.

    The notes of reading; dispatches and their sources; each mention with the rule that found it, the
    agreement of the languages, the decision and its reasons; events with time, place and parties.
    What is no article is told, and the rest of FILE is shown.

    \b
    kg inspect article.txt
    kg inspect archive.jsonl --json
    """
    run = current_run(ctx)
    settings = run.settings()
    converter = Converter.load(settings)
    found = 0
    for raw in read_inputs([file], max_article=settings.max_article):
        outcome = raw if isinstance(raw, Reject) else converter.read(raw)
        if isinstance(outcome, Reject):
            err().print(told(outcome), markup=False, soft_wrap=True)
            continue
        found += 1
        if run.json:
            print_json({**annotation(outcome, converter.writer.minter), "understood": plain(outcome)})
        else:
            _show(out(), outcome, text)
    if not found:
        raise InputError(f"{file}: no article could be read there", remedy="the reasons stand above")


def _show(console: Console, linked: LinkedArticle, with_text: bool) -> None:
    links = {link.key: link for link in linked.links}
    console.print(_head(linked))
    if with_text:
        for body in (linked.article.zh, linked.article.en):
            if body is not None:
                console.print(Panel(_coloured(body, linked), title=body.lang.value, title_align="left"))
    for part in (_dispatches(linked, links), _mentions(linked, links), _events(linked, links)):
        if part is not None:
            console.print(part)


def _head(linked: LinkedArticle) -> Group:
    article = linked.article
    lines = [Text(f"{article.id}  ", style="bold")]
    lines[0].append(
        f"{article.form.value}, printed {article.printed}, page {article.page or '?'}", style="default"
    )
    lines += [Text(title, style="bold") for title in (article.title_zh, article.title_en) if title]
    if article.alignment:
        pairs = " ".join(f"{zh}={en}" for zh, en, _ in article.alignment)
        lines.append(Text(f"paragraphs aligned (zh=en): {pairs}", style="dim"))
    for note in (*article.notes, *linked.understanding.notes):
        lines.append(Text(f"! {note.code} {note.detail}", style="yellow"))
    return Group(*lines)


def _coloured(body: Body, linked: LinkedArticle) -> Text:
    text = Text(body.text)
    for kind, find in _finds(linked, body.lang):
        text.stylize(f"underline {_STYLES[kind]}", find.span.start, find.span.end)
    for event in linked.understanding.events:
        for trigger in event.triggers:
            if trigger.lang is body.lang:
                text.stylize("reverse", trigger.start, trigger.end)
    for dispatch in linked.understanding.dispatches:
        for span in dispatch.dateline:
            if span.lang is body.lang:
                text.stylize("bold", span.start, span.end)
    return text


def _finds(linked: LinkedArticle, lang: Lang) -> Iterator[tuple[str, Find]]:
    for mention in linked.understanding.mentions:
        for find in mention.finds:
            if find.span.lang is lang:
                yield mention.kind.value, find


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 1))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _dispatches(linked: LinkedArticle, links: dict[str, Link]) -> Table | None:
    if not linked.understanding.dispatches:
        return None
    names = {m.key: m.name for m in linked.understanding.mentions}
    table = _table("Dispatches", "dateline", "source", "place", "filed", "cites", "rule")
    for d in linked.understanding.dispatches:
        table.add_row(
            " / ".join(span.text for span in d.dateline),
            _named(d.source, names, links),
            _named(d.place, names, links),
            d.date.isoformat() if d.date else "",
            ", ".join(_named(key, names, links) for key in d.chain),
            d.rule,
        )
    return table


def _named(key: str | None, names: dict[str, str], links: dict[str, Link]) -> str:
    if key is None:
        return ""
    item = links[key].item
    return f"{names[key]} {item}" if item else names[key]


def _mentions(linked: LinkedArticle, links: dict[str, Link]) -> Table | None:
    if not linked.understanding.mentions:
        return None
    table = _table("Mentions", "kind", "surfaces", "what", "rules", "languages", "decision", "why")
    for mention in linked.understanding.mentions:
        link = links[mention.key]
        decision = Text(link.item or link.verdict.value, style=_VERDICTS[link.verdict])
        decision.append(f" {link.confidence:.2f}", style="dim")
        table.add_row(
            Text(mention.kind.value, style=_STYLES[mention.kind.value]),
            Text(" | ".join(dict.fromkeys(f.span.text for f in mention.finds))),
            _what(mention),
            ", ".join(dict.fromkeys(f.rule for f in mention.finds)),
            _languages(mention),
            decision,
            Text(_why(link), style="dim"),
        )
    return table


def _what(mention: Mention) -> str:
    parts: list[Any] = [
        mention.subkind,
        mention.role and mention.role.value,
        mention.echelon and mention.echelon.value,
    ]
    if mention.count is not None:
        parts.append(f"{'≥' if mention.count_min else ''}{float(mention.count):g}×")
    if mention.strength is not None:
        parts.append(f"{'≥' if mention.strength_min else ''}{mention.strength:,} men")
    if (q := mention.quantity) is not None:
        for sign, bound in (("", q.value), ("≥", q.min), ("≤", q.max)):
            if bound is not None:
                parts.append(f"{sign}{float(bound):g}")
        parts.append(q.unit)
    if all(f.optional for f in mention.finds):
        parts.append("(arguable)")
    return " ".join(str(p) for p in parts if p)


def _languages(mention: Mention) -> Text:
    text = Text(_AGREEMENTS[mention.agreement.value])
    for conflict in mention.conflicts:
        text.append(f"\n{conflict.zh.text} ≠ {conflict.en.text}", style="red")
    return text


def _why(link: Link) -> str:
    """The reasons; of a standing feature its value alone, for what it means is in the documentation."""
    reasons = "; ".join(
        f"{e.feature} {e.value:g}" + (f" ({e.detail})" if e.detail and e.feature not in FEATURES else "")
        for e in link.evidence
    )
    others = ", ".join(f"{a.item} {a.label} {a.score:.2f}" for a in link.alternatives)
    return reasons + (f"; else: {others}" if others else "")


def _events(linked: LinkedArticle, links: dict[str, Link]) -> Table | None:
    if not linked.understanding.events:
        return None
    known = {link.key: link for link in linked.event_links}
    table = _table("Events", "type", "triggers", "time", "places", "actors", "source", "rule", "event")
    for event in linked.understanding.events:
        link = known[event.key]
        whole = f"{link.item or link.event}" + "".join(f" < {w}" for w in link.part_of)
        table.add_row(
            event.type.value,
            " | ".join(t.text for t in event.triggers),
            _time(event),
            _parties(event.places, links),
            _parties(event.actors, links),
            (links[event.source].item or event.source) if event.source else "",
            event.rule,
            Text(f"{whole} {link.confidence:.2f}", style="dim"),
        )
    return table


def _time(event: EventReport) -> str:
    interval = event.interval
    if interval is None:
        return ""
    if interval.start == interval.end:
        return f"{interval.start} ({interval.grain.value})"
    return f"{interval.start or '…'} to {interval.end or '…'} ({interval.grain.value})"


def _parties(parties: tuple[Party, ...], links: dict[str, Link]) -> str:
    return ", ".join(
        f"{p.text} {links[p.mention].item or ''}".strip() if p.mention is not None else p.text
        for p in parties
    )
