"""An update gives what a full build gives, whatever happened to the inputs."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from kg.dumps import pieces
from kg.dumps.index import DumpIndex
from kg.errors import ReleaseError, UsageError
from kg.linking.judgements import Decision, append, judge
from kg.model import Kind
from kg.pipeline import blocks
from kg.pipeline.build import build
from kg.pipeline.convert import Converter
from kg.pipeline.dumping import complete_dumps
from kg.pipeline.runner import InProcess
from kg.pipeline.update import update
from kg.settings import Settings
from kg.store.archive import Archive
from kg.store.releases import Release, Releases

from .conftest import bilingual, chinese
from .releases import assert_same, assert_whole, changed_lines, dump_lines

HANOI = "新华社河内十日电　越南人民军昨天在莱州附近歼灭法军一个营。越南通讯社说，战斗还在继续。"
BEIJING = "新华社北京十二日电　印度大使今天到达北京。\n合众社说，这次访问将持续一个月。"
FLOOD = "新华社武汉八日电　长江水位昨天上升二公尺。"
# Several of one date, page and title; two with the same prose in different bytes; one that is no article.
TEXTS = {
    "hanoi": chinese("越南人民军进攻莱州", "1953-12-14", HANOI),
    "hanoi2": chinese("越南人民军进攻莱州", "1953-12-14", HANOI + "\n法新社报道说，莱州已经解放。"),
    "hanoi3": chinese("越南人民军进攻莱州", "1953-12-14", FLOOD),
    "hanoi-same-prose": chinese("越南人民军进攻莱州", "1953-12-14", HANOI, section="国际"),
    "beijing": bilingual("印度大使到京", "1954-10-13", BEIJING, "Indian Ambassador Arrives",
                         "Xinhua, Beijing, October 12th: The Indian ambassador arrived."),
    "flood": chinese("长江水位上升", "1954-07-09", FLOOD, page=1),
    "flood2": chinese("长江水位上升", "1954-07-09", FLOOD.replace("二公尺", "三公尺"), page=1),
    "junk": "nothing of an article\n",
}  # fmt: skip
NAMES = ("a", "b", "c", "d", "e")
JUDGEMENTS = (
    judge(Kind.PLACE, "莱州", Decision.NIL, who="li"),
    judge(Kind.PLACE, "莱州", Decision.ITEM, who="li", item="Q36027"),
    judge(Kind.PLACE, "武汉", Decision.NIL, who="li"),
    judge(Kind.SOURCE, "合众社", Decision.ITEM, who="wang", item="Q99999999"),
)
written = st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(sorted(TEXTS)))
removed = st.tuples(st.just("remove"), st.sampled_from(NAMES), st.just(""))
judged = st.tuples(st.just("judge"), st.sampled_from("0123"), st.just(""))
steps = st.lists(written | written | removed | judged, min_size=1, max_size=4)
sequences = st.lists(st.tuples(steps, st.booleans()), min_size=1, max_size=3)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that dumps of few articles have several."""
    monkeypatch.setattr(pieces, "MEAN", 2)
    monkeypatch.setattr(blocks, "_MEAN", 4)


class Desk:
    """Inputs in ``in/``; what a full build would be made of in ``all/``; a data directory for each."""

    def __init__(self, root: Path) -> None:
        self.inputs, self.everything = root / "in", root / "all"
        self.data, self.rebuilt = root / "data", root / "rebuilt"
        for folder in (self.inputs, self.everything, self.data, self.rebuilt):
            folder.mkdir()
        self.judged = False

    def start(self, first: dict[str, str]) -> None:
        for name, key in first.items():
            self.write(name, key)

    def write(self, name: str, key: str) -> None:
        for folder in (self.inputs, self.everything):
            (folder / name).write_text(TEXTS[key], encoding="utf-8")

    def edit(self, edits: list[tuple[str, str, str]], *, delete_missing: bool) -> None:
        before = {path.name: path.read_text(encoding="utf-8") for path in self.everything.iterdir()}
        for what, name, key in edits:
            if what == "write":
                self.write(name, key)
            elif what == "remove":
                (self.inputs / name).unlink(missing_ok=True)
                (self.everything / name).unlink(missing_ok=True)  # with what no update ever sees
                if name in before:
                    (self.everything / name).write_text(before[name], encoding="utf-8")
            else:
                for data in (self.data, self.rebuilt):
                    append(data / "judgements.jsonl", JUDGEMENTS[int(name)])
                self.judged = True
        if delete_missing:
            for path in self.everything.iterdir():
                if not (self.inputs / path.name).exists():
                    path.unlink()

    def readable(self) -> int:
        return sum(p.read_text() != TEXTS["junk"] for p in self.everything.iterdir())

    def converter(self, plain: Converter) -> Converter:
        return Converter.load(Settings(data=self.data)) if self.judged else plain


