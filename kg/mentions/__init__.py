"""Text -> mentions, events, times, dispatches.

:class:`Understander` is the face of this room; it is handed names and knows no authority.
"""

from __future__ import annotations

from kg.mentions.names import NameDictionary, NameMatch
from kg.mentions.understander import Understander

__all__ = ["NameDictionary", "NameMatch", "Understander"]
