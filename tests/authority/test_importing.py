"""Tables of other people: names cleaned, kinds mapped, nothing lost without a reason."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from kg.authority.importers.cleaning import clean_names, tidy, unfit
from kg.authority.importers.files import InputFile
from kg.authority.importers.guessing import DEFAULTS, guess_subkind
from kg.authority.importers.report import ImportReport
from kg.authority.importers.tables import read_rows
from kg.authority.kinds import SUBKINDS
from kg.authority.wikidata.classes import classify, known_classes, read_classes
from kg.errors import AuthorityError
from kg.model import Item


def rows(tmp_path: Path, header: str, *lines: str) -> tuple[list[Item], ImportReport]:
    path = tmp_path / "table.tsv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    report = ImportReport("table.tsv")
    found = [item for _, item in read_rows(InputFile(path), report) if item is not None]
    assert report.read == report.kept + report.skipped.total()
    return found, report


@pytest.mark.parametrize(
    ("text", "lang", "kind", "reason"),
    [
        ("🇨🇦", "en", "place", "symbols"),
        ("CAN", "en", "place", "code"),
        ("can", "en", "place", "code"),
        ("EGKA", "fr", "place", "code"),
        ("BBC", "en", "source", None),
        ("阳光之地", "zh", "place", "poetic"),
        ("之江", "zh", "place", None),
        ("CAN", "zh", "place", "wrong script"),
        ("加拿大", "en", "place", "wrong script"),
        ("Hanoi", "ru", "place", "wrong script"),
        ("Điện Biên Phủ", "vi", "place", None),
        ("11 September 2001", "en", "event", "date"),
        ("May Day", "en", "event", None),
        ("911", "en", "event", "symbols"),
        ("京", "zh", "place", "one character"),
        ("里", "zh", "measure", None),
        ("x" * 81, "en", "place", "overlong"),
        ("nytimes.com", "en", "organisation", "web address"),
        ("nihon", "en", "place", "lower case"),
        ("metropolitan Denmark", "en", "place", None),
    ],
)
def test_unfit_names(text, lang, kind, reason):
    assert unfit(text, lang, kind) == reason


def test_tidy():
    assert tidy("  Hồ   Chí Minh ", "vi") == "Hồ Chí Minh"
    assert tidy("Новосиби́рск", "ru") == "Новосибирск"
    assert tidy("陽光縣（某州）", "zh") == "阳光县"
    assert tidy("(bracketed)", "en") == "(bracketed)"


def test_cleaning_keeps_one_label_a_language_and_counts_what_it_drops():
    dropped: Counter[str] = Counter()
    labels, aliases = clean_names(
        [("en", "Newtown"), ("zh", "新城 (某县)"), ("zh", "新镇"), ("de", "Neustadt")],
        [("en", "NEWT"), ("zh", "新城"), ("zh-x-short", "新"), ("zh-x-short", "新镇城"), ("en", "New Town")],
        "place",
        dropped,
    )
    assert labels == (("zh", "新城"), ("en", "Newtown"))
    assert aliases == (("zh", "新镇"), ("zh-x-short", "新镇城"), ("en", "New Town"))
    assert dropped == {"code": 1, "one character": 1}


# --- what an item is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "facts", "subkind"),
    [
        ("source", {"words": "news agency"}, "agency"),
        ("source", {"zh": "某某广播电台"}, "broadcaster"),
        ("source", {"en": "Something Weekly"}, "magazine"),
        ("event", {"en": "Battle of Somewhere"}, "battle"),
        ("event", {"zh": "某某战争"}, "war"),
        ("event", {"zh": "某某海战"}, "battle"),
        ("unit", {"words": "air force"}, "service"),
        ("place", {"en": "Somewhere Railway Station"}, "facility"),
        ("place", {"zh": "某某海峡"}, "strait"),
        ("place", {}, "area"),
    ],
)
def test_guessing(kind, facts, subkind):
    assert guess_subkind(kind, **facts) == subkind


def test_every_guess_and_class_is_of_our_kinds():
    assert all(subkind in SUBKINDS[kind] for kind, subkind in DEFAULTS.items())
    assert all(k.subkind in SUBKINDS[k.kind] for k in known_classes().values())


def test_the_weightiest_class_decides():
    assert classify(["Q515", "Q5119"]).prior == 0.8
    assert classify(["Q999999999"]) is None


@pytest.mark.parametrize(
    "row", ["Q1\tplace\tburg\t0.1", "Q1\tplace\tcity\t2", "Q1\tplace\tcity", "Q1\tx\ty\t0.1"]
)
def test_faulty_class_tables(tmp_path, row):
    (tmp_path / "c.tsv").write_text(f"class\tkind\tsubkind\tprior\n{row}\n")
    with pytest.raises(AuthorityError, match=r"c\.tsv:2"):
        read_classes(tmp_path / "c.tsv")


# --- tables ----------------------------------------------------------------------------------------

PLACES = "qid\tkind\tlabel_en\tlabel_zh\taliases\tlat\tlon\tcountry_qid\tadmin1_qid\tpopulation\tp31"
OTHERS = "\t".join(
    ["qid", "kind", "label_en", "label_zh", "aliases", "start", "end", "point_in_time", "place_qid",
     "p31_labels", "notes", "verified"]
)  # fmt: skip


def test_a_place(tmp_path):
    (item,), _ = rows(
        tmp_path, PLACES,
        "Q5\tcity\tNewtown\t新城\tNewtown@en|NTN@en|新城市@zh|Novograd@ru\t1.5\t2.5\tQ6\tQ7\t400000\tQ515|Q1",
    )  # fmt: skip
    assert item == Item(
        "Q5", "place", "city", (("zh", "新城"), ("en", "Newtown")), (("zh", "新城市"),),
        lat=1.5, lon=2.5, country="Q6", part_of=("Q7",), p31=("Q515", "Q1"), prior=0.45, verified=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "en", "zh", "p31", "subkind"),
    [
        ("country", "Freeland", "自由国", "Q3624078", "country"),
        ("country", "Old Kingdom", "旧国", "Q3024240", "historical_country"),
        ("country", "Some Singer", "", "", "historical_country"),
        ("sea", "Narrow Strait", "狭海峡", "", "strait"),
        ("sea", "Wide Sea", "宽海", "Q165", "sea"),
        ("infrastructure", "Newtown Airport", "新城机场", "", "airport"),
        ("admin1", "Midland", "中部省", "", "province"),
        ("city", "Hamlet", "", "Q532", "village"),
        ("mountain", "High Mountains", "高山脉", "", "mountains"),
    ],
)
def test_kinds_of_places(tmp_path, kind, en, zh, p31, subkind):
    (item,), _ = rows(tmp_path, PLACES, f"Q5\t{kind}\t{en}\t{zh}\t\t\t\t\t\t\t{p31}")
    assert (item.kind, item.subkind) == ("place", subkind)


def test_a_country_without_any_evidence_weighs_next_to_nothing(tmp_path):
    (item,), _ = rows(tmp_path, PLACES, "Q5\tcountry\tSome Singer\t\t\t\t\t\t\t\t")
    assert item.prior == 0.02


def test_renown_grows_with_size_and_with_a_chinese_name(tmp_path):
    found, _ = rows(
        tmp_path, PLACES,
        *(f"Q{n}\tcity\tTown {n}\t{zh}\t\t\t\t\t\t{size}\t"
          for n, zh, size in [(1, "甲城", 6e6), (2, "乙城", 2e5), (3, "丙城", 0), (4, "", 2e5), (5, "", 0)]),
    )  # fmt: skip
    large, middling, unsized, foreign, unknown = (item.prior for item in found)
    assert large > middling > unsized > unknown
    assert middling > foreign > unknown


def test_an_event_with_a_point_in_time(tmp_path):
    found, _ = rows(
        tmp_path, OTHERS,
        "Q5\tevent\tBattle of Newtown\t新城战役\t\t\t\t1953-11-20\tQ9\tbattle\t\tyes",
        "Q6\tevent\tNewtown War\t新城战争\t\t\t\t1953-11-20\t\twar\t\tyes",
        "Q7\tevent\tNewtown Crisis\t新城危机\t\t1950-00-00\t1949\t\t\t\t\tweak",
    )  # fmt: skip
    battle, war, crisis = found
    assert (battle.start, battle.end, battle.places) == ("1953-11", "1953-11-20", ("Q9",))
    assert (war.start, war.end) == (None, "1953-11-20")
    assert (crisis.start, crisis.end, crisis.verified) == ("1950", None, False)


def test_a_measure_keeps_its_name_and_factor(tmp_path):
    (item,), _ = rows(
        tmp_path, OTHERS, "Q5\tmeasure\tfoot\t英尺\tft@en|呎@zh\t\t\t\t\t\t= 0.3048 metre (Q11573)\tyes"
    )
    assert (item.unit_name, item.factor, item.aliases) == ("foot", 0.3048, (("en", "ft"), ("zh", "呎")))


def test_what_is_left_out_is_told(tmp_path):
    found, report = rows(
        tmp_path, OTHERS,
        "\tsource\tThe Missing Post\t\t\t\t\t\t\t\t\tno",
        "Q5\tunit\tarmy\t陆军\t\t\t\t\t\t\t\tyes",
        "Q6\tsource\t🗞\t\t\t\t\t\t\t\t\tyes",
    )  # fmt: skip
    assert found == []
    assert report.skipped == {"without an id": 1, "concepts, not things": 1, "without a usable name": 1}
    lines = "\n".join(report.lines())
    assert "3 read, 0 kept, 3 left out" in lines
    assert "1 without an id: The Missing Post" in lines


def test_rows_of_unknown_kind_are_left_out_and_told(tmp_path):
    found, report = rows(
        tmp_path, "qid\tkind\tlabel_en\tlabel_zh\tlat\tlon\tp31",
        "Q1\tfilm\tThe Red Lantern\t红灯记\t\t\t",
        "Q2\t\tThe White-Haired Girl\t白毛女\t\t\t",
        "Q3\t\tHartford\t哈特福德\t41.8\t-72.7\t",
        "Q4\t\tSeine\t塞纳河\t\t\tQ4022",
        "Q5\ttown\tLonghua Town\t龙华镇\t\t\t",
    )  # fmt: skip
    assert [(item.id, item.kind, item.subkind) for item in found] == [
        ("Q3", "place", "area"), ("Q4", "place", "river"), ("Q5", "place", "town")
    ]  # fmt: skip
    assert report.skipped == {"of unknown kind": 2}
    assert any("Q1 The Red Lantern (film)" in example for example in report.examples["of unknown kind"])


def test_a_gazetteer_without_qids(tmp_path):
    (item,), _ = rows(
        tmp_path, "wof_id\tgeonames_id\tplacetype\tcountry\tname\tname_zh\tname_vi\tlat\tlon\tpopulation",
        "77\t1234\tlocality\tVN\tBan Moi\t\tBản Mới\t21\t103\t",
    )  # fmt: skip
    assert (item.id, item.subkind, item.country, item.verified) == (
        "x-geonames-1234",
        "village",
        "Q881",
        False,
    )
    assert item.labels == (("en", "Ban Moi"), ("vi", "Bản Mới"))


def test_our_own_form_is_read_strictly(tmp_path):
    (item,), _ = rows(tmp_path, "id\tkind\tsubkind\ten", "x-newtown\tplace\tcity\tNewtown")
    assert item.id == "x-newtown"
    with pytest.raises(AuthorityError, match=r"table\.tsv:2"):
        rows(tmp_path, "id\tkind\tsubkind\ten", "x-newtown\tplace\tburg\tNewtown")


def test_compressed_tables_and_resuming_after_a_line(tmp_path):
    path = tmp_path / "t.tsv.gz"
    path.write_bytes(
        gzip.compress(b"qid\tkind\tlabel_en\nQ1\tcity\tAlpha\nQ2\tcity\tBravo\nQ3\tcity\tDelta\n")
    )
    report = ImportReport("t")
    file = InputFile(path)
    assert [(n, i.id) for n, i in read_rows(file, report, after=2)] == [(3, "Q2"), (4, "Q3")]
    assert file.fraction == 1.0


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("t.tsv", b"name\tplace\nX\tY\n", "no column for the item"),
        ("t.tsv", b"qid\tkind\nQ1\t\xff\xfe\n", "not UTF-8"),
        ("t.tsv.gz", b"no gzip at all", "is the file whole"),
        ("t.tsv.gz", gzip.compress(b"qid\tkind\n" * 9999)[:-20], "is the file whole"),
        ("t.tsv.bz2", b"no bzip2", "is the file whole"),
        ("t.tsv.zst", b"no zstandard", "is the file whole"),
    ],
)
def test_unreadable_tables(tmp_path, name, data, says):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(AuthorityError, match=says):
        list(read_rows(InputFile(tmp_path / name), ImportReport("t")))
