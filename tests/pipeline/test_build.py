"""A build: the same bytes however it runs; counts add up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.pipeline import build
from kg.pipeline.convert import Converter
from kg.pipeline.runner import InProcess, Processes
from kg.settings import Settings
from kg.store.releases import Releases

from .releases import assert_same
from .test_update import TEXTS


def test_processes_and_order_of_inputs_make_no_difference(
    write: Callable[..., Path], tmp_path: Path, converter: Converter
) -> None:
    folder = write(**{name.replace("-", "_"): text for name, text in TEXTS.items()})
    files = sorted(folder.iterdir())
    one, two = Settings(data=tmp_path / "one"), Settings(data=tmp_path / "two")
    first = build(files, one, converter=converter, runner=InProcess())
    second = build(files[::-1], two, converter=converter, runner=Processes(3))
    assert first.counts == second.counts
    assert_same(Releases(one.data).require(), folder, Releases(two.data).require(), folder)


def test_counts(write: Callable[..., Path], tmp_path: Path, converter: Converter) -> None:
    folder = write(a=TEXTS["hanoi"], b=TEXTS["hanoi"], c=TEXTS["hanoi2"], d=TEXTS["junk"])
    report = build([folder], Settings(data=tmp_path / "data"), converter=converter, runner=InProcess())
    assert report.counts.to_json() == {
        "read": 4, "converted": 2, "unchanged": 0, "duplicates": 1, "rejected": 1,
    }  # fmt: skip
    assert report.rejects is not None
    assert len(report.rejects.read_text().splitlines()) == 2
    assert 0 < report.mentions["wikidata"] <= report.mentions["linked"]
