"""What is being served: the published release, followed as new ones are published."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from kg.errors import ReleaseError
from kg.rdf.formats import prefixes
from kg.rdf.iris import Minter
from kg.settings import Settings
from kg.store.archive import Archive
from kg.store.releases import Release, Releases
from kg.store.rows import Filters
from server.errors import HttpError
from server.sparql.cache import ResultCache
from server.sparql.textsearch import Hit
from server.workers import Pool

_LOOK = 1.0  # seconds between two looks at which release is published


@dataclass(frozen=True, slots=True)
class Served:
    """One release, or a store of plain RDF, with what reads it."""

    id: str
    store: Path
    release: Release | None
    archive: Archive | None


class Site:
    """The settings and what is being served; one a web worker process, used by many threads.

    A new release is noticed within a second: pages read it at once, queries that run end on the old one.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.minter = Minter(settings.base)
        self.prefixes = prefixes(settings.base)
        self.cache = ResultCache(settings.result_cache << 20)
        self.releases = Releases(settings.data)
        self._served = self._open()
        self._looked = time.monotonic()
        self._lock = threading.Lock()
        self._pool: Pool | None = None
        self._lookups: Pool | None = None

    def _open(self) -> Served:
        if self.settings.rdf is not None:
            path = self.settings.rdf
            return Served(f"rdf-{path.name}", path, None, None)
        release = self.releases.require()
        return Served(release.id, release.store, release, Archive(release.articles))

    @property
    def served(self) -> Served:
        """What is being served now."""
        now = time.monotonic()
        if now - self._looked > _LOOK and self.settings.rdf is None:
            with self._lock:
                if now - self._looked > _LOOK:
                    self._looked = now
                    self._follow()
        return self._served

    def _follow(self) -> None:
        try:
            current = self.releases.current()
        except ReleaseError:
            return  # half-way through being changed by hand: keep what is open
        if current is None or current.id == self._served.id:
            return
        self._served = self._open()
        self.cache.clear()
        for pool in (self._pool, self._lookups):
            if pool is not None:
                pool.reload(self._served.store)

    @property
    def release(self) -> str:
        """The id of what is being served: part of every ETag."""
        return self.served.id

    @property
    def archive(self) -> Archive:
        """The articles of the release; HttpError 404 where plain RDF is served."""
        archive = self.served.archive
        if archive is None:
            raise HttpError(404, "this server serves plain RDF and has no articles", remedy="use /sparql")
        return archive

    @property
    def pool(self) -> Pool:
        """The workers for queries from outside, started on first use."""
        served = self.served
        if self._pool is None:
            with self._lock:
                if self._pool is None:
                    self._pool = self._start(served.store, max(2, self.settings.query_workers))
        return self._pool

    @property
    def lookups(self) -> Pool:
        """The workers for the pages' own lookups, so that long queries cannot starve browsing."""
        served = self.served
        if self._lookups is None:
            with self._lock:
                if self._lookups is None:
                    self._lookups = self._start(served.store, max(1, self.settings.lookup_workers))
        return self._lookups

    def _start(self, store: Path, size: int) -> Pool:
        return Pool(store, size=size, memory=self.settings.query_memory, queue=self.settings.query_queue)

    def search(self, text: str, limit: int) -> list[Hit]:
        """Full-text search, for ``SERVICE dl:search``."""
        found = self.archive.search(text, Filters(), limit=limit, facets=False)
        return [
            Hit(
                self.minter.article(a.id),
                a.score or 0.0,
                " … ".join(text for _, text, _ in a.snippets),
            )
            for a in found.page.articles
        ]

    def close(self) -> None:
        """End the workers."""
        for pool in (self._pool, self._lookups):
            if pool is not None:
                pool.close()
