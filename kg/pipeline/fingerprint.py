"""What beside the input decides an article's triples: code, authority, judgements, settings."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

import kg
from kg.settings import Settings

_ROOMS = ("articles", "authority", "mentions", "model", "linking", "rdf")
_FILES = ("text.py", "vocab.py")
_KINDS = (".py", ".toml", ".tsv", ".json", ".txt")


@functools.cache
def code_version() -> str:
    """The version of the code that converts: the package's, and a hash of the rooms that take part."""
    package = Path(kg.__file__).parent
    paths = [package / name for name in _FILES]
    paths += [p for room in _ROOMS for p in (package / room).rglob("*") if p.suffix in _KINDS]
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{kg.__version__}+{digest.hexdigest()[:12]}"


def fingerprint(settings: Settings, authority_version: str, judgements: bytes = b"") -> dict[str, str]:
    """Articles converted under equal fingerprints from equal input have equal triples.

    `judgements` is the content of the judgements file.
    """
    return {
        "code": code_version(),
        "authority": authority_version,
        "judgements": hashlib.sha256(judgements).hexdigest()[:16],
        "settings": f"base={settings.base} newspaper={settings.newspaper} dump_text={settings.text_in_graph}",
    }
