"""``kg judge``: people settle what the linker left open, and correct what it got wrong."""

from __future__ import annotations

import dataclasses
import getpass
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from kg.authority import open_authority
from kg.cli.common import Commands, Run, common, current_run, out, print_json, tell_conflicts
from kg.errors import UsageError
from kg.linking.judgements import Decision, Judgement, Judgements
from kg.model import Kind
from kg.pipeline.review import FindItem, Question, answer, question, questions
from kg.rdf.iris import is_qid
from kg.settings import Settings
from kg.store.archive import Archive
from kg.store.releases import Releases

_KIND = click.option("--kind", type=click.Choice([k.value for k in Kind]), help="Only links of this kind.")
_WHO = click.option("--who", envvar="KG_JUDGE", help="Who judges; without it the name of the login.")


def _decision(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of the commands that append a judgement."""
    for option in reversed(
        (
            click.option("--surface", help="The name that is judged; without it the commonest of KEY."),
            click.option("--article", help="Only in this article (its id: 1953-12-14/4/1a2b3c4d)."),
            click.option("--from", "since", metavar="DATE", help="Only in articles printed since this day."),
            click.option("--to", "until", metavar="DATE", help="Only in articles printed until this day."),
            _WHO,
        )
    ):
        command = option(command)
    return command


@click.group("judge", cls=Commands, invoke_without_command=True)
@_KIND
@_WHO
@common
@click.pass_context
def judge(ctx: click.Context, kind: str | None, who: str | None) -> None:
    r"""Judge links: accept or reject them, say which item it is, or that there is none.

    Without a command, asks one question after the other.  Questions come from the published release, the
    most valuable first: by how many articles an answer settles.  Answers are lines of the judgements file
    (setting judgements); the next build or update obeys them.

    KEY is KIND/ENTITY as the list shows it, or KIND/NAME for any name at all.

    \b
    kg judge
    kg judge list --kind place
    kg judge is place/莱州 Q36409 --to 1954-12-31
    kg judge nil place/place-5fad7bcefbf7
    """
    if ctx.invoked_subcommand is None:
        _interview(_Desk(current_run(ctx).settings()), kind, who)


class _Desk:
    """What the commands work with: the published release, the judgements, the authority."""

    def __init__(self, settings: Settings) -> None:
        self.file = settings.judgements_file
        self.judgements = Judgements.load(self.file)
        self._settings = settings
        self._archive: Archive | None = None
        self._find: FindItem | None = None

    @property
    def archive(self) -> Archive:
        if self._archive is None:
            self._archive = Archive(Releases(self._settings.data).require().articles)
        return self._archive

    @property
    def find(self) -> FindItem:
        if self._find is None:
            self._find = open_authority(self._settings.authority).item
        return self._find

    def question(self, key: str) -> Question:
        return question(self.archive, self.judgements, key, self.find)

    def published(self) -> bool:
        return Releases(self._settings.data).current() is not None


@judge.command("list")
@_KIND
@click.option("-n", "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many.")
@click.option("--after", metavar="CURSOR", help="Go on after this question of a list (its cursor).")
@click.option("--pending", is_flag=True, help="With those that wait for the next build.")
@common
@click.pass_context
def list_(ctx: click.Context, kind: str | None, limit: int, after: str | None, pending: bool) -> None:
    r"""List undecided and doubtful links, the most valuable first.

    \b
    kg judge list -n 50 --json
    """
    desk = _Desk(current_run(ctx).settings())
    found, following = questions(
        desk.archive, desk.judgements, desk.find, kind=kind, after=after, limit=limit, pending=pending
    )
    if current_run(ctx).json:
        print_json({"questions": [_record(q) for q in found], "next": following})
        return
    table = Table("key", "name", "articles", "confidence", "now", "or", box=None)
    for q in found:
        rivals = [f"{c.item} {c.label}" for c in q.choices if c.item != q.item]
        table.add_row(
            q.key, escape(" ".join(q.surfaces[:3])), f"{q.articles:,}", f"{q.confidence:.2f}",
            q.item or q.verdict.value, escape(", ".join(rivals)),
        )  # fmt: skip
    out().print(table)
    if following:
        out().print(f"more: kg judge list --after {following}")
    tell_conflicts(desk.judgements)


@judge.command()
@click.argument("key")
@common
@click.pass_context
def show(ctx: click.Context, key: str) -> None:
    r"""Show one link: examples, evidence, the items it may be, what was judged before.

    \b
    kg judge show place/Q148
    """
    asked = _Desk(current_run(ctx).settings()).question(key)
    if current_run(ctx).json:
        print_json(_record(asked))
    else:
        _show(asked)


@judge.command()
@click.argument("key")
@click.option("--item", help="The item that is right; without it the one linked now.")
@_decision
@common
@click.pass_obj
def accept(run: Run, /, key: str, item: str | None, **scope: str | None) -> None:
    r"""The link is right.

    \b
    kg judge accept place/Q148
    """
    _append(run, key, Decision.ACCEPT, item, **scope)


@judge.command()
@click.argument("key")
@click.option("--item", help="The item that is wrong; without it the one linked now.")
@_decision
@common
@click.pass_obj
def reject(run: Run, /, key: str, item: str | None, **scope: str | None) -> None:
    r"""The item is wrong: the others are weighed again.

    \b
    kg judge reject place/Q148 --to 1949-09-30
    """
    _append(run, key, Decision.REJECT, item, **scope)


@judge.command("is")
@click.argument("key")
@click.argument("item")
@_decision
@common
@click.pass_obj
def is_(run: Run, /, key: str, item: str, **scope: str | None) -> None:
    r"""It is this item.

    \b
    kg judge is place/place-5fad7bcefbf7 Q148
    """
    _append(run, key, Decision.ITEM, item, **scope)


@judge.command()
@click.argument("key")
@_decision
@common
@click.pass_obj
def nil(run: Run, /, key: str, **scope: str | None) -> None:
    r"""There is no item for it.

    \b
    kg judge nil unit/某部队
    """
    _append(run, key, Decision.NIL, None, **scope)


@judge.command()
@common
@click.pass_context
def log(ctx: click.Context) -> None:
    r"""Print the judgements so far, oldest first.

    \b
    kg judge log
    """
    said = Judgements.load(current_run(ctx).settings().judgements_file).all
    if current_run(ctx).json:
        print_json([j.record() for j in said])
        return
    table = Table("when", "who", "judgement", box=None)
    for j in said:
        table.add_row(j.when, escape(j.who), escape(_sentence(j)))
    out().print(table)


@judge.command()
@common
@click.pass_context
def conflicts(ctx: click.Context) -> None:
    r"""Print the judgements of different people that contradict each other; exit code 1 if there are any.

    \b
    kg judge conflicts
    """
    pairs = Judgements.load(current_run(ctx).settings().judgements_file).conflicts()
    if current_run(ctx).json:
        print_json([[a.record(), b.record()] for a, b in pairs])
    else:
        for a, b in pairs:
            click.echo(f"{a.who or '?'} on {a.when[:10]}: {_sentence(a)}")
            click.echo(f"  {b.who or '?'} on {b.when[:10]}: {_sentence(b)} (obeyed)")
        click.echo(f"{len(pairs)} conflicts")
    ctx.exit(1 if pairs else 0)


def _append(run: Run, key: str, decision: Decision, item: str | None, *, surface: str | None,
            article: str | None, since: str | None, until: str | None, who: str | None) -> None:  # fmt: skip
    desk = _Desk(run.settings())
    kind, name, linked = _target(desk, key)
    said = answer(
        desk.file, kind, surface or name, decision, who=who or getpass.getuser(), item=item or linked,
        article=article, since=since, until=until,
    )  # fmt: skip
    _tell(run, desk, said)


def _target(desk: _Desk, key: str) -> tuple[str, str, str | None]:
    """Kind, name and linked item of a key; a key that is no entity of the release names a name."""
    kind, _, name = key.partition("/")
    if kind not in {k.value for k in Kind} or not name:
        raise UsageError(f"key {key!r}: not KIND/ENTITY or KIND/NAME", remedy="kg judge list shows the keys")
    if desk.published() and desk.archive.entity(name) is not None:
        asked = desk.question(key)
        return kind, asked.surface, asked.item
    if name.isascii() and (is_qid(name) or name.startswith(f"{kind}-")):
        raise UsageError(f"key {key!r}: not in the release", remedy="kg judge list shows the keys")
    return kind, name, None


def _tell(run: Run, desk: _Desk, said: Judgement) -> None:
    if said.item and said.decision is not Decision.REJECT and desk.find(said.item) is None:
        click.echo(f"{said.item} is not in the authority: bare until it is pulled and imported", err=True)
    pairs = [p for p in Judgements.load(desk.file).conflicts() if said in p]
    for pair in pairs:
        other = pair[0] if pair[1] == said else pair[1]
        click.echo(f"contradicts {other.who} on {other.when[:10]}: {_sentence(other)}", err=True)
    if run.json:
        print_json(said.record())
    else:
        click.echo(f"{_sentence(said)}: obeyed from the next build on ({desk.file})")


def _sentence(said: Judgement) -> str:
    head = f"{said.kind.value} {said.surface} "
    verb = {
        Decision.ACCEPT: f"is rightly {said.item}",
        Decision.REJECT: f"is not {said.item}",
        Decision.ITEM: f"is {said.item}",
        Decision.NIL: "has no item",
    }[said.decision]
    where = f" in {said.article}" if said.article else ""
    where += f" from {said.after}" if said.after else ""
    return head + verb + where + (f" to {said.before}" if said.before else "")


def _record(asked: Question) -> dict[str, Any]:
    return dataclasses.asdict(asked)


# --- asking ----------------------------------------------------------------------------------------

_HELP = (
    "[b]1[/b]…[b]9[/b] it is that item, [b]Q…[/b] it is this item, [b]a[/b] accept, [b]r[/b] reject,"
    " [b]n[/b] no item, [b]s[/b] or Enter skip, [b]q[/b] quit"
)


class _Word(Enum):
    """What somebody may say that is no judgement."""

    SKIP = "skip"
    QUIT = "quit"
    UNKNOWN = "unknown"


_Answer = tuple[Decision, str | None] | _Word


def _show(asked: Question) -> None:
    console = out()
    now = asked.item or asked.verdict.value
    console.print(
        f"[b]{escape(' / '.join(asked.surfaces))}[/b]  {asked.key}  {asked.articles:,} articles,"
        f" now {now} ({asked.confidence:.2f})"
    )
    for e in asked.examples:
        console.print(f"  {e.date} {escape(e.title)}", style="dim")
        console.print(f"    …{escape(e.before)}[b]{escape(e.text)}[/b]{escape(e.after)}…")
    for n, c in enumerate(asked.choices, 1):
        mark = "*" if c.item == asked.item else " "
        console.print(f" {mark}{n} {c.item} {escape(c.label)} ({escape(c.description)}) {c.score:.2f}")
    for evidence in asked.evidence:
        console.print(f"    {evidence.feature} {evidence.value:g}: {escape(evidence.detail)}", style="dim")
    for said in asked.said:
        console.print(f"    {said.when[:10]} {escape(said.who)}: {escape(_sentence(said))}")


def _interview(desk: _Desk, kind: str | None, who: str | None) -> None:
    """Ask until somebody quits or nothing is left; a name that was judged is not asked for again."""
    who = who or getpass.getuser()
    judged: set[tuple[Kind, str]] = set()
    for asked in _asking(desk, kind):
        if (asked.kind, asked.surface) in judged:
            continue
        _show(asked)
        said = _ask(asked)
        if said is _Word.QUIT:
            click.echo(f"{len(judged)} judgements in {desk.file}")
            return
        if not isinstance(said, _Word):
            decision, item = said
            answer(desk.file, asked.kind.value, asked.surface, decision, who=who, item=item)
            judged.add((asked.kind, asked.surface))
    click.echo(f"nothing more to judge; {len(judged)} judgements in {desk.file}")


def _asking(desk: _Desk, kind: str | None) -> Iterator[Question]:
    after = None
    while True:
        found, after = questions(desk.archive, desk.judgements, desk.find, kind=kind, after=after)
        yield from found
        if after is None:
            return


def _ask(asked: Question) -> _Answer:
    out().print(_HELP, style="dim")
    while True:
        try:
            text = click.prompt("?", default="s", show_default=False).strip()
        except click.Abort:
            return _Word.QUIT
        if (said := _understood(text, asked)) is not _Word.UNKNOWN:
            return said
        out().print(f"{escape(text)}: not understood; {_HELP}")


def _understood(text: str, asked: Question) -> _Answer:
    low = text.lower()
    if low in {"q", "s", ""}:
        return _Word.QUIT if low == "q" else _Word.SKIP
    if low == "n":
        return Decision.NIL, None
    if low in {"a", "r"} and asked.item:
        return (Decision.ACCEPT if low == "a" else Decision.REJECT), asked.item
    if low.isdecimal() and 1 <= int(low) <= len(asked.choices):
        return Decision.ITEM, asked.choices[int(low) - 1].item
    if is_qid(text.upper()):
        return Decision.ITEM, text.upper()
    return _Word.UNKNOWN
