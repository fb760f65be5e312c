"""``kg convert``."""

from __future__ import annotations

import click

from kg.cli.common import common, current_run, err, out, print_json
from kg.cli.progress import Bar
from kg.pipeline.cluster import Dask
from kg.pipeline.runner import Runner, runner_for
from kg.pipeline.sharding import convert as run_convert


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option(
    "--out", "target", required=True, metavar="DIR", help="Where to; a path or a URL such as s3://…"
)
@click.option(
    "--runner", type=click.Choice(["local", "dask"]), default="local", show_default=True, help="What runs it."
)
@click.option("--cluster", metavar="ADDRESS", help="Dask scheduler (tcp://host:8786); else one of its own.")
@click.option("--processes", type=click.IntRange(0), metavar="N", help="Worker processes; 0: one a core.")
@click.option("--files", type=click.IntRange(1), default=1000, show_default=True, help="Input files a shard.")
@click.option("--base", metavar="IRI", help="Base IRI of everything minted; ends in '/'.")
@common
@click.pass_context
def convert(
    ctx: click.Context,
    inputs: tuple[str, ...],
    target: str,
    runner: str,
    cluster: str | None,
    processes: int | None,
    files: int,
    base: str | None,
) -> None:
    r"""Convert articles into sharded N-Triples, for any store, on one machine or a cluster.

    Writes sorted, compressed N-Triples and a manifest into DIR.  A run that was ended is taken up where it
    stopped: shards that are done are not done again.  Inputs and DIR may be on shared storage (fsspec URLs).

    \b
    kg convert articles/ --out shards/
    kg convert 's3://archive/*.jsonl.zst' --out s3://graph/shards --runner dask --cluster tcp://head:8786
    """
    run = current_run(ctx)
    settings = run.settings(processes=processes, base=base)
    chosen: Runner = (
        Dask(cluster, processes=settings.processes) if runner == "dask" else runner_for(settings.processes)
    )
    with Bar(err()) as bar:
        manifest = run_convert(inputs, settings, target, runner=chosen, progress=bar, files=files)
    if run.json:
        print_json(manifest)
    else:
        out().print(
            f"{manifest['read']:,} read = {manifest['converted']:,} converted"
            f" + {manifest['duplicates']:,} duplicates + {manifest['rejected']:,} rejected\n"
            f"{manifest['lines']:,} lines in {len(manifest['files']):,} files in {target}",
            markup=False,
        )
        if manifest["rejected"] or manifest["duplicates"]:
            out().print(f"rejects, with reasons: {target.rstrip('/')}/rejects.jsonl", markup=False)
    ctx.exit(0 if manifest["converted"] else 3)
