"""The Reconciliation Service API 0.2 of the W3C's community group, over the authority: for OpenRefine."""

from __future__ import annotations

from server.reconcile.face import face

__all__ = ["face"]
