"""The SERVICE clauses of a question, which ask an address of ours instead of the endpoint itself.

They come with the question: where each endpoint is named in the query, by two offsets, the address that is to
stand there, and the endpoint.  What the engine says of them is told of the query as it was written.
"""

from __future__ import annotations

import re

from kg.store.sparql import line_and_column

Call = tuple[int, int, str, str]  # start and end of the name in the query, address, endpoint

_ANSWERED = re.compile(r"Error 502 Bad Gateway returned by (\S+) with payload:\n(.*)", re.DOTALL)


def directed(query: str, calls: list[Call]) -> str:
    """The query that the engine gets.

    >>> directed("SELECT * { SERVICE e:x { } }", [(19, 22, "http://127.0.0.1:9/s/0", "http://e/x")])
    'SELECT * { SERVICE <http://127.0.0.1:9/s/0> { } }'
    """
    for start, end, address, _ in reversed(calls):
        query = f"{query[:start]}<{address}>{query[end:]}"
    return query


def told(message: str, calls: list[Call]) -> str:
    r"""What the engine says, of the endpoint.

    >>> call = (0, 3, "http://127.0.0.1:9/s/0", "http://e/x")
    >>> told("Error 502 Bad Gateway returned by http://127.0.0.1:9/s/0 with payload:\nit is closed", [call])
    'http://e/x: it is closed'
    """
    if (answered := _ANSWERED.fullmatch(message)) is not None:
        message = f"{answered[1]}: {answered[2]}"
    for _, _, address, endpoint in calls:
        message = re.sub(rf"{re.escape(address)}(?![0-9])", lambda _: endpoint, message)  # noqa: B023
    return message


def original(line: int, column: int, query: str, calls: list[Call]) -> tuple[int, int]:
    """Where in the query stands what is at a line and a column, from 1, of the directed one.

    >>> calls = [(19, 22, "http://127.0.0.1:9/s/0", "http://e/x")]
    >>> original(1, 47, "SELECT * { SERVICE e:x { ? } }", calls)
    (1, 26)
    """
    lines = directed(query, calls).split("\n")
    at = sum(len(text) + 1 for text in lines[: line - 1]) + column - 1
    moved = 0
    for start, end, address, _ in calls:
        if at < start + moved:
            break
        longer = len(address) + 2 - (end - start)
        moved += min(longer, at - start - moved)  # inside the name: where that begins
    return line_and_column(query, at - moved)
