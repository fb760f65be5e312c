"""Places: known names, known names with a geographic word after them, and new names by shape."""

from __future__ import annotations

from kg.mentions.view import View
from kg.model import Find, Kind

DICTIONARY_RULE = "place-dictionary"
NESTED_RULE = "place-nested"


def find_places(view: View) -> list[Find]:
    """The places of one body, in text order.

    A name inside that of an organisation, unit, source, person or event is optional.
    """
    out = []
    for m in view.names:
        name = m.of_kind("place")
        if name is None or (m.inside is not None and m.inside.of_kind("place") is not None):
            continue
        optional = m.inside is not None or m.name.kind != "place"
        rule = NESTED_RULE if optional else DICTIONARY_RULE
        span = view.span(m.start, m.end)
        out.append(Find(Kind.PLACE, span, rule, name.subkind, name.items, optional=optional))
    return out
