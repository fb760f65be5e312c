"""What is being served: the published release, followed as new ones are published."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import DatelineError
from kg.rdf.formats import prefixes
from kg.rdf.iris import Minter
from kg.settings import Settings
from kg.store.releases import Release, Releases
from kg.store.textsearch import Hit, searching
from server.errors import HttpError
from server.outward.forwarding import Forwarding
from server.sparql.cache import ResultCache
from server.workers import Pool
from server.workers.launcher import Launcher

if TYPE_CHECKING:
    from kg.store.archive import Archive

log = logging.getLogger(__name__)
_LOOK = 0.5  # seconds between two looks at which release is published


@dataclass(frozen=True, slots=True)
class Served:
    """One release, or a store of plain RDF, with what reads it."""

    id: str
    store: Path | str
    release: Release | None
    archive: Archive | None


class Site:
    """The settings and what is being served; one a web worker process, used by many threads.

    A new release is noticed within a second: pages read it at once, queries that run end on the old one.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.web_workers = 1  # that share the processors with this one, itself included
        self.cache = ResultCache(settings.result_cache << 20)
        self.pages = ResultCache(settings.result_cache << 20)
        self.releases = Releases(settings.data.absolute())  # Flask's own idea of a relative path is another
        self._adopt(self._open())
        self._lock = threading.Lock()
        self._launcher: Launcher | None = None
        self._pool: Pool | None = None
        self._lookups: Pool | None = None
        self._forwarding = Forwarding(
            settings.service_allow, timeout=settings.query_timeout, user_agent=settings.user_agent
        )
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None

    def _open(self) -> Served:
        if self.settings.rdf is not None:
            path = self.settings.rdf
            return Served(f"rdf-{path.parent.name}", path, None, None)
        from kg.store.archive import Archive  # with all that search needs, which plain RDF does not

        remote = self.settings.store
        if remote is not None and self.releases.current() is None:
            return Served("remote", remote, None, None)
        release = self.releases.require()
        return Served(release.id, remote or release.store, release, Archive(release.articles))

    def _adopt(self, served: Served) -> None:
        """Serve `served`.  The base of its IRIs is the one that it was made with, whatever is set now."""
        release = served.release
        base = self.settings.base if release is None else release.manifest.base
        if base != self.settings.base:
            level = logging.INFO if self.settings.base == Settings().base else logging.WARNING
            log.log(
                level, "release %s has the base %s, not %s as is set", served.id, base, self.settings.base
            )
            self.settings = replace(self.settings, base=base)
        self.minter = Minter(base)
        # Plain RDF is served by the letter: a prefix that a query does not declare is an error there.
        self.prefixes = prefixes(base) if self.settings.rdf is None else {}
        self._served = served

    # --- following releases ------------------------------------------------------------------------

    @property
    def served(self) -> Served:
        """What is being served now."""
        if self._watcher is None and self.settings.rdf is None:
            self._watch()
        return self._served

    def _watch(self) -> None:
        """Start looking at what is published: in the process that serves, for threads end at a fork."""
        with self._lock:
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._look, name="releases", daemon=True)
                self._watcher.start()

    def _look(self) -> None:
        while not self._closed.wait(_LOOK):
            try:
                self._follow()
            except (DatelineError, OSError):
                log.exception("release %s is still served", self._served.id)

    def _follow(self) -> None:
        """Serve what is published now; the workers change first, so that a page never asks an older store."""
        current = self.releases.current()
        if current is None or current.id == self._served.id:
            return
        served = self._open()
        base = current.manifest.base
        for pool in self.pools:
            pool.reload(served.store, prefixes=prefixes(base), base=base + "sparql")
        self._adopt(served)
        self.cache.clear()
        self.pages.clear()

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

    # --- workers -----------------------------------------------------------------------------------

    @property
    def pool(self) -> Pool:
        """The workers for queries from outside, started on first use."""
        if self._pool is None:
            with self._lock:
                if self._pool is None:
                    self._pool = self._start(max(2, self.settings.query_workers), self._abreast)
        return self._pool

    @property
    def _abreast(self) -> int:
        """How many quick queries run here at once: in all web workers together one a processor."""
        return max(1, len(os.sched_getaffinity(0)) // self.web_workers)

    @property
    def pools(self) -> list[Pool]:
        """The pools that are running."""
        return [pool for pool in (self._pool, self._lookups) if pool is not None]

    @property
    def lookups(self) -> Pool:
        """The workers for the pages' own lookups, so that long queries cannot starve browsing.

        Plain RDF has no pages.
        """
        if self.settings.rdf is not None:
            return self.pool
        if self._lookups is None:
            with self._lock:
                if self._lookups is None:
                    self._lookups = self._start(max(1, self.settings.lookup_workers))
        return self._lookups

    def _start(self, size: int, abreast: int | None = None) -> Pool:
        if self._launcher is None:
            self._launcher = Launcher()
        return Pool(
            self._served.store,
            size=size,
            long=max(1, size // 2),
            abreast=abreast,
            memory=self.settings.query_memory,
            queue=self.settings.query_queue,
            prefixes=self.prefixes,
            base=self.settings.base + "sparql",
            launcher=self._launcher,
        )

    @property
    def forwarding(self) -> Forwarding | None:
        """What asks other endpoints for the engine; none where that is elsewhere itself."""
        return None if isinstance(self.served.store, str) else self._forwarding

    def search(self, text: str, limit: int, snippets: bool) -> Sequence[Hit]:
        """Full-text search, for ``SERVICE dl:search``; `snippets` says whether they are wanted."""
        return searching(self.archive, self.minter)(text, limit, snippets)

    def close(self) -> None:
        """End the workers."""
        self._closed.set()
        for pool in self.pools:
            pool.close()
        self._forwarding.close()
        if self._launcher is not None:
            self._launcher.close()
