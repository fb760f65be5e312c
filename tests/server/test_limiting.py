"""What one client may ask of pages, data and interfaces, over HTTP."""

from __future__ import annotations

import json
from itertools import count

import pytest
import requests

from kg.settings import Settings
from server.app import create_app
from server.limiter import Limiter
from server.limiting import _COSTS, _FREE

_CLIENTS = count(1)
_VALUES = {
    "extension": "csv", "lang": "en", "part": 1, "number": 1, "year": 1954, "old": "a", "new": "b",
    "entity": "Q956", "date": "1954-05-09",
}  # fmt: skip


def client() -> dict[str, str]:
    """Headers of somebody who has asked nothing before."""
    return {"X-Forwarded-For": f"203.0.113.{next(_CLIENTS)}"}


@pytest.fixture(scope="module")
def limited(serve, release_data):
    """One page a minute: whatever it costs, it is all that one may ask."""
    return serve("--data", release_data, "--workers", "1", KG_PAGE_LIMIT="1", KG_RATE_LIMIT="1").url


@pytest.fixture(scope="module")
def counting(serve, release_data):
    return serve("--data", release_data, "--workers", "1", KG_PAGE_LIMIT="100").url


@pytest.fixture(scope="module")
def routes(release_data) -> dict[str, list[str]]:
    """An address of each of the routes, by endpoint."""
    app = create_app(Settings(data=release_data))
    adapter = app.url_map.bind("127.0.0.1")
    found: dict[str, list[str]] = {}
    for rule in app.url_map.iter_rules():
        values = {**dict.fromkeys(rule.arguments, "x"), **_VALUES, **(rule.defaults or {})}
        for name, converter in rule._converters.items():
            if hasattr(converter, "items"):
                values[name] = sorted(converter.items)[0]
        method = "GET" if "GET" in rule.methods else "POST"
        address = adapter.build(rule.endpoint, {n: values[n] for n in rule.arguments}, method)
        found.setdefault(rule.endpoint, []).append(f"{method} {address}")
    app.extensions["dateline"].close()
    return found


def test_every_route_has_a_limit(limited, routes):
    """But for probes and files, which are answered whatever one asks."""
    for endpoint, addresses in routes.items():
        for address in addresses:
            method, _, path = address.partition(" ")
            who = client()
            answers = [
                requests.request(method, limited + path[1:], headers=who, timeout=30, allow_redirects=False)
                for _ in range(2)
            ]
            statuses = [a.status_code for a in answers]
            if endpoint in _FREE:
                assert 429 not in statuses, address
                assert "RateLimit" not in answers[0].headers, address
                continue
            assert statuses[0] != 429, address
            assert statuses[1] == 429, address
            for answer in answers:
                assert answer.headers["RateLimit"].split(";")[:2] in (
                    ['"pages"', "r=0"],
                    ['"default"', "r=0"],
                )
                assert answer.headers["RateLimit-Policy"].endswith(";q=1;w=60")
            assert 0 < int(answers[1].headers["Retry-After"]) <= 60


def test_what_costs_is_there(routes):
    assert set(_COSTS) | _FREE <= set(routes)


def test_what_is_nowhere_counts_too(limited):
    who = client()
    assert [requests.get(limited + "none", headers=who, timeout=30).status_code for _ in range(2)] == [
        404,
        429,
    ]


@pytest.mark.parametrize("kind", ["text/html", "application/json", "application/problem+json", "text/plain"])
def test_it_is_told_as_all_errors_are(limited, kind):
    who = client() | {"Accept": kind}
    requests.get(limited, headers=who, timeout=30)
    answer = requests.get(limited + "search", headers=who, timeout=30)
    assert answer.status_code == 429
    assert answer.headers["Content-Type"].startswith(kind)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "more than 1 requests a minute" in answer.text
    assert "try again in 60 s" in answer.text


def test_others_and_preflights_are_not_held_up(limited):
    who = client()
    requests.get(limited, headers=who, timeout=30)
    assert requests.get(limited, headers=who, timeout=30).status_code == 429
    assert requests.get(limited, headers=client(), timeout=30).status_code == 200
    for path in ("sparql", "store"):
        assert requests.options(limited + path, headers=who, timeout=30).status_code == 204


def left(response: requests.Response) -> int:
    assert response.status_code == 200
    name, remaining, _ = response.headers["RateLimit"].split(";")
    assert name == '"pages"'
    return int(remaining.removeprefix("r="))


def test_what_costs_more_counts_for_more(counting):
    who = client()
    paths = [
        "",
        "",
        "entities",
        "search?q=x",
        "search.csv",
        "search/tops",
        "map.csv",
    ]  # the second is remembered
    remaining = [left(requests.get(counting + path, headers=who, timeout=30)) for path in paths]
    assert remaining == pytest.approx([99, 98, 97, 95, 75, 65, 63], abs=1)  # some comes back meanwhile


@pytest.mark.parametrize("size", [1, 24, 500])
def test_a_batch_counts_by_its_size(counting, size):
    cost = 1 + size // 25
    queries = {f"q{n}": {"query": f"Hanoi {n}"} for n in range(size)}
    extend = {"ids": ["Q1858"] * size, "properties": [{"id": "country"}]}
    sent = (
        {"data": {"queries": json.dumps(queries)}},
        {"data": {"extend": json.dumps(extend)}},
        {"json": {"queries": queries}},
    )
    who = client()
    remaining = [left(requests.post(counting + "reconcile", headers=who, timeout=30, **one)) for one in sent]
    assert remaining == pytest.approx([100 - n * cost for n in (1, 2, 3)], abs=1)


def test_a_batch_that_is_too_much_waits(counting):
    queries = json.dumps({f"q{n}": {"query": "Hanoi"} for n in range(500)})
    who = client()
    answers = [
        requests.post(counting + "reconcile", data={"queries": queries}, headers=who, timeout=30)
        for _ in range(6)
    ]
    assert [a.status_code for a in answers] == [200] * 4 + [429] * 2
    assert "of which this counts for 20" in answers[-1].json()["detail"]
    assert requests.get(counting, headers=who, timeout=30).status_code == 200  # a page still fits


def test_the_usual_limits(serve, release_data):
    url = serve("--data", release_data, "--workers", "1").url
    assert requests.get(url, timeout=30).headers["RateLimit-Policy"] == '"pages";q=6000000;w=60'
    usual = requests.get(url, headers=client(), timeout=30)
    assert usual.headers["RateLimit-Policy"] == '"pages";q=6000;w=60'
    assert usual.headers["RateLimit"] == '"pages";r=5999;t=0'


def test_no_limit(serve, release_data):
    url = serve("--data", release_data, "--workers", "1", KG_PAGE_LIMIT="0").url
    for _ in range(3):
        assert "RateLimit" not in requests.get(url, headers=client(), timeout=30).headers


def test_what_costs_more_than_a_minute_has_takes_all_of_it():
    limiter = Limiter(5)
    assert limiter.check("a", 20)[1][1].startswith('"default";r=0;')
    assert limiter.check("b", 3)[1][1].startswith('"default";r=2;')
