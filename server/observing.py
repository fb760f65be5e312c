"""What happens, told: Prometheus metrics and the query log."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from bisect import bisect_left
from collections import Counter
from pathlib import Path

import prometheus_client as prometheus
from flask import Flask, Response, g, request

from server.assets import STATIC
from server.site import Site
from server.sparql.answering import Outcome


class Histogram(prometheus.Histogram):
    """One that takes note of many values at once, for the price of a few."""

    def observe_all(self, values: list[float]) -> None:
        """As `observe` of each."""
        self._sum.inc(sum(values))
        for i, n in Counter(bisect_left(self._upper_bounds, value) for value in values).items():
            self._buckets[i].inc(n)


QUERIES = prometheus.Counter("dateline_queries_total", "SPARQL queries by outcome", ["status", "cached"])
SECONDS = Histogram(
    "dateline_query_seconds",
    "Time from the request to the end of the answer",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60),
)
REQUESTS = prometheus.Counter(
    "dateline_requests_total", "Requests other than queries, by face and status", ["face", "status"]
)
REQUEST_SECONDS = prometheus.Histogram(
    "dateline_request_seconds",
    "Time until such a request's answer begins",
    ["face"],
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)
ROWS = prometheus.Counter("dateline_query_rows_total", "Rows sent")
BYTES = prometheus.Counter("dateline_query_bytes_total", "Bytes of results, before compression")
WORKERS = prometheus.Gauge(
    "dateline_query_workers", "Query workers by state", ["state"], multiprocess_mode="livesum"
)
CACHE = prometheus.Gauge(
    "dateline_result_cache", "Result cache: bytes held, hits, misses", ["what"], multiprocess_mode="livesum"
)
LIFE = prometheus.Gauge(
    "dateline_query_workers_total",
    "Query workers started, killed, died",
    ["what"],
    multiprocess_mode="livesum",
)
RELEASE = prometheus.Gauge(
    "dateline_release_info", "The release being served", ["release"], multiprocess_mode="livemax"
)
OUTCOMES = {
    200: "answered",
    304: "not modified",
    400: "bad query",
    403: "refused",
    406: "not acceptable",
    429: "limited",
    499: "hung up",
    502: "service failed",
    503: "busy or died",
    504: "timed out",
}
STATES = ("idle", "busy", "long", "paused", "download", "waiting")
_FLUSH = 1.0  # seconds
_LOGGED = 10_000  # characters of a query that the log keeps: one may have ten million
_FACES = {
    name: name for name in ("api", "crawlers", "dumps", "feeds", "health", "ontology", "reconcile", "sparql")
} | {
    "browse": "pages",
    "resources": "data",
}


class Observer:
    """Counts and logs queries.  The log is JSON lines: when, seconds, rows, bytes, status, the query.

    It holds nothing about who asked.  Counters are written out once a second, since that costs more than
    counting does; call `flush` where nobody asks any more.
    """

    def __init__(self, log: Path | None) -> None:
        self._lock = threading.Lock()
        self._file = log.open("a", encoding="utf-8") if log is not None else None
        self._seconds: list[float] = []
        self._counts: Counter[tuple[int, bool]] = Counter()
        self._rows = self._bytes = 0
        self._flushed = 0.0

    def query(self, outcome: Outcome) -> None:
        """Take note of a query that has ended."""
        with self._lock:
            self._seconds.append(outcome.seconds)
            self._counts[outcome.status, outcome.cached] += 1
            self._rows += outcome.rows
            self._bytes += outcome.size
        if time.monotonic() - self._flushed > _FLUSH:
            self.flush()
        if self._file is not None:
            self._log(outcome)

    def flush(self) -> None:
        """Add what was counted to the metrics."""
        with self._lock:
            self._flushed = time.monotonic()
            counts, self._counts = self._counts, Counter()
            seconds, self._seconds = self._seconds, []
            rows, size = self._rows, self._bytes
            self._rows = self._bytes = 0
        for (status, cached), count in counts.items():
            QUERIES.labels(str(status), str(cached).lower()).inc(count)
        SECONDS.observe_all(seconds)
        ROWS.inc(rows)
        BYTES.inc(size)

    def _log(self, outcome: Outcome) -> None:
        record = {
            "when": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
            "outcome": OUTCOMES.get(outcome.status, "error"),
            "status": outcome.status,
            "seconds": round(outcome.seconds, 4),
            "rows": outcome.rows,
            "bytes": outcome.size,
            "cached": outcome.cached,
            "format": outcome.format,
            "query": outcome.query[:_LOGGED],
        }
        if len(outcome.query) > _LOGGED:
            record["characters"] = len(outcome.query)
        line = json.dumps(record, ensure_ascii=False) + "\n"
        with self._lock:
            if self._file is not None:
                self._file.write(line)
                self._file.flush()


def observe_requests(app: Flask) -> None:
    """Count what `app` answers, by face: pages, api, dumps …; probes and metrics are not counted."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        face = "static" if request.endpoint in STATIC else _FACES.get(request.blueprint or "", "other")
        if face != "health" and "began" in g:
            REQUESTS.labels(face, str(response.status_code)).inc()
            REQUEST_SECONDS.labels(face).observe(time.perf_counter() - g.began)
        return response


class Reporter:
    """Tells the state of a site in gauges, for one web worker process; `report` is called once a second."""

    def __init__(self, site: Site, observer: Observer) -> None:
        self._site = site
        self._observer = observer
        self._release = ""

    def report(self) -> None:
        """Bring all metrics up to date."""
        self._observer.flush()
        site = self._site
        statuses = [pool.status() for pool in site.pools]
        for state in STATES:
            WORKERS.labels(state).set(sum(getattr(status, state) for status in statuses))
        for what in ("started", "killed", "died"):
            LIFE.labels(what).set(sum(getattr(status, what) for status in statuses))
        CACHE.labels("bytes").set(site.cache.held)
        CACHE.labels("hits").set(site.cache.hits)
        CACHE.labels("misses").set(site.cache.misses)
        if site.release != self._release:
            if self._release:
                RELEASE.labels(self._release).set(0)
            self._release = site.release
            RELEASE.labels(self._release).set(1)
