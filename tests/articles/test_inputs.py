"""Where articles come from: every container and every way to name it."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from pyarrow import parquet

from kg.articles import parse, read_articles, read_inputs
from kg.articles.containers import printable
from kg.model import Article, RawArticle, Reject

from .conftest import BILINGUAL, CHINESE

DATA = CHINESE.encode()
RECORD = {"title": "海河铁桥通车", "date": "1953-12-14", "page": 4, "text": "新华社天津十三日电　铁桥通车。"}


def _tar(mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name in ("b/2.txt", "b/1.txt", "b/.hidden", "README.md"):
            info = tarfile.TarInfo(name)
            info.size = len(DATA)
            archive.addfile(info, io.BytesIO(DATA))
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b/2.txt", DATA)
        archive.writestr("b/1.txt", DATA)
        archive.writestr("__MACOSX/b/1.txt", b"x")
    return out.getvalue()


def _parquet() -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist([RECORD, RECORD]), out)
    return out.getvalue()


LINE = json.dumps(RECORD, ensure_ascii=False).encode() + b"\n"

CONTAINERS = {
    "a.txt": (DATA, 1),
    "a.md": (DATA, 1),
    "no-suffix": (DATA, 1),
    "a.txt.gz": (gzip.compress(DATA), 1),
    "a.txt.zst": (zstandard.compress(DATA), 1),
    "a.txt.xz": (lzma.compress(DATA), 1),
    "a.txt.bz2": (bz2.compress(DATA), 1),
    "a.tar.bz2": (_tar("w:bz2"), 2),
    "a.tbz2": (_tar("w:bz2"), 2),
    "two-frames.zst": (zstandard.compress(DATA[:50]) + zstandard.compress(DATA[50:]), 1),
    "a.zip": (_zip(), 2),
    "a.tar": (_tar("w"), 2),
    "a.tar.gz": (_tar("w:gz"), 2),
    "a.tgz": (_tar("w:gz"), 2),
    "a.tar.xz": (_tar("w:xz"), 2),
    "a.tar.zst": (zstandard.compress(_tar("w")), 2),
    "a.zip.gz": (gzip.compress(_zip()), 2),
    "a.jsonl": (LINE * 3, 3),
    "a.ndjson": (LINE * 3, 3),
    "a.jsonl.gz": (gzip.compress(LINE * 3), 3),
    "a.jsonl.zst": (zstandard.compress(LINE * 3), 3),
    "blank-lines.jsonl": (b"\xef\xbb\xbf" + LINE + b"\n\n" + LINE.strip(), 2),
    "object.json": (LINE, 1),
    "object-over-lines.json": (json.dumps(RECORD, indent=1).encode(), 1),
    "array.json": (b"[" + LINE + b"," + LINE + b"]", 2),
    "array-over-lines.json": (b"\xef\xbb\xbf" + json.dumps([RECORD] * 3, indent=2).encode(), 3),
    "array-gb18030.json": (json.dumps([RECORD], ensure_ascii=False).encode("gb18030"), 1),
    "lines.json": (LINE * 3, 3),
    "behind-each-other.json.gz": (gzip.compress(json.dumps(RECORD, indent=1).encode() * 2), 2),
    "a.parquet": (_parquet(), 2),
    "a.parquet.gz": (gzip.compress(_parquet()), 2),
    "wrong-suffix.txt": (gzip.compress(DATA), 1),
    "zip-named.txt": (_zip(), 2),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_container(tmp_path: Path, name: str) -> None:
    data, count = CONTAINERS[name]
    (tmp_path / name).write_bytes(data)
    got = list(read_articles([tmp_path / name]))
    assert [type(a) for a in got] == [Article] * count, got


@pytest.mark.parametrize("name", [n for n in CONTAINERS if n != "a.ndjson"])
def test_standard_input(name: str) -> None:
    data, count = CONTAINERS[name]
    got = list(read_inputs(["-"], stdin=_Pipe(data)))
    assert [type(parse(a)) for a in got if isinstance(a, RawArticle)] == [Article] * count, got


class _Pipe(io.BytesIO):
    """Standard input cannot be wound back."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def test_the_folder_of_the_releases_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(DATA)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "b.txt").write_bytes(DATA)
    (tmp_path / "current").symlink_to("data")
    (raw,) = read_inputs([tmp_path], without=tmp_path / "data")
    assert raw.origin == str(tmp_path / "a.txt")
    assert len(list(read_inputs([tmp_path], without=tmp_path / "absent"))) == 3


