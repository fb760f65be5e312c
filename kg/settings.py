"""One frozen `Settings`, read once from ``kg.toml``, the environment and flags (later wins).

Each setting is a field here with its default and help; ``docs/settings.md`` has a row for each (a test
holds the two together).  The environment variable is ``KG_`` plus the name in capitals.
"""

from __future__ import annotations

import logging
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kg.errors import SettingError

RUN_DIRECTORY = "DATELINE_RUN_DIRECTORY"
"""The variable by which ``kg serve`` tells the server where to keep what lives as long as it runs."""


_LOG = logging.getLogger(__name__)
_OTHERS = frozenset({"KG_JUDGE", "KG_LOG_LEVEL", "KG_TEST_EXAMPLES"})  # of kg judge, the server and the tests
_NO_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_CALLED = {"int": "a whole number", "float": "a number", "bool": "true or false", "tuple": "a list"}


def _setting(
    default: Any, help: str, *, least: float | None = None, most: float | None = None, address: bool = False
) -> Any:
    return field(default=default, metadata={"help": help, "least": least, "most": most, "address": address})


def _is_address(text: str) -> bool:
    """Whether a program could ask at `text`, and a graph name it.

    >>> [_is_address(text) for text in ("https://e.org/a", "e.org", "https://", "https://e.org/a b")]
    [True, False, False, False]
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    known = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    return bool(known) and _NO_IRI.search(text) is None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run can be told.

    >>> Settings.load(environ={"KG_QUERY_TIMEOUT": "5"}, file=None).query_timeout
    5.0
    """

    data: Path = _setting(Path("data"), "directory that holds the releases, judgements and rejects")
    base: str = _setting("http://127.0.0.1:8000/", "base IRI of everything minted; ends in /")
    authority: Path | None = _setting(None, "authority index to link against; unset: the embedded one")
    judgements: Path | None = _setting(None, "judgements file; unset: DATA/judgements.jsonl")
    processes: int = _setting(0, "worker processes for converting; 0: one a core", least=0)
    max_article: int = _setting(16, "largest article that is read, in MiB; a larger one is rejected", least=1)
    include_text: bool = _setting(True, "keep article text in articles.db, for reading and search")
    dump_text: bool = _setting(
        False, "put article text into the graph and the public dumps; needs include_text"
    )
    dump_products: tuple[str, ...] = _setting(
        ("gzip", "kinds", "turtle", "nquads", "tables"),
        "what dumps hold beside the graph and its years as N-Triples (zstd); fewer are written faster",
    )
    newspaper: str = _setting("Q54340", "Wikidata item of the newspaper the archive is of (本报)")
    title: str = _setting("Dateline", "title of the dataset, shown on pages and in descriptions")
    publisher: str = _setting("Dateline", "who publishes the dataset, named in its description")
    contact: str | None = _setting(None, "e-mail or web address for questions about the dataset")
    licence: str = _setting(
        "https://creativecommons.org/publicdomain/zero/1.0/", "licence IRI of the graph", address=True
    )
    rights: str = _setting(
        "Facts derived from newspaper articles; article texts remain with their holders.",
        "rights statement shown with pages and dumps",
    )
    host: str = _setting("127.0.0.1", "address the server binds to")
    port: int = _setting(8000, "port the server binds to", least=0, most=65535)
    store: str | None = _setting(
        None, "SPARQL endpoint to serve the pages over instead of the release", address=True
    )
    query_timeout: float = _setting(30.0, "seconds after which the server ends a SPARQL query", least=0.001)
    rdf: Path | None = _setting(None, "store of plain RDF to serve instead of a release (kg serve --rdf)")
    query_workers: int = _setting(
        4, "query worker processes for each web worker; one is kept for quick ones", least=1, most=256
    )
    lookup_workers: int = _setting(
        1, "worker processes for the pages' own lookups, for each web worker", least=1, most=64
    )
    query_memory: int = _setting(4096, "memory limit of a query worker, in MiB", least=0)
    query_queue: int = _setting(256, "queries that may wait for a worker before 503 is answered", least=0)
    result_cache: int = _setting(
        64, "size of the cache of query results, and of that of pages, in MiB", least=0
    )
    rate_limit: int | None = _setting(
        None,
        "requests to the endpoint a minute a client; unset: 600, for this machine 600000; 0: no limit",
        least=0,
    )
    page_limit: int | None = _setting(
        None,
        "pages a minute a client, larger answers counting for several; unset: 6000, for this machine 6000000;"
        " 0: no limit",
        least=0,
    )
    client_queries: int | None = _setting(
        None,
        "queries of one client that may run at once, and large answers that it may be sent; unset: 10,"
        " for this machine 10000; 0: no limit",
        least=0,
    )
    service_allow: tuple[str, ...] = _setting(
        ("https://query.wikidata.org/sparql", "https://dbpedia.org/sparql"),
        "endpoints that SERVICE may name",
        address=True,
    )
    query_log: Path | None = _setting(None, "file for the JSON-lines query log; unset: none")
    tile_url: str | None = _setting(None, "map tile URL template; unset: a plain off-line map")
    edit_token: str | None = _setting(None, "token that allows corrections from pages; unset: off")
    keep_releases: int = _setting(3, "releases that pruning keeps", least=1)
    user_agent: str = _setting(
        "Dateline/0.1 (linked data from newspaper archives; set user_agent with your contact)",
        "User-Agent sent to Wikidata and the endpoints of SERVICE; give a contact",
    )
    wikidata_api: str = _setting("https://www.wikidata.org/w/api.php", "Wikidata API endpoint", address=True)
    wikidata_sparql: str = _setting(
        "https://query.wikidata.org/sparql", "Wikidata query service", address=True
    )

    def __post_init__(self) -> None:
        if not self.base.startswith(("http://", "https://")) or not self.base.endswith("/"):
            raise SettingError(
                f"setting base = {self.base!r}: not an http(s) IRI ending in '/'",
                remedy="write it as https://example.org/kg/",
            )
        for one in fields(self):
            least, most = one.metadata["least"], one.metadata["most"]
            value = getattr(self, one.name)
            if one.metadata["address"]:
                _check_addresses(one.name, value)
            if value is None or least is None or (value >= least and (most is None or value <= most)):
                continue
            span = f"{least} or more" if most is None else f"from {least} to {most}"
            raise SettingError(f"setting {one.name} = {value!r}: out of range", remedy=f"give {span}")

    @property
    def text_in_graph(self) -> bool:
        """Whether the texts of articles are published in the graph and its dumps."""
        return self.include_text and self.dump_text

    @property
    def judgements_file(self) -> Path:
        """Where the judgements are kept."""
        return self.judgements or self.data / "judgements.jsonl"

    @classmethod
    def load(
        cls,
        *,
        environ: Mapping[str, str] | None = None,
        file: Path | None = Path("kg.toml"),
        **flags: object,
    ) -> Settings:
        """Read ``kg.toml`` (if there), then ``KG_*``, then `flags` that are not None.

        An unknown name in the file or among the flags is a `SettingError`; in the environment, where
        others may have variables of such names, it is warned of.
        """
        environ = os.environ if environ is None else environ
        known = {f.name: f for f in fields(cls)}
        for name in sorted(n for n in environ if n.startswith("KG_") and n not in _OTHERS):
            if name[3:].lower() not in known:
                _LOG.warning(
                    "%s in the environment is no setting and says nothing; see docs/settings.md", name
                )
        values = cls.given(environ=environ, file=file, **flags)
        return cls(**{k: _coerce(k, str(known[k].type), v) for k, v in values.items()})

    @classmethod
    def given(
        cls,
        *,
        environ: Mapping[str, str] | None = None,
        file: Path | None = Path("kg.toml"),
        **flags: object,
    ) -> dict[str, object]:
        """What is set at all, as it was written, where `load` would read it.

        >>> Settings.given(environ={"KG_PORT": "8000"}, file=None, base=None)
        {'port': '8000'}
        """
        environ = os.environ if environ is None else environ
        values: dict[str, object] = {}
        if file is not None and file.is_file():
            try:
                values.update(tomllib.loads(file.read_text(encoding="utf-8")))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
                raise SettingError(f"{file}: not valid TOML: {e}", remedy="mend the file") from e
        known = {f.name for f in fields(cls)}
        values.update({n: raw for n in sorted(known) if (raw := environ.get(f"KG_{n.upper()}")) is not None})
        values.update({k: v for k, v in flags.items() if v is not None})
        if strange := next((name for name in values if name not in known), None):
            names = ", ".join(sorted(known))
            raise SettingError(f"setting {strange!r} is unknown", remedy=f"one of: {names}")
        return values


