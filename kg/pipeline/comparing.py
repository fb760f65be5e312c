"""Changes between any two kept releases, worked out once and kept.

::

    DATA/changes/OLD..NEW/added.nt.gz  removed.nt.gz  articles.tsv  index.json  SHA256SUMS

Applying them to the older dump (take `removed` away, put `added` in) gives the newer.  ``articles.tsv`` has
a line an article: ``added``, ``changed`` or ``removed``, and its identity.  A folder appears as a whole.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.dumps.describing import write_sums
from kg.dumps.files import describe, replace_file
from kg.dumps.index import NAME, DumpIndex
from kg.errors import ReleaseError
from kg.pipeline.changes import ADDED, REMOVED, Changes, changes_between
from kg.rdf import names as n
from kg.store import durable
from kg.store.releases import Release, Releases

ARTICLES = "articles.tsv"
_IS_ARTICLE = f" {n.TYPE} {n.NEWS_ARTICLE} .".encode()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes from one release to another, on disk."""

    old: str
    new: str
    folder: Path

    @property
    def index(self) -> DumpIndex:
        """The files, with sizes, checksums and counts."""
        return DumpIndex.load(self.folder)

    def articles(self) -> Iterator[tuple[str, str]]:
        """``(what became of it, identity)`` of every article that differs, in order of identities."""
        with (self.folder / ARTICLES).open(encoding="utf-8") as lines:
            for line in lines:
                action, _, id = line.rstrip("\n").partition("\t")
                yield action, id


class Comparisons:
    """The comparisons in a data directory."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases
        self._folder = releases.data / "changes"

    def get(self, old: str, new: str) -> Comparison | None:
        """The changes from `old` to `new` (whole ids), if they have been worked out."""
        folder = self._folder / f"{old}..{new}"
        known = "/" not in folder.name and (folder / NAME).is_file()
        return Comparison(old, new, folder) if known else None

    def all(self) -> list[Comparison]:
        """What has been worked out, oldest first."""
        names = sorted(p.name for p in self._folder.glob("[0-9]*..*")) if self._folder.is_dir() else []
        pairs = [name.partition("..") for name in names]
        return [c for old, _, new in pairs if (c := self.get(old, new)) is not None]

    def at_work(self, old: str, new: str) -> bool:
        """Whether a process is working them out."""
        try:
            with durable.exclusive(self._lock(old, new), doing="looking"):
                return False
        except ReleaseError:
            return True

    def _lock(self, old: str, new: str) -> Path:
        return self._folder / f".lock-{old}..{new}"

    def make(self, old: Release, new: Release, *, wait: bool = True) -> Comparison | None:
        """Work out the changes from `old` to `new`, or take them from the last time.

        None where another process is at it and `wait` is false; `ReleaseError` where it is true.
        """
        known = self.get(old.id, new.id)
        if known is not None:
            return known
        if old.manifest.base != new.manifest.base:
            raise ReleaseError(
                f"releases {old.id} and {new.id} name their nodes differently",
                remedy="download the newer as a whole",
            )
        self._folder.mkdir(exist_ok=True)
        with contextlib.ExitStack() as stack:
            try:
                lock = durable.exclusive(self._lock(old.id, new.id), doing="comparing releases")
                stack.enter_context(lock)
            except ReleaseError:
                if wait:
                    raise
                return None
            return self.get(old.id, new.id) or self._make(old, new)

    def _make(self, old: Release, new: Release) -> Comparison:
        self.prune()
        target = self._folder / f"{old.id}..{new.id}"
        temporary = Path(tempfile.mkdtemp(prefix=".making-", dir=self._folder))
        try:
            compare(old, new, temporary)
            durable.sync_tree(temporary)
            temporary.chmod(0o755)
            temporary.rename(target)
            durable.sync_file(self._folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return Comparison(old.id, new.id, target)

    def prune(self) -> None:
        """Remove what leads to releases that are kept no more."""
        kept = {release.id for release in self._releases.all()}
        for comparison in self.all():
            if comparison.new not in kept:
                durable.remove_tree(comparison.folder)


def compare(old: Release, new: Release, folder: Path) -> None:
    """Write the changes from `old` to `new` into `folder`, streaming."""
    changes = Changes(folder)
    articles = f"<{new.manifest.base}article/".encode()
    with (folder / ARTICLES).open("w", encoding="utf-8") as out:
        for added, removed in changes_between(old, new):
            changes.add(added, removed)
            for action, id in _became(added, removed, articles):
                out.write(f"{action}\t{id}\n")
    changes.close()
    titles = (
        (ADDED, "Triples that are new", changes.added),
        (REMOVED, "Triples that are gone", changes.removed),
    )
    files = [describe(folder / name, "changes", title, triples=count) for name, title, count in titles]
    rows = (folder / ARTICLES).read_bytes().count(b"\n")
    files.append(describe(folder / ARTICLES, "changes", "Articles that differ", rows=rows))
    index = DumpIndex.load(new.dumps)
    replace_file(folder / NAME, DumpIndex(index.base, index.licence, index.rights, tuple(files)).to_json())
    write_sums(folder, {f.name: f.sha256 for f in files})


def _became(added: list[bytes], removed: list[bytes], articles: bytes) -> list[tuple[str, str]]:
    """What became of the articles that lines are about."""
    new = {_id(line, articles) for line in added if line.startswith(articles) and line.endswith(_IS_ARTICLE)}
    gone = {
        _id(line, articles) for line in removed if line.startswith(articles) and line.endswith(_IS_ARTICLE)
    }
    changed = _ids((*added, *removed), articles) - new - gone
    out = [
        *((id, "added") for id in new),
        *((id, "removed") for id in gone),
        *((id, "changed") for id in changed),
    ]
    return [(action, id) for id, action in sorted(out)]


def _ids(lines: Iterable[bytes], articles: bytes) -> set[str]:
    return {_id(line, articles) for line in lines if line.startswith(articles)}


def _id(line: bytes, articles: bytes) -> str:
    return line[len(articles) : line.index(b">")].partition(b"#")[0].decode()
