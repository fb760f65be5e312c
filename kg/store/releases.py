"""Releases: immutable directories, one of which is published.

::

    DATA/current -> releases/20261124T101530Z-1f3a2b4c     swapped as a whole
    DATA/releases/…/store/  articles.db  dumps/  changes/  rejects.jsonl  manifest.json
    DATA/dumps/RELEASE/                                    files to download that were made after publication
    DATA/building/…                                        unfinished work; the next run removes it
    DATA/lock                                              held by the one process that changes anything

Nothing writes into a release once it is named in ``releases/``.  Readers open ``current`` and keep what they
opened: a release that is pruned away stays readable to those who have it open.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import logging
import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

from kg.errors import DISK_FULL, ReleaseError
from kg.store import durable, overlay
from kg.store.manifest import Manifest, differences, hash_files, linked_files, total_size, unlike_sums

_LOG = logging.getLogger(__name__)
_SUMS = "SHA256SUMS"
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Release:
    """One release on disk."""

    path: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        """Its name; names sort by time."""
        return self.manifest.release

    @property
    def store(self) -> Path:
        """The Oxigraph store."""
        return self.path / "store"

    @property
    def articles(self) -> Path:
        """``articles.db``."""
        return self.path / "articles.db"

    @property
    def dumps(self) -> Path:
        """The folder of files to download: the one beside the releases, once it has been made."""
        beside = self.path.parent.parent / "dumps" / self.path.name
        return beside if beside.is_dir() else self.path / "dumps"

    @property
    def size(self) -> int:
        """Bytes on disk, hard links counted in full."""
        return total_size(self.manifest.files.values())

    @classmethod
    def load(cls, path: Path) -> Release:
        """Read a release's manifest."""
        return cls(path, Manifest.load(path))