def check(desk: Desk, plain: Converter, *, delete_missing: bool) -> None:
    """Update; build from scratch; compare."""
    converter = desk.converter(plain)
    before = Releases(desk.data).require()
    report = update(
        [desk.inputs], Settings(data=desk.data), delete_missing=delete_missing, converter=converter,
        runner=InProcess(),
    )  # fmt: skip
    after = Releases(desk.data).require()
    build([desk.everything], Settings(data=desk.rebuilt), converter=converter, runner=InProcess())
    assert_same(after, desk.inputs, Releases(desk.rebuilt).require(), desk.everything)
    assert Releases(desk.data).verify(before) == []
    if report.release is None:
        assert after.id == before.id
        return
    added, gone = changed_lines(after)
    assert (dump_lines(before) | added) - gone == dump_lines(after)
    assert not added & dump_lines(before)
    assert gone <= dump_lines(before)
    assert (report.added, report.deleted) == (len(added), len(gone))


@settings(
    max_examples=int(os.environ.get("KG_TEST_EXAMPLES", "12")),
    phases=(Phase.explicit, Phase.generate),  # shrinking builds hundreds of releases: ask for it by hand
)
@given(
    first=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(sorted(TEXTS)), min_size=1), edits=sequences
)
@example(  # three of one identity, two of them with the same bytes, and neither was there first
    first={"c": "hanoi2", "b": "hanoi3", "e": "hanoi"},
    edits=[([("write", "d", "hanoi")], False)],
)
@pytest.mark.slow
def test_updates_give_what_a_build_gives(
    converter: Converter, first: dict[str, str], edits: list[tuple[list[tuple[str, str, str]], bool]]
) -> None:
    memory = Path("/dev/shm")  # hundreds of publications would wait for the disk otherwise
    root = Path(tempfile.mkdtemp(prefix="dateline-", dir=memory if memory.is_dir() else None))
    try:
        desk = Desk(root)
        desk.start(first)
        if not desk.readable():
            return
        build([desk.inputs], Settings(data=desk.data), converter=converter, runner=InProcess())
        for step, delete_missing in edits:
            desk.edit(step, delete_missing=delete_missing)
            if desk.readable() and any(desk.inputs.iterdir()):
                check(desk, converter, delete_missing=delete_missing)
    finally:
        shutil.rmtree(root)


def test_the_same_bytes_beside_a_rival_are_kept_once(tmp_path: Path, converter: Converter) -> None:
    desk = Desk(tmp_path)
    desk.start({"b": "hanoi3", "d": "hanoi2", "e": "hanoi2"})
    build([desk.inputs], Settings(data=desk.data, processes=1), converter=converter)
    desk.write("a", "flood")
    check(desk, converter, delete_missing=False)


def published(data: Path) -> Release:
    return Releases(data).require()


@pytest.fixture
def desk(tmp_path: Path, converter: Converter) -> Desk:
    """Three articles, built."""
    desk = Desk(tmp_path)
    desk.start({"a": "hanoi", "b": "beijing", "c": "flood"})
    build([desk.inputs], Settings(data=desk.data), converter=converter, runner=InProcess())
    return desk


def run(desk: Desk, converter: Converter, *inputs: Path, delete_missing: bool = False):
    return update(
        inputs,
        Settings(data=desk.data),
        delete_missing=delete_missing,
        converter=converter,
        runner=InProcess(),
    )


def test_nothing_new_publishes_nothing(desk: Desk, converter: Converter) -> None:
    before = published(desk.data).id
    report = run(desk, converter, desk.inputs)
    assert (report.release, report.counts.unchanged, report.counts.converted) == (None, 3, 0)
    assert published(desk.data).id == before
    assert run(desk, converter).counts.unchanged == 3


