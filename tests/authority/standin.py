"""A local stand-in for Wikidata: real HTTP on loopback, with faults on demand."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


def item_value(qid: str) -> dict[str, Any]:
    return {"entity-type": "item", "numeric-id": int(qid[1:]), "id": qid}


def statement(
    property: str, value: Any, *, rank: str = "normal", kind: str = "wikibase-item"
) -> dict[str, Any]:
    snak: dict[str, Any] = {"snaktype": "value", "property": property, "datatype": kind}
    if value in ("somevalue", "novalue"):
        snak["snaktype"] = value
    else:
        snak["datavalue"] = {"value": item_value(value) if isinstance(value, str) else value, "type": "x"}
    return {"mainsnak": snak, "type": "statement", "rank": rank}


def time_value(time: str, precision: int) -> dict[str, Any]:
    return {"time": time, "precision": precision, "calendarmodel": "http://www.wikidata.org/entity/Q1985727"}


def point_value(lat: float, lon: float) -> dict[str, Any]:
    return {
        "latitude": lat,
        "longitude": lon,
        "precision": 0.01,
        "globe": "http://www.wikidata.org/entity/Q2",
    }


def document(
    qid: str,
    labels: dict[str, str],
    p31: str | None = None,
    *,
    aliases: dict[str, list[str]] | None = None,
    claims: list[dict[str, Any]] | None = None,
    sitelinks: int = 5,
    modified: str = "2026-05-01T00:00:00Z",
) -> dict[str, Any]:
    """An entity document in the shape that the dump and the API share."""
    statements = ([statement("P31", p31)] if p31 else []) + (claims or [])
    by_property: dict[str, Any] = {}
    for s in statements:
        by_property.setdefault(s["mainsnak"]["property"], []).append(s)
    return {
        "type": "item",
        "id": qid,
        "labels": {k: {"language": k, "value": v} for k, v in labels.items()} or [],
        "descriptions": [],
        "aliases": {k: [{"language": k, "value": v} for v in vs] for k, vs in (aliases or {}).items()} or [],
        "claims": by_property or [],
        "sitelinks": {
            f"s{n}wiki": {"site": f"s{n}wiki", "title": "x", "badges": []} for n in range(sitelinks)
        },
        "modified": modified,
    }


class StandIn:
    """`documents` by id, `redirects` from id to id, `rows` for the query service.

    `faults` are served one a request, in order, before anything is answered properly: a number is a status,
    ``(status, headers)`` sends headers too, ``"truncated"`` cuts the answer off, ``"half"`` sends less than
    Content-Length says, ``"slow"`` takes a second, a dict is answered with status 200.
    """

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.redirects: dict[str, str] = {}
        self.rows: list[dict[str, Any]] = []
        self.faults: list[Any] = []
        self.requests: list[dict[str, str]] = []
        self.user_agents: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"standin": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add(self, *documents: dict[str, Any]) -> None:
        self.documents.update({d["id"]: d for d in documents})

    def answer(self, path: str, parameters: dict[str, str]) -> Any:
        if path == "/sparql":
            return {"head": {"vars": []}, "results": {"bindings": self.rows}}
        if parameters["action"] == "wbsearchentities":
            return {"search": list(self._hits(parameters))}
        ids = parameters["ids"].split("|")
        assert len(ids) <= 50, "more than fifty ids"
        for id in ids:
            if int(id[1:]) > 2_000_000_000:
                return {"error": {"code": "no-such-entity", "info": "no such entity", "id": id}}
        return {"entities": dict(self._entity(id) for id in ids), "success": 1}

    def _entity(self, id: str) -> tuple[str, Any]:
        if target := self.redirects.get(id):
            return target, self.documents[target] | {"redirects": {"from": id, "to": target}}
        return id, self.documents.get(id, {"id": id, "missing": ""})

    def _hits(self, parameters: dict[str, str]) -> Any:
        lang, wanted = parameters["language"], parameters["search"].lower()
        for d in self.documents.values():
            names = [d["labels"].get(lang, {}).get("value", "")] if d["labels"] else []
            names += [a["value"] for a in d["aliases"].get(lang, [])] if d["aliases"] else []
            if any(n.lower().startswith(wanted) for n in names if n):
                yield {"id": d["id"], "label": names[0]}


class _Handler(BaseHTTPRequestHandler):
    standin: StandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _serve(self, query: str) -> None:
        self.standin.at_once += 1
        self.standin.most_at_once = max(self.standin.most_at_once, self.standin.at_once)
        try:
            parameters = {k: v[0] for k, v in parse_qs(query).items()}
            self.standin.requests.append(parameters)
            self.standin.user_agents.append(self.headers["User-Agent"])
            self._answer(parameters)
        finally:
            self.standin.at_once -= 1

    def _answer(self, parameters: dict[str, str]) -> None:
        fault = self.standin.faults.pop(0) if self.standin.faults else None
        if isinstance(fault, int):
            return self._send(fault, b"<html>fault</html>", {})
        if isinstance(fault, tuple):
            return self._send(fault[0], b"<html>fault</html>", fault[1])
        if isinstance(fault, dict):
            return self._send(200, json.dumps(fault).encode(), fault.get("headers", {}))
        body = json.dumps(self.standin.answer(urlsplit(self.path).path, parameters)).encode()
        if fault == "truncated":
            body = body[: len(body) // 2]
        if fault == "slow":
            time.sleep(1)
        return self._send(200, body, {}, short=fault == "half")

    def _send(self, status: int, body: bytes, headers: dict[str, str], *, short: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # a client that lost patience
            self.wfile.write(body[: len(body) // 2] if short else body)
        if short:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass
