"""The hand-kept tables load, and the index made of them opens, in every circumstance."""

from __future__ import annotations

from kg.authority import open_authority
from kg.authority.embedded import embedded_items, embedded_tables


def test_every_table_loads_and_every_id_is_unique():
    items = embedded_items()
    assert embedded_tables()
    assert len({item.id for item in items}) == len(items)


def test_embedded_authority_opens_and_knows_what_the_tables_say():
    authority = open_authority()
    assert len(authority) == len(embedded_items())
    for item in embedded_items():
        assert authority.item(item.id) == item
