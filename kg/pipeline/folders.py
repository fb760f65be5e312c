"""Folders to write shards into: on this machine, or on shared storage through fsspec (``s3://…``)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import IO, Any

from kg.errors import UsageError


def is_url(path: str) -> bool:
    """Whether `path` needs fsspec.

    >>> is_url("s3://bucket/articles/*.jsonl.zst"), is_url("/srv/articles")
    (True, False)
    """
    return "://" in path


def _fsspec() -> Any:
    if importlib.util.find_spec("fsspec") is None:
        raise UsageError("shared storage: fsspec is not installed", remedy="pip install 'dateline[cluster]'")
    import fsspec

    return fsspec


def list_url(url: str) -> list[str]:
    """The files that a URL (of a file, a folder or a glob) names, sorted, as URLs."""
    fs, path = _fsspec().core.url_to_fs(url)
    if "*" in path or "?" in path or "[" in path:
        found = fs.glob(path)
    else:
        found = fs.find(path) if fs.isdir(path) else [path]
    return sorted(fs.unstrip_protocol(p) for p in found)


def open_url(url: str) -> IO[bytes]:
    """A file of shared storage, to read."""
    return _fsspec().open(url, "rb").open()  # type: ignore[no-any-return]


class Folder:
    """A folder that is made when it is written to."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._fs: Any = None
        self._root = path.rstrip("/")
        if is_url(path):
            self._fs, self._root = _fsspec().core.url_to_fs(path)

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where there is none."""
        try:
            return bytes(self._fs.cat_file(self._at(name))) if self._fs else Path(self._at(name)).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Write a file."""
        if self._fs:
            self._fs.makedirs(self._root, exist_ok=True)
            self._fs.pipe_file(self._at(name), data)
            return
        target = Path(self._at(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
