"""Whether the server lives, is ready, and how it fares: ``/healthz``, ``/readyz``, ``/metrics``."""

from __future__ import annotations

import os
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from kg.errors import StoreError
from server.app import current_site
from server.sparql.answering import http_error

face = Blueprint("health", __name__)


@face.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return jsonify(status="ok", release=current_site().release)


@face.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Queries can be answered: a worker is there and finds the store."""
    site = current_site()
    try:
        answer = site.lookups.ask(
            {"query": "ASK {}", "result_format": "JSON", "graph_format": None}, timeout=5, client=None
        )
        try:
            ready = b"true" in b"".join(answer.chunks)
        finally:
            answer.close()
    except StoreError as e:
        return jsonify(status="not ready", why=http_error(e).message, release=site.release), 503
    return jsonify(status="ready" if ready else "not ready", release=site.release), 200 if ready else 503


@face.get("/metrics")
def metrics() -> Response:
    """Prometheus metrics of all web workers together."""
    current_app.extensions["dateline.reporter"].report()
    registry: Any = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
