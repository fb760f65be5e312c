"""Slices of a release as files: by year, by kind of node, in any format."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import pyoxigraph as ox
import zstandard

from kg.pipeline.finishing import article_dump
from kg.rdf.formats import Format, prefixes
from kg.rdf.iris import Node
from kg.store.archive import Archive
from kg.store.oxigraph import OxigraphEngine
from kg.store.releases import Release

KINDS = ("article", "mention", "event", "entity", "issue", "link", "dataset")
_SAME = b" <http://www.w3.org/2002/07/owl#sameAs> "
_CHUNK = 1 << 20
# Where the parts of an article are, by the beginning of the fragment.
_FRAGMENTS = {
    b"dispatch": "article",
    b"event": "event",
    b"place": "mention",
    b"source": "mention",
    b"unit": "mention",
    b"quantity": "mention",
    b"measure": "mention",
}


def read_lines(path: Path) -> Iterator[list[bytes]]:
    """The lines of a ``.nt.zst`` or ``.nt`` file, in batches, without line feeds."""
    with path.open("rb") as raw:
        if path.suffix == ".zst":
            with zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True) as data:
                yield from _batches(data)
        else:
            yield from _batches(raw)


def _batches(data: IO[bytes]) -> Iterator[list[bytes]]:
    rest = b""
    while chunk := data.read(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        yield lines
    if rest:
        yield [rest]


def kind_of(line: bytes, base: bytes) -> str:
    """The kind of node that a line is about: one of `KINDS` but ``link``, or ``other``.

    >>> kind_of(b"<http://h/article/1953-12-14/4/0b718882#place-3> <p:p> <o:o> .", b"<http://h/")
    'mention'
    """
    subject = line[: line.index(b" ")]
    if not subject.startswith(base):
        return "other"
    head, _, rest = subject[len(base) :].partition(b"/")
    if head == Node.ARTICLE.value.encode():
        fragment = rest.rpartition(b"#")[2] if b"#" in rest else b""
        return _FRAGMENTS.get(fragment.partition(b"-")[0], "mention") if fragment else "article"
    name = head.partition(b"#")[0].rstrip(b">").decode()
    return name if name in KINDS else "other"


def slice_lines(release: Release, years: Iterable[int], kinds: Iterable[str]) -> Iterator[list[bytes]]:
    """The lines of a release about the articles of `years` (all, if none) and nodes of `kinds` (all).

    Nodes that articles share belong to no year: they are left out where years are asked for, unless their
    kind is asked for too.
    """
    chosen, wanted = sorted(set(years)), frozenset(kinds)
    articles = [release.dumps / article_dump(y) for y in chosen]
    articles = articles if chosen else sorted(release.dumps.glob("articles-*.nt.zst"))
    paths = [p for p in articles if p.is_file()]
    if not chosen or wanted - {"article", "mention"}:
        paths += [release.dumps / "shared.nt.zst", release.dumps / "dataset.nt"]
    base = b"<" + release.manifest.base.encode()
    for path in paths:
        for lines in read_lines(path):
            yield [x for x in lines if _wanted(x, wanted, base)] if wanted else lines


def _wanted(line: bytes, kinds: frozenset[str], base: bytes) -> bool:
    return kind_of(line, base) in kinds or ("link" in kinds and _SAME in line)


def dump_triples(
    release: Release, out: IO[bytes], fmt: Format, *, years: Iterable[int] = (), kinds: Iterable[str] = ()
) -> None:
    """Write a slice of a release in `fmt`, streaming.  N-Triples are copied, other formats serialised."""
    slices = slice_lines(release, years, kinds)
    if fmt is Format.N_TRIPLES:
        for lines in slices:
            if lines:
                out.write(b"\n".join(lines) + b"\n")
        return
    quads = _parsed(slices)
    ox.serialize(quads, out, format=fmt.rdf, prefixes=_prefixes(release, fmt))


def _parsed(slices: Iterator[list[bytes]]) -> Iterator[ox.Triple]:
    for lines in slices:
        for quad in ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_TRIPLES):
            yield quad.triple


def _prefixes(release: Release, fmt: Format) -> dict[str, str] | None:
    return prefixes(release.manifest.base) if fmt in (Format.TURTLE, Format.TRIG, Format.RDF_XML) else None


def open_output(path: Path) -> IO[bytes]:
    """A file to write to, compressed if its name ends in ``.gz`` or ``.zst``."""
    if path.suffix == ".gz":
        return gzip.GzipFile(path, "wb", mtime=0)  # type: ignore[return-value]
    if path.suffix == ".zst":
        return zstandard.open(path, "wb")  # type: ignore[no-any-return]
    return path.open("wb")


def sample(release: Release, size: int) -> bytes:
    """N-Triples of `size` articles spread evenly over a release, and of all nodes that they refer to."""
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
    return own + out.getvalue()


_SUBJECTS = re.compile(rb"^(<[^>]*>)", re.MULTILINE)
_OBJECTS = re.compile(rb"(<[^>]*>) \.$", re.MULTILINE)


def _described(engine: OxigraphEngine, iri: bytes) -> bytes:
    out = io.BytesIO()
    answer = engine.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", substitutions={"s": iri.decode()})
    answer.serialize(out, Format.N_TRIPLES.media_type)
    return out.getvalue()
