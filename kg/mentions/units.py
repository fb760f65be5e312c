"""Armed forces and military formations: known names and names by shape."""

from __future__ import annotations

from kg.mentions.view import View
from kg.model import Find, Kind

DICTIONARY_RULE = "unit-dictionary"


def find_units(view: View) -> list[Find]:
    """The units of one body, in text order."""
    out = []
    for m in view.names:
        name = m.name
        if name.kind != "unit" or m.inside is not None:
            continue
        out.append(Find(Kind.UNIT, view.span(m.start, m.end), DICTIONARY_RULE, name.subkind, name.items))
    return out