def test_container_inside_container(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "year.zip", "w") as archive:
        archive.writestr("1953.tar.gz", _tar("w:gz"))
        archive.writestr("rest.jsonl", LINE)
        archive.writestr("broken.txt.gz", gzip.compress(DATA)[:40])
    got = list(read_inputs([tmp_path / "year.zip"]))
    assert [Path(a.origin).name for a in got] == [
        "2.txt",
        "1.txt",
        "year.zip!rest.jsonl:1",
        "year.zip!broken.txt.gz",
    ]
    assert got[0].origin.endswith("year.zip!1953.tar.gz!b/2.txt")
    assert isinstance(got[3], Reject)


def test_containers_too_deep_are_rejected(tmp_path: Path) -> None:
    data = DATA
    for _ in range(6):
        data = gzip.compress(data)
    (tmp_path / "a.txt.gz").write_bytes(data)
    (reject,) = read_inputs([tmp_path / "a.txt.gz"])
    assert isinstance(reject, Reject)
    assert "too deep" in reject.reason


def test_tree_is_read_in_sorted_order(tmp_path: Path) -> None:
    for name in ("b/z.txt", "b/a.txt", "a.md", "é.txt", "Z.txt", "b/.git/x.txt", "README.md", "b/README.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(DATA)
    got = [os.path.relpath(a.origin, tmp_path) for a in read_inputs([tmp_path])]
    assert got == ["Z.txt", "a.md", "b/a.txt", "b/z.txt", "é.txt"]


def test_glob(tmp_path: Path) -> None:
    for name in ("1953.12/b.txt", "1953.12/a.txt", "1954.01/a.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(DATA)
    assert [Path(a.origin).name for a in read_inputs([f"{tmp_path}/**/*.txt"])] == ["a.txt", "b.txt"]
    (reject,) = read_inputs([f"{tmp_path}/*.pdf"])
    assert isinstance(reject, Reject)
    assert reject.reason == "no file matches"


def test_file_whose_name_looks_like_a_glob(tmp_path: Path) -> None:
    (tmp_path / "what[1]?.txt").write_bytes(DATA)
    assert isinstance(next(read_articles([tmp_path / "what[1]?.txt"])), Article)


def test_link_back_to_the_folder_above_ends(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_bytes(DATA)
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    got = list(read_inputs([tmp_path]))
    assert [type(a) for a in got] == [RawArticle, Reject]
    assert "link back" in got[1].reason  # type: ignore[union-attr]


def test_named_pipe(tmp_path: Path) -> None:
    import threading

    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(DATA,))
    writer.start()
    got = list(read_articles([tmp_path / "pipe"]))
    writer.join()
    assert [type(a) for a in got] == [Article]


@pytest.mark.parametrize(
    "name", [b"line\nbreak.txt", b"odd\xff\xfebytes.txt", "名.txt".encode(), b"tab\t.txt"]
)
def test_odd_file_names(tmp_path: Path, name: bytes) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(DATA)
    (article,) = read_articles([tmp_path])
    assert isinstance(article, Article)
    assert "\n" not in article.origin
    article.origin.encode("utf-8")


def test_origins_are_told_apart_and_printable() -> None:
    names = ["a\nb", "a\\nb", "a\udcffb", "a\u2028b", "a　b"]
    shown = [printable(n) for n in names]
    assert all("\n" not in s and "\u2028" not in s for s in shown)
    assert shown[4] == "a　b"


def test_the_same_bytes_have_the_same_hash_in_any_container(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(DATA)
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(DATA))
    a, b = read_inputs([tmp_path])
    assert isinstance(a, RawArticle)
    assert isinstance(b, RawArticle)
    assert a.sha256 == b.sha256


def test_inputs_are_read_lazily(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(LINE + b"{broken\n")
    stream = read_inputs([tmp_path / "a.jsonl", "no such file"])
    assert isinstance(next(stream), RawArticle)


def test_memory_is_bounded(tmp_path: Path) -> None:
    import tracemalloc

    with gzip.open(tmp_path / "bomb.txt.gz", "wb", compresslevel=1) as out:
        for _ in range(60):
            out.write(b"\0" * (1 << 20))
    (tmp_path / "many.jsonl").write_bytes(LINE * 20_000)
    tracemalloc.start()
    rejected = [a for a in read_inputs([tmp_path], max_article=2) if isinstance(a, Reject)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [r.reason for r in rejected] == ["larger than 2097152 bytes"]
    assert peak < 12 << 20


def test_bilingual_pieces_travel_in_every_container(tmp_path: Path) -> None:
    (tmp_path / "a.txt.zst").write_bytes(zstandard.compress(BILINGUAL.encode()))
    (article,) = read_articles([tmp_path])
    assert isinstance(article, Article)
    assert article.alignment


def test_a_large_array_is_a_stream(tmp_path: Path) -> None:
    records = [{"title": f"电 {i}", "date": "1953-12-14", "text": "通车了。" * 300} for i in range(400)]
    path = tmp_path / "a.json"
    for indent in (None, 1):
        path.write_text(json.dumps(records, ensure_ascii=False, indent=indent), encoding="utf-8")
        assert path.stat().st_size > 1 << 20
        got = list(read_articles([path], max_article=1))
        assert [a.title_zh for a in got if isinstance(a, Article)] == [r["title"] for r in records]
        assert got[-1].origin.endswith("a.json:400")


def test_damage_in_a_large_array_tells_the_line(tmp_path: Path) -> None:
    good = json.dumps({"title": "电", "date": "1953-12-14", "text": "通车了。" * 9000}) + ",\n"
    (tmp_path / "a.json").write_text("[\n" + good * 9 + "{oops},\n" + good, encoding="ascii")
    *articles, reject = read_articles([tmp_path], max_article=1)
    assert [type(a) for a in articles] == [Article] * 9
    assert isinstance(reject, Reject)
    assert (reject.line, reject.reason) == (
        11,
        "no JSON: Expecting property name enclosed in double quotes, in record 10; what follows was not read",
    )


def test_an_object_of_an_array_may_be_too_large(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'[{"title": "a"},\n{"text": "' + b"a" * (3 << 20) + b'"}]')
    _, reject = read_inputs([tmp_path], max_article=1)
    assert isinstance(reject, Reject)
    assert "a record larger than 1048576 bytes" in reject.reason
    (tmp_path / "a.json").write_bytes(b'[{"title": "a"},\n{"text": "' + b"a" * (2 << 20) + b'\xff"}]')
    _, reject = read_inputs([tmp_path], max_article=1)
    assert isinstance(reject, Reject)


def test_records_before_a_cut_are_read_and_the_cut_is_told(tmp_path: Path) -> None:
    lines = b"".join(
        json.dumps({**RECORD, "title": f"{i} {i * i} {i**5}"}).encode() + b"\n" for i in range(5000)
    )
    for suffix, pack in ((".zst", zstandard.compress), (".gz", gzip.compress)):
        packed = pack(lines)
        (tmp_path / f"a.jsonl{suffix}").write_bytes(packed[: len(packed) // 2])
        *records, reject = read_inputs([tmp_path / f"a.jsonl{suffix}"])
        assert all(isinstance(r, RawArticle) for r in records)
        assert len(records) > 500
        assert isinstance(reject, Reject)
        assert "cannot be read" in reject.reason
