"""Parquet files of the tables: the same rows give the same bytes, in whatever process they were read.

Arrow is imported where it is needed: it takes 0.2 s, which an update that writes no tables should not pay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.dumps.index import Section
from kg.dumps.tables import Row, Table

if TYPE_CHECKING:
    import pyarrow as pa

_TYPES = {"string": "string", "integer": "int32", "number": "float64", "date": "date32", "boolean": "bool_"}
_GROUP = 120_000  # rows of a row group: what a reader fetches at least


def schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table."""
    import pyarrow as pa

    types = {name: getattr(pa, maker)() for name, maker in _TYPES.items()}
    return pa.schema([pa.field(c.name, types[c.type], metadata={"about": c.about}) for c in table.columns])


def batch(table: Table, rows: Sequence[Row]) -> bytes:
    """Rows as a record batch, in Arrow's format for pipes."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True))
    dates = [i for i, c in enumerate(table.columns) if c.type == "date"]
    for i in dates:
        columns[i] = tuple(None if v is None else dt.date.fromisoformat(v) for v in columns[i])
    shape = schema(table)
    arrays = [
        pa.array(values, type=field.type, from_pandas=False)
        for values, field in zip(columns, shape, strict=True)
    ]
    return pa.record_batch(arrays, schema=shape).serialize().to_pybytes()  # type: ignore[no-any-return]


class TableWriter:
    """A Parquet file on its way.  Row groups end with their section, so that a section can be taken over."""

    def __init__(self, path: Path, table: Table, said: dict[str, str]) -> None:
        from pyarrow import parquet

        self._schema = schema(table).with_metadata({**said, "about": table.about})
        self._out = parquet.ParquetWriter(path, self._schema, compression="zstd", write_statistics=True)
        self._waiting: list[pa.RecordBatch] = []
        self._size = 0
        self._groups = 0
        self.rows = 0
        self.sections: list[Section] = []
        self._section: tuple[str, int, int] | None = None

    def add(self, section: str, data: bytes) -> None:
        """Rows of a section, from `batch`."""
        import pyarrow as pa
        import pyarrow.ipc

        self._enter(section)
        found = pa.ipc.read_record_batch(pa.py_buffer(data), self._schema)
        self._waiting.append(found)
        self._size += found.num_rows
        if self._size >= _GROUP:
            self._flush()

    def copy(self, section: Section, source: Path) -> None:
        """Take over a section of another file of the same table."""
        from pyarrow import parquet

        self._enter(section.name)
        with parquet.ParquetFile(source) as rows:
            for group in range(section.offset, section.offset + section.size):
                found = rows.read_row_group(group).cast(self._schema)
                self._waiting = found.combine_chunks().to_batches()
                self._size = found.num_rows
                self._flush()

    def _enter(self, section: str) -> None:
        if self._section is None or self._section[0] != section:
            self._leave()
            self._section = (section, self._groups, self.rows)

    def _leave(self) -> None:
        self._flush()
        if self._section is not None:
            name, groups, rows = self._section
            self.sections.append(Section(name, groups, self._groups - groups, self.rows - rows))
            self._section = None

    def _flush(self) -> None:
        if self._size:
            import pyarrow as pa

            whole = pa.Table.from_batches(self._waiting, self._schema).combine_chunks()
            self._out.write_table(whole, row_group_size=self._size)
            self._groups += 1
            self.rows += self._size
            self._waiting, self._size = [], 0

    def close(self) -> None:
        """Finish the file."""
        self._leave()
        self._out.close()
