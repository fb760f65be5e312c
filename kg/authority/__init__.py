"""What is known of Wikidata items: the embedded default, importers, and the index.

:func:`open_authority` is the face of this room.
"""

from __future__ import annotations

from pathlib import Path

from kg.authority.authority import Authority
from kg.authority.embedded import open_embedded
from kg.authority.suggest import Suggestion

__all__ = ["Authority", "Suggestion", "open_authority"]


def open_authority(path: Path | None = None) -> Authority:
    """Open an index that ``kg authority build`` made, or, without `path`, the embedded authority.

    Raises AuthorityError, with a remedy, where the file is missing, damaged or of another version.
    """
    return open_embedded() if path is None else Authority(path)