def _check_addresses(name: str, value: str | tuple[str, ...] | None) -> None:
    for one in (value,) if isinstance(value, str) else value or ():
        if not _is_address(one):
            raise SettingError(
                f"setting {name} = {one!r}: not an http(s) address",
                remedy="write it as https://example.org/x",
            )


def _coerce(name: str, kind: str, value: object) -> Any:
    """Turn a string of the environment, or a TOML value, into the type the field declares."""
    try:
        return _convert(kind, value)
    except (TypeError, ValueError, KeyError) as e:
        called = next((v for k, v in _CALLED.items() if kind.startswith(k)), kind)
        raise SettingError(f"setting {name} = {value!r}: not {called}", remedy="see docs/settings.md") from e


def _sequence(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(value)
    return list(value)


def _convert(kind: str, value: object) -> Any:
    if value is None or ("None" in kind and value == ""):
        return None
    if kind.startswith("Path"):
        return Path(str(value))
    if kind.startswith("tuple"):
        return tuple(value.split()) if isinstance(value, str) else tuple(map(str, _sequence(value)))
    if kind == "bool":
        if isinstance(value, bool):
            return value
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
            str(value).lower()
        ]
    if kind.startswith("int"):
        return int(str(value))
    if kind == "float":
        return float(str(value))
    return str(value)
