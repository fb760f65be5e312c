"""The manifest of a release: what is in it, with the SHA-256 of every file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kg.errors import ReleaseError

NAME = "manifest.json"
FORMAT = 1
# Written by whoever opens a store (Oxigraph's lock and log) or, with SQLite's own tools, an archive; it says
# nothing.
_PASSING = ("LOCK", "LOG")
_PASSING_ARCHIVE = "articles.db-shm"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file: its SHA-256 (hexadecimal) and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a release without opening it.

    ``content`` is a hash of the graph: two releases with the same content hash hold the same triples.
    ``fingerprint`` says what beside the inputs decided the triples: code, authority, judgements, settings.
    """

    release: str
    created: str
    previous: str | None
    kind: str  # "build", "update" or "import"
    code_version: str
    fingerprint: Mapping[str, str]
    authority: Mapping[str, str]
    base: str
    content: str
    triples: int
    counts: Mapping[str, int]
    statistics: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, FileEntry] = field(default_factory=dict)
    format: int = FORMAT

    def to_json(self) -> bytes:
        """As the file is written: sorted and indented, so that two manifests can be compared by eye."""
        value = {f.name: getattr(self, f.name) for f in fields(self)}
        value["files"] = {n: {"sha256": e.sha256, "size": e.size} for n, e in self.files.items()}
        return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read the manifest of a release."""
        path = folder / NAME
        try:
            value = json.loads(path.read_bytes())
            if value["format"] != FORMAT:
                raise ReleaseError(
                    f"{path}: format {value['format']}, this code reads {FORMAT}", remedy="build anew"
                )
            value["files"] = {n: FileEntry(e["sha256"], e["size"]) for n, e in value["files"].items()}
            return cls(**value)
        except FileNotFoundError as e:
            raise ReleaseError(f"{path}: missing", remedy="roll back, or build anew") from e
        except (ValueError, KeyError, TypeError) as e:
            raise ReleaseError(f"{path}: not a manifest: {e}", remedy="roll back, or build anew") from e


def release_files(folder: Path) -> list[str]:
    """The files of a release that the manifest lists, relative and sorted."""
    out = []
    for directory, _, names in os.walk(folder):
        for name in names:
            path = Path(directory, name)
            relative = path.relative_to(folder).as_posix()
            if relative in (NAME, _PASSING_ARCHIVE) or path.is_symlink():
                continue
            if path.parent.name == "store" and name.startswith(_PASSING):
                continue
            out.append(relative)
    return sorted(out)


def hash_files(
    folder: Path, *, known: Mapping[str, FileEntry] | None = None, threads: int = 2
) -> dict[str, FileEntry]:
    """Hash every file of a release, but for those that are `known`."""
    names = release_files(folder)
    known = known or {}
    with ThreadPoolExecutor(threads) as pool:
        entries = pool.map(lambda n: known.get(n) or _entry(folder / n), names)
        return dict(zip(names, entries, strict=True))


def linked_files(folder: Path, other: Path, manifest: Manifest) -> dict[str, FileEntry]:
    """The files of a release that are hard links to those of the `other`, which has this manifest."""
    found = {}
    for name in release_files(folder):
        entry, there = manifest.files.get(name), other / name
        if entry is None or not there.exists():
            continue
        if there.samefile(folder / name) and there.stat().st_size == entry.size:
            found[name] = entry
    return found


def file_sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _entry(path: Path) -> FileEntry:
    return FileEntry(file_sha256(path), path.stat().st_size)


def differences(folder: Path, manifest: Manifest) -> list[str]:
    """What is wrong with the files of a release, a line each; empty where all is well."""
    found = hash_files(folder)
    wrong = [f"{n}: missing" for n in sorted(manifest.files.keys() - found.keys())]
    wrong += [f"{n}: not in the manifest" for n in sorted(found.keys() - manifest.files.keys())]
    for name in sorted(found.keys() & manifest.files.keys()):
        entry, right = found[name], manifest.files[name]
        if entry.size != right.size:
            wrong.append(f"{name}: {entry.size} bytes, {right.size} were published")
        elif entry.sha256 != right.sha256:
            wrong.append(f"{name}: its bytes are not those that were published")
    return wrong


def unlike_sums(folder: Path, name: str) -> list[str]:
    """What is wrong with the files that a list of checksums (of ``sha256sum``) names, a line each."""
    if not (folder / name).is_file():
        return [f"{name}: missing"]
    wrong = []
    for line in (folder / name).read_text(encoding="utf-8").splitlines():
        digest, _, file = line.partition("  ")
        if not (folder / file).is_file():
            wrong.append(f"{file}: missing")
        elif _entry(folder / file).sha256 != digest:
            wrong.append(f"{file}: its bytes are not those that were published")
    return wrong


def total_size(entries: Iterable[FileEntry]) -> int:
    """Bytes of all files together."""
    return sum(e.size for e in entries)
