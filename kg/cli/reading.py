"""``kg annotate``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click

from kg.cli.common import as_a_whole, common, current_run, err, print_json, told
from kg.errors import InputError
from kg.model import Reject
from kg.pipeline.annotate import annotate as run_annotate
from kg.pipeline.convert import Converter
from kg.pipeline.runner import runner_for


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.option("--processes", type=click.IntRange(0), metavar="N", help="Worker processes; 0: one a core.")
@common
@click.pass_context
def annotate(ctx: click.Context, inputs: tuple[str, ...], output: Path | None, processes: int | None) -> None:
    r"""Print what was found in each article: one JSON object a line, in input order.

    Each has file, article, date, page, title, mentions (kind, lang, text, start, end, qid, verdict,
    confidence, role, echelon, strength, value ...) and events.

    \b
    kg annotate article.txt
    kg annotate articles/ -o annotations.jsonl
    """
    run = current_run(ctx)
    settings = run.settings(processes=processes)
    converter = Converter.load(settings)
    if output is None:
        done, rejected = _write(inputs, converter, settings.processes, settings.max_article, sys.stdout)
    else:
        with as_a_whole(output) as place, place.open("w", encoding="utf-8") as out:
            done, rejected = _write(inputs, converter, settings.processes, settings.max_article, out)
    if run.json:
        summary = {"annotated": done, "rejected": rejected, "file": output}
        print_json(summary, to_stderr=output is None)
    if not done:
        raise InputError("nothing could be read", remedy="the reasons stand above")


def _write(
    inputs: tuple[str, ...], converter: Converter, processes: int, max_article: int, out: TextIO
) -> tuple[int, int]:
    """How many articles were written, how many inputs are none."""
    done = rejected = 0
    console = err()
    for line in run_annotate(inputs, converter, runner_for(processes), max_article=max_article):
        if isinstance(line, Reject):
            console.print(told(line), markup=False, soft_wrap=True)
            rejected += 1
        else:
            out.write(line + "\n")
            done += 1
    return done, rejected
