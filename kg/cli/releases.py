"""``kg releases``: list, verify, publish, roll back, prune, compare, export, import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.filesize import decimal
from rich.table import Table

from kg.cli.common import Commands, common, current_run, out, print_json
from kg.errors import ReleaseError, UsageError
from kg.pipeline.comparing import Comparisons
from kg.store.releases import Release, Releases


def _releases(ctx: click.Context) -> Releases:
    return Releases(current_run(ctx).settings().data)


def _record(release: Release, current: str | None) -> dict[str, Any]:
    m = release.manifest
    return {
        "release": release.id,
        "published": release.id == current,
        "created": m.created,
        "kind": m.kind,
        "triples": m.triples,
        "counts": dict(m.counts),
        "bytes": release.size,
        "code_version": m.code_version,
        "authority": dict(m.authority),
        "content": m.content,
        "path": str(release.path),
    }


@click.group(cls=Commands)
@common
def releases() -> None:
    """List, verify, publish, roll back, prune, export and import releases."""


@releases.command("list")
@common
@click.pass_context
def list_(ctx: click.Context) -> None:
    r"""List the releases, oldest first; the published one is marked.

    \b
    kg releases list
    """
    all_releases = _releases(ctx)
    current, damaged = all_releases.current_id(), all_releases.damaged()
    records = [_record(r, current) for r in all_releases.all()]
    for problem in damaged.values():
        click.echo(f"kg: {problem}", err=True)
    if current_run(ctx).json:
        print_json(records)
        return
    if not records:
        click.echo(f"no whole release in {all_releases.data}")
        return
    table = Table("release", "", "kind", "triples", "size", "authority", box=None)
    for r in records:
        mark = "[bold green]published[/]" if r["published"] else ""
        table.add_row(
            r["release"], mark, r["kind"], f"{r['triples']:,}", decimal(r["bytes"]), r["authority"]["date"]
        )
    out().print(table)
    for folder in all_releases.unfinished():
        out().print(f"unfinished: {folder} (running, or to be removed by the next run)")


@releases.command()
@click.argument("release", default="current")
@common
@click.pass_context
def complete(ctx: click.Context, release: str) -> None:
    r"""Make the files to download that an update left for later.

    \b
    kg update --quick corrected.txt && kg releases complete
    """
    from kg.pipeline.dumping import complete_dumps

    run = current_run(ctx)
    settings = run.settings()
    found = Releases(settings.data).get(release)
    made = complete_dumps(found, settings)
    if run.json:
        print_json({"release": found.id, "made": bool(made)})
    else:
        out().print("all files were made" if made else "all files are there")


@releases.command()
@click.argument("release", default="current")
@common
@click.pass_context
def verify(ctx: click.Context, release: str) -> None:
    r"""Compare every byte of a release with its manifest.

    \b
    kg releases verify
    kg releases verify 20261124T101530Z-1f3a2b4c
    """
    all_releases = _releases(ctx)
    found = all_releases.get(release)
    wrong = all_releases.verify(found)
    if current_run(ctx).json:
        print_json({"release": found.id, "whole": not wrong, "wrong": wrong})
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        raise ReleaseError(f"release {found.id} is damaged", remedy="kg releases rollback, or build anew")
    if not current_run(ctx).json:
        click.echo(f"{found.id}: {len(found.manifest.files)} files, all as published")


def _published(ctx: click.Context, release: Release) -> None:
    if current_run(ctx).json:
        print_json(_record(release, release.id))
    else:
        click.echo(f"published {release.id}")


@releases.command()
@click.argument("release")
@common
@click.pass_context
def publish(ctx: click.Context, release: str) -> None:
    r"""Publish a release that is there, older or newer; it is verified first.

    \b
    kg releases publish 20261124T101530Z
    """
    _published(ctx, _releases(ctx).republish(release))


@releases.command()
@click.argument("release", required=False)
@common
@click.pass_context
def rollback(ctx: click.Context, release: str | None) -> None:
    r"""Publish the release before the published one again (or RELEASE).

    \b
    kg releases rollback
    """
    _published(ctx, _releases(ctx).rollback(release))


@releases.command()
@click.option("--keep", type=click.IntRange(1), help="How many to keep (setting keep_releases).")
@common
@click.pass_context
def prune(ctx: click.Context, keep: int | None) -> None:
    r"""Remove all but the newest releases; the published one always stays.

    \b
    kg releases prune --keep 2
    """
    settings = current_run(ctx).settings(keep_releases=keep)
    all_releases = Releases(settings.data)
    removed = all_releases.prune(settings.keep_releases)
    Comparisons(all_releases).prune()
    if current_run(ctx).json:
        print_json({"removed": removed})
    else:
        number = f"{len(removed)} release{'s' if len(removed) != 1 else ''}"
        click.echo(f"removed {number}" + "".join(f"\n{r}" for r in removed))


@releases.command()
@click.argument("old")
@click.argument("new", default="current")
@common
@click.pass_context
def changes(ctx: click.Context, old: str, new: str) -> None:
    r"""Work out what differs between two kept releases: files of added and removed triples.

    They are kept in DATA/changes and served under /changes/OLD..NEW/.  A release may be named by the
    beginning of its id; NEW is the published one by default.

    \b
    kg releases changes 20261124T101530Z
    """
    all_releases = _releases(ctx)
    before, after = all_releases.get(old), all_releases.get(new)
    if before.id >= after.id:
        raise UsageError(f"release {before.id} is not older than {after.id}", remedy="name the older first")
    made = Comparisons(all_releases).make(before, after)
    assert made is not None  # noqa: S101  it waited
    counts = {f.name: f.triples if f.triples is not None else f.rows for f in made.index.files}
    if current_run(ctx).json:
        print_json({"old": made.old, "new": made.new, "folder": str(made.folder), "counts": counts})
        return
    for name, count in counts.items():
        click.echo(f"{count:>12,}  {made.folder / name}")


@releases.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--release", default="current", help="Which; the published one by default.")
@common
@click.pass_context
def export(ctx: click.Context, target: Path, release: str) -> None:
    r"""Write a release to one file, as a backup.

    \b
    kg releases export backup.tar
    """
    all_releases = _releases(ctx)
    found = all_releases.get(release)
    all_releases.export(found, target)
    if current_run(ctx).json:
        print_json({"release": found.id, "file": str(target), "bytes": target.stat().st_size})
    else:
        click.echo(f"{found.id} -> {target} ({decimal(target.stat().st_size)})")


@releases.command("import")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish/--no-publish", default=True, help="Publish it too (the default).")
@common
@click.pass_context
def import_(ctx: click.Context, source: Path, publish: bool) -> None:
    r"""Take a release out of a backup file; it is verified before it counts.

    \b
    kg --data /srv/restored releases import backup.tar
    """
    release = _releases(ctx).import_(source, publish=publish)
    if publish:
        _published(ctx, release)
    else:
        click.echo(f"imported {release.id}")