class Releases:
    """The releases in a data directory."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._folder = data / "releases"
        self._current = data / "current"
        self._building = data / "building"

    # --- reading ---

    def all(self) -> list[Release]:
        """All releases whose manifest can be read, oldest first."""
        return [release for release in map(self._found, self._names()) if isinstance(release, Release)]

    def comparable(self) -> list[tuple[Release, Release]]:
        """Each release with the one after it, where both name their nodes alike: with another base everything
        would differ.
        """
        return [(a, b) for a, b in pairwise(self.all()) if a.manifest.base == b.manifest.base]

    def damaged(self) -> dict[str, str]:
        """The releases whose manifest cannot be read, and why."""
        found = {name: self._found(name) for name in self._names()}
        return {name: str(error) for name, error in found.items() if isinstance(error, ReleaseError)}

    def _names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted(p.name for p in self._folder.iterdir() if not p.name.startswith("."))

    def _found(self, name: str) -> Release | ReleaseError:
        try:
            return Release.load(self._folder / name)
        except ReleaseError as e:
            return e

    def current_id(self) -> str | None:
        """The name of the published release, whole or not; None before the first build."""
        try:
            return self._current.readlink().name
        except FileNotFoundError:
            return None
        except OSError as e:
            raise ReleaseError(f"{self._current}: not a link", remedy="remove it and run kg build") from e

    def current(self) -> Release | None:
        """The published release; None before the first build.

        The link is followed once, so that what is opened through the result belongs together.
        """
        id = self.current_id()
        return None if id is None else Release.load(self._folder / id)

    def require(self) -> Release:
        """The published release, or `ReleaseError` saying how to get one."""
        release = self.current()
        if release is None:
            raise ReleaseError(
                f"{self.data}: nothing is published there", remedy="run kg build, or set --data"
            )
        return release

    def get(self, id: str) -> Release:
        """The release with this id, or with the only id that begins so; ``current`` is the published one."""
        if id == "current":
            return self.require()
        names = [p.name for p in self._folder.iterdir()] if self._folder.is_dir() else []
        found = [n for n in names if n == id] or [n for n in names if n.startswith(id) and id]
        if len(found) != 1:
            problem = "several releases begin so" if found else "there is no such release"
            raise ReleaseError(f"release {id!r}: {problem}", remedy="see kg releases list")
        return Release.load(self._folder / found[0])

    def verify(self, release: Release) -> list[str]:
        """Compare every byte with the manifest, and files made later with their sums; what is wrong, a line
        each.
        """
        wrong = differences(release.path, release.manifest)
        later = self.derived_dumps / release.id
        if later.is_dir():
            wrong += [f"dumps/{release.id}/{fault}" for fault in unlike_sums(later, _SUMS)]
        return wrong

    @property
    def derived_dumps(self) -> Path:
        """Where files to download are put, a folder a release, that are made after its publication."""
        return self.data / "dumps"

    # --- changing ---

    @contextlib.contextmanager
    def work(self, doing: str) -> Iterator[Path]:
        """Hold the lock, with a new empty folder to build in; it is removed if it was not published."""
        with durable.exclusive(self.data / "lock", doing=doing):
            self._clean()
            folder = self._building / f"{doing}-{os.getpid()}"
            try:
                folder.mkdir(parents=True)
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def unfinished(self) -> list[Path]:
        """Folders that a run left behind when it was killed."""
        return sorted(self._building.iterdir()) if self._building.is_dir() else []

    def _clean(self) -> None:
        """Remove what a killed run left behind.  Only with the lock held."""
        for folder in self.unfinished():
            _LOG.warning("%s was not finished: it is removed, and begun anew", folder.name)
            shutil.rmtree(folder, ignore_errors=True)
        if self._folder.is_dir():
            for folder in self._folder.glob(".removed-*"):
                shutil.rmtree(folder, ignore_errors=True)

    def new_id(self, now: dt.datetime, content: str) -> str:
        """A name for a release made `now`; it sorts after all that are there."""
        newest = max((p.name for p in self._folder.glob("2*")), default="") if self._folder.is_dir() else ""
        while (stamp := now.astimezone(dt.UTC).strftime(_STAMP)) <= newest[:16]:
            now += dt.timedelta(seconds=1)
        return f"{stamp}-{content[:8]}"

    def publish(self, folder: Path, manifest: Manifest) -> Release:
        """Make the finished `folder` (from `work`) the published release.

        Every file is hashed and made durable before the name appears; then the link is swapped.  A crash
        before that leaves the old release published, a crash after it the new one.  What an update shares
        with the release before by hard links was hashed and made durable with that one.
        """
        base = self._known_base(manifest)
        try:
            shared = linked_files(folder, *base) if base else {}
            manifest = dataclasses.replace(manifest, files=hash_files(folder, known=shared))
            durable.write_file(folder / "manifest.json", manifest.to_json())
            durable.sync_tree(folder, but=shared)
            self._folder.mkdir(exist_ok=True)
            target = self._folder / manifest.release
            self._name(folder, target)
            durable.sync_file(self._folder)
            durable.point(self._current, f"releases/{manifest.release}")
        except OSError as e:
            raise ReleaseError(f"{folder}: cannot be published: {e}", remedy="is the disk full?") from e
        return Release(target, manifest)

    def _name(self, folder: Path, target: Path) -> None:
        """Give a finished folder its name.  Mirrors do not choose theirs, so it may be taken: by what a run
        left that was ended just here, or by the published release, of which there is more now.
        """
        if not target.exists():
            folder.rename(target)
        elif self.current_id() == target.name:
            durable.exchange(folder, target)
        else:
            durable.remove_tree(target)
            folder.rename(target)

    def _known_base(self, manifest: Manifest) -> tuple[Path, Manifest] | None:
        if manifest.kind != "update" or manifest.previous is None:
            return None
        path = self._folder / manifest.previous
        return path, Manifest.load(path)

    def rollback(self, id: str | None = None) -> Release:
        """Publish an older release again: that with `id`, or the one before the published."""
        with durable.exclusive(self.data / "lock", doing="rollback"):
            if id is None:
                current = self.current_id() or self.require().id
                older = [r for r in self.all() if r.id < current]
                if not older:
                    raise ReleaseError(f"release {current} is the oldest", remedy="nothing to roll back to")
                release = older[-1]
            else:
                release = self.get(id)
            self._whole(release)
            durable.point(self._current, f"releases/{release.id}")
            return release

    def republish(self, id: str) -> Release:
        """Publish the release `id`, older or newer than the one that is."""
        with durable.exclusive(self.data / "lock", doing="publish"):
            release = self.get(id)
            self._whole(release)
            durable.point(self._current, f"releases/{release.id}")
            return release

    def _whole(self, release: Release) -> None:
        wrong = self.verify(release)
        if wrong:
            raise ReleaseError(f"release {release.id} is damaged: {wrong[0]}", remedy="choose another one")

    def prune(self, keep: int) -> list[str]:
        """Remove all but the newest `keep` releases; the published one always stays."""
        if keep < 1:
            raise ReleaseError(f"prune to {keep} releases: at least one must stay")
        with durable.exclusive(self.data / "lock", doing="prune"):
            self._clean()
            current, names = self.current_id(), self._names()
            doomed = [n for n in names[: max(0, len(names) - keep)] if n != current]
            for name in doomed:
                durable.remove_tree(self._folder / name)
                durable.remove_tree(self.derived_dumps / name)
            return doomed

    # --- backup ---

    def export(self, release: Release, target: Path) -> None:
        """Write a release to one tar file (its contents are compressed already); replaces it as a whole."""
        try:
            with durable.replacing(target) as temporary:
                with tarfile.open(temporary, "w", format=tarfile.PAX_FORMAT) as tar:
                    for name in ("manifest.json", *sorted(release.manifest.files)):
                        tar.add(release.path / name, arcname=f"{release.id}/{name}", filter=_anonymous)
                durable.sync_file(temporary)
        except OSError as e:
            raise ReleaseError(
                f"{target}: cannot be written: {e.strerror}",
                remedy="is there room, and leave to write there?",
            ) from e

    def import_(self, source: Path, *, publish: bool = True) -> Release:
        """Take a release out of a file made by `export`; every byte is verified before it counts."""
        with self.work("import") as folder:
            try:
                with tarfile.open(source, "r:") as tar:
                    _unpack(tar, folder)
            except OSError as e:
                if e.errno in DISK_FULL:
                    raise  # which is no fault of the file
                raise ReleaseError(f"{source}: cannot be read: {e.strerror}", remedy="export it anew") from e
            except tarfile.TarError as e:
                raise ReleaseError(f"{source}: not an exported release: {e}", remedy="export it anew") from e
            inside = list(folder.iterdir())
            if len(inside) != 1:
                raise ReleaseError(f"{source}: not an exported release", remedy="export it anew")
            release = Release.load(inside[0])
            self._whole(release)
            if (self._folder / release.id).exists():
                raise ReleaseError(f"release {release.id} is here already", remedy="publish it")
            overlay.protect(release.articles)
            durable.sync_tree(inside[0])
            self._folder.mkdir(exist_ok=True)
            target = self._folder / release.id
            inside[0].rename(target)
            durable.sync_file(self._folder)
            if publish:
                durable.point(self._current, f"releases/{release.id}")
            return Release(target, release.manifest)


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Take out the files of an export, all inside `folder`; `tarfile.TarError` where there is anything else.

    The filters of `tarfile` itself are not in every Python 3.11.
    """
    for info in tar:
        path = PurePosixPath(info.name)
        data = tar.extractfile(info) if info.isfile() else None
        if data is None or path.is_absolute() or ".." in path.parts:
            raise tarfile.TarError(f"it holds {info.name}")
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with data, target.open("xb") as out:
            shutil.copyfileobj(data, out, 1 << 20)


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without owner and exact time, so that the same release gives the same file."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = 0
    return info
