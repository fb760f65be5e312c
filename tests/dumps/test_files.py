"""What a release offers: every file parses strictly, agrees with the store and with the others."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest

from kg import vocab
from kg.dumps.describing import CSV_METADATA, has_these_tables
from kg.dumps.index import DumpFile, DumpIndex
from kg.dumps.parts import KINDS
from kg.dumps.reading import opened, read_lines
from kg.dumps.tables import TABLES
from kg.store.releases import Release
from tests.dumps.conftest import LICENCE, RIGHTS, Archive

GRAPH_FORMATS = {"nt": ox.RdfFormat.N_TRIPLES, "ttl": ox.RdfFormat.TURTLE, "nq": ox.RdfFormat.N_QUADS}
RAPTOR = {"nt": "ntriples", "ttl": "turtle", "nq": "nquads"}


def lines(path: Path) -> list[bytes]:
    return [line for some in read_lines(path) for line in some]


def content(path: Path) -> bytes:
    with opened(path) as data:
        return data.read()


def store_lines(release: Release) -> list[bytes]:
    store = ox.Store.read_only(str(release.store))
    out = io.BytesIO()
    store.dump(out, format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    return out.getvalue().splitlines()


def files(release: Release) -> tuple[DumpFile, ...]:
    return DumpIndex.load(release.dumps).files


def rdf_files(release: Release) -> list[DumpFile]:
    return [f for f in files(release) if f.triples is not None]


@pytest.fixture(params=["old", "new", "rebuilt"])
def release(archive: Archive, request: pytest.FixtureRequest) -> Release:
    return getattr(archive, request.param)


def test_everything_that_is_promised_is_there(release: Release):
    names = {f.name for f in files(release)}
    for compression in ("gz", "zst"):
        assert {f"graph.{form}.{compression}" for form in GRAPH_FORMATS} < names
        assert {f"kind-{kind}.nt.{compression}" for kind in KINDS} < names
        assert {f"articles-{year}.nt.{compression}" for year in (1946, 1953, 1956, 1997)} < names
        assert {f"{t.name}.csv.{compression}" for t in TABLES} < names
        assert {f"authority.nt.{compression}", f"ontology.nt.{compression}"} < names
    assert {f"{t.name}.parquet" for t in TABLES} | {"dateline.ttl", "dataset.nt"} < names


def test_sizes_and_checksums_are_right(release: Release):
    for file in files(release):
        data = (release.dumps / file.name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size, file.sha256), file.name


def test_sha256sum_agrees_and_covers_every_file(release: Release):
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=release.dumps, check=True
    )
    listed = {line.split("  ")[1] for line in (release.dumps / "SHA256SUMS").read_text().splitlines()}
    assert listed == {p.name for p in release.dumps.iterdir()} - {"SHA256SUMS"}


def test_the_store_the_manifest_and_the_graph_agree(release: Release):
    found = store_lines(release)
    assert len(found) == release.manifest.triples
    graph = lines(release.dumps / "graph.nt.zst")
    assert len(graph) == len(set(graph)) == release.manifest.triples
    assert set(graph) == set(found)


@pytest.mark.parametrize("form", GRAPH_FORMATS)
def test_every_format_holds_the_same_triples(archive: Archive, form: str):
    release = archive.new
    expected = {line.rstrip(b" .") for line in lines(release.dumps / "graph.nt.zst")}
    for compression in ("gz", "zst"):
        text = content(release.dumps / f"graph.{form}.{compression}")
        quads = list(ox.parse(text, format=GRAPH_FORMATS[form]))
        assert len(quads) == release.manifest.triples
        assert {str(q.triple).encode() for q in quads} == {
            str(next(iter(ox.parse(e + b" .", format=ox.RdfFormat.N_TRIPLES))).triple).encode()
            for e in expected
        }


def test_every_file_parses_with_pyoxigraph_has_its_count_and_no_blank_nodes(archive: Archive):
    for file in rdf_files(archive.new):
        form = file.name.removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]
        quads = list(ox.parse(content(archive.new.dumps / file.name), format=GRAPH_FORMATS[form]))
        assert len(quads) == file.triples, file.name
        blank = [q for q in quads if ox.BlankNode in (type(q.subject), type(q.object), type(q.graph_name))]
        assert not blank, file.name


@pytest.mark.skipif(shutil.which("rapper") is None, reason="raptor's rapper is not installed")
def test_every_file_parses_with_raptor_and_has_its_count(archive: Archive, tmp_path: Path):
    release = archive.new
    ontology = DumpFile("dateline.ttl", "ontology", "", "text/turtle", None, 0, "")
    for file in [*rdf_files(release), ontology]:
        form = file.name.removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]
        path = tmp_path / "file"
        path.write_bytes(content(release.dumps / file.name))
        done = subprocess.run(
            ["rapper", "-c", "-i", RAPTOR[form], path], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (file.name, done.stderr)
        assert "error" not in done.stderr.lower(), (file.name, done.stderr)
        assert "warning" not in done.stderr.lower(), (file.name, done.stderr)
        if file.triples is not None:
            assert f"returned {file.triples} triple" in done.stderr, (file.name, done.stderr)


def test_gzip_and_zstd_hold_the_same(archive: Archive):
    release = archive.new
    both = [f.name.removesuffix(".gz") for f in files(release) if f.name.endswith(".gz")]
    assert len(both) > 15
    for name in both:
        assert content(release.dumps / f"{name}.gz") == content(release.dumps / f"{name}.zst"), name


def test_the_kinds_the_ontology_and_the_description_are_the_whole_graph_each_triple_once(release: Release):
    names = [f"kind-{kind}.nt.zst" for kind in KINDS if kind != "links"]
    parts = Counter(x for n in (*names, "ontology.nt.zst", "dataset.nt") for x in lines(release.dumps / n))
    assert parts == Counter(lines(release.dumps / "graph.nt.zst"))


def test_links_are_the_sameas_statements(release: Release):
    same = f" <{vocab.OWL}sameAs> <{vocab.WD}Q".encode()
    graph = lines(release.dumps / "graph.nt.zst")
    found = lines(release.dumps / "kind-links.nt.zst")
    assert sorted(found) == sorted(line for line in graph if same in line)
    assert found


def test_years_hold_what_their_articles_own(release: Release):
    base = release.manifest.base.encode()
    graph = lines(release.dumps / "graph.nt.zst")
    for path in release.dumps.glob("articles-????.nt.zst"):
        year = path.name[9:13].encode()
        mine = [line for line in graph if line.startswith(b"<" + base + b"article/" + year + b"-")]
        assert sorted(lines(path)) == sorted(mine)
        assert mine


def test_in_quads_every_article_is_a_graph_that_holds_what_it_owns(archive: Archive):
    release = archive.new
    base = release.manifest.base
    graphs = Counter()
    for quad in ox.parse(content(release.dumps / "graph.nq.zst"), format=ox.RdfFormat.N_QUADS):
        subject = str(quad.subject)[1:-1].partition("#")[0]
        if subject.startswith(f"{base}article/"):
            assert quad.graph_name == ox.NamedNode(subject)
            graphs[subject] += 1
        else:
            assert quad.graph_name == ox.DefaultGraph()
    rows = pq.read_table(release.dumps / "articles.parquet").to_pylist()
    assert dict(graphs) == {row["article"]: row["triples"] for row in rows}


def test_the_authority_is_what_the_graph_knows_of_wikidata_items(release: Release):
    found = lines(release.dumps / "authority.nt.zst")
    assert found
    assert set(found) <= set(lines(release.dumps / "graph.nt.zst"))
    assert any(f"<{vocab.OWL}sameAs>".encode() in line for line in found)


# --- tables ---


def rows_of(release: Release, table: str) -> list[dict[str, str]]:
    text = content(release.dumps / f"{table}.csv.gz").decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.15g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_parquet_and_csv_say_the_same(release: Release, table):
    parquet = pq.read_table(release.dumps / f"{table.name}.parquet")
    assert parquet.column_names == [c.name for c in table.columns]
    assert [{k: shown(v) for k, v in row.items()} for row in parquet.to_pylist()] == rows_of(
        release, table.name
    )
    assert len({row[table.columns[0].name] for row in rows_of(release, table.name)}) == parquet.num_rows > 0


def test_events_say_how_late_they_were_printed(release: Release):
    rows = rows_of(release, "events")
    late = [row for row in rows if row["days_late"]]
    assert late
    for row in late:
        assert row["grain"] in ("day", "hour")
        between = dt.date.fromisoformat(row["date"]) - dt.date.fromisoformat(row["end"])
        assert int(row["days_late"]) == between.days
    untold = [row for row in rows if not row["days_late"]]
    assert all(row["grain"] not in ("day", "hour") or not row["end"] for row in untold)


def test_tables_of_other_columns_are_not_taken_over(release: Release, tmp_path: Path):
    shutil.copy(release.dumps / CSV_METADATA, tmp_path)
    assert has_these_tables(tmp_path)
    said = (tmp_path / CSV_METADATA).read_text()
    (tmp_path / CSV_METADATA).write_text(said.replace("days_late", "delay"))
    assert not has_these_tables(tmp_path)
    assert not has_these_tables(tmp_path / "absent")


def test_tables_say_what_the_graph_says(archive: Archive):
    release = archive.new
    store = ox.Store.read_only(str(release.store))

    def count(pattern: str) -> int:
        prefixes = f"PREFIX dl: <{vocab.DL}> PREFIX schema: <{vocab.SCHEMA}> PREFIX qudt: <{vocab.QUDT}> "
        (row,) = store.query(prefixes + f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
        return int(row["n"].value)

    tables = {t.name: rows_of(release, t.name) for t in TABLES}
    assert len(tables["articles"]) == count("?a a schema:NewsArticle")
    assert len(tables["mentions"]) == count("{ ?m a dl:Mention } UNION { ?m a qudt:Quantity }")
    assert len(tables["links"]) == len(tables["mentions"])
    assert len(tables["events"]) == count("?e a dl:EventReport")
    linked = [row for row in tables["links"] if row["verdict"] == "linked"]
    assert len(linked) == count("?m dl:verdict dl:verdict-linked")
    assert all(row["wikidata"] == "" for row in tables["links"] if row["verdict"] != "linked")
    sources = [r for r in tables["mentions"] if r["kind"] == "source"]
    assert len(sources) == count("?m a dl:Mention ; dl:kind dl:kind-source")
    assert {r["role"] for r in sources} <= {"dateline", "cited", "mentioned"}
    assert sum(int(r["triples"]) for r in tables["articles"]) == sum(
        f.triples or 0 for f in files(release) if f.group == "year" and f.name.endswith(".gz")
    )


def test_entities_are_counted_and_located(archive: Archive):
    rows = {r["entity"].rpartition("/")[2]: r for r in rows_of(archive.new, "entities")}
    xinhua = rows["Q204839"]
    assert (xinhua["kind"], xinhua["wikidata"]) == ("source", "Q204839")
    assert int(xinhua["articles"]) >= 2
    assert any(r["latitude"] and r["longitude"] for r in rows.values())


def test_licence_and_rights_stand_with_the_tables(archive: Archive):
    metadata = pq.read_schema(archive.new.dumps / "articles.parquet").metadata
    assert metadata[b"license"].decode() == LICENCE
    assert metadata[b"rights"].decode() == RIGHTS
    said = json.loads((archive.new.dumps / "csv-metadata.json").read_text())
    assert said["dc:license"] == {"@id": LICENCE}
    assert said["dc:rights"] == RIGHTS
    assert [t["url"] for t in said["tables"]] == [f"{t.name}.csv" for t in TABLES]
    index = json.loads((archive.new.dumps / "index.json").read_text())
    assert (index["licence"], index["rights"]) == (LICENCE, RIGHTS)
