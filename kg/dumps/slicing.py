"""Slices of a release, streaming: by year, by kind of node, in any format."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import zstandard

from kg.dumps.files import year_file, year_of
from kg.dumps.parts import DATASET, ENTITIES, EVENTS, LINKS, ONTOLOGY, is_link, kind_of
from kg.dumps.reading import read_lines
from kg.dumps.turtle import TurtleWriter
from kg.rdf.formats import Format, prefixes
from kg.rdf.transcode import stream
from kg.store.archive import Archive
from kg.store.oxigraph import OxigraphEngine
from kg.store.releases import Release

SLICES = ("article", "mention", "event", "entity", "link", "ontology", "dataset")
"""What ``kg dump --kind`` takes."""

_KINDS = {"article": "articles", "mention": "mentions", "event": EVENTS, "entity": ENTITIES,
          "link": LINKS, "ontology": ONTOLOGY, "dataset": DATASET}  # fmt: skip
_YEARS = "articles-????.nt.zst"
_BATCH = 20_000  # lines of Turtle that are made at once


def slice_lines(release: Release, years: Iterable[int], kinds: Iterable[str]) -> Iterator[list[bytes]]:
    """The lines of a release about the articles of `years` (all, if none) and nodes of `kinds` (all).

    Nodes that articles share belong to no year: where years are asked for they are left out, unless a
    kind is asked for that only they are of (``entity``, ``link``, ``ontology``, ``dataset``).
    """
    chosen, wanted = sorted(set(years)), frozenset(_KINDS[kind] for kind in kinds)
    names = list(map(year_file, chosen))
    paths = [release.dumps / name for name in names] or sorted(release.dumps.glob(_YEARS))
    paths = [p for p in paths if p.is_file()]
    if not chosen or wanted & {ENTITIES, LINKS, ONTOLOGY, DATASET}:
        paths += [release.dumps / "shared.nt.zst", release.dumps / "dataset.nt"]
    base = release.manifest.base.encode()
    for path in paths:
        for lines in read_lines(path):
            found = [x for x in lines if _wanted(x, wanted, base)] if wanted else lines
            if found:
                yield found


def _wanted(line: bytes, kinds: frozenset[str], base: bytes) -> bool:
    return kind_of(line, base) in kinds or (LINKS in kinds and is_link(line))


def dump_triples(
    release: Release, out: IO[bytes], fmt: Format, *, years: Iterable[int] = (), kinds: Iterable[str] = ()
) -> int:
    """Write a slice of a release in `fmt`, streaming; says how many triples it has."""
    written = 0

    def counted() -> Iterator[list[bytes]]:
        nonlocal written
        for lines in slice_lines(release, years, kinds):
            written += len(lines)
            yield lines

    write_lines(counted(), out, fmt, release.manifest.base)
    return written


def years_of(release: Release) -> list[int]:
    """The years that a release has articles of, first to last."""
    return sorted(year_of(path.name) for path in release.dumps.glob(_YEARS))


def write_lines(lines: Iterator[list[bytes]], out: IO[bytes], fmt: Format, base: str) -> None:
    """Write N-Triples lines in a format, streaming.  N-Triples are copied, others serialised.

    In formats with named graphs what an article owns is a graph that is named by it, as in ``graph.nq``; what
    articles share is the default graph.
    """
    if fmt is Format.N_TRIPLES:
        for some in lines:
            out.write(b"\n".join(some) + b"\n")
    elif fmt is Format.N_QUADS:
        for some in _in_graphs(lines, base):
            out.write(b"\n".join(some) + b"\n")
    elif fmt is Format.TURTLE:
        turtle = TurtleWriter(base)
        out.write(turtle.header())
        for some in lines:
            for start in range(0, len(some), _BATCH):
                out.write(turtle.body(b"\n".join(some[start : start + _BATCH])))
    elif fmt is Format.TRIG:
        stream(_in_graphs(lines, base), out, fmt, prefixes(base))
    else:
        stream(lines, out, fmt, prefixes(base) if fmt is Format.RDF_XML else None)


def _in_graphs(lines: Iterator[list[bytes]], base: str) -> Iterator[list[bytes]]:
    """N-Quads: each line of an article, which its subject's IRI begins with, in the graph of that name."""
    owner = re.compile(rb"(<%sarticle/[^#>]+)" % re.escape(base.encode()))
    for some in lines:
        yield [x[:-1] + found[1] + b"> ." if (found := owner.match(x)) else x for x in some]


def open_output(path: Path) -> IO[bytes]:
    """A file to write to, compressed if its name ends in ``.gz`` or ``.zst``."""
    if path.suffix == ".gz":
        return gzip.GzipFile(path, "wb", mtime=0)  # type: ignore[return-value]
    if path.suffix == ".zst":
        return zstandard.open(path, "wb")  # type: ignore[no-any-return]
    return path.open("wb")


@dataclass(frozen=True, slots=True)
class Sample:
    """Some of the articles of a release as N-Triples, with all nodes that they refer to."""

    triples: bytes
    articles: int
    of: int


def sample(release: Release, size: int) -> Sample:
    """`size` articles spread evenly over a release."""
    archive = Archive(release.articles)
    ids = list(archive.ids(limit=10_000_000))
    chosen = ids[:: max(1, len(ids) // size)][:size]
    own = b"".join(archive.triples(id) or b"" for id in chosen)
    archive.close()
    engine = OxigraphEngine(release.store)
    out = io.BytesIO()
    seen = set(_SUBJECTS.findall(own))
    wanted = set(_OBJECTS.findall(own)) - seen
    base = b"<" + release.manifest.base.encode()
    while wanted:
        found = b"".join(_described(engine, iri) for iri in sorted(wanted) if iri.startswith(base))
        out.write(found)
        seen |= wanted
        wanted = set(_OBJECTS.findall(found)) - seen
    engine.close()
    return Sample(own + out.getvalue(), len(chosen), len(ids))


_SUBJECTS = re.compile(rb"^(<[^>]*>)", re.MULTILINE)
_OBJECTS = re.compile(rb"(<[^>]*>) \.$", re.MULTILINE)


def _described(engine: OxigraphEngine, iri: bytes) -> bytes:
    out = io.BytesIO()
    answer = engine.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", substitutions={"s": iri.decode()})
    answer.serialize(out, Format.N_TRIPLES.media_type)
    return out.getvalue()
