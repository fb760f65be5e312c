"""``kg mirror``: a local copy of what another server publishes, kept current.

::

    DATA/downloads/RELEASE/…             what is being fetched; an interrupted run goes on with it
    DATA/releases/RELEASE/dumps/ store/  manifest.json
    DATA/current

Files that have not changed are linked to those of the release before; the store is a clone of its store with
the changes applied, or, where there are no changes to be had, loaded from the graph.  A release counts when
every checksum is right and the store has as many triples as were announced.
"""

from __future__ import annotations

import fnmatch
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.dumps.fetching import Fetcher, FetchError
from kg.dumps.reading import read_lines
from kg.errors import ReleaseError, StoreError
from kg.store import durable
from kg.store.cloning import clone_store, link_or_copy
from kg.store.manifest import Manifest, file_sha256
from kg.store.oxigraph import OxigraphEngine, OxigraphSink
from kg.store.releases import Release, Releases

KIND = "mirror"
_GRAPH = "graph.nt.zst"
_PARTS = ("shared.nt.zst", "dataset.nt")
_CHUNK = 100_000  # lines that are loaded at once
_FEW = 20_000  # lines; above it bulk loading is faster than a transaction


@dataclass(frozen=True, slots=True)
class MirrorReport:
    """What a run did.  ``changed`` is false where the copy was current; ``how`` the store was made."""

    release: str
    changed: bool
    path: Path
    fetched: int = 0
    linked: int = 0
    received: int = 0
    triples: int = 0
    how: str = ""


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    size: int
    sha256: str


