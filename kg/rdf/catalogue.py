"""The catalogue of what can be downloaded: DCAT 3 in the profile DCAT-AP, for one release.

It stands beside the graph, not in it, since it tells the checksums of files that hold the graph.  The
dataset has a node for each release (``dataset/RELEASE``), in a chain of versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.rdf import ntriples as nt
from kg.rdf.dataset import DatasetInfo, rights, when
from kg.rdf.iris import Minter
from kg.vocab import DCAT, DCTERMS, PROV, RDF, SPDX, VOID, XSD

_TYPE = RDF + "type"
_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
# The EU's list of file types, which DCAT-AP wants for dcterms:format.
_FILE_TYPES = {
    "application/n-triples": "RDF_N_TRIPLES",
    "application/n-quads": "RDF_N_QUADS",
    "text/turtle": "RDF_TURTLE",
    "text/csv": "CSV",
    "application/vnd.apache.parquet": "PARQUET",
    "application/json": "JSON",
}
_AVAILABLE = "http://publications.europa.eu/resource/authority/planned-availability/STABLE"
_PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
_Lines = Iterator[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file that can be downloaded: `path` under the base, media type, compression, size, SHA-256."""

    path: str
    media_type: str
    title: str
    bytes: int
    sha256: str
    compression: str | None = None
    triples: int | None = None


def catalogue_lines(info: DatasetInfo, files: tuple[Distribution, ...], minter: Minter) -> list[str]:
    """All statements, unsorted."""
    return [
        f"<{s}> <{p}> {o} .\n"
        for part in (
            _catalogue(info, minter),
            _service(info, minter),
            _version(info, minter),
            *(_distribution(info, f, minter) for f in files),
        )
        for s, p, o in part
    ]


def _catalogue(info: DatasetInfo, minter: Minter) -> _Lines:
    dataset = minter.dataset()
    catalogue = f"{dataset}#catalog"
    yield catalogue, _TYPE, nt.iri(DCAT + "Catalog")
    for predicate, said in ((DCTERMS + "title", info.title), (DCTERMS + "description", info.description)):
        for lang, text in said:
            yield catalogue, predicate, nt.text(text, lang)
    yield catalogue, DCTERMS + "publisher", nt.iri(f"{dataset}#publisher")
    yield catalogue, DCTERMS + "license", nt.iri(info.licence)
    yield catalogue, DCTERMS + "modified", when(info.issued)
    yield catalogue, DCAT + "dataset", nt.iri(dataset)
    yield catalogue, DCAT + "service", nt.iri(f"{dataset}#sparql")
    yield dataset, DCAT + "hasVersion", nt.iri(minter.dataset(info.release))
    yield dataset, DCTERMS + "modified", when(info.issued)
    yield dataset, DCTERMS + "accessRights", nt.iri(_PUBLIC)
    yield dataset, DCTERMS + "identifier", nt.string(dataset)


def _service(info: DatasetInfo, minter: Minter) -> _Lines:
    service = f"{minter.dataset()}#sparql"
    yield service, _TYPE, nt.iri(DCAT + "DataService")
    yield service, DCTERMS + "title", nt.text("SPARQL endpoint", "en")
    yield service, DCTERMS + "title", nt.text("SPARQL 端点", "zh")
    yield service, DCAT + "endpointURL", nt.iri(f"{minter.base}sparql")
    yield service, DCAT + "endpointDescription", nt.iri(f"{minter.base}sparql")
    yield service, DCAT + "servesDataset", nt.iri(minter.dataset())
    yield service, DCTERMS + "conformsTo", nt.iri("https://www.w3.org/TR/sparql11-protocol/")
    yield service, DCTERMS + "license", nt.iri(info.licence)


def _version(info: DatasetInfo, minter: Minter) -> _Lines:
    """The release as a dataset of its own, in the chain of versions."""
    version = minter.dataset(info.release)
    for cls in (DCAT + "Dataset", VOID + "Dataset"):
        yield version, _TYPE, nt.iri(cls)
    for lang, text in info.title:
        yield version, DCTERMS + "title", nt.text(f"{text} {info.release}", lang)
    for lang, text in info.description:
        yield version, DCTERMS + "description", nt.text(text, lang)
    yield version, DCAT + "isVersionOf", nt.iri(minter.dataset())
    yield version, DCAT + "version", nt.string(info.release)
    yield version, DCTERMS + "identifier", nt.string(version)
    yield version, DCTERMS + "issued", when(info.issued)
    yield version, DCTERMS + "license", nt.iri(info.licence)
    yield version, DCTERMS + "publisher", nt.iri(f"{minter.dataset()}#publisher")
    yield version, VOID + "triples", nt.integer(info.triples)
    yield version, PROV + "wasGeneratedBy", nt.iri(f"{minter.dataset()}#conversion")
    if info.previous:
        previous = minter.dataset(info.previous)
        yield version, DCAT + "previousVersion", nt.iri(previous)
        yield version, PROV + "wasRevisionOf", nt.iri(previous)


def _distribution(info: DatasetInfo, file: Distribution, minter: Minter) -> _Lines:
    node = f"{minter.base}{file.path}"
    for dataset in (minter.dataset(), minter.dataset(info.release)):
        yield dataset, DCAT + "distribution", nt.iri(node)
        if file.triples is not None:
            yield dataset, VOID + "dataDump", nt.iri(node)
    yield node, _TYPE, nt.iri(DCAT + "Distribution")
    yield node, DCTERMS + "title", nt.text(file.title, "en")
    yield node, DCTERMS + "description", nt.text(f"{file.title}: {file.path.rpartition('/')[2]}", "en")
    yield node, DCAT + "downloadURL", nt.iri(node)
    yield node, DCAT + "accessURL", nt.iri(node.rpartition("/")[0] + "/")
    yield node, DCAT + "mediaType", nt.iri(_media(file.media_type))
    yield node, DCTERMS + "format", nt.iri(_FILE_TYPE + _FILE_TYPES.get(file.media_type, "TXT"))
    yield node, DCAT + "byteSize", nt.typed(str(file.bytes), XSD + "nonNegativeInteger")
    yield node, DCTERMS + "license", nt.iri(info.licence)
    yield node, DCTERMS + "rights", nt.iri(rights(minter))
    yield node, DCTERMS + "issued", when(info.issued)
    yield node, "http://data.europa.eu/r5r/availability", nt.iri(_AVAILABLE)
    yield node, SPDX + "checksum", nt.iri(f"{node}#sha256")
    yield f"{node}#sha256", _TYPE, nt.iri(SPDX + "Checksum")
    yield f"{node}#sha256", SPDX + "algorithm", nt.iri(SPDX + "checksumAlgorithm_sha256")
    yield f"{node}#sha256", SPDX + "checksumValue", nt.typed(file.sha256, XSD + "hexBinary")
    if file.compression:
        yield node, DCAT + "compressFormat", nt.iri(_media(file.compression))
    if file.triples is not None:
        yield node, VOID + "triples", nt.integer(file.triples)


def _media(media_type: str) -> str:
    return f"https://www.iana.org/assignments/media-types/{media_type}"
