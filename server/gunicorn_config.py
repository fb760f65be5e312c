"""gunicorn's settings for ``kg serve``."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from prometheus_client import multiprocess

worker_class = "gthread"
keepalive = 65
timeout = 0  # queries have a limit of their own; a long download is no fault
graceful_timeout = 30
accesslog = None
loglevel = os.environ.get("KG_LOG_LEVEL", "warning")
backlog = 512


def on_starting(server: Any) -> None:  # noqa: ARG001  gunicorn's signature
    """Metrics of several worker processes are gathered in one folder."""
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="dateline-metrics-"))


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001
    """Forget the gauges of a worker that has ended."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def worker_exit(server: Any, worker: Any) -> None:  # noqa: ARG001
    """End the query workers of a web worker that ends."""
    site = getattr(getattr(worker, "wsgi", None), "extensions", {}).get("dateline")
    if site is not None:
        site.close()