class Mirror:
    """The copy in a data directory.  `only` are patterns of the files wanted (all, if none)."""

    def __init__(
        self,
        data: Path,
        fetcher: Fetcher,
        *,
        only: Sequence[str] = (),
        store: bool = True,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._data = data
        self._releases = Releases(data)
        self._fetcher = fetcher
        self._only = tuple(only)
        self._store = store
        self._progress = progress

    def update(self) -> MirrorReport:
        """Bring the copy up to date.

        `FetchError` where the server cannot be reached (run again: it goes on), `ReleaseError` where `data`
        holds releases that were built there.
        """
        with durable.exclusive(self._data / "mirror.lock", doing="mirror"):
            local = self._releases.current()
            if local is not None and local.manifest.kind != KIND:
                raise ReleaseError(
                    f"{self._data}: release {local.id} was built there",
                    remedy="give --data another directory",
                )
            current = str(self._fetcher.json("dumps/")["current"])
            said = self._fetcher.json(f"dumps/{current}/")
            if local is not None and local.id == current and not self._lacking(local, said):
                return MirrorReport(current, False, local.path, triples=local.manifest.triples)
            return self._copy(current, local, said)

    def _lacking(self, local: Release, said: dict[str, Any]) -> bool:
        """Whether the copy of this very release lacks something: a publisher makes most files after
        publication, and other files may be wanted now than before.
        """
        held = _held(local)
        return any(held.get(f.name) != f.sha256 for f in self._wanted(said)) or (
            self._store and not local.store.is_dir()
        )

    def _copy(self, id: str, local: Release | None, said: dict[str, Any]) -> MirrorReport:
        downloads = self._data / "downloads" / id
        downloads.mkdir(parents=True, exist_ok=True)
        files = list(self._wanted(said))
        if local is not None and local.id == id:  # what it has beside these stays
            wanted, held = {f.name for f in files}, _held(local)
            files += [f for f in _listed(said) if f.name not in wanted and held.get(f.name) == f.sha256]
        fetched, linked = self._fetch(f"dumps/{id}/", files, downloads, local)
        with self._releases.work(KIND) as folder:
            how = "none"
            if local is not None and local.id == id and local.store.is_dir():
                clone_store(local.store, folder / "store")
                how = "before"
            elif self._store:
                how = self._make_store(folder / "store", said, downloads, local)
            (folder / "dumps").mkdir()
            for file in files:
                link_or_copy(downloads / file.name, folder / "dumps" / file.name)
            release = self._releases.publish(folder, _manifest(said, local))
        shutil.rmtree(downloads, ignore_errors=True)
        return MirrorReport(
            id, True, release.path, fetched, linked, self._fetcher.received, said["triples"], how
        )

    def _wanted(self, said: dict[str, Any]) -> Iterator[_File]:
        graph = _graph_files(str(f["name"]) for f in said["files"])
        for file in _listed(said):
            needed = self._store and file.name in graph
            if needed or not self._only or any(fnmatch.fnmatch(file.name, p) for p in self._only):
                yield file

    def _fetch(self, where: str, files: list[_File], target: Path, local: Release | None) -> tuple[int, int]:
        """Fetch files, or link those that the copy has; how many of each."""
        here = {}
        if local is not None:
            here = {sha256: local.path / "dumps" / name for name, sha256 in _held(local).items()}
        fetched = linked = 0
        for number, file in enumerate(files, start=1):
            path = target / file.name
            if path.exists() and path.stat().st_size == file.size and file_sha256(path) == file.sha256:
                continue
            self._progress(f"{number}/{len(files)} {file.name}")
            path.unlink(missing_ok=True)
            if file.sha256 in here:
                link_or_copy(here[file.sha256], path)
                linked += 1
            else:
                self._fetcher.file(where + file.name, path, size=file.size, sha256=file.sha256)
                fetched += 1
        return fetched, linked

    # --- the store ---

    def _make_store(self, target: Path, said: dict[str, Any], downloads: Path, local: Release | None) -> str:
        if local is not None and self._by_changes(target, said, downloads, local):
            return "changes"
        self._progress("loading the graph")
        shutil.rmtree(target, ignore_errors=True)
        sink = OxigraphSink(target)
        with sink.bulk() as load:
            for name in _graph_files(str(f["name"]) for f in said["files"]):
                for lines in _chunks(downloads / name):
                    load.write(lines)
        sink.optimize()
        sink.close()
        triples = _count(target)
        if triples != said["triples"]:
            raise StoreError(
                f"the store has {triples:,} triples, {said['triples']:,} were announced",
                remedy="run kg mirror again; if it stays so, tell the publisher",
            )
        return "graph"

    def _by_changes(self, target: Path, said: dict[str, Any], downloads: Path, local: Release) -> bool:
        """Apply the changes since `local`; False where there are none to be had, or they do not fit."""
        if local.manifest.base != said["base"] or not local.store.is_dir():
            return False
        where = f"changes/{local.id}..{said['release']}/"
        try:
            listed = self._fetcher.json(where)["files"]
            files = [
                _File(f["name"], f["bytes"], f["sha256"]) for f in listed if f["name"].endswith(".nt.gz")
            ]
            folder = downloads / "changes"
            folder.mkdir(exist_ok=True)
            self._fetch(where, [f for f in files if "/" not in f.name], folder, None)
        except FetchError:
            return False  # the server keeps the older release no more: load the graph
        self._progress("applying the changes")
        clone_store(local.store, target)
        sink = OxigraphSink(target)
        for lines in _chunks(folder / "removed.nt.gz"):
            sink.remove(lines)
        for lines in _chunks(folder / "added.nt.gz"):
            (sink.write if lines.count(b"\n") > _FEW else sink.add)(lines)
        sink.close()
        return _count(target) == int(said["triples"])


def _listed(said: dict[str, Any]) -> Iterator[_File]:
    """The files of a release, as the server lists them; `FetchError` for a name that leads elsewhere."""
    for file in said["files"]:
        name = str(file["name"])
        if "/" in name or name.startswith("."):
            raise FetchError(f"file name {name!r}: leads elsewhere", remedy="tell the publisher")
        yield _File(name, int(file["bytes"]), str(file["sha256"]))


def _held(local: Release) -> dict[str, str]:
    """The dump files that a copy has, with their SHA-256."""
    files = local.manifest.files.items()
    return {n.removeprefix("dumps/"): e.sha256 for n, e in files if n.startswith("dumps/")}


def _graph_files(names: Iterable[str]) -> list[str]:
    """Of a release's files those that are its graph: one, or, while that is being made, its parts."""
    listed = set(names)
    if _GRAPH in listed:
        return [_GRAPH]
    return sorted(n for n in listed if fnmatch.fnmatch(n, "articles-????.nt.zst") or n in _PARTS)


def _chunks(path: Path) -> Iterator[bytes]:
    """The lines of a file, many at once."""
    waiting: list[bytes] = []
    for lines in read_lines(path):
        waiting += lines
        if len(waiting) >= _CHUNK:
            yield b"\n".join(waiting) + b"\n"
            waiting = []
    if waiting:
        yield b"\n".join(waiting) + b"\n"


def _count(store: Path) -> int:
    engine = OxigraphEngine(store)
    try:
        return len(engine)
    finally:
        engine.close()


def _manifest(said: dict[str, Any], local: Release | None) -> Manifest:
    return Manifest(
        release=said["release"],
        created=said["created"],
        previous=local.id if local else None,
        kind=KIND,
        code_version=said["code_version"],
        fingerprint={},
        authority=said["authority"],
        base=said["base"],
        content=said["content"],
        triples=said["triples"],
        counts={},
    )
