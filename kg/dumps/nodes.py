"""Sorted N-Triples taken apart once: nodes, and what is said of each.  Tables and Turtle are made of them."""

from __future__ import annotations

from collections.abc import Iterator

Properties = dict[str, list[str]]
"""Objects by predicate, all of them terms in N-Triples syntax, in the order of the lines."""


def nodes(lines: bytes) -> Iterator[tuple[str, Properties]]:
    r"""Subjects (without brackets) with their properties, of sorted lines.

    >>> list(nodes(b'<h:a> <p:p> "1" .\n<h:a> <p:p> "2" .\n<h:b> <p:q> <h:a> .\n'))
    [('h:a', {'<p:p>': ['"1"', '"2"']}), ('h:b', {'<p:q>': ['<h:a>']})]
    """
    subject, properties = "", Properties()
    for line in lines.decode().split("\n"):
        if not line:
            continue
        s, p, o = line.split(" ", 2)
        if s != subject:
            if subject:
                yield subject[1:-1], properties
            subject, properties = s, {}
        if p in properties:
            properties[p].append(o[:-2])
        else:
            properties[p] = [o[:-2]]
    if subject:
        yield subject[1:-1], properties
