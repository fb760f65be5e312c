"""Copies of a release's big files that cost next to nothing.

RocksDB, under Oxigraph, never changes a table file (``.sst``, ``.blob``) once it is written: it only adds and
removes files.  So a clone may share them by hard links, and writing to the clone leaves the bytes of the
original as they are.  Its other files (log, manifest, options) are appended to, and therefore copied.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from kg.errors import StoreError

_IMMUTABLE = (".sst", ".blob")
_PASSING = ("LOCK", "LOG")  # of whoever had it open
_FICLONE = 0x40049409  # ioctl_ficlone(2): share the blocks, where the file system can


def clone_store(source: Path, target: Path) -> None:
    """A second store in `target` (a new directory).  Nobody may be writing to `source`."""
    try:
        target.mkdir()
        for path in sorted(source.iterdir()):
            if path.suffix in _IMMUTABLE:
                link_or_copy(path, target / path.name)
            elif not path.name.startswith(_PASSING):
                clone_file(path, target / path.name)
    except OSError as e:
        raise StoreError(
            f"store {source} cannot be cloned to {target}: {e}", remedy="is the disk full?"
        ) from e


def link_or_copy(source: Path, target: Path) -> None:
    """A hard link; a copy where the file system has none."""
    try:
        os.link(source, target)
    except OSError:
        clone_file(source, target)


def clone_file(source: Path, target: Path) -> None:
    """A private copy: sharing blocks where the file system can (btrfs, xfs), else byte by byte."""
    with source.open("rb") as data, target.open("wb") as out:
        try:
            fcntl.ioctl(out.fileno(), _FICLONE, data.fileno())
            return
        except OSError:
            pass
    shutil.copyfile(source, target)
