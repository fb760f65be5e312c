"""``/dumps/`` and ``/changes/``: the files of each kept release, and what differs between two of them.

A file's address holds its release, and a release never changes: strong ETags (the SHA-256), Range and
If-Range, and caches that may keep it for ever.  Only what an index lists is served, so that no path
leads elsewhere.
"""

from __future__ import annotations

import datetime as dt
import functools
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from kg.dumps.describing import CATALOGUE_TURTLE, CSV_METADATA
from kg.dumps.exporting import FORMATS, export_articles
from kg.dumps.files import describe
from kg.dumps.index import NAME, SUMS, DumpFile, DumpIndex
from kg.dumps.tables import TABLES
from kg.errors import ReleaseError
from kg.pipeline.comparing import Comparison, Comparisons
from kg.store.releases import Release
from server.api.openapi import FILTERS
from server.app import current_site
from server.browse.asked import choice, filters, only, text
from server.errors import HttpError
from server.negotiation import best
from server.sending import revalidated, send_forever

face = Blueprint("dumps", __name__)
_ALSO = (SUMS, NAME, CATALOGUE_TURTLE, CSV_METADATA, "catalog.nt")
_PATIENCE = 10.0  # seconds that a first request waits for a comparison
_LATEST = ("latest", "current")
_GROUPS = ("graph", "year", "kind", "table", "authority", "ontology", "dataset", "changes")


def find_release(id: str) -> Release:
    """A kept release; HttpError 404 where there is none of this whole id."""
    try:
        release = current_site().releases.get(id)
    except ReleaseError:
        release = None
    if release is None or release.id != id:
        raise HttpError(404, f"there is no release {id}", remedy="see /dumps/ for those that are kept")
    return release


@functools.lru_cache(maxsize=16)
def dump_index(folder: Path) -> DumpIndex:
    """The index of a folder of files, with the files that describe the others; no folder ever changes."""
    index = DumpIndex.load(folder)
    also = [describe(folder / n, "dataset", _TITLES[n]) for n in _ALSO if (folder / n).is_file()]
    return DumpIndex(index.base, index.licence, index.rights, (*index.files, *also), index.complete)


_TITLES = {
    SUMS: "Checksums, for sha256sum --check",
    NAME: "This list as JSON",
    CATALOGUE_TURTLE: "Catalogue of the files (DCAT) and description of the dataset (VoID)",
    "catalog.nt": "Catalogue of the files (DCAT)",
    CSV_METADATA: "Columns of the tables (CSV on the Web)",
}


def _wants_json() -> bool:
    accept = request.headers.get("Accept", "")
    return best(accept, ("text/html", "application/json")) == "application/json"


def _record(file: DumpFile) -> dict[str, object]:
    return {
        "name": file.name, "group": file.group, "title": file.title, "bytes": file.size,
        "sha256": file.sha256, "type": file.media_type, "compression": file.compression,
        "triples": file.triples, "rows": file.rows,
    }  # fmt: skip


def _page(template: str, **values: object) -> Response:
    response = Response(render_template(template, site=current_site(), **values))
    response.vary.update(["Accept", "Accept-Language", "Cookie"])
    return revalidated(response)


def _json(**values: object) -> Response:
    response = jsonify(**values)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept")
    return revalidated(response)


# --- releases ---


@face.get("/dumps/")
def index() -> Response:
    """The kept releases, newest first."""
    site = current_site()
    releases = list(reversed(site.releases.all()))
    if not _wants_json():
        pairs = [(new.id, old.id) for old, new in reversed(site.releases.comparable())]
        return _page("dumps.html", releases=releases, pairs=pairs, usual=_usual(releases))
    return _json(
        current=site.release,
        licence=site.settings.licence,
        rights=site.settings.rights,
        releases=[
            {
                "id": r.id, "created": r.manifest.created, "triples": r.manifest.triples,
                "previous": r.manifest.previous, "content": r.manifest.content,
                "href": url_for(".listing", id=r.id),
            }
            for r in releases
        ],
    )  # fmt: skip


@face.get("/dumps/latest/", defaults={"name": ""})
@face.get("/dumps/latest/<path:name>")
def latest(name: str) -> BaseResponse:
    """The same in the published release."""
    return _moving(url_for(".listing", id=current_site().release) + name)


def _moving(target: str) -> BaseResponse:
    response = redirect(target, 302)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@face.get("/dumps/<id>/")
def listing(id: str) -> Response:
    """The files of one release."""
    release = find_release(id)
    found = dump_index(release.dumps)
    manifest = release.manifest
    if not _wants_json():
        return _page("dumps.html", release=release, index=found, groups=_grouped(found.files))
    return _json(
        release=release.id,
        created=manifest.created,
        previous=manifest.previous,
        triples=manifest.triples,
        content=manifest.content,
        code_version=manifest.code_version,
        authority=dict(manifest.authority),
        base=found.base,
        licence=found.licence,
        rights=found.rights,
        complete=found.complete,
        files=[_record(f) for f in found.files],
    )


