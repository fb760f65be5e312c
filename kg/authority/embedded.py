"""The authority that comes with the program: hand-kept tables, compiled into an index on first use.

The index is kept in the user's cache folder under a name made of a hash of the tables and of the code that
compiles them, so a new version never reads an old index.  Where that folder cannot be written, a temporary
one serves for the life of the process.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import tempfile
import weakref
from pathlib import Path

from kg.authority.authority import Authority
from kg.authority.index import SCHEMA, write_index
from kg.authority.tables import load_tables, read_notes, read_revised
from kg.errors import AuthorityError
from kg.model import Item

_HERE = Path(__file__).parent
_COMPILERS = ("aliases.py", "embedded.py", "index.py", "matching.py", "records.py", "stoplist.py",
              "stoplist.tsv", "suggest.py", "tables.py")  # fmt: skip


def embedded_tables() -> tuple[Path, ...]:
    """The tables, in order of name."""
    return tuple(sorted((_HERE / "data").glob("*.tsv")))


def embedded_items() -> list[Item]:
    """The hand-kept items, in order of id; AuthorityError names each faulty row."""
    return load_tables(embedded_tables())


@functools.cache
def embedded_date() -> str:
    """The day on which a table was last revised, as its first line says (ISO)."""
    return max(map(read_revised, embedded_tables()))


def embedded_notes() -> dict[str, str]:
    """What the tables note on items, by id."""
    return {id: note for path in embedded_tables() for id, note in read_notes(path).items()}


def open_embedded() -> Authority:
    """Open the embedded authority, compiling it first where that has not been done on this machine."""
    name = f"authority-{SCHEMA}-{_content_hash()}.db"
    folder = cache_folder()
    with contextlib.suppress(AuthorityError):
        return Authority(folder / name)
    items = embedded_items()  # the index is absent or damaged: made anew
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _compile(folder / name, items)
    except (OSError, AuthorityError):
        return _open_temporary(name, items)


def _compile(path: Path, items: list[Item]) -> Authority:
    write_index(path, items, date=embedded_date(), sources=("embedded",))
    return Authority(path)


def _open_temporary(name: str, items: list[Item]) -> Authority:
    """For a read-only home or a full disk: a folder that goes when the authority does."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-"))
    authority = _compile(folder / name, items)
    weakref.finalize(authority, _remove, folder, os.getpid())
    return authority


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child must not take it from its parent
        shutil.rmtree(folder, ignore_errors=True)


def cache_folder() -> Path:
    """The folder of this program in the user's cache (``XDG_CACHE_HOME``)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache") / "dateline"


@functools.cache
def _content_hash() -> str:
    digest = hashlib.sha256()
    for path in (*embedded_tables(), *(_HERE / name for name in _COMPILERS), _HERE.parent / "text.py"):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
