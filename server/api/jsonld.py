"""N-Triples as compact JSON-LD under the ontology's context, parts of a thing nested inside it.

The result, read as JSON-LD, is the same graph again.  Decimals are strings, since a JSON number with a
fraction would become a double (JSON-LD 1.1, section 8.6).
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kg.resources import ontology_dir
from kg.vocab import RDF, XSD

_LINE = re.compile(
    r'<([^>]*)> <([^>]*)> (?:<([^>]*)>|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?) \.'
)
_ESCAPE = re.compile(r"\\(?:([tbnrf\"'\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_CHARACTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Term:
    """How the context writes a property: its name, what its values are, how they are held."""

    name: str
    kind: str | None
    containers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """The context, read the other way round: properties by IRI, prefixes by namespace."""

    properties: Mapping[str, Term]
    types: Mapping[str, str]
    prefixes: Mapping[str, str]

    def short(self, iri: str) -> str:
        """An IRI with its prefix, where it has one."""
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self.prefixes.get(iri[:cut])
        return f"{prefix}:{iri[cut:]}" if prefix and cut < len(iri) else iri


@functools.cache
def context() -> Context:
    """The context of ``/ontology/context.jsonld``."""
    said: dict[str, Any] = json.loads((ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))[
        "@context"
    ]
    prefixes = {k: v for k, v in said.items() if isinstance(v, str) and v.startswith("http")}

    def full(name: str | None) -> str | None:
        prefix, colon, rest = (name or "").partition(":")
        return prefixes[prefix] + rest if colon and prefix in prefixes else name

    properties: dict[str, Term] = {}
    types: dict[str, str] = {}
    for name, value in said.items():
        if name in prefixes or name.startswith("@"):
            continue
        entry = value if isinstance(value, dict) else {"@id": value}
        if str(entry["@id"]).startswith("@"):
            continue
        held = entry.get("@container", ())
        iri = full(entry["@id"]) or ""
        if name[0].isupper():
            types[iri] = name
        else:
            kind = full(entry.get("@type"))
            properties[iri] = Term(name, kind, (held,) if isinstance(held, str) else tuple(held))
    return Context(properties, types, {v: k for k, v in prefixes.items()})


def document(triples: bytes, root: str, address: str) -> dict[str, Any]:
    """The graph as one document about `root`; what its parts (``root#…``) say is nested inside.

    Nodes that are neither the root nor reached from it follow under ``included``.  `address` is of the
    context.
    """
    nodes = _nodes(triples)
    known = context()
    written: set[str] = set()
    main = _node(root, nodes, known, written)
    rest = [n for n in nodes if n not in written]
    found: dict[str, Any] = {"@context": address, **main}
    if rest:
        found["@included"] = [_node(n, nodes, known, written) for n in rest if n not in written]
    return found


_Value = tuple[str, str, str]  # kind ("iri", a language with "@", or a datatype), text, and nothing or "lit"


def _nodes(triples: bytes) -> dict[str, dict[str, list[_Value]]]:
    nodes: dict[str, dict[str, list[_Value]]] = {}
    for line in dict.fromkeys(triples.decode().splitlines()):
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        subject, predicate, iri, text, lang, datatype = match.groups()
        value = (
            ("iri", _plain(iri), "")
            if iri is not None
            else (f"@{lang}" if lang else datatype or f"{XSD}string", _plain(text or ""), "lit")
        )
        nodes.setdefault(_plain(subject), {}).setdefault(predicate, []).append(value)
    return nodes


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: _CHARACTERS.get(m[1], m[1]) if m[1] else chr(int(m[2] or m[3], 16)), text)


def _node(
    iri: str, nodes: Mapping[str, Mapping[str, list[_Value]]], known: Context, written: set[str]
) -> dict[str, Any]:
    written.add(iri)
    out: dict[str, Any] = {"id": iri}
    for predicate, values in nodes.get(iri, {}).items():
        if predicate == f"{RDF}type":
            names = [known.types.get(text) or known.short(text) for _, text, _ in values]
            out["type"] = names[0] if len(names) == 1 else names
            continue
        term = known.properties.get(predicate)
        name = term.name if term else known.short(predicate)
        if term and "@language" in term.containers and all(k.startswith("@") for k, _, _ in values):
            out[name] = _by_language(values, many="@set" in term.containers)
            continue
        found = [_value(v, iri, term, nodes, known, written) for v in values]
        out[name] = found if len(found) > 1 or (term and "@set" in term.containers) else found[0]
    return out


def _by_language(values: Iterable[_Value], *, many: bool) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for kind, text, _ in values:
        out.setdefault(kind[1:], []).append(text)
    return out if many else {k: v[0] if len(v) == 1 else v for k, v in out.items()}


def _value(
    value: _Value,
    subject: str,
    term: Term | None,
    nodes: Mapping[str, Mapping[str, list[_Value]]],
    known: Context,
    written: set[str],
) -> Any:
    kind, text, _ = value
    if kind == "iri":
        part = text.startswith(subject.partition("#")[0] + "#")
        if part and text in nodes and text not in written:
            return _node(text, nodes, known, written)
        coerced = term is not None and term.kind in ("@id", "@vocab")
        return known.short(text) if coerced else {"id": known.short(text)}
    if kind.startswith("@"):
        return {"@value": text, "@language": kind[1:]}
    if term is not None and term.kind == kind:
        return _native(text, kind)
    if (
        kind == f"{XSD}string"
        and (term is None or term.kind is None)
        and not (term and "@language" in term.containers)
    ):
        return text
    return {"@value": text, **({} if kind == f"{XSD}string" else {"@type": known.short(kind)})}


def _native(text: str, datatype: str) -> Any:
    if datatype == f"{XSD}integer":
        return int(text)
    if datatype == f"{XSD}boolean" and text in ("true", "false"):
        return text == "true"
    return text
