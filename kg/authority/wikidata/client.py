"""The Wikidata API and query service: entity documents by id, ids by name, ids by class."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.authority.wikidata.cache import EntityCache
from kg.authority.wikidata.transport import Politeness, Transport
from kg.authority.wikidata.values import as_map
from kg.errors import RemoteError
from kg.settings import Settings
from kg.vocab import QID

BATCH = 50
_MAXLAG = "5"
_MAXLAG_PAUSE = 5.0
_BUSY = frozenset({"maxlag", "ratelimited", "readonly", "internal_api_error_DBQueryTimeoutError"})
_LANGUAGES = "zh-hans|zh-cn|zh|zh-sg|zh-hant|zh-hk|zh-tw|en|en-gb|en-us|mul|fr|vi|ru"
_QID = re.compile(QID)
_LONG_QUERY = 1500


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer for one id: its document, or None where Wikidata has (no longer) such an item.

    Where `document["id"]` is not `asked`, the item was merged into that one.
    """

    asked: str
    document: Mapping[str, Any] | None

    @property
    def redirect(self) -> str | None:
        """The id it was merged into, if it was."""
        id = self.document["id"] if self.document else self.asked
        return str(id) if id != self.asked else None


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search by name."""

    id: str
    label: str
    description: str


class Wikidata:
    """A client of the API at `settings.wikidata_api` and the query service at `settings.wikidata_sparql`."""

    def __init__(
        self, settings: Settings, *, cache: EntityCache | None = None, politeness: Politeness | None = None
    ) -> None:
        self._api, self._sparql = settings.wikidata_api, settings.wikidata_sparql
        self._transport = Transport(settings.user_agent, politeness or Politeness())
        self._cache = cache

    def __enter__(self) -> Wikidata:
        return self

    def __exit__(self, *exc: object) -> None:
        self._transport.close()

    # --- entities ----------------------------------------------------------------------------------

    def entities(self, ids: Iterable[str]) -> Iterator[Fetched]:
        """The documents of `ids`, each once, fetched fifty at a time; those in the cache first."""
        wanted: list[str] = []
        for id in dict.fromkeys(ids):
            kept = self._cache.get(id) if self._cache else None
            if kept is None:
                wanted.append(id)
            else:
                yield Fetched(id, kept)
        for batch in _batches(wanted):
            found = self._fetch(batch)
            if self._cache:
                self._cache.put({id: d for id, d in found.items() if d is not None})
            for id in batch:
                yield Fetched(id, found.get(id))

    def _fetch(self, batch: list[str]) -> dict[str, Any]:
        """Documents by the id asked for; None where there is none."""
        remaining, found = list(batch), dict[str, Any]()
        while remaining:
            answer = self._call(
                {
                    "action": "wbgetentities",
                    "ids": "|".join(remaining),
                    "props": "info|labels|aliases|claims|sitelinks",
                    "languages": _LANGUAGES,
                    "maxlag": _MAXLAG,
                }
            )
            error = as_map(answer.get("error"))
            if not error:
                told = _by_asked(remaining, as_map(answer.get("entities")))
                found |= told
                # A merged item whose target is in the same batch is not answered for: ask for it alone.
                left = [id for id in remaining if id not in told]
                remaining = left if len(left) < len(remaining) else []
                continue
            # One impossible id fails its whole batch: the error names it.
            culprit = error.get("id")
            if error.get("code") != "no-such-entity" or culprit not in remaining:
                raise _refused(self._api, error)
            found[str(culprit)] = None
            remaining.remove(str(culprit))
        return found

    # --- search ------------------------------------------------------------------------------------

    def search(self, name: str, lang: str, *, limit: int = 10) -> tuple[Hit, ...]:
        """Items whose label or alias in `lang` begins with `name`, best first."""
        answer = self._call(
            {
                "action": "wbsearchentities",
                "search": name,
                "language": lang,
                "uselang": lang,
                "type": "item",
                "limit": str(min(limit, BATCH)),
            }
        )
        if error := as_map(answer.get("error")):
            raise _refused(self._api, error)
        return tuple(
            Hit(hit["id"], str(hit.get("label", "")), str(hit.get("description", "")))
            for hit in answer.get("search") or ()
        )

    def _call(self, parameters: dict[str, str]) -> Mapping[str, Any]:
        fixed = {"format": "json", "formatversion": "2"}
        document = self._transport.get_json(self._api, fixed | parameters, transient=_busy)
        if not isinstance(document, Mapping):
            raise RemoteError(f"{self._api}: no JSON object was answered", remedy="check wikidata_api")
        return document

    # --- the query service -------------------------------------------------------------------------

    def query(self, sparql: str) -> list[dict[str, str]]:
        """The rows of a SELECT, as plain strings by variable; RemoteError where the service gives up."""
        document = self._transport.get_json(
            self._sparql,
            {"query": sparql},
            accept="application/sparql-results+json",
            post=len(sparql) > _LONG_QUERY,
        )
        rows = as_map(as_map(document).get("results")).get("bindings")
        if not isinstance(rows, list):
            raise RemoteError(f"{self._sparql}: no result rows were answered", remedy="check wikidata_sparql")
        return [{name: str(term["value"]) for name, term in row.items()} for row in rows]

    def members(self, classes: Iterable[str], *, limit: int = 10_000) -> tuple[str, ...]:
        """Items of the classes or their subclasses that have a Chinese label."""
        values = " ".join(f"wd:{c}" for c in _checked(classes))
        rows = self.query(
            f"SELECT DISTINCT ?item WHERE {{ VALUES ?class {{ {values} }}"
            " ?item wdt:P31/wdt:P279* ?class ; rdfs:label ?label FILTER(lang(?label) = 'zh') }"
            f" LIMIT {int(limit)}"
        )
        return tuple(dict.fromkeys(row["item"].rpartition("/")[2] for row in rows))

    def subclasses(self, class_: str) -> tuple[str, ...]:
        """The class and all that are below it (P279)."""
        (checked,) = _checked([class_])
        rows = self.query(f"SELECT DISTINCT ?class WHERE {{ ?class wdt:P279* wd:{checked} }}")
        return tuple(dict.fromkeys([checked, *(row["class"].rpartition("/")[2] for row in rows)]))


def _batches(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _checked(ids: Iterable[str]) -> list[str]:
    """Ids that may be put into a query; ValueError for anything else."""
    checked = list(ids)
    for id in checked:
        if not _QID.fullmatch(id):
            raise ValueError(f"{id!r} is no QID")
    return checked


def _by_asked(asked: list[str], entities: Mapping[str, Any]) -> dict[str, Any]:
    """Documents by the id that was asked for (a merged item answers under another); None: missing."""
    found: dict[str, Any] = {}
    for key, document in entities.items():
        if "missing" in document:
            found[str(key)] = None
            continue
        source = as_map(document.get("redirects")).get("from", key)
        for id in {str(source), str(document.get("id"))} & set(asked):
            found[id] = document
    return found


def _busy(document: Any) -> float | None:
    error = as_map(as_map(document).get("error"))
    return _MAXLAG_PAUSE if error.get("code") in _BUSY else None


def _refused(api: str, error: Mapping[str, Any]) -> RemoteError:
    return RemoteError(
        f"{api}: {error.get('code')}: {error.get('info', '')}", remedy="the request cannot be answered"
    )
