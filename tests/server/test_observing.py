"""Metrics that are counted in the process first."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from server.observing import Histogram


def test_many_values_are_noted_as_one_by_one():
    values = [0.0, 0.0005, 0.001, 0.0011, 0.5, 1.0, 59.0, 60.0, 61.0, 1e9]
    told = []
    for noting in (Histogram.observe_all, lambda histogram, all_: [histogram.observe(v) for v in all_]):
        registry = CollectorRegistry()
        noting(Histogram("seconds", "x", buckets=(0.001, 1, 60), registry=registry), values)
        samples = [
            s for metric in registry.collect() for s in metric.samples if not s.name.endswith("created")
        ]
        told.append([(s.name, s.labels, s.value) for s in samples])
    assert told[0] == told[1]


def test_no_values_are_none():
    registry = CollectorRegistry()
    Histogram("seconds", "x", registry=registry).observe_all([])
    assert registry.get_sample_value("seconds_count") == 0
