"""Which places lie in which, as the authority has it: for filters that take in all that is in a country.

A place lies in its country and in what contains it, and in what those lie in.  Only places that the release
has statements of count; so a query over the graph along ``schema:containedInPlace`` and ``dl:country`` finds
the same.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping

from kg.store.documents import unpack
from kg.store.schema import eid_of
from kg.vocab import DL, SCHEMA

_IN = re.compile(
    rb"^<[^>#]*> <(?:%s|%s)> <[^>]*/entity/([^>/]*)> \.$"
    % (f"{DL}country".encode(), f"{SCHEMA}containedInPlace".encode()),
    re.MULTILINE,
)


def contents(db: sqlite3.Connection) -> Mapping[int, frozenset[int]]:
    """The places directly in each place, by their numbers."""
    found: dict[int, set[int]] = defaultdict(set)
    sql = "SELECT eid, triples FROM entity JOIN item USING (eid) WHERE kind = 'place'"
    for eid, triples in db.execute(sql):
        for name in _IN.findall(unpack(triples)):
            found[eid_of(name.decode())].add(eid)
    return {eid: frozenset(inside) for eid, inside in found.items()}


def inside(contents: Mapping[int, frozenset[int]], eid: int) -> frozenset[int]:
    """A place and all that lies in it, however deep; each once, where places lie in each other.

    >>> sorted(inside({1: frozenset({2, 3}), 3: frozenset({4, 1})}, 1))
    [1, 2, 3, 4]
    """
    found, ahead = {eid}, [eid]
    while ahead:
        new = contents.get(ahead.pop(), frozenset()) - found
        found |= new
        ahead += new
    return frozenset(found)
