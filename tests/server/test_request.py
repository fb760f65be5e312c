"""Reading a request to the endpoint, without a server."""

from __future__ import annotations

import random
import tracemalloc
from urllib.parse import parse_qsl

import pytest

from server.errors import HttpError
from server.sparql.request import read_request


def test_more_fields_than_there_may_be_are_not_even_parted():
    def ask(fields: int) -> str | None:
        return read_request({"REQUEST_METHOD": "GET", "QUERY_STRING": "query=ASK" + "&a=b" * fields}).query

    assert ask(999) == "ASK"
    tracemalloc.start()
    with pytest.raises(HttpError, match="more than 1000 fields"):
        ask(1_000_000)
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_what_is_percent_encoded_is_decoded_as_everywhere():
    def ours(text: str) -> str | None:
        try:
            return read_request({"REQUEST_METHOD": "GET", "QUERY_STRING": text}).query
        except HttpError:
            return None

    def theirs(text: str) -> str | None:
        try:
            return parse_qsl(text, keep_blank_values=True, errors="strict")[0][1]
        except UnicodeDecodeError:
            return None

    rng = random.Random(1946)
    signs = "%%%%0123456789abcdefABCDEFgz=+_ \t.-\n\ré"
    texts = ["query=" + "".join(rng.choice(signs) for _ in range(rng.randrange(16))) for _ in range(20_000)]
    assert [ours(text) for text in texts] == [theirs(text) for text in texts]
    assert [ours(text + "&") for text in texts] == [theirs(text) for text in texts]
    assert len({ours(text) for text in texts}) > 10_000


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "address", ["query=ASK+%7B%7D", "query=", "query", "quer%79=ASK+%7B%7D", "query=a=b", ""]
)
def test_what_has_nothing_but_a_query_is_read_as_all_others(method, address):
    read = [
        read_request({"REQUEST_METHOD": method, "QUERY_STRING": text}) for text in (address, f"&{address}")
    ]
    assert read[0] == read[1]
