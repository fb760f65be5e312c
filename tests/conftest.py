"""What all tests share: hypothesis makes the same examples in every run, unless others are asked for.

``KG_TEST_RANDOM=1 make test`` looks for new ones.  No example is held against a clock, since the machine
may be busy.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "tests",
    derandomize=not os.environ.get("KG_TEST_RANDOM"),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("tests")


@pytest.fixture(autouse=True, scope="module")
def collected() -> Iterator[None]:
    """Answers of the store that hang on a caught exception go in the thread that made them.

    pyoxigraph's may go in no other, and a later test's thread may be the one that collects.
    """
    yield
    gc.collect()
