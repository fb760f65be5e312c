"""The records that pass between stages.

Data flows one way and every arrow carries one of these::

    file -> RawArticle -> Article -> Mention / Event -> Link -> triples -> Release -> server

All records are frozen and slotted, hold only built-in types and each other, and pickle, so that any
stage can run in another process.  Of those that an article has many of, :func:`kg.records.quick` makes the
making cheap.  Character offsets are code points into :attr:`Body.text`.
"""

from __future__ import annotations

from kg.model.authority import STATES, Item, Name, NameHit
from kg.model.linking import Alternative, EventLink, Evidence, Link, LinkedArticle
from kg.model.reading import Article, Body, Note, RawArticle, Reject
from kg.model.terms import Agreement, Echelon, EventType, Form, Grain, Kind, Lang, Role, Verdict
from kg.model.understanding import (
    Conflict,
    Dispatch,
    EventReport,
    Find,
    Interval,
    Mention,
    Party,
    Quantity,
    Span,
    TimeExpression,
    Understanding,
)

__all__ = [
    "STATES",
    "Agreement",
    "Alternative",
    "Article",
    "Body",
    "Conflict",
    "Dispatch",
    "Echelon",
    "EventLink",
    "EventReport",
    "EventType",
    "Evidence",
    "Find",
    "Form",
    "Grain",
    "Interval",
    "Item",
    "Kind",
    "Lang",
    "Link",
    "LinkedArticle",
    "Mention",
    "Name",
    "NameHit",
    "Note",
    "Party",
    "Quantity",
    "RawArticle",
    "Reject",
    "Role",
    "Span",
    "TimeExpression",
    "Understanding",
    "Verdict",
]
