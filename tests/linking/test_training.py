"""Fitting and calibration."""

from __future__ import annotations

import dataclasses
import tomllib

import pytest

from kg.errors import AuthorityError
from kg.linking.features import FEATURES, NIL_FEATURES, reason
from kg.linking.training import Example, calibration, cross_validate, fit, folds
from kg.linking.weights import STARTING, Weights, default_weights

WIDTH = len(FEATURES)


def example(article: str, good: float, bad: float) -> Example:
    """Two candidates that differ in the first feature; the first is right."""
    vectors = tuple((x, *([0.0] * (WIDTH - 1))) for x in (good, bad))
    return Example(article, vectors, (0.0,) * len(NIL_FEATURES), frozenset({0}))


def test_fitting_learns_which_feature_tells():
    data = [example(f"a{n}", 1.0, 0.0) for n in range(20)]
    start = dataclasses.replace(STARTING, item=(0.0,) * WIDTH)
    assert fit(data, start).item[0] > 1.0
    assert fit(data, start).item[1] == 0.0


def test_no_article_is_on_both_sides_of_a_fold():
    data = [example(f"a{n % 7}", 1.0, 0.0) for n in range(30)]
    for train, test in folds(data):
        assert not {e.article for e in train} & {e.article for e in test}
    assert sum(len(test) for _, test in folds(data)) == 30


def test_cross_validation_reports_every_example_once():
    data = [example(f"a{n}", 1.0, 0.0) for n in range(25)]
    _, told = cross_validate(data)
    found = told[""]
    assert found.examples == 25
    assert found.accuracy == 1.0
    assert sum(count for _, count, _, _ in found.bins) == 25


def test_authorities_are_calibrated_apart_and_fitted_together():
    small = [example(f"a{n}", 1.0, 0.0) for n in range(10)]
    large = [dataclasses.replace(example(f"a{n}", 0.0, 1.0), authority="large") for n in range(5)]
    weights, told = cross_validate([*small, *large])
    assert {name: c.examples for name, c in told.items()} == {"": 10, "large": 5}
    assert "15 choices of 10 articles" in weights.to_toml()


def test_overconfidence_shows_in_the_calibration_error():
    assert calibration([(0.95, True), (0.95, False)]).error == pytest.approx(0.45)


def test_weights_survive_their_file():
    text = default_weights().to_toml()
    assert Weights.of(tomllib.loads(text)).to_toml() == text


def test_weights_that_do_not_fit_the_features_are_refused():
    document = tomllib.loads(default_weights().to_toml())
    document["item"]["shoe_size"] = 1.0
    with pytest.raises(AuthorityError, match="shoe_size"):
        Weights.of(document)


def test_every_feature_explains_itself():
    for name in FEATURES:
        assert len(reason(name)) > 20
