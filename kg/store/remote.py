"""A SPARQL store over HTTP: queries by the protocol, triples by UPDATE in batches.

Contract-tested against ``oxigraph serve``; meant for QLever, GraphDB, Fuseki, Neptune alike.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from kg.errors import QueryError, QueryTimeout, StoreError, reason
from kg.rdf.formats import Format
from kg.store.oxigraph import parse_term
from kg.store.ports import Answer, Answers, Row, Term

_BATCH = 5_000  # statements an update: some stores refuse large requests
_JSON = Format.JSON.media_type
_TRIPLES = Format.N_TRIPLES.media_type
_CHUNK = 1 << 16


def _session() -> requests.Session:
    session = requests.Session()
    retry = Retry(total=3, backoff_factor=0.3, status_forcelist=(429, 502, 503), allowed_methods=None)
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry, pool_maxsize=16))
    return session


class RemoteAnswer:
    """An answer of an endpoint; implements `kg.store.ports.Answer`.

    What the endpoint sent is kept in the format asked for; another format asks the endpoint again.
    """

    def __init__(self, engine: RemoteEngine, form: dict[str, str], probe: requests.Response) -> None:
        self._engine = engine
        self._form = form
        media_type = probe.headers.get("Content-Type", "").partition(";")[0].strip()
        self._body: dict[str, object] | None = None
        if media_type == _JSON:
            self._body = json.loads(probe.content)
        else:
            probe.close()

    @property
    def form(self) -> Answers:
        """ASK, SELECT, or triples."""
        if self._body is None:
            return Answers.TRIPLES
        return Answers.BOOLEAN if "boolean" in self._body else Answers.BINDINGS

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of a SELECT."""
        head = (self._body or {}).get("head", {})
        return tuple(head.get("vars", ())) if isinstance(head, dict) else ()

    def boolean(self) -> bool:
        """The answer of an ASK."""
        if self._body is None or "boolean" not in self._body:
            raise QueryError("the answer is no boolean", remedy="ask with ASK")
        return bool(self._body["boolean"])

    def rows(self) -> Iterator[Row]:
        """The rows of a SELECT."""
        results = (self._body or {}).get("results")
        if not isinstance(results, dict):
            raise QueryError("the answer has no rows", remedy="ask with SELECT")
        for binding in results["bindings"]:
            yield {name: _term(value) for name, value in binding.items()}

    def serialize(self, out: IO[bytes], media_type: str) -> None:
        """Write what the endpoint answers in this format."""
        response = self._engine.post(self._form, media_type, stream=True)
        with response:
            answered = response.headers.get("Content-Type", "").partition(";")[0].strip()
            if answered != media_type.partition(";")[0].strip():
                raise QueryError(f"format {media_type!r}: the endpoint answered {answered or 'nothing'}")
            for chunk in self._engine.chunks(response):
                out.write(chunk)


def _term(value: Mapping[str, str]) -> Term:
    kind = "literal" if value["type"] == "typed-literal" else value["type"]
    lang = value.get("xml:lang")
    datatype = value.get("datatype")
    if kind == "literal" and lang is None and datatype is None:
        datatype = "http://www.w3.org/2001/XMLSchema#string"
    return Term(kind, value["value"], lang, datatype)


