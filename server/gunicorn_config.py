"""gunicorn's settings for ``kg serve``."""

from __future__ import annotations

import os
import shutil
from typing import Any

from prometheus_client import multiprocess

from kg.settings import RUN_DIRECTORY
from server.heads import LONGEST_LINE
from server.listening import CONNECTIONS

worker_class = "server.gateway.GatewayWorker"
keepalive = 65
control_socket_disable = True  # signals do; a socket in the home directory wants one to write to
limit_request_line = LONGEST_LINE
timeout = 0  # queries have a limit of their own; a long download is no fault
graceful_timeout = 30
accesslog = None
loglevel = os.environ.get("KG_LOG_LEVEL", "warning")
backlog = 1024
preload_app = "KG_RDF" in os.environ  # imported once, which starts sooner; releases need their workers fresh


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001  gunicorn's signature
    """Forget a worker that has ended: its gauges, and the connections that it had."""
    CONNECTIONS[worker.age % len(CONNECTIONS)] = -1
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def worker_exit(server: Any, worker: Any) -> None:  # noqa: ARG001
    """End the query workers of a web worker that ends."""
    site = getattr(getattr(worker, "wsgi", None), "extensions", {}).get("dateline")
    if site is not None:
        site.close()


def on_exit(server: Any) -> None:  # noqa: ARG001
    """Remove what this run kept on disk: metrics, and the store of plain RDF."""
    if RUN_DIRECTORY in os.environ:
        shutil.rmtree(os.environ[RUN_DIRECTORY], ignore_errors=True)
