"""Malformed input: rejected with origin, line, reason and remedy, or read with a note; the run goes on."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from pyarrow import parquet

from kg.articles import read_articles, read_stream
from kg.model import Article, Reject

from .conftest import BILINGUAL, CHINESE, ENGLISH

HEAD = "### 标题\n\n1953-12-14\n第4版()\n专栏：\n\n"


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("1.txt", CHINESE)
        archive.writestr("2.txt", CHINESE)
    return out.getvalue()


def _bad_crc() -> bytes:
    data = _zip()
    at = data.find("塔斯社".encode())
    return data[:at] + "路透社".encode() + data[at + 9 :]


def _parquet(rows: list[dict[str, object]]) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


REJECTED = {
    # name: (bytes, reason, line)
    "empty.txt": (b"", "empty file", None),
    "spaces.txt": (b" \n\n \t", "empty file", None),
    "png.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG", None),
    "program.txt": (b"\x7fELF" + b"\0\1\2" * 300, "binary", None),
    "zeros.txt": (b"\0" * 4000, "binary", None),
    "controls.txt": (b"\x01\x02" * 400, "binary", None),
    "latin1.txt": (b"\xe9\xe8 \xff\xfa" * 200, "neither UTF-8", None),
    "prose.txt": ("只是一段文字。\n".encode() * 5, "no header", 1),
    "english-prose.txt": (b"Some prose without a header.\n", "no header", 1),
    "no-body.txt": (HEAD.encode(), "empty body", 1),
    "no-body-en.txt": (b"Title: T\nAuthor:\nDate: 1953-12-14\nPage: 4\n\n", "empty body", 1),
    "blank-body.txt": ((HEAD + "　　\n    \n").encode(), "empty body", 1),
    "month-13.txt": (CHINESE.replace("1953-12-14", "1953-13-14").encode(), "'1953-13-14' does not exist", 3),
    "february-30.txt": (CHINESE.replace("1953-12-14", "1953-02-30").encode(), "does not exist", 3),
    "no-date.txt": (CHINESE.replace("1953-12-14\n", "").encode(), "no date", 1),
    "no-date-en.txt": (ENGLISH.replace("Date: 1953-12-14\n", "").encode(), "no date", 1),
    "year-0.txt": (CHINESE.replace("1953-12-14", "0000-12-14").encode(), "does not exist", 3),
    "cut.txt.gz": (gzip.compress(CHINESE.encode())[:-12], "cannot be read", None),
    "bad.gz": (b"\x1f\x8b\x08\x00garbage that is no deflate stream", "cannot be read", None),
    "cut.zst": (zstandard.compress(CHINESE.encode() * 9)[:30], "cut off", None),
    "cut-at-the-end.txt.zst": (zstandard.compress(CHINESE.encode())[:-1], "cut off", None),
    "bad.zst": (b"\x28\xb5\x2f\xfd" + b"no frame" * 9, "cannot be read", None),
    "cut.txt.bz2": (bz2.compress(CHINESE.encode())[:-5], "cannot be read", None),
    "cut.zip": (_zip()[:-40], "cannot be read", None),
    "not.zip": (b"no zip at all", "cannot be read", None),
    "not.tar": (b"no tar at all", "cannot be read", None),
    "cut.parquet": (_parquet([{"title": "T", "text": "x"}])[:-9], "damaged Parquet", None),
    "not.parquet": (b"nothing", "damaged Parquet", None),
    "others.parquet": (_parquet([{"a": 1}]), "none of its columns", None),
    "rows.parquet": (_parquet([{"title": "T", "date": "1953-12-14", "text": None}]), "empty body", 1),
    "empty.jsonl": (b"", "empty file", None),
    "blank.jsonl": (b"\n \r\n", "empty file", None),
    "broken.jsonl": (b'{"title": "T", \n', "no JSON: Expecting", 1),
    "array.jsonl": (b"[1, 2]\n", "not an object", 1),
    "number.jsonl": (b"1\n", "not an object", 1),
    "deep.jsonl": (b'{"text":' + b"[" * 200_000 + b"\n", "no", 1),
    "digits.jsonl": (b'{"page": ' + b"1" * 6000 + b"}\n", "no usable JSON", 1),
    "cut.json": (b'[\n {"title": "T",\n "text": "x', "no JSON: Unterminated string", 3),
    "empty.json": (b"[]", "empty file", None),
    "numbers.json": (b"[1]", "a JSON number, not an object", 1),
    "deep.json": (b"[" * 200_000, "nested too deeply", 1),
    "binary.json": (b"\x89PNG\n", "binary", None),
    "latin1.json": (b'{"title":\n"' + b"\xe9\xe8 \xff\xfa" * 200 + b'"}', "neither UTF-8", None),
    "other-fields.jsonl": (b'{"a": 1}\n', "no field of an article", 1),
    "no-date.jsonl": (b'{"title": "T", "text": "x y"}\n', "no date", 1),
    "bad-date.jsonl": (b'{"title": "T", "date": "1953-13-01", "text": "x y"}\n', "does not exist", 1),
    "binary.jsonl": (b"\x89PNG\n", "binary", 1),
}


@pytest.mark.parametrize("name", REJECTED)
def test_rejected(tmp_path: Path, name: str) -> None:
    data, reason, line = REJECTED[name]
    (tmp_path / name).write_bytes(data)
    got = list(read_articles([tmp_path]))
    assert len(got) == 1
    reject = got[0]
    assert isinstance(reject, Reject)
    assert reason in reject.reason
    assert reject.line == line
    assert reject.remedy
    assert name in reject.origin
    json.dumps([reject.origin, reject.reason, reject.remedy], ensure_ascii=False).encode()


READ = {
    # name: (bytes, note)
    "bom.txt": (b"\xef\xbb\xbf" + CHINESE.encode(), "encoding-utf8-bom"),
    "utf16.txt": (CHINESE.encode("utf-16"), "encoding-utf16"),
    "utf16be.txt": (b"\xfe\xff" + CHINESE.encode("utf-16-be"), "encoding-utf16"),
    "utf16-no-mark.txt": (BILINGUAL.encode("utf-16-le"), "encoding-utf16"),
    "gb18030.txt": (CHINESE.encode("gb18030"), "encoding-gb18030"),
    "gb2312-bilingual.txt": (BILINGUAL.encode("gb2312"), "encoding-gb18030"),
    "cut-in-character.txt": (CHINESE.rstrip().encode()[:-1], "truncated"),
    "cut-utf16.txt": (CHINESE.encode("utf-16")[:-1], "truncated"),
    "bad-bytes.txt": (CHINESE.encode().replace("三人".encode(), b"\xff\xff"), "undecodable-bytes"),
    "stray-zero.txt": (CHINESE.encode() + b"\0", "control-characters"),
    "bell.txt": (CHINESE.encode() + b"\x07", "control-characters"),
    "no-character.txt": ((CHINESE + "\uffff").encode(), "control-characters"),
    "combining.txt": ((CHINESE + "e" + "\u0301" * 500).encode(), "control-characters"),
    "no-page.txt": (CHINESE.replace("第4版()\n", "").encode(), "page-missing"),
    "page-x.txt": (ENGLISH.replace("Edition: 4", "Edition: front").encode(), "page-unreadable"),
    "no-mark.txt": (CHINESE.replace("### ", "").encode(), "header-incomplete"),
    "no-title.txt": (CHINESE.replace("### 海河铁桥今日通车", "### ").encode(), "title-missing"),
    "1953-12-14_海河.txt": (CHINESE.replace("1953-12-14", "1953-13-14").encode(), "date-from-file-name"),
    "19531214.txt": (CHINESE.replace("1953-12-14\n", "").encode(), "date-from-file-name"),
    "conflict.txt": (BILINGUAL.replace("Date: 1953-12-14", "Date: 1953-11-14").encode(), "header-conflict"),
    "conflict-page.txt": (BILINGUAL.replace("Page: 4", "Page: 5").encode(), "header-conflict"),
    "names.txt": (BILINGUAL.replace("塔斯社  TASS", "and so on").encode(), "names-unreadable"),
    "surrogate.jsonl": (b'{"title": "T", "date": "1953-12-14", "text": "a\\ud800 b"}', "control-characters"),
}


@pytest.mark.parametrize("name", READ)
def test_read_with_a_note(tmp_path: Path, name: str) -> None:
    data, code = READ[name]
    (tmp_path / name).write_bytes(data)
    (article,) = read_articles([tmp_path])
    assert isinstance(article, Article), article
    assert code in [n.code for n in article.notes]
    assert str(article.date) == "1953-12-14"
    for body in (article.zh, article.en):
        if body:
            body.text.encode()


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\u2028"])
def test_line_ends_do_not_matter(tmp_path: Path, newline: str) -> None:
    (tmp_path / "a.txt").write_bytes(BILINGUAL.replace("\n", newline).encode())
    (tmp_path / "b.txt").write_bytes(BILINGUAL.encode())
    a, b = read_articles([tmp_path])
    assert isinstance(a, Article)
    assert isinstance(b, Article)
    assert (a.zh, a.en, a.id, a.notes) == (b.zh, b.en, b.id, b.notes)


def test_bad_lines_do_not_stop_a_json_lines_file(tmp_path: Path) -> None:
    good = json.dumps({"title": "铁桥通车", "date": "1953-12-14", "text": "铁桥通车了。"}).encode() + b"\n"
    long = b'{"text": "' + b"a" * (3 << 20) + b'"}\n'
    (tmp_path / "a.jsonl").write_bytes(good + b"{oops\n" + good + long + good + b'{"title": "cut')
    got = list(read_articles([tmp_path], max_article=1))
    assert [(type(a).__name__, a.line if isinstance(a, Reject) else None) for a in got] == [
        ("Article", None),
        ("Reject", 2),
        ("Article", None),
        ("Reject", 4),
        ("Article", None),
        ("Reject", 6),
    ]
    assert [a.origin.rpartition(":")[2] for a in got if isinstance(a, Article)] == ["1", "3", "5"]


def test_a_damaged_member_does_not_stop_a_zip(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(_bad_crc())
    got = list(read_articles([tmp_path]))
    assert [type(a) for a in got] == [Reject, Article]
    assert got[0].origin.endswith("a.zip!1.txt")


def test_a_zip_whose_members_begin_before_it_is_rejected() -> None:
    data = bytearray(_zip())
    start = data.rindex(b"PK\x05\x06") + 16  # where its end says that its directory begins
    wrong = int.from_bytes(data[start : start + 4], "little") + 90
    data[start : start + 4] = wrong.to_bytes(4, "little")
    got = list(read_stream("a.zip", io.BytesIO(data)))
    assert [type(a) for a in got] == [Reject, Reject]
    assert isinstance(got[0], Reject)
    assert "negative seek value" in got[0].reason


# Whole: the head, the text and the padding of two files at 0, 512, 1024 and 1536; the end mark from 2048.
@pytest.mark.parametrize("length", [1800, 1600, 1300, 1024, 600])
def test_a_tar_that_breaks_off_says_so_and_keeps_what_came_before(tmp_path: Path, length: int) -> None:
    import tarfile

    text = CHINESE.encode()
    assert len(text) <= 512
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name in ("1.txt", "2.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text))
    data = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "a.tar").write_bytes(data[:length])
    got = list(read_articles([tmp_path]))
    assert isinstance(got[0], Article) is (length >= 1024)
    assert isinstance(got[-1], Reject)


def test_rubbish_in_a_tar_says_so(tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name in ("1.txt", "2.txt", "3.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(CHINESE.encode())
            archive.addfile(info, io.BytesIO(CHINESE.encode()))
    data = bytearray((tmp_path / "a.tar").read_bytes())
    second = data.index(b"2.txt")
    data[second : second + 512] = b"?" * 512
    (tmp_path / "a.tar").write_bytes(data)
    first, damage = read_articles([tmp_path])
    assert isinstance(first, Article)
    assert isinstance(damage, Reject)
    assert "cut off or damaged after" in damage.reason


def test_what_is_no_file(tmp_path: Path) -> None:
    got = list(read_articles([tmp_path / "absent.txt", "/dev/null", tmp_path, "zero\0byte"]))
    assert [type(a) for a in got] == [Reject] * 4
    reasons = [a.reason for a in got if isinstance(a, Reject)]
    assert reasons[0] == "cannot be opened: No such file or directory"
    assert reasons[1] == "not a file"
    assert reasons[2] == "the folder holds no files"


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Root may read everything; put that off for the test."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_unreadable_file(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "a.txt").write_text(CHINESE)
    (tmp_path / "a.txt").chmod(0)
    request.getfixturevalue("ordinary_user")
    (reject,) = read_articles([tmp_path / "a.txt"])
    assert isinstance(reject, Reject)
    assert reject.reason == "cannot be opened: Permission denied"


def test_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    (reject,) = read_articles([tmp_path])
    assert isinstance(reject, Reject)
    assert "No such file" in reject.reason


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "c").symlink_to("c")
    (tmp_path / "d").symlink_to(".")
    got = [a for a in read_articles([tmp_path]) if isinstance(a, Reject)]
    assert [Path(a.origin).name for a in got] == ["a.txt", "b.txt", "c", "d"]
    assert all("symbolic links" in a.reason for a in got[:3])
    assert got[3].reason == "a link back to a folder above it"


@pytest.mark.parametrize("pattern", [".", "*"])
def test_a_pipe_that_lies_in_a_folder_is_not_waited_for(tmp_path: Path, pattern: str) -> None:
    os.mkfifo(tmp_path / "a.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "c.txt").write_text(CHINESE)
    got = list(read_articles([tmp_path / pattern]))
    assert [type(a) for a in got] == [Reject, Reject, Article]


def test_a_pipe_that_is_named_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    writer = threading.Thread(target=(tmp_path / "a.txt").write_text, args=(CHINESE,))
    writer.start()
    (article,) = read_articles([tmp_path / "a.txt"])
    writer.join()
    assert isinstance(article, Article)


def test_single_line_of_fifty_megabytes(tmp_path: Path) -> None:
    line = "越南人民军在十一日解放了莱州。" * (50 * (1 << 20) // 45)
    (tmp_path / "a.txt").write_text(HEAD + "    " + line + "\n")
    (reject,) = read_articles([tmp_path])
    assert isinstance(reject, Reject)
    assert reject.reason == "larger than 16777216 bytes"
    assert "max_article" in reject.remedy
    (article,) = read_articles([tmp_path], max_article=64)
    assert isinstance(article, Article)
    assert article.zh is not None
    assert len(article.zh.text) == len(line) + 3


def test_the_counts_add_up(tmp_path: Path) -> None:
    for table in (REJECTED, READ):
        for name, row in table.items():
            (tmp_path / name).write_bytes(row[0])
    got = list(read_articles([tmp_path]))
    assert len(got) == len(REJECTED) + len(READ)
    assert sum(isinstance(a, Reject) for a in got) == len(REJECTED)


def test_links_and_empty_archives(tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(tmp_path / "link.tar", "w") as archive:
        info = tarfile.TarInfo("1953/a.txt")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    with tarfile.open(tmp_path / "none.tar", "w") as archive:
        info = tarfile.TarInfo("1953")
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    zipfile.ZipFile(tmp_path / "none.zip", "w").close()
    got = [a for a in read_articles([tmp_path]) if isinstance(a, Reject)]
    assert [a.reason for a in got] == [
        "a link or device, not a file",
        "the archive holds no files",
        "the archive holds no files",
    ]
    assert got[0].origin.endswith("link.tar!1953/a.txt")


def test_encrypted_member_of_a_zip(tmp_path: Path) -> None:
    data = bytearray(_zip())
    central = data.find(b"PK\x01\x02")
    data[6] |= 1  # the flag of encryption, in the first member's own header and in the directory
    data[central + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    got = list(read_articles([tmp_path]))
    assert [type(a) for a in got] == [Reject, Article]
    assert isinstance(got[0], Reject)
    assert "encrypted" in got[0].reason


def test_unlistable_folder(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "open").mkdir()
    folder = tmp_path / "open"
    folder.chmod(0)
    request.getfixturevalue("ordinary_user")
    try:
        got = list(read_articles([folder]))
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        folder.chmod(0o700)
    assert len(got) == 1
    assert isinstance(got[0], Reject)
    assert "Permission denied" in got[0].reason


def test_parquet_rows_of_every_type_and_size(tmp_path: Path) -> None:
    import datetime as dt

    rows = [
        {
            "date": dt.datetime(1953, 12, 14, tzinfo=dt.UTC),
            "page": 4.0,
            "title": "铁桥",
            "text": "通车了。".encode(),
            "x": 1,
        },
        {
            "date": dt.datetime(1953, 12, 15, tzinfo=dt.UTC),
            "page": None,
            "title": "铁桥",
            "text": b"\x89PNG",
            "x": 1,
        },
        {
            "date": dt.datetime(1953, 12, 16, tzinfo=dt.UTC),
            "page": 4.0,
            "title": "铁桥",
            "text": b"a" * (8 << 20),
            "x": 1,
        },
        {"date": None, "page": None, "title": None, "text": None, "x": 1},
    ]
    (tmp_path / "a.parquet").write_bytes(_parquet(rows))
    got = list(read_articles([tmp_path], max_article=1))
    assert isinstance(got[0], Article)
    assert (str(got[0].date), got[0].page) == ("1953-12-14", 4)
    rejects = [(a.line, a.reason[:24]) for a in got[1:] if isinstance(a, Reject)]
    assert rejects == [
        (2, "binary data: a PNG image"),
        (3, "larger than 1048576 byte"),
        (4, "no field of an article i"),
    ]


def test_parquet_damaged_in_the_middle(tmp_path: Path) -> None:
    rows = [
        {"title": "铁桥", "date": "1953-12-14", "text": f"第{i}段，" + "字" * (i % 50)} for i in range(3000)
    ]
    data = bytearray(_parquet(rows))
    for at in range(200, 6000):
        data[at] ^= 0x5A
    (tmp_path / "a.parquet").write_bytes(data)
    got = list(read_articles([tmp_path]))
    assert isinstance(got[-1], Reject)
    assert "damaged Parquet" in got[-1].reason
