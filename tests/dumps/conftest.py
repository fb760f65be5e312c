"""Two releases of a small archive, a rebuild of the newer, and a server over them."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.pipeline.build import build
from kg.pipeline.convert import Converter
from kg.pipeline.update import update
from kg.settings import Settings
from kg.store.releases import Release, Releases
from tests.server.conftest import ROOT, Server, start

LICENCE = "https://example.org/licence"
RIGHTS = "Facts are free; texts are their holders'."
NOW = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
FIRST, LATER = "1953.07", ("1946.07", "1956.07", "1997.07")


@dataclass(frozen=True, slots=True)
class Archive:
    """The releases: `old` became `new` by an update; `rebuilt` was made of the same articles at once."""

    settings: Settings
    old: Release
    new: Release
    rebuilt: Release


@pytest.fixture(scope="session")
def converter(tmp_path_factory: pytest.TempPathFactory) -> Converter:
    return Converter.load(Settings(data=tmp_path_factory.mktemp("none")))


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, converter: Converter) -> Archive:
    """An article is added to 1956, one of 1953 is changed, one is removed; 1946 and 1997 stay."""
    folder = tmp_path_factory.mktemp("archive")
    inputs = folder / "articles"
    for name in (FIRST, *LATER):
        shutil.copytree(ROOT / "samples" / name, inputs / name)
    settings = Settings(
        data=folder / "data", processes=1, licence=LICENCE, rights=RIGHTS, contact="archive@example.org"
    )
    late = min((inputs / "1956.07").iterdir())
    kept = late.read_bytes()
    late.unlink()
    build([inputs], settings, converter=converter, now=NOW)
    releases = Releases(settings.data)
    old = releases.require()
    late.write_bytes(kept)
    first, *others = sorted((inputs / FIRST).iterdir())
    first.write_text(first.read_text("utf-8").replace("July 27th", "July 26th"), "utf-8")
    others[0].unlink()
    later = NOW + dt.timedelta(days=1)
    update([inputs], settings, converter=converter, delete_missing=True, now=later)
    again = Settings(
        data=folder / "again", processes=1, licence=LICENCE, rights=RIGHTS, contact="archive@example.org"
    )
    build([inputs], again, converter=converter, now=later)
    return Archive(settings, old, releases.require(), Releases(again.data).require())


@pytest.fixture(scope="session")
def server(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``kg serve`` over both releases."""
    log = tmp_path_factory.mktemp("serve") / "log.txt"
    running = start(
        log, "--data", archive.settings.data, KG_LICENCE=LICENCE, KG_RIGHTS=RIGHTS,
        PATH=str(Path(sys.executable).parent),
    )  # fmt: skip
    yield running
    running.stop()
