"""What happens, told: Prometheus metrics and the query log."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

from server.sparql.endpoint import Outcome

QUERIES = Counter("dateline_queries_total", "SPARQL queries by outcome", ["status", "cached"])
SECONDS = Histogram(
    "dateline_query_seconds",
    "Time from the request to the end of the answer",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60),
)
ROWS = Counter("dateline_query_rows_total", "Rows sent")
BYTES = Counter("dateline_query_bytes_total", "Bytes of results, before compression")
WORKERS = Gauge("dateline_query_workers", "Query workers by state", ["state"], multiprocess_mode="livesum")


class Observer:
    """Counts and logs queries.  The log is JSON lines: when, seconds, rows, bytes, status, the query.

    It holds nothing about who asked.
    """

    def __init__(self, log: Path | None) -> None:
        self._lock = threading.Lock()
        self._file = log.open("a", encoding="utf-8") if log is not None else None

    def query(self, outcome: Outcome) -> None:
        """Take note of a query that has ended."""
        QUERIES.labels(str(outcome.status), str(outcome.cached).lower()).inc()
        SECONDS.observe(outcome.seconds)
        ROWS.inc(outcome.rows)
        BYTES.inc(outcome.size)
        if self._file is None:
            return
        record = {
            "when": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
            "status": outcome.status,
            "seconds": round(outcome.seconds, 4),
            "rows": outcome.rows,
            "bytes": outcome.size,
            "cached": outcome.cached,
            "format": outcome.format,
            "query": outcome.query,
        }
        line = json.dumps(record, ensure_ascii=False) + "\n"
        with self._lock:
            self._file.write(line)
            self._file.flush()
