"""``/dumps/``: the files of each kept release, to be downloaded whole, in parts, and checked.

A file's address holds its release, and a release never changes: strong ETags (the SHA-256), Range and
If-Range, and caches that may keep it for ever.  Only what the manifest lists is served, so that no path
leads elsewhere.
"""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask import Blueprint, Response, jsonify, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from kg.errors import ReleaseError
from kg.rdf.formats import Format
from kg.store.releases import Release
from server.app import current_site
from server.errors import HttpError
from server.negotiation import best

face = Blueprint("dumps", __name__, url_prefix="/dumps")
_FOLDERS = ("dumps", "changes")
_YEAR = 365 * 24 * 3600
_OTHER = {
    ".parquet": "application/vnd.apache.parquet",
    ".zst": "application/zstd",
    ".gz": "application/gzip",
    ".json": "application/json",
}


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file to download; ``name`` is its path under the release's address."""

    name: str
    size: int
    sha256: str
    media_type: str


def dump_files(release: Release) -> list[DumpFile]:
    """What a release offers, by name."""
    found = []
    for path, entry in release.manifest.files.items():
        folder, _, name = path.partition("/")
        if folder in _FOLDERS and name:
            shown = name if folder == "dumps" else path
            found.append(DumpFile(shown, entry.size, entry.sha256, media_type(name)))
    return sorted(found, key=lambda f: f.name)


def media_type(name: str) -> str:
    """The media type of a dump file: that of its compression, where it has one.

    >>> media_type("articles-1953.nt.zst"), media_type("dateline.ttl"), media_type("SHA256SUMS")
    ('application/zstd', 'text/turtle', 'text/plain')
    """
    suffix = PurePosixPath(name).suffix
    if suffix in _OTHER:
        return _OTHER[suffix]
    format = Format.from_name(suffix.lstrip(".")) if suffix else None
    return format.media_type if format is not None else "text/plain"


def _release(id: str) -> Release:
    try:
        return current_site().releases.get(id)
    except ReleaseError as e:
        raise HttpError(404, f"there is no release {id}", remedy="see /dumps/ for those that are kept") from e


@face.get("/")
def index() -> Response:
    """The kept releases, newest first."""
    site = current_site()
    releases = list(reversed(site.releases.all()))
    if best(request.headers.get("Accept", ""), ("text/html", "application/json")) == "application/json":
        return jsonify(
            current=site.release,
            releases=[
                {"id": r.id, "created": r.manifest.created, "href": url_for(".listing", id=r.id)}
                for r in releases
            ],
        )
    return Response(render_template("dumps.html", site=site, releases=releases, files=None, release=None))


@face.get("/latest/", defaults={"name": ""})
@face.get("/latest/<path:name>")
def latest(name: str) -> BaseResponse:
    """The same in the published release."""
    target = url_for(".listing", id=current_site().release) + name
    response = redirect(target, 302)
    response.headers["Cache-Control"] = "no-cache"
    return response


@face.get("/<id>/")
def listing(id: str) -> Response:
    """The files of one release."""
    release = _release(id)
    files = dump_files(release)
    if best(request.headers.get("Accept", ""), ("text/html", "application/json")) == "application/json":
        return jsonify(
            release=release.id,
            created=release.manifest.created,
            files=[
                {"name": f.name, "bytes": f.size, "sha256": f.sha256, "type": f.media_type} for f in files
            ],
        )
    site = current_site()
    return Response(render_template("dumps.html", site=site, releases=None, files=files, release=release))


@face.get("/<id>/<path:name>")
def download(id: str, name: str) -> Response:
    """One file, or the part of it that was asked for."""
    release = _release(id)
    found = next((f for f in dump_files(release) if f.name == name), None)
    if found is None:
        raise HttpError(404, f"release {id} has no file {name!r}", remedy=f"see /dumps/{id}/")
    path = release.path / (name if name.startswith("changes/") else f"dumps/{name}")
    if "," in request.headers.get("Range", ""):
        # Several ranges at once: the whole file is a right answer too (RFC 9110, section 14.2).
        request.environ.pop("HTTP_RANGE")
    response = send_file(
        path,
        mimetype=found.media_type,
        conditional=True,
        etag=found.sha256,
        last_modified=dt.datetime.fromisoformat(release.manifest.created),
        max_age=_YEAR,
        download_name=PurePosixPath(name).name,
    )
    response.cache_control.immutable = True
    response.headers["Repr-Digest"] = f"sha-256=:{_base64(found.sha256)}:"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _base64(digest: str) -> str:
    return base64.b64encode(bytes.fromhex(digest)).decode()
