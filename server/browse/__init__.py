"""Pages: everything to be read and walked through without scripts; scripts add maps and completion."""

from __future__ import annotations

from server.browse.face import face

__all__ = ["face"]
