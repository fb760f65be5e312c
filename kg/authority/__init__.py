"""What is known of Wikidata items: the embedded default, importers, and the index.

:func:`open_authority` is the face of this room.  What is named here is imported when it is first asked for:
the store wants but the keys that names are suggested by.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.faces import on_demand

if TYPE_CHECKING:
    from kg.authority.authority import Authority
    from kg.authority.suggest import Suggestion

__all__ = ["Authority", "Suggestion", "open_authority"]
__getattr__ = on_demand(
    __name__,
    {"Authority": "authority", "Suggestion": "suggest"},
)


def open_authority(path: Path | None = None) -> Authority:
    """Open an index that ``kg authority build`` made, or, without `path`, the embedded authority.

    Raises AuthorityError, with a remedy, where the file is missing, damaged or of another version.
    """
    from kg.authority.authority import Authority
    from kg.authority.embedded import open_embedded

    return open_embedded() if path is None else Authority(path)
