"""What all tests share: hypothesis makes the same examples in every run, unless others are asked for.

``KG_TEST_RANDOM=1 make test`` looks for new ones.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True)
if not os.environ.get("KG_TEST_RANDOM"):
    settings.load_profile("same")


@pytest.fixture(autouse=True, scope="module")
def collected() -> Iterator[None]:
    """Answers of the store that hang on a caught exception go in the thread that made them.

    pyoxigraph's may go in no other, and a later test's thread may be the one that collects.
    """
    yield
    gc.collect()
