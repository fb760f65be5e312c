"""The index file: determinism, sharing, damage."""

from __future__ import annotations

import multiprocessing
import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.authority import Authority, open_authority
from kg.authority.index import MAX_ITEMS, write_index
from kg.errors import AuthorityError
from kg.model import Item, Lang

from .conftest import ITEMS


def build(path: Path, *items: Item) -> Authority:
    write_index(path, sorted(items, key=lambda i: i.id), date="2026-01-02")
    return Authority(path)


def test_same_items_same_bytes_and_version(tmp_path):
    a, b = build(tmp_path / "a.db", *ITEMS), build(tmp_path / "b.db", *reversed(ITEMS))
    assert a.version == b.version
    assert (tmp_path / "a.db").read_bytes() == (tmp_path / "b.db").read_bytes()


def test_other_items_other_version(tmp_path):
    assert build(tmp_path / "a.db", *ITEMS).version != build(tmp_path / "b.db", *ITEMS[1:]).version


def _look(path: Path, name: str) -> list[str]:
    return [hit.item for hit in Authority(path).lookup(name)]


def test_processes_share_it(index_file):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.starmap(_look, [(index_file, "莱州"), (index_file, "奠边府")]) == [
            ["Q11", "Q10"],
            ["Q12"],
        ]


def _look_again(authority: Authority, queue: multiprocessing.Queue) -> None:
    queue.put([hit.item for hit in authority.lookup("越南")])


def test_it_survives_fork(authority):
    authority.lookup("中国")
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_look_again, args=(authority, queue))
    child.start()
    assert queue.get(timeout=20) == ["Q881"]
    child.join()
    assert [hit.item for hit in authority.lookup("河内")] == []


def test_it_pickles(authority):
    assert pickle.loads(pickle.dumps(authority)).lookup("中国") == authority.lookup("中国")


def test_threads_share_it(authority):
    asked = [item.labels[0][1][:2] for item in ITEMS]
    expected = {prefix: authority.suggest(prefix) for prefix in asked}

    def wrong(_: int) -> list[str]:  # what is suggested is asked of the file each time
        return [prefix for prefix in asked * 300 if authority.suggest(prefix) != expected[prefix]]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(wrong, range(4))) == [[]] * 4


def test_threads_that_forget_take_nothing_from_each_other(authority, monkeypatch):
    monkeypatch.setattr("kg.authority.authority._REMEMBER", 1)

    def wrong(_: int) -> list[object]:
        items = [item for item in ITEMS * 50 if authority.item(item.id) != item]
        return [*items, *(name for name in ["奠边府", "莱州"] * 500 if not authority.lookup(name))]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(wrong, range(4))) == [[]] * 4


def test_it_cannot_be_written(authority):
    with pytest.raises(AuthorityError, match="readonly"):
        list(authority._stream("DELETE FROM item"))


# --- damage ----------------------------------------------------------------------------------------


def test_no_file(tmp_path):
    with pytest.raises(AuthorityError, match="no such file; kg authority build"):
        open_authority(tmp_path / "none.db")


def test_some_other_file(tmp_path):
    (tmp_path / "a.db").write_text("id\tkind\n" * 1000)
    with pytest.raises(AuthorityError, match=r"damaged.*build it again"):
        open_authority(tmp_path / "a.db")


def test_empty_file(tmp_path):
    (tmp_path / "a.db").touch()
    with pytest.raises(AuthorityError, match="not an authority index"):
        open_authority(tmp_path / "a.db")


def test_some_other_database(tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as db:
        db.execute("CREATE TABLE meta (key, value)")
    db.close()
    with pytest.raises(AuthorityError, match="not an authority index"):
        open_authority(tmp_path / "a.db")


def test_cut_short(tmp_path, index_file):
    whole = index_file.read_bytes()
    (tmp_path / "a.db").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AuthorityError, match=r"damaged.*build it again"):
        open_authority(tmp_path / "a.db")


def test_pages_overwritten(tmp_path, index_file):
    whole = bytearray(index_file.read_bytes())
    whole[8192:] = b"\xff" * (len(whole) - 8192)
    (tmp_path / "a.db").write_bytes(bytes(whole))
    with pytest.raises(AuthorityError, match="build it again"):
        list(open_authority(tmp_path / "a.db").items())


