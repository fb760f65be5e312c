"""Where the files that travel with the code are, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def ontology_dir() -> Path:
    """The folder of ``dateline.ttl`` and ``shapes.ttl``.

    >>> ontology_dir().is_dir()
    True
    """
    packaged = _PACKAGE / "_ontology"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "ontology"
