"""Dateline: turn a newspaper archive into linked data."""

from __future__ import annotations

__version__ = "0.1.0"
