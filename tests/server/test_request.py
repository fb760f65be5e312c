"""Reading a request to the endpoint, without a server."""

from __future__ import annotations

import random
from urllib.parse import parse_qsl

from server.errors import HttpError
from server.sparql.request import read_request


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
    assert len({ours(text) for text in texts}) > 10_000
