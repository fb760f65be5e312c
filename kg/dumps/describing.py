"""Describes the dumps of a release beside them: the catalogue, the tables' columns, the checksums."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg.dumps.files import replace_file
from kg.dumps.index import SUMS, DumpFile, DumpIndex
from kg.dumps.tables import TABLES, Column, Table
from kg.rdf import DatasetInfo, Distribution, Writer
from kg.rdf.formats import Format
from kg.rdf.transcode import transcode
from kg.store.manifest import file_sha256

CATALOGUE = "catalog.nt"
CATALOGUE_TURTLE = "catalog.ttl"
CSV_METADATA = "csv-metadata.json"
_DATATYPES = {
    "string": "string",
    "integer": "integer",
    "number": "double",
    "date": "date",
    "boolean": "boolean",
}


def describe_dumps(folder: Path, index: DumpIndex, writer: Writer, info: DatasetInfo) -> None:
    """Write the catalogue, ``csv-metadata.json`` and ``SHA256SUMS`` of a finished folder of dumps."""
    lines = writer.catalogue(info, tuple(distribution(info.release, f) for f in index.files))
    replace_file(folder / CATALOGUE, lines)
    everything = lines + writer.dataset(info)
    replace_file(folder / CATALOGUE_TURTLE, transcode(everything, Format.TURTLE))
    if any(f.group == "table" for f in index.files):
        text = json.dumps(csv_metadata(index), indent=1, ensure_ascii=False) + "\n"
        replace_file(folder / CSV_METADATA, text.encode())
    write_sums(folder, {f.name: f.sha256 for f in index.files})


def write_sums(folder: Path, known: Mapping[str, str]) -> None:
    """Write ``SHA256SUMS`` of a folder; of the files in `known` the digests need not be worked out."""
    names = sorted(p.name for p in folder.iterdir() if p.name != SUMS)
    sums = "".join(f"{known.get(n) or file_sha256(folder / n)}  {n}\n" for n in names)
    replace_file(folder / SUMS, sums.encode())


def distribution(release: str, file: DumpFile) -> Distribution:
    """A file as the catalogue tells of it."""
    return Distribution(
        path=f"dumps/{release}/{file.name}",
        media_type=file.media_type,
        title=file.title,
        bytes=file.size,
        sha256=file.sha256,
        compression=file.compression,
        triples=file.triples,
    )


def csv_metadata(index: DumpIndex) -> dict[str, Any]:
    """The tables' columns as CSV on the Web has it (W3C, Metadata Vocabulary for Tabular Data)."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:license": {"@id": index.licence},
        "dc:rights": index.rights,
        "tables": [_table(table) for table in TABLES],
    }


def has_these_tables(folder: Path) -> bool:
    """Whether the tables in a folder of dumps have the columns that are written now."""
    try:
        said = json.loads((folder / CSV_METADATA).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(said["tables"] == [_table(table) for table in TABLES])


def _table(table: Table) -> dict[str, Any]:
    return {
        "url": f"{table.name}.csv",
        "dc:title": table.name,
        "dc:description": table.about,
        "tableSchema": {
            "columns": [_column(c) for c in table.columns],
            "primaryKey": table.columns[0].name,
        },
    }


def _column(column: Column) -> dict[str, Any]:
    return {"name": column.name, "dc:description": column.about, "datatype": _DATATYPES[column.type]}