def test_what_was_converted_from_its_kept_text_is_counted(desk: Desk) -> None:
    append(desk.data / "judgements.jsonl", JUDGEMENTS[0])
    counts = run(desk, Converter.load(Settings(data=desk.data))).counts
    assert (counts.read, counts.converted, counts.unchanged) == (3, 3, 0)


def test_one_changed_file_alone(desk: Desk, converter: Converter) -> None:
    (desk.inputs / "a").write_text(TEXTS["hanoi2"], encoding="utf-8")
    report = run(desk, converter, desk.inputs / "a")
    assert (report.counts.read, report.counts.converted, report.removed, report.articles) == (1, 1, 0, 3)
    assert report.added
    assert report.deleted


def test_untouched_files_are_shared_with_the_old_release(desk: Desk, converter: Converter) -> None:
    before = published(desk.data)
    (desk.inputs / "a").write_text(TEXTS["hanoi2"], encoding="utf-8")
    run(desk, converter, desk.inputs / "a")
    after = published(desk.data)
    assert after.manifest.previous == before.id
    assert (after.dumps / "articles-1954.nt.zst").samefile(before.dumps / "articles-1954.nt.zst")
    assert any((before.store / p.name).exists() and p.samefile(before.store / p.name)
               for p in after.store.glob("*.sst"))  # fmt: skip
    assert Releases(desk.data).verify(before) == []


def test_what_cannot_be_read_any_more_goes(desk: Desk, converter: Converter) -> None:
    (desk.inputs / "a").write_text(TEXTS["junk"], encoding="utf-8")
    report = run(desk, converter, desk.inputs)
    assert (report.counts.rejected, report.removed, report.articles) == (1, 1, 2)
    assert report.rejects is not None
    assert "a" in report.rejects.read_text()


def test_a_renamed_input_is_no_change_of_the_graph(desk: Desk, converter: Converter) -> None:
    (desk.inputs / "a").rename(desk.inputs / "z")
    report = run(desk, converter, desk.inputs, delete_missing=True)
    assert (report.counts.unchanged, report.counts.converted, report.removed) == (3, 0, 0)


def test_a_correction_under_another_name_takes_the_place_of_what_it_corrects(
    desk: Desk, converter: Converter
) -> None:
    """First it stands beside it, and that is told; then it is as if the old one had never been."""
    (desk.inputs / "z").write_text(TEXTS["hanoi2"], encoding="utf-8")
    report = run(desk, converter, desk.inputs / "z")
    a, z = str(desk.inputs / "a"), str(desk.inputs / "z")
    assert (report.articles, report.beside) == (4, ((z, a),))
    report = update(
        [z], Settings(data=desk.data), replace=True, converter=converter, runner=InProcess()
    )  # fmt: skip
    assert (report.articles, report.removed, report.beside) == (3, 1, ())
    (desk.inputs / "a").unlink()
    build([desk.inputs], Settings(data=desk.rebuilt), converter=converter, runner=InProcess())
    assert_same(published(desk.data), desk.inputs, Releases(desk.rebuilt).require(), desk.inputs)


def test_what_may_correct_either_of_two_replaces_neither(tmp_path: Path, converter: Converter) -> None:
    desk = Desk(tmp_path)
    desk.start({"a": "hanoi", "b": "hanoi3"})
    build([desk.inputs], Settings(data=desk.data), converter=converter, runner=InProcess())
    (desk.inputs / "z").write_text(TEXTS["hanoi2"], encoding="utf-8")
    report = update(
        [desk.inputs / "z"], Settings(data=desk.data), replace=True, converter=converter, runner=InProcess()
    )
    assert (report.articles, len(report.beside)) == (3, 1)
    with pytest.raises(UsageError, match="replaces nothing"):
        update([], Settings(data=desk.data), replace=True, converter=converter)


def test_files_to_download_that_cannot_be_made_are_told_after_publication(
    tmp_path: Path, converter: Converter
) -> None:
    desk = Desk(tmp_path)
    desk.start({"a": "hanoi"})
    (desk.data / "dumps").write_text("in the way of the folder")
    settings = Settings(data=desk.data, processes=1)
    report = build([desk.inputs], settings, converter=converter)
    assert report.release == Releases(desk.data).require().id
    assert "dumps" in report.unfinished
    assert report.exit_code == 5
    (desk.data / "dumps").unlink()
    assert complete_dumps(Releases(desk.data).require(), settings)


