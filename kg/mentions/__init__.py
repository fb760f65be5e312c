"""Text -> mentions, events, times, dispatches.

:class:`Understander` is the face of this room; it is handed names and knows no authority.  What is named
here is imported when it is first asked for: who wants a table of this room need not wait for the word lists.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.mentions.names import NameDictionary, NameMatch
    from kg.mentions.understander import Understander

__all__ = ["NameDictionary", "NameMatch", "Understander"]
_HOMES = {"NameDictionary": "names", "NameMatch": "names", "Understander": "understander"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found
