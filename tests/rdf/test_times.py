"""Dates cut to what is known have a first and a last day."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.model import Grain
from kg.rdf.times import first_day, grain, last_day


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("1953-12-11", "1953-12-11", "1953-12-11"),
        ("1953-12-11T08", "1953-12-11", "1953-12-11"),
        ("1953-12", "1953-12-01", "1953-12-31"),
        ("1952-02", "1952-02-01", "1952-02-29"),
        ("1953", "1953-01-01", "1953-12-31"),
        ("195", "1950-01-01", "1959-12-31"),
    ],
)
def test_days(iso: str, first: str, last: str):
    assert first_day(iso) == dt.date.fromisoformat(first)
    assert last_day(iso) == dt.date.fromisoformat(last)


@pytest.mark.parametrize("iso", [None, "", "19", "1953-13", "1953-02-30", "year", "12345678"])
def test_no_days(iso: str | None):
    assert first_day(iso) is None
    assert last_day(iso) is None


def test_the_coarsest_counts():
    assert grain("1953-12-11", None, "1953") is Grain.YEAR
    assert grain("195") is Grain.DECADE
    assert grain(None) is Grain.DAY