def _usual(releases: Sequence[Release]) -> dict[str, list[DumpFile]]:
    """The files of the published release that most readers want: tables as CSV, the whole graph."""
    served = next((r for r in releases if r.id == current_site().release), None)
    if served is None or not (served.dumps / NAME).is_file():
        return {}
    index = dump_index(served.dumps)
    names = {"table": [f"{table.name}.csv.gz" for table in TABLES], "graph": ["graph.nt.gz", "graph.ttl.gz"]}
    found = {group: [f for name in of if (f := index.file(name))] for group, of in names.items()}
    return {group: files for group, files in found.items() if files}


def _grouped(files: Sequence[DumpFile]) -> list[tuple[str, list[DumpFile]]]:
    return [(g, rows) for g in _GROUPS if (rows := [f for f in files if f.group == g])]


@face.get("/page/dataset/<id>")
def release_page(id: str) -> BaseResponse:
    """The page about one release of the dataset is the list of its files."""
    return redirect(url_for(".listing", id=find_release(id).id), 303)


@face.get("/dumps/<id>/<path:name>")
def download(id: str, name: str) -> Response:
    """One file, or the part of it that was asked for."""
    release = find_release(id)
    return _send(release.dumps, name, release)


def _send(folder: Path, name: str, release: Release) -> Response:
    index = dump_index(folder)
    file = index.file(name)
    if file is None and not index.complete:
        raise HttpError(
            503, f"the release is new: {name!r} may still be in the making", remedy="ask again in a minute",
            headers={"Retry-After": "60"},
        )  # fmt: skip
    if file is None:
        raise HttpError(404, f"there is no file {name!r} here", remedy="see the list one level up")
    made = dt.datetime.fromisoformat(release.manifest.created)
    response = send_forever(folder / file.name, file, made, request)
    if not index.complete and name in _ALSO:
        response.headers["Cache-Control"] = "public, no-cache"  # they will list more
    return response


# --- changes ---


@face.get("/changes/")
def all_changes() -> BaseResponse:
    """From each kept release to the next: where a mirror looks."""
    if not _wants_json():
        return redirect(url_for(".index"), 303)
    pairs = [(old.id, new.id) for old, new in current_site().releases.comparable()]
    return _json(changes=[{"old": a, "new": b, "href": url_for(".changes", old=a, new=b)} for a, b in pairs])


@face.get("/changes/<old>..<new>/")
def changes(old: str, new: str) -> BaseResponse:
    """What differs between two kept releases."""
    if old in _LATEST or new in _LATEST:
        ids = [current_site().release if id in _LATEST else id for id in (old, new)]
        return _moving(url_for(".changes", old=ids[0], new=ids[1]))
    comparison = compared(old, new)
    found = dump_index(comparison.folder)
    if not _wants_json():
        return _page("dumps.html", comparison=comparison, index=found, groups=_grouped(found.files))
    return _json(
        old=old, new=new, base=found.base, licence=found.licence, rights=found.rights,
        files=[_record(f) for f in found.files],
    )  # fmt: skip


@face.get("/changes/<old>..<new>/<path:name>")
def change_file(old: str, new: str, name: str) -> Response:
    """One of the files of a comparison."""
    return _send(compared(old, new).folder, name, find_release(new))


def compared(old: str, new: str) -> Comparison:
    """The comparison of two releases; HttpError 503 while it is being worked out."""
    site = current_site()
    comparisons = Comparisons(site.releases)
    known = comparisons.get(old, new)
    if known is not None:
        find_release(new)
        return known
    before, after = find_release(old), find_release(new)
    if before.manifest.base != after.manifest.base:
        message = f"releases {old} and {new} name their nodes differently, all would be changed"
        raise HttpError(404, message, remedy=f"download the newer as a whole: /dumps/{new}/")
    if old >= new:
        raise HttpError(404, f"release {old} is not older than {new}", remedy=f"see /changes/{new}..{old}/")
    # In a process of its own: it may take minutes, and this one has others to serve.
    program = [sys.executable, "-m", "kg", "--data", str(site.settings.data), "releases", "changes", old, new]
    process = subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    threading.Thread(target=process.wait, daemon=True).start()  # so that nothing is left of it at its end
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        known = comparisons.get(old, new)
        if known is not None:
            return known
        code = process.poll()
        if code not in (None, 0) and not comparisons.at_work(old, new):
            raise HttpError(503, f"the changes from {old} to {new} cannot be worked out",
                            remedy=f"run: kg releases changes {old} {new}")  # fmt: skip
        time.sleep(0.05)
    raise HttpError(503, f"the changes from {old} to {new} are being worked out",
                    remedy="ask again in a minute", headers={"Retry-After": "30"})  # fmt: skip


# --- exports ---


@face.get("/export")
def export() -> Response:
    """The articles that filters let through, as a stream: the data behind any list of articles."""
    site = current_site()
    only((*FILTERS, "q", "format"))
    format = choice("format", FORMATS) or "nt"
    media_type, chunks = export_articles(
        site.archive, filters(), format, site.settings.base, search=text("q"), comment=site.settings.rights
    )
    response = Response(stream_with_context(chunks), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="dateline-export.{format}"'
    response.headers["Link"] = f'<{site.settings.licence}>; rel="license"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Accel-Buffering"] = "no"
    response.headers["Cache-Control"] = "public, no-cache"
    return response
