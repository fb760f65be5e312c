"""Text -> mentions, events, times, dispatches.

:class:`Understander` is the face of this room; it is handed names and knows no authority.  What is named
here is imported when it is first asked for: who wants a table of this room need not wait for the word lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.faces import on_demand

if TYPE_CHECKING:
    from kg.mentions.names import NameDictionary, NameMatch
    from kg.mentions.understander import Understander

__all__ = ["NameDictionary", "NameMatch", "Understander"]
__getattr__ = on_demand(
    __name__,
    {"NameDictionary": "names", "NameMatch": "names", "Understander": "understander"},
)
