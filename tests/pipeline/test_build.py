"""A build: the same bytes however it runs; counts add up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from kg.articles import parse
from kg.dumps.index import DumpFile, DumpIndex
from kg.model import Article, RawArticle, Understanding
from kg.pipeline.build import build
from kg.pipeline.convert import Batch, Converter, Understands
from kg.pipeline.dumping import complete_dumps
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


def test_the_files_to_download_are_made_after_publication(
    write: Callable[..., Path], tmp_path: Path, converter: Converter
) -> None:
    """A quick build, and a build that was ended after publication, are made good to the same bytes."""
    folder = write(**{name.replace("-", "_"): text for name, text in TEXTS.items()})
    now = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    quick, whole = Settings(data=tmp_path / "quick"), Settings(data=tmp_path / "whole")
    for settings in (quick, whole):
        build([folder], settings, quick=settings is quick, converter=converter, runner=InProcess(), now=now)
    release = Releases(quick.data).require()
    published = DumpIndex.load(release.dumps)
    assert not published.complete
    assert release.dumps == release.path / "dumps"
    assert complete_dumps(release, quick)
    assert not complete_dumps(release, quick)
    made = _comparable(release.dumps)
    assert made == _comparable(Releases(whole.data).require().dumps)
    assert "graph.ttl.gz" in made
    # The years are the files that were published, not made a second time.
    years = [f for f in published.files if f.group == "year"]
    assert years
    assert all((release.dumps / f.name).samefile(release.path / "dumps" / f.name) for f in years)
    assert all(made[f.name] == f for f in years)
    assert not Releases(quick.data).verify(release)


def _comparable(folder: Path) -> dict[str, DumpFile]:
    return {f.name: f for f in DumpIndex.load(folder).files}


def test_counts(write: Callable[..., Path], tmp_path: Path, converter: Converter) -> None:
    folder = write(a=TEXTS["hanoi"], b=TEXTS["hanoi"], c=TEXTS["hanoi2"], d=TEXTS["junk"])
    report = build([folder], Settings(data=tmp_path / "data"), converter=converter, runner=InProcess())
    assert report.counts.to_json() == {
        "read": 4, "converted": 2, "unchanged": 0, "duplicates": 1, "rejected": 1,
    }  # fmt: skip
    assert report.rejects is not None
    assert len(report.rejects.read_text().splitlines()) == 2
    assert 0 < report.mentions["wikidata"] <= report.mentions["linked"]


class _Stumbling:
    """The real understander, but for one article a fault of ours."""

    def __init__(self, understander: Understands, bad: str) -> None:
        self._understander, self._bad = understander, bad

    def understand(self, article: Article) -> Understanding:
        return self.understand_all((article,))[0]

    def understand_all(self, articles: Iterable[Article]) -> list[Understanding]:
        articles = list(articles)
        if any(a.id == self._bad for a in articles):
            raise IndexError("out of range")
        return self._understander.understand_all(articles)


def test_a_fault_with_one_article_rejects_that_one_only(converter: Converter) -> None:
    raws = tuple(
        RawArticle(f"{name}.txt", f"{n:064x}", TEXTS[name])
        for n, name in enumerate(("hanoi", "beijing", "flood"))
    )
    whole = converter.batch(Batch(raws))
    bad = parse(raws[0])
    assert isinstance(bad, Article)
    stumbling = replace(converter, understander=_Stumbling(converter.understander, bad.id))
    result = stumbling.batch(Batch(raws))
    assert len(whole.articles) == 3
    assert result.articles == whole.articles[1:]
    assert [r.origin for r in result.rejects] == ["hanoi.txt"]
    assert "IndexError: out of range" in result.rejects[0].reason