def test_another_layout(tmp_path, index_file):
    (tmp_path / "a.db").write_bytes(index_file.read_bytes())
    db = sqlite3.connect(tmp_path / "a.db")
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(AuthorityError, match=r"layout 99.*build it again"):
        open_authority(tmp_path / "a.db")


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(AuthorityError, match="cannot be written"):
        write_index(tmp_path / "file" / "a.db", ITEMS, date="2026-01-02")


def test_a_failed_write_leaves_the_old_index(tmp_path):
    build(tmp_path / "a.db", *ITEMS)
    before = (tmp_path / "a.db").read_bytes()

    def items():
        yield ITEMS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_index(tmp_path / "a.db", items(), date="2026-01-02")
    assert (tmp_path / "a.db").read_bytes() == before
    assert list(tmp_path.iterdir()) == [tmp_path / "a.db"]


# --- ambiguity -------------------------------------------------------------------------------------


def towns(count: int, *, suffix: str = "", subkind: str = "city") -> list[Item]:
    return [
        Item(f"Q{n}", "place", subkind, (("zh", f"和平{suffix}"),), prior=round(0.9 - n / 1000, 3))
        for n in range(1, count + 1)
    ]


def test_the_matcher_is_told_the_weightiest_bearers_only(tmp_path):
    authority = build(tmp_path / "a.db", *[Item(i.id, i.kind, i.subkind, (("zh", "安平"),), prior=i.prior)
                                           for i in towns(40)])  # fmt: skip
    (name,) = [n for n in authority.names() if n.text == "安平"]
    assert name.items == tuple(f"Q{n}" for n in range(1, MAX_ITEMS + 1))
    assert len(authority.lookup("安平")) == 40


def test_dropped_suffixes_do_not_explode(tmp_path):
    authority = build(tmp_path / "a.db", *towns(40, suffix="县", subkind="county"))
    assert len(authority.lookup("和平")) == MAX_ITEMS
    assert len(authority.lookup("和平县")) == 40


def test_an_added_word_yields_to_a_given_name(tmp_path):
    authority = build(
        tmp_path / "a.db",
        Item("Q1", "place", "country", (("en", "China"),)),
        Item("Q2", "place", "country", (("en", "Taiwan"),), (("en", "Republic of China"),)),
    )
    assert [h.item for h in authority.lookup("Republic of China")] == ["Q2"]


def test_an_added_word_that_two_would_bear_is_nobodys(tmp_path):
    two = [Item(f"Q{n}", "place", "city", (("en", "Milltown"),), prior=0.2) for n in (1, 2)]
    assert build(tmp_path / "a.db", *two).lookup("Milltown City") == ()


def test_common_words_and_single_characters_are_not_looked_for(tmp_path):
    authority = build(
        tmp_path / "a.db",
        Item("Q1", "place", "district", (("zh", "和平区"),), prior=0.2),
        Item("Q2", "place", "city", (("zh", "京"), ("en", "Kyo")), prior=0.5),
    )
    assert {n.text for n in authority.names()} == {"和平区", "Kyo", "Kyo City", "City of Kyo"}
    assert [h.item for h in authority.lookup("和平", Lang.ZH)] == ["Q1"]


def test_a_label_without_its_bracket_is_looked_up_but_not_sought(tmp_path):
    town = Item("Q1", "place", "city", (("zh", "克伦（厄立特里亚）"),), prior=0.3)
    other = Item("Q3", "place", "city", (("zh", "法达（乍得）"),), prior=0.3)
    state = Item("Q2", "place", "province", (("zh", "克伦邦"),), prior=0.2)
    authority = build(tmp_path / "a.db", town, other, state)
    assert {hit.item for hit in authority.lookup("克伦")} == {"Q1", "Q2"}
    assert [hit.item for hit in authority.lookup("法达")] == ["Q3"]
    assert [name.prior for name in authority.names() if name.text == "法达"] == [0.0]  # no more than faintly
    sought = {name.text: name.items for name in authority.names()}
    assert sought["克伦"] == ("Q2", "Q1")  # looked for because of the province
