"""A small REST face: articles, entities, events and search as JSON-LD, for people who do not write SPARQL."""

from __future__ import annotations

from server.api.face import face

__all__ = ["face"]