def test_a_judgement_on_one_article_converts_only_that(desk: Desk, converter: Converter) -> None:
    with_hanoi = Archive(published(desk.data).articles)
    id = next(i for i in with_hanoi.ids() if i.startswith("1953-12-14"))
    with_hanoi.close()
    said = judge(Kind.PLACE, "莱州", Decision.NIL, who="li", article=id)
    for data in (desk.data, desk.rebuilt):
        append(data / "judgements.jsonl", said)
    desk.judged = True
    (desk.inputs / "b").unlink()  # kept: not among the inputs
    report = run(desk, desk.converter(converter), desk.inputs)
    assert (report.counts.converted, report.counts.unchanged, report.articles) == (1, 1, 3)
    build(
        [desk.everything],
        Settings(data=desk.rebuilt),
        converter=desk.converter(converter),
        runner=InProcess(),
    )
    assert_same(published(desk.data), desk.inputs, Releases(desk.rebuilt).require(), desk.everything)


def test_needs_a_release_and_inputs(tmp_path: Path, desk: Desk, converter: Converter) -> None:
    with pytest.raises(ReleaseError, match="nothing is published"):
        update([desk.inputs], Settings(data=tmp_path / "other"), converter=converter)
    with pytest.raises(UsageError, match="delete-missing"):
        update([], Settings(data=desk.data), delete_missing=True, converter=converter)


def test_a_release_with_text_is_not_updated_without(desk: Desk, converter: Converter) -> None:
    with pytest.raises(ReleaseError, match="include_text"):
        update([desk.inputs], Settings(data=desk.data, include_text=False), converter=converter)


def test_without_kept_text_only_inputs_can_be_converted_again(tmp_path: Path, converter: Converter) -> None:
    desk = Desk(tmp_path)
    desk.start({"a": "hanoi", "b": "hanoi3"})
    bare = Settings(data=desk.data, include_text=False)
    build([desk.inputs], bare, converter=converter, runner=InProcess())
    (desk.inputs / "a").unlink()
    with pytest.raises(UsageError, match="run kg build"):  # b must have a's identity now
        update([desk.inputs], bare, delete_missing=True, converter=converter, runner=InProcess())
    assert len(list(Releases(desk.data).all())) == 1


def test_an_update_is_published_before_most_files_are_made(tmp_path: Path, converter: Converter) -> None:
    desk = Desk(tmp_path)
    desk.start({"a": "hanoi", "b": "beijing"})
    settings = Settings(data=desk.data, processes=1)
    first = build([desk.inputs], settings, converter=converter)
    assert first.path is not None
    desk.write("a", "hanoi2")
    report = update([desk.inputs], settings, quick=True, converter=converter)
    release = Releases(desk.data).require()
    index = DumpIndex.load(release.dumps)
    assert report.release == release.id
    assert not index.complete
    assert {f.name for f in index.files} == {
        "articles-1953.nt.zst", "articles-1954.nt.zst", "shared.nt.zst", "dataset.nt",
    }  # fmt: skip
    assert_whole(release)
    # What did not change is the same file, not a copy.
    unchanged = "dumps/articles-1954.nt.zst"
    assert (release.path / unchanged).samefile(first.path / unchanged)

    assert complete_dumps(release, settings)
    assert not complete_dumps(release, settings)
    made = {f.name: f.sha256 for f in DumpIndex.load(release.dumps).files}
    assert not Releases(desk.data).verify(release)
    built = build([desk.inputs], Settings(data=desk.rebuilt, processes=1), converter=converter)
    assert built.path is not None
    theirs = {f.name: f.sha256 for f in DumpIndex.load(Releases(desk.rebuilt).require().dumps).files}
    # The description of the dataset names the release, and stands at the end of the whole graph.
    described = {n for n in made if n.startswith(("graph.", "dataset."))} | {"entities.parquet"}
    assert {n: h for n, h in made.items() if n not in described} == {
        n: h for n, h in theirs.items() if n not in described
    }
    assert made.keys() == theirs.keys()
    (release.dumps / "graph.nt.gz").write_bytes(b"")
    assert [w.partition(":")[0] for w in Releases(desk.data).verify(release)] == [
        f"dumps/{release.id}/graph.nt.gz"
    ]
    assert Releases(desk.data).prune(1) == [first.release]
    assert release.dumps.is_dir()
