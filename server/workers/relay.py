"""A worker that asks a SPARQL endpoint elsewhere, so that it has the same limits as a store of our own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from kg.errors import QueryError
from kg.rdf.formats import Format
from kg.store.remote import RemoteEngine
from server.workers.frames import Answers, Frame, pack_json


class Relay:
    """Passes questions on by the SPARQL protocol, and answers back as they come."""

    def __init__(self, endpoint: str, timeout: float, writer: Callable[..., Any]) -> None:
        self._engine = RemoteEngine(endpoint, timeout=timeout)
        self._endpoint = endpoint
        self._writer = writer

    def answer(self, question: dict[str, Any], answers: Answers) -> None:
        """As `server.workers.child` answers."""
        formats = [Format[n] for n in (question["result_format"], question["graph_format"]) if n]
        if "dump" in question:
            formats = [Format[question["graph_format"]]]
        form = _form(question)
        accept = ", ".join(f"{f.media_type};q={1 - n / 10}" for n, f in enumerate(formats))
        began = time.monotonic()
        with self._engine.post(form, accept or "*/*", stream=True) as response:
            got = Format.from_media_type(response.headers.get("Content-Type", ""))
            if got is None or got not in formats:
                kind = "graph" if got is None or got.is_graph else "solutions"
                answers.send(pack_json(Frame.ERROR, {"type": "not-acceptable", "message": kind}))
                return
            writer = self._writer(answers, "graph" if got.is_graph else "solutions", got, began)
            for chunk in self._engine.chunks(response):
                writer.write(chunk)
        writer.finish()


def _form(question: dict[str, Any]) -> dict[str, Any]:
    """The question as the SPARQL protocol puts it."""
    if "dump" in question:
        return {"query": _construct(question["dump"])}
    form = {"query": question["query"]}
    if question.get("default_graphs"):
        form["default-graph-uri"] = question["default_graphs"]
    if question.get("named_graphs"):
        form["named-graph-uri"] = question["named_graphs"]
    return form


def _construct(which: str) -> str:
    """A graph as a query: an endpoint need not have the Graph Store Protocol."""
    if which == "default":
        return "CONSTRUCT WHERE { ?s ?p ?o }"
    if which == "all":
        raise QueryError("the endpoint cannot hand out all graphs at once", remedy="ask for one graph")
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{which}> {{ ?s ?p ?o }} }}"