class RemoteEngine:
    """Queries a SPARQL endpoint (`kg.store.ports.QueryEngine`)."""

    def __init__(self, endpoint: str, *, timeout: float = 30.0) -> None:
        self._endpoint = endpoint
        self._timeout = timeout
        self._session = _session()

    def query(
        self,
        sparql: str,
        *,
        substitutions: Mapping[str, str] | None = None,
        default_graphs: Iterable[str] | None = None,
        named_graphs: Iterable[str] | None = None,
    ) -> Answer:
        """As `kg.store.ports.QueryEngine.query`; `QueryTimeout` where the endpoint is too slow."""
        form: dict[str, str | list[str]] = {"query": _substituted(sparql, substitutions or {})}
        if default_graphs:
            form["default-graph-uri"] = list(default_graphs)
        if named_graphs:
            form["named-graph-uri"] = list(named_graphs)
        probe = self.post(form, f"{_JSON}, {_TRIPLES};q=0.9")  # type: ignore[arg-type]
        answer = RemoteAnswer(self, form, probe)  # type: ignore[arg-type]
        if answer.form is Answers.BINDINGS and (missing := set(substitutions or ()) - {*answer.variables}):
            # Joined after grouping, they would be passed over in silence.
            raise QueryError(f"query: ?{min(missing)} is bound and not among the variables of the SELECT")
        return answer

    def post(self, form: Mapping[str, str], accept: str, *, stream: bool = False) -> requests.Response:
        """One request by the SPARQL protocol."""
        try:
            response = self._session.post(
                self._endpoint, data=form, headers={"Accept": accept}, timeout=self._timeout, stream=stream
            )
        except requests.Timeout as e:
            raise QueryTimeout(f"{self._endpoint}: no answer in {self._timeout} s") from e
        except requests.RequestException as e:
            raise StoreError(
                f"{self._endpoint}: cannot be reached: {reason(e)}", remedy="is it there? See setting store"
            ) from e
        if response.status_code == requests.codes.bad_request:
            raise QueryError(f"query: {response.text.strip()[:1000]}")
        _check(response, self._endpoint)
        return response

    def chunks(self, response: requests.Response) -> Iterator[bytes]:
        """The body of a response to `post` that streams; StoreError where it breaks off."""
        try:
            yield from response.iter_content(_CHUNK)
        except requests.RequestException as e:
            raise StoreError(f"{self._endpoint}: broke off its answer: {reason(e)}") from e

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _check(response: requests.Response, endpoint: str) -> None:
    if not response.ok:
        said = response.text.strip()[:200]
        raise StoreError(f"{endpoint}: answered {response.status_code} {said}")


def _substituted(sparql: str, terms: Mapping[str, str]) -> str:
    """Bind variables with a ``VALUES`` clause at the end, which the grammar allows on every query."""
    if not terms:
        return sparql
    names = " ".join(f"?{name}" for name in terms)
    values = " ".join(str(parse_term(term)) for term in terms.values())
    return f"{sparql}\nVALUES ({names}) {{ ({values}) }}"


class RemoteSink:
    """Adds and removes triples over SPARQL UPDATE (`kg.store.ports.TripleSink`)."""

    def __init__(self, endpoint: str, *, timeout: float = 300.0, token: str | None = None) -> None:
        self._endpoint = endpoint
        self._timeout = timeout
        self._headers = {"Content-Type": "application/sparql-update"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._local = threading.local()

    @property
    def _session(self) -> requests.Session:
        """One a thread: sessions are not to be shared."""
        if not hasattr(self._local, "session"):
            self._local.session = _session()
        session: requests.Session = self._local.session
        return session

    def write(self, ntriples: bytes) -> None:
        """Add triples."""
        self._send("INSERT DATA", ntriples)

    def remove(self, ntriples: bytes) -> None:
        """Remove triples."""
        self._send("DELETE DATA", ntriples)

    def _send(self, verb: str, ntriples: bytes) -> None:
        lines = ntriples.splitlines(keepends=True)
        for start in range(0, len(lines), _BATCH):
            body = verb.encode() + b" {\n" + b"".join(lines[start : start + _BATCH]) + b"}"
            try:
                response = self._session.post(
                    self._endpoint, data=body, headers=self._headers, timeout=self._timeout
                )
            except requests.RequestException as e:
                raise StoreError(
                    f"{self._endpoint}: cannot be reached: {reason(e)}",
                    remedy="is it there? See setting store",
                ) from e
            _check(response, self._endpoint)

    def close(self) -> None:
        """Nothing is pending: every update was answered."""
